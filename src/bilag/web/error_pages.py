"""Error pages. Each says what happened and what to do next."""

from typing import Any

import structlog
from django.core.exceptions import DisallowedHost, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bilag.members.models import Role
from bilag.web.required_role import needs_role

log = structlog.get_logger(__name__)
TEXT_ONLY = ("/hooks/",)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request cannot be read, or was sent to a host name that is not ours."""
    if isinstance(exception, DisallowedHost):
        text = _("Use the address that you were given. Your Bilag administrator sets the address with BILAG_BASE_URL.")
        return _page(request, 400, _("Bilag has another address"), text)
    return _page(request, 400, _("Bilag could not read the request"), _("Go back, reload the page and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the user's role is too low."""
    role = exception.args[0] if isinstance(exception, PermissionDenied) and exception.args else None
    access = getattr(request, "access", None)
    if role in set(Role) and access is not None:
        text = needs_role(access, Role(role))
    else:
        text = _("Your account does not have access to this.")
    return _page(request, 403, _("You do not have access to this"), text)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form did not come from our page, or its CSRF token has expired."""
    text = _(
        "The page was open for too long, or the form came from another site. Nothing was changed. "
        "Reload the page and send the form again."
    )
    return _page(request, 403, _("Send the form again"), text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404. Does not reveal whether the company exists."""
    if request.path.startswith(TEXT_ONLY):
        return HttpResponse("Not found\n", status=404, content_type="text/plain; charset=utf-8")
    text = _("There is no page at this address, or the page belongs to a company that you do not have access to.")
    return _page(request, 404, _("Page not found"), text)


def broken(request: HttpRequest) -> HttpResponse:
    """500: an error in Bilag. It is logged; no details are shown."""
    text = _("An error in Bilag stopped this page. The error has been logged. Transfers continue.")
    return _page(request, 500, _("Something went wrong"), text)


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """Render the page; as plain text if the request failed before its session was read."""
    context: dict[str, Any] = {"fault_title": title, "fault_text": text, "status": status}
    if not hasattr(request, "user"):
        return HttpResponse(f"{title}. {text}\n", status=status, content_type="text/plain; charset=utf-8")
    return render(request, "bilag/fault.html", context, status=status)
