"""What a person does with transfers: try again one, some, or all of a cause; or not to be transferred."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bilag.members.models import Role
from bilag.transfers.intake import by_request
from bilag.transfers.intake import exclude as exclusion
from bilag.transfers.models import State, Transfer
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.transfers_pages.causes import of_cause

MOST_AT_ONCE = 20_000


@company_page(Role.MEMBER, methods=("POST",))
def retry(request: CompanyRequest) -> HttpResponse:
    """Try again: the chosen ones (`id`), all of a `cause`, or `all` that need a person."""
    rows = Transfer.objects.filter(company_id=request.access.company.pk)
    if request.POST.get("cause"):
        rows = rows.filter(of_cause(request.POST["cause"][:200]))
    elif request.POST.get("all"):
        rows = rows.filter(state__in=[State.NEEDS_ATTENTION, State.WAITING, State.IN_DOUBT])
    else:
        chosen = [int(pk) for pk in request.POST.getlist("id") if pk.isascii() and pk.isdigit() and len(pk) < 19]
        if not chosen:
            messages.info(request, _("Nothing was chosen: tick what is to be tried again."))
            return _back(request)
        rows = rows.filter(pk__in=chosen)
    ids = list(rows.values_list("pk", flat=True).order_by("id")[:MOST_AT_ONCE])
    count = by_request.retry_ids(request.access.company.pk, ids, origin=origin_of(request))
    text = ngettext("%(count)s transfer is tried again.", "%(count)s transfers are tried again.", count)
    messages.success(request, text % {"count": count}, extra_tags="good" if count else "info")
    return _back(request)


@company_page(Role.MEMBER, methods=("POST",))
def exclude(request: CompanyRequest, pk: int) -> HttpResponse:
    """Not to be transferred."""
    try:
        row = exclusion.exclude(request.access.company.pk, pk, origin=origin_of(request))
    except Transfer.DoesNotExist:
        raise Http404 from None
    except exclusion.AlreadyPostedOrInFlight:
        text = _("It is in accounting, or may be, so it cannot be kept back. Credit the invoice in Moment instead.")
        messages.error(request, text, extra_tags="bad")
    else:
        text = _("%(number)s is not transferred. Press Try again if it is to go after all.") % {"number": row.number}
        messages.success(request, text, extra_tags="good")
    return redirect("transfers-one", request.access.company.slug, pk)


def _back(request: CompanyRequest) -> HttpResponse:
    """To the page of ours that it was asked from."""
    home = reverse("transfers", args=[request.access.company.slug])
    wanted = urlsplit(request.POST.get("next", ""))
    safe = not wanted.scheme and not wanted.netloc and wanted.path.startswith(home)
    return redirect(f"{wanted.path}?{wanted.query}" if safe and wanted.query else wanted.path if safe else home)
