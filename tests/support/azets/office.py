"""A client company of the sandbox hub, as Bilag and as the people who work in it see it."""

import base64
import itertools
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

from bilag.platforms.azets import PLATFORM
from bilag.platforms.azets.platform import AzetsPlatform
from bilag.platforms.base import Connection
from bilag.platforms.conformance import Cost
from bilag.posting.dimensions import Dimensions
from bilag.posting.master import Department, Project
from bilag_sandbox import hub
from tests.support import local_http
from tests.support.azets.samples import customer

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
        answer = local_http.request(method, f"{self.address}/admin/clients/{self.number}{path}", json=json)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def fault(self, kind: str, operation: str, **more: Any) -> None:
        """Let the next request of this operation for this company fail."""
        path = "/v1/token" if operation == "createToken" else f"/v1/parents/*/clients/{self.number}/*"
        spec = {"kind": kind, "operation": operation, "path": path} | more
        assert local_http.post(f"{self.address}/admin/faults", json=spec).status_code == 201

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
        from tests.support.azets.expense_samples import cost as line_of
        from tests.support.azets.expense_samples import document, post_supplier_invoice

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

    def attached(self, number: int) -> list[bytes]:
        found = self.admin("GET", f"/vouchers/{number}/documents")
        return [base64.b64decode(one["content"]) for one in found]

    def batches(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.admin("GET", "/batches")
        return found
