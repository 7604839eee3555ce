"""Write a voucher as a SAF-T transaction with its lines. Pure."""

from decimal import ROUND_HALF_UP, Decimal

from bilag.exports.entries import JournalEntry, JournalVoucher
from bilag.exports.xml import CODE, MIDDLE1, MIDDLE2, SHORT, inside, maybe, money, sided, text
from bilag.posting.chart import Chart
from bilag.posting.voucher import ZERO

KINDS = {"invoice": "Utgående faktura", "credit_note": "Utgående kreditnota", "journal": "Journal"}
_RATE = Decimal("0.00000001")


def transaction(voucher: JournalVoucher, chart: Chart) -> str:
    """Return the transaction. The accounting system does not return the dates of entry and posting, so SAF-T gets the voucher's
    date.
    """
    described = voucher.text or f"{KINDS.get(voucher.kind, voucher.kind)} {voucher.number}"
    taxes = vat_of_bases(voucher)
    parts = [
        text("TransactionID", _transaction_id(voucher), MIDDLE2),
        text("Period", voucher.voucher_date.month),
        text("PeriodYear", voucher.voucher_date.year),
        text("TransactionDate", voucher.voucher_date),
        maybe("SourceID", "Bilag" if voucher.external_id else None, MIDDLE1),
        text("VoucherType", voucher.kind, MIDDLE2),
        text("VoucherDescription", KINDS.get(voucher.kind, voucher.kind), MIDDLE2),
        text("Description", described),
        text("SystemEntryDate", voucher.voucher_date),
        text("GLPostingDate", voucher.voucher_date),
        maybe("SystemID", voucher.journal, SHORT),
        *(
            _line(place, voucher, entry, described, taxes.get(place - 1), chart)
            for place, entry in enumerate(voucher.entries, start=1)
        ),
    ]
    return inside("Transaction", parts) + "\n"


def vat_of_bases(voucher: JournalVoucher) -> dict[int, Decimal]:
    """Return the VAT of each base entry with a code, by position, signed, in the company's currency.

    The journal has VAT in entries of its own. If each base has one, they are paired in order; otherwise the VAT of a code is
    divided among its bases by amount, rounded cumulatively, so that the parts sum to it exactly.
    """
    found: dict[int, Decimal] = {}
    for code in {entry.vat_code for entry in voucher.entries if entry.vat_code}:
        same = [(place, entry) for place, entry in enumerate(voucher.entries) if entry.vat_code == code]
        bases = [(place, entry) for place, entry in same if not entry.of_vat and not entry.customer]
        vats = [entry.amount for _, entry in same if entry.of_vat]
        if len(vats) == len(bases):
            found.update({place: amount for (place, _), amount in zip(bases, vats, strict=True)})
            continue
        left, base_left = sum(vats, ZERO), sum((entry.amount for _, entry in bases), ZERO)
        for place, entry in bases:
            share = (left * entry.amount / base_left).quantize(ZERO, ROUND_HALF_UP) if base_left else left
            found[place] = share
            left, base_left = left - share, base_left - entry.amount
    return found


def _transaction_id(voucher: JournalVoucher) -> str:
    """Return the voucher's number, or the journal's for a journal voucher without one; the two kinds of id differ."""
    borrowed = voucher.kind == "journal" and voucher.number in (0, voucher.invoice)
    return str(voucher.journal if borrowed and voucher.journal is not None else voucher.number)


def _line(
    place: int, voucher: JournalVoucher, entry: JournalEntry, described: str, vat: Decimal | None, chart: Chart
) -> str:
    parts = [
        text("RecordID", place, SHORT),
        text("AccountID", entry.account, MIDDLE2),
        *(
            inside("Analysis", [text("AnalysisType", kind, CODE), text("AnalysisID", value)])
            for kind, value in (("P", entry.project), ("A", entry.department))
            if value
        ),
        maybe("CustomerID", entry.customer, MIDDLE1),
        text("Description", entry.text or described),
        sided("DebitAmount", "CreditAmount", entry.amount, _foreign(voucher, entry, chart.base_currency)),
        _tax(entry, vat, chart) if vat is not None else "",
        maybe("ReferenceNumber", voucher.invoice, MIDDLE1),
        maybe("CID", voucher.payment_id if entry.customer else None, MIDDLE1),
        maybe("DueDate", voucher.due_date if entry.customer else None),
    ]
    return inside("Line", parts)


def _foreign(voucher: JournalVoucher, entry: JournalEntry, base_currency: str) -> str:
    if voucher.currency == base_currency:
        return ""
    sign = 1 if entry.amount >= 0 else -1
    rate = voucher.rate
    rate_element = f"<ExchangeRate>{rate.quantize(_RATE, ROUND_HALF_UP).normalize():f}</ExchangeRate>" if rate else ""
    return text("CurrencyCode", voucher.currency) + money("CurrencyAmount", sign * entry.currency_amount) + rate_element


def _tax(entry: JournalEntry, vat: Decimal, chart: Chart) -> str:
    known = chart.vat_codes.get(entry.vat_code or "")
    parts = [
        text("TaxType", "MVA"),
        text("TaxCode", entry.vat_code, MIDDLE2),
        text("TaxPercentage", f"{known.rate:.2f}") if known is not None else "",
        text("Country", "NO"),
        money("TaxBase", abs(entry.amount)),
        _tax_amount(vat, entry.amount),
    ]
    return inside("TaxInformation", parts)


def _tax_amount(vat: Decimal, base: Decimal) -> str:
    """Zero VAT is on the side of its base."""
    if vat:
        return sided("DebitTaxAmount", "CreditTaxAmount", vat)
    name = "DebitTaxAmount" if base >= 0 else "CreditTaxAmount"
    return f"<{name}>{money('Amount', ZERO)}</{name}>"
