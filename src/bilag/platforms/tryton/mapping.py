"""Convert a voucher to Tryton's move and back. Pure.

Tryton stores neither our number nor the KID. The move's description therefore begins with the external id, kind and
number, and the customer's line carries the KID; reading back parses them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bilag.platforms.tryton.books import Books
from bilag.platforms.tryton.rows import CurrencyRow, LineRow, MoveRow
from bilag.posting.posted import Posted, PostedEntry
from bilag.posting.texts import cut
from bilag.posting.voucher import ZERO, Entry, Side, Voucher, VoucherKind

WORDS = {VoucherKind.INVOICE: "Faktura", VoucherKind.CREDIT_NOTE: "Kreditnota", VoucherKind.JOURNAL: "Bilag"}
KINDS = {word: str(kind) for kind, word in WORDS.items()}
LONGEST_TEXT = 200
KEY = "moment-"
"""The prefix of external ids (`bilag.transfers.external_ids`)."""
_DESCRIPTION = re.compile(
    r"(?P<key>[^\s/]+)(?:/(?P<part>\d+))? (?P<word>Faktura|Kreditnota|Bilag) (?P<number>\d{1,18})"
    r"(?: til faktura (?P<related>\d{1,18}))?(?:: ?(?P<text>.*))?",
    re.DOTALL,
)
_KID = re.compile(r"KID ([0-9-]+)(?:;.*)?", re.DOTALL)
_REFERENCE = re.compile(r"(?:KID [0-9-]+; )?ref\. (.+)", re.DOTALL)
_LAST_DIGITS = re.compile(r"(\d{1,18})\D*$")


@dataclass(frozen=True, slots=True)
class Ids:
    """Tryton's ids of what one voucher refers to: period, customer's party and each (unit, value)."""

    period: int
    party: int | None
    values: Mapping[tuple[int, str], int]


@dataclass(frozen=True, slots=True)
class Identity:
    """What our description says. `part` counts the vouchers of one posting; the invoice's is 1."""

    external_id: str
    part: int
    kind: str
    number: int
    related: int | None
    text: str | None


def description_of(voucher: Voucher, external_id: str, part: int) -> str:
    """Build the move's description. `identity_of` parses its beginning."""
    key = external_id if part == 1 else f"{external_id}/{part}"
    other = voucher.credited_number or voucher.related_number
    related = f" til faktura {other}" if other is not None else ""
    return cut(f"{key} {WORDS[voucher.kind]} {voucher.number}{related}: {voucher.text}", LONGEST_TEXT)


def identity_of(move: MoveRow) -> Identity | None:
    """Parse the move's description; None if it is not Bilag's. A cancelling move repeats it, but has an origin."""
    found = _DESCRIPTION.fullmatch(move.description or "")
    if found is None or move.origin:
        return None
    related = int(found["related"]) if found["related"] else None
    return Identity(
        found["key"], int(found["part"] or 1), KINDS[found["word"]], int(found["number"]), related, found["text"]
    )


def is_bilag_description(description: str | None) -> bool:
    """Tell whether Bilag wrote the text, for a voucher or for what cancels it.

    The prefix counts: a user may write "Statoil Faktura 12", too.
    """
    return (description or "").startswith(KEY) and _DESCRIPTION.fullmatch(description or "") is not None


def move_body(voucher: Voucher, external_id: str, part: int, books: Books, ids: Ids) -> dict[str, Any]:
    """Build the move: the customer's line, then net and VAT of each entry."""
    lines = _Lines(voucher, books, ids)
    return {
        "company": books.company,
        "journal": books.journal,
        "date": voucher.voucher_date,
        "period": ids.period,
        "description": description_of(voucher, external_id, part),
        "lines": [["create", lines.all()]],
    }


class _Lines:
    """Builds the lines of one voucher. The customer's line absorbs the rounding of currency conversion."""

    def __init__(self, voucher: Voucher, books: Books, ids: Ids) -> None:
        self._voucher = voucher
        self._books = books
        self._ids = ids
        foreign = voucher.currency != books.currency.code
        self._foreign: CurrencyRow | None = books.currencies[voucher.currency] if foreign else None

    def all(self) -> list[dict[str, Any]]:
        lines = [line for entry in self._voucher.entries for line in self._of_entry(entry)]
        if self._voucher.kind is VoucherKind.JOURNAL:
            return lines
        left = -sum((line["debit"] - line["credit"] for line in lines), ZERO)
        return [self._of_customer(left), *lines]

    def _of_customer(self, base: Decimal) -> dict[str, Any]:
        voucher = self._voucher
        total = voucher.total if voucher.kind is VoucherKind.INVOICE else -voucher.total
        parts = [f"KID {voucher.payment_id}"] if voucher.payment_id else []
        parts += [f"ref. {voucher.your_reference}"] if voucher.your_reference else []
        line = self._line(self._books.receivable, total, "; ".join(parts) or None, base)
        return {**line, "party": self._ids.party, "maturity_date": voucher.due_date}

    def _of_entry(self, entry: Entry) -> list[dict[str, Any]]:
        sign = 1 if entry.side is Side.DEBIT else -1
        net = self._line(self._books.accounts[entry.account], sign * entry.net, entry.text)
        net["analytic_lines"] = [["create", [self._value(net, unit, value) for unit, value in entry.units]]]
        if entry.vat_code is None:
            return [net]
        tax = self._books.taxes[entry.vat_code]
        net["tax_lines"] = [["create", [_tax_line(tax.id, "base", net)]]]
        if entry.vat == 0:
            return [net]
        invoice = self._voucher.kind is VoucherKind.INVOICE
        account = tax.invoice_account if invoice else tax.credit_note_account
        vat = self._line(account or 0, sign * entry.vat, entry.text)
        vat["tax_lines"] = [["create", [_tax_line(tax.id, "tax", vat)]]]
        return [net, vat]

    def _line(self, account: int, amount: Decimal, text: str | None, base: Decimal | None = None) -> dict[str, Any]:
        """Build a line of a signed amount, debit positive, in the voucher's currency."""
        if base is None:
            base = in_base(amount, self._voucher.exchange_rate, self._books.currency) if self._foreign else amount
        line: dict[str, Any] = {"account": account, "debit": max(base, ZERO), "credit": max(-base, ZERO)}
        if self._foreign is not None:
            line["second_currency"] = self._foreign.id
            line["amount_second_currency"] = trim_decimals(amount, self._foreign)
        return {**line, "description": text}

    def _value(self, line: Mapping[str, Any], unit: int, value: str) -> dict[str, Any]:
        amounts = {"debit": line["debit"], "credit": line["credit"]}
        return {"account": self._ids.values[unit, value], **amounts, "date": self._voucher.voucher_date}


def in_base(amount: Decimal, rate: Decimal, currency: CurrencyRow) -> Decimal:
    """Convert to company currency, rounded to its decimals."""
    return (amount * rate).quantize(Decimal(1).scaleb(-currency.digits), ROUND_HALF_UP)


def trim_decimals(amount: Decimal, currency: CurrencyRow) -> Decimal:
    """Drop decimals a currency without them must not have, if they are zero. Never rounds."""
    short = amount.quantize(Decimal(1).scaleb(-currency.digits), ROUND_HALF_UP)
    return short if short == amount else amount


def _tax_line(tax: int, kind: str, line: Mapping[str, Any]) -> dict[str, Any]:
    """Build a tax line with the VAT return's sign: sales positive, reversals negative."""
    return {"tax": tax, "type": kind, "amount": line["credit"] - line["debit"]}


def posted_from(move: MoveRow, books: Books) -> Posted:
    """Convert a move. One that is not ours gets its journal number and no external id."""
    identity = identity_of(move)
    journal = journal_number(move)
    customers = [line for line in move.lines if line.party is not None]
    first = customers[0] if customers else None
    foreign = next((line.second_currency.code for line in move.lines if line.second_currency is not None), None)
    entries = tuple(_entry_from(line, books) for line in move.lines)
    of_customer = (first.description or "") if first else ""
    return Posted(
        number=identity.number if identity else journal or 0,
        kind=identity.kind if identity else "other",
        journal_number=journal,
        external_id=identity.external_id if identity else None,
        voucher_date=move.date,
        currency=foreign or books.currency.code,
        entries=entries,
        due_date=first.maturity_date if first else None,
        payment_id=kid[1] if (kid := _KID.fullmatch(of_customer)) else None,
        customer=first.party.code if first and first.party else None,
        total=sum((entry.currency_amount for entry in entries if entry.customer), ZERO),
        related_number=identity.related if identity else None,
        batch_number=move.id,
        your_reference=reference[1] if (reference := _REFERENCE.fullmatch(of_customer)) else None,
        credited_number=identity.related if identity and identity.kind == VoucherKind.CREDIT_NOTE else None,
        text=identity.text if identity else move.description,
        value_date=move.date,  # Tryton has no other date
    )


def journal_number(move: MoveRow) -> int | None:
    """Return the last digits of Tryton's number, 42 of "2026/00042"; None until posted."""
    return last_digits(move.number) if move.state == "posted" else None


def last_digits(number: str | None) -> int | None:
    """Return 42 of "2026/00042"; None if there are no digits."""
    found = _LAST_DIGITS.search(number or "")
    return int(found[1]) if found else None


def _entry_from(line: LineRow, books: Books) -> PostedEntry:
    amount = line.debit - line.credit
    other = line.amount_second_currency
    units = {root: unit for unit, root in books.roots.items()}
    values = [(units.get(one.account.root or 0), one.account.code) for one in line.analytic_lines]
    return PostedEntry(
        account=line.account.code or "",
        amount=amount,
        currency_amount=amount if line.second_currency is None or other is None else other,
        vat_code=line.tax_lines[0].tax.name if line.tax_lines else None,
        customer=(line.party.code or "?") if line.party is not None else None,
        text=line.description,
        units=tuple(sorted((unit, code) for unit, code in values if unit is not None and code)),
    )
