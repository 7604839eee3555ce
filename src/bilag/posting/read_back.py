"""Compare the voucher read back from the journal with the plan: the proof of posting (DESIGN, Exactly once, 5).

Sums are compared for each account, VAT code and units, because a ledger may merge or split entries. Amounts are signed,
debit positive, in the voucher's currency.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from bilag.posting.accrual import Income, plan_moves
from bilag.posting.chart import Chart
from bilag.posting.dimensions import normalise_unit_value
from bilag.posting.months import month_ends
from bilag.posting.posted import UNREAD, Posted, PostedEntry
from bilag.posting.problem import Problem
from bilag.posting.texts import ELLIPSIS, cut, one_line
from bilag.posting.voucher import ZERO, Side, Voucher, VoucherKind

Units = tuple[tuple[int, str], ...]
Key = TypeVar("Key")
NetKey = tuple[str, str | None, Units]
AccrualKey = tuple[str, Units]
LONGEST_SHOWN = 100
SHORTEST_CUT = 60
ACCEPTABLE = frozenset({"text", "entry_text", "your_reference", "line_accrual"})
BASE_TOLERANCE = Decimal("0.01")
"""How far each entry's base amount may be from amount times rate, multiplied by the number of entries."""


def differences(voucher: Voucher, posted: Posted, chart: Chart | None, *, texts: bool = True) -> tuple[Problem, ...]:
    """Return each difference between plan and journal as a `posted_differs` with the facts field, expected and found.

    Empty if the voucher was posted as planned. The due date is compared only if one was planned. Without `texts`, texts
    are not compared: later than the posting, the plan's may come from an account that was renamed since.
    """
    return tuple(_Comparison(voucher, posted, chart, texts).problems())


def may_be_accepted(problems: Iterable[Problem]) -> bool:
    """Return whether a person may accept these differences: no amount, date or number of the voucher is wrong.

    Few ledgers allow changing a posted text, and a missing native accrual is posted manually beside the voucher.
    """
    return all(problem.facts.get("field") in ACCEPTABLE for problem in problems)


def batch_differences(
    vouchers: Sequence[Voucher], posted: Posted, others: Sequence[Posted], chart: Chart | None, *, texts: bool = True
) -> tuple[Problem, ...]:
    """Compare a batch: `posted` with the first planned voucher, `others` (journals) with the rest, matched by date.

    If only one voucher was planned, `others` are the accounting system's own accruals (`PostingPlan.native_accrual`).
    They are compared by month with what the entries asked for (`line_accrual_differences`).
    """
    wrong = list(differences(vouchers[0], posted, chart, texts=texts))
    planned = {voucher.voucher_date: voucher for voucher in vouchers[1:]}
    if not planned:
        return (*wrong, *line_accrual_differences(vouchers[0], others, chart))
    found: dict[date, Posted] = {}
    for one in others:
        if one.voucher_date in found or one.voucher_date not in planned:
            wrong.append(_voucher_difference(vouchers[0], None, one.voucher_date))
        found.setdefault(one.voucher_date, one)
    for day, voucher in planned.items():
        if day in found:
            wrong += [
                _with_voucher_date(problem, day) for problem in differences(voucher, found[day], chart, texts=texts)
            ]
        else:
            wrong.append(_voucher_difference(vouchers[0], day, None))
    return tuple(wrong)


def line_accrual_differences(voucher: Voucher, others: Sequence[Posted], chart: Chart | None) -> tuple[Problem, ...]:
    """Compare the accruals that the accounting system made from the entries with what the entries asked for.

    Compared are the sums of each month by account and units. A month without any voucher is one difference.
    """
    expected = _asked_accruals(voucher, chart)
    found: dict[tuple[int, int], dict[AccrualKey, Decimal]] = {}
    for one in others:
        sums = found.setdefault((one.voucher_date.year, one.voucher_date.month), {})
        for entry in one.entries:
            _add(sums, (entry.account, normalised(entry.units, chart)), entry.currency_amount)
    wrong = []
    for month in sorted({*expected, *found}):
        day = date(*month, 1)
        last = month_ends(day, day, 1)[0]
        if month not in found:
            wrong.append(_difference(voucher, "line_accrual", last, None))
        elif month not in expected:
            wrong.append(_difference(voucher, "line_accrual", None, last))
        else:
            wrong += [_with_voucher_date(one, last) for one in _sum_differences(voucher, expected[month], found[month])]
    return tuple(wrong)


def _asked_accruals(voucher: Voucher, chart: Chart | None) -> dict[tuple[int, int], dict[AccrualKey, Decimal]]:
    """Return what each month must hold: deferred on the voucher's date, earned on the last day of each later month."""
    asked: dict[tuple[int, int], dict[AccrualKey, Decimal]] = {}
    for entry in voucher.entries:
        if entry.accrual is None:
            continue
        net = entry.net if entry.side is Side.CREDIT else -entry.net
        units = normalised(entry.units, chart)
        for move in plan_moves(voucher.voucher_date, [Income(net, entry.accrual.period)]):
            sums = asked.setdefault((move.day.year, move.day.month), {})
            _add(sums, (entry.accrual.debit_account, units), move.total)
            _add(sums, (entry.accrual.credit_account, units), -move.total)
    return asked


def _sum_differences(
    voucher: Voucher, expected: dict[AccrualKey, Decimal], found: dict[AccrualKey, Decimal]
) -> Iterable[Problem]:
    for account, units in _keys_of_both(expected, found):
        planned, posted = expected.get((account, units), ZERO), found.get((account, units), ZERO)
        if planned != posted:
            facts = {"account": account, "units": _units_as_text(units)}
            yield _difference(voucher, "line_accrual", planned, posted, facts)


def _add(sums: dict[Key, Decimal], key: Key, amount: Decimal) -> None:
    sums[key] = sums.get(key, ZERO) + amount


def is_vat_entry(entry: PostedEntry, accounts: Collection[str], chart: Chart | None) -> bool:
    """Return whether the ledger created this entry for the VAT of another entry. `accounts` are those of the invoice's entries."""
    if entry.account in accounts or not entry.vat_code:
        return False
    known = chart.vat_codes.get(entry.vat_code) if chart is not None else None
    return known is None or known.account is None or known.account == entry.account


def normalised(units: Units, chart: Chart | None) -> Units:
    """Return the units in the form that is compared; empty values are left out."""
    definitions = chart.units if chart is not None else {}
    same = ((unit, normalise_unit_value(unit, value, definitions.get(unit))) for unit, value in units)
    return tuple(sorted((unit, value) for unit, value in same if value is not None))


def _voucher_difference(first: Voucher, expected: date | None, found: date | None) -> Problem:
    """Report a voucher that is missing from, or unexpected in, the batch."""
    number = str(first.number)
    facts = {"field": "voucher", "expected": _as_text(expected), "found": _as_text(found), "invoice": number}
    return Problem("posted_differs", f"invoice {number}", facts)


def _with_voucher_date(problem: Problem, day: date) -> Problem:
    """Add the voucher's date: the difference is in another voucher than the invoice's."""
    return replace(problem, facts={**problem.facts, "voucher_date": day.isoformat()})


class _Comparison:
    """Compares one voucher with its reading, by the chart of the voucher's date. Fields that the platform cannot carry
    (`Posted.unread`) are not compared.

    Without a chart, an entry counts as VAT if it has a VAT code and its account is not in the plan.
    """

    def __init__(self, voucher: Voucher, posted: Posted, chart: Chart | None, texts: bool) -> None:
        self.texts = texts
        self.voucher = voucher
        self.posted = posted
        self.chart = chart.on(voucher.voucher_date) if chart is not None else None
        self.planned_accounts = {entry.account for entry in voucher.entries}
        self.total = {VoucherKind.INVOICE: voucher.total, VoucherKind.CREDIT_NOTE: -voucher.total}.get(
            voucher.kind, ZERO
        )

    def problems(self) -> Iterable[Problem]:
        yield from self._header()
        yield from self._customer_entry()
        yield from self._balance()
        yield from self._entries()
        yield from self._base_amounts()
        if self.texts:
            yield from self._texts()

    def _header(self) -> Iterable[Problem]:
        voucher, posted = self.voucher, self.posted
        journal = voucher.kind is VoucherKind.JOURNAL  # the accounting system numbers journals
        pairs: list[tuple[str, object, object]] = [
            ("related", voucher.related_number, posted.related_number)
            if journal
            else ("number", voucher.number, posted.number),
            ("type", voucher.kind.value, posted.kind),
            ("date", voucher.voucher_date, posted.voucher_date),
            ("customer", voucher.customer, posted.customer),
            ("payment_id", voucher.payment_id, posted.payment_id or None),
            ("currency", voucher.currency, posted.currency),
        ]
        if voucher.due_date is not None:
            pairs.append(("due_date", voucher.due_date, posted.due_date))
        if posted.total is not None:
            pairs.append(("total", self.total, posted.total))
        pairs += [
            (name, expected, found)
            for name, expected, found in (
                ("your_reference", one_line(voucher.your_reference), _line_of(posted.your_reference)),
                ("credited_number", voucher.credited_number, posted.credited_number),
                ("value_date", voucher.voucher_date, posted.value_date),
            )
            if found != UNREAD and not (journal and name == "your_reference")
        ]
        for field, expected, found in pairs:
            if expected != found and field not in posted.not_read:
                yield self._differs(field, expected, found)

    def _customer_entry(self) -> Iterable[Problem]:
        entries = [entry for entry in self.posted.entries if entry.customer]
        owed = sum((entry.currency_amount for entry in entries), ZERO)
        if owed != self.total:
            yield self._differs("customer_entry", self.total, owed)
        for other in sorted({entry.customer for entry in entries if entry.customer} - {self.voucher.customer}):
            yield self._differs("customer", self.voucher.customer, other)
        yield from self._fields_of_entries(entries)

    def _fields_of_entries(self, of_customer: Sequence[PostedEntry]) -> Iterable[Problem]:
        """Compare what entries repeat of the header if the header agrees: payments and periods follow the entries."""
        posted, planned_id, planned_due = self.posted, self.voucher.payment_id, self.voucher.due_date
        for entry in of_customer:
            found = entry.payment_id or None
            if found != UNREAD and found != planned_id and (posted.payment_id or None) == planned_id:
                yield self._differs("payment_id", planned_id, found)
            if (
                entry.due_date != UNREAD
                and planned_due is not None
                and entry.due_date != planned_due == posted.due_date
            ):
                yield self._differs("due_date", planned_due, entry.due_date)
        days = {one.value_date for one in posted.entries if isinstance(one.value_date, date)}
        for day in sorted(days - {self.voucher.voucher_date}):
            if posted.value_date in (UNREAD, self.voucher.voucher_date):
                yield self._differs("value_date", self.voucher.voucher_date, day)

    def _balance(self) -> Iterable[Problem]:
        for field, amounts in (
            ("balance", [entry.currency_amount for entry in self.posted.entries]),
            ("base_balance", [entry.amount for entry in self.posted.entries]),
        ):
            if sum(amounts, ZERO) != 0:
                yield self._differs(field, ZERO, sum(amounts, ZERO))

    def _entries(self) -> Iterable[Problem]:
        net: dict[NetKey, Decimal] = {}
        vat: dict[str | None, Decimal] = {}
        for entry in self.posted.entries:
            if entry.customer:
                continue
            if self._is_vat(entry):
                code = self._code(entry.vat_code)
                vat[code] = vat.get(code, ZERO) + entry.currency_amount
            else:
                key = (entry.account, self._code(entry.vat_code), self._units(entry.units))
                net[key] = net.get(key, ZERO) + entry.currency_amount
        planned_net, planned_vat = self._planned()
        for key in _keys_of_both(planned_net, net):
            account, code, units = key
            facts = {"account": account, "vat_code": code, "units": _units_as_text(units)}
            yield from self._compare("net", planned_net.get(key, ZERO), net.get(key, ZERO), facts)
        for vat_code in _keys_of_both(planned_vat, vat):
            expected, found = planned_vat.get(vat_code, ZERO), vat.get(vat_code, ZERO)
            yield from self._compare("vat", expected, found, {"vat_code": vat_code})

    def _planned(self) -> tuple[dict[NetKey, Decimal], dict[str | None, Decimal]]:
        net: dict[NetKey, Decimal] = {}
        vat: dict[str | None, Decimal] = {}
        for entry in self.voucher.entries:
            sign = 1 if entry.side is Side.DEBIT else -1
            key = (entry.account, self._code(entry.vat_code), self._units(entry.units))
            net[key] = net.get(key, ZERO) + sign * entry.net
            vat[key[1]] = vat.get(key[1], ZERO) + sign * entry.vat
        return net, vat

    def _texts(self) -> Iterable[Problem]:
        """Compare the voucher's text, and the entries' by account, VAT code and units.

        A ledger that merges or splits entries may leave texts out, but must not invent any. Where none was planned, the
        ledger may write its own.
        """
        found = _line_of(self.posted.text)
        if found != UNREAD and not _is_text(one_line(self.voucher.text), found):
            yield self._differs("text", self.voucher.text, found)
        planned: dict[NetKey, list[str | None]] = {}
        for entry in self.voucher.entries:
            key = (entry.account, self._code(entry.vat_code), self._units(entry.units))
            planned.setdefault(key, []).append(one_line(entry.text))
        read: dict[NetKey, list[str | None]] = {}
        for one in self.posted.entries:
            if not one.customer and not self._is_vat(one) and one.text != UNREAD:
                key = (one.account, self._code(one.vat_code), self._units(one.units))
                read.setdefault(key, []).append(_line_of(one.text))
        for key, texts in planned.items():
            entries = read.get(key, [])
            if not entries or None in texts:
                continue  # a missing entry is a difference of its amount
            same_count = len(entries) == len(texts)
            fits = Counter(entries) == Counter(texts) if same_count else set(entries) <= set(texts)
            if not fits:
                facts = {"account": key[0], "vat_code": key[1], "units": _units_as_text(key[2])}
                expected, other = (", ".join(sorted({one or "-" for one in some})) for some in (texts, entries))
                yield self._differs("entry_text", cut(expected, LONGEST_SHOWN), cut(other, LONGEST_SHOWN), facts)

    def _is_vat(self, entry: PostedEntry) -> bool:
        return is_vat_entry(entry, self.planned_accounts, self.chart)

    def _code(self, vat_code: str | None) -> str | None:
        return self.chart.vat_code_of(vat_code) if self.chart is not None else vat_code or None

    def _units(self, units: Units) -> Units:
        return () if "units" in self.posted.not_read else normalised(units, self.chart)

    def _base_amounts(self) -> Iterable[Problem]:
        """Compare base amounts with the planned rate. The customer's entry absorbs the rounding of the others."""
        tolerance = BASE_TOLERANCE * (len(self.posted.entries) if self.voucher.exchange_rate != 1 else 0)
        for entry in self.posted.entries:
            expected = entry.currency_amount * self.voucher.exchange_rate
            if abs(entry.amount - expected) > tolerance:
                yield self._differs("base_amount", f"{expected:.2f}", entry.amount, {"account": entry.account})

    def _compare(
        self, field: str, expected: Decimal, found: Decimal, facts: dict[str, str | None]
    ) -> Iterable[Problem]:
        if expected != found:
            yield self._differs(field, expected, found, facts)

    def _differs(
        self, field: str, expected: object, found: object, facts: dict[str, str | None] | None = None
    ) -> Problem:
        return _difference(self.voucher, field, expected, found, facts)


def _difference(
    voucher: Voucher, field: str, expected: object, found: object, facts: Mapping[str, str | None] | None = None
) -> Problem:
    number = str(voucher.number)
    known = {name: text for name, text in (facts or {}).items() if text}
    all_facts = {
        "field": field,
        "expected": _as_text(expected),
        "found": _as_text(found),
        "invoice": number,
        **known,
    }
    return Problem("posted_differs", f"invoice {number}", all_facts)


def _is_text(planned: str | None, found: str | None) -> bool:
    """Return whether the text found is the planned one: complete, or cut where the platform appends something."""
    if planned is None or found is None or not found.endswith(ELLIPSIS) or len(found) < SHORTEST_CUT:
        return planned == found
    return planned.startswith(found.removesuffix(ELLIPSIS))


def _line_of(text: str | None) -> str | None:
    """Return a text in the form that is compared; `UNREAD` stays."""
    return text if text == UNREAD else one_line(text)


def _keys_of_both(planned: dict[Key, Decimal], found: dict[Key, Decimal]) -> list[Key]:
    return list(dict.fromkeys([*planned, *found]))


def _as_text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return "-" if value is None else str(value)


def _units_as_text(units: Units) -> str:
    return ", ".join(f"{unit}={value}" for unit, value in units)
