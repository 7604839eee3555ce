"""The five calls that post an invoice: read it, look for its voucher, post it, read it back, mark it in Moment.

Imports nothing of Bilag, so that a rival with packages of its own can use it.
"""

import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx2

KEY = ("apikey", "example-moment-key")
PASSWORD = "example-password"
PROJECT, DEPARTMENT = "2", "1"


class Firm:
    """One company on both sides. `place` counts from 0; `http` is the calling thread's own client."""

    def __init__(self, address: str, place: int, http: httpx2.Client) -> None:
        client = 123 + place
        self.place = place
        self._http = http
        self._moment = f"{address}/api/1.0/companies/{4021 + place}/"
        self._hub = f"{address}/v1/parents/S2041/clients/{client}/"
        credentials = {"username": f"moment-{client}", "password": PASSWORD}
        token = http.post(f"{address}/v1/token", json=credentials).raise_for_status().json()
        self._bearer = {"Authorization": f"Bearer {token['access_token']}"}

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
            found = self._ask_moment("GET", "invoices", params=params)
            yield from (row["id"] for row in found["content"])
            if page >= found["page"]["totalPages"]:
                return
            page += 1

    def post(self, invoice_id: int) -> None:
        """Make the five calls. Raises `httpx2.HTTPError` and `AssertionError`."""
        invoice = self._ask_moment("GET", f"invoices/{invoice_id}")
        wanted = {"voucherNumber": invoice["invoiceNumber"]}
        found = self._ask_hub("GET", "vouchers", params=wanted)["items"]
        if not found:
            batch = self._ask_hub("POST", "batches", json=batch_of(invoice))
            assert batch["status"] == "updated", batch
            found = self._ask_hub("GET", "vouchers", params=wanted)["items"]
        assert len(found) == 1, found
        assert Decimal(found[0]["totalAmount"]) == Decimal(str(invoice["totalAmount"]))
        marked = {"exportStatus": "transferred", "version": invoice["version"]}
        self._ask_moment("PATCH", f"invoices/{invoice_id}", json=marked)

    def _ask_moment(self, method: str, path: str, **more: Any) -> Any:
        return self._http.request(method, self._moment + path, auth=KEY, **more).raise_for_status().json()

    def _ask_hub(self, method: str, path: str, **more: Any) -> Any:
        return self._http.request(method, self._hub + path, headers=self._bearer, **more).raise_for_status().json()


class Firms:
    """The companies as each thread has them: with a client of its own, made when the thread first asks."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._own = threading.local()

    def of(self, place: int) -> Firm:
        """Return a company for the calling thread."""
        if not hasattr(self._own, "firms"):
            self._own.http, self._own.firms = httpx2.Client(trust_env=False, verify=False, timeout=60), {}
        firms: dict[int, Firm] = self._own.firms
        if place not in firms:
            firms[place] = Firm(self._address, place, self._own.http)
        return firms[place]


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
