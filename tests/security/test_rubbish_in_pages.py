"""Whatever a browser or a program sends, every page and every address of the API answers in words, never with a fault."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html

from tests.support.doors import company_paths, operations
from tests.support.people import People
from tests.support.program import Program
from tests.support.rubbish import RAW

VALUES = (
    "a\x00b",
    "\x00",
    "9" * 400,
    "-1",
    "1e999999",
    "NaN",
    "٣",
    "0000-00-00",
    "99999-12-31",
    "x" * 70_000,
    "'\"><script>alert(1)</script>",
    "../../etc/passwd",
    "\u202e",
    "[" * 2000,
)
SURROGATE = "%ED%A0%80"
OUR_WORDS = "Traceback (most recent call last)"


@pytest.fixture
def answers(people: People) -> Any:
    """Sends a request as the owner; a fault of ours is an answer of 500 here, as it would be outside."""
    client = people.client("operator")
    client.raise_request_exception = False

    def ask(method: str, path: str, data: Any = None) -> str:
        answer = getattr(client, method)(path, data or {})
        assert answer.status_code < 500, f"{method} {path} {str(data)[:300]}: {answer.status_code}"
        text = "" if answer.streaming else answer.content.decode()
        assert OUR_WORDS not in text
        return text

    return ask


def names_on(page: str) -> set[str]:
    """What the forms of a page send."""
    return {
        str(one.get("name")) for one in html.fromstring(page).iter("input", "select", "textarea") if one.get("name")
    }


def test_rubbish_in_addresses_and_searches(people: People, answers: Any) -> None:
    people.world.finalise()
    people.world.poll()
    people.world.work()
    known = {"page", "q", "state", "kind", "from", "to", "code", "cause", "sort", "before", "after", "number", "reason"}
    for path in company_paths(people.slug):
        names = known | set(re.findall(r"[?&;]([a-z_]+)=", (first := answers("get", path))))
        names |= names_on(first) if "<form" in first else set()
        for value in VALUES[:-4:2]:
            answers("get", path, dict.fromkeys(names, value))
        answers("get", f"{path}?q={SURROGATE}&state={SURROGATE}&page=%FF")
    for odd in (SURROGATE, "%00", "..", "%2e%2e%2f", "9" * 30):
        for path in (f"/c/{odd}/", f"/c/{people.slug}/transfers/{odd}/", f"/hooks/moment/{odd}", f"/join/{odd}/"):
            answers("get", path)


def test_rubbish_in_every_form(people: People, answers: Any) -> None:
    for path in company_paths(people.slug):
        if path.endswith(("/live/", "/live")):
            continue
        names: set[str] = set()
        shown = answers("get", path)
        if "<form" in shown:
            names = names_on(shown)
        names |= {"name", "email", "role", "number", "numbers", "ids", "transfer", "slug", "scopes", "last_day"}
        for value in VALUES[::2]:
            answers("post", path, dict.fromkeys(names - {"csrfmiddlewaretoken"}, value))


def test_rubbish_in_every_uploaded_file(people: People, answers: Any) -> None:
    files = (
        b"",
        b"\x00",
        b"\xff\xfe",
        b"[" * 100_000,
        b"a = " + b"[" * 5000,
        b'[company]\nslug = "\\u0000"',
        b"a=1e999999",
    )
    names = {"file"}
    for path in (one for one in company_paths(people.slug) if "setup" in one):
        for content in files:
            for name in names:
                answers("post", path, {name: SimpleUploadedFile("x\x00.toml", content)})


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/", "/i18n/setlang/"])
def test_rubbish_from_strangers(people: People, path: str) -> None:
    client = people.client(None)
    client.raise_request_exception = False
    for value in VALUES:
        form = dict.fromkeys(("login", "password", "email", "next", "language"), value)
        assert client.post(path, form).status_code < 500, value[:50]
        assert client.get(path, {"next": value}).status_code < 500, value[:50]


def test_rubbish_in_every_body_of_the_api(writer: Program) -> None:
    """`Program` sees to it that each refusal is a problem with words."""
    document = writer.get("/company").json["setup"]
    for method, path in operations():
        if method == "GET":
            for value in VALUES[:4]:
                from urllib.parse import quote

                asked = writer.get(f"{path}?cursor={quote(value)}&state={quote(value)}&limit={quote(value)}")
                assert asked.status < 500, (path, value)
            continue
        for number, piece in enumerate(RAW[1::8]):
            whole = json.dumps(document).replace(json.dumps(document["company"]["name"]), piece).encode()
            for raw in (piece.encode(), b'{"numbers": [%s], "kind": %s}' % ((piece.encode(),) * 2), whole):
                answer = writer.ask(method, path, raw=raw, Idempotency_Key=f"{number}")
                assert answer.status < 500, (method, path, raw[:200], answer.text)
