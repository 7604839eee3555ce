"""Actions on transfers: retry one, several, or all with the same cause; exclude one; close a pair; confirm an exchange rate."""

from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bilag.members.models import Role
from bilag.transfers.intake import by_request
from bilag.transfers.intake import close_pair as pairs
from bilag.transfers.intake import confirm_rate as confirmation
from bilag.transfers.intake import exclude as exclusion
from bilag.transfers.models import Kind, State, Transfer
from bilag.transfers.queries.causes import LONGEST_KEY, of_cause
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.templatetags.bilag import language, problem_message
from bilag.web.transfers_pages.exclusion import ExclusionForm, exclusion_form
from bilag.web.whole_numbers import whole_number
from bilag.wire.errors import EdgeError

MOST_AT_ONCE = 20_000


@company_page(Role.ACCOUNTANT, methods=("POST",))
def retry(request: CompanyRequest) -> HttpResponse:
    """Retry the selected transfers (`id`), all with a `cause`, or `all` that have stopped."""
    rows = Transfer.objects.filter(company_id=request.access.company.pk)
    if request.POST.get("cause"):
        rows = rows.filter(of_cause(request.POST["cause"].replace("\x00", "")[:LONGEST_KEY]))
    elif request.POST.get("all"):
        rows = rows.filter(state__in=[State.NEEDS_ATTENTION, State.WAITING, State.IN_DOUBT])
    else:
        selected = _selected(request)
        if not selected:
            messages.info(request, _("Nothing was selected. Select the transfers to retry."))
            return _back(request)
        rows = rows.filter(pk__in=selected)
    ids = list(rows.values_list("pk", flat=True).order_by("id")[:MOST_AT_ONCE])
    count = by_request.retry_ids(request.access.company.pk, ids, origin=origin_of(request))
    text = ngettext("Retrying %(count)s transfer.", "Retrying %(count)s transfers.", count)
    messages.success(request, text % {"count": count}, extra_tags="good" if count else "info")
    return _back(request)


@company_page(Role.ACCOUNTANT, methods=("POST",))
def confirm_rate(request: CompanyRequest, pk: int) -> HttpResponse:
    """Confirm the exchange rate that was shown (`rate`), and try the invoice again."""
    rows = Transfer.objects.filter(company_id=request.access.company.pk, source__left_at=None, kind=Kind.INVOICE)
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    try:
        rate = Decimal(request.POST.get("rate", "")[:40])
        confirmation.confirm_rate(row.company_id, row.number, rate, origin=origin_of(request))
    except (confirmation.NothingToConfirm, InvalidOperation):
        messages.error(request, _("The invoice does not wait for this exchange rate any more."), extra_tags="bad")
    else:
        text = _("The exchange rate of invoice %(number)s is confirmed. Retrying.") % {"number": row.number}
        messages.success(request, text, extra_tags="good")
    return redirect("transfers-one", request.access.company.slug, pk)


@company_page(Role.ACCOUNTANT, methods=("POST",))
def exclude(request: CompanyRequest, pk: int) -> HttpResponse:
    """Exclude the transfer for the reason that the form gives (`exclusion_form`)."""
    known = Transfer.objects.filter(company_id=request.access.company.pk, pk=pk).first()
    if known is None:
        raise Http404
    form = exclusion_form(known, request.POST)
    if not form.is_valid():
        text = _("Nothing was excluded. %(fault)s") % {"fault": form.fault}
        messages.error(request, text, extra_tags="bad")
        return redirect(reverse("transfers-one", args=[request.access.company.slug, pk]) + "#exclude")
    try:
        row = exclusion.exclude(request.access.company.pk, pk, origin=origin_of(request), **form.said)
    except Transfer.DoesNotExist:
        raise Http404 from None
    except exclusion.AlreadyPostedOrInFlight:
        text = _(
            "It is posted in accounting, or may be, so you cannot exclude it. Credit the invoice in Moment instead."
        )
        messages.error(request, text, extra_tags="bad")
    else:
        text = _("Bilag will not transfer %(number)s. Press Retry to transfer it after all.") % {"number": row.number}
        messages.success(request, text, extra_tags="good")
    return redirect("transfers-one", request.access.company.slug, pk)


@company_page(Role.ACCOUNTANT, methods=("POST",))
def exclude_selected(request: CompanyRequest) -> HttpResponse:
    """Exclude the selected documents (`id`), all for one reason."""
    company_id = request.access.company.pk
    selected = _selected(request)
    form = ExclusionForm(request.POST)
    if not selected:
        messages.info(request, _("Nothing was selected. Select the documents to exclude."))
        return _back(request)
    if not form.is_valid():
        text = _("Nothing was excluded. %(fault)s") % {"fault": form.fault}
        messages.error(request, text, extra_tags="bad")
        return _back(request)
    excluded, kept = [], []
    for row in Transfer.objects.filter(company_id=company_id, pk__in=selected).order_by("id"):
        try:
            exclusion.exclude(company_id, row.pk, origin=origin_of(request), **form.said)
        except exclusion.AlreadyPostedOrInFlight:
            kept.append(row.number)
        else:
            excluded.append(row.number)
    if excluded:
        text = _("Bilag will not transfer %(number)s. Press Retry to transfer it after all.")
        messages.success(request, text % {"number": ", ".join(excluded)}, extra_tags="good")
    if kept:
        text = _("Not excluded, because they are posted in accounting, or may be: %(numbers)s.")
        messages.error(request, text % {"numbers": ", ".join(kept)}, extra_tags="bad")
    return _back(request)


@company_page(Role.ACCOUNTANT, methods=("POST",))
def close_pair(request: CompanyRequest, pk: int) -> HttpResponse:
    """Close the document with its credit note or invoice; `in_moment` also sets both to "do not transfer" there."""
    rows = Transfer.objects.filter(company_id=request.access.company.pk, source__left_at=None, kind=Kind.INVOICE)
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    in_moment = bool(request.POST.get("in_moment"))
    try:
        closed = pairs.close_pair(row.company_id, row.number, in_moment=in_moment, origin=origin_of(request))
    except pairs.CannotClose as refusal:
        messages.error(request, refusal.said.in_language(language()), extra_tags="bad")
    except EdgeError as error:
        messages.error(request, problem_message(error.problems[0].as_json()), extra_tags="bad")
    else:
        text = _("%(numbers)s are closed. Bilag posts none of them.") % {"numbers": ", ".join(closed.numbers)}
        messages.success(request, text, extra_tags="good")
        if closed.not_set_in_moment:
            text = _('Moment did not change %(numbers)s. Set them to "Do not transfer" in Moment.')
            messages.error(request, text % {"numbers": ", ".join(closed.not_set_in_moment)}, extra_tags="bad")
    return redirect("transfers-one", request.access.company.slug, pk)


def _selected(request: CompanyRequest) -> list[int]:
    """Return the ids of the selected transfers."""
    return [pk for pk in map(whole_number, request.POST.getlist("id")) if pk is not None]


def _back(request: CompanyRequest) -> HttpResponse:
    """Redirect to the page that the form was on, if it is a list of transfers or of what needs attention."""
    home = reverse("transfers", args=[request.access.company.slug])
    lists = (home, reverse("inbox", args=[request.access.company.slug]))
    target = urlsplit(request.POST.get("next", ""))
    safe = not target.scheme and not target.netloc and target.path.startswith(lists)
    return redirect(f"{target.path}?{target.query}" if safe and target.query else target.path if safe else home)
