"""Send one request to Moment and interpret the answer. Moment's error bodies are not documented: the status decides."""

from collections.abc import Mapping
from typing import Any, BinaryIO, NoReturn
from urllib.parse import quote

from bilag.moment.mapping import clean
from bilag.posting.problem import Problem
from bilag.wire.errors import Misconfigured, Refused, Unavailable
from bilag.wire.http import Answer, ConnectionFault, NotJson, TooLarge, UploadedFile, WireClient

LONGEST_WORDS = 300
WRITE_FORBIDDEN = "moment_write_forbidden"
"""The code of the problem that the API key may not change the company's invoices."""
MOST_DETAILS = 5


class NotFound(Exception):
    """404: no object with this id, or no such list."""


class HtmlNotFound(NotFound):
    """404 with an HTML page: from a proxy or a wrong address. It says nothing about the object."""


class MomentSession:
    """Requests under the company's address, with HTTP Basic as `apikey`.

    Besides the errors of `bilag.wire.errors`, every request may raise `NotFound`.
    """

    def __init__(self, base_url: str, company_id: str, api_key: str, *, read_timeout: float) -> None:
        self._auth = ("apikey", api_key)
        root = f"{base_url.rstrip('/')}/api/1.0/companies/{quote(company_id, safe='')}"
        self._wire = WireClient("moment", root, read_timeout=read_timeout, secrets=frozenset({api_key}))

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """Return the JSON of the answer."""
        return self._json(self._send("GET", path, params, None), writing=False)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return the JSON of the answer; None if the version was stale.

        Raises `Misconfigured` with `moment_write_forbidden` when the key may read and not change.
        """
        answer = self._send("PATCH", path, None, dict(body))
        if answer.status == 403:
            raise Misconfigured([Problem(WRITE_FORBIDDEN, "setup moment.api_key", {}, _message_of(answer))])
        return None if answer.status == 409 else self._json(answer, writing=True)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return the JSON of the answer."""
        return self._json(self._send("POST", path, None, dict(body)), writing=True)

    def upload(self, path: str, file: UploadedFile) -> Any:
        """Send a file and return the JSON of the answer."""
        return self._json(self._send("POST", path, None, None, file), writing=True)

    def download(self, path: str, into: BinaryIO, *, max_bytes: int) -> None:
        """Write a file into `into`. May also raise `TooLarge`; after an error, `into` may hold part of the file."""
        try:
            answer = self._wire.send(
                "GET",
                path,
                into=into,
                max_bytes=max_bytes,
                headers={"Accept": "*/*", "Accept-Encoding": "identity"},
                auth=self._auth,
            )
        except ConnectionFault as fault:
            if isinstance(fault, TooLarge):
                raise
            raise _no_answer(fault, known=True) from fault
        if not 200 <= answer.status < 300:
            _raise_error(answer, writing=False)

    def _send(
        self, method: str, path: str, params: Mapping[str, str] | None, body: Any, file: UploadedFile | None = None
    ) -> Answer:
        try:
            return self._wire.send(method, path, params=params, json_body=body, file=file, auth=self._auth)
        except ConnectionFault as fault:
            raise _no_answer(fault, known=fault.outcome_known or method == "GET") from fault

    def _json(self, answer: Answer, *, writing: bool) -> Any:
        if not 200 <= answer.status < 300:
            _raise_error(answer, writing=writing)
        try:
            return answer.json()
        except NotJson as error:
            problem = Problem("moment_malformed", "", {"field": "the whole", "why": str(error)})
            raise Unavailable(problem, outcome_known=not writing) from error


def _no_answer(fault: ConnectionFault, *, known: bool) -> Unavailable:
    code = "own_limit_reached" if fault.is_own else "moment_unavailable"
    problem = Problem(code, "", {"cause": str(fault)}, None)
    return Unavailable(problem, outcome_known=known, retry_after=fault.retry_after)


def _raise_error(answer: Answer, *, writing: bool) -> NoReturn:
    said, status = _message_of(answer), str(answer.status)
    match answer.status:
        case 401 | 403:
            raise Misconfigured([Problem("moment_credentials", "setup moment.api_key", {"status": status}, said)])
        case 404:
            raise (HtmlNotFound if answer.content_type == "text/html" else NotFound)(said or "404")
        case 408 | 429:
            cause = "too many requests" if answer.status == 429 else "no answer in time"
            raise Unavailable(
                Problem("moment_unavailable", "", {"cause": cause}, said),
                outcome_known=True,
                retry_after=answer.retry_after,
            )
        case code if code >= 500 or code < 400:
            raise Unavailable(
                Problem("moment_unavailable", "", {"cause": f"HTTP {status}"}, said),
                outcome_known=not writing,
                retry_after=answer.retry_after,
            )
        case _:
            raise Refused([Problem("moment_refused", "", {"status": status}, said)])


def _message_of(answer: Answer) -> str | None:
    """Return Moment's own message, with the fields it names; None if the body has none."""
    try:
        body = answer.json()
    except NotJson:
        return None
    if not isinstance(body, dict):
        return None
    errors = body.get("errors")
    details = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    said = [body.get("message"), *(f"{one.get('field')}: {one.get('message')}" for one in details[:MOST_DETAILS])]
    return (clean("; ".join(str(one) for one in said if one)) or "")[:LONGEST_WORDS] or None
