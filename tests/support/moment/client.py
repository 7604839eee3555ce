"""A company's Moment; each answer is checked against the published contract where that is present."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import httpx2
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from bilag_sandbox import moment
from bilag_sandbox.common import HeldClock, running
from tests.support import local_http
from tests.support.paths import SHARED

CONTRACT = SHARED / "contracts" / "moment.openapi.yaml"
LAST_DAY = date(2024, 11, 23)  # long past by any clock: what a test makes is newer than the sample
ROOT = "/api/1.0/companies/4021"


class Contract:
    """The contract's own schemas, applied to answers and webhooks."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        resource = DRAFT202012.create_resource(document)
        self.registry: Registry = Registry().with_resource("urn:moment", resource)
        self.validators: dict[str, Draft202012Validator] = {}
        self.paths = {path: re.compile(ROOT + re.sub(r"\{\w+\}", "[^/]+", path) + "$") for path in document["paths"]}

    def check(self, answer: httpx2.Response) -> None:
        """Fail unless the answer is one that the contract describes for its operation."""
        raw_path = answer.request.url.raw_path.decode().partition("?")[0]
        fitting = [path for path, form in self.paths.items() if form.match(raw_path)]
        path = min(fitting, key=lambda found: found.count("{"))
        operation = self.document["paths"][path][answer.request.method.lower()]
        described = operation["responses"].get(str(answer.status_code))
        assert described is not None, f"{answer.status_code} is not foreseen for {path}"
        if "$ref" in described:
            described = self.document["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
        media = answer.headers["content-type"].partition(";")[0]
        assert media in described["content"], f"{media} is not foreseen"
        if media == "application/json":
            self.validate(described["content"][media]["schema"], answer.json())

    def validate(self, schema: dict[str, Any], value: Any) -> None:
        """Fail unless a value fits a schema, whose references point into the contract."""
        written = json.dumps(schema).replace("#/components", "urn:moment#/components")
        if written not in self.validators:
            checker = FormatChecker()
            self.validators[written] = Draft202012Validator(
                json.loads(written), registry=self.registry, format_checker=checker
            )
        self.validators[written].validate(value)

    def schema(self, name: str) -> dict[str, Any]:
        """A schema by its name."""
        return {"$ref": f"#/components/schemas/{name}"}


class Office:
    """A company's Moment: `ask` is the API as a client uses it, `do` what people do in the firm."""

    def __init__(self, url: str, contract: Contract | None, clock: HeldClock) -> None:
        self.url = url
        self.contract = contract
        self.clock = clock
        self.http = local_http.client(url)
        self.auth = ("apikey", moment.API_KEY)

    def __enter__(self) -> "Office":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """A request to the API, its answer held against the contract."""
        answer = self.http.request(method, ROOT + path, auth=self.auth, **more)
        if self.contract is not None:
            self.contract.check(answer)
        return answer

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of an answer that must be good, amounts as Decimal."""
        answer = self.ask("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text, parse_float=Decimal)

    def rows(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """All rows of a list."""
        rows: list[dict[str, Any]] = self.get(path, noLimit="true", **params)["content"]
        return rows

    def do(self, method: str, path: str, json_body: Any = None, *, status: int | None = None) -> Any:
        """Something done under /admin, which must succeed, or answer with `status`."""
        answer = self.http.request(method, f"/admin{path}", json=json_body)
        if status is None:
            assert answer.is_success, answer.text
        else:
            assert answer.status_code == status, answer.text
        return json.loads(answer.text, parse_float=Decimal) if answer.content else None

    def draft(self, **fields: Any) -> dict[str, Any]:
        """A draft for the first customer, one line of 1000.00 with VAT unless told otherwise."""
        line = {"text": "Honorar, rådgiver", "accountNumber": "3000", "quantity": 1, "unitPrice": 1000}
        made: dict[str, Any] = self.do("POST", "/invoices", {"customer": "10001", "lines": [line]} | fields)
        return made

    def finalised(self, **fields: Any) -> dict[str, Any]:
        """An invoice, made and finalised."""
        done: dict[str, Any] = self.do("POST", f"/invoices/{self.draft(**fields)['id']}/finalize")
        return done


@dataclass
class Receiver:
    """Somebody who gets webhooks."""

    url: str = ""
    status: int = 202
    events: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def numbers(self) -> list[int]:
        """The invoice numbers told, in the order of arrival."""
        return [event["invoice"]["invoiceNumber"] for event in list(self.events)]


@contextmanager
def office_of(contract: Contract | None, **options: Any) -> Iterator[Office]:
    """A firm with options of its own, on a server of its own."""
    clock = HeldClock()
    with running(moment.app(last_day=LAST_DAY, clock=clock, **options)) as url, Office(url, contract, clock) as office:
        yield office
