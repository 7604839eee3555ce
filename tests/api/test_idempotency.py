"""Idempotency-Key: answered again and not done again; another request with the same key is refused."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.support.patience import PATIENCE
from tests.support.program import Program, TokenMaker
from tests.support.world import World

ASKED = {"kind": "invoice", "numbers": ["10042"]}


def count() -> int:
    from bilag.events.models import Event

    return Event.objects.filter(name="transfers_asked").count()


def test_the_same_request_is_answered_again(writer: Program, make_token: TokenMaker) -> None:
    first = writer.post("/transfers", ASKED, Idempotency_Key="key-1")
    again = writer.post("/transfers", ASKED, Idempotency_Key="key-1")
    assert (first.status, count()) == (202, 1)
    assert (again.status, again.json) == (202, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    other = Program(make_token("write")).post("/transfers", ASKED, Idempotency_Key="key-1")
    assert (other.status, count()) == (202, 2)
    writer.post("/transfers", ASKED)
    assert count() == 3


def test_another_request_with_the_key_is_refused(writer: Program) -> None:
    writer.post("/transfers", ASKED, Idempotency_Key="key-1")
    for path, body in (("/transfers", {**ASKED, "numbers": ["10043"]}), ("/transfers/retry", {"all": True})):
        answer = writer.post(path, body, Idempotency_Key="key-1")
        assert (answer.status, answer.json["type"]) == (422, "/api/docs#key-reused")


def test_what_was_refused_is_refused_again(writer: Program, world: World) -> None:
    first = writer.put("/setup", {}, Idempotency_Key="key-1")
    again = writer.put("/setup", {}, Idempotency_Key="key-1")
    assert (first.status, again.status, again.json) == (422, 422, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_after_a_system_was_away_the_key_is_free(writer: Program, world: World) -> None:
    world.moment.fault(kind="unavailable", times=50)
    assert writer.post("/poll", Idempotency_Key="key-1").status == 503
    world.moment.ask("DELETE", "/admin/faults")
    assert writer.post("/poll", Idempotency_Key="key-1").status == 200


def test_after_a_fault_of_ours_the_key_is_free(writer: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.transfers.intake import by_request

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("x")

    with monkeypatch.context() as patch:
        patch.setattr(by_request, "by_number", broken)
        assert writer.post("/transfers", ASKED, Idempotency_Key="key-1").status == 500
    assert writer.post("/transfers", ASKED, Idempotency_Key="key-1").status == 202


def test_a_key_is_forgotten_after_a_day(writer: Program) -> None:
    from bilag.members.models import IdempotentAnswer

    writer.post("/transfers", ASKED, Idempotency_Key="key-1")
    row = IdempotentAnswer.objects.get()
    IdempotentAnswer.objects.update(began_at=row.began_at - timedelta(hours=23, minutes=59))
    writer.post("/transfers", ASKED, Idempotency_Key="key-1")
    assert count() == 1
    IdempotentAnswer.objects.update(began_at=row.began_at - timedelta(hours=24, minutes=1))
    writer.post("/transfers", ASKED, Idempotency_Key="key-1")
    assert count() == 2
    assert IdempotentAnswer.objects.count() == 1


def test_a_key_has_a_length_and_visible_characters(writer: Program) -> None:
    for key in ("", "k" * 101, "\xe9", "a\tb"):
        answer = writer.post("/transfers", ASKED, Idempotency_Key=key)
        assert (answer.status, answer.json["errors"][0]["field"]) == (400, "Idempotency-Key"), key
    assert writer.post("/transfers", ASKED, Idempotency_Key="k" * 100).status == 202


def test_two_at_once_do_it_once(writer: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.transfers.intake import by_request

    inside, go_on, by_number = threading.Event(), threading.Event(), by_request.by_number

    def slow(*args: Any, **kwargs: Any) -> list[int]:
        inside.set()
        assert go_on.wait(PATIENCE)
        return by_number(*args, **kwargs)

    monkeypatch.setattr(by_request, "by_number", slow)
    answers: list[Any] = []

    def send() -> None:
        try:
            answers.append(writer.post("/transfers", ASKED, Idempotency_Key="key-1"))
        finally:
            connection.close()

    thread = threading.Thread(target=send)
    thread.start()
    assert inside.wait(PATIENCE)
    meanwhile = writer.post("/transfers", ASKED, Idempotency_Key="key-1")
    assert (meanwhile.status, meanwhile.json["type"]) == (409, "/api/docs#in-progress")
    assert meanwhile.headers["Retry-After"] == "1"
    go_on.set()
    thread.join(PATIENCE)
    assert answers[0].status == 202
    assert writer.post("/transfers", ASKED, Idempotency_Key="key-1").json == answers[0].json
    assert count() == 1


def test_many_at_once_do_it_once(writer: Program) -> None:
    start, statuses = threading.Barrier(8), []

    def send() -> None:
        try:
            start.wait(PATIENCE)
            statuses.append(writer.post("/transfers", ASKED, Idempotency_Key="key-1").status)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(statuses) == 8
    assert set(statuses) <= {202, 409}
    assert 202 in statuses
    assert count() == 1


def test_a_request_that_was_cut_off_long_ago_may_be_done_again(writer: Program) -> None:
    from bilag.members.models import IdempotentAnswer

    writer.post("/transfers", ASKED, Idempotency_Key="key-1")
    row = IdempotentAnswer.objects.get()
    IdempotentAnswer.objects.update(answer=None)
    assert writer.post("/transfers", ASKED, Idempotency_Key="key-1").status == 409
    IdempotentAnswer.objects.update(began_at=row.began_at - timedelta(minutes=11))
    assert writer.post("/transfers", ASKED, Idempotency_Key="key-1").status == 202
    assert count() == 2
