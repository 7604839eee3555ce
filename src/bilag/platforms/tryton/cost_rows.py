"""The rows of Tryton that are read for expenses. A class's fields are what is asked for."""

from datetime import date
from decimal import Decimal

from bilag.platforms.tryton.rows import AccountTypeRow, AnalyticAccountOfLine, CodeRow, Named
from bilag.platforms.tryton.wire import TrytonRow


class PostedOn(TrytonRow):
    """The day that a move was posted on, by the server's clock: never its voucher date."""

    post_date: date


class PartyOfCost(TrytonRow):
    """A supplier, or whoever the move is about."""

    code: str | None
    name: str


class AccountOfCost(TrytonRow):
    """The account of a line, and whether it is one of parties."""

    code: str | None
    party_required: bool | None
    type: AccountTypeRow | None


class VatOfCost(TrytonRow):
    """`type`: base for what VAT is taken of, tax for the VAT itself. `amount` has the sign of the line's VAT return."""

    type: str
    amount: Decimal
    tax: Named


class ShareOfCost(TrytonRow):
    """So much of a line is on this value."""

    debit: Decimal
    credit: Decimal
    account: AnalyticAccountOfLine


class CostLineRow(TrytonRow):
    """A line as it is read for expenses. `origin` tells what made it, such as the line that it cancels."""

    account: AccountOfCost
    debit: Decimal
    credit: Decimal
    description: str | None
    origin: str | None
    party: PartyOfCost | None
    second_currency: CodeRow | None
    amount_second_currency: Decimal | None
    tax_lines: list[VatOfCost]
    analytic_lines: list[ShareOfCost]


class CostMoveRow(TrytonRow):
    """A posted move as it is read for expenses."""

    origin: str | None
    number: str | None
    date: date
    description: str | None
    lines: list[CostLineRow]


class InvoiceLineRow(TrytonRow):
    """What was bought: the move's line only points here."""

    description: str | None


class SupplierInvoiceRow(TrytonRow):
    """What an invoice adds to its move. `type`: in or out; `reference` is the supplier's own number."""

    lines: list[InvoiceLineRow]
    type: str
    reference: str | None
    total_amount: Decimal | None
    party: PartyOfCost


class AttachmentRow(TrytonRow):
    """A document beside a move or an invoice. `type`: data, or link for an address."""

    name: str
    type: str
    resource: str
    data_size: int | None
