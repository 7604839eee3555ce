"""What holds for any invoice that one can think of, and for many that one would rather not."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bilag.messages import render_notes, render_problem
from bilag.posting.accrual import AccrualRules
from bilag.posting.chart import Chart
from bilag.posting.dimensions import Dimensions
from bilag.posting.invoice import Invoice, InvoiceLine
from bilag.posting.plan import plan_invoice
from bilag.posting.read_back import differences
from bilag.posting.rules import Rules
from bilag.posting.voucher import Side, VoucherKind
from tests.support.posting.ledger import merged, post
from tests.support.posting.samples import chart
from tests.support.posting.strategies import ACCOUNTS, amounts, good_invoices, periods

RULES = Rules("nb", chart(), Dimensions(project=2, department=1))


@settings(max_examples=150, deadline=None)
@given(good_invoices())
def test_every_voucher_balances_and_is_never_negative(invoice: Invoice) -> None:
    plan = plan_invoice(invoice, RULES)
    assert {problem.code for problem in plan.problems} <= {"vat_sign", "vat_amount_mismatch"}
    assert bool(plan.vouchers) + bool(plan.problems) + plan.nothing_to_post == 1
    for voucher in plan.vouchers:
        debit_of_customer = voucher.total if voucher.kind is VoucherKind.INVOICE else -voucher.total
        assert debit_of_customer == invoice.total
        assert debit_of_customer + sum(entry.signed_gross for entry in voucher.entries) == 0
        assert all(entry.net >= 0 and entry.vat >= 0 and entry.gross > 0 for entry in voucher.entries)
        assert all(not str(amount).startswith("-") for entry in voucher.entries for amount in (entry.net, entry.vat))


@settings(max_examples=150, deadline=None)
@given(good_invoices())
def test_an_entry_is_the_sum_of_its_lines_and_no_line_is_lost(invoice: Invoice) -> None:
    plan = plan_invoice(invoice, RULES)
    if not plan.vouchers:
        return
    by_position = {one.position: one for one in invoice.lines}
    for entry, positions in zip(plan.vouchers[0].entries, plan.fed_by, strict=True):
        sign = 1 if entry.side is Side.CREDIT else -1
        if positions:
            assert sign * entry.net == sum(by_position[position].net for position in positions)
            assert sign * entry.vat == sum(by_position[position].vat for position in positions)
    told_of = [position for positions in plan.fed_by for position in positions]
    told_of += [position for note in plan.notes if note.code == "zero_group_left_out" for position in note.positions]
    assert sorted(told_of) == [one.position for one in invoice.lines if one.account is not None]


@settings(max_examples=150, deadline=None)
@given(good_invoices())
def test_a_credit_note_is_its_invoice_with_sides_swapped(invoice: Invoice) -> None:
    lines = tuple(replace(one, net=-one.net, vat=-one.vat) for one in invoice.lines)
    sums = {"net": -invoice.net, "vat": -invoice.vat, "total": -invoice.total}
    credit = replace(invoice, lines=lines, **sums, is_credit_note=invoice.total > 0, credited_number=None)
    one, other = plan_invoice(invoice, RULES), plan_invoice(credit, RULES)
    assert [problem.code for problem in one.problems] == [problem.code for problem in other.problems]
    assert (one.fed_by, one.nothing_to_post) == (other.fed_by, other.nothing_to_post)
    for posted, credited in zip(one.vouchers, other.vouchers, strict=True):
        assert posted.total == credited.total
        assert posted.kind is not credited.kind or posted.total == 0
        assert credited.entries == tuple(replace(entry, side=entry.side.opposite) for entry in posted.entries)


@settings(max_examples=150, deadline=None)
@given(good_invoices(), st.sampled_from([None, chart()]))
def test_what_is_posted_as_planned_is_proved_and_one_ore_elsewhere_is_found(
    invoice: Invoice, known: Chart | None
) -> None:
    for voucher in plan_invoice(invoice, RULES).vouchers:
        posted = post(voucher, known)
        assert differences(voucher, posted, known) == ()
        assert differences(voucher, merged(posted), known) == ()
        for index, entry in enumerate(posted.entries):
            wrong = replace(entry, currency_amount=entry.currency_amount + Decimal("0.01"))
            entries = (*posted.entries[:index], wrong, *posted.entries[index + 1 :])
            assert differences(voucher, replace(posted, entries=entries), known)


any_text = st.none() | st.text(max_size=30)
any_amount = st.decimals() | amounts | st.sampled_from([Decimal("sNaN"), Decimal("1e999999"), Decimal("-1e-999999")])
any_line = st.builds(
    InvoiceLine,
    position=st.integers(),
    text=any_text,
    account=any_text | st.sampled_from(ACCOUNTS),
    vat_code=any_text | st.sampled_from(["3", "1"]),
    vat_rate=st.none() | any_amount,
    net=any_amount,
    vat=any_amount,
    project=any_text,
    department=any_text,
    service_period=st.none() | periods,
)
any_invoice = st.builds(
    Invoice,
    moment_id=st.integers(),
    version=st.none() | st.integers(),
    number=st.none() | st.integers(),
    finalized=st.booleans(),
    is_credit_note=st.booleans(),
    export_status=st.text(max_size=10),
    invoice_date=st.none() | st.dates(),
    due_date=st.none() | st.dates(),
    finalized_at=st.none() | st.datetimes(),
    description=any_text,
    customer=any_text,
    project=any_text,
    department=any_text,
    your_reference=any_text,
    payment_id=any_text,
    currency=st.text(max_size=4) | st.sampled_from(["NOK", "EUR"]),
    exchange_rate=st.none() | any_amount,
    credited_number=st.none() | st.integers(),
    lines=st.lists(any_line, max_size=5).map(tuple),
    net=any_amount,
    vat=any_amount,
    total=any_amount,
)
any_rules = st.builds(
    Rules,
    language=st.sampled_from(["nb", "en", "xx"]),
    chart=st.sampled_from([None, chart(), chart(accounts={}, vat_codes={}, periods=())]),
    dimensions=st.sampled_from([Dimensions(), Dimensions(project=2, department=7), Dimensions(project=99)]),
    rounding_account=st.sampled_from([None, "7740", "x"]),
    accrual=st.sampled_from([None, AccrualRules("3910", "2965"), AccrualRules("3910", "2965", "days")]),
)


@settings(max_examples=400, deadline=None)
@given(any_invoice, any_rules)
def test_a_plan_never_raises_and_every_problem_can_be_told(invoice: Invoice, rules: Rules) -> None:
    plan = plan_invoice(invoice, rules)
    assert not (plan.vouchers and plan.problems)
    assert plan.vouchers or plan.problems or plan.nothing_to_post
    for problem in plan.problems:
        assert render_problem(problem, "nb").message
        assert problem.subject
    assert all(render_notes(plan.notes, "nb"))
    assert all(plan.lines_of(index) == positions for index, positions in enumerate(plan.fed_by))


@settings(max_examples=100, deadline=None)
@given(good_invoices(), st.data())
def test_a_total_that_is_off_by_more_than_rounding_is_never_posted(invoice: Invoice, data: st.DataObject) -> None:
    with_amount = sum(1 for one in invoice.lines if one.net or one.vat)
    off = data.draw(st.integers(with_amount + 1, 10**6)) * data.draw(st.sampled_from([1, -1]))
    wrong = replace(invoice, total=invoice.net + invoice.vat + Decimal(off) / 100)
    plan = plan_invoice(wrong, RULES)
    assert plan.vouchers == ()
    assert "total_mismatch" in [problem.code for problem in plan.problems]
