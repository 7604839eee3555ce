"""`bilag export saft | beancount | csv`: what was posted in a period, as a file for others."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bilag.cli.company import load
from bilag.cli.errors import guarded
from bilag.cli.files import STDOUT, check_place, write_whole
from bilag.cli.output import NEEDS_PERSON, WRONG_USAGE, Json, Slug, err, fail, print_json, say

if TYPE_CHECKING:
    from rich.progress import Progress

app = typer.Typer(
    help="What was posted, as SAF-T for authorities and auditors, or as beancount or CSV to take along.",
    no_args_is_help=True,
)
NUMBER_CURE = (
    "SAF-T names the company by it. Give it on the page Integration setup, or as organisation_number under [company] in the "
    "company file, and apply that with: bilag company apply FILE.toml"
)
Pieces = Callable[[Any], Iterator[bytes]]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date: give one such as 2026-11-01") from None


From = Annotated[date, typer.Option("--from", parser=_day, metavar="DATE", help="From this posting date on.")]
To = Annotated[date, typer.Option("--to", parser=_day, metavar="DATE", help="Until this posting date, included.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", help="Write to this file, - for stdout; else to a file in this folder, named by its content."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")]
Whole = Annotated[
    bool, typer.Option("--whole-journal", help="Also what others posted in the accounting system, not only Bilag.")
]


@app.command("saft")
@guarded
def saft(
    slug: Slug,
    first: From,
    last: To,
    out: Out = None,
    force: Force = False,
    whole: Whole = False,
    as_json: Json = False,
) -> None:
    """The journal of a period as SAF-T Financial 1.30, the file that Norwegian authorities and auditors ask for.

    Example: bilag export saft fjell --from 2026-01-01 --to 2026-12-31
    """
    _export("saft", _text("saft"), slug, first, last, out, force=force, whole=whole, as_json=as_json)


@app.command("beancount")
@guarded
def beancount(
    slug: Slug,
    first: From,
    last: To,
    out: Out = None,
    force: Force = False,
    whole: Whole = False,
    as_json: Json = False,
) -> None:
    """The journal of a period as a book for beancount, a bookkeeping program that reads plain text.

    Example: bilag export beancount fjell --from 2026-01-01 --to 2026-12-31 --out fjell.beancount
    """
    _export("beancount", _text("beancount"), slug, first, last, out, force=force, whole=whole, as_json=as_json)


@app.command("csv")
@guarded
def csv(
    slug: Slug,
    first: From,
    last: To,
    out: Out = None,
    force: Force = False,
    whole: Whole = False,
    as_json: Json = False,
) -> None:
    """The journal of a period as CSV for a spreadsheet: a row for each entry.

    Example: bilag export csv fjell --from 2026-11-01 --to 2026-11-30 --out november.csv
    """
    _export("csv", _csv, slug, first, last, out, force=force, whole=whole, as_json=as_json)


def _text(form: str) -> Pieces:
    def pieces(journal: Any) -> Iterator[bytes]:
        from bilag.exports.formats import text_pieces

        return text_pieces(form, journal, _now())

    return pieces


def _csv(journal: Any) -> Iterator[bytes]:
    from bilag.exports import tables
    from bilag.web.spreadsheets import csv_pieces

    return csv_pieces(tables.HEAD, tables.rows(journal))


def _export(
    form: str, pieces: Pieces, slug: str, first: date, last: date, out: Path | None,
    *, force: bool, whole: bool, as_json: bool,
) -> None:  # fmt: skip
    if last < first:
        raise typer.BadParameter(f"--to {last} is before --from {first}")
    if out == STDOUT and as_json:
        raise typer.BadParameter("--json and --out - both want stdout: give --out a file")
    check_place(out, force=force)
    from bilag.cli.django_ready import make_ready

    make_ready()
    setup = load(slug)
    from bilag.companies.gateways import platform_for
    from bilag.exports.entries import OutOfBalance
    from bilag.exports.formats import file_name
    from bilag.exports.journal import NothingPosted, read_journal
    from bilag.exports.saft import NumberMissing, organisation_number

    try:
        if form == "saft":  # before the journal is read, which may take a while
            organisation_number(setup.organisation_number, platform_for(setup).chart().organisation_number)
        with _progress() as bar:
            task = bar.add_task("Reading the journal", vouchers=0)
            journal = read_journal(
                setup, first, last, whole=whole, progress=lambda count: bar.update(task, vouchers=count)
            )
        with journal:
            file = out if out is not None else Path(file_name(form, journal, _now()))
            check_place(file, force=force)
            write_whole(file, pieces(journal))
            _told(form, journal, file, as_json=as_json)
    except NothingPosted as nothing:
        others = (
            f" {nothing.others} vouchers of others stand there: --whole-journal takes them, too."
            if nothing.others
            else ""
        )
        fail(
            f"Through Bilag nothing was posted for {slug} from {first} to {last}, and no file was written. Choose another "
            f"period; bilag transfers {slug} shows what was posted.{others}",
            NEEDS_PERSON,
        )
    except NumberMissing as missing:
        told = (
            "is missing" if missing.given is None else f"is {missing.given}, which is no Norwegian organisation number"
        )
        fail(f"No file was written: the company's organisation number {told}. {NUMBER_CURE}", WRONG_USAGE)
    except OutOfBalance as wrong:
        fail(
            f"No file was written: as the accounting system gives it back, {wrong}. Look at that voucher there, or ask "
            "for help with what is wrong with it.",
            NEEDS_PERSON,
        )


def _now() -> datetime:
    return datetime.now(ZoneInfo("Europe/Oslo"))


def _told(form: str, journal: Any, file: Path, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "format": form,
                "file": str(file),
                "company": journal.setup.slug,
                "from": str(journal.first),
                "to": str(journal.last),
                "wholeJournal": journal.whole,
                "vouchers": journal.vouchers_count,
                "entries": journal.entries_count,
                "leftOut": journal.others,
                "currency": journal.base_currency,
                "totalDebit": f"{journal.total.debit:.2f}",
                "totalCredit": f"{journal.total.credit:.2f}",
                "accounts": {account: f"{sums.balance:.2f}" for account, sums in sorted(journal.accounts.items())},
                "vat": {code: f"{amount:.2f}" for code, amount in sorted(journal.vat.items())},
            }
        )
        return
    place = "to stdout" if file == STDOUT else str(file)
    say(
        f"Written: {place}, {journal.vouchers_count} vouchers with {journal.entries_count} entries, debit "
        f"{journal.total.debit:.2f} and credit {journal.total.credit:.2f} {journal.base_currency}."
    )
    if journal.others:
        say(
            f"{journal.others} vouchers that did not come through Bilag were left out; --whole-journal takes them, too."
        )


def _progress() -> "Progress":
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}: {task.fields[vouchers]} vouchers"), TimeElapsedColumn())
    return Progress(*columns, console=err(), transient=True)
