"""The start page: the companies that the user has access to."""

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from bilag.members.access import companies_of
from bilag.transfers.queries.transfers import needing_attention

MOST_COMPANIES = 500


@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """List the companies; redirect to the company if there is only one."""
    found = request.GET.get("q", "").strip()
    rows = companies_of(request.user)
    if found:
        rows = rows.filter(Q(name__icontains=found) | Q(slug__icontains=found) | Q(organisation_number=found))
    companies = list(rows[:MOST_COMPANIES])
    operator = getattr(request.user, "is_operator", False)
    if len(companies) == 1 and not operator and not found:
        return redirect("overview", companies[0].slug)
    counts = needing_attention(company.pk for company in companies)
    shown = [(company, counts.get(company.pk, 0)) for company in companies]
    return render(request, "bilag/home.html", {"companies": shown, "found": found, "operator": operator})
