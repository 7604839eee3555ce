"""Which posted lines come back as expenses, whether they are billable, and that each one left out is told why."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.messages import render_ignored_reason
from bilag.messages.ignored_reasons import IGNORED
from bilag.posting.expense import ExpenseRules, Ignored, IgnoredReason, PostedLine, Selected, describe, select
from tests.support.paths import ROOT

PROJECT, BILLABILITY = 2, 3
RULES = ExpenseRules(project_unit=PROJECT, billability_unit=BILLABILITY)
WITHOUT_BILLABILITY = ExpenseRules(project_unit=PROJECT)
SOURCE = ROOT / "src" / "bilag"


def line(*, units: dict[int, str] | None = None, **changes: Any) -> PostedLine:
    """Model material of 1 000.00 on project 1207, billable."""
    posted = PostedLine(
        journal=8741,
        entry=2,
        account="4300",
        voucher_number=20015,
        voucher_date=date(2026, 5, 11),
        value_date=date(2026, 5, 11),
        voucher_type="incomingInvoice",
        net=Decimal("1000.00"),
        vat=Decimal("250.00"),
        gross=Decimal("1250.00"),
        currency="NOK",
        units=tuple((units if units is not None else {PROJECT: "1207", BILLABILITY: "1"}).items()),
    )
    return replace(posted, **changes)


def test_cost_on_a_project_comes_in_as_billable_or_not() -> None:
    assert select(line(), RULES) == Selected("1207", True)
    assert select(line(units={PROJECT: "1207", BILLABILITY: "2"}), RULES) == Selected("1207", False)


@pytest.mark.parametrize("told", ["01", "0001", " 1 "])
def test_billability_is_a_number_however_it_is_written(told: str) -> None:
    assert select(line(units={PROJECT: "1207", BILLABILITY: told}), RULES) == Selected("1207", True)


@pytest.mark.parametrize("told", ["0", "3", "11", "12", "-1", "1.0", "x", "²", "", " "])
def test_line_that_says_neither_billable_nor_not_stays_in_accounting(told: str) -> None:
    assert select(line(units={PROJECT: "1207", BILLABILITY: told}), RULES) == Ignored("billability_not_told")


def test_line_without_a_billability_stays_where_a_unit_is_chosen_and_comes_in_undecided_where_none_is() -> None:
    silent = line(units={PROJECT: "1207"})
    assert select(silent, RULES) == Ignored("billability_not_told")
    assert select(silent, WITHOUT_BILLABILITY) == Selected("1207", None)


@pytest.mark.parametrize("unit", range(7, 13))
def test_billability_in_a_unit_of_text_keeps_every_line_back(unit: int) -> None:
    rules = replace(RULES, billability_unit=unit)
    assert select(line(units={PROJECT: "1207", unit: "1"}), rules) == Ignored("billability_unit_of_text")


@pytest.mark.parametrize(
    ("account", "comes"), [("4000", False), ("4001", True), ("3999", False), ("2710", False), ("7140", True), ("40001", True)]
)  # fmt: skip
def test_account_must_lie_strictly_above_the_limit(account: str, comes: bool) -> None:
    chosen = select(line(account=account), RULES)
    assert chosen == (Selected("1207", True) if comes else Ignored("account_not_above"))


def test_limit_of_the_setup_counts() -> None:
    assert select(line(account="4300"), replace(RULES, account_above=4300)) == Ignored("account_not_above")
    assert select(line(account="1500"), replace(RULES, account_above=0)) == Selected("1207", True)


@pytest.mark.parametrize("account", ["", "4300A", "²", "٤٣٠٠", "-4300", "4300.5"])
def test_account_that_is_no_number_is_above_nothing(account: str) -> None:
    assert select(line(account=account), RULES) == Ignored("account_not_above")


@pytest.mark.parametrize("kind", ["outgoingInvoice", "creditNote"])
def test_invoices_and_credit_notes_do_not_go_back_where_they_came_from(kind: str) -> None:
    assert select(line(voucher_type=kind), RULES) == Ignored("own_voucher")


def test_voucher_that_bilag_posted_does_not_come_back() -> None:
    assert select(line(voucher_type="journal"), replace(RULES, own_journals=frozenset({8741}))) == Ignored(
        "own_voucher"
    )
    assert select(line(voucher_type="journal"), replace(RULES, own_journals=frozenset({8742}))) == Selected(
        "1207", True
    )


@pytest.mark.parametrize("kind", ["incomingInvoice", "incomingCreditNote", "journal", "payment", "other", "newWord"])
def test_every_other_voucher_can_be_a_cost(kind: str) -> None:
    assert select(line(voucher_type=kind), RULES) == Selected("1207", True)


def test_floor_is_the_date_of_the_voucher_and_that_day_counts() -> None:
    rules = replace(RULES, from_date=date(2026, 5, 11))
    assert select(line(), rules) == Selected("1207", True)
    assert select(line(voucher_date=date(2026, 5, 10)), rules) == Ignored("before_from_date")
    late = line(voucher_date=date(2026, 5, 10), value_date=date(2026, 6, 1))
    assert select(late, rules) == Ignored("before_from_date")


@pytest.mark.parametrize("value", ["", " "])
def test_line_without_a_project_stays(value: str) -> None:
    assert select(line(units={PROJECT: value, BILLABILITY: "1"}), RULES) == Ignored("no_project")
    assert select(line(units={BILLABILITY: "1"}), RULES) == Ignored("no_project")


@pytest.mark.parametrize("unit", [1, 6, 7, 12])
def test_what_the_platform_read_as_a_value_is_a_project_whatever_the_unit(unit: int) -> None:
    """Whether "0" means no value is said by the chart's unit, and the platform leaves it out (`UnitDefinition.is_none`)."""
    assert select(line(units={unit: "0"}), ExpenseRules(project_unit=unit)) == Selected("0", None)


def test_nothing_can_come_in_where_no_unit_is_chosen_for_projects() -> None:
    assert select(line(), ExpenseRules(project_unit=None)) == Ignored("no_project_dimension")


def test_credit_line_comes_in_with_its_sign() -> None:
    back = line(
        net=Decimal("-456.00"), vat=Decimal("-114.00"), gross=Decimal("-570.00"), voucher_type="incomingCreditNote"
    )
    assert select(back, RULES) == Selected("1207", True)


def test_every_reason_that_a_line_is_ignored_for_has_a_sentence() -> None:
    assert set(IGNORED) == set(IgnoredReason)


@pytest.mark.parametrize("reason", IGNORED)
def test_reason_is_told_in_both_languages(reason: str) -> None:
    english, norwegian = render_ignored_reason(reason, "en"), render_ignored_reason(reason, "nb")
    assert english != norwegian
    for text in (english, norwegian):
        assert text[0].isupper()
        assert text.endswith(".")
    assert render_ignored_reason(reason, "sv") == english


def test_unit_of_text_for_billability_says_what_to_do() -> None:
    assert "Select one of the units 1 to 6 in the setup" in render_ignored_reason("billability_unit_of_text", "en")
    assert "Velg en av enhetene 1 til 6 i oppsettet" in render_ignored_reason("billability_unit_of_text", "nb")
    assert render_ignored_reason("brand_new", "nb") == "brand_new"


@given(
    account=st.text(max_size=8),
    kind=st.sampled_from(["incomingInvoice", "creditNote", "journal", ""]),
    units=st.dictionaries(st.integers(1, 12), st.text(max_size=10), max_size=4),
    project=st.none() | st.integers(1, 12),
    billability=st.none() | st.integers(1, 12),
)
def test_any_line_is_either_taken_or_ignored_for_a_reason_that_can_be_told(
    account: str, kind: str, units: dict[int, str], project: int | None, billability: int | None
) -> None:
    chosen = select(line(account=account, voucher_type=kind, units=units), ExpenseRules(project, billability))
    if isinstance(chosen, Selected):
        assert int(account) > 4000
        assert chosen.project == units[project or 0].strip()
        assert (chosen.billable is None) == (billability is None)
    else:
        assert chosen.reason in IGNORED


def test_unit_6_is_the_last_whole_number() -> None:
    in_six = ExpenseRules(project_unit=PROJECT, billability_unit=6)
    assert select(line(units={PROJECT: "1207", 6: "2"}), in_six) == Selected("1207", False)


def test_no_unit_chosen_has_no_value() -> None:
    assert line(units={1: "10", PROJECT: "1207"}).unit(None) is None


# --- what the expense is called in Moment --------------------------------------------------------------------------

FROM_ABROAD = {"currency": "EUR", "currency_amount": Decimal("100.5"), "exchange_rate": Decimal("11.5000")}


@pytest.mark.parametrize(
    ("changes", "language", "title", "description"),
    [
        ({"text": "Modell  av\nbalsa"}, "nb", "Modell av balsa", "bilag 20015"),
        ({}, "nb", "Kostnad", "bilag 20015"),
        ({}, "en", "Cost", "voucher 20015"),
        ({"supplier_name": " Modell \n AS "}, "nb", "Modell AS", "Modell AS, bilag 20015"),
        (
            {"text": "Balsa", "supplier_name": "Modell AS", "supplier_number": "50017"},
            "nb",
            "Balsa",
            "Modell AS (50017), bilag 20015",
        ),
        ({"supplier_number": "50017"}, "nb", "Kostnad", "bilag 20015"),
        (
            {"supplier_name": "Modell AS", "supplier_invoice_number": "F-1"},
            "en",
            "Modell AS",
            "Modell AS, invoice F-1, voucher 20015",
        ),
        ({"supplier_invoice_number": "F-1"}, "nb", "Kostnad", "faktura F-1, bilag 20015"),
        (FROM_ABROAD, "nb", "Kostnad", "bilag 20015, EUR 100,50, kurs 11,5"),
        (FROM_ABROAD, "en", "Cost", "voucher 20015, EUR 100.50, rate 11.5"),
        ({**FROM_ABROAD, "currency_amount": None}, "en", "Cost", "voucher 20015"),
        ({**FROM_ABROAD, "currency": "NOK"}, "en", "Cost", "voucher 20015"),
    ],
)
def test_an_expense_is_called_by_its_text_and_told_with_supplier_and_numbers(
    changes: dict[str, Any], language: str, title: str, description: str
) -> None:
    assert describe(line(**changes), "NOK", language) == (title, description)


def test_title_and_description_are_as_long_as_moment_takes() -> None:
    title, description = describe(line(text="x" * 201, supplier_name="y" * 1001), "NOK", "nb")
    assert (title, description) == ("x" * 199 + "…", "y" * 999 + "…")
    whole, _ = describe(line(text="x" * 200), "NOK", "nb")
    assert whole == "x" * 200
