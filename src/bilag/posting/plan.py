"""The single way from an invoice to its voucher: preview, transfer and reconciliation all ask `plan_invoice`.

Whatever the invoice holds, the answer is a plan: with a voucher, or with every problem that stands in its way.
"""

from dataclasses import dataclass
from decimal import Decimal

from bilag.posting.accrual import Move, ScheduleRow, schedule
from bilag.posting.amounts import check_amounts
from bilag.posting.balance import rounding_difference
from bilag.posting.check_groups import account_fault, check_groups
from bilag.posting.check_header import check_finalised, check_header
from bilag.posting.dimensions import unit_value
from bilag.posting.findings import Findings, told_of_lines
from bilag.posting.grouping import Group, Grouping, Splitting, group_lines
from bilag.posting.invoice import Invoice, InvoiceLine
from bilag.posting.invoice_accrual import Accruals, accruals_of, line_accrual, vouchers_of
from bilag.posting.note import Note
from bilag.posting.problem import Problem
from bilag.posting.rules import Rules
from bilag.posting.voucher import Entry, Voucher
from bilag.posting.voucher_builder import Units, VoucherBuilder

__all__ = ["ExplainedEntry", "PostingPlan", "Rules", "plan_invoice"]


@dataclass(frozen=True, slots=True)
class ExplainedEntry:
    """An entry with the invoice lines that fed it; none fed the rounding entry that Bilag adds."""

    entry: Entry
    lines: tuple[InvoiceLine, ...]


@dataclass(frozen=True, slots=True)
class PostingPlan:
    """What is to be posted for an invoice, or why not.

    `vouchers` is empty when there are problems or there is `nothing_to_post`; the first is the invoice's, the others
    spread its income as `accruals` says. With `native_accrual` the accounting system makes those itself.
    `fed_by` holds, for each entry of the first voucher, the positions of the lines that fed it.
    """

    invoice: Invoice
    vouchers: tuple[Voucher, ...] = ()
    fed_by: tuple[tuple[int, ...], ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    nothing_to_post: bool = False
    accruals: tuple[Move, ...] = ()
    schedule: tuple[ScheduleRow, ...] = ()
    """The same as rows for a person."""
    native_accrual: bool = False

    def lines_of(self, index: int) -> tuple[int, ...]:
        """Positions of the lines that fed the entry at `index` (from 0); none for the rounding entry."""
        return self.fed_by[index] if 0 <= index < len(self.fed_by) else ()

    def explain(self) -> tuple[ExplainedEntry, ...]:
        """Each entry of the invoice's voucher with the lines that fed it."""
        entries = self.vouchers[0].entries if self.vouchers else ()
        by_position = {line.position: line for line in self.invoice.lines}
        return tuple(
            ExplainedEntry(entry, tuple(by_position[position] for position in self.lines_of(index)))
            for index, entry in enumerate(entries)
        )

    def locate(self, problem: Problem) -> Problem:
        """A problem that was told of "entry N" (counted from 1), told of the invoice's lines; of nothing, of the invoice.

        It is given the facts `invoice` and `lines`. Every other subject stays.
        """
        return told_of_lines(problem, self.fed_by, self.invoice)


def plan_invoice(invoice: Invoice, rules: Rules) -> PostingPlan:
    """Plan the posting of an invoice. Never raises: what is wrong with the invoice is a problem of the plan."""
    findings = Findings(invoice)
    if not check_amounts(invoice, findings):
        check_header(invoice, rules, findings)
        return PostingPlan(invoice, problems=findings.problems)
    grouping = group_lines(invoice.lines, _splitting(invoice, rules))
    notes = tuple(_zero_group(group) for group in grouping.zero_groups)
    if _nothing_to_post(invoice, grouping):
        check_finalised(invoice, findings)
        return PostingPlan(invoice, problems=findings.problems, notes=notes, nothing_to_post=True)
    check_header(invoice, rules, findings)
    check_groups(invoice, grouping, rules, findings)
    with_units = [(group, _units(group, rules, findings)) for group in grouping.groups]
    accruals = accruals_of(invoice, with_units, rules, findings)
    difference = rounding_difference(invoice, grouping, findings)
    if difference != 0:
        _check_rounding_account(rules, findings)
    if findings.problems:
        return PostingPlan(invoice, problems=findings.problems, notes=notes)
    return _built(invoice, rules, with_units, difference, accruals, notes)


def _built(
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
        notes=(*notes, *builder.notes, *accruals.notes),
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


def _zero_group(group: Group) -> Note:
    return Note("zero_group_left_out", {"account": group.key.account}, group.positions)


def _units(group: Group, rules: Rules, findings: Findings) -> Units:
    """The group's values in the units chosen for project and department."""
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


def _check_rounding_account(rules: Rules, findings: Findings) -> None:
    if rules.chart is None or not rules.chart.accounts:
        return
    account = rules.chart.accounts.get(rules.rounding)
    fault = account_fault(account)
    if fault is not None:
        findings.of_lines(f"setup_{fault}", (), account=rules.rounding, setup="rounding.account")
    elif account is not None and account.vat_codes_allowed:
        findings.of_lines("rounding_account_needs_vat_code", (), account=account.number)
