"""Moment's API from memory: lists by page, single objects, and the export status of invoices."""

import time
from itertools import islice
from typing import Any

from benchmarks.servers.http import Reply, Request, encode, reply
from benchmarks.servers.sample import DEPARTMENTS, FINANCIAL_ACCOUNTS, Company, Invoice, seconds_of

PREFIX = "/api/1.0/companies/"
NOT_FOUND = Reply(encode({"message": "not found"}), 404)
LISTS: dict[str, list[dict[str, Any]]] = {
    "departments": DEPARTMENTS,
    "financialAccounts": FINANCIAL_ACCOUNTS,
    "userAccounts": [{"id": 901, "name": "Kari Nordbø", "email": "kari@fjell.example", "active": True}],
    "projectStates": [{"id": 1, "projectState": "inProgress", "name": "In progress"}],
    "projectExtensions": [],
    "projectExpenses": [],
}


class Moment:
    """All companies' Moment. `listed_at` is when somebody first asked for invoices to transfer since it was cleared."""

    def __init__(self, companies: list[Company]) -> None:
        self._companies = {one.moment_id: one for one in companies}
        self.listed_at: float | None = None

    def answer(self, request: Request) -> tuple[str, Reply]:
        """Answer a request below `PREFIX`; gives the operation's name too."""
        parts = request.path[len(PREFIX) :].split("/")
        company = self._companies.get(parts[0])
        if company is None or len(parts) < 2:
            return "", NOT_FOUND
        what, rest = parts[1], parts[2:]
        if what == "invoices":
            return self._invoices(company, rest, request)
        if what in ("customers", "projects"):
            rows = company.customers if what == "customers" else company.projects
            if rest and rest[0] != "include":
                found = [row for row in rows if str(row["id"]) == rest[0]]
                return f"Moment {what} by id", reply(found[0]) if found else NOT_FOUND
            return f"Moment {what}", _page([encode(row) for row in rows if _wanted(row, request.query)], request)
        if what in LISTS and not rest:
            return f"Moment {what}", _page([encode(row) for row in LISTS[what]], request)
        return "", NOT_FOUND

    def _invoices(self, company: Company, rest: list[str], request: Request) -> tuple[str, Reply]:
        if not rest:
            return "Moment invoices", self._list(company, request)
        invoice = company.invoices.get(int(rest[0])) if rest[0].isdigit() else None
        if invoice is None:
            return "Moment invoice by id", NOT_FOUND
        if request.method == "PATCH":
            return "Moment export status", _patch(company, invoice, request.json())
        return "Moment invoice by id", Reply(invoice.body())

    def _list(self, company: Company, request: Request) -> Reply:
        """List invoices by id. What is transferred leaves the list of what to transfer, also between two of its pages."""
        query = request.query
        if query.get("exportStatus") == "toTransfer":
            if self.listed_at is None:
                self.listed_at = time.time()
            chosen = list(company.to_transfer.values())
        elif "exportStatus" in query:
            chosen = [one for one in company.invoices.values() if one.status == query["exportStatus"]]
        elif "invoiceNumber" in query:
            found = company.by_number.get(int(query["invoiceNumber"]))
            chosen = [found] if found is not None else []
        else:
            chosen = list(company.invoices.values())
        if "lastModifiedDateFrom" in query:
            first = seconds_of(query["lastModifiedDateFrom"][:10])
            chosen = [one for one in chosen if one.modified_at >= first]
        return _page(chosen, request)


def _patch(company: Company, invoice: Invoice, body: dict[str, Any]) -> Reply:
    if body.get("version", invoice.version) != invoice.version:
        return reply({"message": "the version is stale"}, 409)
    if invoice.status != body["exportStatus"]:
        invoice.status = body["exportStatus"]
        invoice.version += 1
        invoice.modified_at = time.time()
        if invoice.status == "transferred":
            invoice.transferred_at = invoice.modified_at
            del company.to_transfer[invoice.id]
    return Reply(invoice.body())


def _wanted(row: dict[str, Any], query: dict[str, str]) -> bool:
    """Whether a customer or project is in a list with these filters."""
    words = query.get("query", "")
    number = row.get("customerNumber") or row.get("projectNumber") or ""
    recent = row["lastModifiedDate"][:10] >= query.get("lastModifiedDateFrom", "")[:10]
    return recent and (words in number or words in row["name"])


def _page(rows: list[Any], request: Request) -> Reply:
    """Return a page of rows, which are invoices or encoded already."""
    size, number = int(request.query.get("size", 50)), int(request.query.get("page", 1))
    shown = islice(rows, (number - 1) * size, number * size)
    content = b",".join(row if isinstance(row, bytes) else row.body() for row in shown)
    total = {"size": size, "number": number, "totalElements": len(rows), "totalPages": -(-len(rows) // size)}
    return Reply(b'{"content":[' + content + b'],"page":' + encode(total) + b"}")
