"""Send the invitation email."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from bilag.members.models import Invitation
from bilag.notifications.message import compose
from bilag.web import labels


def send_invitation(invitation: Invitation, secret: str, *, sender: str) -> None:
    """Send the link now, in the company's language. Raise `SMTPException` or `OSError` if the mail server does not accept it."""
    company = invitation.company
    with override(company.language):
        names = {"sender": sender, "company": company.name}
        heading = _("%(sender)s invites you to %(company)s in Bilag") % names
        context = {
            **names,
            "heading": heading,
            "role": labels.ROLES[invitation.role],
            "may": labels.ROLES_HELP[invitation.role],
            "button": _("Join"),
            "link": settings.BILAG_BASE_URL + reverse("invitation", args=[secret]),
            "until": invitation.expires_at,
            "language": company.language,
        }
        text, html = (render_to_string(f"bilag/mail/invitation.{form}", context) for form in ("txt", "html"))
    compose(heading, text, html, to=invitation.email, sender=company.name).send()
