"""The event log of a company: written with what it tells of, in one transaction."""

from bilag.notices.models import Event
from bilag.posting.problem import Problem

NAMES = {
    "live": "Switched on",
    "not_live": "Switched off",
    "paused": "Paused",
    "resumed": "Goes on",
    "setup_saved": "Setup saved",
    "poll": "Moment was asked",
    "poll_failed": "Moment could not be asked",
    "transfers_asked": "Transfer asked for by hand",
    "retried": "Tried again by hand",
    "kept_back": "Not to be transferred",
    "webhook_test": "Webhook tested",
    "invited": "Invited",
    "joined": "Joined",
    "invitation_withdrawn": "Invitation withdrawn",
    "role_changed": "Role changed",
    "member_removed": "Member removed",
    "token_made": "API token made",
    "token_revoked": "API token revoked",
    "company_changed": "Company changed",
}
"""What can happen, and its title in English; pages translate it."""


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
        facts={key: value[:500] for key, value in facts.items()},
        problem=problem.as_json() if problem else None,
    )
