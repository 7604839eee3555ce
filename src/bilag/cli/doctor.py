"""`bilag doctor`: everything that an operator can get wrong, each with what to do."""

from typing import TYPE_CHECKING, Annotated

import typer

from bilag.cli.errors import guarded
from bilag.cli.output import DONE, NEEDS_ATTENTION, Json, print_json, print_table, say

if TYPE_CHECKING:
    from bilag.service.doctor import Finding

Concurrency = Annotated[int, typer.Option(min=1, max=256, help="The --concurrency that workers on this machine have.")]
MARKS = {"ok": "ok", "warning": "warning", "error": "wrong"}


@guarded
def doctor(concurrency: Concurrency = 64, as_json: Json = False) -> None:
    """Check configuration, database, schema, key, connections, email, traces, clock, limits, folders and workers.

    Nothing is changed.

    Exit status 1 if something is wrong; warnings alone give 0.

    Example: bilag doctor
    """
    findings = _findings(concurrency)
    wrong = [one for one in findings if one.state == "error"]
    if as_json:
        rows = [{"name": one.name, "state": one.state, "message": one.said, "remedy": one.remedy} for one in findings]
        print_json({"ok": not wrong, "findings": rows})
    else:
        print_table(
            ["Check", "Result", "Finding"],
            ([one.name, MARKS[one.state], f"{one.said} {one.remedy}".strip()] for one in findings),
        )
        warnings = sum(one.state == "warning" for one in findings)
        say(f"{len(wrong)} wrong, {warnings} warnings." if wrong or warnings else "Nothing is wrong.")
    raise typer.Exit(NEEDS_ATTENTION if wrong else DONE)


def _findings(concurrency: int) -> list["Finding"]:
    """Run the checks that the environment allows. If it is unusable, settings and database are not checked."""
    from bilag.service.doctor import (
        ERROR,
        WARNING,
        Finding,
        database_findings,
        environment_findings,
        process_findings,
        sentences,
    )
    from bilag.service.environment import EnvironmentFault, environment

    found = list(environment_findings(environment))
    try:
        found += process_findings(concurrency)
        if not environment.has_database:
            if environment.key_file is None:
                environment.checked_keys()
            said = f"There is no database in {environment.home} yet."
            remedy = "Start: bilag serve, which makes one. To restore a backup, run first: bilag restore DIR"
            return [*found, Finding("Database", WARNING, said, remedy)]
        from bilag.cli.django_ready import make_ready

        make_ready(migrated=False)
        found += database_findings()
    except EnvironmentFault as fault:
        said, remedy = sentences(str(fault))
        if said not in {one.said for one in found}:
            found.append(Finding("Environment", ERROR, said, remedy))
    return found
