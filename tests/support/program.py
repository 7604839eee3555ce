"""A program that calls the API with a token."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client


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
        return self._ask(method, path, body, headers, raw)

    def _ask(self, method: str, path: str, body: Any, headers: Mapping[str, str], raw: bytes | None = None) -> Answer:
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
        return self._ask("GET", path, None, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self._ask("POST", path, body, headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self._ask("PUT", path, body, headers)


TokenMaker = Callable[..., str]
