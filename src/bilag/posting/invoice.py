"""An invoice as Moment finalised it, with its lines.

Amounts are `Decimal` in the invoice's currency, as Moment gave them: positive on a sale, negative on a credit. Nothing
is recomputed; net amounts already include discounts.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ServicePeriod:
    """The days of a line's service, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line. `position` counts from 1 in Moment's order and is shown to users.

    `account`, `vat_code`, `project` and `department` are numbers as text, None if Moment gave none (the invoice's
    project and department then apply). `vat_rate` is percent.
    """

    position: int
    text: str | None
    account: str | None
    vat_code: str | None
    vat_rate: Decimal | None
    net: Decimal
    vat: Decimal
    project: str | None = None
    department: str | None = None
    service_period: ServicePeriod | None = None


@dataclass(frozen=True, slots=True)
class Unnumbered:
    """A project or department that Moment names without a number. `position` is the line's, None for the invoice's own."""

    kind: str
    """project or department"""
    name: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice or credit note of Moment. `total` includes VAT; `exchange_rate` is company currency for one unit.

    `number` is None until Moment finalises the invoice. `is_credit_note` is the type Moment states; where it, the sign
    of the total and `credited_number` contradict each other, the plan has a problem (contracts/decisions.md).
    """

    moment_id: int
    version: int | None
    number: int | None
    finalized: bool
    is_credit_note: bool
    export_status: str
    invoice_date: date | None
    due_date: date | None
    finalized_at: datetime | None
    description: str | None
    customer: str | None
    project: str | None
    department: str | None
    your_reference: str | None
    payment_id: str | None
    currency: str
    exchange_rate: Decimal | None
    credited_number: int | None
    lines: tuple[InvoiceLine, ...]
    net: Decimal
    vat: Decimal
    total: Decimal
    modified_at: datetime | None = None
    customer_name: str | None = None
    customer_moment_id: int | None = None
    project_moment_ids: tuple[tuple[str, int], ...] = ()
    """Project number and Moment id of each project named by the invoice or its lines."""
    departments: tuple[tuple[str, str], ...] = ()
    """Number and name of each department named by the invoice or its lines."""
    unnumbered: tuple[Unnumbered, ...] = ()
    """Projects and departments named by the invoice or its lines that have no number."""
    half_periods: tuple[int, ...] = ()
    """Positions of lines whose service period has a first or a last day only."""
    unknown_type: str | None = None
    """Moment's word for the type, if it is neither invoice nor credit note; empty if Moment stated none."""
