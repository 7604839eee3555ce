"""No answer, half an answer, too much of an answer: each tells whether the request may have been carried out."""

import gzip
import os
import socket
import threading
import time
from decimal import Decimal

import pytest

from bilag.wire.http import ConnectionFault, NotJson, WireClient
from tests.support.patience import PATIENCE, wait_for
from tests.support.raw_server import RawServer, Script, answer, then_closed

OK = answer(b'{"ok": true}', "Content-Type: application/json")


def silent(connection: socket.socket, _request: bytes) -> None:
    """Never answer; until the other side gives up."""
    connection.recv(1)


def reset(connection: socket.socket, _request: bytes) -> None:
    """Break the connection off, as a machine that falls over does."""
    import struct

    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def dripping(connection: socket.socket, _request: bytes) -> None:
    """A byte now and then, each in good time, and no end to them."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:  # until the other side hangs up, which is an OSError here
        connection.sendall(b"1\r\n \r\n")
        time.sleep(0.05)


def test_closed_port_means_that_nothing_was_done() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ConnectionFault, match="no connection") as caught:
        WireClient("hub", f"http://127.0.0.1:{port}").send("POST", "batches", json_body={})
    assert caught.value.outcome_known


def test_address_that_is_none_means_that_nothing_was_done() -> None:
    with pytest.raises(ConnectionFault) as caught:
        WireClient("hub", "ftp://127.0.0.1/v1").send("POST", "batches", json_body={})
    assert caught.value.outcome_known


NO_WHOLE_ANSWER: dict[str, tuple[Script, str]] = {
    "silence": (silent, "no answer in time"),
    "hung up without a word": (then_closed(b""), "the connection broke"),
    "connection reset": (reset, "the connection broke"),
    "cut in the headers": (then_closed(b"HTTP/1.1 200 OK\r\nContent-Le"), "the connection broke"),
    "cut in the body": (then_closed(answer(b'{"batchNumber": 1', length=400)), "the connection broke"),
    "cut in a chunk": (
        then_closed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nhalf"),
        "the connection broke",
    ),
    "stuck in the body": (answer(b'{"batchNumber": 1', length=400), "no answer in time"),
    "no HTTP": (then_closed(b"220 smtp.example ESMTP\r\n"), "the connection broke"),
    "gzip that is none": (answer(b"nonsense", "Content-Encoding: gzip"), "the connection broke"),
}


@pytest.mark.parametrize("name", NO_WHOLE_ANSWER)
def test_without_a_whole_answer_the_outcome_is_not_known(
    server: RawServer, client: WireClient, impatient: WireClient, name: str
) -> None:
    script, message = NO_WHOLE_ANSWER[name]
    server.says(script)
    asking = impatient if message == "no answer in time" else client
    with pytest.raises(ConnectionFault, match=message) as caught:
        asking.send("POST", "batches", json_body={"externalId": "moment-1-invoice-10042"})
    assert not caught.value.outcome_known
    assert len(server.requests) == 1, "never sent again by the client itself"


def test_time_out_is_as_long_as_was_said(server: RawServer, impatient: WireClient) -> None:
    server.says(silent)
    began = time.monotonic()
    with pytest.raises(ConnectionFault):
        impatient.send("GET", "profile")
    assert 0.4 < time.monotonic() - began < PATIENCE


def test_answer_that_drips_without_end_has_an_end(
    server: RawServer, client: WireClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes in good time, so that no time-out of a single read would ever strike."""
    monkeypatch.setattr("bilag.wire.http.MAX_READ_TIMEOUTS", 0.5 / PATIENCE)
    server.says(dripping)
    with pytest.raises(ConnectionFault, match="did not end in time") as caught:
        client.send("GET", "profile")
    assert not caught.value.outcome_known


def test_answer_that_is_too_large_is_not_read_to_its_end(server: RawServer, client: WireClient) -> None:
    server.says(answer(b"x" * 5000))
    with pytest.raises(ConnectionFault, match="larger than 1000 bytes") as caught:
        client.send("GET", "documents/1", max_bytes=1000)
    assert not caught.value.outcome_known
    assert len(client.send("GET", "documents/1", max_bytes=5000).body) == 5000


def test_small_answer_that_swells_when_unpacked_is_too_large(server: RawServer, client: WireClient) -> None:
    packed = gzip.compress(b"0" * 50_000_000)
    assert len(packed) < 100_000
    server.says(answer(packed, "Content-Encoding: gzip"))
    with pytest.raises(ConnectionFault, match="larger than 1000000 bytes"):
        client.send("GET", "profile", max_bytes=1_000_000)


def test_page_of_a_proxy_is_an_answer_and_no_json(server: RawServer, client: WireClient) -> None:
    page = b"<html><head><title>502 Bad Gateway</title></head></html>"
    server.says(answer(page, "Content-Type: Text/HTML; charset=utf-8", status="502 Bad Gateway"))
    got = client.send("POST", "batches", json_body={})
    assert (got.status, got.content_type, got.body) == (502, "text/html", page)
    with pytest.raises(NotJson, match=r"answer 502 is not JSON \(text/html\)"):
        got.json()


def test_redirect_is_told_not_followed(server: RawServer, client: WireClient) -> None:
    """A key of ours must not be carried elsewhere."""
    server.says(answer(b"", "Location: /elsewhere", status="302 Found"), OK)
    got = client.send("GET", "profile", headers={"X-Api-Key": "s3cret-key"})
    assert (got.status, got.headers["location"]) == (302, "/elsewhere")
    assert len(server.requests) == 1


def test_proxy_of_the_environment_is_not_asked(
    server: RawServer, client: WireClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:1")
    server.says(OK)
    assert WireClient("hub", server.url).send("GET", "profile").json() == {"ok": True}


def test_connection_that_was_closed_meanwhile_is_not_used_again(server: RawServer, client: WireClient) -> None:
    """Servers close idle connections without a word: the next request must not be lost in one."""
    server.says(then_closed(OK))
    for count in range(1, 4):
        assert client.send("POST", "batches", json_body={}).status == 200
        wait_for(lambda count=count: server.closed == count, "the server to hang up")
    assert server.connections == 3


def test_request_goes_below_the_base_address_with_what_it_carries(server: RawServer, client: WireClient) -> None:
    server.says(OK)
    client.send("PUT", "customers/10%2F1", params={"q": "å b"}, json_body={"name": "Ås"}, headers={"X-Api-Key": "k"})
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /v1/customers/10%2F1?q=%C3%A5+b HTTP/1.1\r\n")
    assert b"\r\nUser-Agent: Bilag/" in head
    assert b"\r\nContent-Type: application/json" in head
    assert b"\r\nX-Api-Key: k" in head
    assert body == '{"name": "Ås"}'.encode()


def test_text_that_is_no_text_is_sent_with_a_question_mark(server: RawServer, client: WireClient) -> None:
    """Half a character, as JSON can carry it, is no reason for a fault of ours."""
    server.says(OK)
    client.send("POST", "batches", json_body={"text": "half \ud800 a character"})
    assert server.requests[0].endswith(b'{"text": "half ? a character"}')


def test_amounts_stay_exact(server: RawServer, client: WireClient) -> None:
    server.says(answer(b'{"amount": 0.10, "large": 12345678901234567.89, "whole": 3}'))
    got = client.send("GET", "x").json()
    assert got == {"amount": Decimal("0.10"), "large": Decimal("12345678901234567.89"), "whole": 3}
    assert str(got["amount"]) == "0.10"


def test_texts_that_no_database_takes_are_mended_at_the_door(server: RawServer, client: WireClient) -> None:
    """Wherever they stand: a name, a unit's value, a key. A whole pair is one character and stays."""
    body = rb'{"units": [{"value": "x\udfff"}], "a\u0000b": {"name": "Nytt\u0000 bygg \ud83d\ude00"}}'
    server.says(answer(body, "Content-Type: application/json"))
    got = client.send("GET", "x").json()
    assert got == {"units": [{"value": "x\ufffd"}], "ab": {"name": "Nytt bygg \N{GRINNING FACE}"}}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nan", b'{"a": NaN}', b'{"a": -Infinity}', b"[" * 100_000, b"9" * 10_000, b"\xff\xfe\xfd", b"{} {}"],
    ids=lambda body: body[:10].decode("latin-1"),
)
def test_what_is_not_json_is_told_as_such(server: RawServer, client: WireClient, body: bytes) -> None:
    server.says(answer(body, "Content-Type: application/json"))
    with pytest.raises(NotJson):
        client.send("GET", "x").json()


def test_several_threads_get_their_own_answers(server: RawServer, client: WireClient) -> None:
    all_here = threading.Barrier(8, timeout=PATIENCE)

    def echo(connection: socket.socket, request: bytes) -> None:
        all_here.wait()
        connection.sendall(answer(b'"' + request.split()[1] + b'"', "Connection: close"))

    server.says(echo)
    got: dict[int, str] = {}

    def ask(number: int) -> None:
        got[number] = client.send("GET", f"x/{number}").json()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {number: f"/v1/x/{number}" for number in range(8)}
