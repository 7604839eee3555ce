"""Sign in by client credentials."""

from collections.abc import Callable

from bilag.platforms.poweroffice_go.problems import About, error_of, key_refused, malformed, not_there
from bilag.platforms.poweroffice_go.wire import Malformed, TokenWire, parse
from bilag.wire.errors import EdgeError
from bilag.wire.http import Answer, NotJson


def sign_in(ask: Callable[[], Answer]) -> tuple[str, float]:
    """Return a token and its lifetime in seconds. `ask` sends the request."""
    answer = ask()
    try:
        value = answer.json()
    except NotJson as error:
        if answer.status == 200:
            raise malformed(str(error), writing=False) from error
        raise error_of(answer, None, About(), writing=False) from error
    if answer.status != 200:
        raise _refusal(answer, value)
    try:
        token = parse(TokenWire, value)
    except Malformed as error:
        raise malformed(str(error), writing=False) from error
    return token.access_token, token.expires_in


def _refusal(answer: Answer, value: object) -> EdgeError:
    """Return the error for a refused sign-in: a 400 says that the keys do not open a client."""
    if answer.status in (400, 403):
        return key_refused(value)
    if answer.status in (404, 405):
        return not_there()
    return error_of(answer, value, About(), writing=False)
