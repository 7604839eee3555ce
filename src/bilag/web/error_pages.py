"""Pages for what goes wrong: each says what happened and where to go on."""

from typing import Any

import structlog
from django.core.exceptions import DisallowedHost, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bilag.members.models import Role
from bilag.web import labels

log = structlog.get_logger(__name__)
TEXT_ONLY = ("/hooks/", "/livez", "/readyz", "/metrics")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request itself is not understood, or came under another name than ours."""
    if isinstance(exception, DisallowedHost):
        text = _("Take the address that you were given. Whoever runs Bilag sets its address in BILAG_BASE_URL.")
        return _page(request, 400, _("Bilag does not answer to this address"), text)
    return _page(request, 400, _("That was not understood"), _("Go back, load the page again and try once more."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Signed in, but the role is not enough."""
    role = exception.args[0] if isinstance(exception, PermissionDenied) and exception.args else None
    if role in set(Role):
        who = str(labels.ROLES[role]).lower()
        text = _("Only a company's %(role)s may do this. Ask an owner of the company for that role.") % {"role": who}
    else:
        text = _("Your account may not do this.")
    return _page(request, 403, _("You may see this company, but not do this"), text)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form did not come from a page of ours, or its page was too old."""
    text = _(
        "The page that you sent was too old or came from elsewhere. Nothing was changed: load it again and resend."
    )
    return _page(request, 403, _("Please send that again"), text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing here, said without telling what else there is."""
    if request.path.startswith(TEXT_ONLY):
        return HttpResponse("Not found\n", status=404, content_type="text/plain; charset=utf-8")
    text = _("There is nothing at this address, or it belongs to a company that your account does not see.")
    return _page(request, 404, _("Not found"), text)


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours. It is logged; nothing of it is shown."""
    text = _("A fault in Bilag stopped this page. It has been logged. What was being transferred goes on.")
    return _page(request, 500, _("Something went wrong"), text)


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    context: dict[str, Any] = {"fault_title": title, "fault_text": text, "status": status}
    if not hasattr(request, "user"):
        return HttpResponse(f"{title}. {text}\n", status=status, content_type="text/plain; charset=utf-8")
    return render(request, "bilag/fault.html", context, status=status)
