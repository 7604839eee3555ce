"""A webhook's body is read for a hint, and nothing in it can do harm."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.moment.webhook import LARGEST_ID, LONGEST_NUMBER, Hint, read_hint


def test_each_kind_gives_its_hint() -> None:
    assert hint(event="CREATE_NEW", invoice={"id": 66120, "invoiceNumber": 10042}) == Hint(
        "invoice", 66120, "10042", "CREATE_NEW"
    )
    assert hint(event="UPDATE", customer={"id": 7710, "customerNumber": " Ø-12 "}) == Hint(
        "customer", 7710, "Ø-12", "UPDATE"
    )
    assert hint(project={"id": 8807, "projectNumber": "0012"}) == Hint("project", 8807, "0012", "")


def test_bodies_of_the_contract_are_read(moment_contract: Any) -> None:
    for kind, operation in moment_contract["webhooks"].items():
        content = operation["post"]["requestBody"]["content"]["application/json"]
        examples = [content["example"]] if "example" in content else [e["value"] for e in content["examples"].values()]
        assert examples
        for example in examples:
            found = read_hint(json.dumps(example).encode())
            assert found is not None
            assert found.kind == kind
            assert found.number is not None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'"invoice"',
        b"{" * 100_000,
        b'{"invoice": 5}',
        b'{"invoice": {"id": "66120"}}',
        b'{"invoice": {"id": true}}',
        b'{"invoice": {"id": -1}}',
        b'{"invoice": {"id": 0}}',
        b'{"invoice": {"id": 1.5}}',
        b'{"invoice": {"id": 9223372036854775808}}',
        b'{"claim": {"id": 1}}',
        b'{"invoice": {"id": ' + b"9" * 5000 + b"}}",
    ],
)
def test_odd_body_is_no_hint(body: bytes) -> None:
    assert read_hint(body) is None


@pytest.mark.parametrize("number", [None, True, 1.5, [], {}, "", "  ", "1\n2", "a\x00b", "9" * 51, 10**60, "x" * 51])
def test_number_that_cannot_be_one_is_left_out_but_the_object_is_looked_up(number: Any) -> None:
    found = hint(customer={"id": 1, "customerNumber": number})
    assert found is not None
    assert found.number is None


@pytest.mark.parametrize("number", ["A-1", "-5", "1.0", "１２", "²"])
def test_invoice_number_is_a_whole_number(number: str) -> None:
    found = hint(invoice={"id": 1, "invoiceNumber": number})
    assert found is not None
    assert found.number is None


def test_invoice_number_has_one_form() -> None:
    found = hint(invoice={"id": 1, "invoiceNumber": "010042"})
    assert found is not None
    assert found.number == "10042"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["id", "invoiceNumber", "customerNumber", "projectNumber"])
BODIES = st.dictionaries(
    st.sampled_from(["event", "invoice", "customer", "project"]), JSON | st.dictionaries(FIELDS, JSON), max_size=4
)


@given(st.binary(max_size=200) | BODIES.map(lambda body: json.dumps(body).encode()))
def test_any_body_gives_a_hint_within_its_limits_or_none(body: bytes) -> None:
    found = read_hint(body)
    if found is None:
        return
    assert found.kind in ("invoice", "customer", "project")
    assert 0 < found.moment_id <= LARGEST_ID
    assert found.number is None or (0 < len(found.number) <= LONGEST_NUMBER and found.number.isprintable())
    assert len(found.event) <= 50


def hint(**body: Any) -> Hint | None:
    return read_hint(json.dumps(body).encode())
