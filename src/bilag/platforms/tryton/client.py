"""Client of Tryton's REST API: every answer becomes rows or one of the three errors."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode

from bilag.platforms.tryton.problems import About, error_of, malformed, page_error
from bilag.platforms.tryton.wire import Malformed, Row, fields_of, rows_of, to_wire
from bilag.posting.problem import Problem
from bilag.wire.errors import Unavailable
from bilag.wire.http import MAX_ANSWER_BYTES, Answer, ConnectionFault, NotJson, TooLarge, WireClient
from bilag.wire.recording import scrub

PAGE = 500
MAX_PAGES = 20_000
NO_CONTEXT = About()
Domain = Sequence[Any]


class Gone(Exception):
    """The record no longer exists."""


class TrytonClient:
    """One database of one server. Thread-safe; every failure is one of the errors of `bilag.wire.errors`, or `Gone`."""

    def __init__(self, values: Mapping[str, str], *, read_timeout: float) -> None:
        key = values["application_key"]
        self._secrets = frozenset({key})
        self._wire = WireClient("tryton", values["base_url"], read_timeout=read_timeout, secrets=self._secrets)
        self._database = values["database"]
        self._headers = {"Authorization": f"Bearer {key}"}  # no language header: Tryton would translate names
        self._set_context({})

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def rows(self, model: str, kind: type[Row], domain: Domain, *, limit: int | None = None) -> list[Row]:
        """Return the rows that match the domain, in order of id, at most `limit`."""
        found = []
        for row in self.each(model, kind, domain, page=min(limit or PAGE, PAGE)):
            found.append(row)
            if len(found) == limit:
                break
        return found

    def each(self, model: str, kind: type[Row], domain: Domain, *, page: int = PAGE) -> Iterator[Row]:
        """Yield the rows one by one, read by `pages`."""
        for rows in self.pages(model, kind, domain, page=page):
            yield from rows

    def pages(self, model: str, kind: type[Row], domain: Domain, *, page: int = PAGE) -> Iterator[list[Row]]:
        """Yield the rows a page at a time, in order of id; the last page is short or empty.

        Paging by id: each row comes once, and rows added meanwhile are included.
        """
        last = 0
        for _ in range(MAX_PAGES):
            rows = self._fetch_rows(model, kind, [*domain, ["id", ">", last]], ["id", "ASC"], page)
            yield rows
            if len(rows) < page:
                return
            if rows[-1].id <= last:
                break
            last = rows[-1].id
        raise malformed(f"{model}: the pages do not end", writing=False)

    def first(self, model: str, kind: type[Row], domain: Domain, by: Sequence[str]) -> Row | None:
        """Return the first row ordered by a field and direction, such as ("date", "DESC"); None if there is none."""
        rows = self._fetch_rows(model, kind, domain, by, 1)
        return rows[0] if rows else None

    def read_into(self, model: str, domain: Domain, field: str, into: BinaryIO, *, max_bytes: int) -> None:
        """Stream the answer with one field of the rows into a file, unrecorded. Raises `TooLarge`."""
        query = [("f", field), ("d", _encode(domain))]
        self._ask("GET", f"{model}?{urlencode(query)}", None, About(model=model), into=into, max_bytes=max_bytes)

    def create(self, model: str, values: Mapping[str, Any], about: About = NO_CONTEXT) -> int:
        """Create a record and return its id."""
        value = self._ask("POST", f"{model}?f=id", values, about)
        created = value.get("id") if isinstance(value, dict) else None
        if not isinstance(created, int):
            raise malformed(f"{model}: the answer has no id", writing=True)
        return created

    def write(self, model: str, record: int, values: Mapping[str, Any], about: About = NO_CONTEXT) -> None:
        """Update a record. Raises `Gone`."""
        self._ask("PUT", f"{model}/{record}?f=id", values, about)

    def delete(self, model: str, record: int, about: About = NO_CONTEXT) -> None:
        """Delete a record. Raises `Gone`."""
        self._ask("DELETE", f"{model}/{record}", None, about)

    def press(self, model: str, record: int, action: str, about: About = NO_CONTEXT) -> None:
        """Press a button of a record, such as "post". Raises `Gone`."""
        self._ask("POST", f"{model}/{record}/{action}?f=id", {}, about)

    def call(self, model: str, name: str, values: Mapping[str, Any]) -> Any:
        """Call a method that changes nothing, and return its answer."""
        return self._ask("POST", f"{model}/{name}", values, About(model=model), writing=False)

    def use_company(self, company: int) -> None:
        """Work in this company from now on, so that Tryton's defaults are the company's."""
        self._set_context({"company": company, "companies": [company]})

    def _set_context(self, context: Mapping[str, Any]) -> None:
        """Set the context. Inactive records are included; by default Tryton hides them."""
        encoded = json.dumps({**context, "active_test": False}, separators=(",", ":"))
        self._headers = {**self._headers, "X-Tryton-Context": urlsafe_b64encode(encoded.encode()).decode()}

    def _fetch_rows(self, model: str, kind: type[Row], domain: Domain, order: Sequence[str], limit: int) -> list[Row]:
        query = [
            *(("f", name) for name in fields_of(kind)),
            ("d", _encode(domain)),
            ("o", _encode([order])),
            ("s", str(limit)),
        ]
        value = self._ask("GET", f"{model}?{urlencode(query)}", None, About(model=model))
        return self._read(kind, value, writing=False)

    def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        about: About,
        *,
        writing: bool | None = None,
        into: BinaryIO | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> Any:
        writing = method != "GET" if writing is None else writing
        full_path = f"{quote(self._database, safe='')}/rest/model/{path}"
        try:
            answer = self._wire.send(
                method,
                full_path,
                json_body=None if body is None else to_wire(body),
                headers=self._headers,
                into=into,
                max_bytes=max_bytes,
            )
        except ConnectionFault as fault:
            if into is not None and isinstance(fault, TooLarge):
                raise
            code = "tryton_unreachable" if fault.outcome_known else "tryton_timeout"
            code = "own_limit_reached" if fault.is_own else code
            problem = Problem(code, about.subject, {"cause": str(fault)})
            known = fault.outcome_known or not writing
            raise Unavailable(problem, outcome_known=known, retry_after=fault.retry_after) from fault
        if answer.status == 204 or (into is not None and answer.status < 300):
            return None
        if answer.status == 404 and writing and "/" in path.partition("?")[0]:
            raise Gone(path)
        return self._interpret(answer, about, writing)

    def _interpret(self, answer: Answer, about: About, writing: bool) -> Any:
        try:
            value = answer.json()
        except NotJson as error:
            if 200 <= answer.status < 300:
                raise malformed(str(error), writing=writing) from error
            raise page_error(answer, about, writing=writing, database=self._database) from error
        if 200 <= answer.status < 300:
            return value
        raise error_of(answer, scrub(value, self._secrets), about, writing=writing)

    def _read(self, kind: type[Row], value: Any, *, writing: bool) -> list[Row]:
        try:
            return rows_of(kind, value)
        except Malformed as error:
            raise malformed(str(error), writing=writing) from error


def _encode(value: Any) -> str:
    return urlsafe_b64encode(json.dumps(to_wire(value), separators=(",", ":")).encode()).decode()
