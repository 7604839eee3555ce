"""The posting plan of an invoice, as the command line and the API return it."""

from typing import Any

from bilag.companies.gateways import moment_for, platform_for
from bilag.companies.setup import Setup
from bilag.messages import render_notes
from bilag.messages.problem_json import problem_as_json
from bilag.posting.accrual import ScheduleRow
from bilag.posting.chart import Chart
from bilag.posting.invoice import Invoice
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.problem import Problem
from bilag.posting.voucher import Entry, Voucher
from bilag.transfers.confirmed_rates import rules_of_invoice


def planned(setup: Setup, number: int, chart: Chart | None = None) -> tuple[Invoice, PostingPlan] | None:
    """Plan the invoice by what both systems say now; None when Moment has no such invoice. Sends nothing.

    Raises the errors of Moment and of the platform.
    """
    chart = chart or platform_for(setup).chart(fresh=True)
    invoice = moment_for(setup).invoice_by_number(number)
    return (invoice, plan_invoice(invoice, rules_of_invoice(setup, chart, invoice))) if invoice is not None else None


def missing(number: int) -> Problem:
    """Return the problem that Moment has no such invoice."""
    return Problem("not_in_moment", f"invoice {number}", {"number": str(number)})


def missing_as_json(number: int, language: str = "en") -> dict[str, Any]:
    """Return that problem in place of a plan."""
    return {"number": number, "problems": [problem_as_json(missing(number), language)], "vouchers": []}


def plan_as_json(number: int, plan: PostingPlan, language: str = "en") -> dict[str, Any]:
    """Return the vouchers that would be posted, or the problems that prevent it."""
    return {
        "number": number,
        "problems": [problem_as_json(problem, language) for problem in plan.problems],
        "notes": render_notes(plan.notes, language),
        "nothingToPost": plan.nothing_to_post,
        "vouchers": [_voucher_as_json(index, voucher, plan) for index, voucher in enumerate(plan.vouchers)],
        "accrual": {
            "native": plan.native_accrual,
            "schedule": [_row_as_json(row) for row in plan.schedule],
        }
        if plan.schedule
        else None,
    }


def _row_as_json(row: ScheduleRow) -> dict[str, Any]:
    return {
        "month": row.day.isoformat()[:7],
        "date": row.day.isoformat(),
        "debitAccount": row.debit_account,
        "creditAccount": row.credit_account,
        "amount": str(row.amount),
        "project": row.project,
        "department": row.department,
        "left": str(row.left),
    }


def _voucher_as_json(place: int, voucher: Voucher, plan: PostingPlan) -> dict[str, Any]:
    own = place == 0  # the accrual journals have no number of ours
    return {
        "voucherNumber": voucher.number if own else None,
        "relatedVoucherNumber": voucher.related_number,
        "type": voucher.kind,
        "voucherDate": voucher.voucher_date.isoformat(),
        "dueDate": voucher.due_date.isoformat() if voucher.due_date else None,
        "paymentId": voucher.payment_id,
        "customerNumber": voucher.customer,
        "yourReference": voucher.your_reference,
        "text": voucher.text,
        "currency": voucher.currency,
        "exchangeRate": str(voucher.exchange_rate),
        "totalAmount": str(voucher.total),
        "creditedInvoiceNumber": voucher.credited_number,
        "entries": [
            _entry_as_json(entry, plan.lines_of(index) if own else ()) for index, entry in enumerate(voucher.entries)
        ],
    }


def _entry_as_json(entry: Entry, lines: tuple[int, ...]) -> dict[str, Any]:
    return {
        "accountNumber": entry.account,
        "side": entry.side,
        "vatCode": entry.vat_code,
        "netAmount": str(entry.net),
        "vatAmount": str(entry.vat),
        "grossAmount": str(entry.gross),
        "text": entry.text,
        "orgUnits": {str(unit): value for unit, value in entry.units},
        "lines": list(lines),
    }
