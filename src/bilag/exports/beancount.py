"""Write vouchers as a beancount book that beancount's own loader reads without errors. Pure; beancount is GPL and is never
imported: only the tests read the book with it.

Accounts are named by the class of their number (NS 4102): 1 Assets, 20 Equity, else 2 Liabilities, 3 and 80 Income, 4 to 8
Expenses.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from bilag.exports.entries import JournalEntry, JournalVoucher

if TYPE_CHECKING:
    from bilag.exports.journal import Journal

CLASSES = {"1": "Assets", "2": "Liabilities", "20": "Equity", "3": "Income", "80": "Income"} | dict.fromkeys(
    "45678", "Expenses"
)
SYNTHETIC = {"Customers": "Assets:Customers"}
OTHER = "Expenses:Other"
WORDS = {"invoice": "Invoice", "credit_note": "Credit note", "journal": "Journal"}
_NOT_IN_NAMES = re.compile(r"[^0-9A-Za-z-]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_CURRENCY = re.compile(r"[A-Z]{3}")


def account_name(account: str) -> str:
    """Return the account's name in the book: `Income:3000`, `Liabilities:VAT:3`, `Assets:Customers`, `Expenses:Other:X9`."""
    if account in SYNTHETIC:
        return SYNTHETIC[account]
    if account.startswith("VAT:"):
        return f"Liabilities:VAT:{_component(account[4:])}"
    of_class = CLASSES.get(account[:2]) or CLASSES.get(account[:1])
    if of_class is None or _NOT_IN_NAMES.search(account):
        return f"{OTHER}:{_component(account)}"
    return f"{of_class}:{account}"


def head(
    name: str, base_currency: str, accounts: Mapping[str, str | None], currencies: Iterable[str], opened: date
) -> Iterator[str]:
    """Yield the start of the book: options, currencies, and every account, opened on `opened`, with its name."""
    yield f'option "title" {quoted(name)}\noption "operating_currency" {quoted(base_currency)}\n'
    # beancount keeps a total price by unit, which leaves a remainder far below a cent; amounts have two decimals.
    yield f'option "inferred_tolerance_default" "{base_currency}:0.005"\n\n'
    for currency in sorted({base_currency, *filter(_CURRENCY.fullmatch, currencies)}):
        yield f"{opened} commodity {currency}\n"
    yield "\n"
    for account, told in sorted(accounts.items(), key=lambda one: account_name(one[0])):
        yield f"{opened} open {account_name(account)}\n  number: {quoted(account)}\n"
        if told:
            yield f"  name: {quoted(told)}\n"
    yield "\n"


def transaction(voucher: JournalVoucher, base_currency: str) -> str:
    """Return the voucher. Foreign amounts carry the amount in the company's currency as total price (`@@`), so that each
    voucher balances in the company's currency to the cent.
    """
    payee = voucher.customer_name or voucher.customer
    narration = voucher.text or _narration(voucher)
    lines = [f"{voucher.voucher_date} * {f'{quoted(payee)} ' if payee else ''}{quoted(narration)}"]
    told: dict[str, object] = {
        "kind": voucher.kind,
        "number": str(voucher.number),
        "journal": None if voucher.journal is None else str(voucher.journal),
        "invoice": None if voucher.invoice is None else str(voucher.invoice),
        "customer": voucher.customer,
        "kid": voucher.payment_id,
        "due": voucher.due_date,
        "rate": voucher.rate if voucher.currency != base_currency else None,
        "key": voucher.external_id,
    }
    lines += _metadata(told, 2)
    for entry in voucher.entries:
        lines.append(f"  {account_name(entry.account)}  {_amount(entry, voucher.currency, base_currency)}")
        of_entry = {
            "vat_code": entry.vat_code,
            "project": entry.project,
            "department": entry.department,
            "customer": entry.customer,
            "text": entry.text,
        }
        lines += _metadata(of_entry, 4)
    return "\n".join(lines) + "\n\n"


def pieces(journal: "Journal") -> Iterator[str]:
    """Yield the book of a journal, one voucher at a time."""
    base = journal.base_currency
    accounts = {account: journal.name_of(account) for account in journal.accounts}
    opened = min(journal.first, journal.earliest or journal.first)
    yield from head(journal.setup.name, base, accounts, journal.currencies, opened)
    for voucher in journal.vouchers():
        yield transaction(voucher, base)


def book(
    vouchers: Iterable[JournalVoucher], base_currency: str, name: str = "", names: Mapping[str, str] | None = None
) -> str:
    """Return the whole book as one text, for a few vouchers; `names` are the accounts' names by number."""
    all_of_them = list(vouchers)
    accounts = {entry.account: (names or {}).get(entry.account) for one in all_of_them for entry in one.entries}
    first = min((one.voucher_date for one in all_of_them), default=date(1970, 1, 1))
    begin = head(name, base_currency, accounts, {one.currency for one in all_of_them}, first)
    return "".join([*begin, *(transaction(one, base_currency) for one in all_of_them)])


def quoted(text: str) -> str:
    """Return a string of beancount: on one line, with quotes and backslashes escaped."""
    line = _CONTROL.sub(" ", text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{line}"'


def _amount(entry: JournalEntry, currency: str, base_currency: str) -> str:
    if currency == base_currency or entry.currency_amount == 0 or not _CURRENCY.fullmatch(currency):
        return f"{entry.amount:.2f} {base_currency}"
    if entry.amount * entry.currency_amount < 0:  # a price cannot be negative: use the amount in the company's currency
        return f"{entry.amount:.2f} {base_currency}"
    return f"{entry.currency_amount:.2f} {currency} @@ {abs(entry.amount):.2f} {base_currency}"


def _metadata(told: Mapping[str, object], indent: int) -> list[str]:
    lines = []
    for key, value in told.items():
        if value is None or value == "":
            continue
        text = str(value) if isinstance(value, date | Decimal) else quoted(str(value))
        lines.append(f"{' ' * indent}{key}: {text}")
    return lines


def _narration(voucher: JournalVoucher) -> str:
    if voucher.kind == "journal" and voucher.invoice is not None:
        return f"Journal {voucher.number} of invoice {voucher.invoice}"
    return f"{WORDS.get(voucher.kind, voucher.kind)} {voucher.number}"


def _component(text: str) -> str:
    """Return a part of an account's name: it starts with a capital letter or a digit. Forbidden characters are left out; a
    digest keeps names apart that differ only in these.
    """
    clean = _NOT_IN_NAMES.sub("-", text).strip("-") or "X"
    clean = clean[0].upper() + clean[1:]
    return clean if clean == text else f"{clean}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"
