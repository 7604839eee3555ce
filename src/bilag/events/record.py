"""Write to the event log of a company, in the transaction of the change that an event is about."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_noop as _

from bilag.events.models import Event
from bilag.posting.problem import Problem


class EventName(StrEnum):
    """The events."""

    LIVE = "live"
    NOT_LIVE = "not_live"
    PAUSED = "paused"
    RESUMED = "resumed"
    SETUP_SAVED = "setup_saved"
    LEDGER_CHANGED = "ledger_changed"
    PARTIES_CONFIRMED = "parties_confirmed"
    POLL = "poll"
    POLL_FAILED = "poll_failed"
    TRANSFERS_ASKED = "transfers_asked"
    RETRIED = "retried"
    EXCLUDED = "excluded"
    CANCELLED = "cancelled"
    RECOVERED = "recovered"
    LEDGER_AHEAD = "ledger_ahead"
    NOT_RECOVERED = "not_recovered"
    RATE_CONFIRMED = "rate_confirmed"
    EXPENSES_IMPORTED = "expenses_imported"
    EXPENSES_FAILED = "expenses_failed"
    EXPENSE_REVERSED = "expense_reversed"
    EXPENSE_DOUBLED = "expense_doubled"
    EXPENSE_PASSED_OVER = "expense_passed_over"
    EXPENSE_TRIED_AGAIN = "expense_tried_again"
    EXPENSE_SEEN = "expense_seen"
    MONTH_SIGNED = "month_signed"
    GAP_EXPLAINED = "gap_explained"
    REHEARSAL_ACCEPTED = "rehearsal_accepted"
    REHEARSAL_SIGNED = "rehearsal_signed"
    RETENTION = "retention"
    WEBHOOK_TEST = "webhook_test"
    WEBHOOK_FIRST = "webhook_first"
    SETUP_CHECKED = "setup_checked"
    GUIDE_STEP = "guide_step"
    INVOICE_PREVIEWED = "invoice_previewed"
    INVITED = "invited"
    JOINED = "joined"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    ROLE_CHANGED = "role_changed"
    MEMBER_REMOVED = "member_removed"
    TOKEN_MADE = "token_made"  # noqa: S105 - an event, not a token
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - an event, not a token
    COMPANY_CHANGED = "company_changed"
    EXPORTED = "exported"
    CAUSE_ASSIGNED = "cause_assigned"
    CAUSE_SNOOZED = "cause_snoozed"
    CAUSE_WOKEN = "cause_woken"
    CAUSE_COMMENTED = "cause_commented"


NAMES: dict[str, str] = {
    EventName.LIVE: _("Switched on"),
    EventName.NOT_LIVE: _("Switched off"),
    EventName.PAUSED: _("Paused"),
    EventName.RESUMED: _("Resumed"),
    EventName.SETUP_SAVED: _("Setup saved"),
    EventName.LEDGER_CHANGED: _("Ledger changed"),
    EventName.PARTIES_CONFIRMED: _("Confirmed as one company"),
    EventName.POLL: _("Synced with Moment"),
    EventName.POLL_FAILED: _("Sync with Moment failed"),
    EventName.TRANSFERS_ASKED: _("Manual transfer started"),
    EventName.RETRIED: _("Manual retry"),
    EventName.EXCLUDED: _("Excluded from accounting"),
    EventName.CANCELLED: _("Closed with its credit note"),
    EventName.RECOVERED: _("Found in accounting"),
    EventName.LEDGER_AHEAD: _("Accounting knows more than Bilag"),
    EventName.NOT_RECOVERED: _("Not taken in from accounting"),
    EventName.RATE_CONFIRMED: _("Exchange rate confirmed"),
    EventName.EXPENSES_IMPORTED: _("Expenses imported"),
    EventName.EXPENSES_FAILED: _("Import of expenses failed"),
    EventName.EXPENSE_REVERSED: _("Invoiced expense reversed"),
    EventName.EXPENSE_DOUBLED: _("Expense created twice"),
    EventName.EXPENSE_PASSED_OVER: _("Excluded from import"),
    EventName.EXPENSE_TRIED_AGAIN: _("Manual retry of expense"),
    EventName.EXPENSE_SEEN: _("Expense marked as resolved"),
    EventName.MONTH_SIGNED: _("Month signed off"),
    EventName.GAP_EXPLAINED: _("Missing number explained"),
    EventName.REHEARSAL_ACCEPTED: _("Proposed settings accepted"),
    EventName.REHEARSAL_SIGNED: _("Rehearsal signed off"),
    EventName.RETENTION: _("Old records deleted"),
    EventName.WEBHOOK_TEST: _("Webhook tested"),
    EventName.WEBHOOK_FIRST: _("First call from Moment"),
    EventName.SETUP_CHECKED: _("Connection checked"),
    EventName.GUIDE_STEP: _("Setup step completed"),
    EventName.INVOICE_PREVIEWED: _("Invoice previewed"),
    EventName.INVITED: _("User invited"),
    EventName.JOINED: _("User joined"),
    EventName.INVITATION_WITHDRAWN: _("Invitation withdrawn"),
    EventName.ROLE_CHANGED: _("Role changed"),
    EventName.MEMBER_REMOVED: _("Member removed"),
    EventName.TOKEN_MADE: _("API token created"),
    EventName.TOKEN_REVOKED: _("API token revoked"),
    EventName.COMPANY_CHANGED: _("Company changed"),
    EventName.EXPORTED: _("Exported"),
    EventName.CAUSE_ASSIGNED: _("Cause assigned"),
    EventName.CAUSE_SNOOZED: _("Cause snoozed"),
    EventName.CAUSE_WOKEN: _("Snooze ended"),
    EventName.CAUSE_COMMENTED: _("Comment on a cause"),
}
"""The title of each event in English, which pages translate."""


MOST_NUMBERS = 50
TOGETHER = 5000


def record(
    company_id: int,
    name: EventName,
    *,
    origin: str = "",
    good: bool = True,
    problem: Problem | None = None,
    **facts: str,
) -> None:
    """Write an event. `facts` are short texts without secrets."""
    Event.objects.create(
        company_id=company_id,
        name=name,
        origin=origin,
        good=good,
        facts={key: value[:500] for key, value in facts.items() if value},
        problem=problem.as_json() if problem else None,
    )


def record_for_many(name: EventName, facts: Mapping[int, Mapping[str, str]]) -> None:
    """Write an event of each of many companies, given their `facts` by company, in few statements."""
    rows = (Event(company_id=company_id, name=name, facts=dict(own)) for company_id, own in facts.items())
    Event.objects.bulk_create(rows, batch_size=TOGETHER)


def record_numbers(
    company_id: int, name: EventName, numbers: list[str], *, origin: str = "", kind: str = "", **facts: str
) -> None:
    """Write an event about several objects. The log shows the first of their numbers."""
    if numbers:
        shown = ", ".join(number[:50] for number in numbers[:MOST_NUMBERS])
        of_all = {"kind": kind, "count": str(len(numbers)), "numbers": shown}
        record(company_id, name, origin=origin, good=True, problem=None, **of_all, **facts)
