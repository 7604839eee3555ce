"""The proof of posting: what was read back is what was planned, and everything else is found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bilag.messages import render_problem
from bilag.posting.chart import Chart, UnitDefinition
from bilag.posting.dimensions import Dimensions
from bilag.posting.plan import plan_invoice
from bilag.posting.posted import UNREAD, Posted, PostedEntry
from bilag.posting.read_back import differences
from bilag.posting.voucher import Entry, Side, Voucher, VoucherKind
from tests.support.posting.ledger import merged, post
from tests.support.posting.samples import chart, invoice, line, money, rules

CHART = chart()


def voucher() -> Voucher:
    """Two accounts with two VAT codes, a KID, and a rounding entry beside an explicit rounding line."""
    lines = [
        line(1, 1000),
        line(2, 200, 30, vat_code="31"),
        line(3, 300, 0, account="3100", vat_code="5"),
        line(4, "0.25", 0, account="7740", vat_code=None),
    ]
    one = invoice(*lines, payment_id="0050013")
    (planned,) = plan_invoice(replace(one, total=one.total + Decimal("0.01")), rules()).vouchers
    return planned


def fields(posted: Posted, planned: Voucher | None = None, known: Chart | None = CHART) -> list[str]:
    return [problem.facts["field"] for problem in differences(planned or voucher(), posted, known)]


@pytest.mark.parametrize("known", [CHART, None])
def test_what_was_posted_as_planned_has_no_difference(known: Chart | None) -> None:
    assert fields(post(voucher(), known), known=known) == []


def test_a_ledger_may_merge_entries_or_keep_them_apart() -> None:
    posted = post(voucher(), CHART)
    assert len(merged(posted).entries) < len(posted.entries) or posted.entries
    assert fields(merged(posted)) == []
    customer, first, *rest = posted.entries
    halves = [replace(first, amount=amount, currency_amount=amount) for amount in (money(-400), money(-600))]
    assert fields(replace(posted, entries=(customer, *halves, *rest))) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"number": 10043}, ["number"]),
        ({"kind": "creditNote"}, ["type"]),
        ({"voucher_date": date(2026, 5, 30)}, ["date"]),
        ({"due_date": date(2026, 6, 13)}, ["due_date"]),
        ({"due_date": None}, ["due_date"]),
        ({"payment_id": "0050039"}, ["payment_id"]),
        ({"payment_id": None}, ["payment_id"]),
        ({"customer": "10002"}, ["customer"]),
        ({"currency": "EUR"}, ["currency"]),
        ({"total": money("1780.25")}, ["total"]),
        ({"total": money("-1780.26")}, ["total"]),
        ({"total": None}, []),
    ],
)
def test_each_difference_of_the_header_is_found(change: dict[str, object], found: list[str]) -> None:
    assert fields(replace(post(voucher(), CHART), **change)) == found  # type: ignore[arg-type]


def entry_changed(index: int, **change: object) -> Callable[[Posted], Posted]:
    def changed(posted: Posted) -> Posted:
        entries = list(posted.entries)
        entries[index] = replace(entries[index], **change)  # type: ignore[arg-type]
        return replace(posted, entries=tuple(entries))

    return changed


def amount_changed(index: int, amount: str) -> Callable[[Posted], Posted]:
    return entry_changed(index, amount=Decimal(amount), currency_amount=Decimal(amount))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (amount_changed(0, "1780.25"), ["customer_entry", "balance", "base_balance"]),
        (entry_changed(0, customer="10002"), ["customer"]),
        (amount_changed(1, "-999.99"), ["balance", "base_balance", "net"]),
        (amount_changed(2, "-249.99"), ["balance", "base_balance", "vat"]),
        (entry_changed(1, account="3010"), ["net", "net"]),
        (entry_changed(1, vat_code="31"), ["net", "net"]),
        (entry_changed(1, vat_code=None), ["net", "net"]),
        (entry_changed(1, units=((1, "10"), (2, "1311"))), ["net", "net"]),
        (entry_changed(1, units=()), ["net", "net"]),
        (entry_changed(2, vat_code="31"), ["net", "vat"]),
        (entry_changed(2, account="2799"), ["net", "vat"]),
        (entry_changed(1, amount=Decimal("-1000.01")), ["base_balance", "base_amount"]),
    ],
)
def test_each_difference_of_an_entry_is_found(change: Callable[[Posted], Posted], found: list[str]) -> None:
    assert fields(change(post(voucher(), CHART))) == found


def test_two_entries_that_swap_amounts_are_found() -> None:
    posted = post(voucher(), CHART)
    swapped = amount_changed(3, "-300.00")(amount_changed(5, "-200.00")(posted))
    assert [entry.account for entry in (posted.entries[3], posted.entries[5])] == ["3000", "3100"]
    assert fields(swapped) == ["net", "net"]


def test_an_entry_too_many_is_found() -> None:
    posted = post(voucher(), CHART)
    extra = [PostedEntry("6990", money(amount), money(amount)) for amount in (10, -10)]
    assert fields(replace(posted, entries=(*posted.entries, *extra))) == []  # one key that sums to nothing
    others = [PostedEntry("6990", money(10), money(10)), PostedEntry("6991", money(-10), money(-10))]
    assert fields(replace(posted, entries=(*posted.entries, *others))) == ["net", "net"]


def test_a_missing_entry_is_found() -> None:
    posted = post(voucher(), CHART)
    assert fields(replace(posted, entries=posted.entries[:-1])) == ["balance", "base_balance", "net"]


def test_units_are_compared_as_the_ledger_keeps_them() -> None:
    posted = post(voucher(), CHART)
    padded = entry_changed(1, units=((1, "010"), (2, "1207"), (3, "0")))
    assert fields(padded(posted)) == []
    text = chart(units={number: UnitDefinition(number, "", integer=False, max_length=40) for number in (1, 2)})
    planned = replace(
        voucher(), entries=(Entry("3000", Side.CREDIT, money(100), units=((2, "0012"),)),), total=money(100)
    )
    posted = post(planned, text)
    assert fields(posted, planned, text) == []
    assert fields(entry_changed(1, units=((2, "12"),))(posted), planned, text) == ["net", "net"]


def test_a_credit_notes_total_is_negative_and_its_due_date_may_be_the_ledgers() -> None:
    one = invoice(line(1, -1000), due_date=None)
    (planned,) = plan_invoice(one, rules()).vouchers
    posted = post(planned, CHART)
    assert posted.total == money(-1250)
    assert fields(replace(posted, due_date=date(2026, 6, 12)), planned) == []
    assert fields(replace(posted, total=money(1250)), planned) == ["total"]
    upside_down = tuple(
        replace(entry, amount=-entry.amount, currency_amount=-entry.currency_amount) for entry in posted.entries
    )
    assert fields(replace(posted, entries=upside_down), planned) == ["customer_entry", "net", "vat"]


def test_foreign_currency_is_compared_in_currency_and_at_the_planned_rate() -> None:
    lines = [line(1, "33.33", 0, account="3100", vat_code="52"), line(2, "66.67", 0, account="3100", vat_code="5")]
    one = invoice(*lines, currency="EUR", exchange_rate=Decimal("11.4325"))
    (planned,) = plan_invoice(one, rules(dimensions=Dimensions())).vouchers
    posted = post(planned, CHART)
    assert [entry.amount for entry in posted.entries] == [money("1143.25"), money("-381.05"), money("-762.20")]
    assert fields(posted, planned) == []
    other_rate = post(replace(planned, exchange_rate=Decimal("11.5")), CHART)
    assert fields(other_rate, planned) == ["base_amount"] * 3


def test_a_voucher_with_a_total_of_zero_needs_no_customers_entry() -> None:
    one = invoice(line(1, 1000), line(2, -1000, account="3010"))
    (planned,) = plan_invoice(one, rules()).vouchers
    assert fields(post(planned, CHART), planned) == []


def test_a_journal_has_no_customer() -> None:
    entries = (Entry("3910", Side.DEBIT, money(6000)), Entry("2965", Side.CREDIT, money(6000)))
    journal = Voucher(1, VoucherKind.JOURNAL, date(2026, 5, 29), "Periodisering", "NOK", entries)
    assert fields(post(journal, CHART), journal) == []
    assert fields(entry_changed(0, customer="10001")(post(journal, CHART)), journal) == [
        "customer_entry",
        "customer",
        "net",
    ]


def test_a_difference_says_what_was_expected_and_what_was_found() -> None:
    posted = amount_changed(1, "-999.99")(post(voucher(), CHART))
    net = differences(voucher(), posted, CHART)[-1]
    assert (net.code, net.subject) == ("posted_differs", "invoice 10042")
    assert net.facts == {
        "field": "net",
        "expected": "-1000.00",
        "found": "-999.99",
        "invoice": "10042",
        "account": "3000",
        "vat_code": "3",
        "units": "1=10, 2=1207",
    }


# --- what the platform reads back beside amounts ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("your_reference", None),
        ("your_reference", "Kari"),
        ("credited_number", 10001),
        ("text", None),
        ("text", "Prosjektledelse juni"),
        ("value_date", date(2026, 6, 1)),
        ("value_date", None),
    ],
)
def test_a_header_field_that_never_arrived_or_changed_is_a_difference(field: str, value: object) -> None:
    posted = post(voucher(), CHART)
    assert fields(posted) == []
    assert fields(replace(posted, **{field: value})) == [field]
    assert fields(replace(posted, **{field: UNREAD})) == [], "the platform declares that it cannot carry it"


def test_a_lost_credited_number_is_a_difference() -> None:
    (note,) = plan_invoice(invoice(line(1, -1000), credited_number=10001), rules()).vouchers
    posted = post(note, CHART)
    assert fields(posted, note) == []
    (problem,) = differences(note, replace(posted, credited_number=None), CHART)
    assert "the number of the credited invoice" in render_problem(problem, "en").message


def test_texts_of_entries_are_compared_by_account_and_a_merging_ledger_may_leave_some_out() -> None:
    lines = line(1, text="Honorar"), line(2, text="Reise", project="1311"), line(3, text="Kjøring", account="3010")
    (planned,) = plan_invoice(invoice(*lines), rules()).vouchers
    posted = post(planned, CHART)
    assert fields(posted, planned) == []
    assert fields(merged(posted), planned) == []
    for at, entry in enumerate(posted.entries):
        if entry.account not in ("3000", "3010"):
            continue
        for text in (None, "", "HonorÃ¸r"):
            wrong = (*posted.entries[:at], replace(entry, text=text), *posted.entries[at + 1 :])
            assert fields(replace(posted, entries=wrong), planned) == ["entry_text"]
            assert differences(planned, replace(posted, entries=wrong), CHART, texts=False) == ()


def test_an_entry_that_contradicts_the_header_is_a_difference() -> None:
    """A payment is matched by the KID of the customer's entry, and a period by the entries' dates."""
    posted = post(voucher(), CHART)
    customer, *others = posted.entries
    right = replace(customer, payment_id="0050013", due_date=voucher().due_date, value_date=voucher().voucher_date)
    assert fields(replace(posted, entries=(right, *others))) == []
    for name, value in (("payment_id", None), ("payment_id", "0050021"), ("due_date", date(2026, 7, 1))):
        assert fields(replace(posted, entries=(replace(right, **{name: value}), *others))) == [name]
    late = replace(others[0], value_date=date(2026, 6, 1))
    assert fields(replace(posted, entries=(right, late, *others[1:]))) == ["value_date"]


def test_what_was_not_read_is_named_for_the_conformance_kit() -> None:
    posted = post(voucher(), CHART)
    assert posted.unread == frozenset()
    without = replace(posted, text=UNREAD, entries=tuple(replace(entry, text=UNREAD) for entry in posted.entries))
    assert without.unread == {"text", "entry_text"}
