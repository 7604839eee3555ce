"""The error or remark under one field of the setup form, fetched as soon as the field changes."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from bilag.web.setup_pages.form import SetupForm


def field_feedback(request: HttpRequest, form: SetupForm, name: str) -> HttpResponse:
    """Return the text under the field. The whole form is validated, since some fields depend on others."""
    if name not in form.fields:
        raise Http404
    form.is_valid()
    return render(request, "bilag/setup_feedback.html", {"form": form, "field": form[name]})
