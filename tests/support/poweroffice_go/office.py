"""A client company at the stand-in for PowerOffice Go, as an integration and as a person there reach it."""

import itertools
import json
from datetime import date
from functools import cached_property
from typing import Any

import httpx2

from bilag_sandbox import poweroffice_go as go
from tests.support import local_http

numbers = itertools.count(1)
PATCH = {"Content-Type": "application/json-patch+json"}
DAY = "2026-03-16"


class Office:
    """One company with both keys, and a token. Made by `new_office`."""

    def __init__(self, url: str, name: str, client_key: str, transport: httpx2.BaseTransport | None = None) -> None:
        self.url = url
        self.name = name
        self.client_key = client_key
        self.admin = local_http.client(base_url=f"{url}/admin")
        headers = {"Ocp-Apim-Subscription-Key": go.SUBSCRIPTION_KEY}
        self.http = httpx2.Client(base_url=url, headers=headers, trust_env=False, transport=transport, timeout=30)
        self.http.headers["Authorization"] = f"Bearer {self.new_token()}"

    @cached_property
    def accounts(self) -> dict[int, int]:
        """The ids of accounts by number."""
        return {one["AccountNo"]: one["Id"] for one in self.get("/GeneralLedgerAccounts").json()}

    @cached_property
    def vat(self) -> dict[str, int]:
        """The ids of VAT codes by code."""
        return {one["Code"]: one["Id"] for one in self.get("/VatCodes").json()}

    def new_token(self, application_key: str = go.APPLICATION_KEY, client_key: str | None = None) -> str:
        """Fetch a token."""
        answer = self.http.post(
            go.TOKEN, auth=(application_key, client_key or self.client_key), data={"grant_type": "client_credentials"}
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def get(self, path: str, **query: Any) -> httpx2.Response:
        """Read."""
        return self.http.get(go.BASE + path, params=query)

    def post(self, path: str, body: Any) -> httpx2.Response:
        """Create."""
        return self.http.post(go.BASE + path, json=body)

    def patch(self, path: str, *operations: dict[str, Any]) -> httpx2.Response:
        """Change by JSON Patch."""
        return self.http.patch(go.BASE + path, content=json.dumps(operations), headers=PATCH)

    def configure(self, **config: Any) -> None:
        """Change the company's configuration, as an operator."""
        answer = self.admin.patch(f"/clients/{self.name}", json=config)
        assert answer.status_code == 200, answer.text

    def person(self, method: str, path: str, **body: Any) -> Any:
        """Do what a person in the accounting system does; returns the answer."""
        answer = self.admin.request(method, f"/clients/{self.name}{path}", json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def customer(self, number: int = 10042) -> dict[str, Any]:
        """Create a customer."""
        body = {"Name": "Nordlys Eiendom AS", "Number": number, "MailAddress": {"City": "Oslo", "ZipCode": "0155"}}
        answer = self.post("/Customers", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def project(self, code: str = "1207") -> int:
        """Create a project; returns its id."""
        answer = self.post("/Projects", {"Name": "Nytt hovedkontor", "Code": code})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["Id"])

    def journal(self, customer: dict[str, Any], gross: float = 1250.0, day: str = DAY, **more: Any) -> dict[str, Any]:
        """The body of a manual journal: a sale at 25 %."""
        return {
            "CurrencyCode": "NOK",
            "VoucherDate": day,
            "ExternalImportReference": f"ref-{next(numbers)}",
            "VoucherLines": [
                self.line(customer["SubledgerAccountId"], "0", gross, day),
                self.line(self.accounts[3000], "3", -gross, day),
            ],
        } | more

    def line(self, account: int, vat: str, gross: float, day: str = DAY, **more: Any) -> dict[str, Any]:
        """A line of a manual journal."""
        return {"AccountId": account, "VatId": self.vat[vat], "PostingDate": day, "CurrencyAmount": gross} | more

    def invoice(self, customer: dict[str, Any], gross: float = 1250.0, day: str = DAY, **more: Any) -> dict[str, Any]:
        """The body of an outgoing invoice: one line at 25 %."""
        number = next(numbers)
        return {
            "InvoiceNo": str(20_000 + number),
            "VoucherDate": day,
            "DueDate": str(date.fromisoformat(day).replace(day=28)),
            "CurrencyAmount": gross,
            "CustomerAccountId": customer["SubledgerAccountId"],
            "ExternalImportReference": f"ref-{number}",
            "OutgoingInvoiceLines": [
                {"AccountId": self.accounts[3000], "VatId": self.vat["3"], "CurrencyAmount": gross}
            ],
        } | more

    def transactions(self, first: str = "2026-01-01", last: str = "2026-12-31", **query: Any) -> list[dict[str, Any]]:
        """The account transactions between two days."""
        answer = self.get("/AccountTransactions", fromDate=first, toDate=last, **query)
        assert answer.status_code in (200, 204), answer.text
        return list(answer.json()) if answer.status_code == 200 else []

    def close(self) -> None:
        """Close both connections."""
        self.http.close()
        self.admin.close()


def new_office(url: str, transport: httpx2.BaseTransport | None = None, **config: Any) -> Office:
    """Add a company to a running stand-in."""
    number = next(numbers)
    name, key = f"office-{number}", f"00000000-0000-4000-8000-{number:012d}"
    answer = local_http.post(
        f"{url}/admin/clients", json={"id": name, "clientKey": key, "clientName": "Test AS"} | config
    )
    assert answer.status_code == 201, answer.text
    return Office(url, name, key, transport)
