"""Show the page Company, and save the details."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bilag.companies import details
from bilag.web.company_pages.forms import DetailsForm
from bilag.web.company_pages.page import company_whole
from bilag.web.decorators import CompanyRequest, company_page, origin_of


@company_page()
def company(request: CompanyRequest) -> HttpResponse:
    """Show the page; POST saves the details."""
    if request.method != "POST":
        return company_whole(request)
    form = DetailsForm(request.POST, auto_id="details-%s")
    if not form.is_valid():
        return company_whole(request, details=form, status=422)
    changed = details.change_details(request.access.company.pk, **form.cleaned_data, origin=origin_of(request))
    messages.success(request, _("Saved.") if changed else _("Nothing was changed."), extra_tags="good")
    return redirect("company", request.access.company.slug)
