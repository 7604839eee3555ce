"""The list of posted lines, the page of one line, and the import history."""

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from bilag.companies import store
from bilag.events.exported import Exported
from bilag.expenses import enqueue, queries
from bilag.expenses.models import ExpenseLine, LineState
from bilag.expenses.route import is_left_behind
from bilag.jobs import health
from bilag.messages import render_ignored_reason, render_problem
from bilag.posting.expense import IgnoredReason
from bilag.posting.selection import OSLO
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.expenses_pages.filters import VIEWS, found, parse
from bilag.web.expenses_pages.words import LINE_STATES
from bilag.web.spreadsheets import Row, oslo_clock, pages_of, sheet_response
from bilag.web.templatetags.bilag import language
from bilag.web.whole_numbers import whole_number

PAGE = 50
MOST_URGENT = 50


@company_page(methods=("GET", "HEAD"))
def expenses(request: CompanyRequest) -> HttpResponse:
    """Show the lines that need attention and the imported ones, or those of a filter; for htmx, only the lists and the counts."""
    company_id = request.access.company.pk
    filters = parse(request)
    place = whole_number(request.GET.get("after", ""))
    rows = found(request)
    shown = list((rows.filter(pk__lt=place) if place else rows)[: PAGE + 1])
    urgent: list[ExpenseLine] = []
    if not filters.narrows and place is None:
        urgent = list(queries.lines(company_id, LineState.NEEDS_ATTENTION)[: MOST_URGENT + 1])
    context = {
        "lines": shown[:PAGE],
        "urgent": urgent[:MOST_URGENT],
        "more_urgent": len(urgent) > MOST_URGENT,
        "older": filters.query(after=shown[PAGE - 1].pk) if len(shown) > PAGE else "",
        "first": filters.query() if place else "",
        "whole": filters.query(),
        "filters": filters,
    }
    counts = queries.counts(company_id)
    context["figures"] = [(value, LINE_STATES[value], counts.get(value, 0)) for value in LINE_STATES]
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "found":
        return render(request, "bilag/expenses_found.html", context | {"part": True})
    reasons = queries.reasons(company_id)
    setup = store.load_setup(company_id)
    newest = queries.imports(company_id).first()
    asked = enqueue.is_asked(company_id)
    context |= {
        "setup": setup,
        "views": VIEWS.items(),
        "reasons": [(code, count, render_ignored_reason(code, language())) for code, count in reasons.items() if code],
        "newest": newest,
        "asked": asked,
        "under_way": asked or (newest is not None and newest.ended_at is None),
        "worker_alive": health.worker_alive(),
    }
    return render(request, "bilag/expenses.html", context)


@company_page(methods=("GET", "HEAD"))
def one(request: CompanyRequest, pk: int) -> HttpResponse:
    """Show one posted line: its origin in accounting and the expense in Moment."""
    row = ExpenseLine.objects.select_related("reverses").filter(company=request.access.company, pk=pk).first()
    if row is None:
        raise Http404
    setup = store.load_setup(request.access.company.pk)
    left_behind = is_left_behind(row)
    due = row.state in (LineState.WAITING, LineState.SENDING, LineState.NEEDS_ATTENTION)
    context = {
        "line": row,
        "posted": row.line,
        "problems": [problem.as_json() for problem in queries.problems_of(row)],
        "reversed_by": list(row.reversed_by.order_by("id")[:20]),
        "moment_address": setup.moment.base_url,
        "project_unit": setup.dimensions.project,
        "may_exclude": due and (row.sent_at is None or left_behind),
        "may_retry": (due or row.reason == IgnoredReason.EXCLUDED) and not left_behind,
    }
    return render(request, "bilag/expense.html", context)


@company_page(methods=("GET", "HEAD"))
def imports(request: CompanyRequest) -> HttpResponse:
    """Show every import and its result, newest first."""
    rows = queries.imports(request.access.company.pk)
    after = whole_number(request.GET.get("after", ""))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    shown = list(rows[: PAGE + 1])
    rendered_runs = [(run, queries.import_as_json(run, language())) for run in shown[:PAGE]]
    context = {"runs": rendered_runs, "older": shown[PAGE - 1].pk if len(shown) > PAGE else None}
    return render(request, "bilag/expense_imports.html", context)


@company_page(methods=("GET", "HEAD"))
def export(request: CompanyRequest, form: str) -> StreamingHttpResponse:
    """Download all rows of the list as `csv` or `xlsx`."""
    head = [
        _("Journal number"),
        _("Entry"),
        _("Date"),
        _("Voucher"),
        _("Account"),
        _("Net"),
        _("Supplier"),
        _("Text"),
        _("Project"),
        _("Status"),
        _("Reason"),
        _("Expense in Moment"),
        _("Done"),
    ]
    name = f"{request.access.company.slug}-expenses-{timezone.now().astimezone(OSLO):%Y-%m-%d}"
    try:
        return sheet_response(
            request, Exported.EXPENSES, form, name, _("Expenses"), head, pages_of(found(request), _cells)
        )
    except ValueError:
        raise Http404 from None


def _cells(row: ExpenseLine) -> Row:
    """Return the line as a row of a spreadsheet."""
    why = render_ignored_reason(row.reason, language()) if row.state == LineState.IGNORED and row.reason else ""
    for problem in queries.problems_of(row):
        sentence = render_problem(problem, language())
        why = f"{why} {sentence.message} {sentence.remedy}".strip()
    return [
        row.journal,
        row.entry,
        row.voucher_date,
        row.voucher_number,
        row.account,
        row.net,
        row.supplier,
        row.text,
        row.project,
        str(LINE_STATES[row.state]),
        why,
        row.moment_id,
        oslo_clock(row.done_at),
    ]
