"""Why a voucher differs from what Bilag would have posted: the differences of one voucher as causes that vouchers share. Pure.

A cause has no number, date or amount of its voucher in it, so that the same cause on many vouchers is one cause.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from bilag.posting.accrual import AccrualRules
from bilag.posting.problem import Problem
from bilag.posting.rules import Rules
from bilag.posting.text_form import ENTRY_FORM
from bilag.posting.voucher import ZERO
from bilag.rehearsal.evidence import ACCRUAL, CUSTOMER_NUMBER, ENTRY_TEXT, NOT_ACCRUED, Evidence, moves_between
from bilag.rehearsal.number_forms import SAME, is_written_as
from bilag.rehearsal.text_forms import explains


class CauseKind(StrEnum):
    """The kinds of causes. `bilag.messages.rehearsal` has a sentence for each."""

    UNIT_MOVED = "unit_moved"
    """A dimension is in another unit than the setup's."""
    UNIT_UNSET = "unit_unset"
    """A dimension is in a unit, and the setup has none for it."""
    UNIT_EMPTY = "unit_empty"
    """The setup's unit of a dimension is empty."""
    UNIT_VALUE = "unit_value"
    """The unit has another value than the invoice."""
    UNIT_OTHER = "unit_other"
    """A unit has a value that is not of the invoice."""
    NUMBER_FORM = "number_form"
    """The unit has the invoice's number in another form."""
    VAT_CODE = "vat_code"
    ACCOUNT = "account"
    ROUNDING_ACCOUNT = "rounding_account"
    AMOUNT_ORE = "amount_ore"
    """Amounts differ by less than one krone."""
    AMOUNT = "amount"
    ACCRUAL_NOT_SET = "accrual_not_set"
    """The journal spreads income, and the setup does not."""
    ACCRUAL_MISSING = "accrual_missing"
    """The setup spreads income, and the journal does not."""
    ACCRUAL_SIDES = "accrual_sides"
    ACCRUAL_ACCOUNTS = "accrual_accounts"
    ACCRUAL_BY = "accrual_by"
    ACCRUAL_OTHER = "accrual_other"
    CUSTOMER_FORM = "customer_form"
    CUSTOMER = "customer"
    TYPE = "type"
    DATE = "date"
    DUE_DATE = "due_date"
    VALUE_DATE = "value_date"
    PAYMENT_ID = "payment_id"
    CURRENCY = "currency"
    CREDITED_NUMBER = "credited_number"
    YOUR_REFERENCE = "your_reference"
    TEXT = "text"
    ENTRY_TEXT = "entry_text"
    LINE_TEXTS = "line_texts"
    """The journal has an entry for each line where Bilag has one for all lines of an account."""
    ACCRUAL_TEXT = "accrual_text"
    RELATED = "related"
    NUMBER = "number"
    """The voucher's number is not the invoice's."""
    MISSING = "missing"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"
    """A voucher of the series has no invoice in Moment."""
    OTHER = "other"
    """A difference that no cause explains."""


OWN_WAY = frozenset(
    {
        CauseKind.TEXT,
        CauseKind.ENTRY_TEXT,
        CauseKind.LINE_TEXTS,
        CauseKind.ACCRUAL_TEXT,
        CauseKind.YOUR_REFERENCE,
        CauseKind.RELATED,
        CauseKind.NUMBER,
    }
)
"""Causes by which no account, amount, code, dimension or date differs: Bilag has its own way."""
HEADER = frozenset(
    {
        "type",
        "date",
        "due_date",
        "payment_id",
        "currency",
        "credited_number",
        "your_reference",
        "text",
        "related",
    }
)
AMOUNTS = frozenset({"total", "customer_entry", "balance", "base_balance", "base_amount"})
DIMENSIONS = ("project", "department")
KRONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause. `facts` say what differs, not on which voucher."""

    kind: CauseKind
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """What equal causes have in common."""
        return str(self.kind), tuple(sorted(self.facts.items()))

    def as_json(self) -> dict[str, Any]:
        """Return the cause as JSON to store; `from_json` reads it."""
        return {"kind": str(self.kind), "facts": dict(self.facts)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read a cause stored by `as_json`."""
        return cls(CauseKind(stored["kind"]), dict(stored["facts"]))


@dataclass(frozen=True, slots=True)
class _Row:
    """An amount by account, VAT code and units that differs: planned and found."""

    account: str
    code: str | None
    units: Mapping[str, str]
    planned: Decimal
    found: Decimal


def causes_of(
    wrong: Sequence[Problem], rules: Rules, evidence: Evidence, numbers: Mapping[str, frozenset[str]]
) -> tuple[Cause, ...]:
    """Return the causes of differences (`posted_differs`), each once.

    `numbers`: the invoice's numbers by dimension. There is at least one cause if there is a difference.
    """
    found: dict[Any, Cause] = {}
    accrual = [one for one in wrong if _is_of_accrual(one)]
    own = [one for one in wrong if not _is_of_accrual(one)]
    for cause in (
        *_of_header(own, rules, evidence),
        *_of_entries(own, rules, numbers),
        *_of_accrual(accrual, rules, evidence, numbers),
    ):
        found.setdefault(cause.key, cause)
    if wrong and not found:
        fields = ", ".join(sorted({one.facts.get("field", "") for one in wrong}))
        return (Cause(CauseKind.OTHER, {"fields": fields}),)
    return tuple(found.values())


def _is_of_accrual(problem: Problem) -> bool:
    return "voucher_date" in problem.facts or problem.facts.get("field") in ("voucher", "line_accrual")


def _of_header(wrong: Iterable[Problem], rules: Rules, evidence: Evidence) -> Iterator[Cause]:
    dates = {(one.facts["expected"], one.facts["found"]) for one in wrong if one.facts.get("field") == "date"}
    for problem in wrong:
        name, expected, found = (problem.facts.get(fact, "") for fact in ("field", "expected", "found"))
        if name in HEADER:
            yield Cause(CauseKind(name), _absent(expected, found))
        elif name == "entry_text":
            same_form = any(explains(rules.texts.entry, told, ENTRY_FORM) for told in evidence.get(ENTRY_TEXT, []))
            yield Cause(CauseKind.LINE_TEXTS if same_form else CauseKind.ENTRY_TEXT)
        elif name == "value_date" and (expected, found) not in dates:
            yield Cause(CauseKind.VALUE_DATE)
        elif name == "customer":
            form = next((one for one in evidence.get(CUSTOMER_NUMBER, []) if one != SAME), None)
            yield Cause(CauseKind.CUSTOMER_FORM, {"form": form}) if form else Cause(CauseKind.CUSTOMER)
        elif name in AMOUNTS:
            yield _amount(Decimal(found) - Decimal(expected))


def _absent(expected: str, found: str) -> dict[str, str]:
    """Say which side has no value: that is a habit, where other values are a mistake."""
    return {"absent": "journal"} if found == "-" else {"absent": "moment"} if expected == "-" else {}


def _amount(difference: Decimal) -> Cause:
    return Cause(CauseKind.AMOUNT_ORE if abs(difference) < KRONE else CauseKind.AMOUNT)


def _of_entries(wrong: Iterable[Problem], rules: Rules, numbers: Mapping[str, frozenset[str]]) -> Iterator[Cause]:
    """Return the causes of amounts that are on other accounts, codes or units, or are others."""
    rows = [_row(problem) for problem in wrong if problem.facts.get("field") == "net"]
    yield from _of_units(rows, rules, numbers)
    codes = list(_of_codes(rows))
    yield from codes
    yield from _of_accounts(rows, rules)
    vat = [problem.facts for problem in wrong if problem.facts.get("field") == "vat"]
    left = sum((Decimal(one["found"]) - Decimal(one["expected"]) for one in vat), ZERO)
    if left:
        yield _amount(left)
    elif vat and not codes:
        planned = {one.get("vat_code"): Decimal(one["expected"]) for one in vat}
        found = {one.get("vat_code"): Decimal(one["found"]) for one in vat}
        for before, after in moves_between(planned, found):
            yield Cause(CauseKind.VAT_CODE, {"expected": before or "-", "found": after or "-"})


def _row(problem: Problem) -> _Row:
    facts = problem.facts
    units = dict(one.split("=", 1) for one in facts.get("units", "").split(", ") if "=" in one)
    return _Row(facts["account"], facts.get("vat_code"), units, Decimal(facts["expected"]), Decimal(facts["found"]))


def _of_units(rows: Sequence[_Row], rules: Rules, numbers: Mapping[str, frozenset[str]]) -> Iterator[Cause]:
    """Compare the values of each unit over all rows that differ: a dimension that moved takes its values along."""
    planned = _values([row.units for row in rows if row.planned])
    found = _values([row.units for row in rows if row.found])
    if not any(row.planned for row in rows) or not any(row.found for row in rows):
        return
    explained: set[str] = set()
    for unit, values in planned.items():
        there = found.get(unit, set())
        if there == values:
            continue
        dimension = "project" if unit == str(rules.dimensions.project) else "department"
        elsewhere = next((other for other in found if other != unit and _contains(found[other], values)), None)
        if elsewhere is not None:
            explained |= {elsewhere, unit}
            yield Cause(CauseKind.UNIT_MOVED, {"dimension": dimension, "expected": unit, "found": elsewhere})
        elif not there:
            yield Cause(CauseKind.UNIT_EMPTY, {"dimension": dimension, "unit": unit})
        else:
            explained.add(unit)
            kind = CauseKind.NUMBER_FORM if _contains(there, values) else CauseKind.UNIT_VALUE
            yield Cause(kind, {"dimension": dimension, "unit": unit})
    for unit in found:
        if unit in planned or unit in explained:
            continue
        dimension = next((one for one in DIMENSIONS if numbers.get(one) and _contains(numbers[one], found[unit])), "")
        if dimension and getattr(rules.dimensions, dimension) is None:
            yield Cause(CauseKind.UNIT_UNSET, {"dimension": dimension, "found": unit})
        else:
            yield Cause(CauseKind.UNIT_OTHER, {"unit": unit})


def _values(units: Iterable[Mapping[str, str]]) -> dict[str, set[str]]:
    values: dict[str, set[str]] = {}
    for one in units:
        for unit, value in one.items():
            values.setdefault(unit, set()).add(value)
    return values


def _contains(values: Iterable[str], some: Iterable[str]) -> bool:
    """Tell whether all of `some` are among the values, apart from leading zeros."""
    known = list(values)
    return all(any(is_written_as(one, other) for other in known) for one in some)


def _of_codes(rows: Sequence[_Row]) -> Iterator[Cause]:
    """Return the codes of accounts whose sum is right over all codes."""
    for account in dict.fromkeys(row.account for row in rows):
        planned, found = _sums([row for row in rows if row.account == account], lambda row: row.code)
        if sum(planned.values(), ZERO) != sum(found.values(), ZERO):
            continue
        for before, after in moves_between(planned, found):
            yield Cause(CauseKind.VAT_CODE, {"account": account, "expected": before or "-", "found": after or "-"})


def _of_accounts(rows: Sequence[_Row], rules: Rules) -> Iterator[Cause]:
    """Return the accounts whose sums differ: what one has too little of, another has too much of; else an amount differs."""
    planned, found = _sums(rows, lambda row: row.account)
    differing = {account for account in {*planned, *found} if planned.get(account, ZERO) != found.get(account, ZERO)}
    planned = {account: amount for account, amount in planned.items() if account in differing}
    found = {account: amount for account, amount in found.items() if account in differing}
    left = sum(found.values(), ZERO) - sum(planned.values(), ZERO)
    if left:
        yield _amount(left)
        return
    for before, after in moves_between(planned, found):
        kind = CauseKind.ROUNDING_ACCOUNT if before == rules.rounding else CauseKind.ACCOUNT
        yield Cause(kind, {"expected": before or "-", "found": after or "-"})


def _sums(rows: Iterable[_Row], key: Any) -> tuple[dict[str | None, Decimal], dict[str | None, Decimal]]:
    planned: dict[str | None, Decimal] = {}
    found: dict[str | None, Decimal] = {}
    for row in rows:
        planned[key(row)] = planned.get(key(row), ZERO) + row.planned
        found[key(row)] = found.get(key(row), ZERO) + row.found
    return planned, found


def _of_accrual(
    wrong: Sequence[Problem], rules: Rules, evidence: Evidence, numbers: Mapping[str, frozenset[str]]
) -> Iterator[Cause]:
    """Return what differs of the vouchers that spread income: the way first, and their units whatever the way is."""
    if not wrong:
        return
    rows = [_row(problem) for problem in wrong if problem.facts.get("field") == "net"]
    causes = [*_of_units(rows, rules, numbers), *_of_way(rules.accrual, evidence.get(ACCRUAL, []))]
    if _has_field(wrong, "text") or _has_field(wrong, "entry_text"):
        causes.append(Cause(CauseKind.ACCRUAL_TEXT))
    causes += [Cause(CauseKind.RELATED)] if _has_field(wrong, "related") else []
    yield from causes or [Cause(CauseKind.ACCRUAL_OTHER)]


def _has_field(wrong: Iterable[Problem], name: str) -> bool:
    return any(problem.facts.get("field") == name for problem in wrong)


def _of_way(own: AccrualRules | None, ways: Sequence[str]) -> Iterator[Cause]:
    """Compare the setup's way of spreading income with the ways by which the journal did."""
    if NOT_ACCRUED in ways:
        if own is not None:
            yield Cause(CauseKind.ACCRUAL_MISSING)
        return
    if not ways:
        yield Cause(CauseKind.ACCRUAL_OTHER)
        return
    if own is None:
        debit, credit, _by = ways[0].split("/")
        yield Cause(CauseKind.ACCRUAL_NOT_SET, {"debit": debit, "credit": credit})
        return
    debit, credit, by = _nearest(own, ways)
    if (debit, credit) == (own.credit_account, own.debit_account):
        yield Cause(CauseKind.ACCRUAL_SIDES, {"debit": debit, "credit": credit})
    elif (debit, credit) != (own.debit_account, own.credit_account):
        yield Cause(CauseKind.ACCRUAL_ACCOUNTS, {"debit": debit, "credit": credit})
    if by != own.by:
        yield Cause(CauseKind.ACCRUAL_BY, {"by": by})


def _nearest(own: AccrualRules, ways: Sequence[str]) -> tuple[str, str, str]:
    """Return the way that differs least from the setup's."""

    def distance(way: str) -> tuple[bool, bool]:
        debit, credit, by = way.split("/")
        return by != own.by, (debit, credit) != (own.debit_account, own.credit_account)

    debit, credit, by = min(ways, key=distance).split("/")
    return debit, credit, by
