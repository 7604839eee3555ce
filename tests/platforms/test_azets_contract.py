"""Every request that leaves is one that the published contract describes: path, query and body."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from bilag.platforms.conformance import CASES, Kit
from bilag.posting.dimensions import Dimensions
from bilag.posting.voucher import VoucherKind
from bilag.wire.recording import Exchange, recording
from tests.platforms.conftest import Office
from tests.platforms.samples import DAY, customer, entry, invoice
from tests.platforms.test_conformance import SAMPLE


class Requests:
    """The contract's operations, held against what was sent."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        resource = Resource(contents=document, specification=DRAFT202012)  # type: ignore[call-arg]
        self.registry: Registry[Any] = Registry().with_resource("urn:hub", resource)
        self.paths = {
            path: re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$") for path in document["paths"]
        }

    def check(self, exchange: Exchange) -> str:
        """The operationId of a request; fails where it is not as described."""
        parts = urlsplit("/" + exchange.path)
        path = min((p for p, form in self.paths.items() if form.match(parts.path)), key=lambda found: found.count("{"))
        described = self.document["paths"][path]
        operation = described[exchange.method.lower()]
        known = {self._resolved(one)["name"]: self._resolved(one) for one in operation.get("parameters", [])}
        for name, values in parse_qs(parts.query).items():
            assert name in known, f"{name} is no parameter of {path}"
            schema = self._resolved(known[name]["schema"])
            value = int(values[0]) if schema.get("type") == "integer" else values[0]
            self._validator(schema).validate(value)
        body = operation.get("requestBody")
        if body is None:
            assert exchange.request is None
        else:
            self._validator(body["content"]["application/json"]["schema"]).validate(exchange.request)
        return str(operation["operationId"])

    def _resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in part:
            return part
        found: Any = self.document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return dict(found)

    def _validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        absolute = yaml.safe_load(yaml.safe_dump(schema).replace("#/components", "urn:hub#/components"))
        return Draft202012Validator(absolute, registry=self.registry, format_checker=FormatChecker())


@pytest.fixture
def requests(hub_contract: dict[str, Any]) -> Requests:
    return Requests(hub_contract)


def test_every_request_is_the_contracts(requests: Requests, visma: Office, poweroffice: Office) -> None:
    with recording() as exchanges:
        kit = Kit(visma.platform, visma, SAMPLE)
        for case in CASES:
            case(kit)
        of_poweroffice = Dimensions(project=2, department=1)
        other = Kit(poweroffice.platform, poweroffice, replace(SAMPLE, dimensions=of_poweroffice, project="Øst 7"))
        other.put_master_data()
        _unusual(visma)
    operations = {requests.check(exchange) for exchange in exchanges}
    assert operations == {
        "createToken", "getProfile", "listAccounts", "listVatCodes", "listPeriods", "putCustomer",
        "putOrganizationalUnitValue", "createBatch", "findBatches", "processBatches", "getBatch", "deleteBatch",
        "listVouchers", "getReport", "getDocument",
    }  # fmt: skip


def _unusual(office: Office) -> None:
    """What the kit does not send: journals, credit notes without a credited invoice, resumed and withdrawn batches."""
    azets = office.platform(voucher_series="MOM")
    azets.put_customer(customer(email="post@nordlys.example", address_lines=("a", "b", "c", "d", "e"), country="no"))
    office.effect("locked", times=2)
    azets.post_voucher([invoice(number=9001)], "moment-4021-invoice-9001")
    free = replace(
        invoice(number=9002), kind=VoucherKind.JOURNAL, total=entry().net * 0, customer=None, due_date=None, your_reference=None,
        entries=(entry("3910", vat="0.00", code=None), replace(entry("2965", vat="0.00", code=None), side=entry().side.opposite)),
        related_number=9001, voucher_date=DAY,
    )  # fmt: skip
    assert azets.post_voucher([invoice(number=9002), free], "moment-4021-invoice-9002").state == "posted"
    office.effect("closePeriod")
    with pytest.raises(Exception, match="period_closed"):
        azets.post_voucher([invoice(number=9003)], "moment-4021-invoice-9003")
