"""The posting rules of one company."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bilag.posting.accrual import AccrualRules
from bilag.posting.chart import Chart, PaymentIdRule, TextLimits, UnitDefinition
from bilag.posting.dimensions import Dimensions
from bilag.posting.exchange_rates import ConfirmedRate, ReferenceRates
from bilag.posting.text_form import TextForms

DEFAULT_ROUNDING_ACCOUNT = "7740"
DEFAULT_CURRENCY = "NOK"


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that decides how a company's invoices are posted.

    `language` ("nb" or "en") is for the texts that Bilag adds. `chart` None: the accounting system is unknown, and
    nothing that needs it is checked. A list the chart leaves empty (accounts, VAT codes, periods) is not checked
    either. `rounding_account` None: the chart's, else 7740 (DESIGN, rule 4). `accrual` None: nothing is accrued (rule
    8).
    """

    language: str = "nb"
    chart: Chart | None = None
    dimensions: Dimensions = Dimensions()
    rounding_account: str | None = None
    accrual: AccrualRules | None = None
    references: ReferenceRates | None = None
    """Finds the reference that exchange rates are judged by. None: they are not judged."""
    confirmed_rate: ConfirmedRate | None = None
    """The exchange rate that a person confirmed for the invoice at hand."""
    texts: TextForms = TextForms()
    account_names: Mapping[str, str] = field(default_factory=dict)
    """Names of accounts that the chart leaves out."""

    def with_confirmed_rate(self, confirmed: ConfirmedRate | None) -> "Rules":
        """Return these rules for an invoice whose exchange rate a person confirmed."""
        return replace(self, confirmed_rate=confirmed)

    def on(self, day: date | None) -> "Rules":
        """Return these rules with the chart as it is for a voucher of `day`."""
        chart = self.chart.on(day) if self.chart is not None else None
        return self if chart is self.chart else replace(self, chart=chart)

    @property
    def rounding(self) -> str:
        """The account for rounding differences."""
        known = self.chart.rounding_account if self.chart is not None else None
        return self.rounding_account or known or DEFAULT_ROUNDING_ACCOUNT

    @property
    def base_currency(self) -> str:
        """The company's own currency."""
        return (self.chart.base_currency if self.chart is not None else "") or DEFAULT_CURRENCY

    @property
    def text_limits(self) -> TextLimits:
        """The longest texts accepted."""
        return self.chart.text_limits if self.chart is not None else TextLimits()

    @property
    def payment_id_rule(self) -> PaymentIdRule:
        """The rule that KIDs must pass."""
        return self.chart.payment_id_rule if self.chart is not None else PaymentIdRule()

    def unit_definition(self, unit: int) -> UnitDefinition | None:
        """Return the accounting system's definition of a unit, None if it has none."""
        return self.chart.units.get(unit) if self.chart is not None else None

    def account_name(self, number: str) -> str | None:
        """Return the account's name in the accounting system, None if unknown."""
        account = self.chart.accounts.get(number) if self.chart is not None else None
        return account.name if account is not None else self.account_names.get(number)
