"""Send emails. Retry temporary failures, and store the mail server's message if it rejects an address for good.

A job claims an email in one statement, sends it without a transaction or a database connection, and records the outcome. The
claim expires: if the job dies, the next one sends the email with the same message id, so that a mail program shows it once.
"""

from datetime import timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

import structlog
from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from bilag.jobs import backoff
from bilag.jobs.lease import give_connection_back
from bilag.notifications.message import compose
from bilag.notifications.models import Letter
from bilag.notifications.server_answers import server_answer

log = structlog.get_logger(__name__)
PERMANENT = range(500, 600)
STEPS = 12
"""More than the exchanges with a mail server that one email needs; each may last until the time-out."""
SHORTEST_CLAIM = timedelta(minutes=5)


def send(letter_id: int) -> timedelta | None:
    """Send the email unless it was sent. Return the pause before the next attempt; None if nothing is left to do.

    Do not call it in a transaction: other jobs must see the claim before the email is sent.
    """
    letter = _claim(letter_id)
    if letter is None:
        return None
    give_connection_back()
    try:
        _deliver(letter)
    except (SMTPException, OSError) as error:
        return _record_failure(letter, error)
    Letter.objects.filter(pk=letter.pk, sent_at=None).update(sent_at=timezone.now(), next_at=None)
    return None


def _claim(letter_id: int) -> Letter | None:
    """Claim the email if it is due and no other job has it; otherwise return None."""
    now = timezone.now()
    due = Letter.objects.filter(Q(next_at=None) | Q(next_at__lte=now), pk=letter_id, sent_at=None, refused="")
    if not due.update(next_at=now + _claim_length(), claims=F("claims") + 1):
        return None
    return Letter.objects.select_related("company").get(pk=letter_id)


def _claim_length() -> timedelta:
    """Return how long a claim lasts: longer than the mail server can take to answer, or to time out."""
    return max(SHORTEST_CLAIM, timedelta(seconds=STEPS * (settings.EMAIL_TIMEOUT or 0)))


def _deliver(letter: Letter) -> None:
    compose(
        letter.subject,
        letter.text,
        letter.html,
        to=letter.to,
        sender=letter.sender,
        message_id=letter.message_id or f"bilag-letter-{letter.pk}",
        threads=letter.threads,
        list_name=f"{letter.company.slug}.notifications",
    ).send()


def _record_failure(letter: Letter, error: Exception) -> timedelta | None:
    said = server_answer(error) if isinstance(error, SMTPException) else str(error) or type(error).__name__
    still_ours = Letter.objects.filter(pk=letter.pk, claims=letter.claims, sent_at=None)
    failures = letter.failures + 1
    if _is_permanent(error):
        still_ours.update(failures=failures, refused=said, next_at=None)
        log.warning("email.rejected", letter=letter.pk, said=said)
        return None
    pause = backoff.pause_after(failures)
    if not still_ours.update(failures=failures, next_at=timezone.now() + pause):
        return None
    log.info("email.deferred", letter=letter.pk, said=said)
    return pause


def _is_permanent(error: Exception) -> bool:
    """Return whether the mail server will never accept this email.

    An unknown address is permanent; a full or busy server is not. A server that accepts no email of Bilag at all (sign-in,
    sender, connection) is a fault of the operator's settings, and is retried.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return all(code in PERMANENT for code, _said in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code in PERMANENT
