"""`bilag user` and `bilag token`, and what people and programs do with what they print."""

import json
import re

import pytest

from tests.support import local_http
from tests.support.commands import Bilag

pytestmark = pytest.mark.service
PASSWORD = "Gaustatoppen-1883-moh"


def test_an_operator_is_added_chooses_a_password_by_the_link_and_signs_in(bilag: Bilag) -> None:
    done = bilag.typed("user", "add", "Drift@Bilag.example", "--operator", "--name", "Drift")
    assert done.returncode == 0, done.stderr
    assert "drift@bilag.example is now an operator." in done.stderr
    assert "It works once, for three days" in done.stderr
    link = done.stdout.strip()
    with local_http.client(follow_redirects=True) as browser:
        page = browser.get(link)
        given = {"password1": PASSWORD, "password2": PASSWORD, "csrfmiddlewaretoken": csrf(page.text)}
        page = browser.post(str(page.url), data=given)
        assert page.status_code == 200
        assert "/c/fjell/" in page.text, "whoever has chosen the first password is signed in"
        home = link.partition("/accounts/")[0]
    with local_http.client(follow_redirects=True) as browser:
        page = browser.get(f"{home}/accounts/login/")
        given = {"login": "drift@bilag.example", "password": PASSWORD, "csrfmiddlewaretoken": csrf(page.text)}
        page = browser.post(f"{home}/accounts/login/", data=given)
        assert "/c/fjell/" in page.text
    again = bilag.typed("user", "add", "drift@bilag.example", "--operator", "--json")
    assert json.loads(again.stdout)["created"] is False
    assert json.loads(again.stdout)["passwordLink"] is None
    assert bilag.typed("user", "add", "drift@bilag.example", "--operator").stdout == ""


def csrf(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_member_is_added_with_a_role_that_is_never_lowered(bilag: Bilag) -> None:
    first = bilag.typed(
        "user", "add", "kari@fjell.example", "--company", "fjell", "--role", "owner", "--password-stdin", "--json",
        stdin=PASSWORD + "\n",
    )  # fmt: skip
    told = json.loads(first.stdout)
    assert told["roles"] == {"fjell": "owner"}
    assert told["passwordLink"] is None
    second = bilag.typed("user", "add", "kari@fjell.example", "--company", "fjell", "--role", "viewer", "--json")
    assert json.loads(second.stdout)["roles"] == {"fjell": "owner"}
    people = json.loads(bilag.typed("user", "list", "--json").stdout)
    assert [one["roles"] for one in people if one["email"] == "kari@fjell.example"] == [{"fjell": "owner"}]
    table = bilag.typed("user", "list").stdout
    assert re.search(r"kari@fjell\.example\s.*fjell: owner\s+never", table)
    assert PASSWORD not in first.stdout + first.stderr + table


def test_what_cannot_be_is_told_and_nobody_is_added(bilag: Bilag) -> None:
    commands = {
        ("user", "add", "eve@x.example"): "Give --company SLUG and --role ROLE, or --operator",
        ("user", "add", "eve@x.example", "--company", "fjell"): "Give --company and --role together",
        (
            "user",
            "add",
            "eve@x.example",
            "--company",
            "fjell",
            "--role",
            "king",
        ): "give owner, member, accountant, viewer",
        ("user", "add", "eve@x.example", "--company", "nobody", "--role", "owner"): "There is no company 'nobody'",
        ("user", "add", "eve", "--operator"): "'eve' is not an email address.",
        ("token", "add", "fjell", "--name", " "): "Give a name of at most 100 characters with --name",
        (
            "token",
            "add",
            "fjell",
            "--name",
            "x",
            "--last-day",
            "2020-01-01",
        ): "--last-day 2020-01-01 is in the past",
        ("token", "add", "nobody", "--name", "x"): "There is no company 'nobody'",
        ("token", "list", "nobody"): "There is no company 'nobody'",
        ("token", "revoke", "nobody", "1"): "There is no company 'nobody'",
    }
    for words, done in zip(commands, bilag.all_typed(list(commands)), strict=True):
        assert done.returncode == 2, words
        assert commands[words] in done.stderr, words
        assert done.stdout == ""
    weak = bilag.typed("user", "add", "eve@x.example", "--operator", "--password-stdin", stdin="12345\n")
    assert weak.returncode == 2
    assert "Nothing was changed:" in weak.stderr
    assert "12345" not in weak.stderr
    assert "eve@" not in bilag.typed("user", "list").stdout


def test_a_token_is_printed_once_lets_a_program_in_and_is_revoked(bilag: Bilag) -> None:
    made = bilag.typed("token", "add", "fjell", "--name", "Reports", "--last-day", "2099-12-31")
    assert made.returncode == 0, made.stderr
    token = made.stdout.strip()
    assert re.fullmatch(r"bilag_[\w-]{43}", token)
    assert "read-only access" in made.stderr
    assert "never shown again" in made.stderr

    def status() -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return local_http.get(f"http://127.0.0.1:{bilag.port}/api/v1/company", headers=headers).status_code

    assert status() == 200
    listed = bilag.typed("token", "list", "fjell", "--json").stdout
    assert token not in listed
    [row] = [one for one in json.loads(listed) if one["name"] == "Reports"]
    assert row["beginning"] == token[:10]
    assert row["scopes"] == ["read"]
    assert row["lastDay"] == "2099-12-31"
    assert row["lastUsed"] is not None
    number = str(row["number"])
    revoked = bilag.typed("token", "revoke", "fjell", number)
    assert revoked.returncode == 0
    assert "is revoked." in revoked.stderr
    assert status() == 401
    again = bilag.typed("token", "revoke", "fjell", number)
    assert again.returncode == 1
    assert f"fjell has no token {number}" in again.stderr
    wide = json.loads(bilag.typed("token", "add", "fjell", "--name", "Writer", "--write", "--json").stdout)
    assert wide["scopes"] == ["read", "write"]
    assert wide["token"].startswith(wide["beginning"])
