"""The rules of one company: all that decides how its invoices become vouchers."""

from dataclasses import dataclass

from bilag.posting.accrual import AccrualRules
from bilag.posting.chart import Chart, PaymentIdRule, TextLimits, UnitDefinition
from bilag.posting.dimensions import Dimensions

DEFAULT_ROUNDING_ACCOUNT = "7740"
DEFAULT_CURRENCY = "NOK"


@dataclass(frozen=True, slots=True)
class Rules:
    """How invoices are posted. `language` ("nb" or "en") is of the texts that Bilag adds.

    `chart` None: nothing is known of the accounting system; what needs it is not checked, and its own refusal counts.
    A list that the chart leaves empty (accounts, VAT codes, periods) is not checked either.
    `rounding_account` None: the chart's, else 7740 (DESIGN, rule 4). `accrual` None: nothing is accrued (rule 8).
    """

    language: str = "nb"
    chart: Chart | None = None
    dimensions: Dimensions = Dimensions()
    rounding_account: str | None = None
    accrual: AccrualRules | None = None

    @property
    def rounding(self) -> str:
        """The account that takes differences of an øre."""
        known = self.chart.rounding_account if self.chart is not None else None
        return self.rounding_account or known or DEFAULT_ROUNDING_ACCOUNT

    @property
    def base_currency(self) -> str:
        """The company's own currency."""
        return (self.chart.base_currency if self.chart is not None else "") or DEFAULT_CURRENCY

    @property
    def text_limits(self) -> TextLimits:
        """The longest texts that are taken."""
        return self.chart.text_limits if self.chart is not None else TextLimits()

    @property
    def payment_id_rule(self) -> PaymentIdRule:
        """How a KID is checked."""
        return self.chart.payment_id_rule if self.chart is not None else PaymentIdRule()

    def unit_definition(self, unit: int) -> UnitDefinition | None:
        """What the accounting system says of a unit, or None where it says nothing."""
        return self.chart.units.get(unit) if self.chart is not None else None

    def account_name(self, number: str) -> str | None:
        """The account's name in the accounting system, where it is known."""
        account = self.chart.accounts.get(number) if self.chart is not None else None
        return account.name if account is not None else None
