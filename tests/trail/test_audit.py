"""The trail as a file: everything in it, secrets in none of it, and every tampering shows."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from bilag.posting.selection import OSLO
from tests.support.world import World

DAYS = (date(2020, 1, 1), date(2099, 12, 31))


def written(world: World, first: date = DAYS[0], last: date = DAYS[1]) -> list[bytes]:
    from bilag.audit.audit_file import lines
    from bilag.companies.models import Company

    return [line.encode() for line in lines(Company.objects.get(pk=world.company_id), first, last)]


def told(lines: list[bytes]) -> str:
    from bilag.audit.hash_chain import BrokenChain, verify

    with pytest.raises(BrokenChain) as broken:
        verify(lines)
    return str(broken.value)


def test_posting_is_told_with_cause_source_setup_and_answer(trail: World) -> None:
    from bilag.audit.hash_chain import verify

    lines = written(trail)
    records = [json.loads(line) for line in lines]
    assert verify(lines).count == len(lines) - 2
    [posted] = [
        one for one in records if one["type"] == "attempt" and one["kind"] == "invoice" and one["verdict"] == "done"
    ]
    assert (posted["cause"], posted["setupVersion"], posted["voucherNumber"]) == ("poll", 1, int(posted["number"]))
    assert posted["source"]["total"] == "12500"
    assert [one["method"] for one in posted["exchanges"]][-1:] == ["PATCH"]
    versions = {one["version"] for one in records if one["type"] == "setup_change"}
    assert posted["setupVersion"] in versions, "the setup of the version can be read"
    times = [one.get("at") or one.get("began") for one in records[1:-1]]
    assert times == sorted(times)


def test_each_attempt_tells_the_voucher_that_it_came_to_itself(trail: World) -> None:
    """The transfer's own numbers may change with a later try."""
    from bilag.transfers.models import Transfer

    [row] = trail.company_transfers("invoice", "done")
    assert row.journal_number
    Transfer.objects.filter(pk=row.pk).update(journal_number=999, voucher_number=999)
    records = [json.loads(line) for line in written(trail)]
    [told] = [one for one in records if one["type"] == "attempt" and one["number"] == row.number]
    assert (told["journalNumber"], told["voucherNumber"]) == (row.journal_number, int(row.number))


def test_days_are_those_of_oslo_and_the_setup_is_always_told(trail: World) -> None:
    today = timezone.localdate(timezone=OSLO)
    assert any(json.loads(line)["type"] == "attempt" for line in written(trail, today, today))
    kinds = {json.loads(line)["type"] for line in written(trail, date(2098, 1, 1), date(2098, 1, 2))}
    assert kinds == {"header", "setup_change", "footer"}


def test_no_secret_is_in_it(trail: World) -> None:
    text = b"".join(written(trail)).decode()
    for secret in ("example-moment-key", "example-password"):
        assert secret not in text


def changed(line: bytes) -> bytes:
    return line.replace(b"12500", b"12501", 1)


TAMPERINGS: dict[str, tuple[Callable[[list[bytes]], Any], str]] = {
    "changed": (
        lambda lines: [changed(line) if b'"total":"12500"' in line else line for line in lines],
        "so it was changed",
    ),
    "removed": (lambda lines: lines[:3] + lines[4:], "line 4: its number is 4 instead of 3"),
    "moved": (lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]], "line 4: its number is 4 instead of 3"),
    "added": (lambda lines: [*lines[:3], lines[2], *lines[3:]], "line 4: its number is 2 instead of 3"),
    "added at the end": (lambda lines: [*lines, lines[-1]], "it comes after the end of the file"),
    "end removed": (lambda lines: lines[:-1], "the end of the file is missing"),
    "beginning removed": (lambda lines: lines[1:], "line 1: its number is 1 instead of 0"),
    "emptied": (lambda lines: [], "the file is empty"),
    "a key twice": (
        lambda lines: [lines[0].replace(b"{", b'{"company":"other",', 1), *lines[1:]],
        "line 1: a key, a space or another character was inserted",
    ),
    "a space": (
        lambda lines: [lines[0], lines[1].replace(b",", b", ", 1), *lines[2:]],
        "line 2: a key, a space or another character was inserted",
    ),
    "an escape": (
        lambda lines: [lines[0].replace(b"fjell", b"\\u0066jell", 1), *lines[1:]],
        "line 1: a key, a space or another character was inserted",
    ),
    "too long": (lambda lines: [lines[0], b" " * (64 * 1024 * 1024 + 1)], "line 2: it is longer than any line"),
    "rubbish": (lambda lines: [*lines[:2], b"\xff\n", *lines[2:]], "line 3: it is not JSON"),
    "no object": (lambda lines: [b"[]\n"], "line 1: it is not a JSON object"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_shows_at_its_line(trail: World, name: str) -> None:
    tamper, words = TAMPERINGS[name]
    assert words in told(tamper(written(trail)))


def test_whole_file_made_anew_shows_by_its_head_only(trail: World) -> None:
    from bilag.audit.hash_chain import chained, verify

    lines = written(trail)
    records = [json.loads(line) for line in lines]
    for one in records:
        one.pop("hash"), one.pop("previous"), one.pop("n")
    forged = list(chained({"company": "fjell"}, records[2:-1]))
    head = verify([line.encode() for line in forged]).head
    assert head != verify(lines).head
