"""Vouchers and entries in the form that every export writes. Pure; for posted and for planned vouchers.

Amounts are signed, debit positive: `amount` in the company's currency, `currency_amount` in the voucher's. The entries of a
voucher sum to zero in both, else `OutOfBalance` is raised.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from bilag.messages.fact_values import render_date
from bilag.posting.chart import Chart
from bilag.posting.dimensions import Dimensions
from bilag.posting.posted import Posted, PostedEntry
from bilag.posting.voucher import INVOICE_KINDS, ZERO, Entry, Side, UnbalancedError, Voucher, VoucherKind

CUSTOMERS = "Customers"
"""The account of a plan's customer entry when none is known: the accounting system chooses it."""
VAT = "VAT:"
"""With a VAT code: the account of a plan's VAT when the chart does not name it."""


class OutOfBalance(UnbalancedError):
    """The entries of a voucher do not sum to zero; holds the difference, debit positive."""

    def __init__(self, number: int, voucher_date: date, difference: Decimal) -> None:
        self.number, self.voucher_date, self.difference = number, voucher_date, difference
        super().__init__(f"voucher {number} of {render_date(voucher_date, 'en')} is out of balance by {difference}")


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry. VAT has entries of its own (`of_vat`), as in the journal; `text` is None when the accounting system does not
    return one."""

    account: str
    amount: Decimal
    currency_amount: Decimal
    vat_code: str | None = None
    of_vat: bool = False
    customer: str | None = None
    project: str | None = None
    department: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class JournalVoucher:
    """One voucher. `rate` is company currency for one unit of `currency`, None if unknown. `invoice` is the number of the
    invoice or credit note that it is or belongs to."""

    number: int
    kind: str
    journal: int | None
    external_id: str | None
    voucher_date: date
    currency: str
    entries: tuple[JournalEntry, ...]
    rate: Decimal | None = None
    invoice: int | None = None
    customer: str | None = None
    customer_name: str | None = None
    due_date: date | None = None
    payment_id: str | None = None
    text: str | None = None

    def __post_init__(self) -> None:
        for field in ("amount", "currency_amount"):
            difference = sum((getattr(entry, field) for entry in self.entries), ZERO)
            if difference:
                raise OutOfBalance(self.number, self.voucher_date, difference)


@dataclass(frozen=True, slots=True)
class KnownElsewhere:
    """A voucher's data that the journal lacks, from other sources."""

    customer_name: str | None = None
    text: str | None = None
    rate: Decimal | None = None


def of_posted(
    posted: Posted,
    base_currency: str,
    dimensions: Dimensions,
    chart: Chart | None = None,
    known: KnownElsewhere = KnownElsewhere(),
) -> JournalVoucher:
    """Return a voucher that was read back from the journal. Raises `OutOfBalance`."""
    is_invoice = posted.kind in INVOICE_KINDS and "number" not in posted.not_read
    chart = chart.on(posted.voucher_date) if chart is not None else None
    return JournalVoucher(
        number=posted.number,
        kind=posted.kind,
        journal=posted.journal_number,
        external_id=posted.external_id,
        voucher_date=posted.voucher_date,
        currency=posted.currency,
        entries=tuple(_entry_of(entry, posted.entries, dimensions, chart) for entry in posted.entries),
        rate=Decimal(1) if posted.currency == base_currency else known.rate,
        invoice=posted.number if is_invoice else posted.related_number,
        customer=posted.customer,
        customer_name=known.customer_name,
        due_date=posted.due_date,
        payment_id=posted.payment_id or None,
        text=known.text,
    )


def of_plan(
    voucher: Voucher,
    base_currency: str,
    dimensions: Dimensions,
    chart: Chart | None = None,
    *,
    receivables: str = CUSTOMERS,
    known: KnownElsewhere = KnownElsewhere(),
) -> JournalVoucher:
    """Return a planned voucher, with VAT in entries of its own, as the accounting system should post it.

    Amounts are converted entry by entry; the rounding difference goes to the customer's entry, in a journal to its last. The
    VAT account is the chart's, else `VAT:` with the code. Raises `OutOfBalance`.
    """
    chart = chart.on(voucher.voucher_date) if chart is not None else None
    entries = [part for entry in voucher.entries for part in _planned(entry, voucher, dimensions, chart)]
    base, foreign = (sum((getattr(one, name) for one in entries), ZERO) for name in ("amount", "currency_amount"))
    if voucher.kind is not VoucherKind.JOURNAL:
        entries.insert(0, JournalEntry(receivables, -base, -foreign, customer=voucher.customer, text=voucher.text))
    elif base:
        last = entries[-1]
        entries[-1] = JournalEntry(
            last.account, last.amount - base, last.currency_amount, last.vat_code, last.of_vat,
            last.customer, last.project, last.department, last.text,
        )  # fmt: skip
    return JournalVoucher(
        number=voucher.number,
        kind=voucher.kind,
        journal=None,
        external_id=None,
        voucher_date=voucher.voucher_date,
        currency=voucher.currency,
        entries=tuple(entries),
        rate=voucher.exchange_rate,
        invoice=voucher.related_number if voucher.kind is VoucherKind.JOURNAL else voucher.number,
        customer=voucher.customer,
        customer_name=known.customer_name,
        due_date=voucher.due_date,
        payment_id=voucher.payment_id,
        text=voucher.text,
    )


def balances(vouchers: Iterable[JournalVoucher]) -> dict[tuple[str, str], Decimal]:
    """Return the sums by which ledgers are compared, in the company's currency: by ("account", number), ("vat", code) for VAT
    alone, ("project", number) and ("customer", number). Sums of zero are left out.
    """
    sums: dict[tuple[str, str], Decimal] = {}
    for voucher in vouchers:
        for entry in voucher.entries:
            found = {"account": entry.account, "project": entry.project, "customer": entry.customer}
            found["vat"] = entry.vat_code if entry.of_vat else None
            for what, value in found.items():
                if value is not None:
                    sums[what, value] = sums.get((what, value), ZERO) + entry.amount
    return {key: amount for key, amount in sums.items() if amount}


def _entry_of(
    entry: PostedEntry, beside: tuple[PostedEntry, ...], dimensions: Dimensions, chart: Chart | None
) -> JournalEntry:
    units = dict(entry.units)
    vat_of = _vat_of(entry, beside, chart)
    return JournalEntry(
        account=entry.account,
        amount=entry.amount,
        currency_amount=entry.currency_amount,
        vat_code=vat_of or entry.vat_code,
        of_vat=vat_of is not None,
        customer=entry.customer,
        project=units.get(dimensions.project) if dimensions.project is not None else None,
        department=units.get(dimensions.department) if dimensions.department is not None else None,
    )


def _vat_of(entry: PostedEntry, beside: tuple[PostedEntry, ...], chart: Chart | None) -> str | None:
    """Return the VAT code whose VAT the entry is: it is on that code's own account, and has the code or, where the accounting
    system leaves it out, is the voucher's only code with that account. Where a code's account is unknown, VAT is an entry on
    27xx beside a base on another account.
    """
    if entry.customer:
        return None
    known = chart.vat_codes if chart is not None else {}
    codes = [entry.vat_code] if entry.vat_code else sorted({one.vat_code for one in beside if one.vat_code})
    own = [code for code in codes if code in known and known[code].account == entry.account]
    if own:
        return own[0] if len(own) == 1 else None
    if entry.vat_code is None or (entry.vat_code in known and known[entry.vat_code].account is not None):
        return None
    bases = [one for one in beside if one.vat_code == entry.vat_code and not one.customer]
    beside_27 = any(not one.account.startswith("27") for one in bases)
    return entry.vat_code if entry.account.startswith("27") and beside_27 else None


def _planned(entry: Entry, voucher: Voucher, dimensions: Dimensions, chart: Chart | None) -> list[JournalEntry]:
    sign = 1 if entry.side is Side.DEBIT else -1
    units = dict(entry.units)
    project = units.get(dimensions.project) if dimensions.project is not None else None
    department = units.get(dimensions.department) if dimensions.department is not None else None

    def part(account: str, amount: Decimal, *, of_vat: bool) -> JournalEntry:
        return JournalEntry(
            account=account,
            amount=(sign * amount * voucher.exchange_rate).quantize(ZERO, ROUND_HALF_UP),
            currency_amount=sign * amount,
            vat_code=entry.vat_code,
            of_vat=of_vat,
            project=None if of_vat else project or entry.project,
            department=None if of_vat else department or entry.department,
            text=entry.text,
        )

    net = part(entry.account, entry.net, of_vat=False)
    return [net, part(_vat_account(entry.vat_code, chart), entry.vat, of_vat=True)] if entry.vat else [net]


def _vat_account(code: str | None, chart: Chart | None) -> str:
    known = chart.vat_codes.get(code) if chart is not None and code else None
    return known.account if known is not None and known.account else f"{VAT}{code or 'none'}"
