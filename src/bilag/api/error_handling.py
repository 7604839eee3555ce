"""Turn every error under /api/ into a problem document without internals."""

import math
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from bilag.api.language import language_of
from bilag.api.problems import RETRY_SECONDS, ApiProblem, not_found
from bilag.messages.accounting_system import speaking_of
from bilag.messages.problem_json import problem_as_json
from bilag.messages.validation import plain_words
from bilag.wire.errors import EdgeError, Misconfigured, Unavailable

log = structlog.get_logger(__name__)
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Bilag"'}


def problem_of(request: HttpRequest, error: Exception) -> ApiProblem:
    """Return the problem document's content for an error."""
    match error:
        case ApiProblem():
            return error
        case AuthenticationError():
            text = "Send the header Authorization: Bearer bilag_… with a token that is neither revoked nor expired."
            return ApiProblem("unauthorized", text, headers=CHALLENGE)
        case Throttled():
            wait = math.ceil(error.wait or RETRY_SECONDS)
            return ApiProblem("too-many-requests", f"Try again in {wait} seconds.", retry_after=wait)
        case ValidationError():
            return _invalid(error)
        case HttpError():
            return ApiProblem("invalid-json", "The body is not one JSON document in UTF-8.")
        case Http404():
            return not_found("There is nothing at this address.")
        case RequestDataTooBig():
            return ApiProblem("too-large", "The body is larger than 1 MB.")
        case UnreadablePostError():
            return ApiProblem("invalid-json", "The body ended before it was whole.")
        case EdgeError():
            return _of_edge(request, error)
        case OperationalError() | InterfaceError():
            log.warning("api.database_error", error=str(error).splitlines()[0] if str(error) else "")
            return ApiProblem("unavailable", "The database does not answer.", retry_after=RETRY_SECONDS)
        case _:
            # Written here, because a console's own traceback shows local variables, and with them what was sent.
            log.error("api.error", path=request.path, exception="".join(traceback.format_exception(error)))
            return ApiProblem("fault", "A fault in Bilag stopped this request. It has been logged.")


def _invalid(error: ValidationError) -> ApiProblem:
    """Validation errors as field problems, without the submitted values."""
    errors = []
    for one in error.errors:
        where, *names = [str(part) for part in one["loc"]]
        if where == "body":
            names = names[1:]  # the first is the parameter's name
        said = plain_words(str(one["msg"]))
        errors.append({"in": where, "field": ".".join(names) or where, "detail": said})
    detail = "; ".join(f"{one['field']}: {one['detail']}" for one in errors[:3])
    return ApiProblem("invalid", detail, errors)


def _of_edge(request: HttpRequest, error: EdgeError) -> ApiProblem:
    """Return an error of another system."""
    rendered = [problem_as_json(problem, language_of(request)) for problem in error.problems]
    detail = " ".join(f"{one['message']} {one['remedy']}" for one in rendered)
    if isinstance(error, Unavailable):
        wait = error.retry_after or RETRY_SECONDS
        return ApiProblem("unavailable", detail, more={"problems": rendered}, retry_after=wait)
    kind = "setup-does-not-work" if isinstance(error, Misconfigured) else "refused"
    return ApiProblem(kind, detail, more={"problems": rendered})


def handle_all(api: NinjaAPI) -> None:
    """Register `problem_of` for all errors of the API."""

    def handle(request: HttpRequest, error: Any) -> HttpResponse:
        return problem_of(request, error).response()

    for kind in (Exception, ApiProblem, HttpError, Http404, ValidationError):
        api.add_exception_handler(kind, handle)


def api_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Wrap a view below /api/: HEAD is GET without the body, and uncaught errors become problem documents."""

    @csrf_exempt  # a token in a header authorises a request, and no other site's page can send that
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = request.method
        if asked == "HEAD":
            request.method = "GET"
        with speaking_of(None):  # until the token says of which company
            try:
                response = view(request, *args, **kwargs)
            except Exception as error:  # noqa: BLE001 - told as a problem and logged
                response = problem_of(request, error).response()
        request.method = asked  # the server omits the body of a HEAD response
        if response.status_code == 405:
            allowed = sorted({*response["Allow"].split(", "), *(["HEAD"] if "GET" in response["Allow"] else [])})
            text = f"This address takes {', '.join(allowed)}."
            response = ApiProblem("method-not-allowed", text, headers={"Allow": ", ".join(allowed)}).response()
        for name, value in getattr(request, "answer_headers", {}).items():
            response[name] = value
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answered


def nowhere(request: HttpRequest) -> HttpResponse:
    """Answer every other address below /api/ with 404."""
    raise Http404
