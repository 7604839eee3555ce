"""Accrued income by project and month: give amounts, preview them, list them."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field, model_validator

from bilag.api.auth import READ, WRITE, TokenRequest
from bilag.api.cursors import page_by_id
from bilag.api.idempotency import idempotent
from bilag.api.language import language_of
from bilag.api.problems import ApiProblem
from bilag.api.request_schemas import Number, Paged
from bilag.api.schemas import AccruedPage, AccruedPreviews, AccruedRows
from bilag.jobs.lease import Busy
from bilag.messages.problem_json import problem_as_json
from bilag.posting.problem import Problem
from bilag.transfers.accrued_income import amounts as accrued_income

router = Router(tags=["Accrued income"], by_alias=True)
MOST_AMOUNTS = 1000
MONTH = r"^2[0-9]{3}-(0[1-9]|1[0-2])$"
Month = Annotated[str, Field(pattern=MONTH, description="The month that it is earned in.", examples=["2026-05"])]


class _Body(Schema):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class AmountGiven(_Body):
    """The income that is earned and not invoiced on one project."""

    project: Number = Field(description="Its number in Moment.")
    amount: str = Field(
        pattern=r"^-?[0-9]{1,13}(\.[0-9]{1,2})?$",
        description="In the company's currency; negative where more is invoiced.",
    )


class AmountsGiven(_Body):
    """The amounts of a month. A project that is not named keeps its amount."""

    month: Month
    amounts: Annotated[list[AmountGiven], Field(min_length=1, max_length=MOST_AMOUNTS)]

    @model_validator(mode="after")
    def each_project_once(self) -> "AmountsGiven":
        """Refuse a project that is named twice."""
        projects = [one.project for one in self.amounts]
        twice = next((project for project in projects if projects.count(project) > 1), None)
        if twice is not None:
            raise ValueError(f"amounts: project '{twice}' is given more than once. Give one sum for each project")
        return self

    @property
    def given(self) -> list[accrued_income.Given]:
        """The amounts as `accrued_income` takes them."""
        return [
            accrued_income.Given(one.project, Decimal(one.amount).quantize(Decimal("0.01"))) for one in self.amounts
        ]


class MonthQuery(Paged):
    """The month to list."""

    month: Month | None = Field(None, description="Only this month.")


@router.get("/accruals", auth=READ, response=AccruedPage, operation_id="listAccruals", summary="List accrued income")
def accruals(request: TokenRequest, asked: Annotated[MonthQuery, Query()]) -> Any:
    """The amounts given and what each posted, newest first. Each row posts the difference to the rows before it."""
    rows = accrued_income.rows_of(request.auth.company.pk, _first_day(asked.month) if asked.month else None)
    page, following = page_by_id(rows, asked.cursor, asked.limit)
    return {"accruals": [accrued_income.as_json(row) for row in page], "next": following}


@router.post(
    "/accruals", auth=WRITE, response={202: AccruedRows}, operation_id="postAccruals", summary="Post accrued income"
)
@idempotent
def post(request: TokenRequest, asked: AmountsGiven) -> Any:
    """Post the amounts on the month's last day and reverse them on the day after. Giving the same amount again changes nothing;
    another amount posts the difference. The answer comes before the posting: follow it with `GET /accruals`."""
    try:
        rows = accrued_income.give(request.auth.setup, _first_day(asked.month), asked.given, origin=request.auth.origin)
    except accrued_income.SwitchedOff as error:
        raise _not_possible(error.problem, request) from None
    except Busy:
        raise ApiProblem("in-progress", "Other amounts of the company are being written.", retry_after=10) from None
    return Status(202, {"accruals": [accrued_income.as_json(row) for row in rows]})


@router.post(
    "/accruals/preview",
    auth=READ,
    response=AccruedPreviews,
    operation_id="previewAccruals",
    summary="Preview accrued income",
)
@idempotent
def preview(request: TokenRequest, asked: AmountsGiven) -> Any:
    """The difference that would be posted, and the problems that prevent it. Nothing is stored or sent."""
    month = _first_day(asked.month)
    try:
        found = accrued_income.preview(request.auth.setup, month, asked.given)
    except accrued_income.SwitchedOff as error:
        raise _not_possible(error.problem, request) from None
    return {"previews": [accrued_income.preview_as_json(one, month, language_of(request)) for one in found]}


def _first_day(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


def _not_possible(problem: Problem, request: TokenRequest) -> ApiProblem:
    rendered = problem_as_json(problem, language_of(request))
    return ApiProblem("not-possible", f"{rendered['message']} {rendered['remedy']}", more={"problems": [rendered]})
