"""A ledger that posts a voucher as the hub's contract says, to compare what was read back with what was planned."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from bilag.posting.chart import Chart
from bilag.posting.posted import Posted, PostedEntry
from bilag.posting.voucher import ZERO, Entry, Side, Voucher, VoucherKind

VAT_ACCOUNT = "2799"
"""For VAT codes whose account is not known."""


def post(voucher: Voucher, chart: Chart | None = None) -> Posted:
    """Customer gross, account net, VAT account VAT; base currency rounded by entry, the rest on the customer's."""
    total = {VoucherKind.INVOICE: voucher.total, VoucherKind.CREDIT_NOTE: -voucher.total}.get(voucher.kind, ZERO)
    others = [posted for entry in voucher.entries for posted in _entries(entry, voucher.exchange_rate, chart)]
    entries = tuple(others)
    if total != 0:
        base = -sum((entry.amount for entry in others), ZERO)
        entries = (PostedEntry("1500", base, total, customer=voucher.customer, text=voucher.text), *others)
    return Posted(
        number=voucher.number,
        kind=voucher.kind.value,
        journal_number=731,
        external_id=f"moment-4021-invoice-{voucher.number}",
        voucher_date=voucher.voucher_date,
        currency=voucher.currency,
        entries=entries,
        due_date=voucher.due_date,
        payment_id=voucher.payment_id,
        customer=voucher.customer,
        total=total,
        related_number=voucher.related_number,
        your_reference=voucher.your_reference,
        credited_number=voucher.credited_number,
        text=voucher.text,
        value_date=voucher.voucher_date,
    )


def merged(posted: Posted) -> Posted:
    """The same voucher in a ledger that merges entries of one account, VAT code and units."""
    by_key: dict[tuple[object, ...], PostedEntry] = {}
    for entry in posted.entries:
        key = (entry.account, entry.vat_code, entry.customer, entry.units)
        known = by_key.get(key)
        by_key[key] = entry if known is None else _added(known, entry)
    return replace(posted, entries=tuple(by_key.values()))


def _added(one: PostedEntry, other: PostedEntry) -> PostedEntry:
    return replace(one, amount=one.amount + other.amount, currency_amount=one.currency_amount + other.currency_amount)


def _entries(entry: Entry, rate: Decimal, chart: Chart | None) -> list[PostedEntry]:
    sign = 1 if entry.side is Side.DEBIT else -1
    found = []
    if entry.net:
        found.append(_posted(entry.account, sign * entry.net, rate, entry, entry.units))
    if entry.vat:
        code = chart.vat_codes.get(entry.vat_code or "") if chart is not None else None
        account = (code.account if code is not None else None) or VAT_ACCOUNT
        found.append(_posted(account, sign * entry.vat, rate, entry, ()))
    return found


def _posted(
    account: str, amount: Decimal, rate: Decimal, entry: Entry, units: tuple[tuple[int, str], ...]
) -> PostedEntry:
    base = (amount * rate).quantize(ZERO, rounding=ROUND_HALF_UP)
    return PostedEntry(account, base, amount, vat_code=entry.vat_code, units=units, text=entry.text)
