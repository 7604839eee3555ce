"""Send emails. Retry what the mail server does not accept now, and keep its message where it rejects an address for good."""

from datetime import timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

import structlog
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from bilag.jobs import backoff
from bilag.notifications.models import Letter
from bilag.notifications.server_answers import server_answer

log = structlog.get_logger(__name__)
PERMANENT = range(500, 600)


def send(letter_id: int) -> timedelta | None:
    """Send the email unless it was sent. Return the pause before the next attempt, None when nothing is left to do."""
    with transaction.atomic():
        letter = Letter.objects.select_for_update(skip_locked=True).filter(pk=letter_id).first()
        if letter is None or letter.sent_at is not None or letter.refused:
            return None
        if letter.next_at is not None and letter.next_at > timezone.now():
            return None  # another job is scheduled for that time
        try:
            _deliver(letter)
        except (SMTPException, OSError) as error:
            return _record_failure(letter, error)
        letter.sent_at, letter.next_at = timezone.now(), None
        letter.save(update_fields=["sent_at", "next_at"])
        return None


def _deliver(letter: Letter) -> None:
    message = EmailMultiAlternatives(letter.subject, letter.text, to=[letter.to])
    message.attach_alternative(letter.html, "text/html")
    # The same email keeps the same id, so that a mail program shows one that arrives twice once.
    message.extra_headers["Message-ID"] = (
        f"<bilag-letter-{letter.pk}@{message.from_email.rpartition('@')[2].rstrip('>')}>"
    )
    message.send()


def _record_failure(letter: Letter, error: Exception) -> timedelta | None:
    said = server_answer(error) if isinstance(error, SMTPException) else str(error) or type(error).__name__
    letter.failures += 1
    if _is_permanent(error):
        letter.refused, letter.next_at = said, None
        letter.save(update_fields=["failures", "refused", "next_at"])
        log.warning("email.rejected", letter=letter.pk, said=said)
        return None
    pause = backoff.pause_after(letter.failures)
    letter.next_at = timezone.now() + pause
    letter.save(update_fields=["failures", "next_at"])
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
