"""`bilag recover`: after a restored backup, take in what accounting knows and Bilag does not."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

import typer

from bilag.cli import rendering
from bilag.cli.company import load
from bilag.cli.errors import guarded
from bilag.cli.output import NEEDS_ATTENTION, WRONG_USAGE, Json, Slug, fail, print_json, print_table, say

DAYS_BACK, DAYS_AHEAD = 400, 62
"""The voucher dates that are searched without --from and --to. An invoice may be dated ahead."""


@guarded
def recover(
    slug: Slug,
    first: Annotated[
        datetime | None,
        typer.Option(
            "--from", formats=["%Y-%m-%d"], metavar="DATE", help="From this voucher date. Default: 400 days ago."
        ),
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="To this voucher date.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be taken in.")] = False,
    as_json: Json = False,
) -> None:
    """After a restored backup: take in the invoices that are posted in accounting and not known as posted in Bilag.

    Each is compared with the invoice in Moment, entry by entry, and is never posted again. Expenses need no command: the next
    import finds those that are in Moment already.

    Example: bilag recover fjell --dry-run
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    from bilag.transfers.intake import recover as use_case

    today = date.today()  # noqa: DTZ011 - the date where the command runs
    begin = first.date() if first is not None else today - timedelta(days=DAYS_BACK)
    end = last.date() if last is not None else today + timedelta(days=DAYS_AHEAD)
    if end < begin:
        fail(f"--to {end} is before --from {begin}.", WRONG_USAGE)
    setup = load(slug)
    if dry_run:
        found = sorted(use_case.unknown_vouchers(setup, begin, end), key=lambda one: one.number)
    else:
        found = use_case.recover(setup.company_id, begin, end, origin="bilag recover")
    if as_json:
        print_json(
            {
                "company": slug,
                "from": begin.isoformat(),
                "to": end.isoformat(),
                "found": [_as_json(one) for one in found],
            }
        )
    else:
        print_table(
            ["Invoice ", "Journal ", "Voucher date", "Total ", "Currency"],
            [
                (one.number, one.journal, rendering.day(one.day), rendering.amount(one.total), one.currency)
                for one in found
            ],
            empty=f"Bilag knows every invoice that is posted from {rendering.day(begin)} to {rendering.day(end)}.",
        )
    if found and dry_run:
        say(f"Take them in with: bilag recover {slug}")
    elif found:
        say(f"Bilag compares them with Moment now. Follow them with: bilag transfers {slug} --kind invoice")
    if found and not setup.live:
        say("The company is switched off: they are compared when it is switched on.")
    if found and dry_run:
        raise typer.Exit(NEEDS_ATTENTION)


def _as_json(one: Any) -> dict[str, Any]:
    return {
        "number": one.number,
        "journalNumber": one.journal,
        "date": one.day.isoformat(),
        "total": str(one.total) if one.total is not None else None,
        "currency": one.currency,
    }
