"""What a conformance case works with: the platform, direct access to its ledger, and numbers that exist there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Protocol

from bilag.platforms.base import AccountingPlatform
from bilag.posting.dimensions import Dimensions, unit_value
from bilag.posting.kid import is_valid_payment_id
from bilag.posting.master import Customer, Department, Project
from bilag.posting.problem import Problem
from bilag.posting.voucher import Entry, Side, Voucher, VoucherKind

HUNDRED = Decimal("100.00")


class NotConforming(AssertionError):
    """The platform breaks a rule of the kit; the message says which."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A supplier's invoice with one line and 25 % VAT, in the company's currency: debit positive."""

    day: date
    account: str
    net: Decimal
    vat: Decimal
    project: str
    supplier_invoice: str
    document: bytes | None = None
    """A PDF."""


class LedgerControl(Protocol):
    """Direct access to the accounting system, as a user there has it."""

    def close_period(self, day: date) -> None:
        """Close the period that contains `day`. In a ledger with only a lock date, that closes everything before it too."""
        ...

    def open_period(self, day: date) -> None:
        """Reopen the period that contains `day`, and all that `close_period` closed with it."""
        ...

    def post_manually(self, number: int, customer: str, total: Decimal) -> None:
        """Post an invoice with this voucher number to this customer, past the platform."""
        ...

    def count_vouchers(self, number: int) -> int:
        """Count the vouchers with this number, posted or stored unposted."""
        ...

    def post_cost(self, cost: Cost) -> int:
        """Post a supplier's invoice with a value for the project only; return a handle for `reverse`."""
        ...

    def reverse(self, posted: int) -> None:
        """Reverse a supplier's invoice."""
        ...

    def attached(self, number: int) -> list[bytes]:
        """Return the documents attached to the voucher with this number."""
        ...


@dataclass(frozen=True, slots=True)
class Sample:
    """Numbers the accounting system accepts. `vat_rate` is percent; `dimensions` is the platform's setup.

    `open_day` and `closing_day` lie in different open periods, `closing_day` in the earlier: a ledger with only a lock date closes
    from the beginning. Nothing else is posted on `closing_day`.
    """

    customer: str
    project: str
    department: str
    sales_account: str
    vat_code: str
    vat_rate: Decimal
    unknown_account: str
    open_day: date
    closing_day: date
    dimensions: Dimensions = Dimensions()
    currency: str = "NOK"
    cost_account: str = "4300"
    accrual_accounts: tuple[str, str] = ("3910", "2965")
    """Two accounts without VAT code."""

    def __post_init__(self) -> None:
        if self.closing_day >= self.open_day:
            raise NotConforming(f"the closing day {self.closing_day} is not before the open day {self.open_day}")


@dataclass(slots=True)
class Kit:
    """All that a case needs. `open_platform` returns a new instance each time, as after a restart."""

    open_platform: Callable[[], AccountingPlatform]
    ledger: LedgerControl
    sample: Sample
    platform: AccountingPlatform = field(init=False)
    _numbers: Iterator[int] = field(default_factory=lambda: count(970001))

    def __post_init__(self) -> None:
        self.platform = self.open_platform()

    def put_master_data(self) -> None:
        """Send the sample's customer, department and project."""
        sample = self.sample
        self.platform.put_customer(self.customer())
        self.platform.put_department(Department(sample.department, "Arkitektur"))
        self.platform.put_project(self.project())

    def customer(self, name: str = "Blåbær & Sønner AS") -> Customer:
        """Return the sample's customer."""
        number = self.sample.customer
        return Customer(1, number, name, "active", address_lines=("Ærlige vei 1",), postal_code="0155", city="Oslo")

    def project(self, name: str = "Nytt hovedkontor") -> Project:
        """Return the sample's project, with its customer and department."""
        sample = self.sample
        return Project(1, sample.project, name, "active", sample.customer, department=sample.department)

    def invoice(self, *, account: str | None = None, day: date | None = None, net: Decimal = HUNDRED) -> Voucher:
        """Return an invoice with a new number: a sale with VAT and a discount on the same account."""
        sample = self.sample
        first = self._entry(net, Side.CREDIT, account)
        discount = self._entry((net / 10).quantize(HUNDRED), Side.DEBIT, None)
        voucher_date = day or sample.open_day
        return Voucher(
            number=next(self._numbers),
            kind=VoucherKind.INVOICE,
            voucher_date=voucher_date,
            text="Prosjektledelse, nytt hovedkontor",
            currency=sample.currency,
            entries=(discount, first),
            total=first.gross - discount.gross,
            due_date=voucher_date + timedelta(days=14),
            customer=sample.customer,
            your_reference="Åse Østby",
            payment_id=self._payment_id(),
        )

    def _payment_id(self) -> str | None:
        """Return a KID that the client accepts, None if it accepts none of 10 digits."""
        rule = self.platform.chart().payment_id_rule
        body = f"{next(self._numbers):09d}"
        made = (body + check for check in "0123456789-")
        return next((one for one in made if is_valid_payment_id(one, rule)), None)

    def credit_note(self, invoice: Voucher) -> Voucher:
        """Return a credit note for the whole invoice."""
        entries = tuple(replace(entry, side=entry.side.opposite) for entry in invoice.entries)
        number, kind = next(self._numbers), VoucherKind.CREDIT_NOTE
        return replace(invoice, number=number, kind=kind, entries=entries, credited_number=invoice.number)

    def journal(self, day: date, related: int | None = None) -> Voucher:
        """Return a journal in base currency that spreads income of the invoice `related`, or a standalone one."""
        debit, credit = self.sample.accrual_accounts
        units = self._entry(HUNDRED, Side.CREDIT, None).units
        sides = ((debit, Side.DEBIT), (credit, Side.CREDIT))
        entries = tuple(Entry(account, side, HUNDRED, text="Periodisering", units=units) for account, side in sides)
        currency = self.platform.chart().base_currency
        return Voucher(
            related or 0, VoucherKind.JOURNAL, day, "Periodisering", currency, entries, related_number=related
        )

    def _entry(self, net: Decimal, side: Side, account: str | None) -> Entry:
        sample = self.sample
        vat = (net * sample.vat_rate / 100).quantize(HUNDRED)
        chosen = {sample.dimensions.project: sample.project, sample.dimensions.department: sample.department}
        units = tuple(sorted((unit, self.in_unit(unit, number)) for unit, number in chosen.items() if unit is not None))
        account = account or sample.sales_account
        return Entry(account, side, net, vat, sample.vat_code, "Honorar", units, sample.project, sample.department)

    def in_unit(self, unit: int, number: str) -> str:
        """Return the unit's value for a project or department number."""
        value = unit_value(unit, number, self.platform.chart().units.get(unit))
        if isinstance(value, Problem):
            raise NotConforming(f"the sample does not fit the unit: {value}")
        return value


def require(holds: bool, message: str) -> None:
    """Raise `NotConforming` with `message` unless `holds`."""
    if not holds:
        raise NotConforming(message)
