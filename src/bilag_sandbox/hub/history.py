"""Post invoices of Moment as an earlier integration did, with its habits and some mistakes.

Written straight into the journal, past the hub's checks: nobody sends these vouchers through it. The accounts and units that the
habits need are added to the books. Amounts are whole øre.
"""

import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bilag_sandbox.hub import defaults
from bilag_sandbox.hub.amounts import converted, shown
from bilag_sandbox.hub.books import Books, load_client
from bilag_sandbox.hub.checks import months
from bilag_sandbox.hub.habits import Habits, Mistakes, drawn_habits, drawn_mistakes
from bilag_sandbox.hub.hub import Hub
from bilag_sandbox.hub.ledger import Entry, NewVoucher, next_number, write_journal
from bilag_sandbox.sample import architects_year

FIRST_ACCRUAL = 700_001
OTHER_CODES = {"3": "31", "31": "3", "33": "31", "5": "52", "52": "5", "6": "5"}
"""The VAT code that is posted by mistake, by the right one."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What was posted: the count of invoices, and each mistake with the number of its invoice in Moment."""

    invoices: int
    mistakes: tuple[tuple[str, int], ...]


def post_history(
    hub: Hub, books: Books, invoices: Iterable[dict[str, Any]], habits: Habits, mistakes: Mistakes, seed: int = 1
) -> Posted:
    """Post Moment's finalised invoices in order of number. `seed` chooses the invoices on which mistakes are made.

    Raises `KeyError`, `TypeError` and `ValueError` for what is no invoice.
    """
    ordered = sorted(invoices, key=lambda one: one["invoiceNumber"])
    books = _prepared(hub, books, habits)
    poster = _Poster(books, habits)
    ready = [(invoice, poster.vouchers(invoice)) for invoice in ordered]
    planted = _planted(ready, mistakes, seed)
    count = 0
    with books.store.transaction():
        for invoice, vouchers in ready:
            kind = planted.get(invoice["invoiceNumber"])
            if not vouchers or kind == "missing":
                continue
            if kind == "wrongVatCode":
                vouchers = [_with_wrong_code(vouchers[0]), *vouchers[1:]]
            elif kind == "oreOff":
                vouchers = [_an_ore_off(vouchers[0]), *vouchers[1:]]
            elif kind == "withoutUnits":
                vouchers = [_without_units(vouchers[0]), *vouchers[1:]]
            for _ in range(2 if kind == "twice" else 1):
                for voucher in vouchers:
                    write_journal(books.store, books.client.id, [voucher], books.now.timestamp())
            count += 1
    return Posted(count, tuple(sorted((kind, number) for number, kind in planted.items())))


def _planted(ready: Sequence[tuple[dict[str, Any], list[NewVoucher]]], mistakes: Mistakes, seed: int) -> dict[int, str]:
    """Choose invoices for the mistakes, none of them twice, and none on an invoice with accruals."""
    rng = random.Random(f"planted {seed}")
    free = [invoice["invoiceNumber"] for invoice, vouchers in ready if len(vouchers) == 1 and _can_err(vouchers[0])]
    rng.shuffle(free)
    planted: dict[int, str] = {}
    for kind, count in sorted(mistakes.counts.items()):
        for _ in range(min(count, len(free))):
            planted[free.pop()] = kind
    return planted


def _can_err(voucher: NewVoucher) -> bool:
    """Return whether every mistake would be seen on the voucher."""
    return any(_is_sale(entry) and entry.org_units for entry in voucher.entries)


def post_sample(hub: Hub, number: str, seed: int) -> Posted | None:
    """Post the sample year in client `number` as an earlier integration did, with habits and mistakes drawn by `seed`.

    The last month is left out: Moment's stand-in has it as drafts. Returns None if the client has vouchers already. Raises
    `LookupError` if there is no such client.
    """
    client = load_client(hub.store, number)
    if client is None:
        raise LookupError(f"client {number} does not exist")
    if hub.store.row("select 1 from voucher where client = ?", number) is not None:
        return None
    books = hub.books(client)
    sample = architects_year(books.now.date())
    last = sample.last_month_begins.isoformat()
    invoices = [invoice for invoice in sample.invoices if invoice["issueDate"] < last]
    return post_history(hub, books, invoices, drawn_habits(seed), drawn_mistakes(seed), seed)


def _is_sale(entry: Entry) -> bool:
    return entry.customer is None and entry.vat_code in OTHER_CODES and entry.account.startswith("3")


def _with_wrong_code(voucher: NewVoucher) -> NewVoucher:
    place = next(place for place, entry in enumerate(voucher.entries) if _is_sale(entry))
    entries = list(voucher.entries)
    entries[place] = replace(entries[place], vat_code=OTHER_CODES[str(entries[place].vat_code)])
    return replace(voucher, entries=tuple(entries))


def _without_units(voucher: NewVoucher) -> NewVoucher:
    return replace(voucher, entries=tuple(replace(entry, org_units={}) for entry in voucher.entries))


def _an_ore_off(voucher: NewVoucher) -> NewVoucher:
    """Return the voucher with one øre more owed and sold."""
    place = next(place for place, entry in enumerate(voucher.entries) if _is_sale(entry))
    entries = list(voucher.entries)
    entries[0] = _plus(entries[0], 1)
    entries[place] = _plus(entries[place], -1)
    return replace(
        voucher,
        entries=tuple(entries),
        header=voucher.header | {"totalAmount": shown(entries[0].currency_amount)},
    )


def _plus(entry: Entry, ore: int) -> Entry:
    return replace(entry, amount=entry.amount + ore, currency_amount=entry.currency_amount + ore)


class _Poster:
    """Makes the vouchers of one invoice after another."""

    def __init__(self, books: Books, habits: Habits) -> None:
        self.books = books
        self.habits = habits

    def vouchers(self, invoice: dict[str, Any]) -> list[NewVoucher]:
        """Return the invoice's voucher and those that spread its income; none for an invoice without amounts."""
        lines = [line for line in invoice["lines"] if _ore(line["netAmount"]) or _ore(line["vatAmount"])]
        if not lines:
            return []
        voucher = self._sale(invoice, lines)
        return [voucher, *self._accruals(invoice, lines, voucher.number)]

    def _sale(self, invoice: dict[str, Any], lines: Sequence[dict[str, Any]]) -> NewVoucher:
        rate, text = _rate(invoice), text_of(invoice, self.habits, self.books)
        entries = [entry for line in lines for entry in self._line(invoice, line, text, rate)]
        total = _ore(invoice["totalAmount"])
        rounding = total + sum(entry.currency_amount for entry in entries)
        if rounding:
            entries.append(self._entry(self.habits.rounding_account, -rounding, rate, "Avrunding"))
        customer = Entry(
            account=self.books.client.config["receivablesAccount"],
            amount=-sum(entry.amount for entry in entries),
            currency_amount=total,
            text=text,
            customer=_padded(invoice["customer"]["customerNumber"], self.habits.customer_zeros),
            due_date=_due(invoice),
            payment_id=invoice["paymentId"],
        )
        header = {
            "voucherDate": invoice["issueDate"],
            "valueDate": invoice["issueDate"],
            "dueDate": _due(invoice),
            "paymentId": invoice["paymentId"],
            "customerNumber": customer.customer,
            "yourReference": invoice["yourReference"],
            "creditedInvoiceNumber": invoice["creditedInvoiceNumber"],
            "text": text,
            "currency": invoice["currency"],
            "exchangeRate": rate,
            "totalAmount": shown(total),
        }
        return NewVoucher(
            number=number_of(invoice, self.habits),
            type="outgoingInvoice" if total > 0 else "creditNote",
            value_date=invoice["issueDate"],
            header=header,
            entries=(customer, *entries),
        )

    def _line(self, invoice: dict[str, Any], line: dict[str, Any], text: str, rate: str) -> list[Entry]:
        """Return one entry for the line's net amount and one for its VAT. A line is credited, so amounts turn."""
        net, vat, code = -_ore(line["netAmount"]), -_ore(line["vatAmount"]), line["vatCode"]
        code = self._code_then(line["accountNumber"], code, invoice["issueDate"])
        own = replace(
            self._entry(
                line["accountNumber"], net, rate, self._entry_text(invoice, line, text), self._units(invoice, line)
            ),
            vat_code=code,
            vat_amount=converted(vat, rate),
            vat_currency_amount=vat,
        )
        known = self.books.vat_code(code) if vat and code else None
        if not vat:
            return [own]
        if known is None or known.account is None:
            known = self.books.vat_code(line["vatCode"])
        account = known.account if known is not None and known.account else "2700"
        return [own, replace(self._entry(account, vat, rate, text), vat_code=code)]

    def _entry_text(self, invoice: dict[str, Any], line: dict[str, Any], text: str) -> str:
        account = self.books.account(line["accountNumber"])
        return {
            "line": line["text"] or text,
            "voucher": text,
            "account": account.name if account is not None else text,
            "numbered": f"{invoice['invoiceNumber']} {line['text'] or ''}".strip(),
        }[self.habits.entry_text]

    def _code_then(self, account: str, code: str | None, day: str) -> str | None:
        until = self.habits.vat_until
        return until[2] if until is not None and (account, code) == until[:2] and day <= until[3] else code

    def _entry(self, account: str, amount: int, rate: str, text: str, units: dict[str, str] | None = None) -> Entry:
        return Entry(account, converted(amount, rate), amount, text[:100], org_units=units or {})

    def _units(self, invoice: dict[str, Any], line: dict[str, Any]) -> dict[str, str]:
        project = (line["project"] or invoice["project"] or {}).get("projectNumber")
        department = (line["department"] or invoice["department"] or {}).get("externalDepartmentNumber")
        units = {}
        for unit, value in ((self.habits.department_unit, department), (self.habits.project_unit, project)):
            if unit is not None and value:
                own = _padded(value, self.habits.project_zeros) if unit == self.habits.project_unit else value
                units[str(unit)] = self.books.client.unit_value(unit, own)[0]
        return units

    def _accruals(self, invoice: dict[str, Any], lines: Sequence[dict[str, Any]], number: int) -> list[NewVoucher]:
        """Return one voucher for the invoice's date and one for each later month: two entries for each line."""
        if self.habits.accrual == "off":
            return []
        day, rate = date.fromisoformat(invoice["issueDate"]), _rate(invoice)
        by_day: dict[date, list[Entry]] = {}
        for line in lines:
            net, units = converted(_ore(line["netAmount"]), rate), self._units(invoice, line)
            for end, share in _later(net, line, day, self.habits.accrual):
                text = f"Periodisering {invoice['invoiceNumber']}"
                by_day.setdefault(day, []).extend(self._moved(share, text, units))
                by_day.setdefault(end, []).extend(self._moved(-share, text, units))
        related = number if self.habits.accrual_relation == "related" else None
        return [self._journal(when, entries, related) for when, entries in sorted(by_day.items())]

    def _moved(self, share: int, text: str, units: dict[str, str]) -> list[Entry]:
        accounts = ((self.habits.accrual_debit, share), (self.habits.accrual_credit, -share))
        return [Entry(account, amount, amount, text, org_units=units) for account, amount in accounts]

    def _journal(self, day: date, entries: list[Entry], related: int | None) -> NewVoucher:
        books = self.books
        header = dict.fromkeys(("dueDate", "paymentId", "customerNumber", "yourReference", "creditedInvoiceNumber"))
        about = {"voucherDate": str(day), "valueDate": str(day), "text": entries[0].text, "totalAmount": None}
        return NewVoucher(
            number=next_number(books.store, books.client.id, "history accruals", FIRST_ACCRUAL),
            type="journal",
            value_date=str(day),
            header={**header, **about, "currency": books.client.base_currency, "exchangeRate": "1"},
            entries=tuple(entries),
            related=related,
        )


def number_of(invoice: dict[str, Any], habits: Habits) -> int:
    """Return the voucher's number by the habits."""
    number: int = invoice["invoiceNumber"]
    is_credit_note = _ore(invoice["totalAmount"]) < 0
    if is_credit_note and habits.credit_note_offset is not None:
        return number + habits.credit_note_offset
    later = habits.later_offset if habits.offset_from is not None and number >= habits.offset_from else 0
    return number + habits.number_offset + later


def _made_of(parts: Sequence[str], separator: str, invoice: dict[str, Any]) -> str:
    """Join the parts whose field has a value on the invoice."""
    values = {
        "{kind}": "Kreditnota" if _ore(invoice["totalAmount"]) < 0 else "Faktura",
        "{number}": str(invoice["invoiceNumber"]),
        "{description}": invoice["description"],
        "{customer}": invoice["customer"]["name"],
        "{customerNumber}": invoice["customer"]["customerNumber"],
        "{project}": (invoice["project"] or {}).get("projectNumber"),
        "{reference}": invoice["yourReference"],
    }
    filled = []
    for part in parts:
        field = re.search(r"\{.*?\}", part)
        if field is None or values[field[0]]:
            filled.append(part if field is None else part.replace(field[0], values[field[0]]))
    return separator.join(filled)


def text_of(invoice: dict[str, Any], habits: Habits, books: Books) -> str:
    """Return the voucher's text by the habit."""
    if habits.text_parts:
        return _made_of(habits.text_parts, habits.text_separator, invoice)[:100]
    number, customer = invoice["invoiceNumber"], invoice["customer"]["name"]
    texts = {
        "description": invoice["description"] or f"Faktura {number}",
        "number": f"Faktura {number}",
        "customer": f"{number} {customer}",
        "moment": f"Moment-faktura {number} til {customer}",
        "account": "Salg",
    }
    return texts[habits.text][:100]


def _later(net: int, line: dict[str, Any], day: date, by: str) -> list[tuple[date, int]]:
    """Return the share of each month after the invoice's, on the month's last day: cumulatively rounded, half up."""
    if not line["accrualFrom"] or not line["accrualTo"] or not net:
        return []
    first, last = date.fromisoformat(line["accrualFrom"]), date.fromisoformat(line["accrualTo"])
    ends = months(first, last)
    parts = [(min(end, last) - first).days + 1 if by == "days" else place for place, end in enumerate(ends, start=1)]
    totals = [int((Decimal(net) * part / parts[-1]).to_integral_value(ROUND_HALF_UP)) for part in parts]
    shares = [now - before for now, before in zip(totals, [0, *totals[:-1]], strict=True)]
    return [
        (end, share)
        for end, share in zip(ends, shares, strict=True)
        if (end.year, end.month) > (day.year, day.month) and share
    ]


def _due(invoice: dict[str, Any]) -> str | None:
    """Return the due date; an invoice without one is due at once, a credit note never."""
    return invoice["dueDate"] or (invoice["issueDate"] if _ore(invoice["totalAmount"]) > 0 else None)


def _padded(number: str, width: int) -> str:
    return number.zfill(width) if width else number


def _rate(invoice: dict[str, Any]) -> str:
    return f"{Decimal(str(invoice['exchangeRate'] or 1)).normalize():f}"


def _ore(amount: Any) -> int:
    return int((Decimal(str(amount)) * 100).to_integral_value(ROUND_HALF_UP))


def _prepared(hub: Hub, books: Books, habits: Habits) -> Books:
    """Add the accounts that the habits need, and put their units in use."""
    client = books.client
    for number in (habits.rounding_account, habits.accrual_debit, habits.accrual_credit):
        if books.account(number) is None:
            hub.put_account(client.id, defaults.AccountRow(number, f"Konto {number}", defaults.account_type(number)))
    units = [dict(one) for one in client.config["organizationalUnits"]]
    for unit in units:
        if unit["unit"] in (habits.project_unit, habits.department_unit):
            unit["used"] = True
    config = client.config | {"organizationalUnits": units}
    with books.store.transaction() as connection:
        connection.execute("update client set config = ? where id = ?", (json.dumps(config), client.id))
    return Books(books.store, replace(client, config=config), books.now)
