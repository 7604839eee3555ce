"""How allauth meets our people: nobody signs up, everybody was invited or added; addresses are ours."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from bilag.members.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by e-mail and password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

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
        from bilag.companies.secrets import sealed

        return sealed({"mfa": text})

    def decrypt(self, encrypted_text: str) -> str:
        from bilag.companies.secrets import opened

        return opened(encrypted_text)["mfa"]

    def get_user_display_name(self, user: User) -> str:
        return user.shown_name
