"""Compose an email with the headers that every email of Bilag has: sender, thread, list, and that a program wrote it."""

from collections.abc import Sequence
from email.utils import formataddr, make_msgid, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from bilag.posting.texts import cut, one_line

LONGEST_NAME = 60


def compose(
    subject: str,
    text: str,
    html: str,
    *,
    to: str,
    sender: str = "",
    message_id: str = "",
    threads: Sequence[str] = (),
    list_name: str = "",
) -> EmailMultiAlternatives:
    """Return the email, ready to be sent.

    `sender`: the company's name, shown beside the sender's address. `message_id` and `threads` (the emails that it continues) are
    without the domain, which is the sender's. `list_name`: what the recipient can filter by, without the domain.
    """
    own_name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    domain = address.rpartition("@")[2] or "localhost"
    company = cut(one_line(sender) or "", LONGEST_NAME)
    shown = " · ".join(name for name in (own_name or "Bilag", company) if name)
    message = EmailMultiAlternatives(
        one_line(subject) or "Bilag", text, from_email=formataddr((shown, address)), to=[to], headers=mark_automatic({})
    )
    message.attach_alternative(html, "text/html")
    headers = message.extra_headers
    headers["Message-ID"] = f"<{message_id}@{domain}>" if message_id else make_msgid("bilag", domain)
    if continued := [f"<{one}@{domain}>" for one in threads if one != message_id]:
        headers["In-Reply-To"] = continued[-1]
        headers["References"] = " ".join(continued)
    if list_name:
        headers["List-Id"] = f"<{list_name}.{domain}>"
    return message


def mark_automatic(headers: dict[str, str]) -> dict[str, str]:
    """Return the headers with those that keep mail programs from answering automatically."""
    return {**headers, "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
