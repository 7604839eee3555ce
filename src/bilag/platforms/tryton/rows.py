"""Tryton's rows. A class's fields are the fields requested."""

from datetime import date
from decimal import Decimal
from typing import Any

from bilag.platforms.tryton.wire import TrytonRow, Whole


class Named(TrytonRow):
    """A record with a name."""

    name: str


class CodeRow(TrytonRow):
    """A record with an optional code."""

    code: str | None


class CurrencyRow(TrytonRow):
    """A currency. `digits` is the number of decimals of its amounts."""

    code: str
    digits: Whole


class IdentifierRow(TrytonRow):
    """A party's identifier. Tryton does not check one whose `type` is None."""

    type: str | None
    code: str


class PartyOfCompany(TrytonRow):
    """The company's own party."""

    name: str
    identifiers: list[IdentifierRow]


class CompanyRow(TrytonRow):
    """A company of the database."""

    party: PartyOfCompany
    currency: CurrencyRow


class CreatedRow(TrytonRow):
    """When a record was made, to the microsecond, in Tryton's own notation."""

    create_date: dict[str, Any] | str | None


class AccountTypeRow(TrytonRow):
    """An account's type."""

    receivable: bool | None
    expense: bool | None


class AccountRow(TrytonRow):
    """An account; one without a type is a heading."""

    code: str | None
    name: str
    active: bool | None
    closed: bool | None
    party_required: bool | None
    type: AccountTypeRow | None


class TaxGroupRow(TrytonRow):
    """A tax group. `kind`: sale, purchase or both."""

    kind: str


class TaxRow(TrytonRow):
    """A VAT code, by its name; `rate` is a fraction of one."""

    name: str
    description: str
    active: bool | None
    rate: Decimal | None
    group: TaxGroupRow | None
    invoice_account: CodeRow | None
    credit_note_account: CodeRow | None


class PeriodRow(TrytonRow):
    """A period. `state`: open, closed or locked."""

    name: str
    start_date: date
    end_date: date
    state: str


class AnalyticRow(TrytonRow):
    """An analytic account: a value of a dimension, below its root. `state`: draft, opened or closed."""

    code: str | None
    name: str
    root: Whole | None
    state: str


class TaxOfLine(TrytonRow):
    """A line's VAT code."""

    tax: Named


class AnalyticAccountOfLine(TrytonRow):
    """An analytic account and its root."""

    code: str | None
    root: Whole | None


class AnalyticOfLine(TrytonRow):
    """A line's value in one dimension."""

    account: AnalyticAccountOfLine


class LineRow(TrytonRow):
    """A line of a move, in company currency and, if different, its own."""

    account: CodeRow
    debit: Decimal
    credit: Decimal
    description: str | None
    maturity_date: date | None
    party: CodeRow | None
    second_currency: CodeRow | None
    amount_second_currency: Decimal | None
    tax_lines: list[TaxOfLine]
    analytic_lines: list[AnalyticOfLine]


class MoveRow(TrytonRow):
    """A move, Tryton's voucher. `number` is assigned when it is posted.

    `origin` is what created it, such as the move it cancels.
    """

    origin: str | None
    number: str | None
    date: date
    state: str
    description: str | None
    lines: list[LineRow]


class MechanismRow(TrytonRow):
    """A party's contact. `type`: email, phone …"""

    type: str
    value: str | None


class PartyRow(TrytonRow):
    """A party, with what Bilag manages of a customer."""

    code: str | None
    active: bool | None
    addresses: list[TrytonRow]
    identifiers: list[IdentifierRow]
    contact_mechanisms: list[MechanismRow]


class InvoiceRow(TrytonRow):
    """An invoice created in Tryton itself."""

    number: str | None
    invoice_date: date | None
    party: CodeRow
    total_amount: Decimal | None
