"""The page on which an operator creates a company: its name and details. Its guided setup follows."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from bilag.companies import store
from bilag.companies.file import parse_company_file
from bilag.companies.models import Company
from bilag.companies.unfinished import CONNECTIONS
from bilag.platforms.installation import usable_kinds
from bilag.transfers.activation.save_setup import save_setup
from bilag.web.company_pages.forms import DetailsForm
from bilag.web.guide_pages.progress import entries_of_new
from bilag.web.templatetags.bilag import said


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
        kinds = usable_kinds()
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(name, said(one.label)) for name, one in kinds.items()]
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
    """Show the form; POST creates the company and leads to its guided setup, where its connections are entered."""
    if not getattr(request.user, "is_operator", False):
        raise PermissionDenied
    form = CompanyForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _created(request, form):
        return redirect("guide", form.cleaned_data["slug"])
    entries = entries_of_new()
    context = {
        "form": form,
        "entries": entries,
        "place": 1,
        "of": len(entries),
        "faulty": [f for f in form if f.errors],
    }
    return render(request, "bilag/new_company.html", context, status=422 if form.is_bound else 200)


def _created(request: HttpRequest, form: CompanyForm) -> bool:
    """Create the company with both connections empty. False when it cannot be, with the error in the form."""
    given = {key: form.cleaned_data[key] for key in ("slug", "name", "organisation_number", "language")}
    company = {key: value for key, value in given.items() if value}
    document = {"company": company, "platform": {"kind": form.cleaned_data["kind"]}}
    try:
        save_setup(
            parse_company_file(document, None, may_be_empty=CONNECTIONS), origin=str(request.user), seen_version=0
        )
    except store.SetupChanged:
        text = _("Someone else has just created a company with this short name. Choose another.")
        form.add_error("slug", text)
        return False
    return True
