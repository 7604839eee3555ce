"""Our types as the hub takes them, and what it gives as we know it."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.platforms.azets.mapping import (
    batch_body,
    customer_body,
    department_body,
    organisation_number,
    posted_from,
    project_body,
)
from bilag.platforms.azets.wire import Malformed, PostedVoucherWire, parse
from bilag.posting.chart import UnitDefinition
from bilag.posting.master import Department, Project
from bilag.posting.voucher import Side, Voucher, VoucherKind
from tests.support.azets.samples import DAY, KEY, customer, entry, invoice, posted_voucher

LONG = "Arkitektkontoret Blåbær og Sønner, avdeling for langsiktig planlegging av bygg, uterom og parker i Østfold"


@pytest.mark.parametrize(
    ("given", "country", "sent"),
    [
        ("999 999 999", "NO", "999999999"),
        ("NO 999 999 999 MVA", "NO", "999999999"),
        ("no999999999mva", "NO", "999999999"),
        ("999.999.999", "NO", "999999999"),
        ("NO 999 999 999 MVA", None, "999999999"),
        ("99999999", "NO", "99999999"),  # one digit short: the hub refuses it, as it stands
        ("ukjent", "NO", "ukjent"),
        ("SE556677889901", "SE", "SE556677889901"),
        ("DE 123 456 789", "DE", "DE 123 456 789"),
        ("12 345", None, "12 345"),
        (" ", "NO", None),
        (None, "NO", None),
    ],
)
def test_organisation_numbers(given: str | None, country: str | None, sent: str | None) -> None:
    assert organisation_number(given, country) == sent


def test_a_customer_is_sent_whole_so_that_what_is_gone_is_cleared() -> None:
    assert customer_body(customer()) == {
        "name": "Nordlys Arkitekter AS", "organisationNumber": None, "email": None, "invoiceEmail": None,
        "addressLine1": None, "addressLine2": None, "addressLine3": None, "addressLine4": None,
        "postCode": None, "postalArea": None, "countryCode": None,
    }  # fmt: skip


def test_a_customers_texts_are_cut_at_a_word_and_stand_on_one_line() -> None:
    body = customer_body(
        customer(name=LONG, city="Ås\n sentrum ", address_lines=("Storgata 1\r\nOppgang B", " ", "3. etg."))
    )
    assert len(body["name"]) <= 100
    assert body["name"].endswith("i…")
    assert body["postalArea"] == "Ås sentrum"
    assert [body[f"addressLine{n}"] for n in (1, 2, 3, 4)] == ["Storgata 1 Oppgang B", "3. etg.", None, None]


def test_a_fifth_address_line_is_not_lost() -> None:
    body = customer_body(customer(address_lines=("a", "b", "c", "d", "e")))
    assert [body[f"addressLine{n}"] for n in (1, 2, 3, 4)] == ["a", "b", "c", "d, e"]


def test_a_country_is_sent_in_capitals_and_a_state_never() -> None:
    body = customer_body(customer(country="se"))
    assert body["countryCode"] == "SE"
    assert not {"state", "status", "orgUnits"} & set(body)


def test_projects_and_departments_are_always_active() -> None:
    project = Project(1, "1207", "", "closed", "10042")
    assert project_body(project, "10") == {
        "name": "1207", "customerNumber": "10042", "status": "active", "departmentNumber": "10",
    }  # fmt: skip
    assert department_body(Department("10", "Landskap")) == {"name": "Landskap", "status": "active"}


def test_an_invoice_as_a_batch() -> None:
    voucher = invoice(entry(units=((1, "10"), (2, "1207"))), payment_id="0050013")
    assert batch_body([voucher], KEY, None) == {
        "externalId": KEY, "autoUpdate": True, "description": "Moment faktura 5001", "valueDate": str(DAY),
        "origin": "ExternalApplication", "voucherSeries": None,
        "vouchers": [{
            "voucherNumber": 5001, "type": "outgoingInvoice", "voucherDate": str(DAY), "dueDate": str(DAY),
            "paymentId": "0050013", "customerNumber": "10042", "yourReference": "Kari Nilsen",
            "text": "Prosjektledelse", "currency": "NOK", "exchangeRate": "1", "totalAmount": "125.00",
            "lines": [{
                "accountNumber": "3000", "side": "credit", "vatCode": "3", "netAmount": "100.00", "vatAmount": "25.00",
                "grossAmount": "125.00", "text": "Honorar", "orgUnits": {"1": "10", "2": "1207"},
            }],
        }],
    }  # fmt: skip


def test_a_credit_note_as_a_batch() -> None:
    body = batch_body([_credit_note()], KEY, "MOM")
    (voucher,) = body["vouchers"]
    assert (body["description"], body["voucherSeries"]) == ("Moment kreditnota 5001", "MOM")
    assert (voucher["type"], voucher["totalAmount"], voucher["creditedInvoiceNumber"]) == ("creditNote", "125.00", 4999)
    assert (voucher["dueDate"], voucher["lines"][0]["side"]) == (None, "debit")
    assert "creditedInvoiceNumber" not in batch_body([invoice()], KEY, None)["vouchers"][0]


def _credit_note() -> Voucher:
    return Voucher(
        5001, VoucherKind.CREDIT_NOTE, DAY, "Kreditnota", "NOK", (entry(side=Side.DEBIT),), Decimal("125.00"),
        customer="10042", credited_number=4999,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rate", "sent"),
    [
        ("1", "1"),
        ("1.00", "1"),
        ("11.432500", "11.4325"),
        ("100", "100"),
        ("0.08123456789", "0.08123457"),
        ("1E+2", "100"),
    ],
)
def test_exchange_rates_are_plain_text(rate: str, sent: str) -> None:
    assert batch_body([invoice(exchange_rate=Decimal(rate))], KEY, None)["vouchers"][0]["exchangeRate"] == sent


@given(st.decimals("0.00", "9999999999.99", places=2), st.decimals("0.00", "9999999.99", places=2))
def test_amounts_always_have_two_decimals_and_no_sign(net: Decimal, vat: Decimal) -> None:
    (line,) = batch_body([invoice(entry(net=str(net), vat=str(vat)))], KEY, None)["vouchers"][0]["lines"]
    for name in ("netAmount", "vatAmount", "grossAmount"):
        whole, _, decimals = line[name].partition(".")
        assert whole.isdigit()
        assert len(decimals) == 2
    assert Decimal(line["grossAmount"]) == net + vat


VISMA = {unit: UnitDefinition(unit, "", integer=unit <= 6) for unit in range(1, 13)}
GO = {unit: UnitDefinition(unit, "", integer=False) for unit in range(1, 13)}


def test_units_are_read_as_the_client_has_them() -> None:
    wire = parse(PostedVoucherWire, posted_voucher())
    assert posted_from(wire, VISMA).entries[1].units == ((1, "10"), (7, "Vår"))
    assert posted_from(wire, GO).entries[1].units == ((1, "0010"), (2, "0"), (7, "Vår"))


def test_a_posted_voucher_in_our_terms() -> None:
    posted = posted_from(parse(PostedVoucherWire, posted_voucher()), VISMA)
    assert (posted.number, posted.kind, posted.journal_number, posted.external_id) == (5001, "invoice", 8812, KEY)
    assert (posted.total, posted.customer, posted.due_date) == (Decimal("125.00"), "10042", DAY)
    assert [one.amount for one in posted.entries] == [Decimal("125.00"), Decimal("-100.00"), Decimal("-25.00")]
    assert sum(one.amount for one in posted.entries) == 0


def test_unknown_words_and_fields_are_no_fault() -> None:
    wire = parse(PostedVoucherWire, posted_voucher(type="bankUtbetaling", novelty={"a": 1}))
    assert posted_from(wire, VISMA).kind == "bankUtbetaling"


@pytest.mark.parametrize(
    "changes",
    [
        {"journalNumber": "8812"},
        {"journalNumber": None},
        {"voucherNumber": 5001.0},
        {"voucherDate": "29.05.2026"},
        {"voucherDate": 20260529},
        {"totalAmount": 125},
        {"totalAmount": "1e3"},
        {"totalAmount": "NaN"},
        {"totalAmount": "125,00"},
        {"entries": None},
        {"entries": {}},
    ],
)
def test_wrong_types_are_seen(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        parse(PostedVoucherWire, posted_voucher(**changes))


_SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
_NAMES = st.sampled_from(["journalNumber", "entries", "voucherDate", "totalAmount"])
_ANYTHING = st.recursive(_SCALARS, lambda inner: st.lists(inner) | st.dictionaries(_NAMES, inner), max_leaves=8)


@given(_ANYTHING, st.sampled_from(sorted(posted_voucher())))
def test_nothing_that_comes_breaks_the_reading(value: Any, name: str) -> None:
    for whole in (value, posted_voucher(**{name: value})):
        with suppress(Malformed):
            assert parse(PostedVoucherWire, whole).entries is not None
