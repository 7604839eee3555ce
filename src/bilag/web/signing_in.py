"""How allauth meets our people: nobody signs up, everybody was invited or added; addresses are ours."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest
from django.urls import reverse

from bilag.companies.secrets import opened, sealed
from bilag.members.models import User

log = structlog.get_logger(__name__)
AFTERWARDS = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reset-letters")


def _sent(letter: Any) -> None:
    try:
        letter.send()
    except OSError as error:  # an SMTPException is one
        log.warning("password_reset_email.not_sent", error=type(error).__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by e-mail and password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Written now and sent apart: neither the time of the answer nor a mail server that is down tells a stranger
        whether somebody has an account. Whoever gets no letter asks for another."""
        request = allauth_context.request
        whole = {"request": request, "email": email, "current_site": get_current_site(request), **context}
        AFTERWARDS.submit(_sent, self.render_mail("account/email/password_reset_key", email, whole))

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return str(settings.BILAG_BASE_URL + path.replace("UID-KEY", key))

    def get_client_ip(self, request: HttpRequest) -> str:
        # uvicorn has put the address of the client there, from X-Forwarded-For where a trusted proxy says so.
        return str(request.META.get("REMOTE_ADDR") or "unknown")


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in through an OpenID Connect provider: for people who are known here, by the address that it has verified."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second factor."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = urlsplit(settings.BILAG_BASE_URL).hostname or ""
        # Browsers give no passkeys to a number: on one's own machine the page is opened as localhost for that.
        return {"id": "localhost" if host == "127.0.0.1" else host, "name": "Bilag"}

    def encrypt(self, text: str) -> str:
        """Secrets of authenticators are kept as ours are."""
        return sealed({"mfa": text})

    def decrypt(self, encrypted_text: str) -> str:
        return opened(encrypted_text)["mfa"]

    def get_user_display_name(self, user: User) -> str:
        return user.shown_name
