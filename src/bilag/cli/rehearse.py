"""`bilag rehearse`: compare a past period with what Bilag would have posted, and propose the setup."""

from collections.abc import Callable
from datetime import date
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
from bilag.cli.parsers import parse_day
from bilag.cli.reconcile import is_unreachable, period_of
from bilag.cli.sheets import replace_file, write_sheets

if TYPE_CHECKING:
    from rich.progress import Progress

MOST_SHOWN = 50
ORIGIN = "bilag rehearse"


@guarded
def rehearse(
    slug: Slug,
    first: Annotated[date, typer.Option("--from", parser=parse_day, metavar="DATE", help="From this invoice date.")],
    last: Annotated[date, typer.Option("--to", parser=parse_day, metavar="DATE", help="To this invoice date.")],
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="NAME", help="Save this proposal in the setup, and rehearse again."),
    ] = None,
    accept_all: Annotated[
        bool, typer.Option("--accept-all", help="Save all proposals in the setup, and rehearse again.")
    ] = False,
    propose: Annotated[
        Path | None,
        typer.Option("--propose", dir_okay=False, help="Write the proposed settings to this file (TOML)."),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", dir_okay=False, help="Write every number to this CSV file.")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", dir_okay=False, help="Write every number to this Excel file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare the journal of a past period with what Bilag would have posted, and propose the setup. Sends nothing.

    Example: bilag rehearse fjell --from 2025-11-01 --to 2026-10-31 --xlsx rehearsal.xlsx
    """
    begin, end = period_of(None, first, last)
    for file in (csv, xlsx, propose):
        if file is not None and not file.resolve().parent.is_dir():
            fail(no_folder(file), WRONG_USAGE)
    if accept and accept_all:
        raise typer.BadParameter("give either --accept or --accept-all")
    from bilag.cli.django_ready import make_ready

    make_ready()
    setup = load(slug)
    run = _rehearsed(slug, setup.company_id, begin, end)
    if run.problem is None and (accept or accept_all):
        _accept(run, None if accept_all else accept or [])
        run = _rehearsed(slug, setup.company_id, begin, end)
    _show(run, slug, csv, xlsx, propose, as_json=as_json)


def _rehearsed(slug: str, company_id: int, first: date, last: date) -> Any:
    """Rehearse with progress on stderr."""
    from bilag.cli.waiting import in_turn
    from bilag.rehearsal import runner

    with _progress() as bar:
        progress = _updater(bar)
        return in_turn(
            f"A rehearsal of {slug}",
            lambda: runner.rehearse(company_id, first, last, origin=ORIGIN, progress=progress),
        )


def _progress() -> "Progress":
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}: {task.fields[count]}"), TimeElapsedColumn())
    return Progress(*columns, console=err(), transient=True)


def _updater(bar: "Progress") -> Callable[[Any], None]:
    from bilag.messages.rehearsal import PHASES

    task = bar.add_task(PHASES["invoices"][0], count="")

    def update(run: Any) -> None:
        counts = {
            "invoices": f"{run.invoices} invoices",
            "journal": f"to {rendering.day(run.journal_read_to.isoformat())}" if run.journal_read_to else "",
            "comparing": f"{run.compared} of {run.invoices} invoices",
        }
        bar.update(task, description=PHASES[run.phase][0], count=counts.get(run.phase, ""))

    return update


def _accept(run: Any, names: list[str] | None) -> None:
    """Save the proposals in the setup, and check it."""
    from bilag.companies.file import CompanyFileError
    from bilag.companies.refusals import SetupRefused
    from bilag.companies.store import SetupChanged
    from bilag.rehearsal import actions
    from bilag.transfers.activation.save_setup import check_saved

    acceptable = [one.habit for one in actions.proposals_of(run) if one.acceptable]
    if names is None and not acceptable:
        say("There is nothing to accept.")
        return
    try:
        saved = actions.accept(run, names, origin=ORIGIN)
    except actions.NotProposed as error:
        fail(f"Not proposed: {', '.join(error.names)}. Proposed: {', '.join(acceptable) or 'nothing'}.", WRONG_USAGE)
    except (CompanyFileError, SetupChanged, SetupRefused) as error:
        fail(f"The setup was not saved: {error}", NEEDS_ATTENTION)
    check_saved(saved)
    say(f"Saved in the setup: {', '.join(names if names is not None else acceptable)}. Rehearsing again.")


def _show(run: Any, slug: str, csv: Path | None, xlsx: Path | None, propose: Path | None, *, as_json: bool) -> None:
    """Print the rehearsal, write the files, and exit with the status that its result has."""
    from bilag.rehearsal import actions, queries

    if run.ended_at is not None:
        _write_files(run, csv, xlsx)
        if propose is not None:
            replace_file(propose, [_toml(actions.proposed_settings(run)).encode()])
    document = queries.as_json(run)
    if as_json:
        print_json(document)
    else:
        _print(document)
    if run.ended_at is None:
        raise typer.Exit(UNREACHABLE if is_unreachable(run.problem["code"]) else NEEDS_ATTENTION)
    if not as_json and any(one["standing"] == "proposed" for one in document["proposals"]):
        say(f"Accept proposals with: bilag rehearse {slug} --from {run.first} --to {run.last} --accept-all")
    if actions.is_wrong(run):
        raise typer.Exit(NEEDS_ATTENTION)


def _write_files(run: Any, csv: Path | None, xlsx: Path | None) -> None:
    from bilag.events.exported import Exported
    from bilag.web.rehearsal_pages import sheet

    write_sheets(
        *("Rehearsal", sheet.head(), lambda: sheet.rows(run), sheet.WIDTHS),
        company_id=run.company_id,
        what=Exported.REHEARSAL,
        origin="bilag rehearse",
        csv=csv,
        xlsx=xlsx,
    )


def _toml(settings: dict[str, Any]) -> str:
    """Write settings by dotted name as sections of a company file. A setting that the books do not use becomes a comment."""
    sections: dict[str, list[str]] = {}
    for name, value in settings.items():
        section, _, key = name.partition(".")
        text = f'"{value}"' if isinstance(value, str) else str(value).lower()
        line = f"# {key}: remove it, the books do not use it" if value is None else f"{key} = {text}"
        sections.setdefault(section, []).append(line)
    parts = ["\n".join([f"[{section}]", *lines]) for section, lines in sections.items()]
    return "# Proposed by `bilag rehearse`: copy these settings into the company file.\n" + "\n\n".join(parts) + "\n"


def _print(document: dict[str, Any]) -> None:
    if document["rehearsedAt"] is None:
        say(f"The rehearsal stopped: {rendering.problem(document['problem'])}")
        return
    say(f"{rendering.day(document['from'])} to {rendering.day(document['to'])}. {document['headline']}")
    print_table(
        ["Why", "Invoices ", "Of ", "Amount ", "First ", "Last "],
        (
            [one["message"], one["count"], one["of"], _amounts(one), one["first"]["number"], one["last"]["number"]]
            for one in document["causes"]
        ),
        title="\nDifferences",
        below=["Why"],
        less=["Of", "Last"],
        empty="No differences.",
    )
    print_table(
        ["Would have stopped", "Invoices ", "First "],
        (
            [rendering.problem(one["problem"]), one["count"], one["first"]["number"] if one["first"] else ""]
            for one in document["stops"]
        ),
        title="\nWhat would have stopped invoices",
        below=["Would have stopped"],
    )
    print_table(
        ["Name", "What the vouchers say"],
        ([one["name"], one["message"]] for one in document["proposals"]),
        title="\nProposed setup",
        below=["What the vouchers say"],
    )
    rows = [[one["result"].replace("_", " "), *_cells(one)] for one in document["invoices"]]
    print_table(
        ["Result", "Number ", "Invoice date", "In Moment ", "In the journal ", "Why"],
        rows[:MOST_SHOWN],
        title="\nInvoices",
        below=["Why"],
        less=["Invoice date"],
    )
    if len(rows) > MOST_SHOWN or document["more"]:
        say(f"Showing {MOST_SHOWN}. Show all with --csv or --xlsx.")


def _amounts(one: dict[str, Any]) -> str:
    return rendering.amounts(one["amounts"])


def _cells(one: dict[str, Any]) -> list[Any]:
    amounts = (rendering.amount(one[name]) for name in ("total", "postedTotal"))
    return [one["number"], rendering.day(one["invoiceDate"]), *amounts, " ".join(one["why"])]
