"""Exchange rates through the front door: judged by the references that Bilag ships, and confirmed by a person."""

from datetime import date
from decimal import Decimal

import pytest

from bilag.posting.exchange_rates import ReferenceRate
from bilag.transfers.reference_rates import newest_day, reference_rate
from tests.support.world import World, money
from tests.transfers.test_posting_rules import SERVICES_ABROAD, of_lines, posted, sent

PUBLISHED = [
    "AUD",
    "BRL",
    "CAD",
    "CHF",
    "CZK",
    "DKK",
    "EUR",
    "GBP",
    "HUF",
    "ILS",
    "INR",
    "ISK",
    "JPY",
    "PLN",
    "USD",
    "ZAR",
]


def confirm(company_id: int, number: object, rate: str, origin: str = "Kari") -> None:
    """What the page, the API and the command do."""
    from bilag.transfers.intake import confirm_rate

    confirm_rate.confirm_rate(company_id, str(number), Decimal(rate), origin=origin)


def in_currency(currency: str, rate: float | None) -> dict[str, object]:
    return of_lines({"netAmount": 1000, **SERVICES_ABROAD}, currency=currency, exchangeRate=rate)


def test_the_references_are_those_of_the_day_or_the_last_before_it() -> None:
    friday = reference_rate("EUR", "NOK", date(2024, 5, 31))
    assert friday == ReferenceRate(Decimal("11.383"), date(2024, 5, 31))
    assert reference_rate("EUR", "NOK", date(2024, 6, 2)) == friday, "a Sunday"
    assert reference_rate("EUR", "NOK", date(1998, 12, 31)) is None
    assert reference_rate("XPF", "NOK", date(2024, 5, 31)) is None
    assert newest_day() >= date(2025, 1, 1)


def test_references_between_other_currencies_go_through_the_euro() -> None:
    in_sweden = reference_rate("USD", "SEK", date(2024, 5, 31))
    assert in_sweden is not None
    assert Decimal(10) < in_sweden.rate < Decimal(11)


def test_a_currency_that_ended_has_its_last_reference() -> None:
    roubles = reference_rate("RUB", "NOK", date(2026, 5, 29))
    assert roubles is not None
    assert roubles.day == date(2022, 3, 1)


def test_every_currency_that_the_bank_publishes_has_a_band(world: World) -> None:
    """A rate for a hundred units, or of another currency, is told whatever the currency."""
    numbers = sent(world, *(in_currency(currency, 0.000321) for currency in PUBLISHED))
    assert {number: world.codes(number) for number in numbers} == {
        number: ["exchange_rate_implausible"] for number in numbers
    }


@pytest.mark.parametrize(
    ("currency", "rate", "code"),
    [
        ("EUR", 1, "exchange_rate_default"),
        ("SEK", 1.0, "exchange_rate_default"),
        ("EUR", None, "exchange_rate_required"),
        ("XPF", 0.0965, "exchange_rate_unverified"),
        ("EUR", 21.5, "exchange_rate_implausible"),
    ],
)
def test_a_rate_that_cannot_be_right_or_checked_stops_the_invoice(
    world: World, currency: str, rate: float | None, code: str
) -> None:
    (number,) = sent(world, in_currency(currency, rate))
    assert world.codes(number) == [code]
    assert world.vouchers(number) == []


def test_a_person_confirms_the_rate_of_one_invoice_and_the_log_keeps_it(world: World) -> None:
    from bilag.events.models import Event
    from bilag.transfers.intake.confirm_rate import NothingToConfirm
    from bilag.transfers.models import Transfer

    one, other = sent(world, in_currency("EUR", 21.5), in_currency("EUR", 21.5))
    with pytest.raises(NothingToConfirm):
        confirm(world.company_id, one, "21.6")
    confirm(world.company_id, one, "21.5")
    world.work(rounds=2)
    assert money(posted(world, one)["entries"][0]["amount"]) == Decimal("21500.00")
    assert world.codes(other) == ["exchange_rate_implausible"], "of one invoice"
    event = Event.objects.get(company_id=world.company_id, name="rate_confirmed")
    assert (event.origin, event.facts) == (
        "Kari",
        {
            "kind": "invoice",
            "source": str(world.transfer(one).source_id),
            "number": str(one),
            "currency": "EUR",
            "rate": "21.5",
        },
    )
    with pytest.raises(NothingToConfirm):
        confirm(world.company_id, one, "21.5")
    with pytest.raises(Transfer.DoesNotExist):
        confirm(world.company_id + 1, other, "21.5")


def test_a_confirmation_covers_the_rate_that_was_shown_and_no_later_one(world: World) -> None:
    (number,) = sent(world, in_currency("EUR", 21.5))
    world.moment.ask("PATCH", f"/admin/invoices/number:{number}", {"exchangeRate": 215})
    confirm(world.company_id, number, "21.5")
    world.work(rounds=2)
    assert world.codes(number) == ["exchange_rate_implausible"]
    assert world.transfer(number).problems[0]["facts"]["rate"] == "215"
    assert world.vouchers(number) == []


def test_a_confirmed_invoice_is_no_difference_in_reconciliation(world: World) -> None:
    from bilag.companies.gateways import moment_for, platform_for
    from bilag.companies.store import load_setup
    from bilag.reconciliation.compare_invoice import Judge

    (number,) = sent(world, in_currency("EUR", 1))
    confirm(world.company_id, number, "1")
    world.work(rounds=2)
    posted(world, number)
    setup = load_setup(world.company_id)
    chart = platform_for(setup).chart()
    invoice = moment_for(setup).invoice_by_number(number)
    assert invoice is not None
    assert invoice.invoice_date is not None
    listed = platform_for(setup).list_vouchers(invoice.invoice_date, invoice.invoice_date)
    own = [one for one in listed if one.number == number]
    judge = Judge(setup, chart)
    assert judge.judge(invoice, judge.plan(invoice), own, world.transfer(number), []).found == "matched"
