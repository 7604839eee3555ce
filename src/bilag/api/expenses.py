"""Expenses: posted lines and their state, imports, and a person's decisions."""

from typing import Annotated, Any, Literal

from ninja import Path, Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from bilag.api.auth import READ, WRITE, TokenRequest
from bilag.api.cursors import page_by_id
from bilag.api.idempotency import idempotent
from bilag.api.language import language_of
from bilag.api.problems import ApiProblem, not_found
from bilag.api.request_schemas import Paged, PagedQuery, Text
from bilag.api.schemas import ExpenseImportPage, ExpenseLinePage, ExpenseLineShape, ImportAccepted
from bilag.companies import store
from bilag.expenses import actions, enqueue, queries
from bilag.expenses.importer import LONGEST_DAYS_BACK, may_import
from bilag.expenses.models import ExpenseLine, LineState
from bilag.messages.problem_json import problem_as_json
from bilag.transfers.intake.exclude import AlreadyPostedOrInFlight

router = Router(tags=["Expenses"], by_alias=True)
LinePath = Annotated[int, Path(ge=1, le=2**53, description="The line's id.", examples=[77])]
Act = Literal["retry", "pass-over", "seen"]


class LineFilters(Paged):
    """The lines to list."""

    state: LineState | None = Field(None, description="Only those in this state.")
    reason: str | None = Field(
        None, max_length=50, pattern=r"^[a-z_]+$", description="Only those left in accounting for this reason."
    )
    project: Text | None = Field(None, description="Only those on the project with this value in its unit.")


class ImportAsked(Schema):
    """The days to look back."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    days_back: int | None = Field(
        None, alias="daysBack", ge=0, le=LONGEST_DAYS_BACK, description="So many days; else as the setup says."
    )


@router.get("/expenses", auth=READ, response=ExpenseLinePage, operation_id="listExpenses", summary="List posted lines")
def expenses(request: TokenRequest, asked: Annotated[LineFilters, Query()]) -> Any:
    """The lines that were posted in accounting and the state of each, newest first."""
    rows = queries.lines(request.auth.company.pk, asked.state or "", asked.reason or "")
    if asked.project is not None:
        rows = rows.filter(project=asked.project)
    page, following = page_by_id(rows, asked.cursor, asked.limit)
    return {"expenses": [queries.as_json(row, language_of(request)) for row in page], "next": following}


@router.get(
    "/expenses/imports",
    auth=READ,
    response=ExpenseImportPage,
    operation_id="listExpenseImports",
    summary="List imports",
)
def imports(request: TokenRequest, asked: PagedQuery) -> Any:
    """The imports and their results, newest first."""
    page, following = page_by_id(queries.imports(request.auth.company.pk), asked.cursor, asked.limit)
    return {"imports": [queries.import_as_json(run, language_of(request)) for run in page], "next": following}


@router.post(
    "/expenses/imports",
    auth=WRITE,
    response={202: ImportAccepted},
    operation_id="importExpenses",
    summary="Import now",
)
@idempotent
def import_now(request: TokenRequest, asked: ImportAsked) -> Any:
    """Import the lines posted since the last import, and read those dated in the last days again. The answer comes before the
    import: follow it with `GET /expenses/imports`."""
    problem = may_import(store.load_setup(request.auth.company.pk))
    if problem is not None:
        rendered = problem_as_json(problem, language_of(request))
        more = {"problems": [rendered]}
        raise ApiProblem("not-possible", f"{rendered['message']} {rendered['remedy']}", more=more)
    enqueue.ask_import(request.auth.company.pk, origin=request.auth.origin, days_back=asked.days_back)
    return Status(202, {"accepted": True})


@router.get(
    "/expenses/{line_id}",
    auth=READ,
    response=ExpenseLineShape,
    operation_id="getExpense",
    summary="One posted line",
)
def one(request: TokenRequest, line_id: LinePath) -> Any:
    """The line, and its expense in Moment."""
    row = queries.lines(request.auth.company.pk).filter(pk=line_id).first()
    if row is None:
        raise not_found(f"There is no posted line with the id {line_id}.")
    return queries.as_json(row, language_of(request))


@router.post(
    "/expenses/{line_id}/{act}",
    auth=WRITE,
    response={202: ExpenseLineShape},
    operation_id="decideOnExpense",
    summary="Decide on one line",
)
@idempotent
def decide(
    request: TokenRequest,
    line_id: LinePath,
    act: Annotated[Act, Path(description="Try it again, leave it in accounting, or say that it is dealt with.")],
) -> Any:
    """`retry` retries the line now, `pass-over` excludes it from import, `seen` marks it as reviewed."""
    acts = {"retry": actions.retry, "pass-over": actions.exclude, "seen": actions.mark_reviewed}
    try:
        row = acts[act](request.auth.company.pk, line_id, origin=request.auth.origin)
    except ExpenseLine.DoesNotExist:
        raise not_found(f"There is no posted line with the id {line_id}.") from None
    except AlreadyPostedOrInFlight:
        raise ApiProblem(
            "not-possible", "The line is in Moment, or may be: delete the expense there instead."
        ) from None
    return Status(202, queries.as_json(row, language_of(request)))
