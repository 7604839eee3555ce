"""Logs the polls that are worth it: that found something, that failed, or that a person asked for."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Protocol

from django.utils import timezone

from bilag.events.models import Event
from bilag.events.record import EventName, record
from bilag.posting.problem import Problem
from bilag.transfers.models import MOMENT_KINDS
from bilag.wire.errors import EdgeError

if TYPE_CHECKING:
    from bilag.transfers.intake.poll import Polled

SAME_FAILURE_AGAIN = timedelta(hours=1)
"""A failure that lasts is logged so often, not at each poll."""


class Poll(Protocol):
    """Asks Moment for a company; `origin` is who asked for it by hand."""

    def __call__(self, company_id: int, *, origin: str = "") -> "Polled":
        """Ask."""


def recorded(poll: Callable[[int], "Polled"]) -> Poll:
    """The poll, and what it came to in the log."""

    @wraps(poll)
    def asked(company_id: int, *, origin: str = "") -> "Polled":
        try:
            polled = poll(company_id)
        except EdgeError as error:
            problem = error.problems[0]
            if origin or not _known(company_id, problem):
                record(company_id, EventName.POLL_FAILED, origin=origin, good=False, problem=problem)
            raise
        if origin or polled.transfer_ids:
            found = {kind: f"{len(ids)}/{polled.seen[kind]}" for kind, ids in polled.requested.items()}
            customer, project, invoice = (found.get(kind, "") for kind in MOMENT_KINDS)
            record(company_id, EventName.POLL, origin=origin, customer=customer, project=project, invoice=invoice)
        return polled

    return asked


def _known(company_id: int, problem: Problem) -> bool:
    """Whether the same failure was logged lately."""
    since = timezone.now() - SAME_FAILURE_AGAIN
    lately = Event.objects.filter(company_id=company_id, name="poll_failed", at__gte=since).order_by("-at").first()
    return lately is not None and (lately.problem or {}).get("code") == problem.code
