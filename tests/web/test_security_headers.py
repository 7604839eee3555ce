"""What keeps strangers out: headers, hosts, cookies, forged forms; with https all the stricter, and Django finds nothing
to say about it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.site import Site

LOGIN = "/accounts/login/"
HTTPS = {"BILAG_BASE_URL": "https://bilag.example"}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
SIGN_IN = """
import re
from django.test import Client
from bilag.members.models import User
User.objects.create_user("kari@fjell.example", password="Fjell-og-Vann-2026")
browser = Client(enforce_csrf_checks=True, SERVER_NAME="bilag.example")
page = browser.get("/accounts/login/", secure=True)
token = re.search(r'name="csrfmiddlewaretoken" value="(\\w+)"', page.content.decode())[1]
form = {"login": "kari@fjell.example", "password": "Fjell-og-Vann-2026", "csrfmiddlewaretoken": token}
own = {"Origin": "https://bilag.example", "Referer": "https://bilag.example/accounts/login/"}
"""


def policy_of(value: str) -> dict[str, str]:
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in value.split(";") if part.strip())}


@pytest.mark.parametrize("path", [LOGIN, "/no-such-page/", "/c/fjell/", "/api/docs"])
def test_every_answer_says_what_a_browser_may_do_with_it(site: Site, path: str) -> None:
    headers = site.get(path).headers
    assert policy_of(headers["content-security-policy"]) == POLICY
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "strict-transport-security" not in headers, "only with https"
    assert "server" not in headers


@pytest.mark.parametrize("path", [LOGIN, "/accounts/password/reset/", "/no-such-page/", "/api/docs"])
def test_pages_keep_to_their_own_policy(site: Site, path: str) -> None:
    """What the policy forbids is simply not run: a page that needs it would be broken."""
    html = site.get(path).text
    assert "<html" in html
    assert not re.search(r'<script(?![^>]*(?:\ssrc=|type="application/json"))', html)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
    assert set(re.findall(r'(?:src|href)="(?:https?:)?//[^"]*', html)) == set()


def test_host_that_is_not_ours_is_refused_in_words_that_say_what_to_do(site: Site) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost@evil.example"):
        answer = site.get(LOGIN, Host=host)
        assert answer.status_code == 400
        assert "Bilag has another address" in answer.text
        assert "BILAG_BASE_URL" in answer.text
        assert "evil" not in answer.text, "nothing that a stranger sent is shown"
        assert "Traceback" not in answer.text
    norwegian = site.get(LOGIN, Host="evil.example", Accept_Language="nb")
    assert "Bilag har en annen adresse" in norwegian.text


def test_form_without_our_token_is_refused_in_words_and_nothing_is_done(site: Site) -> None:
    answer = site.http.post(site.url + LOGIN, data={"login": "kari@fjell.example", "password": "x"})
    assert answer.status_code == 403
    assert "Send the form again" in answer.text
    assert "Nothing was changed. Reload the page and send the form again." in answer.text
    norwegian = site.http.post(site.url + LOGIN, data={}, headers={"Accept-Language": "nb"})
    assert norwegian.status_code == 403
    assert "Send the form again" not in norwegian.text
    assert 'lang="nb"' in norwegian.text


def test_form_from_another_site_is_refused_though_its_token_is_right(site: Site) -> None:
    page = site.get(LOGIN).text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    form = {"login": "kari@fjell.example", "password": "x", "csrfmiddlewaretoken": token[1]}
    answer = site.http.post(site.url + LOGIN, data=form, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    own = site.http.post(site.url + LOGIN, data=form, headers={"Origin": site.url})
    assert own.status_code == 200, "the page with what is wrong with the sign-in"


def test_cookies_are_hidden_from_scripts_and_from_other_sites(site: Site) -> None:
    [cookie] = site.get(LOGIN).headers.get_list("set-cookie")
    assert cookie.startswith("csrftoken=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_with_https_every_cookie_is_secure(elsewhere: Callable[..., Any]) -> None:
    cookies = elsewhere(
        SIGN_IN
        + """
answer = browser.post("/accounts/login/", form, secure=True, headers=own)
assert answer.status_code == 302, answer.content
browser.post("/i18n/setlang/", {"language": "nb", "csrfmiddlewaretoken": browser.cookies["csrftoken"].value},
             secure=True, headers=own)
kept = ("secure", "httponly", "samesite", "domain")
result = {name: [one[key] for key in kept] for name, one in browser.cookies.items()}
""",
        **HTTPS,
    )
    assert set(cookies) >= {"csrftoken", "bilag_session", "django_language"}
    assert {name: found for name, found in cookies.items() if found != [True, True, "Lax", ""]} == {}


def test_with_https_browsers_are_told_to_stay_with_it(elsewhere: Callable[..., Any]) -> None:
    found = elsewhere(
        """
from django.test import Client
browser = Client(SERVER_NAME="bilag.example")
secure, plain = browser.get("/accounts/login/", secure=True), browser.get("/accounts/login/?next=/c/fjell/")
behind = browser.get("/accounts/login/", headers={"X-Forwarded-Proto": "https"})
result = {
    "hsts": secure.headers.get("Strict-Transport-Security"),
    "policy": secure.headers["Content-Security-Policy"],
    "plain": [plain.status_code, plain.headers.get("Location")],
    "behind": behind.status_code,
    "exempt": browser.post("/hooks/moment/wrong").status_code,
}
""",
        **HTTPS,
    )
    assert found["hsts"] == "max-age=31536000; includeSubDomains; preload"
    assert policy_of(found["policy"]) == POLICY
    assert found["plain"] == [301, "https://bilag.example/accounts/login/?next=/c/fjell/"]
    assert found["behind"] == 200, "a proxy that ends TLS says so"
    assert found["exempt"] == 404, "webhooks come without TLS from inside"


def test_with_https_a_form_must_come_from_our_own_address(elsewhere: Callable[..., Any]) -> None:
    found = elsewhere(
        SIGN_IN
        + """
forged = {"Origin": "http://bilag.example", "Referer": "http://bilag.example/accounts/login/"}
result = [browser.post("/accounts/login/", form, secure=True, headers=headers).status_code for headers in (forged, own)]
""",
        **HTTPS,
    )
    assert found == [403, 302]


def test_provider_of_sign_in_is_the_only_other_place_that_forms_go_to(elsewhere: Callable[..., Any]) -> None:
    policy = elsewhere(
        """
from django.test import Client
result = Client(SERVER_NAME="bilag.example").get("/accounts/login/", secure=True).headers["Content-Security-Policy"]
""",
        **HTTPS,
        BILAG_OIDC_SERVER="https://login.example/tenant/v2",
        BILAG_OIDC_CLIENT_ID="bilag",
        BILAG_OIDC_SECRET="a-secret-of-the-provider",
    )
    assert policy_of(policy) == {**POLICY, "form-action": "'self' https://login.example"}


@pytest.mark.parametrize(
    "address", ["https://bilag.example", "https://bilag.example:8443", "https://bilag.example/"], ids=str
)
def test_django_has_nothing_to_say_about_a_deployment_with_https(elsewhere: Callable[..., Any], address: str) -> None:
    found = elsewhere(
        """
from django.core import checks
result = [str(one) for one in checks.run_checks(include_deployment_checks=True)]
from django.conf import settings
assert settings.SILENCED_SYSTEM_CHECKS == [] and settings.DEBUG is False
""",
        BILAG_BASE_URL=address,
    )
    assert found == []


def test_static_files_are_asked_for_again_and_mostly_not_sent_again(site: Site) -> None:
    first = site.get("/static/bilag/tokens.css")
    assert first.status_code == 200
    assert first.headers["content-type"].startswith("text/css")
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.headers["cache-control"] == "no-cache", "kept, and asked for: an update is seen at once"
    again = site.get("/static/bilag/tokens.css", If_None_Match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    since = site.get("/static/bilag/tokens.css", If_Modified_Since=first.headers["last-modified"])
    assert since.status_code == 304
    assert "set-cookie" not in first.headers


@pytest.mark.parametrize(
    "path", ["/static/", "/static/bilag/", "/static/bilag/../../models.py", "/static/%2e%2e/apps.py", "/static/%00"]
)
def test_nothing_but_static_files_is_served_as_one(site: Site, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code in (400, 404)
    assert "import" not in answer.text


def test_every_file_that_a_page_names_is_there(site: Site) -> None:
    names = {
        name
        for page in (LOGIN, "/no-such-page/", "/api/docs")
        for name in re.findall(r'(?:src|href)="(/static/[^"]+)"', site.get(page).text)
    }
    assert len(names) >= 3
    assert {name: site.get(name).status_code for name in names} == dict.fromkeys(names, 200)


def test_fault_of_ours_shows_nothing_of_itself(site: Site, elsewhere: Callable[..., Any]) -> None:
    status, text = elsewhere(
        """
from django.test import Client
answer = Client(SERVER_NAME="localhost", raise_request_exception=False).get("/accounts/login/")
result = [answer.status_code, answer.content.decode()]
""",
        DATABASE_URL="postgresql://nobody:a-password@127.0.0.1:1/none",
    )
    assert status == 500
    assert "The error has been logged" in text
    for trace in ("Traceback", "a-password", "psycopg", "127.0.0.1:1"):
        assert trace not in text
