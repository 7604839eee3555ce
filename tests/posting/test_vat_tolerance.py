"""A group of many lines: each line's VAT is right, and the sum is further off than the ledger lets one entry be."""

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilag.messages import render_notes
from bilag.posting.accrual import AccrualRules
from bilag.posting.chart import Account
from bilag.posting.invoice import InvoiceLine, ServicePeriod
from bilag.posting.invoice_accrual import vouchers_of
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.read_back import batch_differences, differences
from bilag.posting.rules import Rules
from bilag.posting.voucher import ZERO
from tests.support.posting.ledger import merged, post
from tests.support.posting.samples import chart, invoice, line, rules

TOLERANCE = Decimal("1.00")
RATE = Decimal("0.25")


def hours(count: int, net: str = "0.02", vat: str = "0.01", **changes: Any) -> list[InvoiceLine]:
    """Lines whose VAT is rounded up by half an øre each."""
    return [line(at, net, vat, **changes) for at in range(1, count + 1)]


def entries_are_right(plan: PostingPlan) -> None:
    """Each entry's VAT is within the tolerance, and no line is lost or posted twice."""
    (voucher, *_) = plan.vouchers
    for entry in voucher.entries:
        assert abs(entry.vat - entry.net * RATE) <= TOLERANCE
        assert entry.gross > 0
    positions = [position for fed in plan.fed_by for position in fed]
    assert sorted(positions) == [one.position for one in plan.invoice.lines]
    by_position = {one.position: one for one in plan.invoice.lines}
    for entry, fed in zip(voucher.entries, plan.fed_by, strict=True):
        assert entry.net == abs(sum((by_position[position].net for position in fed), ZERO))


def test_the_rounding_of_many_lines_is_posted_as_several_entries_and_noted() -> None:
    plan = plan_invoice(invoice(*hours(201)), rules())
    assert plan.problems == ()
    entries_are_right(plan)
    assert [len(fed) for fed in plan.fed_by] == [200, 1]
    assert [(entry.account, entry.vat_code, entry.units) for entry in plan.vouchers[0].entries] == [
        ("3000", "3", ((1, "10"), (2, "1207")))
    ] * 2
    assert [one.positions for one in plan.notes] == [tuple(range(1, 202))]
    (note,) = render_notes([replace(one, positions=()) for one in plan.notes], "en")
    assert note.startswith("The amounts on account 3000 are posted as 2 entries")


def test_a_group_within_the_tolerance_stays_whole() -> None:
    plan = plan_invoice(invoice(*hours(200)), rules())
    assert (len(plan.vouchers[0].entries), plan.notes) == (1, ())


def test_order_and_other_groups_stay() -> None:
    lines = [
        *hours(150),
        line(151, 100, account="3010"),
        *[replace(one, position=one.position + 151) for one in hours(150)],
    ]
    plan = plan_invoice(invoice(*lines), rules())
    assert [entry.account for entry in plan.vouchers[0].entries] == ["3000", "3000", "3010"]
    assert plan.fed_by[2] == (151,)


def test_a_line_that_is_wrong_by_itself_is_a_problem_of_its_group() -> None:
    plan = plan_invoice(invoice(*hours(201), line(202, 1000, "251.01")), rules())
    assert [problem.code for problem in plan.problems] == ["vat_amount_mismatch"]


def test_lines_that_are_right_and_together_on_both_sides_are_posted_on_both() -> None:
    """Net -0.01 and VAT 0.49 cannot be one entry; the lines behind them can be two."""
    lines = [*hours(100), line(101, "-2.01", "-0.51")]
    plan = plan_invoice(invoice(*lines), rules())
    assert plan.problems == ()
    assert [entry.side for entry in plan.vouchers[0].entries] == ["credit", "debit"]
    single = plan_invoice(invoice(line(1, "-1", "0.50")), rules())
    assert [problem.code for problem in single.problems] == ["vat_sign"]


@pytest.mark.parametrize("native", [False, True])
def test_a_split_group_is_accrued_and_proven(native: bool) -> None:
    lines = hours(401, "100.02", "25.01", service_period=ServicePeriod(date(2026, 5, 1), date(2026, 6, 30)))
    known = chart(line_accrual=native)
    more = {number: Account(number, number, vat_codes_allowed=frozenset()) for number in ("3910", "2965")}
    by = rules(chart=replace(known, accounts={**known.accounts, **more}), accrual=AccrualRules("3910", "2965"))
    plan = plan_invoice(invoice(*lines), by)
    assert plan.problems == ()
    assert len(plan.vouchers[0].entries) == 3
    deferred = sum((move.total for move in plan.accruals if move.day == plan.invoice.invoice_date), ZERO)
    assert abs(deferred - plan.invoice.net / 2) <= Decimal("0.02")
    assert sum((move.total for move in plan.accruals), ZERO) == 0
    own = vouchers_of(plan.accruals, plan.invoice, by) if native else ()  # what the accounting system makes itself
    posted = [post(voucher, by.chart) for voucher in (*plan.vouchers, *own)]
    assert batch_differences(plan.vouchers, posted[0], posted[1:], by.chart) == ()
    assert batch_differences(plan.vouchers, merged(posted[0]), posted[1:], by.chart) == ()


right_lines = st.lists(
    st.tuples(st.integers(-5_000, 5_000).filter(bool), st.integers(-90, 90)), min_size=1, max_size=60
)


@settings(max_examples=200, deadline=None)
@given(right_lines, st.integers(1, 12))
def test_right_lines_are_postable_whatever_their_number(drawn: list[tuple[int, int]], times: int) -> None:
    """Each line's VAT is a quarter of its net, off by up to 0.90 to its own side."""
    lines = []
    for at, (net_ore, off) in enumerate(drawn * times, start=1):
        net = Decimal(net_ore) / 100
        vat = (net * RATE).quantize(ZERO, ROUND_HALF_UP) + Decimal(off) / 100
        if (vat < 0) != (net < 0) and vat != 0:
            vat = ZERO if abs(net * RATE) <= TOLERANCE else (net * RATE).quantize(ZERO, ROUND_HALF_UP)
        lines.append(line(at, str(net), str(vat)))
    plan = plan_invoice(invoice(*lines), rules())
    assert plan.problems == ()
    for voucher in plan.vouchers:
        entries_are_right(plan)
        posted = post(voucher, chart())
        assert differences(voucher, posted, chart()) == ()
        assert differences(voucher, merged(posted), chart()) == ()


def test_without_a_chart_nothing_is_split_by_rate() -> None:
    plan = plan_invoice(invoice(*hours(500)), Rules("nb"))
    assert len(plan.vouchers[0].entries) == 1


def test_a_wrong_line_is_told_with_the_whole_group() -> None:
    (problem,) = plan_invoice(invoice(line(1), line(2, vat="252.00")), rules()).problems
    assert (problem.code, problem.facts["lines"]) == ("vat_amount_mismatch", "1, 2")


def test_vat_that_is_left_alone_is_one_entry() -> None:
    plan = plan_invoice(invoice(line(1, 100, "25.00"), line(2, -100, "-24.99")), rules())
    assert [(entry.net, entry.vat) for entry in plan.vouchers[0].entries] == [(ZERO, Decimal("0.01"))]


def test_a_line_of_text_stays_with_the_first_entry() -> None:
    plan = plan_invoice(invoice(*hours(201), line(202, 0)), rules())
    assert [(len(fed), 202 in fed) for fed in plan.fed_by] == [(201, True), (1, False)]


def test_one_krone_without_vat_is_one_entry() -> None:
    lines = [line(1, "0.40", 0, account="3100", vat_code="5"), line(2, "0.60", 0, account="3100", vat_code="5")]
    assert len(plan_invoice(invoice(*lines), rules()).vouchers[0].entries) == 1
