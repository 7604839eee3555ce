"""Signing in: by password, second factor, reset by e-mail, OpenID Connect; what strangers learn, and how often they may try."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.support.mail_server import mail_server, resets_sent
from tests.support.oidc_provider import provider
from tests.support.people import People

PASSWORD, NEW_PASSWORD = "Gaustatoppen-1883-moh", "Galdhopiggen-2469-moh"
LOGIN = "/accounts/login/"


def person(email: str = "owner@fjell.example") -> Any:
    from bilag.members.models import User

    user = User.objects.get(email=email)
    user.set_password(PASSWORD)
    user.save()
    return user


def browser(language: str = "en", ip: str = "127.0.0.1") -> Client:
    return Client(SERVER_NAME="localhost", headers={"accept-language": language}, REMOTE_ADDR=ip)


def sign_in(client: Client, email: str = "owner@fjell.example", password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, **more})


def test_one_signs_in_by_e_mail_in_any_case_and_comes_where_they_wanted(people: People) -> None:
    person()
    client = browser()
    asked = client.get("/c/fjell/transfers/?state=done")
    assert asked.headers["location"] == "/accounts/login/?next=/c/fjell/transfers/%3Fstate%3Ddone"
    answer = client.post(asked.headers["location"], {"login": "Owner@Fjell.example", "password": PASSWORD})
    assert answer.headers["location"] == "/c/fjell/transfers/?state=done"
    client.post("/accounts/logout/")
    assert client.get("/c/fjell/").status_code == 302


def test_signing_in_leads_to_no_other_site(people: People) -> None:
    person()
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert sign_in(browser(), next=elsewhere).headers["location"] == "/"


def test_the_session_of_before_is_worth_nothing_after_signing_in(people: People) -> None:
    person()
    client = browser()
    client.get(LOGIN)
    client.session["x"] = "planted"
    session = client.session
    session.save()
    client.cookies["bilag_session"] = session.session_key
    before = session.session_key
    sign_in(client)
    assert client.cookies["bilag_session"].value != before


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(people: People) -> None:
    person()
    wrong = sign_in(browser(), password="not-the-password-1").content.decode()
    unknown = sign_in(browser(), email="nobody@fjell.example").content.decode()

    def errors(page: str) -> list[str]:
        return re.findall(r"<(?:ul|span)[^>]*(?:errorlist|fault)[^>]*>.*?</(?:ul|span)>", page, re.S)

    assert errors(wrong) == errors(unknown) != []
    assert "not-the-password-1" not in wrong


def test_a_person_who_was_switched_off_does_not_get_in(people: People) -> None:
    from bilag.members.models import User

    person()
    client = browser()
    sign_in(client)
    User.objects.filter(email="owner@fjell.example").update(is_active=False)
    assert client.get("/c/fjell/").status_code == 302
    sign_in(client)
    assert client.get("/c/fjell/").status_code == 302


def test_guessing_passwords_is_stopped_for_the_account_and_for_the_address(people: People) -> None:
    person()
    for guess in range(5):
        assert sign_in(browser(), password=f"guess-number-{guess}").status_code == 200
    stopped = sign_in(browser(ip="10.1.1.1"))  # the right one, from elsewhere
    assert "Too many failed sign-in attempts" in stopped.content.decode()
    for guess in range(10):
        sign_in(browser(ip="10.2.2.2"), email=f"person{guess}@fjell.example", password="x" * 12)
    answer = sign_in(browser(ip="10.2.2.2"), email="other@fjell.example", password="x" * 12)
    assert answer.status_code == 429 or "Too many failed sign-in attempts" in answer.content.decode()


def test_a_forgotten_password_is_replaced_by_e_mail(people: People) -> None:
    person()
    with mail_server() as mailbox:
        client = browser()
        answer = client.post("/accounts/password/reset/", {"email": "owner@fjell.example"}, follow=True)
        assert answer.status_code == 200
        resets_sent()
        text = mailbox.text("owner@fjell.example")
        link = re.search(r"http://127.0.0.1:8000(/accounts/password/reset/key/\S+)", text)
        assert link, text
        page = client.get(link[1], follow=True)
        where = page.redirect_chain[-1][0]
        answer = client.post(where, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}, follow=True)
        assert answer.status_code == 200
        assert sign_in(browser(), password=PASSWORD).status_code == 200
        assert sign_in(browser(), password=NEW_PASSWORD).status_code == 302
        assert "not valid" in browser().get(link[1], follow=True).content.decode()
        assert any("password" in str(letter["Subject"]).lower() for letter in mailbox.letters[1:])


def choose_password(client: Any, email: str) -> Any:
    """Open the link that resets the password, and choose one."""
    from bilag.cli.people import _link
    from bilag.members.models import User

    page = client.get(_link(User.objects.get(email=email)).removeprefix("http://127.0.0.1:8000"), follow=True)
    with mail_server():
        return client.post(
            page.redirect_chain[-1][0], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}, follow=True
        )


def test_whoever_chooses_a_first_password_is_signed_in(people: People) -> None:

    client = browser()
    answer = choose_password(client, "owner@fjell.example")
    assert answer.redirect_chain[-1][0] == "/c/fjell/"
    assert client.get("/c/fjell/").status_code == 200
    assert sign_in(browser(), password=NEW_PASSWORD).status_code == 302


def test_whoever_had_a_password_signs_in_with_the_new_one(people: People) -> None:
    person()
    client = browser()
    choose_password(client, "owner@fjell.example")
    assert client.get("/c/fjell/").status_code == 302


def test_a_first_password_does_not_stand_for_the_second_factor(people: People) -> None:
    from allauth.mfa.models import Authenticator

    from bilag.companies.secrets import sealed
    from bilag.members.models import User

    user = User.objects.get(email="owner@fjell.example")
    assert not user.has_usable_password()
    Authenticator.objects.create(user=user, type="totp", data={"secret": sealed({"mfa": "JBSWY3DPEHPK3PXP"})})
    client = browser()
    answer = choose_password(client, "owner@fjell.example")
    assert answer.redirect_chain[-1][0].startswith("/accounts/2fa/authenticate/")
    assert client.get("/c/fjell/").status_code == 302


def test_a_reset_tells_nobody_who_has_an_account(people: People) -> None:
    with mail_server() as mailbox:
        known = browser().post("/accounts/password/reset/", {"email": "owner@fjell.example"}, follow=True)
        unknown = browser().post("/accounts/password/reset/", {"email": "nobody@fjell.example"}, follow=True)
        assert known.redirect_chain == unknown.redirect_chain
        pages = [
            re.sub(rb'"[A-Za-z0-9]{64}"', b"", answer.content) for answer in (known, unknown)
        ]  # without CSRF tokens
        assert pages[0] == pages[1]
        resets_sent()
        assert [str(letter["To"]) for letter in mailbox.letters] == ["owner@fjell.example"]


def test_a_reset_ends_the_sessions_of_others(people: People) -> None:
    user = person()
    thief = browser()
    sign_in(thief)
    user.set_password(NEW_PASSWORD)
    user.save()
    assert thief.get("/c/fjell/").status_code == 302


def test_a_second_factor_is_asked_for_and_kept_encrypted(people: People) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time

    def code_of(secret: str) -> str:
        return f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time()))):06}"

    person()
    client = browser()
    sign_in(client)
    page = client.get("/accounts/2fa/totp/activate/", follow=True)
    if "Confirm" in page.content.decode():
        client.post(page.redirect_chain[-1][0], {"password": PASSWORD})
        page = client.get("/accounts/2fa/totp/activate/")
    text = page.content.decode()
    assert "data:image/svg+xml" in text
    secret = client.session["mfa.totp.secret"]
    with mail_server() as mailbox:
        client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
        assert mailbox.to("owner@fjell.example")  # a change of how one signs in is told
    row = Authenticator.objects.get(type="totp")
    assert secret not in str(row.data)
    second = browser()
    answer = sign_in(second)
    assert answer.headers["location"].startswith("/accounts/2fa/authenticate/")
    assert second.get("/c/fjell/").status_code == 302
    assert "Incorrect code" in second.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    from django.core.cache import cache

    cache.clear()  # a code is taken once only, and the one of this half minute was
    second.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert second.get("/c/fjell/").status_code == 200


def test_nobody_signs_up_and_nobody_changes_the_address_that_invitations_go_to(people: People) -> None:
    from bilag.members.models import User

    before = User.objects.count()
    client = browser()
    given = {"email": "eve@evil.example", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/signup/", given).headers["location"] == LOGIN
    assert User.objects.count() == before
    person()
    sign_in(client)
    assert client.post("/accounts/email/", {"email": "eve@evil.example", "action_add": ""}).status_code == 302
    assert not User.objects.filter(email="eve@evil.example").exists()


def through_provider(client: Client) -> Any:
    """Press the button, be signed in there, and come back."""
    begun = client.post("/accounts/oidc/oidc/login/?process=login")
    assert begun.status_code == 302, begun.content.decode()[:2000]
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    return client.get("/accounts/oidc/oidc/login/callback/", {"code": "x", "state": state}, follow=True)


def test_one_who_is_known_here_signs_in_through_the_provider(people: People) -> None:
    with provider() as entra:
        entra.person = {"sub": "77", "email": "owner@fjell.example", "email_verified": True, "name": "Kari"}
        client = browser()
        assert "Entra" in client.get(LOGIN).content.decode()
        through_provider(client)
        assert client.get("/c/fjell/").status_code == 200
        assert "/token" in entra.asked


@pytest.mark.parametrize(
    "told",
    [
        {"sub": "78", "email": "eve@evil.example", "email_verified": True},
        {"sub": "79", "email": "owner@fjell.example", "email_verified": False},
        {"sub": "80"},
    ],
)
def test_the_provider_lets_in_nobody_who_was_not_invited_here(people: People, told: dict[str, Any]) -> None:
    from bilag.members.models import User

    before = User.objects.count()
    with provider() as entra:
        entra.person = told
        client = browser()
        through_provider(client)
        assert client.get("/c/fjell/").status_code == 302
    assert User.objects.count() == before


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("path", ["", "password/reset/", "2fa/", "password/change/"])
def test_pages_of_the_account_are_in_our_frame_in_both_languages(people: People, path: str, language: str) -> None:
    client = browser(language)
    if path not in ("", "password/reset/"):
        client.force_login(person())
    text = client.get(f"/accounts/{path or 'login/'}").content.decode()
    assert f'<html lang="{language}">' in text
    assert '<a class="skip"' in text
    assert "<h1" in text
