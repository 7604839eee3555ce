"""Transfers: list, request and retry them."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from ninja import Router, Status

from bilag.api.auth import READ, WRITE, TokenRequest
from bilag.api.cursors import page_by_id
from bilag.api.idempotency import idempotent
from bilag.api.language import language_of
from bilag.api.problems import ApiProblem, not_found
from bilag.api.request_schemas import (
    Filters,
    FiltersQuery,
    KindPath,
    NumberPath,
    PairClosed,
    RateConfirmed,
    RetryAsked,
    TransfersAsked,
)
from bilag.api.schemas import Accepted, PairShape, TransferPage, TransferShape, TransferWithHistory
from bilag.posting.selection import OSLO
from bilag.transfers.intake import accept, by_request, close_pair, confirm_rate
from bilag.transfers.models import Kind, State, Transfer
from bilag.transfers.queries import transfers as transfer_queries

router = Router(tags=["Transfers"], by_alias=True)
MOST_SHOWN = 200


@router.get("/transfers", auth=READ, response=TransferPage, operation_id="listTransfers", summary="List transfers")
def transfers(request: TokenRequest, asked: FiltersQuery) -> Any:
    """List transfers, newest first, page by page: send `next` as `cursor` until it is null. Rows added meanwhile cause no gaps
    and no repetitions.
    """
    rows = _filtered(Transfer.objects.filter(company=request.auth.company), asked)
    page, following = page_by_id(rows, asked.cursor, asked.limit)
    return {"transfers": rows_as_json(request, [row.pk for row in page]), "next": following}


def _filtered(rows: QuerySet[Transfer], asked: Filters) -> QuerySet[Transfer]:
    wanted = {"kind": asked.kind, "state": asked.state, "number": asked.number, "customer_number": asked.customer}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    if asked.since is not None or asked.until is not None:
        rows = rows.filter(state=State.DONE)
    if asked.since is not None:
        rows = rows.filter(done_at__gte=datetime.combine(asked.since, time(), OSLO))
    if asked.until is not None and asked.until.year < 9999:
        rows = rows.filter(done_at__lt=datetime.combine(asked.until + timedelta(days=1), time(), OSLO))
    return rows


def rows_as_json(request: TokenRequest, ids: list[int]) -> list[dict[str, Any]]:
    """Return transfers by id, newest first, with the count of their attempts."""
    rows = transfer_queries.transfers(request.auth.company.pk).filter(pk__in=ids)
    return [transfer_queries.as_json(row, language_of(request)) for row in rows]


def accepted(request: TokenRequest, ids: list[int]) -> dict[str, Any]:
    """Return the queued transfers; the first of them in full."""
    return {"accepted": len(ids), "transfers": rows_as_json(request, ids[:MOST_SHOWN])}


def _row(request: TokenRequest, kind: Kind, number: str) -> Transfer:
    row = transfer_queries.transfers(request.auth.company.pk, kind).filter(number=number).first()
    if row is None:
        raise not_found(f"There is no transfer of {kind} {number}.")
    return row


@router.get(
    "/transfers/{kind}/{number}",
    auth=READ,
    response=TransferWithHistory,
    operation_id="getTransfer",
    summary="One transfer with its attempts",
)
def one(request: TokenRequest, kind: KindPath, number: NumberPath) -> Any:
    """Requests and answers, newest attempt first."""
    row = _row(request, kind, number)
    history = [transfer_queries.attempt_as_json(attempt) for attempt in transfer_queries.attempts(row)]
    return {**transfer_queries.as_json(row, language_of(request)), "history": history}


@router.post(
    "/transfers",
    auth=WRITE,
    response={202: Accepted},
    operation_id="transferByHand",
    summary="Transfer manually",
)
@idempotent
def transfer(request: TokenRequest, asked: TransfersAsked) -> Any:
    """Transfer by number: state filters and the first day of invoices do not apply, the switches of the setup do. The answer
    comes before the transfer: follow it with `GET /transfers`. A number that Moment does not have becomes a transfer that needs
    attention."""
    setup, origin = request.auth.setup, request.auth.origin
    if asked.numbers:
        ids = by_request.by_number(setup, asked.kind, asked.numbers, origin=origin)
    else:
        ids = by_request.since(setup, asked.kind, asked.since, origin=origin)
    return Status(202, accepted(request, ids))


@router.post(
    "/transfers/{kind}/{number}/retry",
    auth=WRITE,
    response={202: TransferShape},
    operation_id="retryTransfer",
    summary="Retry one transfer",
)
@idempotent
def retry_one(request: TokenRequest, kind: KindPath, number: NumberPath) -> Any:
    """Retry one transfer after its cause was fixed, as a manual request."""
    row = _row(request, kind, number)
    accept.retry(request.auth.company.pk, kind, [number], origin=request.auth.origin)
    return Status(202, rows_as_json(request, [row.pk])[0])


@router.post(
    "/transfers/invoice/{number}/confirm-rate",
    auth=WRITE,
    response={202: TransferShape},
    operation_id="confirmExchangeRate",
    summary="Confirm an exchange rate",
)
@idempotent
def confirm(request: TokenRequest, number: NumberPath, asked: RateConfirmed) -> Any:
    """Confirm the exchange rate that an invoice has stopped at, and try it again. `rate` is the rate in the problem's facts;
    the confirmation covers it and no other. The event log keeps it.
    """
    row = _row(request, Kind.INVOICE, number)
    try:
        confirm_rate.confirm_rate(request.auth.company.pk, row.number, Decimal(asked.rate), origin=request.auth.origin)
    except confirm_rate.NothingToConfirm:
        raise ApiProblem("not-possible", f"Invoice {number} has not stopped at the rate {asked.rate}.") from None
    return Status(202, rows_as_json(request, [row.pk])[0])


@router.post(
    "/transfers/invoice/{number}/close-pair",
    auth=WRITE,
    response={200: PairShape},
    operation_id="closePair",
    summary="Close an unposted invoice with its credit note",
)
@idempotent
def close(request: TokenRequest, number: NumberPath, asked: PairClosed) -> Any:
    """Close an invoice that was never posted together with the credit notes that cancel it: none of them is posted. `number` is
    the invoice's or a credit note's. A retry of one opens all again."""
    row = _row(request, Kind.INVOICE, number)
    company_id, origin = request.auth.company.pk, request.auth.origin
    try:
        closed = close_pair.close_pair(company_id, row.number, in_moment=asked.in_moment, origin=origin)
    except close_pair.CannotClose as refusal:
        raise ApiProblem("not-possible", refusal.said.in_language(language_of(request))) from None
    return {
        "transfers": rows_as_json(request, [one.pk for one in closed.rows]),
        "not_set_in_moment": list(closed.not_set_in_moment),
    }


@router.post(
    "/transfers/retry",
    auth=WRITE,
    response={202: Accepted},
    operation_id="retryTransfers",
    summary="Retry many transfers",
)
@idempotent
def retry(request: TokenRequest, asked: RetryAsked) -> Any:
    """Retry all that need attention, wait or are in doubt, or those that stopped for one problem."""
    company_id, origin = request.auth.company.pk, request.auth.origin
    if asked.problem is None:
        return Status(202, accepted(request, accept.retry(company_id, asked.kind, origin=origin)))
    ids: list[int] = []
    for kind in [asked.kind] if asked.kind else list(Kind):
        stopped = Transfer.objects.filter(
            company_id=company_id, kind=kind, problems__contains=[{"code": asked.problem}]
        )
        stopped = stopped.filter(state__in=[State.NEEDS_ATTENTION, State.WAITING, State.IN_DOUBT])
        numbers = list(stopped.order_by("id").values_list("number", flat=True))
        if numbers:
            ids += accept.retry(company_id, kind, numbers, origin=origin)
    return Status(202, accepted(request, ids))
