"""The emails of signing in, and invitations, in both languages: plain words, one dress, and a text that says what the HTML says."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from lxml import html as lxml_html

from tests.support.wording import findings

PREFIXES = (
    "account/email/password_reset_key",
    "account/email/password_reset",
    "account/email/password_changed",
    "account/email/password_set",
    "mfa/email/recovery_codes_generated",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
    "socialaccount/email/account_connected",
    "socialaccount/email/account_disconnected",
)
TO = "kari@fjell.example"
LINK = "https://bilag.example/accounts/password/reset/key/1-abc/"
CONTEXT = {
    "ip": "192.0.2.7",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
    "timestamp": datetime(2026, 11, 30, 12, 4, 5, tzinfo=UTC),
    "provider": "Fjell ID",
}
ALLOWED = r"https?://\S+|\S+@\S+|Mozilla[^\n]*|Fjell ID|Kari Nordbø"


def sign_in_emails(language: str) -> Iterator[tuple[str, Any]]:
    """Each email of allauth that Bilag may send."""
    from allauth.account.adapter import get_adapter
    from django.test import RequestFactory
    from django.utils.translation import override

    adapter = get_adapter(RequestFactory().get("/"))
    with override(language):
        for prefix in PREFIXES:
            link = {"password_reset_url": LINK} if prefix.endswith("reset_key") else {}
            yield prefix, adapter.render_mail(prefix, TO, {**CONTEXT, **link})


def invitation_emails(language: str) -> Iterator[tuple[str, Any]]:
    """An invitation for each role."""
    from django.core import mail
    from django.test import override_settings

    from bilag.members.models import Role
    from bilag.web.company_pages.mail import send_invitation

    company = SimpleNamespace(name="Fjell Arkitekter AS", language=language)
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        for role in Role.values:
            invitation: Any = SimpleNamespace(
                company=company, role=role, email=TO, expires_at=datetime(2026, 12, 7, 9, tzinfo=UTC)
            )
            mail.outbox = []
            send_invitation(invitation, "secret", sender="Kari Nordbø")
            yield f"invitation of a {role}", mail.outbox[0]


@pytest.mark.parametrize("language", ["en", "nb"])
def test_emails(language: str, migrated: None) -> None:
    wrong, seen = [], 0
    for name, email in (*sign_in_emails(language), *invitation_emails(language)):
        seen += 1
        [(markup, kind)] = email.alternatives
        assert kind == "text/html"
        document = lxml_html.fromstring(markup)
        assert document.get("lang") == language
        body = document.find("body")
        assert body is not None
        visible = " ".join(str(text) for text in body.itertext())
        for text in (email.subject, email.body, visible):
            wrong += [f"{name}: {one}" for one in findings(text, language, allowed=ALLOWED)]
        assert set(words(email.body)) - set(words(visible)) == set(), name
        assert len(email.subject) < 70
        assert email.extra_headers["Auto-Submitted"] == "auto-generated"
        assert email.extra_headers["Message-ID"].rstrip(">").rpartition("@")[2] in email.from_email
        links = {str(one.get("href")) for one in document.iter("a")}
        assert all(link.startswith("http") for link in links)
        assert (LINK in links) == name.endswith("reset_key")
    assert seen > len(PREFIXES)
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def words(text: str) -> list[str]:
    """The words without the marks around them."""
    return [word for part in text.split() if (word := part.strip(":·-"))]
