"""The door of every page of a company: signed in, a member, in a role that is enough."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import never_cache

from bilag.members.access import Access, access_to
from bilag.members.models import Role, User


class CompanyRequest(HttpRequest):
    """A request whose sender is known to have access to the company."""

    access: Access
    user: User


View = Callable[..., HttpResponseBase]


def company_page(
    needed: Role = Role.VIEWER, *, change: Role | None = None, methods: tuple[str, ...] = ("GET", "HEAD", "POST")
) -> Callable[[View], View]:
    """A view `(request, ...)` of one company, named by `slug` in its address, which the view does not get.

    Who is not signed in is asked to; a company of others is not found, as one that does not exist; a role that is not
    enough is refused: `needed` for seeing, `change` (else `needed`, a member at least) for every method that changes.
    """

    def wrapped(view: View) -> View:
        @never_cache
        @wraps(view)
        def checked(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            access = access_to(request.user, slug)
            if access is None:
                raise Http404
            if request.method not in methods:
                return HttpResponse(status=405, headers={"Allow": ", ".join(methods)})
            reading = request.method in ("GET", "HEAD")
            role = needed if reading else change or (needed if needed is not Role.VIEWER else Role.MEMBER)
            one = cast(CompanyRequest, request)
            one.access = access
            if not access.allows(role):
                raise PermissionDenied(role)
            return view(one, *args, **kwargs)

        return cast(View, checked)

    return wrapped


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the page for signing in, and back; the whole page, also when htmx asked for a part of one."""
    if request.headers.get("HX-Request"):
        where = urlsplit(request.headers.get("HX-Current-URL", ""))
        address = redirect_to_login(f"{where.path}?{where.query}" if where.query else where.path or "/").url
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect_to_login(request.get_full_path())


def origin_of(request: HttpRequest) -> str:
    """Who did it, as it is kept with changes and events."""
    return str(request.user)
