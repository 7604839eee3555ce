"""Send the invitation email."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from bilag.members.models import Invitation
from bilag.web import labels


def send_invitation(invitation: Invitation, secret: str, *, sender: str) -> None:
    """Send the link now, in the company's language. Raise `SMTPException` or `OSError` if the mail server does not accept it."""
    company = invitation.company
    with override(company.language):
        context = {
            "company": company.name,
            "sender": sender,
            "role": labels.ROLES[invitation.role],
            "may": labels.ROLES_HELP[invitation.role],
            "link": settings.BILAG_BASE_URL + reverse("invitation", args=[secret]),
            "until": invitation.expires_at,
            "language": company.language,
        }
        subject = _("%(sender)s invites you to %(company)s in Bilag") % context
        message = EmailMultiAlternatives(
            " ".join(subject.split()), render_to_string("bilag/mail/invitation.txt", context), to=[invitation.email]
        )
        message.attach_alternative(render_to_string("bilag/mail/invitation.html", context), "text/html")
        message.send()
