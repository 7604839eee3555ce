"""The Integration setup page: show it, check one field, save all of it or nothing, list its changes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bilag.companies import store
from bilag.companies.models import SetupChange
from bilag.members.models import Role
from bilag.transfers.activation.save_setup import check_saved, save_setup
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.setup_pages.checking import report_check
from bilag.web.setup_pages.feedback import field_feedback, refuse
from bilag.web.setup_pages.loading import Loaded, load

MOST_CHANGES_SHOWN = 50


@company_page(change=Role.MEMBER)
def setup(request: CompanyRequest) -> HttpResponse:
    """Show the page; POST saves it."""
    if request.method != "POST":
        return _page(request, load(request.access))
    loaded = load(request.access, request.POST)
    form = loaded.form
    if not form.is_valid() or form.file is None:
        messages.error(request, _("Nothing was saved. Correct the marked fields."), extra_tags="bad")
        return _page(request, loaded, status=422)
    try:
        saved = save_setup(form.file, origin=origin_of(request), seen_version=form.cleaned_data.get("version") or 0)
    except store.SetupRefused as refused:
        refuse(form, refused)
        return _page(request, loaded, status=422)
    except store.SetupChanged as changed:
        return _changed_meanwhile(request, loaded, changed.version)
    if not saved.changed:
        messages.info(request, _("There were no changes to save."))
        return redirect("setup", request.access.company.slug)
    text = _("Saved.")
    if form.remarks:
        text += " " + " ".join(f"{form[name].label}: {remark}" for name, remark in form.remarks.items())
    messages.success(request, text, extra_tags="good")
    report_check(request, check_saved(saved))
    return redirect("setup", request.access.company.slug)


def _page(request: CompanyRequest, loaded: Loaded, status: int = 200, **more: object) -> HttpResponse:
    form = loaded.form
    parts = [
        {"part": part, "fields": fields, "faults": sum(bool(f.errors) for f in fields)} for part, fields in form.parts()
    ]
    context = {"form": form, "parts": parts, "setup": loaded.setup, "unreachable": loaded.choices.unreachable, **more}
    return render(request, "bilag/setup.html", context, status=status)


def _changed_meanwhile(request: CompanyRequest, loaded: Loaded, version: int) -> HttpResponse:
    """Show what somebody else saved meanwhile. Saving again from here overwrites it, by decision."""
    form = loaded.form
    known_version = form.cleaned_data.get("version") or 0
    rows = SetupChange.objects.filter(company=request.access.company, version__gt=known_version).order_by("id")
    sent = request.POST.copy()
    sent["version"] = str(version)
    form.data = sent
    return _page(request, loaded, status=409, other_changes=list(rows[:MOST_CHANGES_SHOWN]))


@company_page(Role.MEMBER, methods=("POST",))
def field(request: CompanyRequest, name: str) -> HttpResponse:
    """Return the error or remark of one field of the form. Saves nothing."""
    form = load(request.access, request.POST).form
    return field_feedback(request, form, name)


@company_page()
def changes(request: CompanyRequest) -> HttpResponse:
    """List every change of the setup: who, when, old and new value."""
    before = request.GET.get("before", "")
    rows = SetupChange.objects.filter(company=request.access.company).order_by("-id")
    if before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    shown = list(rows[: MOST_CHANGES_SHOWN + 1])
    more = shown[MOST_CHANGES_SHOWN - 1].pk if len(shown) > MOST_CHANGES_SHOWN else None
    return render(request, "bilag/setup_changes.html", {"changes": shown[:MOST_CHANGES_SHOWN], "more": more})
