"""The ledger: balanced vouchers with numbers in sequence, nothing changed afterwards.

Call it inside a transaction of the store, so that a voucher is written as a whole or not at all.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bilag_sandbox.hub.amounts import converted, rounded
from bilag_sandbox.hub.ledger import accrual_shares
from bilag_sandbox.poweroffice_go.go import Client, Go
from bilag_sandbox.poweroffice_go.refusals import Refusal, not_found

DIMENSIONS = ("DepartmentId", "ProjectId", "Dim1Id", "Dim2Id", "Dim3Id")
FIRST_ENTRY = 71_000_001
NO_VAT = "0"


@dataclass(frozen=True, slots=True)
class VatRow:
    """One row of a VAT code, as the ledger needs it."""

    id: int
    code: str
    rate: Decimal
    first: str
    last: str | None
    active: bool
    account: int | None

    def covers(self, day: str) -> bool:
        """Return whether the row is valid on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row to write; amounts in øre, debit positive. `more` is what the answers show beside them."""

    account: int
    amount: int
    currency_amount: int
    day: str
    vat: int
    vat_amount: int = 0
    contact: int | None = None
    text: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewVoucher:
    """A voucher to write. `body` is what was posted, `head` what its entries show of the whole."""

    type: str
    voucher_date: str
    entries: tuple[Entry, ...]
    currency: str = "NOK"
    description: str | None = None
    reference: str | None = None
    invoice_no: str | None = None
    imported_no: int | None = None
    imported: bool = False
    reverses: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


class LedgerBroken(Exception):
    """An unbalanced voucher reached the ledger: a bug in the sandbox."""


def vat_rows(go: Go, client: Client) -> dict[int, VatRow]:
    """Return all rows of VAT codes by id."""
    found = {}
    for row in go.store.rows("select * from vat_code where client = ? order by id", client.id):
        record = json.loads(row["record"])
        found[row["id"]] = VatRow(
            row["id"],
            row["code"],
            Decimal(record["Rate"]),
            record["ValidFrom"],
            record["ValidTo"],
            record["IsActive"],
            row["vat_account"],
        )
    return found


def vat_on(rows: Mapping[int, VatRow], code: str, day: str) -> VatRow | None:
    """Return the row of a VAT code on a day, None if there is none."""
    return next((row for row in rows.values() if row.code == code and row.covers(day)), None)


def split_gross(gross: int, rate: Decimal) -> tuple[int, int]:
    """Split øre with VAT into net and VAT."""
    vat = rounded(Decimal(gross) * rate / (1 + rate))
    return gross - vat, vat


def line_entries(entry: Entry, vat: VatRow, rate: str, no_vat: int, *, net: int | None = None) -> list[Entry]:
    """Make a line's entries from its gross `currency_amount`: the account's, and the VAT account's."""
    gross = entry.currency_amount
    without, tax = split_gross(gross, vat.rate) if net is None else (net, gross - net)
    if vat.account is None:
        without, tax = gross, 0
    own = replace(
        entry, amount=converted(without, rate), currency_amount=without, vat=vat.id, vat_amount=converted(tax, rate)
    )
    if not tax or vat.account is None:
        return [own]
    more = {name: value for name, value in entry.more.items() if name not in DIMENSIONS and name != "Quantity"}
    return [own, Entry(vat.account, converted(tax, rate), tax, entry.day, vat.id, text=entry.text, more=more)]


def absorb_rounding(entries: Sequence[Entry], place: int) -> tuple[Entry, ...]:
    """Let one entry absorb the rounding difference in kroner, on its own day."""
    day = entries[place].day
    over = sum(entry.amount for entry in entries if entry.day == day)
    return tuple(
        replace(entry, amount=entry.amount - over) if index == place else entry for index, entry in enumerate(entries)
    )


def accrual_entries(entry: Entry, balance: int, first: date, last: date, rate: str, no_vat: int) -> list[Entry]:
    """Spread a line's net amount over the months after the voucher's: out on its day, in on the last day of each month."""
    sign = -1 if entry.currency_amount < 0 else 1
    positive = accrual_shares(abs(entry.currency_amount), first, last, date.fromisoformat(entry.day))
    shares = [(str(day), sign * share) for day, share in positive]
    entries: list[Entry] = []
    for day, amount in [(entry.day, -sum(share for _, share in shares)), *shares]:
        if not amount:
            continue
        base = converted(amount, rate)
        part = replace(entry, day=day, vat=no_vat, vat_amount=0, text=f"Periodisering {day[:7]}")
        entries.append(replace(part, amount=base, currency_amount=amount))
        entries.append(replace(part, account=balance, amount=-base, currency_amount=-amount))
    return entries


def write_voucher(go: Go, client: Client, new: NewVoucher) -> Any:
    """Write a voucher under the next number; returns its row."""
    by_day: defaultdict[str, int] = defaultdict(int)
    for entry in new.entries:
        by_day[entry.day] += entry.amount
    if not new.entries or any(by_day.values()):
        raise LedgerBroken(f"{new.type} of {new.voucher_date} does not balance")
    key, now = str(uuid.uuid4()), go.time()
    head = {"currency": new.currency, "importedNo": new.imported_no, **new.body}
    with go.store.transaction() as connection:
        number = go.next_number(client.id, "voucher", 1)
        connection.execute(
            "insert into voucher values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null, ?, ?)",
            (
                client.id, key, number, new.type, new.voucher_date, new.reference, new.invoice_no, new.imported,
                json.dumps(head, default=float), new.description, new.reverses, now, now,
            ),
        )  # fmt: skip
        for entry in new.entries:
            record = {"Description": entry.text, **entry.more}
            connection.execute(
                "insert into entry values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    client.id, go.next_number(client.id, "entry", FIRST_ENTRY), key, entry.account, entry.contact,
                    entry.day, entry.amount, entry.currency_amount, entry.vat_amount, entry.vat, now,
                    json.dumps(record, default=float),
                ),
            )  # fmt: skip
    return voucher_row(go, client, key)


def voucher_row(go: Go, client: Client, key: str) -> Any:
    """Return a voucher by its id. Raises 404."""
    row = go.store.row("select * from voucher where client = ? and id = ?", client.id, key.lower())
    if row is None:
        raise not_found(f"Voucher with id = {key[:60]} not found.")
    return row


def voucher_by_number(go: Go, client: Client, number: int) -> Any:
    """Return a voucher by its number. Raises 404."""
    row = go.store.row("select * from voucher where client = ? and number = ?", client.id, number)
    if row is None:
        raise not_found(f"Voucher with number = {number} not found.")
    return row


def entries_of(go: Go, client: Client, key: str) -> list[Any]:
    """Return the rows of a voucher, in order."""
    return go.store.rows("select * from entry where client = ? and voucher = ? order by id", client.id, key)


def date_fault(client: Client, day: str) -> str | None:
    """Say why nothing can be posted on a day, None if it is open."""
    lock, begins = client.config["lockDate"], client.config["conversionDate"]
    if lock is not None and day <= lock:
        return f"PostingDate {day} is on or before the lock date {lock}."
    if day < begins:
        return f"PostingDate {day} is before the conversion date {begins}."
    return None


def reverse_voucher(go: Go, client: Client, row: Any, day: str | None = None) -> Any:
    """Post the opposite of a voucher, on its own days or on `day`; returns the new voucher's row. Raises 400."""
    title = "Voucher validation error(s)"
    if row["reversed_by"] is not None:
        raise Refusal(400, title, f"Voucher with id = {row['id']} is already reversed.")
    if row["reverses"] is not None:
        raise Refusal(400, title, f"Voucher with id = {row['id']} is a reversal.")
    entries = tuple(_opposite(entry, day) for entry in entries_of(go, client, row["id"]))
    faults = [fault for fault in (date_fault(client, entry.day) for entry in entries) if fault]
    if faults:
        raise Refusal(400, title, faults[0])
    body = json.loads(row["body"])
    with go.store.transaction() as connection:
        new = write_voucher(
            go,
            client,
            NewVoucher(
                type="ReversalVoucher",
                voucher_date=day or row["voucher_date"],
                entries=entries,
                currency=body["currency"],
                description=f"Reversering av bilag {row['number']}",
                reverses=row["id"],
            ),
        )
        connection.execute(
            "update voucher set reversed_by = ?, changed_at = ? where client = ? and id = ?",
            (new["id"], go.time(), client.id, row["id"]),
        )
    return new


def _opposite(row: Any, day: str | None) -> Entry:
    more = json.loads(row["record"])
    text = more.pop("Description")
    return Entry(
        account=row["account"],
        amount=-row["amount"],
        currency_amount=-row["currency_amount"],
        day=day or row["posting_date"],
        vat=row["vat"],
        vat_amount=-row["vat_amount"],
        contact=row["contact"],
        text=text,
        more=more,
    )


def used_reference(go: Go, client: Client, reference: str) -> Any:
    """Return the voucher, not reversed, that has an external import reference; None if there is none."""
    return go.store.row(
        "select * from voucher where client = ? and reference = ? and reversed_by is null", client.id, reference
    )


def used_invoice_no(go: Go, client: Client, number: str) -> Any:
    """Return the voucher, not reversed, that has an invoice number; None if there is none."""
    return go.store.row(
        "select * from voucher where client = ? and invoice_no = ? and reversed_by is null", client.id, number
    )


def balance_by_day(entries: Iterable[Entry]) -> dict[str, int]:
    """Return the days on which the amounts in currency do not balance, with the difference."""
    totals: defaultdict[str, int] = defaultdict(int)
    for entry in entries:
        totals[entry.day] += entry.currency_amount
    return {day: total for day, total in totals.items() if total}
