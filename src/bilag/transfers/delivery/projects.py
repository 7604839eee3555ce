"""A project goes to the organisational unit chosen for projects, after its customer."""

from typing import Any

from bilag.posting.dimensions import unit_value
from bilag.posting.master import Project
from bilag.posting.problem import Problem
from bilag.posting.selection import project_stays
from bilag.transfers.canonical_json import digest, fitting
from bilag.transfers.delivery.not_found import absent, renumbered
from bilag.transfers.delivery.outcome import Outcome, done, skipped
from bilag.transfers.delivery.prerequisites import ensure
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.models import Kind
from bilag.wire.errors import Refused


def send(work: TransferRun) -> Outcome:
    """Send the project if it is to go and anything changed; its customer first."""
    row = work.transfer
    project = _fetch(work)
    if project is None:
        return absent(work)
    work.saw(project)
    if project.number != row.number:
        return renumbered(work, Kind.PROJECT, project.number, project.moment_id)
    export = work.setup.export
    about: dict[str, Any] = {
        "name": project.name[:200],
        "moment_version": fitting(project.version),
        "moment_id": project.moment_id,
        "customer_number": (project.customer or "")[:50] or None,
    }
    stays = project_stays(
        project, switched_on=export.projects, states=export.project_states, manual=row.manual or work.forced
    )
    if stays is None and work.setup.dimensions.project is None:
        stays = "no_project_dimension"
    if stays is not None:
        return skipped(stays, **about)
    content = digest(work.platform.project_content(project))
    if content == row.accepted_hash:
        return done("unchanged", **about)
    value = _value_in_unit(work, project)
    if project.customer is not None:
        ensure(work, Kind.CUSTOMER, project.customer, project.customer_moment_id)
    work.begin(unit_value=value)
    work.platform.put_project(project)
    return done(accepted_hash=content, unit_value=value, **about)


def _value_in_unit(work: TransferRun, project: Project) -> str:
    """The project's value in its unit: two numbers of Moment that fall together there are found by it."""
    unit = work.setup.dimensions.project
    assert unit is not None  # noqa: S101 - asked by the caller
    value = unit_value(unit, project.number, work.platform.chart().units.get(unit), subject=f"project {project.number}")
    if isinstance(value, Problem):
        raise Refused([value])
    return value


def _fetch(work: TransferRun) -> Project | None:
    if work.transfer.moment_id is not None:
        return work.moment.project(work.transfer.moment_id)
    return work.moment.project_by_number(work.transfer.number)
