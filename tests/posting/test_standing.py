"""Which vouchers stand: each takes back one other, and only an exact one."""

from datetime import date
from decimal import Decimal

from bilag.posting.posted import Posted, PostedEntry
from bilag.posting.standing import still_standing


def voucher(number: int, amount: str, account: str = "3000", vat_code: str | None = "3") -> Posted:
    net = Decimal(amount)
    entries = (PostedEntry("1500", net, net), PostedEntry(account, -net, -net, vat_code=vat_code))
    return Posted(number, "invoice", number, None, date(2026, 5, 29), "NOK", entries)


def standing(*vouchers: Posted) -> list[int]:
    return [one.number for one in still_standing(vouchers)]


def test_a_voucher_and_its_exact_reversal_count_as_none() -> None:
    assert standing(voucher(1, "100"), voucher(2, "-100")) == []
    assert standing(voucher(2, "-100"), voucher(1, "100")) == []
    assert standing(voucher(1, "100", vat_code=None), voucher(2, "-100", vat_code=None)) == []


def test_a_reversal_takes_back_one_voucher() -> None:
    assert standing(voucher(1, "100"), voucher(2, "100"), voucher(3, "-100")) == [2]
    assert standing(voucher(1, "100"), voucher(2, "-100"), voucher(3, "100")) == [3]
    assert standing(voucher(1, "100"), voucher(2, "-100"), voucher(3, "100"), voucher(4, "-100")) == []


def test_another_amount_account_or_vat_code_takes_nothing_back() -> None:
    assert standing(voucher(1, "100")) == [1]
    assert standing(voucher(1, "100"), voucher(2, "100")) == [1, 2]
    assert standing(voucher(1, "100"), voucher(2, "-50")) == [1, 2]
    assert standing(voucher(1, "100"), voucher(2, "-200")) == [1, 2]
    assert standing(voucher(1, "100"), voucher(2, "-100", account="3100")) == [1, 2]
    assert standing(voucher(1, "100"), voucher(2, "-100", vat_code="31")) == [1, 2]
    assert standing(voucher(1, "100"), voucher(2, "-100", vat_code=None)) == [1, 2]


def test_the_order_of_a_reversals_entries_does_not_matter() -> None:
    back = voucher(2, "-100")
    turned = Posted(2, "invoice", 2, None, back.voucher_date, "NOK", back.entries[::-1])
    assert standing(voucher(1, "100"), turned) == []


def test_a_voucher_of_nothing_stands() -> None:
    assert standing(voucher(1, "0")) == [1]
