"""List the accrued income that was entered and posted, with the forms to enter and to import amounts."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from bilag.companies import store
from bilag.members.models import Role
from bilag.posting.selection import OSLO
from bilag.transfers.accrued_income import amounts
from bilag.transfers.models import ACTIVE, Kind, Transfer
from bilag.web.accruals_pages.entry import Entry, blank
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.whole_numbers import whole_number

PAGE = 100
LARGEST_PAGE = 10**6
MOST_PROJECTS = 500


@company_page(methods=("GET", "HEAD"))
def accruals(request: CompanyRequest) -> HttpResponse:
    """Show each entered amount with the amount posted for it, newest month first, and the forms."""
    return page_of(request, blank(month_before()))


def page_of(request: CompanyRequest, entry: Entry, *, more: int = 0, status: int = 200, **context: Any) -> HttpResponse:
    """Show the page with the form as it was typed."""
    company = request.access.company
    page = whole_number(request.GET.get("page", ""), LARGEST_PAGE) or 1
    rows = list(amounts.rows_of(company.pk)[(page - 1) * PAGE : page * PAGE + 1])
    setup = store.load_setup(company.pk)
    context |= {
        "rows": rows[:PAGE],
        "newer": page - 1 if page > 1 else None,
        "older": page + 1 if len(rows) > PAGE else None,
        "under_way": any(row.transfer.state in ACTIVE for row in rows),
        "setup": setup,
        "entry": entry,
        "entry_rows": entry.filled_up(more),
        "may_enter": setup.accrued_income.enabled and request.access.allows(Role.ACCOUNTANT),
        "projects": _projects(company.pk) if setup.accrued_income.enabled else [],
    }
    return render(request, "bilag/accruals.html", context, status=status)


def month_before() -> date:
    """Return the first day of the month before this one: the month that people accrue for."""
    today = timezone.now().astimezone(OSLO).date()
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def _projects(company_id: int) -> list[tuple[str, str | None]]:
    """Return the projects that Bilag knows, the newest first, as suggestions."""
    rows = Transfer.objects.filter(company_id=company_id, kind=Kind.PROJECT, source__left_at=None)
    return list(rows.order_by("-id").values_list("number", "name")[:MOST_PROJECTS])
