"""What no contract allows: values that somebody's program might send all the same, and sandboxes that answer with them.

`Muddled` lays a value over one place of one true answer, so that everything before and after it is as usual: what is odd
is met deep inside, not at the door.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DEEP = 3000
MISSING = "@missing@"
MARK = "@@here@@"
RAW = (
    MISSING,
    "null",
    "true",
    "0",
    "-1",
    "0.1",
    "1e999999",
    "-1e-999999",
    "1e400",
    "NaN",
    "-Infinity",
    "2147483648",
    "9223372036854775808",
    "9" * 400,
    "9" * 5000,
    '""',
    '"   "',
    r'"\u0000"',
    r'"a\u0000b"',
    r'"\ud800"',
    r'"x\udfff"',
    r'"\u202e\u0007"',
    '"１２"',
    r'"\u0663"',
    '"12abc"',
    '"1e5"',
    '"NaN"',
    '"Infinity"',
    '"-0"',
    '"0000-00-00"',
    '"2026-02-30"',
    '"9999-12-31"',
    '"0001-01-01"',
    '"10000-01-01T00:00:00Z"',
    '"0001-01-01T00:00:00+14:00"',
    '"9999-12-31T23:59:59-12:00"',
    '"2026-01-01T00:00:00+99:99"',
    "\"=cmd|' /C calc'!A0\"",
    '"<script>alert(1)</script>"',
    '"../../etc/passwd"',
    '"%00"',
    f'"{"x" * 70_000}"',
    "[]",
    "{}",
    "[null]",
    "[[]]",
    '{"id": {}}',
    *(f"{'[' * deep}{']' * deep}" for deep in (100, 300, 480, 900, DEEP)),
    *('{"a":' * deep + "1" + "}" * deep for deep in (100, 300, 480, 900, DEEP)),
)
"""Pieces of JSON, some of which are none."""

BODIES = (
    b"",
    b"\x00",
    b"null",
    b"<html>502</html>",
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"{}",
    b"[]",
    b'"text"',
    b"1e999999",
    b"9" * 10_000,
)
"""Whole answers."""

pieces = st.one_of(
    st.sampled_from(RAW),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=5,
    ).map(json.dumps),
)


@dataclass
class Muddle:
    """One piece, laid over one place of the answers to some requests. `seed` chooses places and requests."""

    piece: str
    seed: int
    share: float = 0.5
    only: str = ""
    status: int | None = None
    _chance: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def strikes(self, path: str) -> bool:
        return self.only in path and self._chance.random() < self.share

    def body(self, body: bytes) -> bytes:
        """The answer with the piece in it; an answer that is no JSON becomes the piece."""
        if self._chance.random() < 0.1:
            return self._chance.choice(BODIES)
        try:
            document = json.loads(body)
        except ValueError:
            return self.piece.encode("utf-8", "replace")
        places = list(_places(document, ()))
        place = self._chance.choice(places)
        if not place:
            return self.piece.replace(MISSING, "").encode("utf-8", "surrogatepass")
        inner = document
        for step in place[:-1]:
            inner = inner[step]
        if self.piece == MISSING:
            del inner[place[-1]]
        else:
            inner[place[-1]] = MARK
        return json.dumps(document).replace(f'"{MARK}"', self.piece).encode("utf-8", "surrogatepass")


def _places(document: Any, before: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield before
    items: Any = document.items() if isinstance(document, dict) else ()
    if isinstance(document, list):
        items = enumerate(document)
    for key, inner in items:
        yield from _places(inner, (*before, key))


class Muddled:
    """A sandbox whose answers are laid over while `muddle` is set; what its operator asks for never is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.muddle: Muddle | None = None
        self.struck = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        muddle = self.muddle
        path = scope.get("path", "")
        if scope["type"] != "http" or muddle is None or path.startswith("/admin") or not muddle.strikes(path):
            await self.app(scope, receive, send)
            return
        start: list[Message] = []
        body = bytearray()

        async def kept(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.append(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                await whole()

        async def whole() -> None:
            self.struck += 1
            told = muddle.body(bytes(body))
            [first] = start
            headers = [(name, value) for name, value in first["headers"] if name.lower() != b"content-length"]
            headers.append((b"content-length", str(len(told)).encode()))
            status = muddle.status or (200 if first["status"] == 204 else first["status"])
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": told})

        await self.app(scope, receive, kept)
