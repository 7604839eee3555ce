"""Store webhooks, many in one transaction, and let jobs do the work.

A body is not trusted: it only says which object to read from Moment. A body that cannot be read still means that something
changed, so it triggers a poll of Moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

import structlog
from django.db import transaction

from bilag.companies import store
from bilag.companies.secrets import digest_of
from bilag.events.record import EventName, record
from bilag.moment.webhook import Hint, read_hint
from bilag.transfers import enqueue
from bilag.transfers.intake import accept
from bilag.transfers.models import Kind
from bilag.web.company_pages import webhook
from bilag.web.metrics import WEBHOOKS

log = structlog.get_logger(__name__)
TEST = webhook.TEST.encode()


@dataclass(frozen=True, slots=True)
class Received:
    """A request to a webhook address. The token is in its address: it is a secret."""

    token: str = field(repr=False)
    method: str
    body: bytes = field(repr=False)
    """Empty if it could not be read, or is much larger than a hint."""
    came: int = 0
    """When it came, by `spans.clock`."""


@dataclass
class _Batch:
    """The requests of a batch's webhooks, by company."""

    hints: dict[int, list[tuple[Hint, int]]] = field(default_factory=dict)
    """Each with the time when it came."""
    unreadable: set[int] = field(default_factory=set)

    def add(self, company_id: int, hint: Hint | None, came: int) -> None:
        if hint is None:
            self.unreadable.add(company_id)
        else:
            self.hints.setdefault(company_id, []).append((hint, came))

    def store(self) -> None:
        """Store the hints with their jobs. In a transaction."""
        requests = {
            company: [
                accept.TransferRequest(Kind(one.kind), one.number, one.moment_id, came=came)
                for one, came in hints
                if one.number
            ]
            for company, hints in self.hints.items()
        }
        accept.accept_of_many({company: some for company, some in requests.items() if some}, cause="webhook")
        enqueue.ask_looks(
            (company, one.kind, one.moment_id)
            for company, hints in self.hints.items()
            for one, _ in hints
            if one.number is None
        )
        for company_id in sorted(self.unreadable):
            log.info("webhook.unreadable", company=company_id)
            enqueue.ask_poll(company_id)


def receive(received: Sequence[Received]) -> list[HTTPStatus]:
    """Store the webhooks in one transaction; return the status to answer each with.

    202: it is stored. 404: no company has the token, whatever the method. 405: it is not a POST.
    """
    digests = [digest_of(one.token) for one in received]
    statuses, counted, batch = [], [], _Batch()
    with transaction.atomic():
        companies = store.companies_by_webhook(digests)
        for one, digest in zip(received, digests, strict=True):
            company = companies.get(digest)
            if company is None:
                counted.append("unknown_token")
                statuses.append(HTTPStatus.NOT_FOUND)
            elif one.method != "POST":
                statuses.append(HTTPStatus.METHOD_NOT_ALLOWED)
            else:
                statuses.append(HTTPStatus.ACCEPTED)
                if TEST not in one.body or not webhook.arrived(company.pk, one.body):
                    hint = read_hint(one.body)
                    batch.add(company.pk, hint, one.came)
                    counted.append(hint.kind if hint else "odd")
        batch.store()
        called = [each for each in companies.values() if each.pk in {*batch.hints, *batch.unreadable}]
        for each in called:
            if each.last_hint_at is None:  # two processes may both record it; the earlier counts
                record(each.pk, EventName.WEBHOOK_FIRST)
        store.hints_arrived(called)
    for kind in counted:
        WEBHOOKS.labels(kind).inc()
    return statuses
