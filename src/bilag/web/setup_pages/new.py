"""The page on which an operator creates a company: its name and details, and its Integration setup."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from bilag.companies import refusals, store
from bilag.companies.models import Company
from bilag.platforms.registry import platform_kinds
from bilag.transfers.activation.save_setup import save_setup
from bilag.web.company_pages.forms import DetailsForm
from bilag.web.setup_pages.feedback import field_feedback, refuse
from bilag.web.setup_pages.form import SetupForm
from bilag.web.setup_pages.loading import blank


class CompanyForm(DetailsForm):
    """The details of a new company."""

    slug = forms.SlugField(
        label=gettext_lazy("Short name"),
        required=False,
        max_length=50,
        help_text=gettext_lazy(
            "Used in addresses and commands. You cannot change it later. Leave blank to create it from the name."
        ),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Accounting system"))
    field_order = ("name", "organisation_number", "slug", "language", "kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = platform_kinds()
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(name, one.label) for name, one in kinds.items()]
        if len(kinds) == 1:
            field.initial = next(iter(kinds))

    def clean(self) -> dict[str, Any]:
        """Choose or check the short name: it must be free."""
        cleaned = super().clean() or {}
        slug = (cleaned.get("slug") or slugify(cleaned.get("name", "")))[:50].strip("-_").lower().replace("_", "-")
        if "name" in cleaned and not slug:
            self.add_error("slug", _("Enter a short name with lowercase letters and digits, for example fjell."))
        elif Company.objects.filter(slug=slug).exists():
            self.add_error("slug", _("Another company has the short name %(slug)s. Choose another.") % {"slug": slug})
        return {**cleaned, "slug": slug}


@never_cache
@login_required
def new_company(request: HttpRequest) -> HttpResponse:
    """Show the form; POST creates the company and leads to its setup, where it is checked and switched on."""
    if not getattr(request.user, "is_operator", False):
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else None
    company = CompanyForm(sent)
    kinds = platform_kinds()
    kind = kinds.get(request.POST.get("kind", ""), next(iter(kinds.values())))
    known = company.cleaned_data if sent is not None and company.is_valid() else {}
    keys = {str(key): known[key] for key in ("slug", "name", "organisation_number", "language") if key in known}
    form = blank(kind, keys or {"slug": "new", "name": "new"}, sent)
    if sent is not None and form.is_valid() and company.is_valid():
        saved = _saved(request, form)
        if saved is not None:
            return redirect("setup", saved)
    parts = [{"part": part, "fields": fields} for part, fields in form.parts()]
    context = {"company_form": company, "form": form, "parts": parts, "is_new": True}
    return render(request, "bilag/new_company.html", context, status=422 if sent is not None else 200)


def _saved(request: HttpRequest, form: SetupForm) -> str | None:
    """Create the company and return its short name; None when it cannot be, with the error in the form."""
    assert form.file is not None  # noqa: S101 - only called with a valid form
    try:
        save_setup(form.file, origin=str(request.user), seen_version=0)
    except refusals.SetupRefused as refused:
        refuse(form, refused)
        return None
    except store.SetupChanged:
        form.add_error(None, _("Someone else has just created a company with this short name. Choose another."))
        return None
    text = _("Saved. Now check the connection, choose dimensions and switch on the integration.")
    messages.success(request, text, extra_tags="good")
    return form.file.slug


@login_required
def new_company_field(request: HttpRequest, name: str) -> HttpResponse:
    """Return the error or remark of one field of the form."""
    if not getattr(request.user, "is_operator", False):
        raise PermissionDenied
    kinds = platform_kinds()
    kind = kinds.get(request.POST.get("kind", ""), next(iter(kinds.values())))
    return field_feedback(request, blank(kind, {"slug": "new", "name": "new"}, request.POST), name)
