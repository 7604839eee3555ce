"""Write and verify a file of JSON lines in which each line carries the hash of the line before: a changed, moved, added or
removed line shows.

A line is a JSON object with `n` (from 0), `previous` and `hash`. `hash` is the SHA-256 of the object without `hash`, as UTF-8
JSON with sorted keys and no spaces. The first line describes the file, the last line counts the lines.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

START = "0" * 64
LONGEST_LINE = 64 * 1024 * 1024
"""Bytes. A longer line is not Bilag's."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The description of a complete and unchanged file: its first line, the count of its lines, and the hash of its last."""

    header: Mapping[str, Any]
    count: int
    head: str


class BrokenChain(Exception):
    """The first line that is not as it was written, and what differs."""

    def __init__(self, line: int, why: str) -> None:
        self.line = line
        super().__init__(f"line {line}: {why}")


def chained(header: Mapping[str, Any], records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of the file, each with its line end."""
    previous = START
    for n, record in enumerate(_with_ends(header, records)):
        body = {"n": n, **record, "previous": previous}
        previous = _hash(body)
        yield _text({**body, "hash": previous}) + "\n"


def _with_ends(header: Mapping[str, Any], records: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    yield {"type": "header", **header}
    count = 0
    for record in records:
        count += 1
        yield record
    yield {"type": "footer", "count": count}


def verify(lines: Iterable[bytes]) -> Verified:
    """Verify the file. Raises `BrokenChain` with the first wrong line."""
    previous, header, footer, number = START, None, None, 0
    for number, raw in enumerate(lines, start=1):
        if len(raw) > LONGEST_LINE:
            raise BrokenChain(number, "it is longer than any line that Bilag writes, so it was changed")
        body = _read(number, raw)
        if footer is not None:
            raise BrokenChain(number, "it comes after the end of the file, so it was added")
        if raw.removesuffix(b"\n") != _text(body).encode("utf-8", "surrogatepass"):
            raise BrokenChain(number, "a key, a space or another character was inserted")
        stored = body.pop("hash", None)
        if body.get("n") != number - 1:
            raise BrokenChain(
                number,
                f"its number is {body.get('n')!r} instead of {number - 1}, so a line was added, removed or moved",
            )
        if body.get("previous") != previous:
            raise BrokenChain(
                number, "it does not continue from the line before, so one of the two was changed or moved"
            )
        if _hash(body) != stored:
            raise BrokenChain(number, "its content does not match its hash, so it was changed")
        _check_source(number, body)
        previous = stored
        if number == 1:
            if body.get("type") != "header":
                raise BrokenChain(number, "it is not a header, so the beginning of the file was removed")
            header = body
        if body.get("type") == "footer":
            footer = body
            if body.get("count") != number - 2:
                raise BrokenChain(number, f"it counts {body.get('count')!r} lines, but the file has {number - 2}")
    if header is None:
        raise BrokenChain(1, "the file is empty")
    if footer is None:
        raise BrokenChain(number, "it is the last line, but the end of the file is missing, so lines were removed")
    return Verified(header, int(footer["count"]), previous)


def _read(number: int, raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        raise BrokenChain(number, "it is not JSON, so it was changed") from error
    if not isinstance(body, dict):
        raise BrokenChain(number, "it is not a JSON object, so it was changed")
    return body


def _check_source(number: int, body: Mapping[str, Any]) -> None:
    """Verify that Moment's data in the record match the hash that was stored with the attempt."""
    source = body.get("source")
    if body.get("type") == "attempt" and source is not None and body.get("sourceHash") != _hash(source):
        raise BrokenChain(number, "the copy of Moment's data does not match its hash")


def _hash(body: Any) -> str:
    return hashlib.sha256(_text(body).encode("utf-8", "surrogatepass")).hexdigest()


def _text(body: Any) -> str:
    """Return the canonical text of a line."""
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
