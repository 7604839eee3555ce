"""Speaks Tryton's REST API: one request and what its answer means, as rows or one of the three errors."""

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
from bilag.wire.recording import scrubbed

PAGE = 500
MOST_PAGES = 20_000
NOTHING = About()
Domain = Sequence[Any]


class Gone(Exception):
    """The record is not there any more."""


class TrytonClient:
    """One database of one server. Safe for several threads; every failure is one of the edge's errors, or `Gone`."""

    def __init__(self, values: Mapping[str, str], *, read_timeout: float) -> None:
        key = values["application_key"]
        self._secrets = frozenset({key})
        self._wire = WireClient("tryton", values["base_url"], read_timeout=read_timeout, secrets=self._secrets)
        self._database = values["database"]
        self._headers = {"Authorization": f"Bearer {key}"}  # no language: names would be translations
        self._in_context({})

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def rows(self, model: str, kind: type[Row], domain: Domain, *, limit: int | None = None) -> list[Row]:
        """Every row that the domain names, in order of id; at most `limit`."""
        found = []
        for row in self.each(model, kind, domain, page=min(limit or PAGE, PAGE)):
            found.append(row)
            if len(found) == limit:
                break
        return found

    def each(self, model: str, kind: type[Row], domain: Domain, *, page: int = PAGE) -> Iterator[Row]:
        """The rows one by one, as `pages` reads them."""
        for rows in self.pages(model, kind, domain, page=page):
            yield from rows

    def pages(self, model: str, kind: type[Row], domain: Domain, *, page: int = PAGE) -> Iterator[list[Row]]:
        """The rows in order of id, a page at a time, the last page being short or empty. What is added meanwhile is
        met, what is there is met once."""
        last = 0
        for _ in range(MOST_PAGES):
            rows = self._asked_rows(model, kind, [*domain, ["id", ">", last]], ["id", "ASC"], page)
            yield rows
            if len(rows) < page:
                return
            if rows[-1].id <= last:
                break
            last = rows[-1].id
        raise malformed(f"{model}: the pages do not end", writing=False)

    def first(self, model: str, kind: type[Row], domain: Domain, by: Sequence[str]) -> Row | None:
        """The first of the rows `by` a field and a direction, such as ("date", "DESC"); None where there is none."""
        rows = self._asked_rows(model, kind, domain, by, 1)
        return rows[0] if rows else None

    def read_into(self, model: str, domain: Domain, field: str, into: BinaryIO, *, max_bytes: int) -> None:
        """The answer's text with one field of the rows, into a file: nothing of it is recorded. Raises `TooLarge`."""
        query = [("f", field), ("d", _packed(domain))]
        self._ask("GET", f"{model}?{urlencode(query)}", None, About(model=model), into=into, max_bytes=max_bytes)

    def create(self, model: str, values: Mapping[str, Any], about: About = NOTHING) -> int:
        """Make a record and give its id."""
        value = self._ask("POST", f"{model}?f=id", values, about)
        created = value.get("id") if isinstance(value, dict) else None
        if not isinstance(created, int):
            raise malformed(f"{model}: no id of what was created", writing=True)
        return created

    def write(self, model: str, record: int, values: Mapping[str, Any], about: About = NOTHING) -> None:
        """Change a record. Raises `Gone`."""
        self._ask("PUT", f"{model}/{record}?f=id", values, about)

    def delete(self, model: str, record: int, about: About = NOTHING) -> None:
        """Remove a record. Raises `Gone`."""
        self._ask("DELETE", f"{model}/{record}", None, about)

    def act(self, model: str, record: int, action: str, about: About = NOTHING) -> None:
        """Press a button of a record. Raises `Gone`."""
        self._ask("POST", f"{model}/{record}/{action}?f=id", {}, about)

    def asked(self, model: str, question: str, values: Mapping[str, Any]) -> Any:
        """The answer to a question that changes nothing."""
        return self._ask("POST", f"{model}/{question}", values, About(model=model), writing=False)

    def of_company(self, company: int) -> None:
        """Work in this company from now on: what Tryton fills in by itself is then the company's."""
        self._in_context({"company": company, "companies": [company]})

    def _in_context(self, context: Mapping[str, Any]) -> None:
        """What is inactive is met, too: without that, Tryton says of it that it is not there."""
        told = json.dumps({**context, "active_test": False}, separators=(",", ":"))
        self._headers = {**self._headers, "X-Tryton-Context": urlsafe_b64encode(told.encode()).decode()}

    def _asked_rows(self, model: str, kind: type[Row], domain: Domain, order: Sequence[str], most: int) -> list[Row]:
        query = [
            *(("f", name) for name in fields_of(kind)),
            ("d", _packed(domain)),
            ("o", _packed([order])),
            ("s", str(most)),
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
        where = f"{quote(self._database, safe='')}/rest/model/{path}"
        try:
            answer = self._wire.send(
                method,
                where,
                json_body=None if body is None else to_wire(body),
                headers=self._headers,
                into=into,
                max_bytes=max_bytes,
            )
        except ConnectionFault as fault:
            if into is not None and isinstance(fault, TooLarge):
                raise
            code = "tryton_unreachable" if fault.outcome_known else "tryton_timeout"
            problem = Problem(code, about.subject, {"cause": str(fault)})
            known = fault.outcome_known or not writing
            raise Unavailable(problem, outcome_known=known, retry_after=fault.retry_after) from fault
        if answer.status == 204 or (into is not None and answer.status < 300):
            return None
        if answer.status == 404 and writing and "/" in path.partition("?")[0]:
            raise Gone(path)
        return self._judged(answer, about, writing)

    def _judged(self, answer: Answer, about: About, writing: bool) -> Any:
        try:
            value = answer.json()
        except NotJson as error:
            if 200 <= answer.status < 300:
                raise malformed(str(error), writing=writing) from error
            raise page_error(answer, about, writing=writing, database=self._database) from error
        if 200 <= answer.status < 300:
            return value
        raise error_of(answer, scrubbed(value, self._secrets), about, writing=writing)

    def _read(self, kind: type[Row], value: Any, *, writing: bool) -> list[Row]:
        try:
            return rows_of(kind, value)
        except Malformed as error:
            raise malformed(str(error), writing=writing) from error


def _packed(value: Any) -> str:
    return urlsafe_b64encode(json.dumps(to_wire(value), separators=(",", ":")).encode()).decode()
