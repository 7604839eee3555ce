"""`bilag preview`: print the posting plan of an invoice, entry by entry, with the lines behind each."""

from collections.abc import Iterable
from typing import Any

from bilag.cli import rendering
from bilag.cli.output import print_json, print_table, say
from bilag.companies.gateways import platform_for
from bilag.companies.setup import Setup
from bilag.messages import render_notes, render_problem
from bilag.posting.invoice import Invoice
from bilag.posting.plan import PostingPlan
from bilag.posting.problem import Problem
from bilag.posting.voucher import Entry, Voucher
from bilag.transfers.queries import preview


def preview_all(setup: Setup, numbers: list[int], *, as_json: bool) -> bool:
    """Plan and print each invoice. Return whether none has a problem. Raises the edges' errors."""
    chart = platform_for(setup).chart(fresh=True)
    documents, good = [], True
    for number in numbers:
        planned = preview.planned(setup, number, chart)
        if planned is None:
            documents.append(preview.missing_as_json(number))
            good = False
            if not as_json:
                _print_problems([preview.missing(number)])
            continue
        invoice, plan = planned
        good = good and not plan.problems
        documents.append(preview.plan_as_json(number, plan))
        if not as_json:
            _print(invoice, plan)
    if as_json:
        print_json(documents)
    return good


def _print(invoice: Invoice, plan: PostingPlan) -> None:
    for voucher in plan.vouchers[:1]:
        side = "debit" if voucher.kind == "invoice" else "credit"
        customer = (side, "customer", "", "", "", rendering.amount(voucher.total), "", "")
        print_table(
            ["Side", "Account", "VAT code", "Net ", "VAT ", "Gross ", "Units", "Lines"],
            [customer, *(_row(index, entry, plan) for index, entry in enumerate(voucher.entries))],
            title=_heading(voucher, invoice),
            less=["Lines", "VAT"],
        )
    print_schedule(plan)
    for note in render_notes(plan.notes, "en"):
        say(f"Note: {note}")
    if plan.nothing_to_post and not plan.problems:
        say(f"Invoice {invoice.number}: nothing to post.")
    _print_problems(plan.problems)


def _heading(voucher: Voucher, invoice: Invoice) -> str:
    return (
        f"Voucher {voucher.number}, {rendering.words(voucher.kind)}, {rendering.day(voucher.voucher_date)}, "
        f"customer {voucher.customer} {invoice.customer_name or ''}\n{voucher.text}\n"
        f"Due {rendering.day(voucher.due_date) or '-'}   KID {voucher.payment_id or '-'}   "
        f"Your reference {voucher.your_reference or '-'}"
    )


def print_schedule(plan: PostingPlan) -> None:
    """Print the accrual schedule, month by month."""
    rows = [
        (
            rendering.month(row.day),
            rendering.day(row.day),
            row.debit_account,
            row.credit_account,
            rendering.amount(row.amount),
            row.project,
            rendering.amount(row.left),
        )
        for row in plan.schedule
    ]
    vouchers = rendering.count(len(plan.vouchers) - 1, "voucher")
    made_by = "the accounting system" if plan.native_accrual else f"{vouchers} in the same batch"
    if rows:
        columns = ["Month", "Date", "Debit", "Credit", "Amount ", "Project", "Left on the credit account "]
        print_table(
            columns, rows, title=f"Accrual by {made_by}", less=["Project", "Left on the credit account", "Month"]
        )


def _row(index: int, entry: Entry, plan: PostingPlan) -> tuple[Any, ...]:
    units = " ".join(f"{unit}={value}" for unit, value in entry.units)
    lines = ", ".join(map(str, plan.lines_of(index))) or "rounding"
    amounts = (rendering.amount(one) for one in (entry.net, entry.vat, entry.gross))
    return (entry.side, entry.account, entry.vat_code, *amounts, units, lines)


def _print_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        rendered = render_problem(problem, "en")
        say(f"{rendered.subject}: {rendering.problem(rendered)}")
