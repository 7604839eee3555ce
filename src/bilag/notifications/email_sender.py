"""Sends letters: what the mail server does not take now is tried again, what it refuses for good is kept with its words."""

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
    """Send it, if it was not sent; None when there is nothing more to do, else the pause before the next try."""
    with transaction.atomic():
        letter = Letter.objects.select_for_update(skip_locked=True).filter(pk=letter_id).first()
        if letter is None or letter.sent_at is not None or letter.refused:
            return None
        if letter.next_at is not None and letter.next_at > timezone.now():
            return None  # a job is on its way for that time
        try:
            _send(letter)
        except (SMTPException, OSError) as error:
            return _not_taken(letter, error)
        letter.sent_at, letter.next_at = timezone.now(), None
        letter.save(update_fields=["sent_at", "next_at"])
        return None


def _send(letter: Letter) -> None:
    message = EmailMultiAlternatives(letter.subject, letter.text, to=[letter.to])
    message.attach_alternative(letter.html, "text/html")
    # The same letter has the same name: whoever gets it twice sees it once.
    message.extra_headers["Message-ID"] = (
        f"<bilag-letter-{letter.pk}@{message.from_email.rpartition('@')[2].rstrip('>')}>"
    )
    message.send()


def _not_taken(letter: Letter, error: Exception) -> timedelta | None:
    said = server_answer(error) if isinstance(error, SMTPException) else str(error) or type(error).__name__
    letter.failures += 1
    if _for_good(error):
        letter.refused, letter.next_at = said, None
        letter.save(update_fields=["failures", "refused", "next_at"])
        log.warning("letter.refused", letter=letter.pk, said=said)
        return None
    pause = backoff.pause_after(letter.failures)
    letter.next_at = timezone.now() + pause
    letter.save(update_fields=["failures", "next_at"])
    log.info("letter.waits", letter=letter.pk, said=said)
    return pause


def _for_good(error: Exception) -> bool:
    """Whether the mail server will never take this letter: an unknown address, not a full or busy one. That it takes no
    letter of ours at all (sign-in, sender, connection) is a fault of the operator's settings, and passes."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code in PERMANENT for code, _said in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code in PERMANENT
