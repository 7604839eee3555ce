"""Invoices that no one thought of: what Bilag plans without a problem, Tryton posts, and gives back as it was planned."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bilag.platforms.tryton.platform import TrytonPlatform
from bilag.posting.accrual import AccrualRules
from bilag.posting.dimensions import Dimensions
from bilag.posting.invoice import Invoice
from bilag.posting.master import Customer, Department, Project
from bilag.posting.plan import plan_invoice
from bilag.posting.read_back import batch_differences
from bilag.posting.rules import Rules
from tests.support.posting.strategies import good_invoices
from tests.support.tryton.office import Office

EXAMPLES = 25
ACCRUALS = AccrualRules("3910", "2965")
numbers = count(60001)
met: Counter[str] = Counter()


@pytest.fixture(scope="module")
def platform(office: Office) -> TrytonPlatform:
    platform = office.platform()
    platform.put_customer(Customer(1, "10001", "Fjellheim AS", "active", postal_code="0155", city="Oslo"))
    for number in ("10", "20"):
        platform.put_department(Department(number, f"Avdeling {number}"))
    for number in ("1207", "1311", "0012"):
        platform.put_project(Project(1, number, f"Prosjekt {number}", "active", "10001"))
    return platform


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)
@given(invoice=good_invoices(), day=st.dates(date(2026, 3, 1), date(2026, 12, 31)), accrued=st.booleans())
def test_tryton_takes_every_plan_without_problems(
    platform: TrytonPlatform, invoice: Invoice, day: date, accrued: bool
) -> None:
    if not accrued:
        invoice = replace(invoice, lines=tuple(replace(line, service_period=None) for line in invoice.lines))
    invoice = replace(invoice, number=next(numbers), invoice_date=day)
    rules = Rules("nb", platform.chart(), Dimensions(project=2, department=1), accrual=ACCRUALS if accrued else None)
    plan = plan_invoice(invoice, rules)
    if not plan.vouchers:
        met.update(problem.code for problem in plan.problems)
        return
    standing = platform.post_voucher(plan.vouchers, f"plan-{invoice.number}")
    assert standing.state == "posted"
    assert standing.posted is not None
    assert not batch_differences(plan.vouchers, standing.posted, standing.others, platform.chart())
    met["posted"] += 1


def test_most_of_them_were_posted() -> None:
    """Otherwise the test above would say nothing."""
    assert met["posted"] >= EXAMPLES // 2, met
