"""Select the posted lines that become project expenses in Moment, and whether each is billable (DESIGN, rule 11).

Amounts are in the company's currency with the ledger's sign: a cost is positive, a credit line or a reversal negative.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bilag.posting.dimensions import LAST_WHOLE_NUMBER_UNIT
from bilag.posting.texts import cut

BILLABLE, NOT_BILLABLE = "1", "2"
OUTGOING = frozenset({"outgoingInvoice", "creditNote"})
"""Voucher types that Bilag posts itself; they must not return to Moment (contracts/decisions.md)."""
_ACCOUNT = re.compile(r"[0-9]{1,20}")
"""ASCII digits only: `str.isdigit` accepts more."""


@dataclass(frozen=True, slots=True)
class PostedLine:
    """One posted ledger line, identified for ever by (`journal`, `entry`); a correction is a new line.

    `net`, `vat` and `gross` are signed, in the company's currency. `currency_amount` is gross in `currency`; None if
    that is the company's own currency, or if the platform does not report it. `units` holds organisational unit (1-12)
    and value, without those that mean no value (`posting.dimensions.normalise_unit_value`). `reverses` identifies the
    line this one reverses.
    """

    journal: int
    entry: int
    account: str
    voucher_number: int
    voucher_date: date
    value_date: date
    voucher_type: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    currency: str
    exchange_rate: Decimal = Decimal(1)
    currency_amount: Decimal | None = None
    text: str = ""
    vat_code: str | None = None
    supplier_number: str | None = None
    supplier_name: str | None = None
    supplier_invoice_number: str | None = None
    units: tuple[tuple[int, str], ...] = ()
    documents: tuple[str, ...] = ()
    reverses: tuple[int, int] | None = None

    @property
    def key(self) -> tuple[int, int]:
        """The line's identity, (`journal`, `entry`)."""
        return (self.journal, self.entry)

    def unit(self, number: int | None) -> str | None:
        """Return the value of a unit, None if it has none."""
        return dict(self.units).get(number or 0, "").strip() or None


@dataclass(frozen=True, slots=True)
class ExpenseRules:
    """The expense part of a company's setup. `from_date` None: no first day."""

    project_unit: int | None
    billability_unit: int | None = None
    account_above: int = 4000
    from_date: date | None = None
    own_journals: frozenset[int] = field(default=frozenset())
    """Journal numbers of vouchers that Bilag posted."""


@dataclass(frozen=True, slots=True)
class Selected:
    """The line becomes an expense on the project with this value in the project unit.

    `billable` None: the project's price model decides, else the company's default.
    """

    project: str
    billable: bool | None


class IgnoredReason(StrEnum):
    """Why a posted line is not imported. `messages` has a sentence for each."""

    OWN_VOUCHER = "own_voucher"
    """The line belongs to a voucher that Bilag posted, or to an outgoing one."""
    BEFORE_FROM_DATE = "before_from_date"
    ACCOUNT_NOT_ABOVE = "account_not_above"
    NO_PROJECT_DIMENSION = "no_project_dimension"
    NO_PROJECT = "no_project"
    PROJECT_UNKNOWN = "project_unknown"
    BILLABILITY_UNIT_OF_TEXT = "billability_unit_of_text"
    BILLABILITY_NOT_TOLD = "billability_not_told"
    REVERSED = "reversed"
    """The line and its reversal sum to zero, and neither was imported."""
    REVERSAL_OF_UNKNOWN = "reversal_of_unknown"
    REVERSES_EXCLUDED = "reverses_excluded"
    EXCLUDED = "excluded"
    """A person decided that the line is not imported."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """The line stays in accounting."""

    reason: IgnoredReason


def select(line: PostedLine, rules: ExpenseRules) -> Selected | Ignored:
    """Decide whether a line becomes an expense. Never raises.

    The caller checks that the project exists in Moment.
    """
    if line.voucher_type in OUTGOING or line.journal in rules.own_journals:
        return Ignored(IgnoredReason.OWN_VOUCHER)
    if rules.from_date is not None and line.voucher_date < rules.from_date:
        return Ignored(IgnoredReason.BEFORE_FROM_DATE)
    if not _ACCOUNT.fullmatch(line.account) or int(line.account) <= rules.account_above:
        return Ignored(IgnoredReason.ACCOUNT_NOT_ABOVE)
    if rules.project_unit is None:
        return Ignored(IgnoredReason.NO_PROJECT_DIMENSION)
    project = line.unit(rules.project_unit)
    if project is None:
        return Ignored(IgnoredReason.NO_PROJECT)
    billable: bool | None = None
    if rules.billability_unit is not None:
        if rules.billability_unit > LAST_WHOLE_NUMBER_UNIT:
            return Ignored(IgnoredReason.BILLABILITY_UNIT_OF_TEXT)
        value = line.unit(rules.billability_unit)
        value = value.lstrip("0") if value is not None and value.isdigit() else value
        if value not in (BILLABLE, NOT_BILLABLE):
            return Ignored(IgnoredReason.BILLABILITY_NOT_TOLD)
        billable = value == BILLABLE
    return Selected(project, billable)


WORDS = {
    "en": {"cost": "Cost", "invoice": "invoice", "voucher": "voucher", "rate": "rate"},
    "nb": {"cost": "Kostnad", "invoice": "faktura", "voucher": "bilag", "rate": "kurs"},
}
LONGEST_TITLE, LONGEST_DESCRIPTION = 200, 1000


def describe(line: PostedLine, currency: str, language: str) -> tuple[str, str]:
    """Return title and description of the expense in Moment: the text, the supplier and the document numbers.

    `currency` is the company's own. An expense's amounts are in that currency, so a foreign amount and its rate are put
    in the description (contracts/decisions.md).
    """
    words = WORDS["nb" if language == "nb" else "en"]
    supplier = " ".join((line.supplier_name or "").split())
    title = " ".join(line.text.split()) or supplier or words["cost"]
    parts = [f"{supplier} ({line.supplier_number})" if supplier and line.supplier_number else supplier]
    if line.supplier_invoice_number:
        parts.append(f"{words['invoice']} {line.supplier_invoice_number}")
    parts.append(f"{words['voucher']} {line.voucher_number}")
    if line.currency != currency and line.currency_amount is not None:
        amount = f"{line.currency_amount:.2f}".replace(".", "," if language == "nb" else ".")
        rate = f"{line.exchange_rate.normalize():f}".replace(".", "," if language == "nb" else ".")
        parts.append(f"{line.currency} {amount}, {words['rate']} {rate}")
    return cut(title, LONGEST_TITLE), cut(", ".join(part for part in parts if part), LONGEST_DESCRIPTION)
