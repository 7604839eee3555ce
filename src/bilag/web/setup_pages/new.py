"""A new company, by an operator."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def new_company(request: HttpRequest) -> HttpResponse:
    """The form for a new company."""
    return render(request, "bilag/new_company.html")
