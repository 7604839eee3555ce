"""The event log of a company: written with what it tells of, in one transaction."""

from enum import StrEnum

from django.utils.translation import gettext_noop as _

from bilag.events.models import Event
from bilag.posting.problem import Problem


class EventName(StrEnum):
    """What can happen."""

    LIVE = "live"
    NOT_LIVE = "not_live"
    PAUSED = "paused"
    RESUMED = "resumed"
    SETUP_SAVED = "setup_saved"
    POLL = "poll"
    POLL_FAILED = "poll_failed"
    TRANSFERS_ASKED = "transfers_asked"
    RETRIED = "retried"
    EXCLUDED = "excluded"
    EXPENSES_IMPORTED = "expenses_imported"
    EXPENSES_FAILED = "expenses_failed"
    EXPENSE_REVERSED = "expense_reversed"
    EXPENSE_PASSED_OVER = "expense_passed_over"
    EXPENSE_TRIED_AGAIN = "expense_tried_again"
    EXPENSE_SEEN = "expense_seen"
    MONTH_SIGNED = "month_signed"
    GAP_EXPLAINED = "gap_explained"
    RETENTION = "retention"
    WEBHOOK_TEST = "webhook_test"
    INVITED = "invited"
    JOINED = "joined"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    ROLE_CHANGED = "role_changed"
    MEMBER_REMOVED = "member_removed"
    TOKEN_MADE = "token_made"  # noqa: S105 - an event, not a token
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - an event, not a token
    COMPANY_CHANGED = "company_changed"


NAMES: dict[str, str] = {
    EventName.LIVE: _("Switched on"),
    EventName.NOT_LIVE: _("Switched off"),
    EventName.PAUSED: _("Paused"),
    EventName.RESUMED: _("Goes on"),
    EventName.SETUP_SAVED: _("Setup saved"),
    EventName.POLL: _("Moment was asked"),
    EventName.POLL_FAILED: _("Moment could not be asked"),
    EventName.TRANSFERS_ASKED: _("Transfer asked for by hand"),
    EventName.RETRIED: _("Tried again by hand"),
    EventName.EXCLUDED: _("Not to be transferred"),
    EventName.EXPENSES_IMPORTED: _("Expenses imported"),
    EventName.EXPENSES_FAILED: _("Expenses could not be imported"),
    EventName.EXPENSE_REVERSED: _("An invoiced expense was taken back"),
    EventName.EXPENSE_PASSED_OVER: _("Not to be imported"),
    EventName.EXPENSE_TRIED_AGAIN: _("Expense tried again by hand"),
    EventName.EXPENSE_SEEN: _("Expense dealt with"),
    EventName.MONTH_SIGNED: _("Month signed for"),
    EventName.GAP_EXPLAINED: _("Missing number explained"),
    EventName.RETENTION: _("What was too old was removed"),
    EventName.WEBHOOK_TEST: _("Webhook tested"),
    EventName.INVITED: _("Invited"),
    EventName.JOINED: _("Joined"),
    EventName.INVITATION_WITHDRAWN: _("Invitation withdrawn"),
    EventName.ROLE_CHANGED: _("Role changed"),
    EventName.MEMBER_REMOVED: _("Member removed"),
    EventName.TOKEN_MADE: _("API token made"),
    EventName.TOKEN_REVOKED: _("API token revoked"),
    EventName.COMPANY_CHANGED: _("Company changed"),
}
"""The title of each event in English; pages translate it."""


MOST_NUMBERS = 50


def record(
    company_id: int,
    name: EventName,
    *,
    origin: str = "",
    good: bool = True,
    problem: Problem | None = None,
    **facts: str,
) -> None:
    """Write that it happened. `facts` are short texts without secrets."""
    Event.objects.create(
        company_id=company_id,
        name=name,
        origin=origin,
        good=good,
        facts={key: value[:500] for key, value in facts.items() if value},
        problem=problem.as_json() if problem else None,
    )


def record_numbers(company_id: int, name: EventName, numbers: list[str], *, origin: str = "", kind: str = "") -> None:
    """`record` of something that was done to objects by their numbers, of which the log shows the first ones."""
    if numbers:
        shown = ", ".join(number[:50] for number in numbers[:MOST_NUMBERS])
        record(company_id, name, origin=origin, kind=kind, count=str(len(numbers)), numbers=shown)
