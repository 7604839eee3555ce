"""The proof of a batch: which voucher, which month and which amount differ, by the ledger's own definitions of its units."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bilag.messages import render_problem
from bilag.posting.accrual import AccrualRules
from bilag.posting.chart import Account, Chart, UnitDefinition
from bilag.posting.invoice import Invoice, ServicePeriod
from bilag.posting.invoice_accrual import vouchers_of
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.posted import UNREAD, Posted
from bilag.posting.problem import Problem
from bilag.posting.read_back import batch_differences, differences, may_be_accepted
from bilag.posting.rules import Rules
from bilag.posting.voucher import Voucher
from tests.support.posting.ledger import post
from tests.support.posting.samples import chart, invoice, line, money, rules

D, C = "3910", "2965"
TEXT_UNITS = {number: UnitDefinition(number, f"Enhet {number}", integer=False, max_length=40) for number in (1, 2)}
"""Units of text: there `0012` and `12` are two projects."""
JUNE_AND_JULY = ServicePeriod(date(2026, 6, 1), date(2026, 7, 31))


def accruing(*, native: bool = False, **changes: Any) -> Rules:
    known = chart(**changes)
    accounts = known.accounts | {number: Account(number, number) for number in (D, C)}
    return rules(chart=replace(known, accounts=accounts, line_accrual=native), accrual=AccrualRules(D, C))


def service(net: int = 600, **changes: Any) -> Invoice:
    return invoice(line(1, net, service_period=JUNE_AND_JULY, **changes))


def posted_batch(by: Rules, one: Invoice | None = None) -> tuple[PostingPlan, list[Posted], Chart]:
    """The plan, and what the journal holds of it: the invoice's voucher first."""
    plan = plan_invoice(one or service(), by)
    assert plan.problems == ()
    assert by.chart is not None
    others = plan.vouchers[1:] or vouchers_of(plan.accruals, plan.invoice, by)
    journals = [replace(post(one, by.chart), number=900_000 + at) for at, one in enumerate(others)]
    return plan, [post(plan.vouchers[0], by.chart), *journals], by.chart


def told(plan: PostingPlan, journal: list[Posted], known: Chart, **how: bool) -> list[dict[str, str]]:
    found = batch_differences(plan.vouchers, journal[0], journal[1:], known, **how)
    assert {(one.code, one.subject, one.facts["invoice"]) for one in found} <= {
        ("posted_differs", "invoice 10042", "10042")
    }
    return [{name: fact for name, fact in one.facts.items() if name != "invoice"} for one in found]


def with_units(posted: Posted, *units: tuple[int, str]) -> Posted:
    return replace(posted, entries=tuple(replace(one, units=units if one.units else ()) for one in posted.entries))


@pytest.mark.parametrize("at", [0, 1])
def test_texts_of_every_voucher_are_compared_until_an_account_may_have_been_renamed(at: int) -> None:
    plan, journal, known = posted_batch(accruing())
    journal[at] = replace(journal[at], text="Something else")
    (found,) = told(plan, journal, known)
    assert (found["field"], found["expected"], found["found"]) == ("text", plan.vouchers[at].text, "Something else")
    assert told(plan, journal, known, texts=False) == []


@pytest.mark.parametrize("native", [False, True], ids=["vouchers", "native"])
@pytest.mark.parametrize("at", [0, 1])
def test_units_of_every_voucher_are_compared_as_the_ledger_defines_them(at: int, native: bool) -> None:
    plan, journal, known = posted_batch(accruing(native=native, units=TEXT_UNITS), service(project="0012"))
    assert told(plan, journal, known) == []
    journal[at] = with_units(journal[at], (1, "10"), (2, "12"))
    assert told(plan, journal, known) != []
    plan, journal, known = posted_batch(accruing(native=native), service(project="0012"))
    journal[at] = with_units(journal[at], (1, "010"), (2, "012"))
    assert told(plan, journal, known) == [], "whole numbers compare as numbers"


def test_a_voucher_missing_from_the_batch_or_too_many_is_named_by_its_date() -> None:
    plan, journal, known = posted_batch(accruing())
    assert told(plan, journal[:-1], known) == [{"field": "voucher", "expected": "2026-07-31", "found": "-"}]
    twice = [*journal, journal[-1]]
    assert told(plan, twice, known) == [{"field": "voucher", "expected": "-", "found": "2026-07-31"}]
    moved = [*journal[:-1], replace(journal[-1], voucher_date=date(2026, 8, 31))]
    assert told(plan, moved, known) == [
        {"field": "voucher", "expected": "-", "found": "2026-08-31"},
        {"field": "voucher", "expected": "2026-07-31", "found": "-"},
    ]


@pytest.mark.parametrize(("net", "sign"), [(600, 1), (-600, -1)], ids=["invoice", "credit note"])
def test_a_month_that_the_ledger_accrued_wrongly_is_told_with_both_amounts(net: int, sign: int) -> None:
    plan, journal, known = posted_batch(accruing(native=True), service(net))
    assert told(plan, journal, known) == []
    debit, credit = journal[2].entries
    journal[2] = replace(
        journal[2], entries=(replace(debit, currency_amount=money(1)), replace(credit, account="2960"))
    )
    by_account = {debit.account: "1.00", credit.account: "0.00", "2960": f"{credit.currency_amount}"}
    common = {"field": "line_accrual", "units": "1=10, 2=1207", "voucher_date": "2026-06-30"}
    planned = {C: f"{sign * 300}.00", D: f"{sign * -300}.00", "2960": "0.00"}
    found = {one["account"]: one for one in told(plan, journal, known)}
    assert found == {
        number: {**common, "account": number, "expected": planned[number], "found": by_account[number]}
        for number in planned
    }


def test_a_month_that_the_ledger_accrued_without_being_asked_is_named_by_its_last_day() -> None:
    plan, journal, known = posted_batch(accruing(native=True))
    more = replace(journal[-1], voucher_date=date(2026, 9, 2))
    assert told(plan, [*journal, more], known) == [{"field": "line_accrual", "expected": "-", "found": "2026-09-30"}]
    assert told(plan, journal[:-1], known) == [{"field": "line_accrual", "expected": "2026-07-31", "found": "-"}]


def test_a_journal_has_no_reference_of_a_customer_and_its_dates_count() -> None:
    plan, journal, known = posted_batch(accruing())
    journal[1] = replace(journal[1], your_reference="Ola")
    assert told(plan, journal, known) == []
    journal[1] = replace(journal[1], value_date=date(2026, 6, 2))
    assert told(plan, journal, known) == [
        {"field": "value_date", "expected": "2026-05-29", "found": "2026-06-02", "voucher_date": "2026-05-29"}
    ]


# --- what a difference of one voucher says -------------------------------------------------------------------------


def of_voucher(change: Any) -> list[dict[str, str]]:
    by = rules()
    (voucher,) = plan_invoice(invoice(line(1), payment_id="0050013"), by).vouchers
    posted = post(voucher, by.chart)
    found = differences(voucher, change(posted), by.chart)
    return [{name: fact for name, fact in one.facts.items() if name != "invoice"} for one in found]


def entry(at: int, **changes: Any) -> Any:
    def change(posted: Posted) -> Posted:
        entries = list(posted.entries)
        entries[at] = replace(entries[at], **changes)
        return replace(posted, entries=tuple(entries))

    return change


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        (
            entry(0, amount=money(1), currency_amount=money(1)),
            [
                {"field": "customer_entry", "expected": "1250.00", "found": "1.00"},
                {"field": "balance", "expected": "0.00", "found": "-1249.00"},
                {"field": "base_balance", "expected": "0.00", "found": "-1249.00"},
            ],
        ),
        (entry(0, customer="10002"), [{"field": "customer", "expected": "10001", "found": "10002"}]),
        (entry(0, payment_id="0050021"), [{"field": "payment_id", "expected": "0050013", "found": "0050021"}]),
        (entry(0, payment_id=""), [{"field": "payment_id", "expected": "0050013", "found": "-"}]),
        (entry(0, due_date=date(2026, 7, 1)), [{"field": "due_date", "expected": "2026-06-12", "found": "2026-07-01"}]),
        (
            entry(1, value_date=date(2026, 6, 1)),
            [{"field": "value_date", "expected": "2026-05-29", "found": "2026-06-01"}],
        ),
        (
            entry(1, text="Honorær"),
            [
                {
                    "field": "entry_text",
                    "expected": "Honorar",
                    "found": "Honorær",
                    "account": "3000",
                    "vat_code": "3",
                    "units": "1=10, 2=1207",
                }
            ],
        ),
        (
            entry(2, amount=money(-251), currency_amount=money(-251)),
            [
                {"field": "balance", "expected": "0.00", "found": "-1.00"},
                {"field": "base_balance", "expected": "0.00", "found": "-1.00"},
                {"field": "vat", "expected": "-250.00", "found": "-251.00", "vat_code": "3"},
            ],
        ),
        (
            entry(1, amount=money("-1000.02")),
            [
                {"field": "base_balance", "expected": "0.00", "found": "-0.02"},
                {"field": "base_amount", "expected": "-1000.00", "found": "-1000.02", "account": "3000"},
            ],
        ),
    ],
    ids=lambda value: value[0]["field"] if isinstance(value, list) else "",
)
def test_a_difference_names_what_was_planned_and_what_the_journal_has(change: Any, facts: list[dict[str, str]]) -> None:
    assert of_voucher(change) == facts


def test_a_merged_entry_may_keep_any_of_the_texts_and_no_other() -> None:
    """Two entries of one account, VAT code and units, which the ledger made one of."""
    (voucher,) = plan_invoice(invoice(line(1)), rules()).vouchers
    first = voucher.entries[0]
    halves = tuple(replace(first, net=money(500), vat=money(125), text=text) for text in ("Skisse", "Forprosjekt"))
    split = replace(voucher, entries=halves)
    assert merged_text(split, "Skisse") == []
    assert merged_text(split, "Forprosjekt") == []
    assert merged_text(split, "Detaljprosjekt") == [("entry_text", "Forprosjekt, Skisse", "Detaljprosjekt")]
    assert merged_text(replace(split, entries=(halves[0], replace(halves[1], text=None))), "Anything") == []


def merged_text(voucher: Voucher, text: str) -> list[tuple[str, str, str]]:
    whole = replace(voucher.entries[0], net=money(1000), vat=money(250), text=text)
    posted = post(replace(voucher, entries=(whole,)), chart())
    found = differences(voucher, posted, chart())
    return [(one.facts["field"], one.facts["expected"], one.facts["found"]) for one in found]


def test_a_difference_in_a_journal_is_told_with_the_journals_date() -> None:
    plan, journal, known = posted_batch(accruing())
    changed = replace(journal[2].entries[0], amount=Decimal(1), currency_amount=Decimal(1))
    journal[2] = replace(journal[2], entries=(changed, *journal[2].entries[1:]))
    found = batch_differences(plan.vouchers, journal[0], journal[1:], known)
    assert {one.facts["voucher_date"] for one in found} == {"2026-06-30"}
    assert "of the accrual voucher of 30 June 2026" in render_problem(found[-1], "en").message


def two_accounts() -> tuple[Voucher, Posted]:
    lines = line(1, text="Skisse"), line(2, 200, 0, account="3100", vat_code="5", text="Befaring")
    (voucher,) = plan_invoice(invoice(*lines), rules()).vouchers
    return voucher, post(voucher, chart())


def test_an_entry_that_is_missing_or_too_many_is_told_as_zero() -> None:
    voucher, posted = two_accounts()
    without = replace(posted, entries=tuple(one for one in posted.entries if one.account != "3100"))
    (net,) = [one.facts for one in differences(voucher, without, chart()) if one.facts["field"] == "net"]
    assert (net["account"], net["expected"], net["found"]) == ("3100", "-200.00", "0.00")
    elsewhere = replace(posted, entries=tuple(moved_vat(one) for one in posted.entries))
    vat = [one.facts for one in differences(voucher, elsewhere, chart())]
    assert [(one["field"], one["vat_code"], one["expected"], one["found"]) for one in vat] == [
        ("vat", "3", "-250.00", "0.00"),
        ("vat", "31", "0.00", "-250.00"),
    ]


def moved_vat(one: Any) -> Any:
    return replace(one, account="2701", vat_code="31") if one.account == "2700" else one


def test_a_missing_entry_does_not_hide_a_wrong_text_of_another() -> None:
    voucher, posted = two_accounts()
    entries = [replace(one, text="Reise") for one in posted.entries if one.account == "3100"]
    others = [one for one in posted.entries if one.account not in ("3000", "3100")]
    found = differences(voucher, replace(posted, entries=(*others, *entries)), chart())
    assert [one.facts["found"] for one in found if one.facts["field"] == "entry_text"] == ["Reise"]


def test_as_many_entries_as_planned_carry_each_text_once() -> None:
    (voucher,) = plan_invoice(invoice(line(1)), rules()).vouchers
    half = replace(voucher.entries[0], net=money(500), vat=money(125))
    planned = replace(voucher, entries=(replace(half, text="Skisse"), replace(half, text="Forprosjekt")))
    twice = replace(voucher, entries=(replace(half, text="Skisse"), replace(half, text="Skisse")))
    swapped = replace(planned, entries=planned.entries[::-1])
    assert differences(planned, post(swapped, chart()), chart()) == ()
    (found,) = differences(planned, post(twice, chart()), chart())
    assert (found.facts["expected"], found.facts["found"]) == ("Forprosjekt, Skisse", "Skisse")


def test_a_wrong_voucher_text_is_told_as_the_journal_has_it() -> None:
    (found,) = of_voucher(lambda posted: replace(posted, text="Noe annet"))
    assert found == {"field": "text", "expected": "Prosjektledelse mai", "found": "Noe annet"}


def fields_of(voucher: Voucher, posted: Posted) -> list[str]:
    return [one.facts["field"] for one in differences(voucher, posted, chart())]


def test_a_missing_entry_is_told_once() -> None:
    voucher, posted = two_accounts()
    without = replace(posted, entries=tuple(one for one in posted.entries if one.account != "3100"))
    assert fields_of(voucher, without) == ["balance", "base_balance", "net"]


def test_a_text_of_an_entry_that_was_not_read_is_not_compared_and_an_empty_one_is_told() -> None:
    voucher, posted = two_accounts()
    unread = tuple(replace(one, text=UNREAD) for one in posted.entries)
    assert fields_of(voucher, replace(posted, entries=unread)) == []
    empty = tuple(replace(one, text=None) if one.account == "3100" else one for one in posted.entries)
    (found,) = differences(voucher, replace(posted, entries=empty), chart())
    assert (found.facts["expected"], found.facts["found"]) == ("Befaring", "-")


LONG = "Prosjektledelse og prosjektering av ny skole, mai 2026, etter avtale av 3. mars"


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (LONG[:59] + "…", True),
        (LONG[:70] + "…", True),
        (LONG[:58] + "…", False),
        (LONG[:59] + "!", False),
        (LONG[1:60] + "…", False),
        (f"  {LONG}\n", True),
        (None, False),
    ],
)
def test_a_ledger_may_cut_a_voucher_text_but_not_below_sixty_characters(text: str | None, fits: bool) -> None:
    (voucher,) = plan_invoice(invoice(description=LONG), rules()).vouchers
    assert voucher.text == LONG
    assert fields_of(voucher, replace(post(voucher, chart()), text=text)) == ([] if fits else ["text"])


def test_blanks_in_what_was_read_are_no_difference() -> None:
    (voucher,) = plan_invoice(invoice(), rules()).vouchers
    posted = post(voucher, chart())
    assert fields_of(voucher, replace(posted, your_reference=" Kari\r\nNilsen ")) == []
    assert fields_of(voucher, replace(posted, your_reference=UNREAD)) == []


def test_a_customers_entry_that_is_missing_is_told_as_zero() -> None:
    (found, *_) = of_voucher(lambda posted: replace(posted, entries=posted.entries[1:]))
    assert found == {"field": "customer_entry", "expected": "1250.00", "found": "0.00"}


@pytest.mark.parametrize(
    ("fields", "may"),
    [
        ([], True),
        (["text"], True),
        (["text", "entry_text", "your_reference", "line_accrual"], True),
        (["text", "net"], False),
        (["date"], False),
    ],
)
def test_a_person_may_accept_texts_and_accruals_and_no_amount_or_date(fields: list[str], may: bool) -> None:
    problems = [Problem("posted_differs", "invoice 10042", {"field": field}) for field in fields]
    assert may_be_accepted(problems) is may


def test_a_difference_without_a_field_is_not_accepted() -> None:
    assert not may_be_accepted([Problem("posted_differs", "invoice 10042")])
