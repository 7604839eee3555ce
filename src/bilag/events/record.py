"""Write to the event log of a company, in the transaction of the change that an event is about."""

from django.utils.translation import gettext_noop as _

from bilag.events.models import Event
from bilag.posting.problem import Problem

NAMES = {
    "live": _("Switched on"),
    "not_live": _("Switched off"),
    "paused": _("Paused"),
    "resumed": _("Resumed"),
    "setup_saved": _("Setup saved"),
    "poll": _("Synced with Moment"),
    "poll_failed": _("Sync with Moment failed"),
    "transfers_asked": _("Manual transfer started"),
    "retried": _("Manual retry"),
    "excluded": _("Excluded from accounting"),
    "expenses_imported": _("Expenses imported"),
    "expenses_failed": _("Import of expenses failed"),
    "expense_reversed": _("Invoiced expense reversed"),
    "expense_passed_over": _("Excluded from import"),
    "expense_tried_again": _("Manual retry of expense"),
    "expense_seen": _("Expense marked as resolved"),
    "month_signed": _("Month signed off"),
    "gap_explained": _("Missing number explained"),
    "retention": _("Old records deleted"),
    "webhook_test": _("Webhook tested"),
    "invited": _("User invited"),
    "joined": _("User joined"),
    "invitation_withdrawn": _("Invitation withdrawn"),
    "role_changed": _("Role changed"),
    "member_removed": _("Member removed"),
    "token_made": _("API token created"),
    "token_revoked": _("API token revoked"),
    "company_changed": _("Company changed"),
}
"""The events, and their titles in English, which pages translate."""
MOST_NUMBERS = 50


def record(
    company_id: int, name: str, *, origin: str = "", good: bool = True, problem: Problem | None = None, **facts: str
) -> None:
    """Write an event. `facts` are short texts without secrets."""
    if name not in NAMES:
        raise ValueError(f"{name!r} is not an event")
    Event.objects.create(
        company_id=company_id,
        name=name,
        origin=origin,
        good=good,
        facts={key: value[:500] for key, value in facts.items() if value},
        problem=problem.as_json() if problem else None,
    )


def record_numbers(company_id: int, name: str, numbers: list[str], *, origin: str = "", kind: str = "") -> None:
    """Write an event about several objects. The log shows the first of their numbers."""
    if numbers:
        shown = ", ".join(number[:50] for number in numbers[:MOST_NUMBERS])
        record(company_id, name, origin=origin, kind=kind, count=str(len(numbers)), numbers=shown)
