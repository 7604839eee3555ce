"""Every job that is enqueued by name has a task of that name, which asks for nothing that its name does not tell."""

import importlib

import pytest
from procrastinate import App
from procrastinate.contrib.django import app

from bilag.jobs.registry import register_tasks

ENQUEUED = {
    "bilag.transfers.enqueue": ("WORK", "LOOK", "POLL", "PROBE", "CHECK_SETUP", "AHEAD", "RECOVER", "DOCUMENTS"),
    "bilag.expenses.enqueue": ("IMPORT_COMPANY",),
    "bilag.reconciliation.enqueue": ("PERIOD",),
    "bilag.rehearsal.enqueue": ("PERIOD",),
    "bilag.notifications.enqueue": ("SEND",),
}


@pytest.mark.parametrize(("module", "names"), ENQUEUED.items())
def test_every_enqueued_name_is_a_registered_task(migrated: None, module: str, names: tuple[str, ...]) -> None:
    register_tasks()
    enqueue = importlib.import_module(module)
    constants = {name for name in vars(enqueue) if name.isupper() and isinstance(getattr(enqueue, name), str)}
    assert constants == set(names), "a new task name belongs in this list"
    assert {getattr(enqueue, name) for name in names} <= set(app.tasks)


@pytest.mark.parametrize(("module", "names"), ENQUEUED.items())
def test_a_job_is_the_same_whether_its_task_is_registered(migrated: None, module: str, names: tuple[str, ...]) -> None:
    """A web process and a command enqueue jobs of tasks that they do not know."""
    register_tasks()
    knows_none = App(connector=app.connector)
    for name in names:
        task = getattr(importlib.import_module(module), name)
        jobs = [one.configure_task(task, queueing_lock="lock").job for one in (app, knows_none)]
        assert jobs[0] == jobs[1]
