"""A company at the stand-in for PowerOffice Go, as Bilag and as its people see it: a ledger for the conformance kit."""

import base64
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pyrate_limiter import InMemoryStateStore

from bilag.platforms.base import Connection
from bilag.platforms.conformance import Cost, Sample
from bilag.platforms.poweroffice_go import PLATFORM
from bilag.platforms.poweroffice_go.platform import PowerOfficeGoPlatform
from bilag.posting.dimensions import Dimensions
from bilag.posting.master import Customer, Department, Project
from bilag.posting.months import last_day
from bilag.wire.rate_limit import MINUTE, RateLimit
from bilag_sandbox import poweroffice_go as go
from tests.support import local_http

UNITS = Dimensions(project=2, department=1, billability=3)
DAY = date(2026, 3, 16)
EARLIER = date(2026, 2, 5)
SAMPLE = Sample("10042", "NB-1207", "Øst", "3000", "3", Decimal("25.00"), "3999", DAY, EARLIER, UNITS)
INSTALLATION = {"application_key": go.APPLICATION_KEY, "subscription_key": go.SUBSCRIPTION_KEY}
OUTGOING, MANUAL = "OutgoingInvoiceVoucher_Full", "ManualVoucher_Full"
PRIVILEGES = (
    "AccountTransaction", "CommonServices", "CustomDimension_Full", "Customer_Full", "CustomerLedger", "Department_Full",
    "GeneralLedgerAccount", "Project_Full", "Supplier", "VoucherDocumentation_Full",
)  # fmt: skip


def quick(account: str, requests: int, seconds: float = MINUTE) -> RateLimit:
    """A rate limit that never makes a test wait, whatever is asked for."""
    del account, requests, seconds
    return RateLimit(InMemoryStateStore(), 1_000_000)


class Company:
    """One company. `ways` are the privileges to post that it gives, besides those that everything needs."""

    def __init__(
        self, address: str, number: int, opened: ExitStack, ways: tuple[str, ...] = (OUTGOING, MANUAL)
    ) -> None:
        self.address = address
        self.name = f"company-{number}"
        self.client_key = f"11111111-0000-4000-8000-{number:012d}"
        self.client_id = f"22222222-0000-4000-8000-{number:012d}"
        self._opened = opened
        self.privileges = (*PRIVILEGES, *ways)
        body = {
            "id": self.name,
            "clientKey": self.client_key,
            "clientId": self.client_id,
            "clientName": "Fjord Arkitekter AS",
        }
        answer = local_http.post(f"{address}/admin/clients", json=body | {"privileges": self.privileges})
        assert answer.status_code == 201, answer.text

    @property
    def values(self) -> dict[str, str]:
        """The setup fields."""
        return {"base_url": f"{self.address}/v2", "client": "Fjord Arkitekter AS", "client_key": self.client_key}

    def platform(self, dimensions: Dimensions = UNITS, /, **more: Any) -> PowerOfficeGoPlatform:
        """Bilag's connection to the company, as after a start."""
        installation = INSTALLATION | more.pop("installation", {})
        connection = Connection(
            self.values | more.pop("values", {}), dimensions, rate_limits=quick, installation=installation, **more
        )
        platform = PLATFORM.open(connection)
        assert isinstance(platform, PowerOfficeGoPlatform)
        self._opened.callback(platform.close)
        return platform

    def person(self, method: str, path: str, **body: Any) -> Any:
        """What a person or an operator does in the company."""
        answer = local_http.request(method, f"{self.address}/admin/clients/{self.name}{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def configure(self, **config: Any) -> None:
        """Change the company's configuration, as an operator."""
        self.person("PATCH", "", **config)

    def fault(self, kind: str, operation: str, **more: Any) -> None:
        """Let the next request of this operation fail."""
        spec = {"kind": kind, "operation": operation} | more
        answer = local_http.post(f"{self.address}/admin/faults", json=spec)
        assert answer.status_code == 201, answer.text

    def put_master_data(self, platform: PowerOfficeGoPlatform) -> None:
        """Send the sample's customer, department and project."""
        platform.put_customer(
            Customer(1, SAMPLE.customer, "Blåbær & Sønner AS", "active", postal_code="0155", city="Oslo")
        )
        platform.put_department(Department(SAMPLE.department, "Arkitektur"))
        platform.put_project(Project(1, SAMPLE.project, "Nytt hovedkontor", "active", SAMPLE.customer))

    def vouchers(self, number: int | None = None) -> list[dict[str, Any]]:
        """The vouchers that stand, or those of an invoice."""
        found = [
            one for one in self.person("GET", "/ledger") if not one["isReversed"] and one["type"] != "ReversalVoucher"
        ]
        return [one for one in found if number is None or number in _numbers_of(one)]

    # What the conformance kit asks of a ledger.

    def close_period(self, day: date) -> None:
        self.configure(lockDate=last_day(day.year, day.month).isoformat())

    def open_period(self, day: date) -> None:
        self.configure(lockDate=(day.replace(day=1) - timedelta(days=1)).isoformat())

    def post_manually(self, number: int, customer: str, total: Decimal) -> None:
        body = {"customerNumber": int(customer), "totalAmount": f"{total:.2f}", "invoiceNumber": number}
        self.person("POST", "/vouchers", date=DAY.isoformat(), **body)

    def count_vouchers(self, number: int) -> int:
        return len([one for one in self.vouchers(number) if not (one["reference"] or "").endswith("/2")])

    def post_cost(self, cost: Cost) -> int:
        line = {
            "account": int(cost.account),
            "net": f"{abs(cost.net):.2f}",
            "vatCode": "1",
            "text": "Modellmateriell",
            "project": cost.project,
        }
        document = [] if cost.document is None else [pdf(cost.document)]
        posted = self.person(
            "POST",
            "/supplier-invoices",
            supplierName="Byggvare Øst AS",
            invoiceNumber=cost.supplier_invoice,
            date=cost.day.isoformat(),
            creditNote=cost.net < 0,
            lines=[line],
            documents=document,
        )
        return int(posted["voucherNo"])

    def reverse(self, posted: int) -> None:
        self.person("POST", f"/vouchers/{posted}/reverse")

    def attached(self, number: int) -> list[bytes]:
        """The documents of the invoice's voucher, as a person sees them."""
        import io
        import zipfile

        import httpx2

        (voucher,) = [one for one in self.vouchers(number) if not (one["reference"] or "").endswith("/2")]
        headers = {"Ocp-Apim-Subscription-Key": go.SUBSCRIPTION_KEY}
        with httpx2.Client(base_url=self.address, headers=headers, trust_env=False) as http:
            token = http.post(
                go.TOKEN, auth=(go.APPLICATION_KEY, self.client_key), data={"grant_type": "client_credentials"}
            ).json()["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            answer = http.get("/v2/VoucherDocumentation/Download", params={"id": voucher["id"]}, headers=headers)
        if answer.status_code == 204:
            return []
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            return [archive.read(name) for name in archive.namelist()]


def _numbers_of(voucher: dict[str, Any]) -> set[int]:
    posted = voucher["posted"] or {}
    return {int(number) for number in (voucher["invoiceNo"], posted.get("ImportedVoucherNo")) if number is not None}


def pdf(content: bytes, name: str = "F-88.pdf", content_type: str = "application/pdf") -> dict[str, str]:
    """A document as the stand-in's accountant adds it."""
    return {"fileName": name, "contentType": content_type, "base64": base64.b64encode(content).decode()}
