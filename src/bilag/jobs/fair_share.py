"""Share a worker's threads fairly between companies.

A company has a quarter of a worker's threads at most, and one while its last call had no answer: a system that hangs holds
that one thread until the call times out, and no other company's. Transfers that find no free slot are kept in this process.
They go back into the queue when a slot is free; if the process dies, the database still has them and they are requeued.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from django.utils import timezone

from bilag.wire.circuit_breaker import Job, in_worker

SHARE = 4
"""A company may have one in so many threads."""
MOST_TOGETHER = 10
"""Kept transfers that go back into the queue as one job."""
AGAIN_IN = timedelta(seconds=3)
MAIL = 0
"""The id of the mail server, which sends for all companies and has slots of its own."""

Requeue = Callable[[list[int]], None]
"""Enqueues one job for these transfers."""


@dataclass(slots=True)
class _Company:
    """A company's part of this worker."""

    active: int = 0
    failing: bool = False
    kept: dict[int, None] = field(default_factory=dict)
    """Transfers in order of arrival, each once."""
    requeue: Requeue | None = None


class FairShare:
    """The slots of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._companies: defaultdict[int, _Company] = defaultdict(_Company)
        self.places: int | None = None
        """Threads of this worker; None in a process that is no worker, where nobody waits."""

    @contextmanager
    def slot(
        self, company_id: int, *, kept: Sequence[int] = (), requeue: Requeue | None = None, extra: int = 0
    ) -> Iterator[bool]:
        """Try to acquire a slot; True holds it until the end of the block, False means that none is free.

        `kept`: transfers to remember when none is free; `requeue` enqueues them later. `extra`: slots beyond the company's
        share, for rare jobs that must not wait behind a backlog.
        """
        if not self._acquired(company_id, kept, requeue, extra):
            yield False
            return
        job = Job()
        token = in_worker.set(job)
        try:
            yield True
        finally:
            in_worker.reset(token)
            self._release(company_id, job)

    def hand_back(self) -> None:
        """Put all kept transfers back into the queue: this worker ends."""
        with self._lock:
            kept = [(pk, company.requeue, list(company.kept)) for pk, company in self._companies.items()]
        for company_id, requeue, ids in kept:
            for start in range(0, len(ids), MOST_TOGETHER):
                self._put_back(company_id, ids[start : start + MOST_TOGETHER], requeue)
        with self._lock:
            self._companies.clear()

    def _acquired(self, company_id: int, kept: Sequence[int], requeue: Requeue | None, extra: int) -> bool:
        with self._lock:
            company = self._companies[company_id]
            if self.places is not None and company.active >= self._share(company) + extra:
                company.kept.update(dict.fromkeys(kept))
                company.requeue = requeue or company.requeue
                return False
            company.active += 1
            return True

    def _share(self, company: _Company) -> int:
        return 1 if company.failing else max(1, (self.places or 1) // SHARE)

    def _release(self, company_id: int, job: Job) -> None:
        with self._lock:
            company = self._companies[company_id]
            company.active = max(0, company.active - 1)  # the slots of an earlier life are forgotten
            if job.failing is not None:
                company.failing = job.failing
            next_ones = self._next(company)
            requeue = company.requeue
            self._forget_idle(company_id)
        self._put_back(company_id, next_ones, requeue)

    def _next(self, company: _Company) -> list[int]:
        """The transfers for the slot that is free now: several of a long backlog, one of a short one."""
        if company.active >= self._share(company):
            return []
        count = min(MOST_TOGETHER, -(-len(company.kept) // SHARE))
        first = list(islice(company.kept, count))
        for transfer_id in first:
            del company.kept[transfer_id]
        return first

    def _put_back(self, company_id: int, ids: list[int], requeue: Requeue | None) -> None:
        """Put kept transfers back into the queue. If the database fails, they are kept: nothing is forgotten that is not in
        the queue again."""
        if not ids or requeue is None:
            return
        try:
            requeue(ids)
        except BaseException:
            with self._lock:
                company = self._companies[company_id]
                company.kept = {**dict.fromkeys(ids), **company.kept}
                company.requeue = company.requeue or requeue
            raise

    def _forget_idle(self, company_id: int) -> None:
        company = self._companies[company_id]
        if company.active <= 0 and not company.kept and not company.failing:
            del self._companies[company_id]


fair_share = FairShare()


def at_next_slot() -> datetime:
    """When a job that found no free slot runs again."""
    return timezone.now() + AGAIN_IN
