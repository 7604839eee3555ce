"""The error or remark under one field of the setup form, fetched as soon as the field changes."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from bilag.companies.refusals import SetupRefused
from bilag.web.setup_pages.form import SetupForm


def refuse(form: SetupForm, refused: SetupRefused) -> None:
    """Show why the setup was not saved, beside the field concerned or above the form."""
    said = refused.said.in_language((get_language() or "en")[:2])
    field = refused.field.replace(".", "__")
    form.add_error(field if field in form.fields else None, said[:1].upper() + said[1:])


def field_feedback(request: HttpRequest, form: SetupForm, name: str) -> HttpResponse:
    """Return the text under the field. The whole form is validated, since some fields depend on others."""
    if name not in form.fields:
        raise Http404
    form.is_valid()
    return render(request, "bilag/setup_feedback.html", {"form": form, "field": form[name]})
