"""A voucher as a beancount transaction, and back. Pure.

What beancount has no place for stands in metadata, of which every tool shows the text and none minds it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from bilag.platforms.ledger_file.books import RECEIVABLES
from bilag.posting.chart import Chart
from bilag.posting.posted import Posted, PostedEntry
from bilag.posting.voucher import ZERO, Entry, Side, Voucher, VoucherKind

Units = tuple[tuple[int, str], ...]
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_TEXT = r'"((?:[^"\\]|\\.)*)"'
_HEAD = re.compile(rf"(\d{{4}}-\d\d-\d\d)\s+(?:\*|!|txn)(?:\s+{_TEXT})??(?:\s+{_TEXT})?(?:\s+[#^;].*)?\s*")
_META = re.compile(rf"\s+(\w+): (?:{_TEXT}|(\S+))\s*")
_LINE = re.compile(r"\s+([A-Z]\S+)(?:\s+(-?[\d.,]+)\s+([A-Z]{3})(?:\s+@@\s+([\d.]+)\s+[A-Z]{3})?)?\s*(?:;.*)?")


@dataclass(frozen=True, slots=True)
class Stored:
    """A transaction of the journal, and which part of its batch it is (1 is the invoice's own voucher)."""

    posted: Posted
    part: int


def written(voucher: Voucher, external_id: str, part: int, journal: int, chart: Chart, names: Mapping[str, str]) -> str:
    """Return the transaction. `names` are beancount's account names by number. VAT gets entries of its own, and the customer's
    entry takes the rounding of the others in the books' currency."""
    lines = list(_lines(voucher, chart))
    base = -sum((line.amount for line in lines), ZERO)
    if voucher.kind is not VoucherKind.JOURNAL:
        owed = -sum((line.currency_amount for line in lines), ZERO)
        lines.insert(0, PostedEntry(RECEIVABLES, base, owed, customer=voucher.customer, text=None))
    elif base:
        lines[-1] = replace(lines[-1], amount=lines[-1].amount + base)
    told = {
        "key": external_id, "part": part, "journal": journal, "kind": voucher.kind.value, "number": voucher.number,
        "currency": voucher.currency, "customer": voucher.customer, "due": voucher.due_date, "kid": voucher.payment_id,
        "your_reference": voucher.your_reference, "credited": voucher.credited_number, "related": voucher.related_number,
    }  # fmt: skip
    text = f"{voucher.voucher_date} * {_quoted(voucher.customer or '')} {_quoted(voucher.text)}\n{_metadata(told, 2)}"
    return text + "".join(_line(one, voucher.currency, chart.base_currency, names) for one in lines) + "\n"


def _lines(voucher: Voucher, chart: Chart) -> Iterator[PostedEntry]:
    for entry in voucher.entries:
        yield _entry(entry, entry.account, entry.net, voucher, entry.units, entry.text)
        if entry.vat:
            yield _entry(entry, vat_account(entry, chart), entry.vat, voucher, (), None)


def vat_account(entry: Entry, chart: Chart) -> str:
    """Return the account of the entry's VAT: that of its code, else its own."""
    code = chart.vat_codes.get(entry.vat_code or "")
    return (code.account if code is not None else None) or entry.account


def _entry(
    entry: Entry, account: str, amount: Decimal, voucher: Voucher, units: Units, text: str | None
) -> PostedEntry:
    signed = amount if entry.side is Side.DEBIT else -amount
    base = (signed * voucher.exchange_rate).quantize(ZERO, ROUND_HALF_UP)
    return PostedEntry(account, base, signed, entry.vat_code, None, units, text)


def _line(one: PostedEntry, currency: str, base: str, names: Mapping[str, str]) -> str:
    foreign = f"{one.currency_amount} {currency} @@ {abs(one.amount)} {base}"
    units = {f"unit_{unit}": value for unit, value in one.units}
    told = {"vat_code": one.vat_code, "customer": one.customer, **units, "text": one.text}
    amount = f"{one.amount} {base}" if currency == base else foreign
    return f"  {names[one.account]}  {amount}\n{_metadata(told, 4)}"


def _metadata(told: Mapping[str, object], indent: int) -> str:
    given = ((name, value) for name, value in told.items() if value not in (None, ""))
    return "".join(f"{' ' * indent}{name}: {_quoted(str(value))}\n" for name, value in given)


def read(text: str, base: str, numbers: Mapping[str, str]) -> Iterator[Stored]:
    """Yield the transactions of a journal in their order, those of others too. `numbers` are account numbers by name."""
    head, meta, entries, of_entry = None, dict[str, str](), list[PostedEntry](), dict[int, dict[str, str]]()
    for line in [*text.split("\n"), ""]:
        if head is None:
            head = _HEAD.fullmatch(line)
            meta, entries, of_entry = {}, [], {}
        elif not line.strip():
            yield _stored(head, meta, entries, of_entry, base)
            head = None
        elif (found := _META.fullmatch(line)) is not None:
            into = of_entry.setdefault(len(entries), {}) if entries else meta
            into[found[1]] = _plain(found[2]) if found[2] is not None else found[3]
        elif (found := _LINE.fullmatch(line)) is not None:
            account = numbers.get(found[1], found[1].rpartition(":")[2])
            if found[2] is None:  # a person may leave the last amount to beancount
                rest = -sum((one.amount for one in entries), ZERO), -sum((one.currency_amount for one in entries), ZERO)
                entries.append(PostedEntry(account, *rest, text=None))
                continue
            amount = Decimal(found[2].replace(",", ""))
            in_base = Decimal(found[4]).copy_sign(amount) if found[4] else amount
            entries.append(PostedEntry(account, in_base, amount, text=None))


def _stored(
    head: "re.Match[str]",
    meta: Mapping[str, str],
    entries: Sequence[PostedEntry],
    of_entry: Mapping[int, Mapping[str, str]],
    base: str,
) -> Stored:
    read_entries = tuple(
        replace(
            one,
            vat_code=told.get("vat_code"),
            customer=told.get("customer"),
            units=tuple(sorted((int(name[5:]), value) for name, value in told.items() if name.startswith("unit_"))),
            text=told.get("text"),
        )
        for place, one in enumerate(entries, start=1)
        for told in [of_entry.get(place, {})]
    )
    total = sum((one.currency_amount for one in read_entries if one.customer), ZERO)
    posted = Posted(
        number=_number(meta.get("number", "")) or 0,
        kind=meta.get("kind", "manual"),
        journal_number=_number(meta.get("journal", "")),
        external_id=meta.get("key"),
        voucher_date=date.fromisoformat(head[1]),
        currency=meta.get("currency", base),
        entries=read_entries,
        due_date=date.fromisoformat(meta["due"]) if "due" in meta else None,
        payment_id=meta.get("kid"),
        customer=meta.get("customer"),
        total=total,
        related_number=_number(meta.get("related", "")),
        your_reference=meta.get("your_reference"),
        credited_number=_number(meta.get("credited", "")),
        text=_plain(head[3] or "") or None,
        value_date=date.fromisoformat(head[1]),
    )
    return Stored(posted, _number(meta.get("part", "")) or 1)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _quoted(text: str) -> str:
    line = _CONTROL.sub(" ", text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{line}"'


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
