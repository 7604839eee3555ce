"""Compare the voucher read back from the journal with the plan: the proof of posting (DESIGN, Exactly once, 5).

Sums are compared for each account, VAT code and units, because a ledger may merge or split entries. Amounts are signed,
debit positive, in the voucher's currency.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from bilag.posting.chart import Chart
from bilag.posting.dimensions import normalise_unit_value
from bilag.posting.posted import Posted, PostedEntry
from bilag.posting.problem import Problem
from bilag.posting.voucher import ZERO, Side, Voucher, VoucherKind

Units = tuple[tuple[int, str], ...]
Key = TypeVar("Key")
NetKey = tuple[str, str | None, Units]
BASE_TOLERANCE = Decimal("0.01")
"""How far each entry's base amount may be from amount times rate, multiplied by the number of entries."""


def differences(voucher: Voucher, posted: Posted, chart: Chart | None) -> tuple[Problem, ...]:
    """Return each difference between plan and journal as a `posted_differs` with the facts field, expected and found.

    Empty if the voucher was posted as planned. The due date is compared only if one was planned.
    """
    return tuple(_Comparison(voucher, posted, chart).problems())


def batch_differences(
    vouchers: Sequence[Voucher], posted: Posted, others: Sequence[Posted], chart: Chart | None
) -> tuple[Problem, ...]:
    """Compare a batch: `posted` with the first planned voucher, `others` (journals) with the rest, matched by date.

    If only one voucher was planned, `others` are the accounting system's own accruals (`PostingPlan.native_accrual`)
    and are not compared.
    """
    wrong = list(differences(vouchers[0], posted, chart))
    planned = {voucher.voucher_date: voucher for voucher in vouchers[1:]}
    found: dict[date, Posted] = {}
    for one in others if planned else ():
        if one.voucher_date in found or one.voucher_date not in planned:
            wrong.append(_voucher_difference(vouchers[0], None, one.voucher_date))
        found.setdefault(one.voucher_date, one)
    for day, voucher in planned.items():
        if day in found:
            wrong += [_with_voucher_date(problem, day) for problem in differences(voucher, found[day], chart)]
        else:
            wrong.append(_voucher_difference(vouchers[0], day, None))
    return tuple(wrong)


def _voucher_difference(first: Voucher, expected: date | None, found: date | None) -> Problem:
    """Report a voucher that is missing from, or unexpected in, the batch."""
    number = str(first.number)
    facts = {"field": "voucher", "expected": _as_text(expected), "found": _as_text(found), "invoice": number}
    return Problem("posted_differs", f"invoice {number}", facts)


def _with_voucher_date(problem: Problem, day: date) -> Problem:
    """Add the voucher's date: the difference is in another voucher than the invoice's."""
    return replace(problem, facts={**problem.facts, "voucher_date": day.isoformat()})


class _Comparison:
    """Compares one voucher with its reading.

    Without a chart, an entry counts as VAT if it has a VAT code and its account is not in the plan.
    """

    def __init__(self, voucher: Voucher, posted: Posted, chart: Chart | None) -> None:
        self.voucher = voucher
        self.posted = posted
        self.chart = chart
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
        for field, expected, found in pairs:
            if expected != found:
                yield self._differs(field, expected, found)

    def _customer_entry(self) -> Iterable[Problem]:
        entries = [entry for entry in self.posted.entries if entry.customer]
        owed = sum((entry.currency_amount for entry in entries), ZERO)
        if owed != self.total:
            yield self._differs("customer_entry", self.total, owed)
        for other in sorted({entry.customer for entry in entries if entry.customer} - {self.voucher.customer}):
            yield self._differs("customer", self.voucher.customer, other)

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
                vat[entry.vat_code] = vat.get(entry.vat_code, ZERO) + entry.currency_amount
            else:
                key = (entry.account, entry.vat_code or None, self._units(entry.units))
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
            key = (entry.account, entry.vat_code, self._units(entry.units))
            net[key] = net.get(key, ZERO) + sign * entry.net
            vat[entry.vat_code] = vat.get(entry.vat_code, ZERO) + sign * entry.vat
        return net, vat

    def _is_vat(self, entry: PostedEntry) -> bool:
        """Tell whether the ledger created this entry for the VAT of another entry."""
        if entry.account in self.planned_accounts or not entry.vat_code:
            return False
        known = self.chart.vat_codes.get(entry.vat_code) if self.chart is not None else None
        return known is None or known.account is None or known.account == entry.account

    def _units(self, units: Units) -> Units:
        definitions = self.chart.units if self.chart is not None else {}
        same = ((unit, normalise_unit_value(unit, value, definitions.get(unit))) for unit, value in units)
        return tuple(sorted((unit, value) for unit, value in same if value is not None))

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
        number = str(self.voucher.number)
        known = {name: text for name, text in (facts or {}).items() if text}
        all_facts = {
            "field": field,
            "expected": _as_text(expected),
            "found": _as_text(found),
            "invoice": number,
            **known,
        }
        return Problem("posted_differs", f"invoice {number}", all_facts)


def _keys_of_both(planned: dict[Key, Decimal], found: dict[Key, Decimal]) -> list[Key]:
    return list(dict.fromkeys([*planned, *found]))


def _as_text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return "-" if value is None else str(value)


def _units_as_text(units: Units) -> str:
    return ", ".join(f"{unit}={value}" for unit, value in units)
