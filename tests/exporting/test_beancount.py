"""Vouchers as a beancount book, read by beancount itself."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from beancount.core.data import Open, Transaction

from bilag.exports.beancount import account_name, book
from bilag.exports.entries import JournalVoucher, KnownElsewhere, balances, of_plan, of_posted
from bilag.posting.plan import plan_invoice
from bilag.posting.voucher import UnbalancedError, Voucher
from tests.support.exports import DIMENSIONS, loaded, sums
from tests.support.posting.ledger import post
from tests.support.posting.samples import chart, invoice, line, money, rules

KID = "00100420"
ODD_NAME = "Bruun & <Sønner> \"Ål\" \\ 'Co'\n=1+1"


def planned(**changes: Any) -> tuple[Voucher, ...]:
    lines = changes.pop("lines", (line(1, 1000), line(2, "333.33", account="3010", project="1208")))
    plan = plan_invoice(invoice(*lines, **changes), rules())
    assert not plan.problems, plan.problems
    return plan.vouchers


def as_planned(*vouchers: Voucher, **told: Any) -> list[JournalVoucher]:
    return [of_plan(one, "NOK", DIMENSIONS, chart(), known=KnownElsewhere(**told)) for one in vouchers]


def test_an_invoice_balances_with_its_vat_on_the_vat_account() -> None:
    [voucher] = as_planned(*planned(), customer_name=ODD_NAME)
    found = sums(loaded(book([voucher], "NOK", "Fjell Arkitekter AS", {"3000": "Salgsinntekt"})))
    assert found == {
        "Assets:Customers": money("1666.66"),
        "Income:3000": money(-1000),
        "Income:3010": money("-333.33"),
        "Liabilities:2700": money("-333.33"),
    }


def test_what_belongs_to_a_voucher_and_to_its_entries_is_metadata() -> None:
    [voucher] = as_planned(*planned(payment_id=KID), customer_name=ODD_NAME)
    directives = loaded(book([voucher], "NOK"))
    [one] = [entry for entry in directives if isinstance(entry, Transaction)]
    assert one.payee == "Bruun & <Sønner> \"Ål\" \\ 'Co' =1+1"
    assert (one.meta["invoice"], one.meta["kid"], one.meta["due"]) == ("10042", KID, date(2026, 6, 12))
    income = next(posting for posting in one.postings if posting.account == "Income:3010")
    assert (income.meta["project"], income.meta["department"], income.meta["vat_code"]) == ("1208", "10", "3")
    opened = {entry.account: entry.meta["number"] for entry in directives if isinstance(entry, Open)}
    assert opened["Income:3010"] == "3010"


def test_a_credit_note_mirrors_its_invoice() -> None:
    vouchers = as_planned(*planned(), *planned(lines=(line(1, -1000), line(2, "-333.33", account="3010"))))
    assert sums(loaded(book(vouchers, "NOK"))) == {}


@pytest.mark.parametrize(("currency", "rate"), [("EUR", "11.80345"), ("JPY", "0.0689"), ("SEK", "1.03125678")])
def test_a_foreign_invoice_balances_in_both_currencies(currency: str, rate: str) -> None:
    lines = (line(1, "333.33"), line(2, "0.01", vat="0.00", account="3010"), line(3, "66.67", account="3010"))
    if currency == "JPY":  # which has no decimals
        lines = (line(1, 333, 83), line(2, 1, 0, account="3010"), line(3, 67, 17, account="3010"))
    [voucher] = planned(lines=lines, currency=currency, exchange_rate=Decimal(rate))
    posted = of_posted(post(voucher, chart()), "NOK", DIMENSIONS, chart(), KnownElsewhere(rate=Decimal(rate)))
    directives = loaded(book([posted], "NOK"))
    assert sums(directives) == {
        account_name(key): amount for (what, key), amount in balances([posted]).items() if what == "account"
    }
    [one] = [entry for entry in directives if isinstance(entry, Transaction)]
    assert {posting.units.currency for posting in one.postings} == {currency}
    assert one.meta["rate"] == Decimal(rate)


def test_a_plan_is_told_as_the_ledger_posts_it() -> None:
    [voucher] = planned(currency="EUR", exchange_rate=Decimal("11.80345"))
    expected = of_plan(voucher, "NOK", DIMENSIONS, chart(), receivables="1500")
    posted = of_posted(post(voucher, chart()), "NOK", DIMENSIONS, chart())
    assert balances([expected]) == balances([posted])
    assert balances([posted])["vat", "3"] == money("-3934.44")


def test_vat_without_a_known_account_has_a_documented_name() -> None:
    [voucher] = planned()
    [unknown] = [of_plan(voucher, "NOK", DIMENSIONS, None)]
    assert sums(loaded(book([unknown], "NOK")))["Liabilities:VAT:3"] == money("-333.33")


def test_names_of_accounts_follow_their_class() -> None:
    told = {
        number: account_name(number)
        for number in ("1500", "2050", "2700", "3000", "4300", "8050", "8150", "Kasse å", "9000")
    }
    assert told == {
        "1500": "Assets:1500",
        "2050": "Equity:2050",
        "2700": "Liabilities:2700",
        "3000": "Income:3000",
        "8150": "Expenses:8150",
        "4300": "Expenses:4300",
        "8050": "Income:8050",
        "Kasse å": "Expenses:Other:Kasse-8c0795",
        "9000": "Expenses:Other:9000",
    }


def test_accounts_that_differ_in_a_letter_only_stay_apart() -> None:
    assert account_name("Kasse å") != account_name("Kasse ø")


def test_a_voucher_out_of_balance_cannot_be_told() -> None:
    [voucher] = as_planned(*planned())
    with pytest.raises(UnbalancedError, match=r"out of balance by 0\.01"):
        replace(voucher, entries=(replace(voucher.entries[0], amount=money("1666.67")), *voucher.entries[1:]))


def test_a_book_of_nothing_is_a_book() -> None:
    assert not [one for one in loaded(book([], "NOK", "Fjell")) if isinstance(one, Transaction)]
