"""Who asks: a program with a token of one company."""

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


@dataclass(frozen=True, slots=True)
class TokenAccess:
    """A token in force, and the company that it belongs to."""

    company: Company
    token: ApiToken

    def allows(self, needed: Scope) -> bool:
        """Whether the token's scopes are enough; write includes read."""
        return needed in self.token.scopes or "write" in self.token.scopes

    @property
    def setup(self) -> Setup:
        """The company's setup as it stands."""
        return store.load_setup(self.company.pk)

    @property
    def origin(self) -> str:
        """Who did it, as it is kept with changes and events."""
        return f"API token {self.token.name}"[:300]


class TokenRequest(HttpRequest):
    """A request whose token is known."""

    auth: TokenAccess
    answer_headers: dict[str, str]


class Token(HttpBearer):
    """`Authorization: Bearer bilag_…` with a scope; nothing else is taken, no session either."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The token's company; None for a token that is not in force."""
        found = token_access(token)
        if found is None:
            return None
        access = TokenAccess(*found)
        if not access.allows(self.scope):
            raise ApiProblem("scope-missing", f'This needs a token with the scope "{self.scope}".')
        return access


READ, WRITE = Token("read"), Token("write")


def header(request: HttpRequest, name: str, value: str) -> None:
    """A header of the answer."""
    headers = getattr(request, "answer_headers", {})
    request.answer_headers = {**headers, name: value}  # type: ignore[attr-defined]
