"""Currency: the rate as it is given, what one cannot be, yen without decimals, and remainders on the customer's entry."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bilag.messages import render_problem
from bilag.messages.setting_labels import LABELS
from bilag.posting.exchange_rates import CODES, ConfirmedRate, ReferenceRate
from bilag.posting.invoice import Invoice
from bilag.posting.plan import plan_invoice
from bilag.posting.read_back import differences
from bilag.posting.rules import Rules
from bilag.posting.voucher import ZERO
from tests.support.posting.ledger import post
from tests.support.posting.samples import REFERENCES, chart, invoice, line, rules

RATES = {"EUR": "11.4325", "SEK": "1.0234", "DKK": "1.531867", "GBP": "13.45125", "USD": "9.87654321", "JPY": "0.0678"}


def abroad(currency: str, rate: str | None, *nets: str) -> Invoice:
    """An invoice of services abroad in this currency, VAT code 52; one line of 1000 unless given."""
    lines = [line(at, net, 0, account="3100", vat_code="52") for at, net in enumerate(nets or ("1000",), start=1)]
    return invoice(*lines, currency=currency, exchange_rate=None if rate is None else Decimal(rate))


@pytest.mark.parametrize("currency", RATES)
def test_an_invoice_carries_its_currency_and_its_rate_with_all_decimals(currency: str) -> None:
    (voucher,) = plan_invoice(abroad(currency, RATES[currency]), rules()).vouchers
    assert (voucher.currency, voucher.exchange_rate, voucher.total) == (
        currency,
        Decimal(RATES[currency]),
        Decimal("1000.00"),
    )


def test_the_remainder_of_conversion_is_on_the_customers_entry() -> None:
    """Three lines of 0.33 EUR at 11.4325: 3.772725 each, 3.77 in the journal; the customer has 11.31, not 11.32."""
    lines = [
        line(at, "0.33", 0, account=account, vat_code=None) for at, account in enumerate(("3900", "7740"), start=1)
    ]
    lines.append(line(3, "0.33", 0, account="3100", vat_code="52"))
    (voucher,) = plan_invoice(invoice(*lines, currency="EUR", exchange_rate=Decimal("11.4325")), rules()).vouchers
    posted = post(voucher, chart())
    customer, *others = posted.entries
    assert [entry.amount for entry in others] == [Decimal("-3.77")] * 3
    assert (customer.currency_amount, customer.amount) == (Decimal("0.99"), Decimal("11.31"))
    assert differences(voucher, posted, chart()) == ()
    off = replace(customer, amount=customer.amount + Decimal("0.10"))
    assert differences(voucher, replace(posted, entries=(off, *others)), chart())


@pytest.mark.parametrize(
    ("currency", "rate"),
    [("SEK", "97.84"), ("DKK", "153.1867"), ("JPY", "6.78"), ("ISK", "8.1"), ("EUR", "1143.25"), ("SEK", "0.009784")],
)
def test_a_rate_a_hundred_times_wrong_is_told_with_where_to_say_it(currency: str, rate: str) -> None:
    plan = plan_invoice(abroad(currency, rate), rules())
    assert plan.vouchers == ()
    (problem,) = plan.problems
    assert (problem.code, problem.subject) == ("exchange_rate_implausible", "invoice 10042")
    english, norwegian = render_problem(problem, "en"), render_problem(problem, "nb")
    assert english.message == (
        f"The exchange rate {rate} cannot be the price in NOK of one unit of {currency}. "
        f"The European Central Bank's rate of 29 May 2026 is {REFERENCES[currency]} (invoice 10042)."
    )
    assert 'select "Confirm exchange rate"' in english.remedy
    assert f'select the currency under "{LABELS["moment.rates_per_hundred"][0]}" in the setup' in english.remedy
    assert LABELS["moment.rates_per_hundred"][1] in norwegian.remedy


def codes(one: Invoice, by: Rules) -> list[str]:
    return [problem.code for problem in plan_invoice(one, by).problems]


def test_a_currency_without_a_reference_is_a_persons_question() -> None:
    assert codes(abroad("CHF", "12.345"), rules()) == ["exchange_rate_unverified"]
    swedish = rules(chart=chart(base_currency="SEK"))
    assert codes(abroad("JPY", "0.0678"), swedish) == ["exchange_rate_unverified"]


@pytest.mark.parametrize("rate", ["1", "1.0", "1.00000000", "1.000000001", "0.01"])
@pytest.mark.parametrize("currency", ["EUR", "SEK", "CHF"])
def test_a_rate_that_nobody_entered_is_a_problem(currency: str, rate: str) -> None:
    """A krone of Sweden is worth about one of Norway: exactly one it is on few days, and a person says so then."""
    assert codes(abroad(currency, rate), rules()) == ["exchange_rate_default"]
    assert codes(abroad(currency, rate), rules(references=None)) == ["exchange_rate_default"]


@pytest.mark.parametrize(
    ("years", "share", "plausible"),
    [
        (0, "0.75", True),
        (0, "0.7499", False),
        (0, "1.25", True),
        (0, "1.2501", False),
        (2, "0.4", True),
        (2, "0.3999", False),
        (2, "1.6", True),
        (2, "1.6001", False),
    ],
)
def test_the_band_is_a_quarter_and_wider_where_the_reference_is_old(years: int, share: str, plausible: bool) -> None:
    day = abroad("EUR", "10").invoice_date
    assert day is not None
    old = day.replace(year=day.year - years)
    by = rules(references=lambda _currency, _base, _day: ReferenceRate(Decimal(10), old))
    found = plan_invoice(abroad("EUR", str(10 * Decimal(share))), by).problems
    assert [problem.code for problem in found] == ([] if plausible else ["exchange_rate_implausible"])
    if found:
        assert found[0].facts["reference_date"] == old.isoformat()


def test_a_confirmed_rate_is_posted_and_no_other() -> None:
    wrong = abroad("EUR", "20.5")
    assert codes(wrong, rules()) == ["exchange_rate_implausible"]
    confirmed = ConfirmedRate("EUR", Decimal("20.50"))
    by = rules(confirmed_rate=confirmed)
    assert plan_invoice(wrong, by).vouchers[0].exchange_rate == Decimal("20.5")
    assert codes(abroad("EUR", "20.6"), by) == ["exchange_rate_implausible"]
    assert codes(abroad("USD", "20.5"), by) == ["exchange_rate_implausible"]
    assert codes(abroad("CHF", "12"), rules(confirmed_rate=ConfirmedRate("CHF", Decimal(12)))) == []
    assert codes(abroad("SEK", "1"), rules(confirmed_rate=ConfirmedRate("SEK", Decimal(1)))) == []
    zero = rules(confirmed_rate=ConfirmedRate("EUR", Decimal(0)))
    assert codes(abroad("EUR", "0"), zero) == ["exchange_rate_required"], "a person cannot confirm what is no rate"


def test_yen_have_no_decimals() -> None:
    assert plan_invoice(abroad("JPY", "0.0678", "125000"), rules()).vouchers[0].total == Decimal("125000.00")
    plan = plan_invoice(abroad("JPY", "0.0678", "125000", "0.50"), rules())
    assert [(problem.code, problem.subject) for problem in plan.problems] == [
        ("currency_without_decimals", "invoice 10042"),
        ("currency_without_decimals", "line 2"),
    ]
    english = render_problem(plan.problems[1], "en")
    assert english.message == "The amount 0.50 has decimals, but JPY has none (invoice 10042, line 2)."
    assert english.remedy.startswith(
        "Credit the invoice in Moment and create a new one with whole amounts. Then select"
    )


@given(
    st.sampled_from(sorted(RATES)),
    st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=1, max_size=6),
    st.decimals("0.7501", "1.2499", places=4),
)
def test_any_amounts_at_any_rate_balance_in_both_currencies(currency: str, ore: list[int], share: Decimal) -> None:
    """The rate lies anywhere in what is plausible, up to eight decimals."""
    rate = Decimal(REFERENCES[currency]) * share
    assume(rate != 1)
    unit = Decimal(1) if currency == "JPY" else Decimal("0.01")
    one = abroad(currency, str(rate))
    lines = tuple(line(at, str(amount * unit), 0, account="3100", vat_code="52") for at, amount in enumerate(ore, 1))
    total = sum((each.net for each in lines), ZERO)
    one = replace(one, lines=lines, net=total, vat=ZERO, total=total)
    plan = plan_invoice(one, rules())
    assert plan.problems == ()
    for voucher in plan.vouchers:
        posted = post(voucher, chart())
        assert sum(entry.amount for entry in posted.entries) == 0
        assert sum(entry.currency_amount for entry in posted.entries) == 0
        assert differences(voucher, posted, chart()) == ()


def test_a_reference_is_old_after_365_days() -> None:
    day = abroad("EUR", "10").invoice_date
    assert day is not None
    for age, plausible in ((365, False), (366, True)):
        reference = ReferenceRate(Decimal(10), day - timedelta(days=age))
        by = rules(references=lambda _currency, _base, _day, known=reference: known)
        assert codes(abroad("EUR", "14"), by) == ([] if plausible else ["exchange_rate_implausible"]), age


def test_a_rate_is_rounded_to_eight_decimals_half_up_and_none_is_left_of_a_smaller_one() -> None:
    references = {"references": None}
    (voucher,) = plan_invoice(abroad("EUR", "11.123456785"), rules(**references)).vouchers
    assert voucher.exchange_rate == Decimal("11.12345679")
    assert codes(abroad("EUR", "0.000000004"), rules(**references)) == ["exchange_rate_required"]
    (voucher,) = plan_invoice(abroad("EUR", "0.000000005"), rules(**references)).vouchers
    assert voucher.exchange_rate == Decimal("0.00000001")
    assert codes(abroad("EUR", "999999.99999999"), rules(**references)) == []
    assert codes(abroad("EUR", "1000000"), rules(**references)) == ["exchange_rate_required"]


def test_the_invoices_own_rate_can_stand_for_a_confirmed_one() -> None:
    """For a plan that does not judge it, such as that of what is posted already."""
    assert ConfirmedRate.as_given(abroad("EUR", "20.5")) == ConfirmedRate("EUR", Decimal("20.5"))
    assert ConfirmedRate.as_given(abroad("EUR", None)) is None


def test_rules_with_a_confirmed_rate_are_the_companys_for_the_rest() -> None:
    confirmed = ConfirmedRate("EUR", Decimal("20.5"))
    assert rules().with_confirmed_rate(confirmed) == rules(confirmed_rate=confirmed)


NO_MINOR_UNIT = [
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
]


@pytest.mark.parametrize("currency", NO_MINOR_UNIT)
def test_a_currency_whose_minor_unit_is_0_in_iso_4217_has_no_decimals(currency: str) -> None:
    found = codes(abroad(currency, "2", "125000", "0.50"), rules(references=None))
    assert found == ["currency_without_decimals"] * 2


def test_the_problems_that_a_confirmed_rate_resolves_are_those_of_rates() -> None:
    wrong = abroad("EUR", "1"), abroad("EUR", "1150"), abroad("CHF", "12")
    assert [codes(one, rules()) for one in wrong] == [[code] for code in CODES]
