"""What was asked and answered is kept for the control trail; no secret ever is."""

import json
import threading
from typing import Any

import pytest

from bilag.wire.http import MAX_RECORDED_CHARACTERS, ConnectionFault, WireClient
from bilag.wire.recording import REMOVED, Exchange, recording
from tests.support.raw_server import RawServer, answer, then_closed

KEY, PASSWORD = "s3cret-key", "pass word/1"


def exchanged(client: WireClient, *arguments: Any, **more: Any) -> Exchange:
    with recording() as kept:
        client.send(*arguments, **more)
    [one] = kept
    return one


def everything(one: Exchange) -> str:
    return json.dumps([one.path, one.request, one.answer, one.error], ensure_ascii=False)


def test_an_exchange_is_kept_with_its_answer_trace_and_time(server: RawServer, client: WireClient) -> None:
    server.says(answer(b'{"amount": 0.10}', "X-Trace-Id: 7f1c2a90", status="201 Created"))
    one = exchanged(client, "POST", "batches", params={"dryRun": "1"}, json_body={"number": 10042})
    assert (one.system, one.method, one.path) == ("hub", "POST", "batches?dryRun=1")
    assert (one.request, one.status, one.answer) == ({"number": 10042}, 201, {"amount": "0.10"})
    assert (one.error, one.trace_id) == (None, "7f1c2a90")
    assert one.milliseconds is not None
    assert 0 <= one.milliseconds < 5000


def test_secrets_that_are_sent_are_not_kept(server: RawServer, client: WireClient) -> None:
    server.says(answer(b"{}"))
    one = exchanged(
        client,
        "POST",
        f"token/{KEY}",
        params={"key": KEY, "odd": PASSWORD},
        json_body={"username": "moment", "password": "short", "nested": [{"note": f"my {PASSWORD}!"}], KEY: 1},
        headers={"X-Api-Key": KEY, "Authorization": "Bearer s3cret-key"},
        auth=("apikey", PASSWORD),
    )
    assert KEY in server.requests[0].decode(), "sent, though not kept"
    text = everything(one)
    for secret in (KEY, PASSWORD, "pass+word", "pass%20word", "short", "Bearer"):
        assert secret not in text, secret
    assert one.request["username"] == "moment"
    assert one.request["password"] == REMOVED
    assert one.request["nested"] == [{"note": f"my {REMOVED}!"}]


def test_secrets_that_are_echoed_are_not_kept(server: RawServer, client: WireClient) -> None:
    body = {"access_token": "given-out-now", "message": f"{KEY} is wrong", "details": [{"X-API-Key": "x", "token": ""}]}
    server.says(answer(json.dumps(body).encode()))
    one = exchanged(client, "GET", "x")
    assert one.answer == {
        "access_token": REMOVED,
        "message": f"{REMOVED} is wrong",
        "details": [{"X-API-Key": REMOVED, "token": ""}],
    }


def test_secrets_in_a_page_are_not_kept_wherever_it_is_cut(server: RawServer, client: WireClient) -> None:
    for before in (0, MAX_RECORDED_CHARACTERS - 5, MAX_RECORDED_CHARACTERS - 9, MAX_RECORDED_CHARACTERS):
        server.says(answer(b"x" * before + KEY.encode() + b"x" * 100, "Content-Type: text/html"))
        one = exchanged(client, "GET", "x")
        assert "s3c" not in str(one.answer), before
        assert len(str(one.answer)) <= MAX_RECORDED_CHARACTERS + 1


def test_token_that_is_given_out_later_is_hidden_from_then_on(server: RawServer, client: WireClient) -> None:
    server.says(answer(b'{"said": "token-of-today is known"}'))
    client.add_secret("token-of-today")
    assert exchanged(client, "GET", "x", params={"t": "token-of-today"}).answer == {"said": f"{REMOVED} is known"}


def test_request_without_an_answer_is_kept_with_the_reason(server: RawServer, client: WireClient) -> None:
    server.says(then_closed(b""))
    with recording() as kept, pytest.raises(ConnectionFault):
        client.send("POST", "batches", json_body={"number": 1})
    [one] = kept
    assert (one.status, one.answer, one.request) == (None, None, {"number": 1})
    assert one.error is not None
    assert one.error.startswith("the connection broke")


def test_large_answers_are_kept_by_their_beginning(server: RawServer, client: WireClient) -> None:
    server.says(answer(json.dumps(["x" * 1000] * 100).encode()))
    one = exchanged(client, "GET", "x")
    assert isinstance(one.answer, str)
    assert len(one.answer) == MAX_RECORDED_CHARACTERS + 1
    assert one.answer.endswith("…")


def test_what_no_database_can_keep_is_replaced(server: RawServer, client: WireClient) -> None:
    server.says(answer(b'{"name": "a\\u0000b \\ud800"}'), answer(b"\x00\xff\xfe page"))
    assert exchanged(client, "GET", "x", json_body={"n": "\x00\ud801"}).request == {"n": "\ufffd"}
    kept = exchanged(client, "GET", "x").answer
    assert "\x00" not in kept
    kept.encode()


def test_each_thread_keeps_its_own(server: RawServer, client: WireClient) -> None:
    server.says(answer(b"{}"))
    seen: dict[int, list[str]] = {}

    def work(number: int) -> None:
        with recording() as kept:
            for _ in range(5):
                client.send("GET", f"x/{number}")
        seen[number] = [one.path for one in kept]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {number: [f"x/{number}"] * 5 for number in range(4)}


def test_without_a_recorder_nothing_is_kept_and_nothing_fails(server: RawServer, client: WireClient) -> None:
    server.says(answer(b"{}"))
    with recording() as outer:
        pass
    assert client.send("GET", "x").status == 200
    assert outer == []
