"""The JSON of attempts is packed by a dictionary that never changes; what was packed is read for ever."""

import hashlib
import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.transfers.packed_json import NEWEST, PLAIN, WORDS, pack, unpack, words
from tests.support.world import World

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=30,
)
DIGESTS = {1: "74e1cf2b6c2e8bd2af744f88cdf07bc184f3d6ce9beb1f009e44e9267d77c166"}
"""SHA-256 of each dictionary: a changed one makes what it packed unreadable."""
PACKED = {
    1: "AYsmZ0jCDJL/SBiSgJStyC1zaCJ3yjm8NOnwsiIFNYVg8J6tImivHHPuG3bNKlJjojYWAA==",
}
KNOWN: list[dict[str, Any]] = [
    {
        "system": "moment", "method": "GET", "path": "invoices/66999", "request": None, "status": 200,
        "answer": {"id": 66999, "customer": {"name": "Blåbær & Sønner AS"}, "totalAmount": "12500.00"}, "error": None,
    }
]  # fmt: skip


@given(JSON)
def test_what_is_packed_comes_out_again(value: Any) -> None:
    assert unpack(pack(value)) == value


def test_no_dictionary_was_changed_or_removed() -> None:
    assert {number: hashlib.sha256(words(number)).hexdigest() for number in WORDS} == DIGESTS


@pytest.mark.parametrize("number", WORDS)
def test_what_an_earlier_version_packed_is_read(number: int) -> None:
    packed = b64decode(PACKED[number])
    assert packed[0] == number
    assert unpack(packed) == KNOWN


def test_a_dictionary_is_requests_and_answers_of_sample_data() -> None:
    lines = words(NEWEST).decode().splitlines()
    assert all(json.loads(line) for line in lines)
    assert len(words(NEWEST)) <= 32768, "deflate looks back no further"


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"\x07[]",
        pack(KNOWN)[:-1],
        pack(KNOWN)[:20],
        pack(KNOWN) + b"x",
        b"\x01",
        bytes((PLAIN,)),
        b"\x00[1",
        b"\x00\xff",
    ],
)
def test_other_bytes_are_refused(packed: bytes) -> None:
    with pytest.raises(ValueError):
        unpack(packed)


@pytest.mark.parametrize("value", [{"a": float("nan")}, {"a": "\ud800"}, {"a": {1, 2}}])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        pack(value)


def test_an_invoices_attempt_takes_a_fifth_of_its_text(world: World) -> None:
    from django.db import connection

    from bilag.transfers.models import Attempt

    number = world.insert_invoice({})
    world.hint(world.invoices[number])
    world.work()  # the first reads the chart, too
    number = world.insert_invoice({})
    world.hint(world.invoices[number])
    world.work()
    attempt = Attempt.objects.get(transfer=world.transfer(number))
    text = sum(len(json.dumps(one, ensure_ascii=False)) for one in (attempt.exchanges, attempt.source, attempt.plan))
    with connection.cursor() as cursor:
        cursor.execute("select pg_column_size(one.*) from transfers_attempt one where id = %s", [attempt.pk])
        (stored,) = cursor.fetchone()
    assert stored < text / 5


def test_the_dictionary_is_in_the_package() -> None:
    from bilag import transfers

    assert {path.name for path in Path(transfers.__file__).parent.glob("packed_words_*")} == set(WORDS.values())
