"""Show the steps of the guided setup, and save each of them through the one way to save a setup."""

from collections import deque
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bilag.companies import refusals, store
from bilag.companies.check import begin_check
from bilag.companies.models import SetupChange
from bilag.companies.settings import Section
from bilag.companies.unfinished import empty_of
from bilag.members.models import Role
from bilag.transfers.activation.save_setup import check_saved, save_setup
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.guide_pages import other_steps
from bilag.web.guide_pages.progress import Progress, keep_checked, keep_live_check, pass_step, progress_of
from bilag.web.guide_pages.steps import GuideStep, StepKey, in_guide, neighbours, step_of
from bilag.web.setup_pages.check_rows import shown_steps
from bilag.web.setup_pages.checking import is_part, report_check, stream_check
from bilag.web.setup_pages.choices import Choices
from bilag.web.setup_pages.feedback import refuse
from bilag.web.setup_pages.form import SetupForm
from bilag.web.setup_pages.loading import Loaded, load

WITHOUT_CHOICES = (StepKey.MOMENT, StepKey.ACCOUNTING)
"""Steps whose fields offer nothing that is read from the other systems."""
PARTS_SAID = (Section.EXPORT, Section.DIMENSIONS, Section.EXPENSES)
"""Parts whose own sentence says more than the one of their step."""
MOST_CHANGES_SHOWN = 50


@company_page(methods=("GET", "HEAD"))
def opening(request: CompanyRequest) -> HttpResponse:
    """Go to the first unfinished step; to the setup page with a role that may not change it."""
    company = request.access.company
    if not request.access.may_change:
        return redirect("setup", company.slug)
    return redirect(progress_of(company, store.load_setup(company.pk)).next.url)


@company_page(Role.MEMBER)
def step(request: CompanyRequest, key: str) -> HttpResponseBase:
    """Show a step; POST saves it, or continues if there is nothing to save."""
    one = step_of(key)
    if one.sections:
        return _save(request, one) if request.method == "POST" else _show(request, one)
    if request.method != "POST":
        return _render(request, one, **other_steps.context_of(request, one))
    if one.key is StepKey.ON:
        return other_steps.switch_on(request, lambda **more: _render(request, one, **more))
    pass_step(request.access.company.pk, one, origin=origin_of(request))
    return _to_next(request, one)


@company_page(Role.MEMBER, methods=("POST",))
def run_check(request: CompanyRequest) -> HttpResponseBase:
    """Check the saved setup, show each step when it is done, and keep the result."""
    company = request.access.company
    setup = store.load_setup(company.pk)
    check, one = begin_check(setup), step_of(StepKey.CHECK)
    _before, after = neighbours(one)
    return stream_check(
        request,
        check,
        in_guide(company.slug),
        at_end=lambda: None,
        at_result=lambda report: keep_checked(setup, report, origin=origin_of(request)),
        back=one.url(company.slug),
        onward=after.url(company.slug) if after else "",
    )


def _show(request: CompanyRequest, one: GuideStep) -> HttpResponse:
    """Show a step of the form, or only the result of its own check."""
    if "check" in request.GET and one.checks:
        checked = _checked(request, one)
        if is_part(request):
            return render(request, "bilag/guide_checked.html", {**_frame(request, one), **checked, "swapped": True})
        return _form_page(request, one, _load(request, one), **checked)
    return _form_page(request, one, _load(request, one))


def _save(request: CompanyRequest, one: GuideStep) -> HttpResponse:
    loaded = _load(request, one, request.POST)
    form = loaded.form
    if not form.is_valid() or form.file is None:
        return _form_page(request, one, loaded, status=422)
    if one.key is StepKey.NOTIFY and not (form.cleaned_data["notify__users"] or form.cleaned_data["notify__emails"]):
        form.add_error("notify__emails", _("Enter at least one email address, or select a user above."))
        return _form_page(request, one, loaded, status=422)
    version = form.cleaned_data.get("version") or 0
    try:
        saved = save_setup(form.file, origin=origin_of(request), seen_version=version)
    except refusals.LedgerInUse:
        return _form_page(request, one, loaded, status=409, in_use=True)
    except refusals.SetupRefused as refused:
        refuse(form, refused)
        return _form_page(request, one, loaded, status=422)
    except store.SetupChanged as changed:
        return _changed_meanwhile(request, one, loaded, version, changed.version)
    for name, remark in form.remarks.items():
        messages.info(request, f"{form[name].label}: {remark}")
    report_check(request, check_saved(saved))
    pass_step(request.access.company.pk, one, origin=origin_of(request))
    return redirect(one.url(request.access.company.slug) + "?saved") if one.checks else _to_next(request, one)


def _load(request: CompanyRequest, one: GuideStep, data: Any = None) -> Loaded:
    """Return the form; `data` has the fields of this step, and all others stay as they are stored."""
    choices = Choices() if one.key in WITHOUT_CHOICES else None
    return load(request.access, data, choices=choices, only=one.sections)


def _changed_meanwhile(
    request: CompanyRequest, one: GuideStep, loaded: Loaded, known: int, version: int
) -> HttpResponse:
    """Show what somebody else saved meanwhile. If the person saves again from here, it overwrites that on purpose."""
    rows = SetupChange.objects.filter(company=request.access.company, version__gt=known).order_by("id")
    loaded.form.use_version(version)
    return _form_page(request, one, loaded, status=409, other_changes=list(rows[:MOST_CHANGES_SHOWN]))


def _form_page(request: CompanyRequest, one: GuideStep, loaded: Loaded, status: int = 200, **more: Any) -> HttpResponse:
    form = loaded.form
    shown = [(part, fields) for part, fields in form.parts() if part.key in one.sections]
    parts = [{"part": part, "fields": fields} for part, fields in shown]
    filled = not set(one.sections) & set(empty_of(loaded.setup))
    context = {
        "form": form,
        "parts": parts,
        "several": len(parts) > 1,
        "said_here": PARTS_SAID,
        "unreachable": loaded.choices.unreachable,
        "faulty": [field for _part, fields in shown for field in fields if field.errors],
        "elsewhere": _elsewhere(request, form),
        "checks": bool(one.checks) and filled and status == 200,
        "saved": "saved" in request.GET,
    }
    return _render(request, one, status=status, **context, **more)


def _elsewhere(request: CompanyRequest, form: SetupForm) -> list[tuple[str, str, str]]:
    """Return the faults in fields of other steps: address, label and sentence."""
    where = in_guide(request.access.company.slug)
    if not form.is_bound:
        return []
    return [(where(form.dotted(one.name)), str(one.label), str(one.errors[0])) for one in form.faults_elsewhere]


def _checked(request: CompanyRequest, one: GuideStep) -> dict[str, Any]:
    """Run the step's own check."""
    company = request.access.company
    setup = store.load_setup(company.pk)
    check = begin_check(setup)
    deque(check.run(one.checks), maxlen=0)
    keep_live_check(setup, one, check.report)
    steps = shown_steps(check.report, setup, in_guide(company.slug))
    return {"steps": steps, "report": check.report, "checked": True}


def _to_next(request: CompanyRequest, one: GuideStep) -> HttpResponse:
    _before, after = neighbours(one)
    assert after is not None  # noqa: S101 - the last step is not passed
    return redirect(after.url(request.access.company.slug))


def _frame(request: CompanyRequest, one: GuideStep) -> dict[str, Any]:
    """Return what every step shows: the list of steps, and the way back and on."""
    company = request.access.company
    progress: Progress = progress_of(company, store.load_setup(company.pk))
    before, after = neighbours(one)
    place = next(number for number, entry in enumerate(progress.entries, 1) if entry.key is one.key)
    return {
        "one": one,
        "progress": progress,
        "entries": progress.entries,
        "place": place,
        "reached": max(place, *(number for number, entry in enumerate(progress.entries, 1) if entry.finished)),
        "of": len(progress.entries),
        "back": before.url(company.slug) if before else "",
        "onward": after.url(company.slug) if after else "",
    }


def _render(request: CompanyRequest, one: GuideStep, status: int = 200, **more: Any) -> HttpResponse:
    template = "guide_form" if one.sections else f"guide_{one.key.value}"
    return render(request, f"bilag/{template}.html", {**_frame(request, one), **more}, status=status)
