"""`bilag recover`: after a restored backup, take in what accounting knows and Bilag does not."""

from datetime import date
from typing import Annotated, Any

import typer

from bilag.cli import rendering
from bilag.cli.company import load
from bilag.cli.errors import guarded
from bilag.cli.output import NEEDS_ATTENTION, WRONG_USAGE, Json, Slug, fail, print_json, print_table, say
from bilag.cli.parsers import parse_day


@guarded
def recover(
    slug: Slug,
    first: Annotated[
        date | None,
        typer.Option("--from", parser=parse_day, metavar="DATE", help="From this voucher date. Default: 400 days ago."),
    ] = None,
    last: Annotated[
        date | None, typer.Option("--to", parser=parse_day, metavar="DATE", help="To this voucher date.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be taken in.")] = False,
    as_json: Json = False,
) -> None:
    """After a restored backup: take in invoices and accrued income that are posted in accounting and not known in Bilag.

    Each is compared, entry by entry, with what Bilag would post, and is never posted again. Expenses need no command: the next
    import finds those that are in Moment already.

    Example: bilag recover fjell --dry-run
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    from bilag.cli.waiting import in_turn
    from bilag.transfers import recovery

    usual = recovery.usual_days()
    begin = first if first is not None else usual[0]
    end = last if last is not None else usual[1]
    if end < begin:
        fail(f"--to {end} is before --from {begin}.", WRONG_USAGE)
    setup = load(slug)
    if dry_run:
        found = recovery.unknown(setup, begin, end)
    else:
        found = in_turn(
            f"A change of accrued income of {slug}",
            lambda: recovery.recover(setup.company_id, begin, end, origin="bilag recover"),
        )
    if as_json:
        print_json({"company": slug, "from": begin.isoformat(), "to": end.isoformat(), **_as_json(found)})
    else:
        _print(found, f"{rendering.day(begin)} to {rendering.day(end)}")
    if not found.nothing and dry_run:
        say(f"Take them in with: bilag recover {slug}")
        raise typer.Exit(NEEDS_ATTENTION)
    if not found.nothing:
        say(f"Bilag compares them with Moment now. Follow them with: bilag transfers {slug}")
    if not found.nothing and not setup.live:
        say("The company is switched off: they are compared when it is switched on.")
    if found.left_out:
        raise typer.Exit(NEEDS_ATTENTION)


def _print(found: Any, days: str) -> None:
    print_table(
        ["Invoice ", "Journal ", "Voucher date", "Total ", "Currency"],
        [
            (one.number, one.journal, rendering.day(one.day), rendering.amount(one.total), one.currency)
            for one in found.invoices
        ],
        empty=f"Bilag knows every invoice that is posted from {days}.",
    )
    if found.amounts:
        print_table(
            ["Month", "Project", "Journal ", "Posted "],
            [
                (rendering.month(one.name.month), one.name.project, one.journal, rendering.amount(one.posted))
                for one in found.amounts
            ],
            title="\nAccrued income",
        )
    for problem in found.left_out:
        from bilag.messages import render_problem

        say(rendering.problem(render_problem(problem, "en")))


def _as_json(found: Any) -> dict[str, Any]:
    from bilag.messages.problem_json import problem_as_json

    return {
        "found": [_invoice_as_json(one) for one in found.invoices],
        "accrued": [
            {
                "month": f"{one.name.month:%Y-%m}",
                "project": one.name.project,
                "sequence": one.name.sequence,
                "journalNumber": one.journal,
                "posted": str(one.posted),
            }
            for one in found.amounts
        ],
        "leftOut": [problem_as_json(problem) for problem in found.left_out],
    }


def _invoice_as_json(one: Any) -> dict[str, Any]:
    return {
        "number": one.number,
        "journalNumber": one.journal,
        "date": one.day.isoformat(),
        "total": str(one.total) if one.total is not None else None,
        "currency": one.currency,
    }
