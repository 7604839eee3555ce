"""Access control for the pages of a company: signed in, a member, with a sufficient role."""

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
from bilag.platforms.spoken import speaking_of_platform


class CompanyRequest(HttpRequest):
    """A request from a user with access to the company."""

    access: Access
    user: User


View = Callable[..., HttpResponseBase]


def company_page(
    needed: Role = Role.VIEWER, *, change: Role | None = None, methods: tuple[str, ...] = ("GET", "HEAD", "POST")
) -> Callable[[View], View]:
    """Decorate a view `(request, ...)` of the company that `slug` in the URL names. The view does not receive `slug`.

    Users who are not signed in are redirected to the sign-in page. A company that the user has no access to gives 404,
    like one that does not exist. A role that is too low gives 403: reading requires `needed`; other methods require
    `change`, or else `needed` but at least member.
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
            with speaking_of_platform(access.platform_kind):
                return view(one, *args, **kwargs)

        return cast(View, checked)

    return wrapped


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Redirect to the sign-in page and back. An htmx request for a part of a page redirects the whole page."""
    if request.headers.get("HX-Request"):
        where = urlsplit(request.headers.get("HX-Current-URL", ""))
        address = redirect_to_login(f"{where.path}?{where.query}" if where.query else where.path or "/").url
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect_to_login(request.get_full_path())


def origin_of(request: HttpRequest) -> str:
    """Return the user's email address, which changes and events store as their origin."""
    return str(request.user)
