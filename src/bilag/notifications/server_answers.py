"""Read what a mail server answered when it rejected an email."""

from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

LONGEST = 300


def server_answer(error: SMTPException) -> str:
    """Return the server's own text on one line, such as "5.1.1 No such mailbox"; a general text if it sent none."""
    answers: list[bytes | str] = [str(error)]
    if isinstance(error, SMTPRecipientsRefused):
        answers = [answer for _code, answer in error.recipients.values()]
    elif isinstance(error, SMTPResponseException):
        answers = [error.smtp_error]
    texts = [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in answers]
    return " ".join(" ".join(dict.fromkeys(texts)).split())[:LONGEST] or "SMTP"
