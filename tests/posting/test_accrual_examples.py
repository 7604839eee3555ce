"""The worked examples of docs/accrual.md, each planned and compared with what the page says."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bilag.posting.accrual import AccrualRules
from bilag.posting.accrued_income import AccruedIncome, plan_accrued
from bilag.posting.chart import Account, Period
from bilag.posting.invoice import ServicePeriod
from bilag.posting.plan import plan_invoice
from bilag.posting.rules import Rules
from bilag.posting.voucher import Side, Voucher
from tests.support.paths import ROOT
from tests.support.posting.samples import chart, invoice, line, rules

PAGE = (ROOT / "docs" / "accrual.md").read_text()
INVOICES = re.findall(r"^```example\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
ACCRUED = re.findall(r"^```accrued\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
HEAD = re.compile(r"(?:invoice|credit note) (\S+) net (\S+) service (\S+) to (\S+?)(?: by (\w+))?")


def known(how: AccrualRules | None = None) -> Rules:
    sample = chart(periods=(Period(date(2020, 1, 1), date(2039, 12, 31), True, "open"),))
    more = {number: Account(number, number) for number in ("3910", "2965", "1530", "3090")}
    return rules(chart=replace(sample, accounts={**sample.accounts, **more}), accrual=how)


def moved(voucher: Voucher) -> str:
    """The voucher as the page writes it."""
    sides = {entry.side: entry for entry in voucher.entries}
    debit, credit = sides[Side.DEBIT], sides[Side.CREDIT]
    return f"{voucher.voucher_date} debit {debit.account} credit {credit.account} {debit.net}"


@pytest.mark.parametrize("example", INVOICES, ids=lambda example: example.splitlines()[0])
def test_an_accrued_invoice_is_planned_as_the_page_says(example: str) -> None:
    head, *told = example.splitlines()
    found = HEAD.fullmatch(head)
    assert found is not None
    day, net, first, last, by = found.groups()
    period = ServicePeriod(date.fromisoformat(first), date.fromisoformat(last))
    one = invoice(line(1, net, service_period=period), invoice_date=date.fromisoformat(day), due_date=None)
    plan = plan_invoice(one, known(AccrualRules("3910", "2965", "days" if by == "days" else "months")))
    assert plan.problems == ()
    planned = [
        f"{moved(voucher)} left {row.left}" for voucher, row in zip(plan.vouchers[1:], plan.schedule, strict=True)
    ]
    assert (planned or ["nothing is accrued"]) == told


@pytest.mark.parametrize("example", ACCRUED)
def test_accrued_income_is_planned_as_the_page_says(example: str) -> None:
    head, *told = example.splitlines()
    found = re.fullmatch(r"month (\d+)-(\d+) project (\S+)", head)
    assert found is not None
    month, posted, planned = date(int(found[1]), int(found[2]), 1), Decimal(0), list[str]()
    for given in (row for row in told if row.startswith("given")):
        planned.append(given)
        amount = Decimal(given.removeprefix("given "))
        if amount != posted:
            income = AccruedIncome(month, found[3], amount - posted)
            plan = plan_accrued(income, AccrualRules("1530", "3090"), known())
            assert plan.problems == ()
            planned += map(moved, plan.vouchers)
            posted = amount
    assert planned == told


def test_there_are_examples_of_both() -> None:
    assert (len(INVOICES), len(ACCRUED)) == (8, 3)


def test_what_stands_in_the_way_of_accrued_income_is_told_with_the_setups_account() -> None:
    income = AccruedIncome(date(2026, 2, 1), "1207", Decimal(100))
    sample = rules(chart=chart())
    codes = [problem.code for problem in plan_accrued(income, AccrualRules("1530", "3000"), sample).problems]
    assert codes == ["period_closed", "setup_account_unknown", "accrual_account_needs_vat_code"]
    odd = plan_accrued(replace(income, project="P-1"), AccrualRules("1530", "3090"), known())
    assert [problem.code for problem in odd.problems] == ["org_unit_not_integer"]
