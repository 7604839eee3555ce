"""Write the journal as rows for a spreadsheet, one for each entry."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from bilag.exports.journal import Journal

Cell = str | int | Decimal | date | None
HEAD: tuple[str, ...] = (
    "Voucher date", "Voucher number", "Kind", "Journal", "Invoice", "Account", "Account name", "Amount", "Company currency",
    "Currency amount", "Currency", "Exchange rate", "VAT code", "Is VAT", "Customer", "Customer name", "Project", "Department",
    "Due date", "KID", "Text", "External id",
)  # fmt: skip


def rows(journal: Journal) -> Iterator[tuple[Cell, ...]]:
    """Amounts are signed, debit positive; numbers that are names (accounts, customers, KID) are text."""
    for one in journal.vouchers():
        for entry in one.entries:
            yield (
                one.voucher_date, one.number, one.kind, one.journal, one.invoice, entry.account,
                journal.name_of(entry.account), entry.amount, journal.base_currency, entry.currency_amount, one.currency,
                one.rate, entry.vat_code, "yes" if entry.of_vat else None, entry.customer, one.customer_name,
                entry.project, entry.department, one.due_date, one.payment_id, entry.text or one.text, one.external_id,
            )  # fmt: skip
