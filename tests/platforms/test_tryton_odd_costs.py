"""Moves and documents of a Tryton that answers oddly: told to a person or tried again, never a fault of ours."""

import json
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bilag.platforms.base import UnreadableLine
from bilag.platforms.tryton.books import Books
from bilag.platforms.tryton.client import TrytonClient
from bilag.platforms.tryton.cost_rows import CostMoveRow
from bilag.platforms.tryton.costs import MoveContext, costs_of
from bilag.platforms.tryton.documents import fetch_document
from bilag.platforms.tryton.rows import CurrencyRow
from bilag.platforms.tryton.wire import Malformed, rows_of, to_wire
from bilag.posting.chart import Chart, UnitDefinition
from bilag.posting.expense import PostedLine
from bilag.wire.errors import EdgeError, Refused, Unavailable
from bilag.wire.http import Answer, NotJson
from tests.support.rubbish import Muddle, pieces
from tests.support.tryton.answering import Answering

UNITS = {2: UnitDefinition(2, "Prosjekt", integer=False)}
CHART = Chart("Fjord AS", None, "NOK", {}, {}, (), None, UNITS, "Tryton")
NOK = CurrencyRow(id=1, code="NOK", digits=2)
BOOKS = Books(1, NOK, 1, 1, {}, {}, {"NOK": NOK}, {2: 900}, True, CHART)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["data", "base64", "id", "x"]), inner),
    max_leaves=8,
)
FUZZ = settings(
    max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)


def line(number: int, amount: str, **more: Any) -> dict[str, Any]:
    signed = Decimal(amount)
    return {
        "id": number,
        "account": {
            "id": 43,
            "code": "4300",
            "party_required": False,
            "type": {"id": 1, "receivable": False, "expense": True},
        },
        "debit": max(signed, Decimal(0)),
        "credit": max(-signed, Decimal(0)),
        "description": "Modellmateriell",
        "origin": None,
        "party": None,
        "second_currency": None,
        "amount_second_currency": None,
        "tax_lines": [],
        "analytic_lines": [],
    } | more


def taxed(kind: str, amount: str) -> list[dict[str, Any]]:
    return [{"id": 1, "type": kind, "amount": Decimal(amount), "tax": {"id": 1, "name": "1"}}]


def move(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = {"id": 7, "origin": None, "number": "2026/00042", "description": "Byggvare", "lines": list(lines)}
    return {**made, "date": {"__class__": "date", "year": 2026, "month": 4, "day": 20}} | more


def costs(value: dict[str, Any]) -> list[PostedLine | UnreadableLine]:
    [row] = rows_of(CostMoveRow, [to_wire(value)])
    return costs_of(row, MoveContext(), BOOKS)


def test_vat_is_spread_by_cumulative_rounding() -> None:
    bases = [line(number, "0.10", tax_lines=taxed("base", "0.10")) for number in (1, 2, 3)]
    found = costs(move(*bases, line(4, "0.08", tax_lines=taxed("tax", "0.08"))))
    assert [one.vat for one in found if isinstance(one, PostedLine)] == [
        Decimal(part) for part in ("0.03", "0.02", "0.03", "0.00")
    ]


def test_bases_that_add_up_to_nothing_keep_the_vat_that_is_there() -> None:
    bases = [line(1, "10.00", tax_lines=taxed("base", "10")), line(2, "-10.00", tax_lines=taxed("base", "-10"))]
    found = costs(move(*bases, line(3, "0.01", tax_lines=taxed("tax", "0.01"))))
    assert [one.vat for one in found if isinstance(one, PostedLine)] == [Decimal("0.01"), Decimal(0), Decimal(0)]


@pytest.mark.parametrize(
    ("amount", "said"), [("9" * 19, "the amount is too large"), ("0.005", "more than two decimals")]
)
def test_an_amount_that_no_ledger_has_is_told_of_its_line_alone(amount: str, said: str) -> None:
    odd, right = costs(move(line(1, amount), line(2, "10.00")))
    assert isinstance(odd, UnreadableLine)
    assert said in str(odd.why)
    assert (odd.where, odd.key) == ("2026/00042, 4300", (7, 1))
    assert isinstance(right, PostedLine)


@FUZZ
@given(pieces, st.integers(0, 2**32))
def test_a_muddled_move_is_a_line_something_odd_or_no_answer(piece: str, seed: int) -> None:
    share = {
        "id": 5,
        "debit": Decimal("10.00"),
        "credit": Decimal(0),
        "account": {"id": 6, "code": "1207", "root": 900},
    }
    foreign = {"second_currency": {"id": 2, "code": "EUR"}, "amount_second_currency": Decimal("1.00")}
    true = move(
        line(1, "10.00", analytic_lines=[share], tax_lines=taxed("base", "10.00"), **foreign),
        line(2, "2.50", tax_lines=taxed("tax", "2.50")),
    )
    try:
        value = Answer(200, {}, Muddle(piece, seed).body(json.dumps([to_wire(true)]).encode())).json()
        rows = rows_of(CostMoveRow, value)
    except (NotJson, Malformed):
        return
    for row in rows:
        for one in costs_of(row, MoveContext(), BOOKS):
            assert "\\x00" not in repr(one)
            if isinstance(one, PostedLine):
                assert one.gross == one.net + one.vat
                assert abs(one.gross) < 10**16


def attachment(**data: Any) -> list[dict[str, Any]]:
    return [{"id": 1, "name": "a.pdf", "type": "data", "resource": "account.move,1", "data_size": 5} | data]


@pytest.mark.parametrize("data", ["text", 5, {"base64": 5}, {"base64": "abc"}, {}, [1]])
def test_a_document_that_cannot_be_read_is_asked_for_again_later(
    data: Any, tryton: Answering, client: TrytonClient
) -> None:
    tryton.body = attachment(data=data)
    into = BytesIO()
    with pytest.raises(Unavailable) as caught:
        fetch_document(client, "1", into, 1000)
    assert caught.value.problems[0].code == "tryton_malformed"
    assert into.getvalue() == b""


def test_a_document_without_content_is_told_to_be_empty(tryton: Answering, client: TrytonClient) -> None:
    tryton.body = attachment(data=None)
    with pytest.raises(Refused) as caught:
        fetch_document(client, "1", BytesIO(), 1000)
    assert caught.value.problems[0].code == "document_empty"


def test_an_answer_without_end_is_not_read_to_its_end(tryton: Answering, client: TrytonClient) -> None:
    tryton.body = attachment(data={"base64": "A" * 4_000_000})
    with pytest.raises(Refused) as caught:
        fetch_document(client, "1", BytesIO(), 1000)
    assert caught.value.problems[0].code == "document_too_large"


class Saying:
    """A client that has an attachment with this as its data."""

    def __init__(self, data: Any) -> None:
        self._data = data

    def rows(self, _model: str, kind: Any, _domain: Any, **_: Any) -> list[Any]:
        return rows_of(kind, attachment())

    def read_into(self, _model: str, _domain: Any, _field: str, into: Any, **_: Any) -> None:
        into.write(json.dumps(attachment(data=self._data)).encode())


@FUZZ
@given(ANY_JSON)
def test_whatever_comes_in_place_of_a_document_is_refused_or_asked_for_again(data: Any) -> None:
    saying: Any = Saying(data)
    with pytest.raises(EdgeError) as caught:
        fetch_document(saying, "1", BytesIO(), 1000)
    assert caught.value.problems[0].code in ("tryton_malformed", "document_empty", "document_type_unknown")
