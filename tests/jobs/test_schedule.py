"""A job that fails is retried for ever, and ever more rarely: a fault of every job must not keep the database busy."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from procrastinate.jobs import Job

from bilag.jobs.schedule import AGAIN, LONGEST_PAUSE


def pause(attempts: int) -> timedelta:
    job = Job(queue="default", lock=None, queueing_lock=None, task_name="transfers.work", attempts=attempts, id=1)
    decision = AGAIN.get_retry_decision(exception=OSError(), job=job)
    assert decision is not None
    assert decision.retry_at is not None
    return decision.retry_at - datetime.now(UTC)


def test_pauses_grow_to_five_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.BILAG_TIME_SCALE", 1)
    pauses = [pause(attempts) for attempts in range(12)]
    assert pauses[0] < timedelta(seconds=3)
    assert all(later >= earlier - timedelta(seconds=1) for earlier, later in pairwise(pauses))
    assert LONGEST_PAUSE - timedelta(seconds=1) < pauses[-1] <= LONGEST_PAUSE
