"""`bilag export saft | beancount | csv`: write the journal of a period to a file."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bilag.cli import rendering
from bilag.cli.company import load
from bilag.cli.errors import guarded
from bilag.cli.files import STDOUT, check_writable, write_whole
from bilag.cli.output import NEEDS_ATTENTION, WRONG_USAGE, Json, Slug, err, fail, print_json, say
from bilag.cli.parsers import parse_day

if TYPE_CHECKING:
    from rich.progress import Progress

app = typer.Typer(
    help="Export the posted journal as SAF-T for authorities and auditors, or as beancount or CSV.",
    no_args_is_help=True,
)
NUMBER_REMEDY = (
    "SAF-T identifies the company by this number. Enter it on the page Integration setup, or in the [company] part of the "
    "company file. Then apply the file with: bilag company apply FILE.toml"
)
Pieces = Callable[[Any], Iterator[bytes]]


From = Annotated[date, typer.Option("--from", parser=parse_day, metavar="DATE", help="From this posting date.")]
To = Annotated[date, typer.Option("--to", parser=parse_day, metavar="DATE", help="To this posting date.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Write to this file, or to stdout with -. Default: a file in this folder with a name by its content.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")]
Whole = Annotated[bool, typer.Option("--whole-journal", help="Include vouchers that Bilag did not post.")]


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
    """Export the journal of a period as SAF-T Financial 1.30, the format of Norwegian authorities and auditors.

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
    """Export the journal of a period for beancount, a bookkeeping program that reads plain text.

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
    """Export the journal of a period as CSV for a spreadsheet, with a row for each entry.

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
        raise typer.BadParameter("--json and --out - both write to stdout: give a file with --out")
    check_writable(out, force=force)
    from bilag.cli.django_ready import make_ready

    make_ready()
    setup = load(slug)
    from bilag.companies.gateways import platform_for
    from bilag.events.exported import Exported, record_export
    from bilag.exports.entries import OutOfBalance
    from bilag.exports.formats import NAMES, file_name
    from bilag.exports.journal import NothingPosted, read_journal
    from bilag.exports.saft import NumberMissing, organisation_number

    try:
        if form == "saft":  # before the journal is read, which may take long
            organisation_number(setup.organisation_number, platform_for(setup).chart().organisation_number)
        with _progress() as bar:
            task = bar.add_task("Reading the journal", vouchers=0)
            journal = read_journal(
                setup, first, last, whole=whole, progress=lambda count: bar.update(task, vouchers=count)
            )
        with journal:
            file = out if out is not None else Path(file_name(form, journal, _now()))
            check_writable(file, force=force)
            write_whole(file, pieces(journal))
            record_export(
                setup.company_id, Exported.JOURNAL, NAMES[form], journal.entries_count, origin=f"bilag export {form}"
            )
            _report(form, journal, file, as_json=as_json)
    except NothingPosted as nothing:
        others = (
            f" The journal has {rendering.count(nothing.others, 'other voucher')}: include them with --whole-journal."
            if nothing.others
            else ""
        )
        fail(
            f"Bilag posted nothing for {slug} from {rendering.day(first)} to {rendering.day(last)}, so no file was written. "
            f"Choose another period. List what was posted with: bilag transfers {slug}.{others}",
            NEEDS_ATTENTION,
        )
    except NumberMissing as missing:
        fault = (
            "is missing"
            if missing.given is None
            else f"is {missing.given}, which is not a Norwegian organisation number"
        )
        fail(f"No file was written: the company's organisation number {fault}. {NUMBER_REMEDY}", WRONG_USAGE)
    except OutOfBalance as wrong:
        fail(
            f"No file was written: in the accounting system, {wrong}. Check the voucher there, or ask the accountant.",
            NEEDS_ATTENTION,
        )


def _now() -> datetime:
    return datetime.now(ZoneInfo("Europe/Oslo"))


def _report(form: str, journal: Any, file: Path, *, as_json: bool) -> None:
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
    place = "stdout" if file == STDOUT else str(file)
    vouchers = rendering.count(journal.vouchers_count, "voucher")
    entries = rendering.count(journal.entries_count, "entry", "entries")
    debit, credit = (rendering.amount(one) for one in (journal.total.debit, journal.total.credit))
    say(f"Written: {place}, {vouchers} with {entries}, debit {debit}, credit {credit} {journal.base_currency}.")
    if journal.others:
        say(
            f"Bilag left out {rendering.count(journal.others, 'voucher')} that it did not post. "
            "Include them with --whole-journal."
        )


def _progress() -> "Progress":
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}: {task.fields[vouchers]} vouchers"), TimeElapsedColumn())
    return Progress(*columns, console=err(), transient=True)
