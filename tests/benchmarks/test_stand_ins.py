"""The stand-ins notice what must not happen: a benchmark that counts a wrong transfer as a quick one is worth nothing."""

import json
from typing import Any

import pytest

from benchmarks.rivals.five_calls import batch_of
from benchmarks.servers.control import Servers
from benchmarks.servers.http import Request
from benchmarks.verify import exactly_once

HUB = "/v1/parents/S2041/clients/123"
MOMENT = "/api/1.0/companies/4021"


class Caller:
    """Asks stand-ins in this process."""

    def __init__(self, **settings: Any) -> None:
        self.servers = Servers(1, **{"delay": 0.0, "requests_per_minute": None, **settings})
        self.token = ""
        self.token = self.ask("POST", "/v1/token", {"username": "moment-123", "password": "example-password"})[
            "access_token"
        ]
        self.ask("POST", "/control/master-data")
        self.ask("POST", "/control/finalise", {"count": 2})

    def send(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, Any, str]:
        """Ask; gives the status, the JSON and the headers."""
        content = b"" if body is None else json.dumps(body).encode()
        answer = self.servers.answer(Request(method, path, query, f"Bearer {self.token}", content))
        return answer.status, json.loads(answer.body), answer.headers

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """Ask, and expect success."""
        status, value, _ = self.send(method, path, body, **query)
        assert status < 300, value
        return value

    def invoices(self, **query: str) -> list[dict[str, Any]]:
        """The invoices that Moment lists."""
        found: list[dict[str, Any]] = self.ask("GET", f"{MOMENT}/invoices", None, **query)["content"]
        return found

    def post(self, invoice: dict[str, Any], external_id: str | None = None) -> None:
        """Post an invoice, under another external id if given."""
        batch = batch_of(invoice)
        self.ask("POST", f"{HUB}/batches", batch | ({"externalId": external_id} if external_id else {}))

    def mark(self, invoice: dict[str, Any]) -> None:
        """Set an invoice to transferred."""
        body = {"exportStatus": "transferred", "version": invoice["version"]}
        self.ask("PATCH", f"{MOMENT}/invoices/{invoice['id']}", body)


def test_two_invoices_posted_and_marked_are_exactly_once() -> None:
    caller = Caller()
    for invoice in caller.invoices(exportStatus="toTransfer"):
        caller.post(invoice)
        caller.mark(invoice)
    exactly_once(caller.ask("GET", "/control/state"), 2)
    assert caller.invoices(exportStatus="toTransfer") == []


@pytest.mark.parametrize("fault", ["posted twice", "another amount", "marked and not posted", "not marked", "unknown"])
def test_anything_else_is_not(fault: str) -> None:
    caller = Caller()
    first, second = caller.invoices()
    caller.post(first)
    caller.mark(first)
    match fault:
        case "posted twice":
            caller.post(second)
            caller.post(second, "another-id")
            caller.mark(second)
        case "another amount":
            line = second["lines"][0]
            caller.post(second | {"lines": [line | {"netAmount": line["netAmount"] + 1}]})
            caller.mark(second)
        case "marked and not posted":
            caller.mark(second)
        case "not marked":
            caller.post(second)
        case "unknown":
            caller.post(second)
            caller.mark(second)
            assert caller.send("GET", f"{HUB}/nothing")[0] == 404
    with pytest.raises(SystemExit, match="exactly once"):
        exactly_once(caller.ask("GET", "/control/state"), 2)


def test_used_external_id_gives_the_earlier_batch() -> None:
    caller = Caller()
    first, second = caller.invoices()
    caller.post(first)
    status, value, _ = caller.send("POST", f"{HUB}/batches", batch_of(first))
    assert (status, value["code"], value["sameContent"]) == (409, "duplicate_external_id", True)
    again = batch_of(second) | {"externalId": batch_of(first)["externalId"]}
    assert caller.send("POST", f"{HUB}/batches", again)[1]["sameContent"] is False


def test_posted_voucher_is_balanced_and_read_back_by_number_and_by_day() -> None:
    caller = Caller()
    for invoice in caller.invoices():
        caller.post(invoice)
    number = str(caller.invoices()[0]["invoiceNumber"])
    [voucher] = caller.ask("GET", f"{HUB}/vouchers", None, voucherNumber=number)["items"]
    assert sum(round(float(entry["amount"]) * 100) for entry in voucher["entries"]) == 0
    page = caller.ask("GET", f"{HUB}/vouchers", None, fromDate=voucher["voucherDate"], limit="1")
    assert page["items"] == [voucher]
    following = caller.ask("GET", f"{HUB}/vouchers", None, limit="1", cursor=page["nextCursor"])
    assert (len(following["items"]), following["nextCursor"]) == (1, None)


def test_requests_above_the_limit_of_a_minute_are_refused_and_counted() -> None:
    caller = Caller(requests_per_minute=2)
    assert caller.ask("GET", f"{HUB}/profile")["limits"]["requestsPerMinute"] == 2
    caller.ask("GET", f"{HUB}/profile")
    status, value, headers = caller.send("GET", f"{HUB}/profile")
    assert (status, value["code"]) == (429, "rate_limited")
    assert "Retry-After: " in headers
    assert "X-RateLimit-Remaining: 0" in headers
    assert caller.ask("GET", "/control/state")["refused_429"] == 1


def test_stale_version_is_refused() -> None:
    caller = Caller()
    first = caller.invoices()[0]
    caller.mark(first)
    body = {"exportStatus": "transferred", "version": first["version"]}
    assert caller.send("PATCH", f"{MOMENT}/invoices/{first['id']}", body)[0] == 409


def test_list_of_what_to_transfer_shrinks_between_its_pages() -> None:
    caller = Caller()
    first = caller.invoices(exportStatus="toTransfer", size="1", page="1")[0]
    caller.mark(first)
    assert caller.invoices(exportStatus="toTransfer", size="1", page="2") == []
