"""Receive Moment's webhooks: store the hint, answer, and let a job do the work.

The body is not trusted: it only says which object to read from Moment. A body that cannot be read still means that
something changed, so it triggers a poll of Moment.
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


@csrf_exempt  # protected by the secret in the URL: Moment does not sign its requests
def moment(request: HttpRequest, token: str, kind: str | None = None) -> HttpResponse:
    """Return 202 as soon as the hint is stored, 404 for an unknown token."""
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
    """Return the body; empty if it cannot be read or is much larger than a hint."""
    try:
        return request.body if len(request.body) <= MAX_HINT_BYTES else b""
    except (RequestDataTooBig, UnreadablePostError):
        return b""
