"""`bilag preview`: the plan of an invoice, told entry by entry with the lines that fed each."""

from typing import Any

from bilag.cli.output import print_json, print_table, say
from bilag.companies.gateways import moment_for, platform_for
from bilag.companies.setup import Setup
from bilag.posting.catalogue import told
from bilag.posting.invoice import Invoice
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.problem import Problem
from bilag.posting.voucher import Entry, Voucher
from bilag.transfers.listing import problem_as_json
from bilag.transfers.planning import rules_for


def preview_all(setup: Setup, numbers: list[int], *, as_json: bool) -> bool:
    """Plan and print each invoice; False when one of them has a problem. Raises the edges' errors."""
    chart = platform_for(setup).chart(fresh=True)
    documents, good = [], True
    for number in numbers:
        invoice = moment_for(setup).invoice_by_number(number)
        if invoice is None:
            problem = Problem("not_in_moment", f"invoice {number}", {"number": str(number)})
            documents.append({"number": number, "problems": [problem_as_json(problem)], "vouchers": []})
            good = False
            if not as_json:
                _print_problems([problem])
            continue
        plan = plan_invoice(invoice, rules_for(setup, chart))
        good = good and not plan.problems
        documents.append(_as_json(number, plan))
        if not as_json:
            _print(invoice, plan)
    if as_json:
        print_json(documents)
    return good


def _as_json(number: int, plan: PostingPlan) -> dict[str, Any]:
    return {
        "number": number,
        "problems": [problem_as_json(problem) for problem in plan.problems],
        "notes": plan.notes_told("en"),
        "nothingToPost": plan.nothing_to_post,
        "vouchers": [_voucher_as_json(voucher, plan) for voucher in plan.vouchers],
    }


def _voucher_as_json(voucher: Voucher, plan: PostingPlan) -> dict[str, Any]:
    return {
        "voucherNumber": voucher.number,
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
        "entries": [_entry_as_json(index, entry, plan) for index, entry in enumerate(voucher.entries)],
    }


def _entry_as_json(index: int, entry: Entry, plan: PostingPlan) -> dict[str, Any]:
    return {
        "accountNumber": entry.account,
        "side": entry.side,
        "vatCode": entry.vat_code,
        "netAmount": str(entry.net),
        "vatAmount": str(entry.vat),
        "grossAmount": str(entry.gross),
        "text": entry.text,
        "orgUnits": {str(unit): value for unit, value in entry.units},
        "lines": list(plan.lines_of(index)),
    }


def _print(invoice: Invoice, plan: PostingPlan) -> None:
    for voucher in plan.vouchers:
        head = (
            f"Voucher {voucher.number}, {voucher.kind.replace('_', ' ')}, {voucher.voucher_date}, customer {voucher.customer}"
            f" {invoice.customer_name or ''}\n{voucher.text}"
            f"\nDue {voucher.due_date or '-'}   KID {voucher.payment_id or '-'}   Your reference {voucher.your_reference or '-'}"
        )
        customer = ("debit" if voucher.kind == "invoice" else "credit", "customer", "", "", "", voucher.total, "", "")
        print_table(
            ["Side", "Account", "VAT code", "Net ", "VAT ", "Gross ", "Units", "Lines"],
            [customer, *(_row(index, entry, plan) for index, entry in enumerate(voucher.entries))],
            title=head,
        )
    for note in plan.notes_told("en"):
        say(f"Note: {note}")
    if plan.nothing_to_post and not plan.problems:
        say(f"Invoice {invoice.number}: nothing to post.")
    _print_problems(plan.problems)


def _row(index: int, entry: Entry, plan: PostingPlan) -> tuple[Any, ...]:
    units = " ".join(f"{unit}={value}" for unit, value in entry.units)
    lines = ", ".join(map(str, plan.lines_of(index))) or "rounding"
    return (entry.side, entry.account, entry.vat_code, entry.net, entry.vat, entry.gross, units, lines)


def _print_problems(problems: Any) -> None:
    for problem in problems:
        told_so = told(problem, "en")
        say(f"{told_so.subject}: {told_so.message} {told_so.remedy}")
