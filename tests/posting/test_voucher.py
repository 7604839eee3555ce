"""A voucher that cannot be posted cannot be made, whatever went wrong before."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bilag.posting.plan import plan_invoice
from bilag.posting.voucher import Entry, Side, UnbalancedError, Voucher, VoucherKind
from bilag.posting.voucher_builder import VoucherBuilder
from tests.support.posting.samples import invoice, line, rules

INCOME = Entry("3000", Side.CREDIT, Decimal("1000.00"), Decimal("250.00"))


def voucher(*entries: Entry, kind: VoucherKind = VoucherKind.INVOICE, total: str = "1250.00") -> Voucher:
    return Voucher(10042, kind, date(2026, 5, 29), "Honorar", "NOK", entries, total=Decimal(total))


def test_net_and_vat_are_on_one_side_and_the_customer_on_the_other() -> None:
    assert (INCOME.gross, INCOME.signed_gross) == (Decimal("1250.00"), Decimal("-1250.00"))
    back = replace(INCOME, side=Side.CREDIT.opposite)
    assert (back.side, back.signed_gross, back.side.opposite) == (Side.DEBIT, Decimal("1250.00"), Side.CREDIT)
    assert voucher(INCOME).entries == (INCOME,)
    assert voucher(back, kind=VoucherKind.CREDIT_NOTE).entries == (back,)
    assert voucher(INCOME, back, kind=VoucherKind.JOURNAL, total="0.00").entries == (INCOME, back)


@pytest.mark.parametrize(
    ("entries", "kind", "total", "told"),
    [
        ((), VoucherKind.INVOICE, "1250.00", "voucher 10042 has no entries"),
        ((INCOME,), VoucherKind.INVOICE, "-1250.00", "voucher 10042 has the negative total -1250.00"),
        ((INCOME,), VoucherKind.INVOICE, "1250.01", "voucher 10042 is out of balance by 0.01"),
        ((INCOME,), VoucherKind.INVOICE, "1249.99", "voucher 10042 is out of balance by -0.01"),
        ((INCOME,), VoucherKind.CREDIT_NOTE, "1250.00", "voucher 10042 is out of balance by -2500.00"),
        ((INCOME,), VoucherKind.JOURNAL, "0.00", "voucher 10042 is out of balance by -1250.00"),
    ],
)
def test_a_voucher_out_of_balance_is_refused(
    entries: tuple[Entry, ...], kind: VoucherKind, total: str, told: str
) -> None:
    with pytest.raises(UnbalancedError) as raised:
        voucher(*entries, kind=kind, total=total)
    assert str(raised.value) == told


@pytest.mark.parametrize(
    ("amounts", "told"),
    [
        ({"net": "-0.01"}, "net of account 3000 is -0.01: it must be positive with two decimals"),
        ({"net": "1", "vat": "-0.25"}, "vat of account 3000 is -0.25: it must be positive with two decimals"),
        ({"net": "1.005"}, "net of account 3000 is 1.005: it must be positive with two decimals"),
        ({"net": "0", "vat": "0.001"}, "vat of account 3000 is 0.001: it must be positive with two decimals"),
    ],
)
def test_an_amount_below_zero_or_of_three_decimals_is_refused(amounts: dict[str, str], told: str) -> None:
    with pytest.raises(UnbalancedError) as raised:
        Entry("3000", Side.CREDIT, **{name: Decimal(amount) for name, amount in amounts.items()})
    assert str(raised.value) == told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"number": None}, "an invoice without number or date must not reach the voucher builder"),
        ({"invoice_date": None}, "an invoice without number or date must not reach the voucher builder"),
        (
            {"currency": "EUR", "exchange_rate": None},
            "a foreign currency without a rate must not reach the voucher builder",
        ),
    ],
)
def test_the_builder_refuses_what_the_plan_reports(changes: dict[str, Any], told: str) -> None:
    groups = [(group, ()) for group in groups_of(line())]
    with pytest.raises(ValueError) as raised:
        VoucherBuilder(invoice(**changes), rules()).build(groups, Decimal(0))
    assert str(raised.value) == told


def groups_of(*lines: Any) -> Any:
    from bilag.posting.grouping import group_lines

    return group_lines(lines).groups


@pytest.mark.parametrize(("stated", "kind"), [(True, "credit_note"), (False, "invoice")])
def test_a_total_of_zero_is_what_moment_states(stated: bool, kind: str) -> None:
    one = invoice(line(1, 1000), line(2, -1000, account="3010"), is_credit_note=stated)
    (posted,) = plan_invoice(one, rules()).vouchers
    assert (posted.kind, posted.total) == (kind, Decimal("0.00"))


def test_a_rounded_rate_is_noted_as_it_is_posted() -> None:
    one = invoice(line(1, 100, 0, account="3100", vat_code="52"), currency="EUR", exchange_rate=Decimal("11.123456785"))
    (note,) = plan_invoice(one, rules()).notes
    assert (note.code, dict(note.facts)) == ("exchange_rate_rounded", {"rate": "11.12345679"})
