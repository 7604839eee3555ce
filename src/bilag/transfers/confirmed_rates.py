"""The exchange rates that a person has confirmed, each for one invoice. The event log keeps them."""

from decimal import Decimal, InvalidOperation

from bilag.companies.setup import Setup
from bilag.events.models import Event
from bilag.events.record import EventName
from bilag.posting.chart import Chart
from bilag.posting.exchange_rates import ConfirmedRate
from bilag.posting.invoice import Invoice
from bilag.posting.rules import Rules
from bilag.transfers.rules import rules_for


def rules_of_invoice(setup: Setup, chart: Chart | None, invoice: Invoice) -> Rules:
    """Return the company's posting rules, with the exchange rate that a person confirmed for this invoice."""
    rules = rules_for(setup, chart)
    if invoice.currency == rules.base_currency or invoice.number is None:
        return rules
    return rules.with_confirmed_rate(confirmed_rate(setup, invoice.number))


def confirmed_rate(setup: Setup, number: int) -> ConfirmedRate | None:
    """Return the rate that was last confirmed for this invoice of the company's Moment, None if there is none."""
    about = {"number": str(number), "source": str(setup.source_id)}
    events = Event.objects.filter(company_id=setup.company_id, name=EventName.RATE_CONFIRMED, facts__contains=about)
    facts = events.order_by("-id").values_list("facts", flat=True).first()
    try:
        return ConfirmedRate(facts["currency"], Decimal(facts["rate"])) if facts else None
    except (KeyError, InvalidOperation):
        return None
