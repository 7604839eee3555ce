"""Adapters for allauth. There is no sign-up: people are invited or added, and links use BILAG_BASE_URL."""

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
from bilag.jobs.threads import giving_back
from bilag.members.models import User
from bilag.web.sign_in_mail import lay_out

log = structlog.get_logger(__name__)
SENDER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reset-emails")


def _send(email: Any) -> None:
    """Send an email; log a failure."""
    try:
        email.send()
    except OSError as error:  # includes SMTPException
        log.warning("password_reset_email.not_sent", error=type(error).__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in with email address and password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Send the email in another thread: neither the response time nor a failing mail server reveals whether an
        account exists. A user who receives no email can request another one."""
        request = allauth_context.request
        whole = {"request": request, "email": email, "current_site": get_current_site(request), **context}
        SENDER.submit(giving_back(_send), self.render_mail("account/email/password_reset_key", email, whole))

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Render the email of allauth in the dress of all emails."""
        to = email if isinstance(email, str) else email[0]
        plain = super().render_mail(template_prefix, email, {**context, "email": to}, headers)
        return lay_out(plain.subject, plain.body, to=to, context=context)

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return str(settings.BILAG_BASE_URL + path.replace("UID-KEY", key))

    def get_client_ip(self, request: HttpRequest) -> str:
        # uvicorn sets REMOTE_ADDR to the client's address, from X-Forwarded-For if the proxy is trusted.
        return str(request.META.get("REMOTE_ADDR") or "unknown")


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in through an OpenID Connect provider, for existing accounts with an address that the provider has verified."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Two-step sign-in and passkeys."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = urlsplit(settings.BILAG_BASE_URL).hostname or ""
        # Browsers do not allow passkeys for an IP address: locally, the page must be opened as localhost.
        return {"id": "localhost" if host == "127.0.0.1" else host, "name": "Bilag"}

    def encrypt(self, text: str) -> str:
        """Encrypt an authenticator's secret with Bilag's keys."""
        return sealed({"mfa": text})

    def decrypt(self, encrypted_text: str) -> str:
        return opened(encrypted_text)["mfa"]

    def get_user_display_name(self, user: User) -> str:
        return user.shown_name
