"""Azets against two hubs: the sandbox, a company of its own for each test, and one that says what it is told to."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from bilag.platforms.azets import PLATFORM
from bilag.platforms.azets.platform import AzetsPlatform
from bilag.platforms.base import Connection
from bilag.platforms.conformance import Cost
from bilag.posting.dimensions import Dimensions
from bilag.posting.master import Department, Project
from bilag_sandbox import hub
from bilag_sandbox.common import running
from tests.platforms.samples import PROFILE, customer
from tests.platforms.scripted import Said, ScriptedHub, items, scripted_hub

UNITS = Dimensions(project=2, department=1, billability=3)
PASSWORD, API_KEY = "hemmelig-passord", "hemmelig-api-nøkkel".replace("ø", "o")
numbers = itertools.count(3000)


class Office:
    """One client company of the sandbox hub: seen by Bilag, and by the people who work in it."""

    def __init__(self, address: str, number: str, opened: ExitStack, dimensions: Dimensions = UNITS) -> None:
        self.address = address
        self.number = number
        self._opened = opened
        self._dimensions = dimensions

    def platform(self, dimensions: Dimensions | None = None, /, **values: str) -> AzetsPlatform:
        """Bilag's connection to the company, as after a start."""
        setup = {
            "base_url": f"{self.address}/v1",
            "username": hub.USERNAME,
            "password": hub.PASSWORD,
            "source_client_id": self.number,
            "parent_client_id": hub.PARENT,
        }
        platform = PLATFORM.open(Connection(setup | values, dimensions or self._dimensions))
        assert isinstance(platform, AzetsPlatform)
        self._opened.callback(platform.close)
        return platform

    def admin(self, method: str, path: str, json: Any = None) -> Any:
        """What a person or an operator does in the company."""
        answer = httpx2.request(method, f"{self.address}/admin/clients/{self.number}{path}", json=json)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def fault(self, kind: str, operation: str, **more: Any) -> None:
        """Let the next request of this operation for this company fail."""
        path = "/v1/token" if operation == "createToken" else f"/v1/parents/*/clients/{self.number}/*"
        spec = {"kind": kind, "operation": operation, "path": path} | more
        assert httpx2.post(f"{self.address}/admin/faults", json=spec).status_code == 201

    def effect(self, effect: str, **more: Any) -> None:
        """What happens when the next batch is posted."""
        self.admin("POST", "/posting", {"effect": effect} | more)

    def put_master_data(self, platform: AzetsPlatform) -> None:
        platform.put_customer(customer())
        platform.put_department(Department("10", "Arkitektur"))
        platform.put_project(Project(1, "1207", "Nytt hovedkontor", "active", "10042", department="10"))

    # What the conformance kit asks of a ledger.

    def close_period(self, day: Any) -> None:
        self.admin("PUT", f"/periods/{day.year}/{day.month}", {"state": "closed"})

    def open_period(self, day: Any) -> None:
        self.admin("PUT", f"/periods/{day.year}/{day.month}", {"state": "open"})

    def post_manually(self, number: int, customer: str, total: Decimal) -> None:
        self.admin(
            "POST", "/vouchers", {"voucherNumber": number, "customerNumber": customer, "totalAmount": f"{total:.2f}"}
        )

    def count_vouchers(self, number: int) -> int:
        posted = [one for one in self.admin("GET", "/ledger") if one["voucherNumber"] == number]
        lying = [one for one in self.batches() if one["status"] != "updated" and str(number) in one["externalId"]]
        return len(posted) + len(lying)

    def post_cost(self, cost: Cost) -> int:
        from tests.platforms.expense_samples import cost as line_of
        from tests.platforms.expense_samples import document, post_supplier_invoice

        unit = str(self._dimensions.project)
        line = line_of(cost.account, f"{cost.net:.2f}", f"{cost.vat:.2f}", orgUnits={unit: cost.project})
        documents = [document(content=cost.document)] if cost.document is not None else []
        return post_supplier_invoice(
            self,
            line,
            number=next(numbers),
            voucherDate=str(cost.day),
            supplierInvoiceNumber=cost.supplier_invoice,
            documents=documents,
        )

    def reverse(self, posted: int) -> None:
        self.admin("POST", f"/journals/{posted}/reverse", {})

    def batches(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.admin("GET", "/batches")
        return found


@pytest.fixture(scope="session")
def hub_address() -> Iterator[str]:
    with running(hub.app(requests_per_minute=100_000)) as url:
        yield url


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """Closes what a test opened."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def new_office(hub_address: str, opened: ExitStack) -> Iterator[Callable[[str], Office]]:
    def made(system: str) -> Office:
        number = str(next(numbers))
        answer = httpx2.post(f"{hub_address}/admin/clients", json={"id": number, "accountingSystem": system})
        assert answer.status_code == 201, answer.text
        dimensions = UNITS if system != "PowerOfficeGo" else Dimensions(project=2, department=1)
        return Office(hub_address, number, opened, dimensions)

    yield made
    httpx2.delete(f"{hub_address}/admin/faults")


@pytest.fixture
def visma(new_office: Callable[[str], Office]) -> Office:
    """A Visma Business company with the customer, department and project of the samples."""
    office = new_office("VismaBusiness")
    office.put_master_data(office.platform())
    return office


@pytest.fixture
def poweroffice(new_office: Callable[[str], Office]) -> Office:
    """A PowerOffice Go company with the same."""
    office = new_office("PowerOfficeGo")
    office.put_master_data(office.platform())
    return office


@pytest.fixture
def scripted() -> Iterator[ScriptedHub]:
    """A hub that says what it is told; it has a profile, a chart without accounts, and no vouchers."""
    with scripted_hub() as hub_:
        hub_.on("GET", "/profile", Said(200, PROFILE)).on("GET", "/accounts", items()).on("GET", "/vat-codes", items())
        hub_.on("GET", "/periods", Said(200, {"lockDate": None, "items": []})).on("GET", "/vouchers", items())
        hub_.on("GET", "/batches", items())
        yield hub_


@pytest.fixture
def connect(scripted: ScriptedHub, opened: ExitStack) -> Callable[..., AzetsPlatform]:
    """Opens Bilag's connections to the scripted hub."""

    def connected(dimensions: Dimensions = UNITS, **values: str) -> AzetsPlatform:
        setup = {
            "base_url": scripted.url,
            "username": "moment-fjellvann",
            "password": PASSWORD,
            "source_client_id": "123",
            "parent_client_id": "S2041",
        }
        platform = PLATFORM.open(Connection(setup | values, dimensions))
        assert isinstance(platform, AzetsPlatform)
        opened.callback(platform.close)
        return platform

    return connected


@pytest.fixture
def azets(connect: Callable[..., AzetsPlatform]) -> AzetsPlatform:
    """Bilag's connection to the scripted hub."""
    return connect()
