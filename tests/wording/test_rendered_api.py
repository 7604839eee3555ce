"""Every text of the API: its documentation, the problem documents and the refusals of what was sent. English; the messages of
problems are in both languages, and are tested with the catalogue."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from bilag.messages.validation import plain_words
from tests.support.wording import findings

ROOT = Path(__file__).resolve().parents[2]
SPOKEN = ("summary", "description")
SPEAKING = {"ApiProblem", "not_found", "ValueError", "Said", "fault"}
CODE = (
    r"`[^`]*`|[\[{].*[\]}]|\b[a-z]+[A-Z]\w*|\b[a-z]+(?:_[a-z]+)+|application/\S+|/api/\S*|Idempotency-Key|\d{4}-\d\d-\d\d\S*|"
    r"Authorization: Bearer \S+|[a-z]+\.[a-z_.]+|docs/\S+\.md"
)
"""Names in JSON, headers, media types, and values to send: a program's words, not a person's."""


def documented(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The texts of the OpenAPI document, with the place of each."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name in SPOKEN and isinstance(value, str):
                yield f"{path}/{name}", value
            elif name not in ("example", "examples", "default", "enum", "const"):
                yield from documented(value, f"{path}/{name}")
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from documented(value, f"{path}/{place}")


def test_the_documentation(migrated: None) -> None:
    from bilag.api.api import api

    texts = list(documented(api.get_openapi_schema()))
    assert len(texts) > 100
    wrong = [f"{place}: {one}" for place, text in texts for one in findings(text, "en", allowed=CODE)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_the_types_of_problems(migrated: None) -> None:
    from bilag.api.problems import TYPES

    texts = [text for _status, title, remedy in TYPES.values() for text in (title, remedy)]
    assert len(texts) > 20
    wrong = [f"{text}: {one}" for text in texts for one in findings(text, "en", allowed=CODE)]
    assert not wrong, "\n".join(wrong)


def spoken(path: Path) -> Iterator[tuple[int, str]]:
    """The literal texts that a module answers with, with the line of each."""
    for call in ast.walk(ast.parse(path.read_text())):
        name = getattr(getattr(call, "func", None), "id", None) or getattr(getattr(call, "func", None), "attr", None)
        if isinstance(call, ast.Call) and name in SPEAKING:
            for argument in [*call.args, *(one.value for one in call.keywords)]:
                for part in ast.walk(argument):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and " " in part.value:
                        yield part.lineno, part.value


def test_the_answers() -> None:
    wrong, seen = [], 0
    for path in (ROOT / "src" / "bilag" / "api").rglob("*.py"):
        for line, text in spoken(path):
            seen += 1
            wrong += [f"{path.name}:{line}: {one}" for one in findings(text, "en", allowed=CODE)]
    assert seen > 30
    assert not wrong, "\n".join(wrong)


class Sent(BaseModel, extra="forbid"):
    """A body with a value of each kind."""

    number: int = Field(ge=1, le=10)
    above: float = Field(gt=0, lt=1)
    text: str = Field(min_length=2, max_length=3, pattern="^a")
    flag: bool
    some: list[int] = Field(min_length=1, max_length=1)
    inner: dict[str, int]
    day: date
    amount: Decimal
    one: Literal["a", "b"]


BODIES: list[dict[str, Any]] = [
    {},
    {
        "number": 0,
        "above": 0,
        "text": "a",
        "flag": "maybe",
        "some": [],
        "inner": [],
        "day": "x",
        "amount": "x",
        "one": "c",
    },
    {
        "number": 11,
        "above": 1,
        "text": "aaaa",
        "flag": 7,
        "some": [1, 2],
        "inner": "x",
        "day": 3.5,
        "amount": [],
        "one": 1,
    },
    {
        "number": "x",
        "above": "x",
        "text": 5,
        "flag": [],
        "some": 5,
        "inner": {"a": "b"},
        "day": [],
        "amount": "NaN",
        "one": None,
    },
    {"number": 1.5, "above": float("nan"), "text": "bbb", "day": "2026-13-40", "amount": {}, "unknown": 1},
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body.get("number")))
def test_what_pydantic_says_is_said_plainly(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as raised:
        Sent.model_validate(body)
    for error in raised.value.errors():
        text = plain_words(error["msg"])
        assert text != error["msg"] or error["type"] == "value_error", error["msg"]
        assert not re.search(r"Input|should|valid|pydantic|Decimal|instance", text), text
