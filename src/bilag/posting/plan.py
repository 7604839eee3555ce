"""Plan the posting of an invoice. Every caller gets its vouchers from `plan_invoice`, from preview to reconciliation.

The result is always a plan: with vouchers, or with every problem that prevents them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bilag.posting.accrual import Move, ScheduleRow, schedule
from bilag.posting.amounts import check_amounts
from bilag.posting.balance import rounding_difference
from bilag.posting.check_groups import account_fault, check_groups
from bilag.posting.check_header import check_finalised, check_header
from bilag.posting.dimensions import unit_value
from bilag.posting.findings import Findings, locate_in_invoice
from bilag.posting.grouping import Group, Grouping, GroupKey, Splitting, group_lines, has_amount
from bilag.posting.invoice import Invoice
from bilag.posting.invoice_accrual import Accruals, accruals_of, line_accrual, vouchers_of
from bilag.posting.note import Note
from bilag.posting.posted import left_behind
from bilag.posting.problem import Problem
from bilag.posting.rules import Rules
from bilag.posting.vat_tolerance import split_groups
from bilag.posting.voucher import Voucher
from bilag.posting.voucher_builder import Units, VoucherBuilder

__all__ = ["PostingPlan", "Rules", "plan_invoice"]


@dataclass(frozen=True, slots=True)
class PostingPlan:
    """The vouchers to post for an invoice, or the problems that prevent them.

    `vouchers` is empty if there are problems or `nothing_to_post`. The first is the invoice's; the others spread its
    income as `accruals` says. With `native_accrual` the accounting system creates those itself. `fed_by` holds, for
    each entry of the first voucher, the positions of the lines behind it.
    """

    invoice: Invoice
    vouchers: tuple[Voucher, ...] = ()
    fed_by: tuple[tuple[int, ...], ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    nothing_to_post: bool = False
    accruals: tuple[Move, ...] = ()
    schedule: tuple[ScheduleRow, ...] = ()
    """The accruals as rows to show a user."""
    native_accrual: bool = False

    def lines_of(self, index: int) -> tuple[int, ...]:
        """Return the positions of the lines behind the entry at `index` (from 0); empty for the rounding entry."""
        return self.fed_by[index] if 0 <= index < len(self.fed_by) else ()

    def locate(self, problem: Problem) -> Problem:
        """Replace the subject "entry N" (counted from 1) of a problem by the invoice lines behind that entry.

        Adds the facts `invoice` and `lines`. A problem without subject becomes the invoice's; other subjects stay.
        """
        return locate_in_invoice(problem, self.fed_by, self.invoice)


def plan_invoice(invoice: Invoice, rules: Rules) -> PostingPlan:
    """Plan the posting of an invoice by the company's rules.

    Never raises: whatever is wrong with the invoice becomes a problem of the plan.
    """
    findings, rules = Findings(invoice), rules.on(invoice.invoice_date)
    if not check_amounts(invoice, findings):
        check_header(invoice, rules, findings)
        return PostingPlan(invoice, problems=findings.problems)
    grouping = split_groups(group_lines(invoice.lines, _splitting(invoice, rules)), rules)
    notes = (*map(_zero_group_note, grouping.zero_groups), *_split_notes(grouping))
    if _nothing_to_post(invoice, grouping):
        check_finalised(invoice, findings)
        return PostingPlan(invoice, problems=findings.problems, notes=notes, nothing_to_post=True)
    check_header(invoice, rules, findings)
    check_groups(invoice, grouping, rules, findings)
    with_units = [(group, _units(group, rules, findings)) for group in grouping.groups]
    _check_numbers(invoice, grouping, rules, findings)
    notes = (*notes, *_empty_dimension_notes(grouping, rules))
    accruals = accruals_of(invoice, with_units, rules, findings)
    difference = rounding_difference(invoice, grouping, findings)
    if difference != 0:
        _check_rounding_account(rules, findings)
    if findings.problems:
        return PostingPlan(invoice, problems=findings.problems, notes=notes)
    return _build_plan(invoice, rules, with_units, difference, accruals, notes)


def _build_plan(
    invoice: Invoice,
    rules: Rules,
    groups: list[tuple[Group, Units]],
    difference: Decimal,
    accruals: Accruals,
    notes: tuple[Note, ...],
) -> PostingPlan:
    builder = VoucherBuilder(invoice, rules)
    if accruals.native:
        builder.line_accrual = lambda group: line_accrual(group, invoice, rules)
    voucher = builder.build(groups, difference)
    rounding: tuple[tuple[int, ...], ...] = ((),) if difference != 0 else ()
    return PostingPlan(
        invoice,
        vouchers=(voucher, *(() if accruals.native else vouchers_of(accruals.moves, invoice, rules))),
        fed_by=tuple(group.positions for group, _ in groups) + rounding,
        notes=(*notes, *builder.notes, *accruals.notes, *_left_behind_notes(voucher, rules)),
        accruals=accruals.moves,
        schedule=schedule(accruals.moves, rules.accrual) if rules.accrual is not None else (),
        native_accrual=accruals.native,
    )


def _splitting(invoice: Invoice, rules: Rules) -> Splitting:
    return Splitting(
        by_project=rules.dimensions.project is not None,
        by_department=rules.dimensions.department is not None,
        by_service_period=rules.accrual is not None,
        project=invoice.project,
        department=invoice.department,
    )


def _nothing_to_post(invoice: Invoice, grouping: Grouping) -> bool:
    in_header = invoice.total != 0 or invoice.net != 0 or invoice.vat != 0
    return not grouping.groups and not grouping.without_account and not in_header


def _zero_group_note(group: Group) -> Note:
    return Note("zero_group_left_out", {"account": group.key.account}, group.positions)


def _split_notes(grouping: Grouping) -> Iterable[Note]:
    """Yield a note for each key whose lines are in several groups."""
    parts: dict[GroupKey, list[Group]] = {}
    for group in grouping.groups:
        if group.split:
            parts.setdefault(group.key, []).append(group)
    for key, groups in parts.items():
        positions = sorted(position for group in groups for position in group.positions)
        yield Note("group_split", {"account": key.account, "entries": str(len(groups))}, tuple(positions))


def _units(group: Group, rules: Rules, findings: Findings) -> Units:
    """Return the group's values for the units chosen for project and department; report those that do not fit."""
    chosen = (
        ("project", rules.dimensions.project, group.key.project),
        ("department", rules.dimensions.department, group.key.department),
    )
    values: list[tuple[int, str]] = []
    for name, unit, number in chosen:
        if unit is None or number is None:
            continue
        value = unit_value(unit, number, rules.unit_definition(unit), subject=f"{name} {number}")
        if isinstance(value, Problem):
            findings.of_other(value, group.positions)
        else:
            values.append((unit, value))
    return tuple(sorted(values))


def _check_numbers(invoice: Invoice, grouping: Grouping, rules: Rules, findings: Findings) -> None:
    """Report each project and department without a number that an entry needs for its dimension.

    The invoice's own is needed by the lines that have none.
    """
    posted = [line for group in grouping.groups for line in group.lines if has_amount(line)]
    for kind, unit in (("project", rules.dimensions.project), ("department", rules.dimensions.department)):
        named = [one for one in invoice.unnumbered if one.kind == kind] if unit is not None else []
        of_lines = {one.position for one in named if one.position is not None}
        for one in named:
            if one.position is None:
                needing = [line for line in posted if line.position not in of_lines and not getattr(line, kind)]
            else:
                needing = [line for line in posted if line.position == one.position]
            if needing:
                problem = Problem(f"{kind}_without_number", f"{kind} {one.name}", {kind: one.name})
                findings.of_other(problem, [line.position for line in needing])


def _empty_dimension_notes(grouping: Grouping, rules: Rules) -> Iterable[Note]:
    """Yield a note for the lines that name no project or department, although there is a dimension for it."""
    for kind, unit in (("project", rules.dimensions.project), ("department", rules.dimensions.department)):
        empty = [group for group in grouping.groups if getattr(group.key, kind) is None]
        positions = sorted(position for group in empty for position in group.positions)
        if unit is not None and positions:
            yield Note(f"{kind}_empty", {"unit": str(unit)}, tuple(positions))


def _left_behind_notes(voucher: Voucher, rules: Rules) -> Iterable[Note]:
    """Yield a note that names what of the voucher does not reach accounting."""
    names = left_behind(voucher, rules.chart.not_carried) if rules.chart is not None else ()
    if names:
        yield Note("not_carried", {"fields": ", ".join(names)})


def _check_rounding_account(rules: Rules, findings: Findings) -> None:
    if rules.chart is None or not rules.chart.accounts:
        return
    account = rules.chart.accounts.get(rules.rounding)
    fault = account_fault(account)
    if fault is not None:
        findings.of_lines(f"setup_{fault}", (), account=rules.rounding, setup="rounding.account")
    elif account is not None and rules.chart.needs_vat_code(account):
        findings.of_lines("rounding_account_needs_vat_code", (), account=account.number)
