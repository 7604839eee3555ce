"""`bilag reconcile`: every finalised invoice of a period against the journal."""

import os
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bilag.cli.company import load
from bilag.cli.errors import guarded
from bilag.cli.output import (
    NEEDS_PERSON,
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

if TYPE_CHECKING:
    from rich.progress import Progress

LONGEST_DAYS = 3660
MOST_SHOWN = 50


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date: give one such as 2026-11-01") from None


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no month: give one such as 2026-11") from None


@guarded
def reconcile(
    slug: Slug,
    month: Annotated[date | None, typer.Option(parser=_month, metavar="YYYY-MM", help="A whole month.")] = None,
    first: Annotated[
        date | None, typer.Option("--from", parser=_day, metavar="DATE", help="From this date of the invoice.")
    ] = None,
    last: Annotated[
        date | None, typer.Option("--to", parser=_day, metavar="DATE", help="Until this date; else until today.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", dir_okay=False, help="Write every number to this file, for a spreadsheet.")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", dir_okay=False, help="Write every number to this Excel file.")
    ] = None,
    send_missing: Annotated[
        bool, typer.Option("--send-missing", help="Transfer what is missing. Nothing is ever posted twice.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compare every finalised invoice of a period with the journal. Changes nothing in either system.

    Example: bilag reconcile fjell --month 2026-10 --xlsx october.xlsx
    """
    begin, end = _period(month, first, last)
    for file in (csv, xlsx):
        if file is not None and not file.resolve().parent.is_dir():
            fail(f"{file} cannot be written: there is no folder {file.resolve().parent}.", WRONG_USAGE)
    from bilag.cli.django_ready import make_ready

    make_ready()
    setup = load(slug)
    from bilag.jobs.advisory_lock import Busy
    from bilag.reconciliation import actions, queries, runner

    try:
        with _progress() as bar:
            task = bar.add_task("Comparing", invoices=0)
            run = runner.reconcile(
                setup.company_id,
                begin,
                end,
                origin="bilag reconcile",
                progress=lambda count: bar.update(task, invoices=count),
            )
    except Busy:
        fail(f"{slug} is being reconciled already: try again when that is done.", NEEDS_PERSON)
    if run.problem is None:
        _written(run, csv, xlsx)
        sent = actions.send_missing(run, origin="bilag reconcile --send-missing") if send_missing else []
    document = queries.as_json(run)
    if as_json:
        print_json(document)
    else:
        _print(document)
    if run.problem is not None:
        raise typer.Exit(UNREACHABLE if _unreachable(run.problem["code"]) else NEEDS_PERSON)
    if sent:
        say(f"{len(sent)} asked for. See what becomes of them with: bilag transfers {slug} --kind invoice")
    if actions.is_wrong(run):
        raise typer.Exit(NEEDS_PERSON)


def _period(month: date | None, first: date | None, last: date | None) -> tuple[date, date]:
    """The period that was asked for, both days included."""
    if month is not None:
        if first is not None or last is not None:
            raise typer.BadParameter("give --month, or --from and --to")
        return month, (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    if first is None:
        raise typer.BadParameter("say which period: --month 2026-10, or --from 2026-10-01 --to 2026-10-31")
    end = last or date.today()  # noqa: DTZ011 - the day of whoever types it
    if end < first:
        raise typer.BadParameter(f"--to {end} is before --from {first}")
    if (end - first).days > LONGEST_DAYS:
        raise typer.BadParameter("a period has at most ten years")
    return first, end


def _unreachable(code: str) -> bool:
    from bilag.messages import class_of

    return class_of(code) == "transient"


def _progress() -> "Progress":
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}: {task.fields[invoices]} invoices"), TimeElapsedColumn())
    return Progress(*columns, console=err(), transient=True)


def _written(run: Any, csv: Path | None, xlsx: Path | None) -> None:
    """Write the files, each whole or not at all."""
    from bilag.web.reconciliation_pages import sheet
    from bilag.web.spreadsheets import csv_pieces, excel_file

    if csv is not None:
        _replace(csv, csv_pieces(sheet.head(), sheet.rows(run)))
    if xlsx is not None:
        with excel_file(
            "Reconciliation", sheet.head(), lambda: sheet.rows(run), sheet.WIDTHS, "There is more: choose CSV."
        ) as file:
            _replace(xlsx, iter(lambda: file.read(65536), b""))


def _replace(file: Path, pieces: Any) -> None:
    with tempfile.NamedTemporaryFile(dir=file.resolve().parent, prefix=f".{file.name}.", delete=False) as part:
        for piece in pieces:
            part.write(piece)
    os.replace(part.name, file)
    file.chmod(0o644)
    say(f"Written: {file}")


def _print(document: dict[str, Any]) -> None:
    if document["problem"] is not None:
        say(f"It stopped before its end: {document['problem']['message']} {document['problem']['remedy']}")
        return
    lists = ("missing", "differing", "duplicate", "unknown", "explained", "gaps")
    counts = ", ".join(f"{len(document[name])} {'not used' if name == 'gaps' else name}" for name in lists)
    say(f"{document['from']} to {document['to']}: {document['matched']} agree, {counts}.")
    print_table(
        ["Currency", "In Moment ", "In the journal ", "Difference ", "Stays in Moment "],
        (
            [currency, one["moment"], one["journal"], one["difference"], one["explained"]]
            for currency, one in document["sums"].items()
        ),
        title="Including VAT",
    )
    rows = [[name, *_cells(one)] for name in lists for one in document[name]]
    print_table(["Result", "Number ", "Invoice date", "In Moment ", "In the journal ", "Why"], rows[:MOST_SHOWN])
    if len(rows) > MOST_SHOWN:
        say(f"{MOST_SHOWN} of {len(rows)} shown; --json, --csv and --xlsx give all.")


def _cells(one: dict[str, Any]) -> list[Any]:
    problems = [f"{problem['message']} {problem['remedy']}" for problem in one["problems"]]
    why = one["reasonText"] or one["reason"]
    return [
        one["number"],
        one["invoiceDate"],
        one["total"],
        one["postedTotal"],
        " ".join([why or "", *problems]).strip(),
    ]
