"""The event log of a company: written with what it tells of, in one transaction."""

from django.utils.translation import gettext_noop as _

from bilag.events.models import Event
from bilag.posting.problem import Problem

NAMES = {
    "live": _("Switched on"),
    "not_live": _("Switched off"),
    "paused": _("Paused"),
    "resumed": _("Goes on"),
    "setup_saved": _("Setup saved"),
    "poll": _("Moment was asked"),
    "poll_failed": _("Moment could not be asked"),
    "transfers_asked": _("Transfer asked for by hand"),
    "retried": _("Tried again by hand"),
    "excluded": _("Not to be transferred"),
    "expenses_imported": _("Expenses imported"),
    "expenses_failed": _("Expenses could not be imported"),
    "expense_reversed": _("An invoiced expense was taken back"),
    "expense_passed_over": _("Not to be imported"),
    "expense_tried_again": _("Expense tried again by hand"),
    "expense_seen": _("Expense dealt with"),
    "month_signed": _("Month signed for"),
    "gap_explained": _("Missing number explained"),
    "retention": _("What was too old was removed"),
    "webhook_test": _("Webhook tested"),
    "invited": _("Invited"),
    "joined": _("Joined"),
    "invitation_withdrawn": _("Invitation withdrawn"),
    "role_changed": _("Role changed"),
    "member_removed": _("Member removed"),
    "token_made": _("API token made"),
    "token_revoked": _("API token revoked"),
    "company_changed": _("Company changed"),
}
"""What can happen, and its title in English; pages translate it."""


MOST_NUMBERS = 50


def record(
    company_id: int, name: str, *, origin: str = "", good: bool = True, problem: Problem | None = None, **facts: str
) -> None:
    """Write that it happened. `facts` are short texts without secrets."""
    if name not in NAMES:
        raise ValueError(f"{name!r} is no event")
    Event.objects.create(
        company_id=company_id,
        name=name,
        origin=origin,
        good=good,
        facts={key: value[:500] for key, value in facts.items() if value},
        problem=problem.as_json() if problem else None,
    )


def record_numbers(company_id: int, name: str, numbers: list[str], *, origin: str = "", kind: str = "") -> None:
    """`record` of something that was done to objects by their numbers, of which the log shows the first ones."""
    if numbers:
        shown = ", ".join(number[:50] for number in numbers[:MOST_NUMBERS])
        record(company_id, name, origin=origin, kind=kind, count=str(len(numbers)), numbers=shown)
