"""What goes wrong is told as application/problem+json, with the fields that are wrong and nothing of ours."""

from typing import Any

import pytest

from tests.support.program import Program
from tests.support.world import World

PARAMETERS = (
    ("/transfers?limit=0", "limit"),
    ("/transfers?limit=201", "limit"),
    ("/transfers?limit=x", "limit"),
    ("/transfers?kind=expense", "kind"),
    ("/transfers?state=gone", "state"),
    ("/transfers?number=%00", "number"),
    ("/transfers?customer=a%0Ab", "customer"),
    ("/transfers?since=yesterday", "since"),
    ("/transfers?until=2026-13-01", "until"),
    ("/transfers?until=12345", "until"),
    ("/transfers?cursor=x", "cursor"),
    ("/transfers?cursor=%00", "cursor"),
    ("/transfers?cursor=WyJ4Il0", "cursor"),
    ("/transfers?cursor=Wy0xXQ", "cursor"),
    ("/transfers?cursor=WzEsMl0", "cursor"),
    ("/transfers?cursor=WzFlMzBd", "cursor"),
    ("/transfers?cursor=W3RydWVd", "cursor"),
    ("/events?cursor=WzEsMl0", "cursor"),
    ("/events?cursor=WzEsIjIwMjYtMDEtMDEiXQ", "cursor"),
    ("/setup/changes?cursor=WzEsMl0", "cursor"),
    ("/transfers/expense/1", "kind"),
    ("/transfers/invoice/%00", "number"),
    ("/preview/invoices/x", "number"),
    ("/preview/invoices/99999999999999999999", "number"),
)
BODIES: tuple[tuple[str, Any, list[str]], ...] = (
    ("/live", {}, ["live"]),
    ("/live", {"live": "true"}, ["live"]),
    ("/live", {"live": True, "more": 1}, ["more"]),
    ("/live", [], ["body"]),
    ("/transfers", {"kind": "invoice"}, ["body"]),
    ("/transfers", {"numbers": ["1"]}, ["kind"]),
    ("/transfers", {"kind": "invoice", "numbers": ["1"], "all": True}, ["body"]),
    ("/transfers", {"kind": "invoice", "numbers": ["x"]}, ["body"]),
    ("/transfers", {"kind": "customer", "numbers": ["1", "\0"]}, ["numbers.1"]),
    ("/transfers", {"kind": "customer", "numbers": ["\ud800"]}, ["numbers.0"]),
    ("/transfers", {"kind": "customer", "numbers": [""]}, ["numbers.0"]),
    ("/transfers", {"kind": "customer", "numbers": ["1"] * 1001}, ["numbers"]),
    ("/transfers", {"kind": "customer", "since": "1.11.2026"}, ["since"]),
    ("/transfers", {"kind": "customer", "all": False}, ["all"]),
    ("/transfers/retry", {}, ["body"]),
    ("/transfers/retry", {"all": True, "problem": "x"}, ["body"]),
    ("/transfers/retry", {"problem": "X;"}, ["problem"]),
)


def test_a_parameter_that_cannot_be_used_is_named(reader: Program) -> None:
    for path, field in PARAMETERS:
        answer = reader.get(path)
        assert (answer.status, answer.json["type"]) == (422, "/api/docs#invalid"), path
        assert [error["field"] for error in answer.json["errors"]] == [field], path


def test_a_body_that_cannot_be_used_is_told_by_field(writer: Program) -> None:
    for path, body, fields in BODIES:
        answer = writer.post(path, body)
        assert (answer.status, answer.json["type"]) == (422, "/api/docs#invalid"), body
        assert [error["field"] for error in answer.json["errors"]] == fields, (body, answer.json)


@pytest.mark.parametrize(
    "raw", [b"{", b"\xff", b'{"live": NaN}', b'{"live": 1' + b"0" * 5000 + b"}", b"[" * 20000, b'{"a":1}{"b":2}']
)
def test_what_is_no_json_is_told_so(writer: Program, raw: bytes) -> None:
    for method, path in (("POST", "/live"), ("PUT", "/setup")):
        answer = writer.ask(method, path, raw=raw)
        assert (answer.status, answer.json["type"]) == (400, "/api/docs#invalid-json")


def test_a_body_over_a_megabyte_is_too_large(writer: Program) -> None:
    answer = writer.ask("PUT", "/setup", raw=b'{"a": "' + b"x" * 1024 * 1024 + b'"}')
    assert (answer.status, answer.json["type"]) == (413, "/api/docs#too-large")


def test_a_wrong_method_is_told_which_are_right(writer: Program) -> None:
    answer = writer.ask("DELETE", "/transfers")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST")
    answer = writer.ask("GET", "/poll")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    head = writer.ask("HEAD", "/status")
    assert (head.status, head.text) == (200, "")


def test_a_fault_of_ours_shows_nothing_of_itself(
    writer: Program,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from bilag.transfers.queries import transfers

    def broken(*_: Any) -> None:
        raise RuntimeError("the inside of Bilag")

    monkeypatch.setattr(transfers, "counts", broken)
    answer = writer.get("/status")
    assert (answer.status, answer.json["type"]) == (500, "/api/docs#fault")
    assert "inside" not in answer.text
    assert "Traceback" not in answer.text
    logged = caplog.text + "".join(capsys.readouterr())  # where it goes depends on who set logging up
    assert "the inside of Bilag" in logged
    assert str(writer.token) not in logged


def test_a_database_that_does_not_answer_is_told(writer: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from bilag.transfers.queries import transfers

    def down(*_: Any) -> None:
        raise OperationalError("connection to 10.0.0.7 failed")

    monkeypatch.setattr(transfers, "counts", down)
    answer = writer.get("/status")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert "10.0.0.7" not in answer.text


def test_a_system_that_cannot_be_reached_is_told_with_when_to_come_again(writer: Program, world: World) -> None:
    world.moment.fault(kind="unavailable", times=50)
    answer = writer.post("/poll")
    assert (answer.status, answer.json["type"]) == (503, "/api/docs#unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json["problems"][0]["remedy"]


def test_a_token_has_so_many_requests_a_minute(
    reader: Program, writer: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilag.api import limits

    monkeypatch.setattr(limits, "REQUESTS_A_MINUTE", 3)
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_030.0)
    assert [reader.get("/status").status for _ in range(4)] == [200, 200, 200, 429]
    refused = reader.get("/status")
    assert refused.headers["Retry-After"] == "30"
    assert refused.json["type"] == "/api/docs#too-many-requests"
    assert writer.get("/status").status == 200
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_060.0)
    assert reader.get("/status").status == 200


def test_problems_of_setups_are_told_in_the_language_that_is_asked_for(world: World, writer: Program) -> None:
    assert "is" in writer.put("/setup", {"moment": {}}).json["errors"][0]["detail"]
    norwegian = Program(writer.token, language="nb").put("/setup", {"moment": {}})
    assert "mangler" in " ".join(error["detail"] for error in norwegian.json["errors"])
