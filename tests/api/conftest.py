"""A program with a token of the company, and one of another company."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from tests.pages.conftest import People, people
from tests.transfers.conftest import World, world

__all__ = ["people", "world"]


@dataclass
class Answer:
    """What came back."""

    status: int
    json: Any
    headers: Any
    text: str


@dataclass
class Program:
    """Calls the API with a token; None = without one."""

    token: str | None
    language: str | None = None

    def ask(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if self.language:
            sent["Accept-Language"] = self.language
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else b""
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        where = path if path.startswith("/api/") else f"/api/v1{path}"
        response = client.generic(method, where, data, content_type="application/json", headers=sent)
        text = response.content.decode()
        is_json = "json" in response.headers.get("Content-Type", "")
        answer = Answer(response.status_code, json.loads(text) if is_json and text else None, response.headers, text)
        if response.status_code >= 400 and method != "HEAD":
            assert response.headers["Content-Type"] == "application/problem+json", text
            assert answer.json["status"] == response.status_code
            assert answer.json["title"]
            assert answer.json["detail"]
            assert answer.json["type"].startswith("/api/docs#")
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.ask("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.ask("PUT", path, body, **headers)


TokenMaker = Callable[..., str]


@pytest.fixture
def make_token(people: People) -> TokenMaker:
    """Makes a token: of the company or of another, with scopes."""
    from bilag.companies.models import Company
    from bilag.companies.secrets import digest_of
    from bilag.members.models import ApiToken

    made = 0

    def make(*scopes: str, slug: str | None = None, **fields: Any) -> str:
        nonlocal made
        made += 1
        token = f"bilag_test-token-number-{made:04}-of-many"
        company = Company.objects.get(slug=slug or people.slug)
        ApiToken.objects.create(
            company=company,
            name=fields.pop("name", "accounting"),
            scopes=list(scopes),
            beginning=token[:12],
            digest=digest_of(token),
            made_by="owner@fjell.example",
            **fields,
        )
        return token

    return make


@pytest.fixture
def reader(make_token: TokenMaker) -> Program:
    return Program(make_token("read"))


@pytest.fixture
def writer(make_token: TokenMaker) -> Program:
    return Program(make_token("write"))


@pytest.fixture
def stranger(make_token: TokenMaker, people: People) -> Program:
    """A program of another company."""
    return Program(make_token("write", slug=people.other_slug))


@pytest.fixture
def made_transfers(world: World) -> Callable[..., list[Any]]:
    """Writes transfers without any system being asked."""
    from django.utils import timezone

    from bilag.transfers.models import Transfer

    def make(count: int, **fields: Any) -> list[Any]:
        first = fields.pop("first", 1)
        values = {"kind": "invoice", "state": "done", "hinted_at": timezone.now(), "done_at": timezone.now(), **fields}
        rows = [Transfer(company_id=world.company_id, number=str(first + n), **values) for n in range(count)]
        return Transfer.objects.bulk_create(rows)

    return make
