"""Show what needs attention, and one cause with its documents."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render

from bilag.companies import store
from bilag.inbox import handling
from bilag.inbox.open_problems import cause_of
from bilag.members.models import Membership, Role
from bilag.messages import RenderedProblem
from bilag.notifications.models import OpenCause
from bilag.transfers.models import Transfer
from bilag.transfers.queries.causes import of_cause
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.inbox_pages.rows import shown_cause, shown_event
from bilag.web.templatetags.bilag import problem
from bilag.web.transfers_pages.exclusion import ExclusionForm

CAUSES_ON_PAGE = 100
LONGEST_PAGE = 9
MOST_DOCUMENTS = 50
MOST_RESOLVED = 500
CAUSE_LENGTH = 16


@company_page(methods=("GET", "HEAD"))
def inbox(request: CompanyRequest) -> HttpResponse:
    """Show all causes, a hundred on a page."""
    rows = handling.inbox(store.load_setup(request.access.company.pk))
    mine = request.GET.get("mine") == "1"
    if mine:
        rows = [row for row in rows if row.assigned_to is not None and row.assigned_to.pk == request.user.pk]
    pages = Paginator(rows, CAUSES_ON_PAGE)
    page = pages.get_page(request.GET.get("page", "")[:LONGEST_PAGE])
    shown = [shown_cause(row) for row in page]
    context = {
        "awake": [row for row in shown if row.snoozed_until is None],
        "snoozed": [row for row in shown if row.snoozed_until is not None],
        "all_snoozed": bool(rows) and rows[0].snoozed_until is not None,
        "page": page,
        "mine": mine,
        "here": request.get_full_path(),
    }
    return render(request, "bilag/inbox.html", context)


@company_page(methods=("GET", "HEAD"))
def one(request: CompanyRequest, cause: str) -> HttpResponse:
    """Show one cause: its problem, remedy, documents, comments and decisions. A resolved one says so."""
    company_id = request.access.company.pk
    setup = store.load_setup(company_id)
    found = next((row for row in handling.inbox(setup) if row.problem.cause == cause), None)
    said = [shown_event(event) for event in handling.comments(company_id, cause)]
    if found is None:
        resolved = _resolved(company_id, cause)
        if resolved is None and not said:
            raise Http404
        return render(request, "bilag/inbox_resolved.html", {"rendered": resolved, "said": said})
    context: dict[str, Any] = {
        "one": shown_cause(found),
        "said": said,
        "documents": [],
        "days": handling.SNOOZE_DAYS,
        "members": [row.user for row in _members(company_id)],
        "most": MOST_DOCUMENTS,
        "here": request.path,
        "longest": handling.LONGEST_COMMENT,
    }
    key = found.problem.transfers_key
    if key:
        rows = Transfer.objects.filter(company_id=company_id).filter(of_cause(key)).order_by("-id")
        context |= {"documents": list(rows[:MOST_DOCUMENTS]), "key": key, "exclusion": ExclusionForm()}
    return render(request, "bilag/inbox_one.html", context)


def _members(company_id: int) -> list[Membership]:
    """Return the members who can be assigned a cause: those whose role may handle it."""
    rows = Membership.objects.filter(company_id=company_id, user__is_active=True).exclude(role=Role.VIEWER)
    return list(rows.select_related("user").order_by("user__name", "user__email"))


def _resolved(company_id: int, cause: str) -> RenderedProblem | None:
    """Return the problem that people were once notified of, if it is one of the last."""
    if len(cause) != CAUSE_LENGTH:
        return None
    rows = OpenCause.objects.filter(company_id=company_id).order_by("-id")[:MOST_RESOLVED]
    return next((problem(row.problem) for row in rows if cause_of(row.key) == cause), None)
