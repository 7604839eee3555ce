"""The judge itself: what the published file does not allow is found, in requests and in answers. `make prism` runs it too."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest
from starlette.types import Message, Receive, Scope, Send

from bilag_sandbox import poweroffice_go as go
from bilag_sandbox.common import running
from bilag_sandbox.common.fault_board import FaultyApp
from tests.support.poweroffice_go.judge import Judge
from tests.support.poweroffice_go.office import Office, new_office
from tests.support.poweroffice_go.prism import WANTED
from tests.support.poweroffice_go.published import ABSENT, SLICE

pytestmark = pytest.mark.skipif(not SLICE.exists(), reason=ABSENT)
Change = Callable[[dict[str, Any]], None]


class Planted(FaultyApp):
    """A stand-in, some of whose answers are wrong: `changes` by path."""

    def __init__(self, inner: FaultyApp) -> None:
        self.inner = inner
        self.board = inner.board
        self.changes: dict[str, Change] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        change = self.changes.get(scope.get("path", "").removeprefix(go.BASE))
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        if change is None:
            await self.inner(scope, receive, send)
            return
        await self.inner(scope, receive, keep)
        whole = {"status": messages[0]["status"], "body": json.loads(messages[1]["body"])}
        change(whole)
        content = json.dumps(whole["body"]).encode()
        headers = [(name, value) for name, value in messages[0]["headers"] if name != b"content-length"]
        length = (b"content-length", str(len(content)).encode())
        await send({"type": "http.response.start", "status": whole["status"], "headers": [*headers, length]})
        await send({"type": "http.response.body", "body": content})


@pytest.fixture(scope="module")
def planted() -> Planted:
    return Planted(go.app(requests_per_second=100_000))


@pytest.fixture(scope="module")
def judge(planted: Planted) -> Judge:
    return Judge(planted)


@pytest.fixture(scope="module")
def address(judge: Judge) -> Iterator[str]:
    with running(judge) as url:
        yield url


@pytest.fixture
def office(address: str, judge: Judge, planted: Planted) -> Iterator[Office]:
    with ExitStack() as opened:
        made = new_office(address)
        opened.callback(made.close)
        opened.callback(planted.changes.clear)
        judge.verdict()
        yield made
    judge.exchanges.clear()


def said(judge: Judge) -> str:
    """What the judge says; it must say something."""
    with pytest.raises(AssertionError) as found:
        judge.verdict()
    return str(found.value)


def test_what_is_right_passes(office: Office, judge: Judge) -> None:
    customer = office.customer()
    office.post("/Vouchers/OutgoingInvoiceJournals", office.invoice(customer))
    office.patch(f"/Customers/{customer['Id']}", {"op": "replace", "path": "/ContactGroupIds", "value": []})
    office.transactions(PageSize=10, PageNumber=1)
    assert len(judge.exchanges) == 6
    judge.verdict()
    judge.strictness()


WRONG_REQUESTS: dict[str, tuple[Callable[[Office], httpx2.Response], str]] = {
    "an unknown parameter": (
        lambda office: office.get("/Customers", customerNo="1"),
        "query parameter customerNo is not",
    ),
    "a page of letters": (lambda office: office.get("/Customers", PageSize="all"), "PageSize is no integer"),
    "a date of words": (lambda office: office.get("/AccountTransactions", fromDate="now", toDate="now"), "fromDate"),
    "no last day": (lambda office: office.get("/AccountTransactions", fromDate="2026-01-01"), "toDate"),
    "an unknown field": (lambda office: office.post("/Customers", {"Nam": "x"}), "Nam"),
    "a text for a number": (lambda office: office.post("/Customers", {"Name": "x", "Number": "1"}), "integer"),
    "no required field": (lambda office: office.post("/Departments", {"Code": "1"}), "Name"),
    "no such operation": (lambda office: office.post("/VatCodes", {}), "no such operation"),
    "a patch as JSON": (
        lambda office: office.http.patch(f"{go.BASE}/Customers/1", json=[{"op": "remove", "path": "/Name"}]),
        "mimetype not found",
    ),
    "no token": (
        lambda office: office.http.get(f"{go.BASE}/Customers", headers={"Authorization": ""}),
        "no bearer token",
    ),
    "no key": (
        lambda office: office.http.get(f"{go.BASE}/Customers", headers={"Ocp-Apim-Subscription-Key": ""}),
        "Ocp-Apim-Subscription-Key is missing",
    ),
}


@pytest.mark.parametrize("case", WRONG_REQUESTS)
def test_a_wrong_request_is_found(office: Office, judge: Judge, case: str) -> None:
    ask, words = WRONG_REQUESTS[case]
    ask(office)
    assert words in said(judge)


def test_a_wrong_request_for_a_token_is_found(office: Office, judge: Judge) -> None:
    office.http.post(go.TOKEN, auth=(go.APPLICATION_KEY, office.client_key), json={"grant_type": "client_credentials"})
    found = said(judge)
    assert "no form" in found
    assert "not grant_type=client_credentials" in found


def field(name: str, value: Any) -> Change:
    return lambda whole: whole["body"].update({name: value})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (field("LockDate", 20260331), "LockDate"),
        (field("LockDate", None), "LockDate"),
        (field("Lockdate", "2026-03-31"), "Lockdate"),
        (lambda whole: whole.update(status=299), "299"),
        (lambda whole: whole.update(body=[]), "object"),
    ],
)
def test_a_wrong_answer_is_found(office: Office, judge: Judge, planted: Planted, change: Change, words: str) -> None:
    planted.changes["/LockDateSettings"] = change
    office.get("/LockDateSettings")
    (exchange,) = judge.exchanges
    assert exchange.wrong_request == []
    assert words in said(judge)


def test_what_a_fault_changed_is_not_judged(office: Office, judge: Judge) -> None:
    office.admin.post("/faults", json={"kind": "unknown_fields", "operation": "getLockDate"})
    office.get("/LockDateSettings")
    office.admin.post("/faults", json={"kind": "answer", "operation": "getLockDate", "status": 200, "text": "<html>"})
    office.get("/LockDateSettings")
    if not WANTED:
        judge.verdict()


@pytest.mark.skipif(not WANTED, reason="make prism asks for Prism")
def test_prism_judges_too(office: Office, judge: Judge, planted: Planted) -> None:
    assert judge.prism is not None
    before = judge.prism.passed
    office.customer()
    assert judge.prism.passed == before + 1
    judge.verdict()
    planted.changes["/LockDateSettings"] = field("LockDate", 20260331)
    office.get("/LockDateSettings")
    assert "Prism:" in said(judge)
    office.post("/Customers", {"Nam": "x"})
    assert "Prism:" in said(judge)
