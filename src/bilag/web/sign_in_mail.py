"""The emails of signing in, in the dress of all emails: allauth gives their texts, which are laid out here."""

from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bilag.notifications.message import compose

SIGNATURE = "-- "


def lay_out(subject: str, text: str, *, to: str, context: Mapping[str, Any]) -> EmailMultiAlternatives:
    """Return the email with this text, and with HTML that says the same: its paragraphs, its lists, and its link as a button."""
    link = str(context.get("password_reset_url") or "")
    body, _mark, footer = text.partition(f"\n{SIGNATURE}\n")
    paragraphs = [part.strip() for part in body.split("\n\n") if part.strip() and part.strip() != link]
    html = render_to_string(
        "bilag/mail/account.html",
        {
            "language": get_language() or "en",
            "heading": subject,
            "blocks": [_block(part) for part in paragraphs],
            "link": link,
            "button": _("Choose a new password"),
            "why": " ".join(footer.split()[1:]),
        },
    )
    return compose(subject, text, html, to=to)


def _block(paragraph: str) -> dict[str, Any]:
    """Return a paragraph, or a list if all its lines begin with a dash."""
    lines = paragraph.splitlines()
    if all(line.startswith("- ") for line in lines):
        return {"points": [line.removeprefix("- ") for line in lines]}
    return {"text": " ".join(lines)}
