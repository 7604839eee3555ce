"""Moment's webhooks: the hint is stored, the answer goes out, the work follows.

The body is never trusted: it says at most where to look. What cannot be read is still a sign that something happened,
and makes Moment be asked.
"""

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from bilag.companies import store
from bilag.moment.webhook import read_hint
from bilag.transfers import enqueue
from bilag.transfers.intake import accept
from bilag.transfers.models import Kind
from bilag.web.company_pages import webhook
from bilag.web.metrics import WEBHOOKS

log = structlog.get_logger(__name__)
MAX_HINT_BYTES = 64 * 1024


@csrf_exempt  # the secret in the address is what protects it: Moment signs nothing
def moment(request: HttpRequest, token: str, kind: str | None = None) -> HttpResponse:
    """202 as soon as the hint is stored, 404 for an unknown token."""
    company_id = store.company_for_token(token)
    if company_id is None:
        WEBHOOKS.labels("unknown_token").inc()
        return HttpResponse("Not found\n", status=404, content_type="text/plain; charset=utf-8")
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    body = _body(request)
    if webhook.arrived(company_id, body):
        return HttpResponse(status=202)
    hint = read_hint(body)
    if hint is None:
        log.info("webhook.unreadable", company=company_id)
        enqueue.ask_poll(company_id)
    elif hint.number is None:
        enqueue.ask_look(company_id, hint.kind, hint.moment_id)
    else:
        accept.accept(
            company_id, [accept.TransferRequest(Kind(hint.kind), hint.number, hint.moment_id)], cause="webhook"
        )
    store.hint_arrived(company_id)
    WEBHOOKS.labels(hint.kind if hint else "odd").inc()
    return HttpResponse(status=202)


def _body(request: HttpRequest) -> bytes:
    """The body, empty where it cannot be read or is far larger than a hint."""
    try:
        return request.body if len(request.body) <= MAX_HINT_BYTES else b""
    except (RequestDataTooBig, UnreadablePostError):
        return b""
