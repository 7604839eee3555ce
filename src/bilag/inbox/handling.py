"""Handle a cause: assign it, snooze it, comment on it. Each change and its event are written in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from bilag.companies.setup import Setup
from bilag.events.models import Event
from bilag.events.record import EventName, record
from bilag.inbox.models import CauseHandling
from bilag.inbox.open_problems import OpenProblem, find_open_problems
from bilag.members.models import Membership, Role, User

LONGEST_COMMENT = 500
SNOOZE_DAYS = (1, 3, 7, 14)
"""The most days that a cause can be snoozed: an invoice must be posted in its VAT period."""


class NoSuchMember(Exception):
    """A cause can be assigned only to a member who may handle it."""


class NotForSoLong(Exception):
    """The days are none of `SNOOZE_DAYS`."""


class NothingSaid(Exception):
    """The comment is empty."""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An open problem, and how it is handled."""

    problem: OpenProblem
    assigned_to: User | None
    snoozed_until: datetime | None
    """In UTC; None: it is not snoozed, its time is over, or more objects have it than when it was snoozed."""


def inbox(setup: Setup) -> list[InboxRow]:
    """Return everything that needs attention: unsnoozed causes first, in the order of `find_open_problems`."""
    handled = _handled(setup)
    members = set(Membership.objects.filter(company_id=setup.company_id).values_list("user_id", flat=True))
    rows = [_row(one, handled.get(one.cause), members) for one in find_open_problems(setup)]
    return sorted(rows, key=lambda row: row.snoozed_until is not None)


def snoozed_causes(setup: Setup, problems: list[OpenProblem]) -> set[str]:
    """Return the keys of the snoozed causes."""
    handled = _handled(setup)
    return {one.key for one in problems if _snoozed_until(one, handled.get(one.cause)) is not None}


def keep_snoozes_true(company_id: int, problems: Iterable[OpenProblem]) -> None:
    """Update snoozed causes: one with more objects than before wakes, even if others were resolved meanwhile.

    A resolved cause is no longer snoozed, so that it shows if it returns. `problems`: all that are open.
    """
    counts = {one.cause: one.count for one in problems}
    snoozed = CauseHandling.objects.filter(company_id=company_id, snoozed_until__gt=timezone.now())
    for row in snoozed:
        if row.cause not in counts:
            CauseHandling.objects.filter(pk=row.pk).update(snoozed_until=None)
        elif counts[row.cause] < row.snoozed_count:
            CauseHandling.objects.filter(pk=row.pk).update(snoozed_count=counts[row.cause])


def comments(company_id: int, cause: str, most: int = 50) -> list[Event]:
    """Return the comments and decisions about a cause, the newest first."""
    rows = Event.objects.filter(company_id=company_id, name__startswith="cause_", facts__cause=cause)
    return list(rows.order_by("-at", "-id")[:most])


def assign(company_id: int, one: OpenProblem, user_id: int | None, *, by: str) -> None:
    """Assign the cause to a member; None: to nobody. Raise `NoSuchMember`."""
    with transaction.atomic():
        user = _member(company_id, user_id) if user_id is not None else None
        _update(company_id, one, assigned_to=user)
        _record(company_id, EventName.CAUSE_ASSIGNED, one, by, to=user.shown_name if user is not None else "")


def snooze(company_id: int, one: OpenProblem, days: int, *, by: str) -> datetime:
    """Snooze the cause for `days`, and return until when. Raise `NotForSoLong`."""
    if days not in SNOOZE_DAYS:
        raise NotForSoLong(days)
    until = timezone.now() + timedelta(days=days)
    with transaction.atomic():
        _update(company_id, one, snoozed_until=until, snoozed_count=one.count)
        _record(company_id, EventName.CAUSE_SNOOZED, one, by, until=until.isoformat(timespec="seconds"))
    return until


def wake(company_id: int, one: OpenProblem, *, by: str) -> None:
    """End the snooze."""
    with transaction.atomic():
        _update(company_id, one, snoozed_until=None)
        _record(company_id, EventName.CAUSE_WOKEN, one, by)


def comment(company_id: int, one: OpenProblem, text: str, *, by: str) -> None:
    """Say something about the cause, for the other members and the auditor. Raise `NothingSaid`."""
    text = text.replace("\x00", "").strip()[:LONGEST_COMMENT]
    if not text:
        raise NothingSaid
    with transaction.atomic():
        _record(company_id, EventName.CAUSE_COMMENTED, one, by, said=text)


def _member(company_id: int, user_id: int) -> User:
    rows = Membership.objects.filter(company_id=company_id, user_id=user_id, user__is_active=True)
    found = rows.exclude(role=Role.VIEWER).select_related("user").first()
    if found is None:
        raise NoSuchMember(user_id)
    return found.user


def _update(company_id: int, one: OpenProblem, **fields: object) -> None:
    CauseHandling.objects.update_or_create(company_id=company_id, cause=one.cause, defaults=fields)


def _record(company_id: int, name: EventName, one: OpenProblem, by: str, **facts: str) -> None:
    record(company_id, name, origin=by, good=True, problem=None, cause=one.cause, code=one.problem.code, **facts)


def _handled(setup: Setup) -> dict[str, CauseHandling]:
    """Return the members' decisions, by cause."""
    rows = CauseHandling.objects.filter(company_id=setup.company_id).select_related("assigned_to")
    return {row.cause: row for row in rows}


def _row(one: OpenProblem, handled: CauseHandling | None, members: set[int]) -> InboxRow:
    assigned = handled.assigned_to if handled is not None and handled.assigned_to_id in members else None
    return InboxRow(one, assigned, _snoozed_until(one, handled))


def _snoozed_until(one: OpenProblem, handled: CauseHandling | None) -> datetime | None:
    """Return until when it is snoozed; None if it is not."""
    if handled is None or handled.snoozed_until is None or handled.snoozed_until <= timezone.now():
        return None
    return handled.snoozed_until if one.count <= handled.snoozed_count else None
