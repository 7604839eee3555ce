"""`bilag accruals`: post income that is earned but not invoiced at the end of a month, and list it."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from bilag.cli import rendering
from bilag.cli.company import load
from bilag.cli.errors import guarded
from bilag.cli.output import NEEDS_ATTENTION, WRONG_USAGE, Json, Slug, fail, print_json, print_table, say
from bilag.cli.parsers import parse_month

app = typer.Typer(
    help="Income that is earned but not invoiced at the end of a month.", no_args_is_help=True, rich_markup_mode=None
)
LARGEST_FILE = 1024 * 1024


def _month(text: str) -> date:
    month = parse_month(text)
    if not 2000 <= month.year < 3000:
        raise typer.BadParameter(f"'{text}' is not a month in which income was earned. Give a month such as 2026-05")
    return month


Month = Annotated[
    date, typer.Option("--month", parser=_month, metavar="YYYY-MM", help="The month that the income is earned in.")
]


@app.command("post")
@guarded
def post(
    slug: Slug,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="A file with the columns project and amount: docs/accrual.md.")
    ],
    month: Month,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be posted. Nothing is stored or sent.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until the amounts are posted. Exit status 1 if any needs attention.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Post the amount of each project on the last day of the month, and its reversal on the next day.

    The same file again changes nothing. A new amount posts the difference. A project that is not in the file keeps its
    amount. With a fault in the file, nothing is posted.

    Example: bilag accruals post fjell --month 2026-05 may.csv
    """
    from bilag.cli.django_ready import make_ready

    make_ready()
    setup = load(slug)
    from bilag.cli.waiting import in_turn, wait_for
    from bilag.messages import render_problem
    from bilag.transfers.accrued_income import amounts
    from bilag.transfers.accrued_income.csv_file import FileFaults, read_amounts

    try:
        given = read_amounts(_content(file))
        if dry_run:
            _show_preview(amounts.preview(setup, month, given), month, as_json=as_json)
            return
        rows = in_turn(
            f"A change of accrued income of {slug}",
            lambda: amounts.give(setup, month, given, origin="bilag accruals post"),
        )
    except FileFaults as error:
        fail("\n".join(["Nothing was posted:", *(f"{fault}." for fault in error.faults)]), WRONG_USAGE)
    except amounts.SwitchedOff as error:
        why = render_problem(error.problem, "en")
        fail(f"Nothing was posted: {rendering.problem(why)}", NEEDS_ATTENTION)
    ids = [row.transfer_id for row in rows]
    if wait:
        wait_for(ids)
    _show([amounts.as_json(row) for row in amounts.rows_of(setup.company_id, month)], slug, as_json=as_json)
    if not wait and not as_json:
        say(f"Follow the amounts with: bilag accruals list {slug} --month {month:%Y-%m}")
    if wait and amounts.unsettled(ids):
        raise typer.Exit(NEEDS_ATTENTION)


@app.command("list")
@guarded
def list_(
    slug: Slug,
    month: Annotated[
        date | None, typer.Option("--month", parser=_month, metavar="YYYY-MM", help="Only this month.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the amounts by month and project, and what is posted.

    Example: bilag accruals list fjell --month 2026-05
    """
    from bilag.cli.django_ready import make_ready

    make_ready()
    setup = load(slug)
    from bilag.transfers.accrued_income import amounts

    _show([amounts.as_json(row) for row in amounts.rows_of(setup.company_id, month)], slug, as_json=as_json)


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_FILE:
            fail(f"Nothing was posted: {file} is larger than 1 MB.", WRONG_USAGE)
        return file.read_bytes()
    except OSError as error:
        fail(f"Nothing was posted: cannot read {file} ({error.strerror}).", WRONG_USAGE)


def _show(rows: list[dict[str, Any]], slug: str, *, as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    print_table(
        ["Month", "Project", "Amount ", "Posted ", "State", "Journal ", "Number"],
        (
            [
                rendering.month(row["month"]),
                row["project"],
                rendering.amount(row["amount"]),
                rendering.amount(row["posted"]),
                rendering.words(row["state"]),
                row["journalNumber"],
                row["number"],
            ]
            for row in rows
        ),
        empty=f"There is no accrued income. Post it with: bilag accruals post {slug} --month YYYY-MM FILE.csv",
        less=["Number", "Journal"],
    )


def _show_preview(previews: Any, month: date, *, as_json: bool) -> None:
    from bilag.transfers.accrued_income.amounts import preview_as_json

    documents = [preview_as_json(one, month) for one in previews]
    if as_json:
        print_json(documents)
    else:
        print_table(
            ["Project", "Amount ", "Already posted ", "To be posted "],
            (
                [one["project"], *(rendering.amount(one[name]) for name in ("amount", "posted", "difference"))]
                for one in documents
            ),
        )
        for one in documents:
            for problem in one["problems"]:
                say(f"{one['project']}: {rendering.problem(problem)}")
        say("Dry run: nothing was posted.")
    if any(one["problems"] for one in documents):
        raise typer.Exit(NEEDS_ATTENTION)
