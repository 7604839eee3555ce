"""Errors as `application/problem+json` (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse

CONTENT_TYPE = "application/problem+json"
RETRY_SECONDS = 30

TYPES: dict[str, tuple[int, str, str]] = {
    "invalid-json": (400, "The body is not JSON", "Send one JSON document in UTF-8."),
    "invalid-header": (400, "A header cannot be used", "See `errors` for the header and its valid values."),
    "unauthorized": (401, "A token is needed", "Send `Authorization: Bearer bilag_…` with a valid token."),
    "scope-missing": (403, "The token does not have access", "Use a token with the scope that `detail` names."),
    "not-found": (404, "Not found", "Check the address, and the company that the token belongs to."),
    "method-not-allowed": (405, "The address does not accept the method", "See the header Allow."),
    "setup-does-not-work": (409, "The setup does not work", "See `problems` or `check`, and correct the setup."),
    "moment-taken": (409, "The company in Moment is in use", "Use each company in Moment for one company in Bilag."),
    "ledger-taken": (409, "The client is in use", "Use each client in accounting for one company in Bilag."),
    "ledger-in-use": (
        409,
        "The ledger is in use",
        "Change the ledger on the setup page, or with `bilag ledger change`.",
    ),
    "not-possible": (409, "It is not possible now", "See `detail` for the reason and the remedy."),
    "in-progress": (409, "The same request is in progress", "Wait for the seconds in Retry-After, then send it again."),
    "setup-changed": (412, "The setup was changed in the meantime", "Read the setup again, and repeat your change."),
    "too-large": (413, "The body is too large", "Send at most 1 MB."),
    "invalid": (422, "The request is not valid", "See `errors`: each names a field. Nothing was changed."),
    "refused": (422, "The other system rejected it", "See `problems` for its message and the remedy."),
    "key-reused": (422, "The Idempotency-Key was used before", "Send a new key with each request."),
    "too-many-requests": (429, "Too many requests", "Wait for the seconds in Retry-After."),
    "fault": (500, "An error in Bilag", "It has been logged. Contact your Bilag administrator if it happens again."),
    "unavailable": (503, "A system cannot be reached", "Wait for the seconds in Retry-After, then send it again."),
}
"""Each type of problem: its status, title and remedy."""


@dataclass(eq=False)
class ApiProblem(Exception):
    """Ends a request with a problem of one of `TYPES`."""

    type: str
    detail: str
    errors: Sequence[Mapping[str, str]] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further members of the document."""
    retry_after: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return TYPES[self.type][0]

    def document(self) -> dict[str, Any]:
        """Return the problem as JSON."""
        status, title, _ = TYPES[self.type]
        document: dict[str, Any] = {"type": f"/api/docs#{self.type}", "title": title, "status": status}
        document["detail"] = self.detail
        if self.errors:
            document["errors"] = [dict(error) for error in self.errors]
        return {**document, **self.more}

    def response(self) -> HttpResponse:
        """Return the problem as an answer."""
        return answer(self.document(), self.retry_after, self.headers)


def answer(
    document: Mapping[str, Any], retry_after: int | None = None, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return the problem document as an answer."""
    text = json.dumps(document, ensure_ascii=False)
    response = HttpResponse(text, status=document["status"], content_type=CONTENT_TYPE, headers=dict(headers or {}))
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def not_found(detail: str) -> ApiProblem:
    """Return the 404 of an object that the token's company does not have."""
    return ApiProblem("not-found", detail)


def invalid(field_name: str, detail: str) -> ApiProblem:
    """Return the 422 of one field with an invalid value."""
    return ApiProblem("invalid", f"{field_name}: {detail}", [{"field": field_name, "detail": detail}])
