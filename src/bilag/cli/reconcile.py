"""`bilag reconcile`: compare every finalised invoice of a period with the journal."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bilag.cli import rendering
from bilag.cli.company import load
from bilag.cli.errors import guarded
from bilag.cli.files import no_folder
from bilag.cli.output import (
    NEEDS_ATTENTION,
    UNREACHABLE,
    WRONG_USAGE,
    Json,
    Slug,
    err,
    fail,
    print_json,
    print_table,
    say,
)
from bilag.cli.parsers import parse_day, parse_month
from bilag.cli.sheets import write_sheets

if TYPE_CHECKING:
    from rich.progress import Progress

MOST_SHOWN = 50
LISTS = {
    "missing": "missing",
    "differing": "differing",
    "duplicate": "duplicate",
    "unknown": "unknown",
    "undated": "without a readable date",
    "explained": "not transferred",
    "gaps": "not used",
}
"""The lists of the JSON document, and what each is called in a table."""


@guarded
def reconcile(
    slug: Slug,
    month: Annotated[date | None, typer.Option(parser=parse_month, metavar="YYYY-MM", help="A whole month.")] = None,
    first: Annotated[
        date | None, typer.Option("--from", parser=parse_day, metavar="DATE", help="From this invoice date.")
    ] = None,
    last: Annotated[
        date | None,
        typer.Option("--to", parser=parse_day, metavar="DATE", help="To this invoice date. Default: today."),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", dir_okay=False, help="Write every number to this CSV file.")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", dir_okay=False, help="Write every number to this Excel file.")
    ] = None,
    send_missing: Annotated[
        bool, typer.Option("--send-missing", help="Transfer the missing invoices. Nothing is ever posted twice.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compare every finalised invoice of a period with the journal. Changes nothing in either system.

    Example: bilag reconcile fjell --month 2026-10 --xlsx october.xlsx
    """
    begin, end = period_of(month, first, last)
    for file in (csv, xlsx):
        if file is not None and not file.resolve().parent.is_dir():
            fail(no_folder(file), WRONG_USAGE)
    from bilag.cli.django_ready import make_ready

    make_ready()
    setup = load(slug)
    from bilag.cli.waiting import in_turn
    from bilag.reconciliation import actions, queries, runner

    with _progress() as bar:
        task = bar.add_task("Comparing", invoices=0)
        run = in_turn(
            f"A reconciliation of {slug}",
            lambda: runner.reconcile(
                setup.company_id,
                begin,
                end,
                origin="bilag reconcile",
                progress=lambda count: bar.update(task, invoices=count),
            ),
        )
    if run.problem is None:
        _write_files(run, csv, xlsx)
        sent = actions.send_missing(run, origin="bilag reconcile --send-missing") if send_missing else []
    document = queries.as_json(run)
    if as_json:
        print_json(document)
    else:
        _print(document)
    if run.problem is not None:
        raise typer.Exit(UNREACHABLE if is_unreachable(run.problem["code"]) else NEEDS_ATTENTION)
    if sent:
        say(f"{len(sent)} queued. Follow the transfers with: bilag transfers {slug} --kind invoice")
    if actions.is_wrong(run):
        raise typer.Exit(NEEDS_ATTENTION)


def period_of(month: date | None, first: date | None, last: date | None) -> tuple[date, date]:
    """Return the first and the last day of the period."""
    from bilag.posting.periods import NotAPeriod, month_period, period
    from bilag.posting.selection import oslo_date

    if month is not None and (first is not None or last is not None):
        raise typer.BadParameter("give either --month, or --from and --to")
    if month is None and first is None:
        raise typer.BadParameter("give a period: --month 2026-10, or --from 2026-10-01 --to 2026-10-31")
    end = last or oslo_date(datetime.now(UTC))
    if first is not None and end < first:
        raise typer.BadParameter(f"--to {end} is before --from {first}")
    try:
        return month_period(month) if month is not None else period(first or end, end)
    except NotAPeriod as error:
        raise typer.BadParameter(str(error)) from None


def is_unreachable(code: str) -> bool:
    from bilag.messages import class_of

    return class_of(code) == "transient"


def _progress() -> "Progress":
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}: {task.fields[invoices]} invoices"), TimeElapsedColumn())
    return Progress(*columns, console=err(), transient=True)


def _write_files(run: Any, csv: Path | None, xlsx: Path | None) -> None:
    from bilag.events.exported import Exported
    from bilag.web.reconciliation_pages import sheet

    write_sheets(
        *("Reconciliation", sheet.head(), lambda: sheet.rows(run), sheet.WIDTHS),
        company_id=run.company_id,
        what=Exported.RECONCILIATION,
        origin="bilag reconcile",
        csv=csv,
        xlsx=xlsx,
    )


def _print(document: dict[str, Any]) -> None:
    if document["problem"] is not None:
        say(f"The reconciliation stopped: {rendering.problem(document['problem'])}")
        return
    counts = ", ".join(f"{len(document[name])} {LISTS[name]}" for name in LISTS)
    period = f"{rendering.day(document['from'])} to {rendering.day(document['to'])}"
    say(f"{period}: {document['matched']} matched, {counts}.")
    print_table(
        ["Currency", "In Moment ", "In the journal ", "Difference ", "Not transferred "],
        (
            [currency, *(rendering.amount(one[name]) for name in ("moment", "journal", "difference", "explained"))]
            for currency, one in document["sums"].items()
        ),
        title="Totals incl. VAT",
        less=["Not transferred"],
    )
    if document["notInSums"]:
        say(f"The totals lack invoices that cannot be read in Moment: {document['notInSums']}.")
    rows = [[LISTS[name], *_cells(one)] for name in LISTS for one in document[name]]
    columns = ["Result", "Number ", "Invoice date", "In Moment ", "In the journal ", "Reason"]
    print_table(columns, rows[:MOST_SHOWN], below=["Reason"], less=["Invoice date"])
    if len(rows) > MOST_SHOWN:
        say(f"Showing {MOST_SHOWN} of {len(rows)}. Show all with --json, --csv or --xlsx.")


def _cells(one: dict[str, Any]) -> list[Any]:
    problems = [rendering.problem(problem) for problem in one["problems"]]
    why = one["reasonText"] or one["reason"]
    return [
        one["number"],
        rendering.day(one["invoiceDate"]),
        rendering.amount(one["total"]),
        rendering.amount(one["postedTotal"]),
        " ".join([why or "", *problems]).strip(),
    ]
