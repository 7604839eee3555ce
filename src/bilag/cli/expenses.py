"""`bilag expenses`: import posted supplier costs as expenses, and list them."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bilag.cli import rendering
from bilag.cli.company import load
from bilag.cli.errors import guarded
from bilag.cli.output import NEEDS_ATTENTION, UNREACHABLE, Json, Slug, err, fail, print_json, print_table, say

if TYPE_CHECKING:
    from rich.progress import Progress

app = typer.Typer(
    help="Import posted supplier costs as project expenses.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
PHASES = {"reading": "Reading the report", "sending": "Sending to Moment", "documents": "Attaching documents"}


class LineStateName(StrEnum):
    """The state of a posted line."""

    WAITING = "waiting"
    SENDING = "sending"
    NEEDS_ATTENTION = "needs_attention"
    IGNORED = "ignored"
    DONE = "done"


def _reason(text: str) -> str:
    """Accept a reason as tables show it (project-unknown) and as JSON has it."""
    return text.replace("-", "_")


@app.command("import")
@guarded
def import_(
    slug: Slug,
    days_back: Annotated[
        int | None,
        typer.Option("--days-back", min=0, max=3660, help="Read this many days again. Default: as in the setup."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Import lines posted since the last import, and read the last days again. Nothing is imported twice.

    Example: bilag expenses import fjell --days-back 90
    """
    from bilag.cli.django_ready import make_ready

    make_ready(pages=False)
    setup = load(slug)
    from bilag.cli.waiting import in_turn
    from bilag.expenses import queries
    from bilag.expenses.importer import NotPossible, import_expenses
    from bilag.messages import render_problem

    try:
        with _progress() as bars:
            progress = _progress_on(bars)
            run = in_turn(
                f"An import of {slug}",
                lambda: import_expenses(
                    setup.company_id, days_back=days_back, origin="bilag expenses import", progress=progress
                ),
            )
    except NotPossible as error:
        fail(rendering.problem(render_problem(error.problem, "en")), NEEDS_ATTENTION)
    document = queries.import_as_json(run)
    if as_json:
        print_json(document)
    else:
        _print_import(document)
    if document["problem"] is not None:
        raise typer.Exit(UNREACHABLE if _unreachable(document["problem"]["code"]) else NEEDS_ATTENTION)
    if document["needsAttention"] or document["waiting"]:
        raise typer.Exit(NEEDS_ATTENTION)


def _unreachable(code: str) -> bool:
    """Return whether the import stopped because the other system did not answer, so that Bilag retries it."""
    from bilag.messages import class_of

    return class_of(code) == "transient"


def _progress() -> "Progress":
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=err(), transient=True)


def _progress_on(bars: "Progress") -> Any:
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
        f"{document['waiting']} waiting, {document['needsAttention']} need attention. {document['documents']} documents."
    )
    print_table(
        ["Ignored ", "Reason", "List them with"],
        (
            [count, render_ignored_reason(reason, "en"), f"--reason {reason.replace('_', '-')}"]
            for reason, count in sorted(document["ignored"].items())
        ),
    )
    if document["problem"] is not None:
        say(f"The import stopped: {rendering.problem(document['problem'])}")


@app.command("list")
@guarded
def list_(
    slug: Slug,
    state: Annotated[LineStateName | None, typer.Option(help="Only lines in this state.")] = None,
    reason: Annotated[
        str | None, typer.Option(metavar="REASON", parser=_reason, help="Only lines with this reason.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Show at most this many. Default: 50, or all with --json.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List posted lines and their results, newest first.

    Example: bilag expenses list fjell --state ignored --reason project-unknown
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
        [
            "Journal/entry",
            "Date",
            "Account",
            "Net ",
            "Supplier",
            "Project",
            "State",
            "In Moment ",
            "Documents ",
            "Reason",
        ],
        (_cells(queries.as_json(row)) for row in rows[:shown]),
        empty=f"No lines. Import with: bilag expenses import {slug}",
        below=["Reason"],
        less=["Documents", "In Moment", "Account", "Project", "Supplier"],
    )
    total = rows.count()
    if total > shown:
        say(f"Showing {shown} of {total}. Show more with --limit.")


def _cells(line: dict[str, Any]) -> list[Any]:
    problems = [rendering.problem(one) for one in line["problems"]]
    number = f"{line['journalNumber']}/{line['entryNumber']}" if line["journalNumber"] is not None else "?"
    return [
        number,
        rendering.day(line["voucherDate"]),
        line["account"],
        rendering.amount(line["net"]),
        line["supplier"],
        line["project"],
        rendering.words(line["state"]),
        line["momentId"],
        line["documents"] or None,
        line["reasonText"] or " ".join(problems),
    ]
