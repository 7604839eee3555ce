"""Webhooks that arrive together are committed together, each is answered after its commit, and one takes no other down."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any

import pytest

from tests.support.patience import PATIENCE
from tests.support.site import Site

ACCEPTED, AWAY, FAULT = HTTPStatus.ACCEPTED, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.INTERNAL_SERVER_ERROR


class Storing:
    """Stands in for the database: stores a batch when it is let, as told."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.began = threading.Semaphore(0)
        self.let = threading.Semaphore(0)
        self.faults: list[Exception] = []
        self.poison = ""

    def __call__(self, batch: Sequence[Any]) -> list[HTTPStatus]:
        """Store a batch: wait until it may go on, then fail as told."""
        self.began.release()
        assert self.let.acquire(timeout=PATIENCE)
        if self.faults:
            raise self.faults.pop(0)
        if self.poison in [one.token for one in batch]:
            raise ValueError("a fault of Bilag")
        self.batches.append([one.token for one in batch])
        return [ACCEPTED] * len(batch)

    def go_on(self, times: int = 1) -> None:
        self.let.release(times)


def hook(name: str) -> Any:
    from bilag.web.webhooks.receive import Received

    return Received(name, "POST", b"{}")


def run(work: Callable[[Any], Awaitable[Any]], storing: Storing, *, answer_within: float = PATIENCE) -> Any:
    """Run `work` with a group commit that stores so."""
    from bilag.web.webhooks.group_commit import GroupCommit

    async def all_of_it() -> Any:
        return await work(GroupCommit(storing, answer_within=answer_within))

    try:
        return asyncio.run(all_of_it())
    finally:
        storing.go_on(1000)


@pytest.mark.usefixtures("migrated")
def test_what_arrives_during_a_commit_goes_into_the_next_one_and_is_answered_after_it() -> None:
    storing = Storing()

    async def work(intake: Any) -> list[HTTPStatus]:
        first = asyncio.create_task(intake.add(hook("first")))
        await asyncio.to_thread(storing.began.acquire)
        others = [asyncio.create_task(intake.add(hook(str(at)))) for at in range(9)]
        await asyncio.sleep(0)
        assert not first.done()
        storing.go_on()
        await first
        await asyncio.to_thread(storing.began.acquire)
        assert not any(one.done() for one in others), "their commit is still on its way"
        storing.go_on()
        return [first.result(), *await asyncio.gather(*others)]

    assert run(work, storing) == [ACCEPTED] * 10
    assert storing.batches == [["first"], [str(at) for at in range(9)]]


@pytest.mark.usefixtures("migrated")
def test_one_that_makes_bilag_fail_takes_no_other_down() -> None:
    storing = Storing()
    storing.poison = "2"
    storing.go_on(100)

    async def work(intake: Any) -> list[HTTPStatus]:
        return await asyncio.gather(*(intake.add(hook(str(at))) for at in range(4)))

    assert run(work, storing) == [ACCEPTED, ACCEPTED, FAULT, ACCEPTED]


@pytest.mark.usefixtures("migrated")
def test_a_lost_session_is_no_reason_to_lose_a_webhook() -> None:
    from django.db import OperationalError

    storing = Storing()
    storing.faults = [OperationalError("terminating connection")]
    storing.go_on(2)
    assert run(lambda intake: intake.add(hook("one")), storing) == ACCEPTED
    assert storing.batches == [["one"]]


@pytest.mark.usefixtures("migrated")
def test_without_a_database_the_sender_is_told_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from bilag.web.webhooks import group_commit

    monkeypatch.setattr(group_commit, "LOST_SESSION_SECONDS", 0.0)
    storing = Storing()
    storing.faults = [OperationalError("connection refused")]
    storing.go_on(100)

    async def work(intake: Any) -> list[HTTPStatus]:
        return [await intake.add(hook("during")), await intake.add(hook("after"))]

    assert run(work, storing) == [AWAY, ACCEPTED]


@pytest.mark.usefixtures("migrated")
def test_a_database_that_hangs_keeps_nobody_waiting_and_what_was_refused_is_not_stored_later() -> None:
    storing = Storing()

    async def work(intake: Any) -> list[HTTPStatus]:
        statuses = [await intake.add(hook(name)) for name in ("hangs", "waits", "late")]
        storing.go_on(100)
        return statuses

    assert run(work, storing, answer_within=0.01) == [AWAY] * 3
    assert not {"waits", "late"} & {one for batch in storing.batches for one in batch}


@pytest.mark.usefixtures("migrated")
def test_more_than_can_wait_are_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.web.webhooks import group_commit

    monkeypatch.setattr(group_commit, "MOST_WAITING", 3)
    storing = Storing()

    async def work(intake: Any) -> list[HTTPStatus]:
        first = asyncio.create_task(intake.add(hook("first")))
        await asyncio.to_thread(storing.began.acquire)
        waiting = [asyncio.create_task(intake.add(hook(str(at)))) for at in range(3)]
        await asyncio.sleep(0)
        refused = await intake.add(hook("one too many"))
        storing.go_on(100)
        return [refused, await first, *await asyncio.gather(*waiting)]

    assert run(work, storing) == [AWAY, *[ACCEPTED] * 4]


def test_webhooks_at_once_are_all_stored_in_a_few_commits(site: Site) -> None:
    from django.db import connection

    from bilag.transfers.models import Transfer

    def commits() -> int:
        with connection.cursor() as cursor:
            cursor.execute("select count(distinct xmin::text) from transfers_transfer")
            return int(cursor.fetchone()[0])

    async def all_at_once() -> list[int]:
        import httpx2

        async with httpx2.AsyncClient(base_url=site.url, timeout=PATIENCE) as http:
            sent = [
                http.post(f"/hooks/moment/{site.token}", json={"invoice": {"id": at, "invoiceNumber": at}})
                for at in range(1, 61)
            ]
            return [answer.status_code for answer in await asyncio.gather(*sent)]

    assert asyncio.run(all_at_once()) == [202] * 60
    numbers = set(Transfer.objects.values_list("number", flat=True))
    assert numbers == {str(at) for at in range(1, 61)}
    assert commits() < 60, "some went together"


def test_webhook_costs_three_statements_and_one_commit(site: Site) -> None:
    from datetime import timedelta

    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from bilag.companies.models import Company
    from bilag.web.webhooks.receive import Received, receive

    def ran(number: int) -> list[str]:
        body = json.dumps({"invoice": {"id": number, "invoiceNumber": number}}).encode()
        with CaptureQueriesContext(connection) as context:
            assert receive([Received(site.token, "POST", body)]) == [202]
        return [one["sql"].partition(" ")[0].strip().upper() for one in context]

    first = ["BEGIN", "SELECT", "INSERT", "SELECT", "INSERT", "UPDATE", "COMMIT"]
    assert ran(1) == first, "the first call of all is an event"
    Company.objects.update(last_hint_at=timezone.now() - timedelta(hours=1))
    assert ran(2) == ["BEGIN", "SELECT", "INSERT", "SELECT", "UPDATE", "COMMIT"]
    seen = Company.objects.get().last_hint_at
    assert len(ran(3)) == 5, "when the last one arrived is written once a minute"
    assert Company.objects.get().last_hint_at == seen


def test_a_session_that_is_cut_costs_no_webhook(site: Site) -> None:
    from django.db import connection

    from bilag.transfers.models import Transfer

    for number in (1, 2, 3):
        body = json.dumps({"invoice": {"id": number, "invoiceNumber": number}}).encode()
        assert site.hook(body).status_code == 202
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where pid <> pg_backend_pid() and datname = current_database()"
            )
    assert Transfer.objects.count() == 3
