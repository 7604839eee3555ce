"""What an invoice and its voucher say about how the books were kept: for each habit, the values that explain this voucher. Pure.

An empty list says that the voucher contradicts every value; a habit that is missing, that the voucher says nothing of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from bilag.posting.accrual import Allocation, Income, is_accrued, is_usable, plan_moves
from bilag.posting.amounts import ledger_rate
from bilag.posting.balance import TOLERANCE_PER_LINE
from bilag.posting.chart import Chart
from bilag.posting.dimensions import unit_value
from bilag.posting.grouping import Group, Grouping, Splitting, group_lines, strip_number
from bilag.posting.invoice import Invoice
from bilag.posting.posted import UNREAD, Posted, PostedEntry
from bilag.posting.read_back import is_vat_entry
from bilag.posting.texts import one_line
from bilag.posting.voucher import ZERO
from bilag.posting.voucher_builder import field_values
from bilag.rehearsal.number_forms import SAME, forms, is_written_as
from bilag.rehearsal.text_forms import told_by

Key = TypeVar("Key")
Evidence = dict[str, list[str]]
Month = tuple[int, int]
NO_UNIT, NOT_ACCRUED = "none", "off"
MOST_TEXTS = 10
LEAST_OF_A_LINE = Decimal(1)
"""Smaller entries may be roundings, on whatever account: their texts say nothing of those of lines."""
PROJECT, DEPARTMENT = "dimensions.project", "dimensions.department"
ROUNDING, ACCRUAL = "rounding.account", "accrual"
VOUCHER_NUMBER = "numbers.voucher"
VOUCHER_TEXT, ENTRY_TEXT = "texts.voucher", "texts.entry"
CUSTOMER_NUMBER = "numbers.customer"
NUMBER_OF = {PROJECT: "numbers.project", DEPARTMENT: "numbers.department"}
"""The habit of how a dimension's numbers are written, by the dimension. Its values begin with the unit: "7/zeros:6"."""
VAT_CODE = "vat_code"
"""Followed by the account and by the code on the invoice: "vat_code/3000/3". Its values are the codes in the journal."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An invoice and its voucher. `accruals` are the journals that belong to the voucher."""

    invoice: Invoice
    posted: Posted
    accruals: tuple[Posted, ...] = ()


def evidence_of(pair: Pair, chart: Chart, language: str) -> Evidence:
    """Return what the pair says. `language` is that of the words that Bilag puts in texts."""
    invoice, posted = pair.invoice, pair.posted
    grouping = group_lines(invoice.lines, Splitting(True, True, False, invoice.project, invoice.department))
    accounts = {group.key.account for group in grouping.groups}
    entries = [one for one in posted.entries if not one.customer and not is_vat_entry(one, accounts, chart)]
    found: Evidence = {}
    customer = strip_number(invoice.customer)
    if customer and posted.customer:
        found[CUSTOMER_NUMBER] = forms(customer, posted.customer)
    values = field_values(invoice, language)
    if posted.text and posted.text != UNREAD:
        found[VOUCHER_TEXT] = told_by(posted.text, values)
    found |= _of_entry_texts(grouping.groups, entries, values, chart)
    for habit in (PROJECT, DEPARTMENT):
        found |= _of_dimension(habit, grouping, entries, chart, has_rounding=_difference(invoice, grouping) != 0)
    return (
        found
        | _of_vat_codes(grouping.groups, entries)
        | _of_rounding(invoice, grouping, entries)
        | _of_accrual(pair, chart)
    )


def _of_dimension(
    habit: str, grouping: Grouping, entries: Sequence[PostedEntry], chart: Chart, *, has_rounding: bool
) -> Evidence:
    """Return the units whose values are the numbers of the lines, account by account, and how they are written there."""
    kind = habit.rpartition(".")[2]
    sold = [group for group in grouping.groups if group.key.vat_code is not None] or grouping.groups
    posted = {
        group.key.account: [dict(one.units) for one in entries if one.account == group.key.account] for group in sold
    }
    required = _numbers(kind, [group for group in sold if posted[group.key.account]])
    allowed = _numbers(kind, [*grouping.groups, *grouping.zero_groups])
    for group in grouping.groups if has_rounding else ():
        if group.key.vat_code is None:  # the rounding may be on the same account, and has no units
            allowed[group.key.account].add(None)
    wanted = {number for numbers in required.values() for number in numbers if number is not None}
    if not wanted:
        return {}
    units = sorted({unit for some in posted.values() for one in some for unit in one})
    fitting, written = [], []
    for unit in units:
        values = {account: {one.get(unit) for one in posted[account]} for account in required}
        if all(_are_written_as(required[account], allowed[account], values[account]) for account in required):
            fitting.append(str(unit))
            seen = {one for some in values.values() for one in some if one is not None}
            written += [f"{unit}/{form}" for form in _forms_of_all(wanted, seen, unit, chart)]
    if not fitting and not _is_anywhere(wanted, posted.values()):
        return {habit: [NO_UNIT]}
    return {habit: fitting, **({NUMBER_OF[habit]: written} if fitting else {})}


def _numbers(kind: str, groups: Iterable[Group]) -> dict[str, set[str | None]]:
    """Return the projects or departments of the groups by account; None stands for none."""
    numbers: dict[str, set[str | None]] = {}
    for group in groups:
        numbers.setdefault(group.key.account, set()).add(getattr(group.key, kind))
    return numbers


def _are_written_as(required: set[str | None], allowed: set[str | None], values: set[str | None]) -> bool:
    """Tell whether the values are all of the required numbers, and no others than the allowed, apart from leading zeros."""

    def has(one: str | None, among: Iterable[str | None]) -> bool:
        if one is None:
            return None in among
        return any(other is not None and is_written_as(one, other) for other in among)

    return all(has(one, values) for one in required) and all(has(one, allowed) for one in values)


def _forms_of_all(numbers: Iterable[str], values: Iterable[str], unit: int, chart: Chart) -> list[str]:
    """Return the forms in which all of the numbers are written. What Bilag itself would write is the same."""
    written, definition = list(values), chart.units.get(unit)
    common: set[str] | None = None
    for number in numbers:
        own = {form for value in written if is_written_as(number, value) for form in forms(number, value)}
        own |= {SAME} if unit_value(unit, number, definition) in written else set()
        common = own if common is None else common & own
    return sorted(common or ())


def _is_anywhere(numbers: Iterable[str], posted: Iterable[list[dict[int, str]]]) -> bool:
    values = {value for some in posted for one in some for value in one.values()}
    return any(is_written_as(number, value) for number in numbers for value in values)


def _of_entry_texts(
    groups: Sequence[Group], entries: Sequence[PostedEntry], values: Mapping[str, str | None], chart: Chart
) -> Evidence:
    """Return the forms by which the texts of all entries of sales were made, whether lines of one account were merged or not."""
    lines: dict[str, list[Group]] = {}
    for group in groups:
        lines.setdefault(group.key.account, []).append(group)
    common: list[str] | None = None
    for account, same in lines.items():
        name = chart.accounts[account].name if account in chart.accounts else None
        own = (*(line.text for group in same for line in group.lines), *(group.text(name) for group in same))
        texts = list(dict.fromkeys(filter(None, map(one_line, own))))
        of_account = [one for one in entries if one.account == account and abs(one.currency_amount) >= LEAST_OF_A_LINE]
        posted = dict.fromkeys(text for one in of_account if one.text != UNREAD and (text := one_line(one.text)))
        for text in list(posted)[:MOST_TEXTS]:
            within: Sequence[str | None] = [one for one in texts if one in text] or texts
            known = [{"text": own_text, "account": name, **values} for own_text in within[:MOST_TEXTS] or [None]]
            told = [form for one in known for form in told_by(text, one)]
            common = list(dict.fromkeys(told if common is None else [one for one in common if one in told]))
    return {} if common is None else {ENTRY_TEXT: common[:MOST_TEXTS]}


def _of_vat_codes(groups: Sequence[Group], entries: Sequence[PostedEntry]) -> Evidence:
    """Return the VAT code that each account's amounts have in the journal, by the code they have on the invoice."""
    planned: dict[str, dict[str | None, Decimal]] = {}
    for group in groups:
        _add(planned.setdefault(group.key.account, {}), group.key.vat_code, -group.net)
    found: dict[str, dict[str | None, Decimal]] = {account: {} for account in planned}
    for entry in entries:
        if entry.account in found:
            _add(found[entry.account], entry.vat_code or None, entry.currency_amount)
    evidence: Evidence = {}
    for account, sums in planned.items():
        if sum(sums.values(), ZERO) != sum(found[account].values(), ZERO):
            continue  # another difference than of the code
        moved = dict(moves_between(sums, found[account]))
        for code in sums:
            if code is not None:
                evidence[f"{VAT_CODE}/{account}/{code}"] = [moved.get(code, code) or ""]
    return evidence


def moves_between(
    planned: Mapping[str | None, Decimal], found: Mapping[str | None, Decimal]
) -> list[tuple[str | None, str | None]]:
    """Return from where to where amounts moved, by sums before and after.

    What left one place for one other is paired by its amount; what cannot be paired so goes from each to the largest.
    """
    changes = {key: found.get(key, ZERO) - planned.get(key, ZERO) for key in [*planned, *found]}
    changes = {key: change for key, change in changes.items() if change}
    left = [key for key, change in changes.items() if _is_loss(change, planned.get(key, ZERO))]
    sources = [*left, *(key for key in changes if planned.get(key) and key not in left)]
    pairs: list[tuple[str | None, str | None]] = []
    for key in sources:
        others = [other for other in changes if other != key and key in changes and changes[other] == -changes[key]]
        to = [other for other in others if key in left or not planned.get(other)]
        if to:
            pairs.append((key, to[0]))
            del changes[key], changes[to[0]]
    gained = [key for key in changes if key not in left]
    if gained:
        most = max(gained, key=lambda key: abs(changes[key]))
        pairs += [(key, most) for key in left if key in changes]
    return pairs


def _is_loss(change: Decimal, planned: Decimal) -> bool:
    """Tell whether the change takes something of what was planned away."""
    return planned != 0 and (change < 0) != (planned < 0)


def _difference(invoice: Invoice, grouping: Grouping) -> Decimal:
    """Return what the invoice's total is above its lines."""
    return invoice.total - grouping.net - grouping.vat


def _of_rounding(invoice: Invoice, grouping: Grouping, entries: Sequence[PostedEntry]) -> Evidence:
    """Return the accounts that hold exactly the rounding difference, beside what the lines put there."""
    difference = _difference(invoice, grouping)
    if difference == 0 or abs(difference) > TOLERANCE_PER_LINE * grouping.lines_with_amount:
        return {}
    without_code = [one for one in entries if not one.vat_code]
    sums: dict[str, Decimal] = {}
    for one in without_code:
        _add(sums, one.account, one.currency_amount)
    for group in grouping.groups:
        if group.key.vat_code is None and group.key.account in sums:
            sums[group.key.account] += group.net
    return {ROUNDING: sorted(account for account, amount in sums.items() if amount == -difference)}


def _of_accrual(pair: Pair, chart: Chart) -> Evidence:
    """Return "debit/credit/by" for each pair of accounts and allocation that gives the journals' sums in every month."""
    invoice, day = pair.invoice, pair.invoice.invoice_date
    rate = Decimal(1) if invoice.currency == chart.base_currency else ledger_rate(invoice.exchange_rate)
    if day is None or rate is None:
        return {}
    grouping = group_lines(invoice.lines, Splitting(True, True, True, invoice.project, invoice.department))
    incomes = [
        Income((group.net * rate).quantize(ZERO, ROUND_HALF_UP), period)
        for group in grouping.groups
        if (period := group.key.service_period) is not None and is_accrued(period, day) and is_usable(period)
    ]
    if not any(income.net for income in incomes):
        return {}
    if not pair.accruals:
        return {ACCRUAL: [NOT_ACCRUED]}
    posted = _sums_by_month(pair.accruals)
    found = []
    for by in Allocation:
        planned = {(move.day.year, move.day.month): move.total for move in plan_moves(day, incomes, by)}
        accounts = sorted({account for sums in posted.values() for account in sums})
        for debit in accounts:
            for credit in accounts:
                if debit != credit and planned and _are_spread(planned, posted, debit, credit):
                    found.append(f"{debit}/{credit}/{by}")
    return {ACCRUAL: found}


def _sums_by_month(accruals: Iterable[Posted]) -> dict[Month, dict[str, Decimal]]:
    posted: dict[Month, dict[str, Decimal]] = {}
    for one in accruals:
        sums = posted.setdefault(_month(one.voucher_date), {})
        for entry in one.entries:
            _add(sums, entry.account, entry.amount)
    return posted


def _month(day: date) -> Month:
    return day.year, day.month


def _are_spread(
    planned: Mapping[Month, Decimal], posted: Mapping[Month, Mapping[str, Decimal]], debit: str, credit: str
) -> bool:
    """Tell whether both accounts hold every month's move, and no other month's."""
    return all(
        posted.get(month, {}).get(debit, ZERO) == planned.get(month, ZERO)
        and posted.get(month, {}).get(credit, ZERO) == -planned.get(month, ZERO)
        for month in {*planned, *posted}
    )


def _add(sums: dict[Key, Decimal], key: Key, amount: Decimal) -> None:
    sums[key] = sums.get(key, ZERO) + amount
