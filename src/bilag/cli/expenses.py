"""`bilag expenses`: import what was posted in accounting, and see what became of it."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bilag.cli.company import load
from bilag.cli.errors import guarded
from bilag.cli.output import NEEDS_PERSON, UNREACHABLE, Json, Slug, err, fail, print_json, print_table, say

if TYPE_CHECKING:
    from rich.progress import Progress

app = typer.Typer(
    help="Supplier costs posted in accounting come back as project expenses.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
PHASES = {"reading": "Reading the report", "sending": "Sending to Moment", "documents": "Taking documents along"}


class LineStateName(StrEnum):
    """Where a posted line can stand."""

    WAITING = "waiting"
    SENDING = "sending"
    NEEDS_ATTENTION = "needs_attention"
    IGNORED = "ignored"
    DONE = "done"


@app.command("import")
@guarded
def import_(
    slug: Slug,
    days_back: Annotated[
        int | None,
        typer.Option("--days-back", min=0, max=3660, help="Look at so many days again; else as the setup says."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Import what was posted since the last time, and again what is dated in the last days. Nothing comes in twice.

    Example: bilag expenses import fjell --days-back 90
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    setup = load(slug)
    from bilag.expenses import queries
    from bilag.expenses.importer import NotPossible, import_expenses
    from bilag.jobs.advisory_lock import Busy
    from bilag.messages import render_problem

    try:
        with _progress() as bars:
            run = import_expenses(
                setup.company_id, days_back=days_back, origin="bilag expenses import", progress=_shown_on(bars)
            )
    except NotPossible as error:
        why = render_problem(error.problem, "en")
        fail(f"{why.message} {why.remedy}", NEEDS_PERSON)
    except Busy:
        fail(
            f"An import of {slug} is under way already. See what it does with: bilag expenses list {slug}", NEEDS_PERSON
        )
    document = queries.import_as_json(run)
    if as_json:
        print_json(document)
    else:
        _print_import(document)
    if document["problem"] is not None:
        raise typer.Exit(UNREACHABLE if _unreachable(document["problem"]["code"]) else NEEDS_PERSON)
    if document["needsAttention"] or document["waiting"]:
        raise typer.Exit(NEEDS_PERSON)


def _unreachable(code: str) -> bool:
    """Whether the import stopped because the other side did not answer, so that it goes on by itself."""
    from bilag.messages import class_of

    return class_of(code) == "transient"


def _progress() -> "Progress":
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=err(), transient=True)


def _shown_on(bars: "Progress") -> Any:
    tasks: dict[str, Any] = {}

    def progress(phase: str, done: int, total: int | None) -> None:
        if phase not in tasks:
            tasks[phase] = bars.add_task(PHASES[phase], total=total)
        bars.update(tasks[phase], completed=done, total=total)

    return progress


def _print_import(document: dict[str, Any]) -> None:
    from bilag.messages import render_ignored_reason

    say(
        f"{document['read']} lines read: {document['imported']} imported, {document['importedBefore']} imported before, "
        f"{document['waiting']} waiting, {document['needsAttention']} need a person. {document['documents']} documents."
    )
    print_table(
        ["Ignored ", "Why", "Reason"],
        ([count, render_ignored_reason(reason, "en"), reason] for reason, count in sorted(document["ignored"].items())),
    )
    if document["problem"] is not None:
        say(f"It stopped before its end: {document['problem']['message']} {document['problem']['remedy']}")


@app.command("list")
@guarded
def list_(
    slug: Slug,
    state: Annotated[LineStateName | None, typer.Option(help="Only those in this state.")] = None,
    reason: Annotated[str | None, typer.Option(metavar="REASON", help="Only those ignored for this reason.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many; all with --json, else 50.")] = None,
    as_json: Json = False,
) -> None:
    """List posted lines and what became of them, the newest first.

    Example: bilag expenses list fjell --state ignored --reason project_unknown
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    setup = load(slug)
    from bilag.expenses import queries

    rows = queries.lines(setup.company_id, state or "", reason or "")
    if as_json:
        print_json([queries.as_json(row) for row in (rows[:limit] if limit else rows).iterator()])
        return
    shown = limit or 50
    print_table(
        ["Journal/entry", "Date", "Account", "Net ", "Supplier", "Project", "State", "In Moment ", "Documents ", "Why"],
        (_cells(queries.as_json(row)) for row in rows[:shown]),
        empty="No lines. Import with: bilag expenses import " + slug,
    )
    total = rows.count()
    if total > shown:
        say(f"{shown} of {total} shown; --limit shows more.")


def _cells(line: dict[str, Any]) -> list[Any]:
    problems = [f"{one['message']} {one['remedy']}" for one in line["problems"]]
    number = f"{line['journalNumber']}/{line['entryNumber']}" if line["journalNumber"] is not None else "?"
    return [
        number,
        line["voucherDate"],
        line["account"],
        line["net"],
        line["supplier"],
        line["project"],
        line["state"],
        line["momentId"],
        line["documents"] or None,
        line["reasonText"] or " ".join(problems),
    ]
