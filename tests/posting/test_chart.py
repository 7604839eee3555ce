"""VAT codes have days, customer numbers lie in several ranges, and a ledger may have only a lock date."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bilag.posting.chart import NumberRule, VatCode, vat_codes_by_code
from bilag.posting.check_header import is_number_accepted
from bilag.posting.plan import plan_invoice
from bilag.posting.posted import CARRIED, MARKED
from bilag.posting.read_back import differences
from tests.support.posting.ledger import post
from tests.support.posting.samples import chart, invoice, rules

TODAY = date(2026, 6, 1)
OLD = VatCode("3", "Utgående 25 %", Decimal(24), "output", account="2799", valid_to=date(2026, 4, 30))
NEW = VatCode("3", "Utgående 25 %", Decimal(25), "output", account="2701", valid_from=date(2026, 5, 1))


def test_of_several_rows_of_one_code_todays_stands_first_and_the_day_picks() -> None:
    for rows in ([OLD, NEW], [NEW, OLD]):
        codes = vat_codes_by_code([*rows, VatCode("0", "Uten", Decimal(0), "none")], TODAY)
        assert sorted(codes) == ["0", "3"]
        assert (codes["3"].account, len(codes["3"].others)) == ("2701", 1)
        by_day = {day: codes["3"].on(day).account for day in (date(2026, 4, 30), date(2026, 5, 1))}
        assert by_day == {date(2026, 4, 30): "2799", date(2026, 5, 1): "2701"}


def test_on_a_day_on_which_no_row_holds_the_code_is_inactive() -> None:
    gap = replace(NEW, valid_from=date(2026, 7, 1))
    codes = vat_codes_by_code([OLD, gap], TODAY)
    assert not codes["3"].on(date(2026, 5, 15)).active
    assert codes["3"].on(date(2026, 7, 1)).active


def test_chart_without_days_is_the_same_on_every_day() -> None:
    same = chart()
    assert same.on(date(1999, 1, 1)) is same
    assert same.on(None) is same


def test_the_vouchers_date_picks_the_rate_and_the_vat_account() -> None:
    codes = {**chart().vat_codes, **vat_codes_by_code([OLD, NEW], TODAY)}
    by = rules(chart=chart(vat_codes=codes))
    late, early = invoice(invoice_date=date(2026, 5, 29)), invoice(invoice_date=date(2026, 4, 29))
    planned = plan_invoice(late, by)
    assert planned.problems == ()
    assert "vat_amount_mismatch" in {problem.code for problem in plan_invoice(early, by).problems}
    posted = post(planned.vouchers[0], by.chart)
    assert differences(planned.vouchers[0], posted, by.chart) == ()


@pytest.mark.parametrize(
    ("number", "accepted"), [("9999", False), ("10000", True), ("19999", True), ("20000", False), ("50000", True)]
)
def test_customer_number_lies_in_one_of_several_ranges(number: str, accepted: bool) -> None:
    rule = NumberRule(integer=True, ranges=((10000, 19999), (50000, 59999)))
    assert is_number_accepted(number, rule) == accepted
    by = rules(chart=chart(customer_number_rule=rule))
    problems = plan_invoice(invoice(customer=number), by).problems
    assert [one.code for one in problems] == ([] if accepted else ["customer_number_invalid"])
    assert all(one.facts["ranges"] == "10000-19999, 50000-59999" for one in problems)


def test_ledger_with_only_a_lock_date_is_open_after_it() -> None:
    locked = chart(periods=(), lock_date=date(2026, 4, 30))
    assert [locked.is_open(day) for day in (date(1990, 1, 1), date(2026, 4, 30), date(2026, 5, 1))] == [
        False, False, True,
    ]  # fmt: skip
    early = plan_invoice(invoice(invoice_date=date(2026, 4, 30), due_date=None), rules(chart=locked))
    assert [one.code for one in early.problems] == ["date_locked"]
    assert plan_invoice(invoice(), rules(chart=locked)).problems == ()


def test_only_what_is_carried_is_compared() -> None:
    by = rules()
    [voucher] = plan_invoice(invoice(payment_id="0050013"), by).vouchers
    read = post(voucher, by.chart)
    bare = replace(
        read,
        number=77,
        due_date=None,
        payment_id=None,
        entries=tuple(replace(one, units=()) for one in read.entries),
    )
    wrong = {problem.facts["field"] for problem in differences(voucher, bare, by.chart)}
    assert {"number", "due_date", "payment_id", "net"} <= wrong
    not_read = replace(bare, not_read=frozenset(MARKED))
    assert differences(voucher, not_read, by.chart) == ()
    assert not_read.unread >= set(MARKED)
    assert set(MARKED) <= set(CARRIED)
