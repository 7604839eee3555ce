"""Tryton's rows for expenses. A class's fields are the fields requested."""

from datetime import date
from decimal import Decimal

from bilag.platforms.tryton.rows import AccountTypeRow, AnalyticAccountOfLine, CodeRow, Named
from bilag.platforms.tryton.wire import TrytonRow


class PostedOn(TrytonRow):
    """The day a move was posted, by the server's clock; not its voucher date."""

    post_date: date


class PartyOfCost(TrytonRow):
    """A supplier, or another party of the move."""

    code: str | None
    name: str


class AccountOfCost(TrytonRow):
    """A line's account, and whether it requires a party."""

    code: str | None
    party_required: bool | None
    type: AccountTypeRow | None


class VatOfCost(TrytonRow):
    """A tax line. `type`: base for the taxed amount, tax for the VAT. `amount` has the sign of the VAT return."""

    type: str
    amount: Decimal
    tax: Named


class ShareOfCost(TrytonRow):
    """The part of a line on one analytic account."""

    debit: Decimal
    credit: Decimal
    account: AnalyticAccountOfLine


class CostLineRow(TrytonRow):
    """A move's line. `origin` is what created it, such as the line it cancels."""

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
    """A posted move."""

    origin: str | None
    number: str | None
    date: date
    description: str | None
    lines: list[CostLineRow]


class InvoiceLineRow(TrytonRow):
    """A supplier invoice's line, which has the text; the move's line only refers to it."""

    description: str | None


class SupplierInvoiceRow(TrytonRow):
    """What an invoice adds to its move. `type`: in or out; `reference` is the supplier's own number."""

    lines: list[InvoiceLineRow]
    type: str
    reference: str | None
    total_amount: Decimal | None
    party: PartyOfCost


class AttachmentRow(TrytonRow):
    """A document of a move or an invoice. `type`: data, or link for a URL."""

    name: str
    type: str
    resource: str
    data_size: int | None
