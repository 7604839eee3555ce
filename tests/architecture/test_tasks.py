"""Every job that is enqueued by name has a task of that name."""

import importlib

import pytest
from procrastinate.contrib.django import app

ENQUEUED = {
    "bilag.transfers.enqueue": ("WORK", "LOOK", "POLL", "PROBE"),
    "bilag.expenses.enqueue": ("IMPORT_COMPANY",),
    "bilag.reconciliation.enqueue": ("PERIOD",),
    "bilag.notifications.enqueue": ("SEND",),
}


@pytest.mark.parametrize(("module", "names"), ENQUEUED.items())
def test_every_enqueued_name_is_a_registered_task(migrated: None, module: str, names: tuple[str, ...]) -> None:
    enqueue = importlib.import_module(module)
    constants = {name for name in vars(enqueue) if name.isupper() and isinstance(getattr(enqueue, name), str)}
    assert constants == set(names), "a new task name belongs in this list"
    assert {getattr(enqueue, name) for name in names} <= set(app.tasks)
