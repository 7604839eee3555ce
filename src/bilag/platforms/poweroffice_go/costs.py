"""Convert the transactions of a voucher to lines that may become expenses. Pure.

Go posts VAT as transactions of its own on the VAT account; the cost's transaction tells its share. A reversal names the voucher it
reverses, and its lines are matched with that voucher's one by one.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from bilag.platforms.base import Said, UnreadableLine
from bilag.platforms.poweroffice_go.books import NO_VAT, Books
from bilag.platforms.poweroffice_go.mapping import POSTED_AS, units_of
from bilag.platforms.poweroffice_go.wire import TransactionWire
from bilag.posting.expense import PostedLine
from bilag.posting.texts import cut, one_line
from bilag.posting.voucher import ZERO

LONGEST_TEXT = 500
CENT, RATE, TOO_LARGE = Decimal("0.01"), Decimal("0.000001"), Decimal(10) ** 15
OWN_VOUCHER_TYPE = "outgoingInvoice"
"""The type of vouchers from Moment, and of those that reverse them: neither returns to Moment."""
TYPES = {
    "OutgoingInvoice": OWN_VOUCHER_TYPE,
    "OutgoingCreditNote": "creditNote",
    "IncomingInvoice": "incomingInvoice",
    "IncomingCreditNote": "incomingCreditNote",
}
KEY = "moment-"
"""The prefix of external ids (`bilag.transfers.external_ids`)."""
Rows = Sequence[TransactionWire]


def costs_of(
    rows: Rows, original: Rows, names: Mapping[int, str], documents: Sequence[str], books: Books
) -> list[PostedLine | UnreadableLine]:
    """Convert every transaction but those of parties, debit positive; `original` is the voucher that this one reverses.

    `names` are suppliers by number. What cannot be read becomes an `UnreadableLine`.
    """
    kind = type_of(rows, original)
    reversed_ids = match_reversed(rows, original)
    supplier = next(
        (row.supplier_account_no for row in (*rows, *original) if row.supplier_account_no is not None), None
    )
    found: list[PostedLine | UnreadableLine] = []
    for row in rows:
        if row.of_a_party:
            continue
        why = _impossible(row)
        if why is not None:
            found.append(UnreadableLine(f"{row.voucher_no}, {row.account_no}", why, (row.voucher_no, row.id)))
            continue
        vat = _vat_of(row)
        currency, rate, foreign = _currency(row, vat, books)
        reverses = reversed_ids.get(row.id)
        found.append(
            PostedLine(
                journal=row.voucher_no,
                entry=row.id,
                account=str(row.account_no),
                voucher_number=row.voucher_no,
                voucher_date=row.voucher_date,
                value_date=row.posting_date,
                voucher_type=kind,
                net=row.amount.quantize(CENT),
                vat=vat.quantize(CENT),
                gross=(row.amount + vat).quantize(CENT),
                currency=currency,
                exchange_rate=rate,
                currency_amount=foreign,
                text=_text(row.description) or _text(row.voucher_description) or "",
                vat_code=row.vat_code if row.vat_code and row.vat_code != NO_VAT else None,
                supplier_number=str(supplier) if supplier is not None else None,
                supplier_name=_text(names.get(supplier)) if supplier is not None else None,
                units=units_of(row),
                documents=tuple(documents),
                reverses=(original[0].voucher_no, reverses) if reverses is not None else None,
            )
        )
    return found


def type_of(rows: Rows, original: Rows) -> str:
    """Return the voucher type, in the words of `posting.expense`. What Bilag posted, and what reverses it, is its own."""
    for row in (*rows[:1], *original[:1]):
        reference = row.external_import_reference or ""
        if reference.startswith(KEY) and row.voucher_type in POSTED_AS:
            return OWN_VOUCHER_TYPE
    known = TYPES.get(rows[0].voucher_type or "")
    if known is not None:
        return known
    return (
        OWN_VOUCHER_TYPE
        if original and original[0].voucher_type in ("OutgoingInvoice", "OutgoingCreditNote")
        else "journal"
    )


def match_reversed(rows: Rows, original: Rows) -> dict[int, int]:
    """Return the transaction that each one reverses: on the same account and dimensions, with the opposite amounts."""
    left = sorted(original, key=lambda row: row.id)
    found: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: row.id):
        mirrored = (row.account_no, -row.amount, -row.currency_amount, -row.vat_amount, units_of(row))
        match = next((one for one in left if _identity(one) == mirrored), None)
        if match is not None:
            left.remove(match)
            found[row.id] = match.id
    return found


def _identity(row: TransactionWire) -> tuple[object, ...]:
    return (row.account_no, row.amount, row.currency_amount, row.vat_amount, units_of(row))


def _impossible(row: TransactionWire) -> Said | None:
    """Return why the amounts cannot be those of a posted line, or None."""
    if any(abs(amount) >= TOO_LARGE for amount in (row.amount, row.vat_amount, row.currency_amount)):
        return Said("the amount is too large", "beløpet er for stort")
    if any(amount != amount.quantize(CENT) for amount in (row.amount, row.vat_amount)):
        return Said("the amount has more than two decimals", "beløpet har mer enn to desimaler")
    return None


def _vat_of(row: TransactionWire) -> Decimal:
    """Return the VAT with the sign of the net amount: VAT never reduces what a cost was bought for."""
    return -row.vat_amount if row.amount * row.vat_amount < 0 else row.vat_amount


def _currency(row: TransactionWire, vat: Decimal, books: Books) -> tuple[str, Decimal, Decimal | None]:
    """Return the line's currency, its rate to company currency, and its gross amount in it (None: company currency)."""
    base = books.chart.base_currency
    if row.currency_code in (None, "", base) or not row.currency_amount or not row.amount:
        return base, Decimal(1), None
    rate = abs(row.amount / row.currency_amount)
    if rate >= TOO_LARGE:
        return base, Decimal(1), None
    gross = (row.currency_amount + (vat / rate if rate else ZERO)).quantize(CENT, ROUND_HALF_UP)
    return row.currency_code or base, rate.quantize(RATE, ROUND_HALF_UP) or Decimal(1), gross


def _text(text: str | None) -> str | None:
    line = one_line(text)
    return None if line is None else cut(line, LONGEST_TEXT)
