"""Deliver a project to the organisational unit chosen for projects, after its customer."""

from typing import Any

from bilag.posting.dimensions import unit_value
from bilag.posting.master import Project
from bilag.posting.problem import Problem
from bilag.posting.selection import SkipReason, reason_to_skip_project
from bilag.transfers.canonical_json import digest, fitting
from bilag.transfers.delivery.not_found import find, not_found
from bilag.transfers.delivery.outcome import Outcome, done, skipped
from bilag.transfers.delivery.owners import give_up_value, question_of_owner
from bilag.transfers.delivery.prerequisites import ensure
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.models import Kind, Verdict
from bilag.wire.errors import Refused


def send(run: TransferRun) -> Outcome:
    """Send the project if the setup transfers it and its content changed; its customer first."""
    row = run.transfer
    found = find(run, run.moment.project, run.moment.project_by_number)
    if found.source is None:
        return not_found(run, found.other)
    project = found.source
    run.saw(project)
    question = question_of_owner(run, project)
    if question is not None:
        return question
    export = run.setup.export
    columns: dict[str, Any] = {
        "name": project.name[:200],
        "moment_version": fitting(project.version),
        "moment_id": project.moment_id,
        "customer_number": (project.customer or "")[:50] or None,
    }
    stays = reason_to_skip_project(
        project, switched_on=export.projects, states=export.project_states, manual=row.manual or run.forced
    )
    if stays is None and run.setup.dimensions.project is None:
        stays = SkipReason.NO_PROJECT_DIMENSION
    if stays is not None:
        return skipped(stays, **columns)
    content = digest(run.platform.project_content(project))
    if content == row.accepted_hash:
        return done(Verdict.UNCHANGED, **columns)
    value = _value_in_unit(run, project)
    if project.customer is not None:
        ensure(run, Kind.CUSTOMER, project.customer, project.customer_moment_id)
    give_up_value(run, project, value)
    run.begin(unit_value=value)
    run.platform.put_project(project)
    return done(accepted_hash=content, unit_value=value, **columns)


def _value_in_unit(run: TransferRun, project: Project) -> str:
    """Return the project's value in its unit. Two of Moment's numbers may give the same value; the value's uniqueness finds
    them.
    """
    unit = run.setup.dimensions.project
    assert unit is not None  # noqa: S101 - asked by the caller
    value = unit_value(unit, project.number, run.platform.chart().units.get(unit), subject=f"project {project.number}")
    if isinstance(value, Problem):
        raise Refused([value])
    return value
