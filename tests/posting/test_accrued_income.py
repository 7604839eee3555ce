"""Accrued income: two vouchers of a month that take each other back, or what stands in their way."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bilag.messages import render_problem
from bilag.posting.accrual import AccrualRules
from bilag.posting.accrued_income import AccruedIncome, AccruedPlan, plan_accrued
from bilag.posting.chart import Account, Period, TextLimits, UnitDefinition
from bilag.posting.dimensions import Dimensions
from bilag.posting.problem import Problem
from bilag.posting.rules import Rules
from bilag.posting.voucher import Entry, Side, VoucherKind
from tests.support.posting.samples import chart, months, rules

ACCOUNTS = AccrualRules("1530", "3090")


def company(language: str = "nb", project: int | None = 2, **of_chart: Any) -> Rules:
    sample = chart()
    own = {number: Account(number, number) for number in ("1530", "3090")}
    known = replace(sample, accounts={**sample.accounts, **own}, **of_chart)
    return rules(chart=known, language=language, dimensions=Dimensions(project=project))


def planned(by: Rules, amount: str = "12000.00", project: str = "1207", month: date = date(2026, 5, 1)) -> AccruedPlan:
    return plan_accrued(AccruedIncome(month, project, Decimal(amount)), ACCOUNTS, by)


def problem(plan: AccruedPlan) -> Problem:
    assert plan.vouchers == ()
    (only,) = plan.problems
    return only


def test_earned_income_is_posted_on_the_months_last_day_and_taken_back_on_the_next() -> None:
    earned, back = planned(company()).vouchers
    text = "Opptjent, ikke fakturert mai 2026, prosjekt 1207"
    of_project: dict[str, Any] = {"units": ((2, "1207"),), "project": "1207"}
    assert (earned.voucher_date, earned.text) == (date(2026, 5, 31), text)
    assert earned.entries == (
        Entry("1530", Side.DEBIT, Decimal("12000.00"), text=text, **of_project),
        Entry("3090", Side.CREDIT, Decimal("12000.00"), text=text, **of_project),
    )
    text = "Tilbakeføring av opptjent mai 2026, prosjekt 1207"
    assert (back.voucher_date, back.text) == (date(2026, 6, 1), text)
    assert back.entries == (
        Entry("3090", Side.DEBIT, Decimal("12000.00"), text=text, **of_project),
        Entry("1530", Side.CREDIT, Decimal("12000.00"), text=text, **of_project),
    )


@pytest.mark.parametrize("amount", ["0.01", "0.99"])
def test_less_than_a_krone_is_posted_on_its_sides(amount: str) -> None:
    earned, _ = planned(company(), amount).vouchers
    assert [(one.side, one.account, one.net) for one in earned.entries] == [
        (Side.DEBIT, "1530", Decimal(amount)),
        (Side.CREDIT, "3090", Decimal(amount)),
    ]


def test_more_invoiced_than_earned_is_posted_on_the_other_sides() -> None:
    earned, back = planned(company(), "-0.01").vouchers
    assert [(one.side, one.account, one.net) for one in earned.entries] == [
        (Side.DEBIT, "3090", Decimal("0.01")),
        (Side.CREDIT, "1530", Decimal("0.01")),
    ]
    assert [(one.side, one.account) for one in back.entries] == [(Side.DEBIT, "1530"), (Side.CREDIT, "3090")]


def test_the_ledger_numbers_both_as_journals_in_its_own_currency() -> None:
    vouchers = planned(company(base_currency="EUR")).vouchers
    assert {(one.number, one.kind, one.currency) for one in vouchers} == {(0, VoucherKind.JOURNAL, "EUR")}


def test_texts_are_english_where_the_company_wants_it_and_as_long_as_the_ledger_takes() -> None:
    earned, back = planned(company("en")).vouchers
    assert (earned.text, back.text) == (
        "Earned, not invoiced May 2026, project 1207",
        "Reversal of earned May 2026, project 1207",
    )
    short, _ = planned(company("en", text_limits=TextLimits(voucher_text=30, entry_text=12))).vouchers
    assert (short.text, {one.text for one in short.entries}) == ("Earned, not invoiced May…", {"Earned, not…"})


def test_no_dimension_for_projects_means_no_project_on_the_entries() -> None:
    (one, _) = planned(company(project=None), project="A-12").vouchers
    assert {(entry.units, entry.project) for entry in one.entries} == {((), None)}
    assert one.text.endswith("prosjekt A-12")


def test_a_project_that_its_unit_cannot_hold_is_a_problem_of_the_project() -> None:
    found = problem(planned(company(), project="A-12"))
    assert (found.code, found.subject, found.facts["unit_name"]) == ("org_unit_not_integer", "project A-12", "Enhet 2")
    text_of_four = {2: UnitDefinition(2, "Prosjekt", integer=False, max_length=4)}
    assert planned(company(units=text_of_four), project="A-12").problems == (), (
        "the ledger's own word on its unit counts"
    )
    assert problem(planned(company(units=text_of_four), project="A-123")).code == "org_unit_too_long"


def test_a_whole_number_is_stored_without_its_zeros_and_shown_as_moment_has_it() -> None:
    (one, _) = planned(company(), project="0012").vouchers
    assert {(entry.units, entry.project) for entry in one.entries} == {(((2, "12"),), "0012")}


@pytest.mark.parametrize(
    ("closed", "period", "day"),
    [(5, "period 2026-05", "2026-05-31"), (6, "period 2026-06", "2026-06-01")],
    ids=["of the month", "of the day after"],
)
def test_a_closed_period_is_told_with_the_month_that_needs_it(closed: int, period: str, day: str) -> None:
    periods = tuple(replace(one, open=one.first.month != closed) for one in months())
    found = problem(planned(company(periods=periods)))
    assert (found.code, found.subject) == ("period_closed", period)
    assert found.facts == {"date": day, "accrual_month": "2026-05", "period": f"{closed}/2026"}


def test_a_day_without_a_period_is_told_where_the_ledger_has_periods() -> None:
    only_may = (Period(date(2026, 5, 1), date(2026, 5, 31), True, "5/2026"),)
    found = problem(planned(company(periods=only_may)))
    assert (found.code, found.subject) == ("period_unknown", "period 2026-06")
    assert found.facts == {"date": "2026-06-01", "accrual_month": "2026-05"}
    assert planned(company(periods=())).problems == (), "nothing is known of its periods"


def test_a_locked_day_is_told_up_to_the_lock_date_itself() -> None:
    assert planned(company(lock_date=date(2026, 5, 30))).problems == ()
    found = problem(planned(company(lock_date=date(2026, 5, 31))))
    assert (found.code, found.subject) == ("date_locked", "period 2026-05")
    assert found.facts == {"date": "2026-05-31", "accrual_month": "2026-05", "lock_date": "2026-05-31"}
    both = planned(company(lock_date=date(2026, 6, 1))).problems
    assert [one.subject for one in both] == ["period 2026-05", "period 2026-06"]


def test_a_wrong_account_is_told_with_its_place_in_the_setup() -> None:
    plan = plan_accrued(AccruedIncome(date(2026, 5, 1), "1207", Decimal(1)), AccrualRules("1530", "3999"), company())
    found = problem(plan)
    assert (found.code, found.subject) == ("setup_account_inactive", "account 3999")
    assert found.facts == {"account": "3999", "setup": "accrued_income.credit_account"}
    assert "credit account for accrued income in the setup" in render_problem(found, "en").message


def test_without_a_chart_nothing_is_checked() -> None:
    by = replace(company(), chart=None)
    assert [one.voucher_date.day for one in planned(by).vouchers] == [31, 1]
