"""Which posted lines come back as project expenses, and whether they are billable (DESIGN, rule 11).

Amounts are carried as accounting has them, in the company's currency, with the sign of the ledger: a cost is positive, a
credit line or a reversal negative.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bilag.posting.dimensions import LAST_WHOLE_NUMBER_UNIT
from bilag.posting.texts import cut

BILLABLE, NOT_BILLABLE = "1", "2"
OUTGOING = frozenset({"outgoingInvoice", "creditNote"})
"""Voucher types that Bilag itself posts: what came from Moment does not go back there (contracts/decisions.md)."""
_ACCOUNT = re.compile(r"[0-9]{1,20}")
"""Digits as ledgers have them: not every sign that Unicode calls a digit is one."""


@dataclass(frozen=True, slots=True)
class PostedLine:
    """One posted ledger line. (`journal`, `entry`) is its identity for ever; a correction is a new line.

    `net`, `vat`, `gross` are in the company's currency, signed; `currency_amount` is gross in `currency`, None where
    that is the company's own or is not told. `units` are organisational units 1-12 with their values.
    `reverses` is the identity of the line that this one takes back.
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
        """Its identity."""
        return (self.journal, self.entry)

    def unit(self, number: int | None) -> str | None:
        """The value of a unit; None where it has none ("0" in a unit of whole numbers is none)."""
        value = dict(self.units).get(number or 0, "").strip()
        if not value or (number is not None and number <= LAST_WHOLE_NUMBER_UNIT and value.strip("0") == ""):
            return None
        return value


@dataclass(frozen=True, slots=True)
class ExpenseRules:
    """What the setup says of expenses. `from_date` None = no floor."""

    project_unit: int | None
    billability_unit: int | None = None
    account_above: int = 4000
    from_date: date | None = None
    own_journals: frozenset[int] = field(default=frozenset())
    """Journal numbers of vouchers that Bilag posted."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The line comes in, on the project with this value in the project unit.

    `billable` None: the project's price model decides, else the company's default.
    """

    project: str
    billable: bool | None


@dataclass(frozen=True, slots=True)
class Ignored:
    """The line stays in accounting, for a reason of `bilag.messages`."""

    reason: str


def select(line: PostedLine, rules: ExpenseRules) -> Taken | Ignored:
    """Whether the line comes in; that its project exists in Moment is asked by the caller. Never raises."""
    if line.voucher_type in OUTGOING or line.journal in rules.own_journals:
        return Ignored("own_voucher")
    if rules.from_date is not None and line.voucher_date < rules.from_date:
        return Ignored("before_from_date")
    if not _ACCOUNT.fullmatch(line.account) or int(line.account) <= rules.account_above:
        return Ignored("account_not_above")
    if rules.project_unit is None:
        return Ignored("no_project_dimension")
    project = line.unit(rules.project_unit)
    if project is None:
        return Ignored("no_project")
    billable: bool | None = None
    if rules.billability_unit is not None:
        if rules.billability_unit > LAST_WHOLE_NUMBER_UNIT:
            return Ignored("billability_unit_of_text")
        told = line.unit(rules.billability_unit)
        told = told.lstrip("0") if told is not None and told.isdigit() else told
        if told not in (BILLABLE, NOT_BILLABLE):
            return Ignored("billability_not_told")
        billable = told == BILLABLE
    return Taken(project, billable)


WORDS = {
    "en": {"cost": "Cost", "invoice": "invoice", "voucher": "voucher", "rate": "rate"},
    "nb": {"cost": "Kostnad", "invoice": "faktura", "voucher": "bilag", "rate": "kurs"},
}
LONGEST_TITLE, LONGEST_DESCRIPTION = 200, 1000


def described(line: PostedLine, currency: str, language: str) -> tuple[str, str]:
    """Title and description of the expense in Moment: what it is, from whom, by which document.

    `currency` is the company's own. A foreign amount stands in the description with its rate, as the amounts of an
    expense are in the company's currency (contracts/decisions.md).
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
