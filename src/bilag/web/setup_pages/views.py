"""The Integration setup page: show it, check one field, save all of it or nothing, list its changes."""

from contextlib import suppress
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bilag.companies import refusals, store
from bilag.companies.models import SetupChange
from bilag.members.models import Role
from bilag.transfers.activation.change_ledger import NothingChanges, change_ledger, prospect
from bilag.transfers.activation.save_setup import SavedSetup, check_saved, save_setup
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.setup_pages.checking import report_check
from bilag.web.setup_pages.feedback import field_feedback, refuse
from bilag.web.setup_pages.form import SetupForm
from bilag.web.setup_pages.loading import Loaded, load

MOST_CHANGES_SHOWN = 50
FIRST_DAY = "ledger_invoices_from"


@company_page(change=Role.MEMBER)
def setup(request: CompanyRequest) -> HttpResponse:
    """Show the page; POST saves it."""
    if request.method != "POST":
        return _page(request, load(request.access))
    loaded = load(request.access, request.POST)
    form = loaded.form
    if not form.is_valid() or form.file is None:
        return _page(request, loaded, status=422)
    try:
        saved = _save(request, form)
    except refusals.LedgerInUse:
        return _page(
            request, loaded, status=409, ledger_change=prospect(form.file), wrong_day=FIRST_DAY in request.POST
        )
    except refusals.SetupRefused as refused:
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


def _save(request: CompanyRequest, form: SetupForm) -> SavedSetup:
    """Save the form. If it has a first day for the new ledger, which only that step's form contains, change the ledger.

    Raises as `save_setup` does.
    """
    assert form.file is not None  # noqa: S101 - only called with a valid form
    version, origin = form.cleaned_data.get("version") or 0, origin_of(request)
    day = parse_day(request.POST.get(FIRST_DAY, ""))
    if day is not None:
        with suppress(NothingChanges):
            return change_ledger(form.file, invoices_from=day, origin=origin, seen_version=version)
    return save_setup(form.file, origin=origin, seen_version=version)


def parse_day(text: str) -> date | None:
    """Return the day of a date field; None for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _page(request: CompanyRequest, loaded: Loaded, status: int = 200, **more: object) -> HttpResponse:
    form = loaded.form
    parts = [
        {"part": part, "fields": fields, "faults": sum(bool(f.errors) for f in fields)} for part, fields in form.parts()
    ]
    faulty = [field for _part, fields in form.parts() for field in fields if field.errors]
    context = {
        "form": form,
        "parts": parts,
        "setup": loaded.setup,
        "unreachable": loaded.choices.unreachable,
        "faulty": faulty,
        **more,
    }
    return render(request, "bilag/setup.html", context, status=status)


def _changed_meanwhile(request: CompanyRequest, loaded: Loaded, version: int) -> HttpResponse:
    """Show what somebody else saved meanwhile. If the person saves again from here, it overwrites that on purpose."""
    form = loaded.form
    known_version = form.cleaned_data.get("version") or 0
    rows = SetupChange.objects.filter(company=request.access.company, version__gt=known_version).order_by("id")
    form.use_version(version)
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
