"""The page."""

from django.http import HttpResponse
from django.shortcuts import render

from bilag.web.company_pages import CompanyRequest, company_page


@company_page()
def log(request: CompanyRequest) -> HttpResponse:
    """The page."""
    return render(request, "bilag/log.html")
