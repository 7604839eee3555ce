"""Enqueue the sending of an email."""

from datetime import timedelta

from bilag.jobs.defer import defer_coalesced

SEND = "notifying.send"


def enqueue_send(letter_id: int, *, after: timedelta | None = None) -> None:
    """Enqueue a job that sends the email. Duplicates coalesce."""
    defer_coalesced(SEND, f"letter-{letter_id}", after=after, letter_id=letter_id)
