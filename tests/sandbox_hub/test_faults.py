"""Faults on demand, as a client sees them, against a tiny application that counts the work it did."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bilag_sandbox.common import DataInUse, FaultBoard, HeldClock, PortTaken, Store, running, with_faults
from tests.support import local_http
from tests.support.patience import PATIENCE, wait_for

work_done: list[str] = []


async def add_thing(request: Request) -> Response:
    work_done.append((await request.body()).decode())
    return JSONResponse({"number": len(work_done), "text": "Ærlig talt, en lang nok tekst"}, status_code=201)


async def list_things(request: Request) -> Response:
    return JSONResponse({"items": [{"status": "created"}], "nextCursor": None})


@pytest.fixture(scope="module")
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture(scope="module")
def address(clock: HeldClock) -> Iterator[str]:
    inner = Starlette(
        routes=[
            Route("/v1/things", add_thing, methods=["POST"], name="addThing"),
            Route("/v1/things", list_things, methods=["GET"], name="listThings"),
        ]
    )
    with running(with_faults(inner, FaultBoard(), clock=clock)) as url:
        yield url


@pytest.fixture
def http(address: str) -> Iterator[httpx2.Client]:
    work_done.clear()
    with local_http.client(address) as client:
        client.delete("/admin/faults")
        yield client


def put_up(http: httpx2.Client, **fault: object) -> None:
    answer = http.post("/admin/faults", json=fault)
    assert answer.status_code == 201, answer.text


def test_without_faults_the_application_answers(http: httpx2.Client) -> None:
    assert http.post("/v1/things", content="a").status_code == 201
    assert work_done == ["a"]


def test_connection_closed_before_the_work(http: httpx2.Client) -> None:
    put_up(http, kind="closed_before", operation="addThing")
    with pytest.raises(httpx2.TransportError):
        http.post("/v1/things", content="a")
    assert work_done == []
    assert http.post("/v1/things", content="b").status_code == 201


def test_lost_answer_is_work_done_and_no_word(http: httpx2.Client) -> None:
    put_up(http, kind="lost_answer", operation="addThing")
    with pytest.raises(httpx2.TransportError):
        http.post("/v1/things", content="a")
    assert work_done == ["a"]


def test_slow_answer_goes_on_after_the_client_gave_up(http: httpx2.Client, clock: HeldClock) -> None:
    put_up(http, kind="late", method="POST", path="/v1/thing*", seconds=60)
    with pytest.raises(httpx2.TimeoutException):
        http.post("/v1/things", content="a", timeout=0.1)
    wait_for(lambda: clock.sleeping, "the request to arrive")
    assert work_done == []
    clock.advance(60)
    wait_for(lambda: work_done == ["a"], "the work")


def test_gateway_timeout_with_the_work_done_later(http: httpx2.Client, clock: HeldClock) -> None:
    put_up(http, kind="gateway_timeout", work="later", seconds=60)
    answer = http.post("/v1/things", content="a")
    assert (answer.status_code, work_done) == (504, [])
    clock.advance(60)
    wait_for(lambda: work_done == ["a"], "the work")


@pytest.mark.parametrize(
    ("kind", "status", "media"),
    [
        ("unauthorized", 401, "application/problem+json"),
        ("unauthorized_html", 401, "text/html; charset=utf-8"),
        ("forbidden", 403, "application/problem+json"),
        ("internal_error", 500, "application/problem+json"),
        ("bad_gateway", 502, "text/html; charset=utf-8"),
        ("unavailable", 503, "text/html; charset=utf-8"),
        ("ledger_unavailable", 503, "application/problem+json"),
        ("gateway_timeout", 504, "text/html; charset=utf-8"),
    ],
)
def test_error_answers(http: httpx2.Client, kind: str, status: int, media: str) -> None:
    put_up(http, kind=kind, times=2)
    for _ in range(2):
        answer = http.post("/v1/things", content="a")
        assert (answer.status_code, answer.headers["content-type"]) == (status, media)
    assert work_done == []
    assert http.post("/v1/things", content="a").status_code == 201


def test_retry_after_in_seconds_as_a_date_and_not_at_all(http: httpx2.Client) -> None:
    for asked in ("7", "date", "none"):
        put_up(http, kind="rate_limited", retryAfter=asked)
    seconds, date, none = (http.get("/v1/things") for _ in range(3))
    assert seconds.headers["retry-after"] == "7"
    assert date.headers["retry-after"].endswith("GMT")
    assert "retry-after" not in none.headers


def test_json_cut_off_wrong_type_unknown_fields_and_a_patch(http: httpx2.Client) -> None:
    for kind in ("cut_off", "wrong_content_type", "unknown_fields"):
        put_up(http, kind=kind)
    put_up(http, kind="patch", json={"items": {"status": "half"}})
    with pytest.raises(ValueError):
        http.get("/v1/things").json()
    assert http.get("/v1/things").headers["content-type"].startswith("text/plain")
    assert "xNewField" in http.get("/v1/things").json()
    assert http.get("/v1/things").json()["items"] == [{"status": "half"}]
    put_up(http, kind="broken_off")
    with pytest.raises(httpx2.TransportError):
        http.get("/v1/things")


def test_answer_of_ones_own(http: httpx2.Client) -> None:
    put_up(http, kind="answer", status=200, json=[{"status": "updated"}], headers={"X-Trace-Id": "abc"})
    answer = http.get("/v1/things")
    assert (answer.json(), answer.headers["x-trace-id"]) == ([{"status": "updated"}], "abc")


def test_probability_is_the_same_for_the_same_seed(http: httpx2.Client) -> None:
    rounds = []
    for _ in range(2):
        http.delete("/admin/faults")
        put_up(http, kind="internal_error", probability=0.5, seed=7, times=None)
        rounds.append([http.get("/v1/things").status_code for _ in range(20)])
    assert rounds[0] == rounds[1]
    assert {200, 500} == set(rounds[0])
    assert http.get("/admin/faults").json()[0]["hits"] == rounds[1].count(500)


def test_refused_connections_for_a_while(http: httpx2.Client, address: str, clock: HeldClock) -> None:
    put_up(http, kind="refused", seconds=60)
    wait_for(lambda: not _answers(address), "the hub to refuse connections")
    clock.advance(60)
    wait_for(lambda: _answers(address), "the hub to answer again")
    assert local_http.get(f"{address}/v1/things").status_code == 200


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"kind": "nonsense"}, "kind is one of refused, closed_before"),
        ({"kind": "slow", "colour": 1}, "unknown: colour; a fault has kind"),
        ({"kind": "patch"}, "kind patch needs json, an object"),
        ({"kind": "slow", "times": "1"}, "times has a wrong type"),
        ({"kind": "slow", "times": 0}, "times is at least 1"),
        ({"kind": "slow", "skip": -1}, "skip is at least 0"),
        ({"kind": "late", "seconds": -1}, "seconds is at least 0"),
        ({"kind": "late", "seconds": float("nan")}, "seconds is at least 0"),
        ({"kind": "slow", "operation": "addThings"}, "there is no operation addThings; operation is one of addThing"),
        ({"kind": "slow", "operation": "x"}, "there is no operation x; operation is one of addThing, listThings"),
        ({"kind": "slow", "method": "FETCH"}, "method is one of GET, POST"),
        ({"kind": "slow", "path": "v1/things"}, "path begins with / or *"),
        ({"kind": "answer", "status": 99}, "status is from 200 to 599"),
        (3, "a fault is a JSON object"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_with_a_reason(http: httpx2.Client, spec: object, reason: str) -> None:
    """A fault that never strikes makes a test that cannot fail. Of a list with one, none is added."""
    for body in (spec, [{"kind": "slow"}, spec]):
        answer = http.post("/admin/faults", content=json.dumps(body))
        assert answer.status_code == 400
        assert reason in answer.json()["message"]
        assert http.get("/admin/faults").json() == []


def test_a_body_that_is_no_json_is_named(http: httpx2.Client) -> None:
    answer = http.post("/admin/faults", content="rubbish")
    assert (answer.status_code, "the body is not JSON" in answer.json()["message"]) == (400, True)


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)), running(Starlette(), port=port):
            pass


def test_a_start_that_fails_says_why() -> None:
    async def broken(_scope: object, _receive: object, _send: object) -> None:
        await asyncio.sleep(0)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="did not start"), running(broken):
        pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_process_ends_cleanly_when_told(number: signal.Signals) -> None:
    program = (
        "from starlette.applications import Starlette\nfrom bilag_sandbox.common import serve\n"
        "serve(Starlette(), started=lambda url: print(url, flush=True))\nprint('over', flush=True)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().decode().strip()
        wait_for(lambda: _answers(url), "the server to answer")
        process.send_signal(number)
        assert process.stdout.read() == b"over\n"
        assert process.stderr.read() == b""
        assert process.wait(PATIENCE) == 0


def _answers(url: str) -> bool:
    try:
        return local_http.get(url).status_code == 404
    except httpx2.TransportError:
        return False


def test_a_store_is_held_by_one_and_rolls_back(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "data", "s.sqlite3", "create table thing (name text)")
    with pytest.raises(DataInUse, match="data"):
        Store.open(tmp_path / "data", "s.sqlite3", "")

    def half_done() -> None:
        with store.transaction() as connection:
            connection.execute("insert into thing values ('a')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    with store.transaction() as connection:
        connection.execute("insert into thing values ('b')")
    store.close()
    again = Store.open(tmp_path / "data", "s.sqlite3", "create table thing (name text)")
    assert [row["name"] for row in again.rows("select name from thing")] == ["b"]
    again.close()
