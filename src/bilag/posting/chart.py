"""What the accounting system contains and accepts: accounts, VAT codes, periods, units and limits.

A platform fills a `Chart` in (`AccountingPlatform.chart`) and the posting rules read it. It is a snapshot; the
accounting system has the last word.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """A ledger account.

    `vat_codes_allowed`: None allows any VAT code or none; an empty set allows no VAT code.
    """

    number: str
    name: str
    active: bool = True
    postable: bool = True
    default_vat_code: str | None = None
    vat_codes_allowed: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class VatCode:
    """A VAT code. `rate` is percent; `direction` is output, input or none; `account` receives the VAT amount.

    `standard_code` is the Norwegian standard code (SAF-T) the accounting system maps it to, None if it has none.
    """

    code: str
    name: str
    rate: Decimal
    direction: str
    active: bool = True
    account: str | None = None
    standard_code: str | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """An accounting period; `first` and `last` are both included."""

    first: date
    last: date
    open: bool
    label: str


@dataclass(frozen=True, slots=True)
class UnitDefinition:
    """One organisational unit (1-12): the client's name for it and the values it accepts.

    `integer`: whole numbers 1 to 2147483647; otherwise text of at most `max_length` characters. `dots_allowed` is False
    where a dot has a meaning of its own (PowerOffice Go's sub-projects).
    """

    unit: int
    name: str
    integer: bool
    max_length: int | None = None
    used: bool = True
    dots_allowed: bool = True


@dataclass(frozen=True, slots=True)
class PaymentIdRule:
    """Which KIDs the client accepts. `method` is mod10, mod11, any or none (not checked)."""

    method: str = "any"
    min_length: int = 2
    max_length: int = 25


@dataclass(frozen=True, slots=True)
class NumberRule:
    """Which numbers are accepted: whole numbers from `minimum` to `maximum`, or text of at most `max_length`."""

    integer: bool = False
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class TextLimits:
    """The longest texts the platform accepts, in characters."""

    voucher_text: int = 100
    entry_text: int = 100
    your_reference: int = 60
    name: int = 100
    address_line: int = 100
    city: int = 60


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts, VAT codes, periods, units and limits of one client company."""

    company_name: str
    organisation_number: str | None
    base_currency: str
    accounts: dict[str, Account]
    vat_codes: dict[str, VatCode]
    periods: tuple[Period, ...]
    lock_date: date | None
    units: dict[int, UnitDefinition]
    payment_id_rule: PaymentIdRule = PaymentIdRule()
    customer_number_rule: NumberRule = NumberRule()
    voucher_number_rule: NumberRule = NumberRule(integer=True, minimum=1, maximum=2147483647)
    rounding_account: str | None = None
    system: str = ""
    """The accounting system behind the platform, by the platform's own name for it."""
    text_limits: TextLimits = field(default_factory=TextLimits)
    line_accrual: bool = False
    """The accounting system can spread a line's income itself (`Entry.accrual`) for this client."""

    @property
    def norwegian(self) -> bool:
        """Whether the books are kept in NOK, which Bilag takes to mean Norwegian VAT."""
        return self.base_currency in ("", "NOK")

    def period_of(self, day: date) -> Period | None:
        """Return the period that contains `day`, or None if none is set up."""
        return next((period for period in self.periods if period.first <= day <= period.last), None)
