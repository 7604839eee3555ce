"""Accrued invoices and accrued income in Tryton: all or none, and the two accounts come to zero."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from bilag.platforms.tryton.platform import TrytonPlatform
from bilag.posting.accrual import AccrualRules
from bilag.posting.accrued_income import AccruedIncome, plan_accrued
from bilag.posting.dimensions import Dimensions
from bilag.posting.invoice import ServicePeriod
from bilag.posting.plan import plan_invoice
from bilag.posting.read_back import batch_differences
from bilag.posting.rules import Rules
from bilag.posting.voucher import Voucher
from tests.support.posting.samples import invoice, line
from tests.support.tryton.office import Office
from tests.support.tryton.samples import put_master_data

PERIOD = ServicePeriod(date(2026, 4, 1), date(2026, 9, 17))


@pytest.fixture(scope="module")
def platform(office: Office) -> TrytonPlatform:
    platform = office.platform()
    put_master_data(platform)
    return platform


def rules(platform: TrytonPlatform) -> Rules:
    accrual = AccrualRules("3910", "2965", "days")
    return Rules("nb", platform.chart(), Dimensions(project=2, department=1), accrual=accrual)


def posted(platform: TrytonPlatform, vouchers: Sequence[Voucher], key: str) -> None:
    standing = platform.post_voucher(vouchers, key)
    assert standing.posted is not None
    assert batch_differences(vouchers, standing.posted, standing.others, platform.chart()) == ()
    assert len(standing.others) == len(vouchers) - 1


def moves(office: Office, key: str, account: str) -> list[Decimal]:
    """Debit less credit on an account, by date."""
    asked = [["move.description", "like", f"{key}%"], ["account.code", "=", account]]
    rows = office.person.read("account.move.line", asked, "debit", "credit", "move.date")
    return [row["debit"] - row["credit"] for row in sorted(rows, key=lambda row: row["move."]["date"])]


@pytest.mark.parametrize(
    ("number", "net", "day"), [(31001, "1000.00", date(2026, 4, 15)), (31002, "-333.33", date(2026, 6, 2))]
)
def test_both_accounts_come_to_zero(number: int, net: str, day: date, platform: TrytonPlatform, office: Office) -> None:
    one = invoice(line(1, net, service_period=PERIOD), number=number, customer="10042", invoice_date=day, due_date=None)
    plan = plan_invoice(one, rules(platform))
    assert plan.problems == ()
    key = f"moment-4021-invoice-{number}"
    posted(platform, plan.vouchers, key)
    for account in ("2965", "3910"):
        found = moves(office, key, account)
        assert len(found) == len(plan.vouchers) - 1
        assert sum(found) == 0


def test_accrued_income_is_posted_and_taken_back(platform: TrytonPlatform, office: Office) -> None:
    income = AccruedIncome(date(2026, 5, 1), "1207", Decimal("500.00"))
    plan = plan_accrued(income, AccrualRules("3910", "2965"), rules(platform))
    assert plan.problems == ()
    posted(platform, plan.vouchers, "moment-4021-accrued-202605-1207-1")
    assert moves(office, "moment-4021-accrued-202605-1207-1", "3910") == [500, -500]
