"""Enter amounts in the form, or import them from a file: preview them, then post them. All of them, or none."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bilag.companies import store
from bilag.jobs.lease import Busy
from bilag.members.models import Role
from bilag.messages import render_problem
from bilag.transfers.accrued_income import amounts
from bilag.transfers.accrued_income.amounts import Given
from bilag.transfers.accrued_income.csv_file import FileFaults, read_amounts
from bilag.transfers.models import ACTIVE
from bilag.web.accruals_pages.entry import MORE_ROWS, blank, read, read_month
from bilag.web.accruals_pages.previewing import preview_context
from bilag.web.accruals_pages.views import month_before, page_of
from bilag.web.accruals_pages.words import COLUMNS, fault_text, too_large
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.templatetags.bilag import language

LARGEST_FILE = 1024 * 1024
MOST_FAULTS = 200


@company_page(Role.ACCOUNTANT, methods=("POST",))
def preview(request: CompanyRequest) -> HttpResponse:
    """Show what would be posted for the typed amounts. Nothing is stored."""
    entry = read(request.POST)
    context: dict[str, Any] = {"entry": entry}
    if entry.first_day is not None and entry.given:
        context |= preview_context(store.load_setup(request.access.company.pk), entry.first_day, entry.given)
    return render(request, "bilag/accrual_preview.html", context)


@company_page(Role.ACCOUNTANT, methods=("POST",))
def enter(request: CompanyRequest) -> HttpResponse:
    """Post the typed amounts. For a browser without JavaScript: `more` adds rows, `preview` shows what would be posted."""
    entry = read(request.POST)
    if "more" in request.POST:
        entry.fault = ""
        return page_of(request, entry, more=MORE_ROWS)
    if not entry.valid or entry.first_day is None:
        return page_of(request, entry, status=422)
    if "preview" in request.POST:
        setup = store.load_setup(request.access.company.pk)
        return page_of(request, entry, **preview_context(setup, entry.first_day, entry.given))
    refusal = _give(request, entry.first_day, entry.given)
    if refusal:
        entry.fault = refusal
        return page_of(request, entry, status=409)
    return redirect("accruals", request.access.company.slug)


@company_page(Role.ACCOUNTANT, methods=("POST",))
def check_file(request: CompanyRequest) -> HttpResponse:
    """Show the faults of a file, or what would be posted. Nothing is stored."""
    month, given, faults = _file(request)
    context = faults
    if not faults and month is not None:
        context = preview_context(store.load_setup(request.access.company.pk), month, given)
    return render(request, "bilag/accrual_file.html", context)


@company_page(Role.ACCOUNTANT, methods=("POST",))
def import_file(request: CompanyRequest) -> HttpResponse:
    """Post the amounts of a file: all of them, or none if anything is wrong."""
    month, given, faults = _file(request)
    entry = blank(month or month_before())
    if "check" in request.POST and not faults and month is not None:
        setup = store.load_setup(request.access.company.pk)
        return page_of(request, entry, file_checked=True, **preview_context(setup, month, given))
    if faults or month is None:
        return page_of(request, entry, status=422, file_checked=True, **faults)
    refusal = _give(request, month, given)
    if refusal:
        return page_of(request, entry, status=409, file_checked=True, file_fault=refusal)
    return redirect("accruals", request.access.company.slug)


def _give(request: CompanyRequest, month: date, given: Sequence[Given]) -> str:
    """Post the amounts and show a message. Return why they were rejected; empty if they were not."""
    try:
        rows = amounts.give(store.load_setup(request.access.company.pk), month, given, origin=origin_of(request))
    except amounts.SwitchedOff as error:
        rendered = render_problem(error.problem, language())
        return f"{rendered.message} {rendered.remedy}"
    except Busy:
        return _("Nothing was posted. Other amounts of the company are being posted. Try again in a minute.")
    changed = sum(row.transfer.state in ACTIVE for row in rows)
    if changed:
        text = ngettext("Bilag is posting %(count)s amount.", "Bilag is posting %(count)s amounts.", changed)
        messages.success(request, text % {"count": changed}, extra_tags="good")
    else:
        messages.info(request, _("Nothing has changed: these amounts were entered already."), extra_tags="info")
    return ""


def _file(request: CompanyRequest) -> tuple[date | None, list[Given], dict[str, Any]]:
    """Read the month and the file. Return the faults as template context; then nothing of the file is used."""
    month, month_fault = read_month(request.POST.get("month", ""))
    file = request.FILES.get("file")
    if month_fault:
        return None, [], {"file_month_fault": month_fault}
    if file is None:
        return month, [], {"file_fault": _("Choose a CSV file.")}
    if (file.size or 0) > LARGEST_FILE:
        return month, [], {"file_fault": too_large()}
    try:
        return month, read_amounts(file.read()), {}
    except FileFaults as error:
        shown = [(one.line, COLUMNS[one.column], fault_text(one)) for one in error.faults[:MOST_FAULTS]]
        return month, [], {"file_faults": shown, "file_fault_count": len(error.faults), "file_name": file.name}
