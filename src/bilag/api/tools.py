"""Status, preview, events, and polling Moment now."""

from typing import Any

from ninja import Router

from bilag.api.auth import READ, WRITE, TokenRequest
from bilag.api.cursors import page_by_time
from bilag.api.idempotency import idempotent
from bilag.api.language import language_of
from bilag.api.problems import not_found
from bilag.api.request_schemas import InvoicePath, PagedQuery
from bilag.api.schemas import EventPage, PollAnswer, PreviewShape, StatusShape
from bilag.api.transfers import accepted
from bilag.events.models import Event
from bilag.events.record import NAMES
from bilag.expenses import queries
from bilag.messages.problem_json import problem_as_json
from bilag.posting.problem import Problem
from bilag.transfers.intake import poll as intake
from bilag.transfers.queries import preview as preview_queries

router = Router(tags=["Tools"], by_alias=True)


@router.get("/status", auth=READ, response=StatusShape, operation_id="getStatus", summary="Status of the company")
def status(request: TokenRequest) -> Any:
    """Transfers by kind and state, and whether the company is live or paused."""
    return queries.status_as_json(request.auth.setup, language_of(request))


@router.post("/poll", auth=WRITE, response=PollAnswer, operation_id="pollMoment", summary="Check Moment now")
@idempotent
def poll(request: TokenRequest) -> Any:
    """Poll Moment for changes that no webhook delivered, and queue them."""
    polled = intake.poll(request.auth.company.pk, origin=request.auth.origin)
    return {"seen": polled.seen, **accepted(request, polled.transfer_ids)}


@router.get(
    "/preview/invoices/{number}",
    auth=READ,
    response=PreviewShape,
    operation_id="previewInvoice",
    summary="Preview vouchers",
)
def preview(request: TokenRequest, number: InvoicePath) -> Any:
    """The vouchers of an invoice under the present setup, with the lines that fed each entry, or the problems that prevent
    posting. Nothing is sent."""
    found = preview_queries.planned(request.auth.setup, number)
    if found is None:
        rendered = problem_as_json(preview_queries.missing(number), language_of(request))
        raise not_found(f"{rendered['message']} {rendered['remedy']}")
    return preview_queries.plan_as_json(number, found[1], language_of(request))


@router.get("/events", auth=READ, response=EventPage, operation_id="listEvents", summary="List events")
def happened(request: TokenRequest, asked: PagedQuery) -> Any:
    """Saved setups, pauses, polls and manual requests, newest first. Attempts of transfers are not included."""
    rows = Event.objects.filter(company=request.auth.company)
    page, following = page_by_time(rows, asked.cursor, asked.limit)
    return {"events": [_event(row, language_of(request)) for row in page], "next": following}


def _event(row: Event, language: str) -> dict[str, Any]:
    return {
        "id": row.pk,
        "at": row.at.isoformat(),
        "name": row.name,
        "title": NAMES.get(row.name, row.name),
        "good": row.good,
        "origin": row.origin,
        "facts": row.facts,
        "problem": problem_as_json(Problem.from_json(row.problem), language) if row.problem else None,
    }
