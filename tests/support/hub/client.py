"""A client company at the sandbox hub; each answer is checked against the published contract where that is present."""

import itertools
import re
from typing import Any
from urllib.parse import quote

import httpx2
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from bilag_sandbox import hub
from tests.support import local_http
from tests.support.paths import SHARED

CONTRACT = SHARED / "contracts" / "azets-hub.openapi.yaml"
numbers = itertools.count(1000)


class Contract:
    """The contract's own schemas, applied to answers."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        resource = DRAFT202012.create_resource(document)
        self.registry: Registry = Registry().with_resource("urn:hub", resource)
        self.paths = {path: re.compile("/v1" + re.sub(r"\{\w+\}", "[^/]+", path) + "$") for path in document["paths"]}
        self.checked = 0

    def check(self, answer: httpx2.Response) -> None:
        """Fail unless the answer is one that the contract describes for its operation."""
        raw_path = answer.request.url.raw_path.decode().partition("?")[0]
        fitting = [path for path, form in self.paths.items() if form.match(raw_path)]
        path = min(fitting, key=lambda found: found.count("{"))
        operation = self.document["paths"][path][answer.request.method.lower()]
        assert str(answer.status_code) in operation["responses"], f"{answer.status_code} is not foreseen for {path}"
        described = operation["responses"][str(answer.status_code)]
        if "$ref" in described:
            described = self.document["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
        assert answer.headers["x-trace-id"]
        if answer.status_code == 204:
            assert answer.content == b""
            return
        media = answer.headers["content-type"].partition(";")[0]
        assert media in described["content"], f"{media} is not foreseen"
        if media.endswith("json"):
            schema = described["content"][media]["schema"]
            self.validator(schema).validate(answer.json())
            if answer.is_error:
                assert answer.json()["traceId"] == answer.headers["x-trace-id"]
                self.check_codes(answer)
        self.checked += 1

    def check_codes(self, answer: httpx2.Response) -> None:
        """Every code that the hub tells is one of the contract's, at that status."""
        known = {entry["code"]: entry["http"] for entry in self.document["x-error-codes"]}
        body = answer.json()
        assert answer.status_code in known[body["code"]]
        assert {detail["code"] for detail in body["details"]} <= set(known)

    def validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        """A validator of one schema, whose references point into the contract."""
        absolute = yaml.safe_load(yaml.safe_dump(schema).replace("#/components", "urn:hub#/components"))
        return Draft202012Validator(absolute, registry=self.registry, format_checker=FormatChecker())


class Company:
    """One client company at the hub, spoken to as a third-party program would."""

    def __init__(self, base_url: str, number: str, contract: Contract | None) -> None:
        self.base_url = base_url
        self.number = number
        self.contract = contract
        self.http = local_http.client(base_url)
        self.path = f"/v1/parents/S2041/clients/{number}"
        self.token = self.sign_in()

    def sign_in(self) -> str:
        answer = self.http.post("/v1/token", headers={"X-Api-Key": hub.API_KEY})
        return str(answer.json()["access_token"])

    def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """A request under the client's path, its answer held against the contract."""
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        answer = self.http.request(method, self.path + path, headers=headers, **more)
        if self.contract is not None:
            self.contract.check(answer)
        return answer

    def admin(self, method: str, path: str, json: Any = None) -> Any:
        """An admin request about this client; gives the answer's JSON."""
        answer = self.http.request(method, f"/admin/clients/{self.number}{path}", json=json)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def put_customer(self, number: str = "10042", **fields: Any) -> httpx2.Response:
        return self.ask("PUT", f"/customers/{number}", json={"name": "Nordlys Arkitekter AS"} | fields)

    def put_unit(self, unit: int, value: str, **fields: Any) -> httpx2.Response:
        return self.ask("PUT", f"/organizational-units/{unit}/{quote(value, safe='')}", json={"name": "Navn"} | fields)

    def post_batch(self, batch: dict[str, Any]) -> httpx2.Response:
        return self.ask("POST", "/batches", json=batch)

    def codes(self, batch: dict[str, Any]) -> set[tuple[str, str]]:
        """The faults that the hub finds in a batch: place and code."""
        answer = self.post_batch(batch)
        assert answer.status_code == 422, answer.text
        assert self.admin("GET", "/batches") == []
        return {(detail["field"], detail["code"]) for detail in answer.json()["details"]}

    def vouchers(self, **query: Any) -> list[dict[str, Any]]:
        answer = self.ask("GET", "/vouchers", params=query)
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


def new_company(hub_address: str, contract: Contract | None, system: str) -> Company:
    number = str(next(numbers))
    made = local_http.post(f"{hub_address}/admin/clients", json={"id": number, "accountingSystem": system})
    assert made.status_code == 201, made.text
    return Company(hub_address, number, contract)
