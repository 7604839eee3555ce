"""What the accounting system contains and accepts: accounts, VAT codes, periods, units and limits.

A platform fills a `Chart` in (`AccountingPlatform.chart`) and the posting rules read it. It is a snapshot; the
accounting system has the last word.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
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
    The code holds from `valid_from` to `valid_to`, both included; None: no limit. `others` are the rows of the same code
    for other days: a code keeps its name when its rate changes.
    """

    code: str
    name: str
    rate: Decimal
    direction: str
    active: bool = True
    account: str | None = None
    standard_code: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    others: "tuple[VatCode, ...]" = ()

    def holds_on(self, day: date) -> bool:
        """Return whether this row holds on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def on(self, day: date) -> "VatCode":
        """Return the row of this code that holds on `day`; if none does, this one, inactive."""
        rows = (self, *self.others)
        return next((row for row in rows if row.holds_on(day)), None) or replace(self, active=False)


def vat_codes_by_code(rows: Iterable[VatCode], today: date) -> dict[str, VatCode]:
    """Return the rows by code. Among several rows of a code, the one valid `today` comes first, else the last; the rest are its
    `others`.
    """
    by_code: dict[str, list[VatCode]] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row)
    return {code: _with_others(same, today) for code, same in by_code.items()}


def _with_others(same: list[VatCode], today: date) -> VatCode:
    if len(same) == 1:
        return same[0]
    newest_first = sorted(same, key=lambda row: (row.active, row.valid_from or date.min), reverse=True)
    first = next((row for row in newest_first if row.holds_on(today)), newest_first[0])
    return replace(first, others=tuple(row for row in newest_first if row is not first))


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
    where a dot has a meaning of its own (PowerOffice Go's sub-projects). `zero_is_none`: in a unit of whole numbers, the
    accounting system writes 0 for "no value", so that 0 is no project; in a unit of text, "0" is a value as any other.
    """

    unit: int
    name: str
    integer: bool
    max_length: int | None = None
    used: bool = True
    dots_allowed: bool = True
    zero_is_none: bool = True

    def is_none(self, value: str) -> bool:
        """Return whether `value`, as read from the unit, means that nothing was chosen."""
        return not value or (self.integer and self.zero_is_none and value.isascii() and not value.strip("0"))


@dataclass(frozen=True, slots=True)
class PaymentIdRule:
    """Which KIDs the client accepts. `method` is mod10, mod11, any or none (not checked)."""

    method: str = "any"
    min_length: int = 2
    max_length: int = 25


@dataclass(frozen=True, slots=True)
class NumberRule:
    """Which numbers are accepted: whole numbers from `minimum` to `maximum`, or text of at most `max_length`.

    `ranges`: where numbers may lie in several series, the first and last of each; a number must lie in one of them.
    """

    integer: bool = False
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    ranges: tuple[tuple[int, int], ...] = ()


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
    """The accounts, VAT codes, periods, units and limits of one client company.

    `vat_codes` has one row for each code (`vat_codes_by_code`), that of the day the chart was read; `on` picks those of a voucher's
    date. A ledger without accounting periods has no `periods`: it is open after its `lock_date`.
    """

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
    accrues_on_own_account: bool = False
    """Its accrual takes the income out of the line's own account, instead of the setup's debit account."""
    no_vat_code: str | None = None
    """The accounting system's code for "no VAT": entries without a VAT code are posted and read back with it."""
    not_carried: frozenset[str] = frozenset()
    """The fields of a voucher (`posting.posted.CARRIED`) that the accounting system cannot store: the platform's
    `Capabilities.not_carried`, made visible to the plan.
    """
    largest_attachment: int = 0
    """The largest document in bytes that can be attached to a voucher of this client; 0: none can."""

    @property
    def norwegian(self) -> bool:
        """Whether the books are kept in NOK, which Bilag takes to mean Norwegian VAT."""
        return self.base_currency in ("", "NOK")

    def on(self, day: date | None) -> "Chart":
        """Return the chart with the VAT codes as they are on `day`; this one if `day` is None or nothing differs."""
        if day is None or all(code.holds_on(day) for code in self.vat_codes.values()):
            return self
        return replace(self, vat_codes={code: row.on(day) for code, row in self.vat_codes.items()})

    def needs_vat_code(self, account: Account) -> bool:
        """Return whether the account accepts no entry without a VAT code."""
        return bool(account.vat_codes_allowed) and self.no_vat_code not in (account.vat_codes_allowed or ())

    def vat_code_of(self, code: str | None) -> str | None:
        """Return a VAT code in the form that is compared: None for the code that means none."""
        return None if not code or code == self.no_vat_code else code

    def is_open(self, day: date) -> bool:
        """Return whether vouchers can be posted on `day`, as far as this chart knows."""
        if self.lock_date is not None and day <= self.lock_date:
            return False
        period = self.period_of(day)
        return period.open if period is not None else not self.periods

    def period_of(self, day: date) -> Period | None:
        """Return the period that contains `day`, or None if none is set up."""
        return next((period for period in self.periods if period.first <= day <= period.last), None)
