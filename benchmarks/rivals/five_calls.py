"""The five calls that post an invoice: read it, look for its voucher, post it, read it back, mark it in Moment.

Imports nothing of Bilag, so that a rival with packages of its own can use it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx2

KEY = ("apikey", "example-moment-key")
PASSWORD = "example-password"
PROJECT, DEPARTMENT = "2", "1"


@dataclass
class Firm:
    """One company on both sides, with a connection of its own to each. `place` counts from 0. For one thread."""

    address: str
    place: int
    moment: httpx2.Client = field(init=False)
    hub: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        client = 123 + self.place
        self.moment = httpx2.Client(
            base_url=f"{self.address}/api/1.0/companies/{4021 + self.place}/", auth=KEY, trust_env=False, timeout=60
        )
        credentials = {"username": f"moment-{client}", "password": PASSWORD}
        token = httpx2.post(f"{self.address}/v1/token", json=credentials, trust_env=False).raise_for_status().json()
        self.hub = httpx2.Client(
            base_url=f"{self.address}/v1/parents/S2041/clients/{client}/",
            headers={"Authorization": f"Bearer {token['access_token']}"},
            trust_env=False,
            timeout=60,
        )

    def to_transfer(self) -> Iterator[int]:
        """Yield the ids of invoices to transfer, page by page."""
        page = 1
        while True:
            params = {
                "exportStatus": "toTransfer",
                "invoiceState": "finalized",
                "size": 200,
                "page": page,
                "sort": "id",
            }
            found = self.moment.get("invoices", params=params).raise_for_status().json()
            yield from (row["id"] for row in found["content"])
            if page >= found["page"]["totalPages"]:
                return
            page += 1

    def post(self, invoice_id: int) -> None:
        """Make the five calls. Raises `httpx2.HTTPError` and `AssertionError`."""
        invoice = self.moment.get(f"invoices/{invoice_id}").raise_for_status().json()
        number = invoice["invoiceNumber"]
        found = self.hub.get("vouchers", params={"voucherNumber": number}).raise_for_status().json()["items"]
        if not found:
            batch = self.hub.post("batches", json=batch_of(invoice)).raise_for_status().json()
            assert batch["status"] == "updated", batch
            found = self.hub.get("vouchers", params={"voucherNumber": number}).raise_for_status().json()["items"]
        assert len(found) == 1
        assert Decimal(found[0]["totalAmount"]) == Decimal(str(invoice["totalAmount"]))
        body = {"exportStatus": "transferred", "version": invoice["version"]}
        self.moment.patch(f"invoices/{invoice_id}", json=body).raise_for_status()


def batch_of(invoice: dict[str, Any]) -> dict[str, Any]:
    """Make the batch of an invoice, an entry a line."""
    number, text = invoice["invoiceNumber"], invoice["description"]
    units = {
        PROJECT: invoice["project"]["projectNumber"],
        DEPARTMENT: invoice["department"]["externalDepartmentNumber"],
    }
    return {
        "externalId": f"rival-{number}",
        "autoUpdate": True,
        "description": f"Moment faktura {number}",
        "valueDate": invoice["issueDate"],
        "origin": "ExternalApplication",
        "voucherSeries": None,
        "vouchers": [
            {
                "type": "outgoingInvoice",
                "voucherNumber": number,
                "voucherDate": invoice["issueDate"],
                "dueDate": invoice["dueDate"],
                "paymentId": invoice["paymentId"],
                "customerNumber": invoice["customer"]["customerNumber"],
                "yourReference": invoice["yourReference"],
                "text": text,
                "currency": "NOK",
                "exchangeRate": "1",
                "totalAmount": f"{invoice['totalAmount']:.2f}",
                "lines": [
                    {
                        "accountNumber": line["accountNumber"],
                        "side": "credit",
                        "vatCode": line["vatCode"],
                        "netAmount": f"{line['netAmount']:.2f}",
                        "vatAmount": f"{line['vatAmount']:.2f}",
                        "grossAmount": f"{line['netAmount'] + line['vatAmount']:.2f}",
                        "text": line["text"],
                        "orgUnits": units,
                    }
                    for line in invoice["lines"]
                ],
            }
        ],
    }
