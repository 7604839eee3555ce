"""A thread that has done its own transfers goes on with those that its company keeps, and loses none when the database fails."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.transfers import store_transfer
from tests.support.world import World


class DatabaseAway(Exception):
    """What a statement raises."""


@pytest.fixture
def share() -> Iterator[Any]:
    """The share of a worker with eight threads."""
    from bilag.jobs.fair_share import fair_share

    fair_share.places, fair_share.ending = 8, False
    yield fair_share
    fair_share.places = None
    fair_share._companies.clear()


def rows(world: World, count: int) -> list[int]:
    from django.utils import timezone

    now = timezone.now()
    return [
        store_transfer(world.company_id, kind="customer", number=str(90_000 + one), hinted_at=now, requested_at=now).pk
        for one in range(count)
    ]


def keep(share: Any, world: World, ids: list[int], put_back: list[list[int]]) -> None:
    """The company has transfers that found no thread."""
    company = share._companies[world.company_id]
    company.kept.update(dict.fromkeys(ids))
    company.requeue = put_back.append


def test_a_job_whose_transfer_failed_ends_so_that_it_is_tried_again(
    world: World, share: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilag.transfers import tasks

    first, *others = rows(world, 5)
    put_back: list[list[int]] = []
    keep(share, world, others, put_back)
    ran: list[int] = []

    def run(pk: int) -> None:
        ran.append(pk)
        if pk == first:
            raise DatabaseAway

    monkeypatch.setattr(tasks, "run_transfer", run)
    with pytest.raises(DatabaseAway):
        tasks.work([first])
    assert ran == [first]
    waiting = [pk for ids in put_back for pk in ids] + list(share._companies[world.company_id].kept)
    assert sorted(waiting) == others


def test_a_kept_transfer_that_failed_goes_back_into_the_queue(
    world: World, share: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilag.transfers import tasks

    first, second = rows(world, 2)
    put_back: list[list[int]] = []
    keep(share, world, [second], put_back)
    monkeypatch.setattr(tasks.enqueue, "wake_together", put_back.append)
    ran: list[int] = []

    def run(pk: int) -> None:
        ran.append(pk)
        if pk == second:
            raise DatabaseAway

    monkeypatch.setattr(tasks, "run_transfer", run)
    with pytest.raises(DatabaseAway):
        tasks.work([first])
    assert ran == [first, second]
    assert put_back == [[second]], "the job that is tried again does not know it"


def test_a_job_ends_in_time_however_much_is_kept(world: World, share: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as it runs, a transfer that it names counts as having a job (`requeue_stuck`)."""
    from bilag.transfers import tasks

    [first] = rows(world, 1)
    put_back: list[list[int]] = []
    keep(share, world, list(range(1_000_000, 1_001_000)), put_back)
    ran: list[int] = []
    monkeypatch.setattr(tasks, "run_transfer", ran.append)
    tasks.work([first])
    assert len(ran) == 1 + tasks.MOST_GONE_ON
    waiting = [pk for ids in put_back for pk in ids] + list(share._companies[world.company_id].kept)
    assert len({*ran, *waiting}) == 1001
