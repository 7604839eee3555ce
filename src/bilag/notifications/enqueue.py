"""Enqueue the sending of an e-mail."""

from datetime import timedelta

from bilag.jobs.defer import defer_coalesced

SEND = "notifying.send"


def ask(letter_id: int, *, after: timedelta | None = None) -> None:
    """Enqueue a job that sends the letter; duplicates coalesce."""
    defer_coalesced(SEND, f"letter-{letter_id}", after=after, letter_id=letter_id)
