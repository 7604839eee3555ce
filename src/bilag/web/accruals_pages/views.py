"""List the accrued income that was entered and posted."""

from django.http import HttpResponse
from django.shortcuts import render

from bilag.companies import store
from bilag.transfers.accrued_income import amounts
from bilag.web.decorators import CompanyRequest, company_page

PAGE = 100
LARGEST_PAGE = 10**6


@company_page(methods=("GET", "HEAD"))
def accruals(request: CompanyRequest) -> HttpResponse:
    """Show each entered amount with the amount posted for it, newest month first."""
    company = request.access.company
    number = request.GET.get("page", "")
    page = int(number) if number.isascii() and number.isdigit() and 0 < int(number[:8]) <= LARGEST_PAGE else 1
    rows = list(amounts.rows_of(company.pk)[(page - 1) * PAGE : page * PAGE + 1])
    context = {
        "rows": rows[:PAGE],
        "older": page + 1 if len(rows) > PAGE else None,
        "setup": store.load_setup(company.pk),
    }
    return render(request, "bilag/accruals.html", context)
