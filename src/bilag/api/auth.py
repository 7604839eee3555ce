"""Authenticate a request: a program with a token of one company."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from bilag.api.problems import ApiProblem
from bilag.companies import store
from bilag.companies.models import Company
from bilag.companies.setup import Setup
from bilag.members.models import ApiToken
from bilag.members.tokens import Scope, token_access
from bilag.messages.accounting_system import speak_of
from bilag.platforms.spoken import system_of


@dataclass(frozen=True, slots=True)
class TokenAccess:
    """A valid token and its company."""

    company: Company
    token: ApiToken

    def allows(self, needed: Scope) -> bool:
        """Return whether the token has the scope; write includes read."""
        return needed in self.token.scopes or "write" in self.token.scopes

    @property
    def setup(self) -> Setup:
        """The company's present setup."""
        return store.load_setup(self.company.pk)

    @property
    def origin(self) -> str:
        """The origin that changes and events are recorded with."""
        return f"API token {self.token.name}"[:300]


class TokenRequest(HttpRequest):
    """A request with a valid token."""

    auth: TokenAccess
    answer_headers: dict[str, str]


class Token(HttpBearer):
    """`Authorization: Bearer bilag_…` with a scope. Nothing else is accepted, not even a session."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the token's company; None for an invalid token."""
        found = token_access(token)
        if found is None:
            return None
        access = TokenAccess(*found)
        if not access.allows(self.scope):
            raise ApiProblem("scope-missing", f'This needs a token with the scope "{self.scope}".')
        speak_of(lambda: system_of(access.setup.platform_kind))
        return access


READ, WRITE = Token("read"), Token("write")


def header(request: HttpRequest, name: str, value: str) -> None:
    """Add a header to the answer."""
    headers = getattr(request, "answer_headers", {})
    request.answer_headers = {**headers, name: value}  # type: ignore[attr-defined]
