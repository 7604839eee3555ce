"""The rows of Tryton that Bilag reads. A class's fields are what is asked for."""

from datetime import date
from decimal import Decimal

from bilag.platforms.tryton.wire import TrytonRow, Whole


class Named(TrytonRow):
    """Anything with a name."""

    name: str


class CodeRow(TrytonRow):
    """Anything with a code; some have none."""

    code: str | None


class CurrencyRow(TrytonRow):
    """`digits` is how many decimals amounts have."""

    code: str
    digits: Whole


class IdentifierRow(TrytonRow):
    """A number of a party; `type` None is not checked by Tryton."""

    type: str | None
    code: str


class PartyOfCompany(TrytonRow):
    """The party that the company is."""

    name: str
    identifiers: list[IdentifierRow]


class CompanyRow(TrytonRow):
    """A company in the database."""

    party: PartyOfCompany
    currency: CurrencyRow


class AccountTypeRow(TrytonRow):
    """What kind of account it is."""

    receivable: bool | None
    expense: bool | None


class AccountRow(TrytonRow):
    """An account; without a type it is a heading."""

    code: str | None
    name: str
    active: bool | None
    closed: bool | None
    party_required: bool | None
    type: AccountTypeRow | None


class TaxGroupRow(TrytonRow):
    """`kind`: sale, purchase or both."""

    kind: str


class TaxRow(TrytonRow):
    """A VAT code by its name; `rate` is a fraction of one."""

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
    """A value of a dimension, under its root. `state`: draft, opened or closed."""

    code: str | None
    name: str
    root: Whole | None
    state: str


class TaxOfLine(TrytonRow):
    """The VAT code that a line was posted with."""

    tax: Named


class AnalyticAccountOfLine(TrytonRow):
    """A value and the root it is under."""

    code: str | None
    root: Whole | None


class AnalyticOfLine(TrytonRow):
    """One value of one dimension on a line."""

    account: AnalyticAccountOfLine


class LineRow(TrytonRow):
    """One line of a move, in company currency and, where it is in another, in that."""

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
    """A move: what Tryton calls a voucher. `number` is given when it is posted; `origin` tells what made it, such as
    the move that it cancels."""

    origin: str | None
    number: str | None
    date: date
    state: str
    description: str | None
    lines: list[LineRow]


class MechanismRow(TrytonRow):
    """How a party is reached. `type`: email, phone …"""

    type: str
    value: str | None


class PartyRow(TrytonRow):
    """A party with what Bilag keeps of a customer."""

    code: str | None
    active: bool | None
    addresses: list[TrytonRow]
    identifiers: list[IdentifierRow]
    contact_mechanisms: list[MechanismRow]


class InvoiceRow(TrytonRow):
    """An invoice made by hand in Tryton itself."""

    number: str | None
    invoice_date: date | None
    party: CodeRow
    total_amount: Decimal | None
