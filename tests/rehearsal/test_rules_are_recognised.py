"""Whatever the rules are by which an invoice was posted, its voucher fits them, and compared by them it is equal."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bilag.posting.accrual import AccrualRules, Allocation
from bilag.posting.dimensions import Dimensions
from bilag.posting.exchange_rates import ConfirmedRate
from bilag.posting.invoice import Invoice
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.posted import Posted
from bilag.posting.read_back import batch_differences
from bilag.posting.rules import Rules
from bilag.rehearsal.causes import CauseKind, causes_of
from bilag.rehearsal.evidence import ACCRUAL, DEPARTMENT, NUMBER_OF, PROJECT, ROUNDING, VAT_CODE, Pair, evidence_of
from tests.support.posting.ledger import merged, post
from tests.support.posting.samples import chart, rules
from tests.support.posting.strategies import good_invoices

UNITS = {CauseKind.UNIT_MOVED, CauseKind.UNIT_UNSET, CauseKind.UNIT_EMPTY, CauseKind.UNIT_VALUE, CauseKind.UNIT_OTHER}
BARE = replace(chart(), accounts={}, vat_codes=chart().vat_codes, periods=(), lock_date=None)
dimensions = st.sampled_from(
    [Dimensions(2, 1), Dimensions(2, None), Dimensions(3, 4), Dimensions(None, 1), Dimensions(1, 2)]
)
accruals = st.sampled_from([None, AccrualRules("3910", "2965"), AccrualRules("2965", "3911", Allocation.DAYS)])


some_without_voucher = settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
"""An invoice of 0.00 has no voucher. Some runs draw many of them."""


def rules_of(dims: Dimensions, accrual: AccrualRules | None, rounding: str) -> Rules:
    return rules(chart=BARE, dimensions=dims, accrual=accrual, rounding_account=rounding, references=None)


def planned(invoice: Invoice, of: Rules) -> PostingPlan:
    plan = plan_invoice(invoice, of.with_confirmed_rate(ConfirmedRate.as_given(invoice)))
    assume(plan.vouchers)
    return plan


def posted_by(plan: PostingPlan, *, merge: bool) -> tuple[Posted, tuple[Posted, ...]]:
    made = [post(voucher, BARE) for voucher in plan.vouchers]
    return (merged(made[0]) if merge else made[0]), tuple(made[1:])


@some_without_voucher
@given(good_invoices(), dimensions, accruals, st.sampled_from(["7740", "7745"]), st.booleans())
def test_voucher_fits_the_rules_by_which_it_was_posted(
    invoice: Invoice, dims: Dimensions, accrual: AccrualRules | None, rounding: str, merge: bool
) -> None:
    of = rules_of(dims, accrual, rounding)
    plan = planned(invoice, of)
    voucher, spread = posted_by(plan, merge=merge)
    evidence = evidence_of(Pair(invoice, voucher, spread), BARE, of.language)
    for habit, unit in ((PROJECT, dims.project), (DEPARTMENT, dims.department)):
        if habit in evidence:
            assert str(unit or "none") in evidence[habit]
            assert unit is None or f"{unit}/same" in evidence[NUMBER_OF[habit]]
    for habit, values in evidence.items():
        if habit.startswith(VAT_CODE):
            assert values == [habit.rpartition("/")[2]]
    if ROUNDING in evidence:
        assert rounding in evidence[ROUNDING]
    if ACCRUAL in evidence and spread and accrual is not None:
        assert f"{accrual.debit_account}/{accrual.credit_account}/{accrual.by}" in evidence[ACCRUAL]
    assert batch_differences(plan.vouchers, voucher, spread, BARE, texts=False) == ()


@some_without_voucher
@given(good_invoices(), dimensions, dimensions)
def test_other_units_are_the_only_cause_when_only_units_differ(
    invoice: Invoice, theirs: Dimensions, ours: Dimensions
) -> None:
    posted, _ = posted_by(planned(invoice, rules_of(theirs, None, "7740")), merge=False)
    of = rules_of(ours, None, "7740")
    wrong = batch_differences(planned(invoice, of).vouchers, posted, (), BARE, texts=False)
    numbers = _numbers(invoice)
    kinds = {cause.kind for cause in causes_of(wrong, of, {}, numbers)}
    assert kinds <= UNITS
    assert bool(kinds) == bool(wrong)
    if ours == theirs:
        assert not wrong


def _numbers(invoice: Invoice) -> dict[str, Any]:
    places = (invoice, *invoice.lines)
    return {
        name: frozenset(getattr(one, name) for one in places if getattr(one, name))
        for name in ("project", "department")
    }


ACCRUAL_CAUSES = {kind for kind in CauseKind if kind.startswith("accrual_")}


@some_without_voucher
@given(good_invoices(), accruals, accruals, st.booleans())
def test_other_accrual_is_the_only_cause_when_only_accrual_differs(
    invoice: Invoice, theirs: AccrualRules | None, ours: AccrualRules | None, native: bool
) -> None:
    """`native`: the accounting system would make our accruals itself, from the entries."""
    made = planned(invoice, rules_of(Dimensions(2, 1), theirs, "7740"))
    voucher, spread = posted_by(made, merge=False)
    of = replace(rules_of(Dimensions(2, 1), ours, "7740"), chart=replace(BARE, line_accrual=native))
    plan = planned(invoice, of)
    evidence = evidence_of(Pair(invoice, voucher, spread), BARE, of.language)
    wrong = batch_differences(plan.vouchers, voucher, spread, BARE, texts=False)
    kinds = {cause.kind for cause in causes_of(wrong, of, evidence, _numbers(invoice))}
    assert kinds <= ACCRUAL_CAUSES
    assert bool(kinds) == bool(wrong)
    if ours == theirs:
        assert not wrong
    if theirs is None and wrong:
        assert kinds == {CauseKind.ACCRUAL_MISSING}
    if ours is None and wrong and evidence.get(ACCRUAL):
        assert kinds == {CauseKind.ACCRUAL_NOT_SET}
