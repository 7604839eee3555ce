"""`bilag status`: whether all is well, of one company in detail or of all, one line each."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from bilag.cli import rendering
from bilag.cli.errors import guarded
from bilag.cli.output import NEEDS_ATTENTION, Json, print_json, print_table, say
from bilag.cli.transfer import StateName

STATES = {
    "live": "switched on",
    "paused": "paused",
    "new": "not yet switched on",
    "stopped": "switched off",
}
NO_WORKER = "No worker is running: start one with bilag serve."


@guarded
def status(
    slug: Annotated[
        str, typer.Argument(help="The short name of the company, as in its company file.", metavar="[SLUG]")
    ] = "",
    as_json: Json = False,
) -> None:
    """Show whether all is well: what is done, and what needs attention. Without SLUG: all companies, one line each.

    Example: bilag status fjell --json
    Example: bilag status
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    needs_attention = _one(slug, as_json=as_json) if slug else _all(as_json=as_json)
    if needs_attention:
        raise typer.Exit(NEEDS_ATTENTION)


def _one(slug: str, *, as_json: bool) -> bool:
    """Print the status of a company. Return whether anything needs attention."""
    from bilag.cli.company import load
    from bilag.expenses import queries as expenses
    from bilag.notifications import console
    from bilag.transfers.queries import transfers

    setup = load(slug)
    document = expenses.status_as_json(setup)
    (found,) = console.companies(console.Wanted(company=setup.company_id), user_id=None, operator=True)
    stands_still = setup.live and not document["workerAlive"]
    if as_json:
        print_json(document)
        return found.needs_attention or stands_still
    say(f"{setup.name} ({setup.slug}) is {STATES[found.state]}.")
    for problem in (document["paused"], document["ledgerAhead"]):
        if problem:
            say(rendering.problem(problem))
    if not document["workerAlive"]:
        say(NO_WORKER)
    names = [state.value for state in StateName]
    print_table(
        ["Kind", *(f"{rendering.words(name)} " for name in names)],
        ([kind, *(by_state.get(name, 0) or "·" for name in names)] for kind, by_state in document["transfers"].items()),
        empty="No transfers yet.",
    )
    if setup.expenses.enabled:
        counts = document["expenses"]
        say(
            f"Expenses: {counts['imported']} imported, {counts['waiting']} waiting, "
            f"{counts['needsAttention']} need attention, {sum(counts['ignored'].values())} not imported."
        )
    last = transfers.last_done(setup.company_id)
    if last:
        say(f"The last transfer was completed {(datetime.now(UTC) - last).total_seconds():.0f} s ago.")
    return found.needs_attention or stands_still


def _all(*, as_json: bool) -> bool:
    """Print the status of all companies, one line each. Return whether anything needs attention."""
    from bilag.jobs import health
    from bilag.notifications import console

    rows = console.companies(console.Wanted(), user_id=None, operator=True)
    alive = health.worker_alive()
    if as_json:
        print_json({"companies": [console.as_json(row) for row in rows], "workerAlive": alive})
    else:
        if rows and not alive:
            say(NO_WORKER)
        print_table(
            ["Company", "Status", "Needs attention", "Oldest waiting", "Last sync", "Last posted"],
            (
                [row.slug, STATES[row.state], "; ".join(_to_do(row))]
                + [rendering.moment(at) for at in (row.oldest, row.polled, row.posted)]
                for row in rows
            ),
            empty="There are no companies yet. Create one with: bilag company apply FILE.toml",
            less=["Last posted", "Last sync", "Oldest waiting", "Status"],
        )
        if needing := sum(row.needs_attention for row in rows):
            verb = "needs" if needing == 1 else "need"
            say(f"{needing} of {rendering.count(len(rows), 'company', 'companies')} {verb} attention.")
    stands_still = not alive and any(row.state in ("live", "paused") for row in rows)
    return stands_still or any(row.needs_attention for row in rows)


def _to_do(row: Any) -> list[str]:
    """List what needs attention in a company, in a few words each. The company's page and `bilag status SLUG` have the details."""
    found = ["paused"] if row.pause is not None else []
    if row.ahead is not None:
        found.append("accounting knows more")
    if row.poll is not None:
        found.append("no sync with Moment")
    if row.imports is not None:
        found.append("no import of expenses")
    counts = (
        (row.transfers, "transfer", ""),
        (row.expenses, "expense", ""),
        (row.months, "month differs", "months differ"),
    )
    return found + [rendering.count(number, one, many) for number, one, many in counts if number]
