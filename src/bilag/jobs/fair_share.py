"""Share a worker's threads fairly between companies.

While no other company needs them, a company may use all of a worker's threads but a reserve. When threads become scarce, each
company with work gets an equal part: one that has more gives them back as its transfers end. A company whose last call was not
answered gets one thread, and all such companies together half: a hanging system holds a thread until the call times out.

Transfers without a free slot are kept in this process and requeued when a slot is free. If the process dies, they are requeued
from the database.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from django.utils import timezone

from bilag.jobs.lease import give_connection_back
from bilag.wire import fence
from bilag.wire.circuit_breaker import Job, in_worker

RESERVE = 8
"""One thread in so many is a reserve: no company that already has its part gets it."""
WITHOUT_LOAN = 4
"""The most for a company that may not use idle threads: one thread in so many."""
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
    rare: int = 0
    """How many of its threads run rare jobs."""
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
        """The threads of this worker; None in a process that is no worker and shares nothing."""
        self.ending = False
        """Whether this worker is stopping: its threads finish what they have begun."""

    @contextmanager
    def slot(
        self,
        company_id: int,
        *,
        kept: Sequence[int] = (),
        requeue: Requeue | None = None,
        extra: int = 0,
        lent: bool = True,
    ) -> Iterator[bool]:
        """Try to acquire a slot, held until the end of the block. Yield True, or False if none is free.

        `kept`: transfers to remember if none is free; `requeue` enqueues them later. `extra`: how many rare jobs may run beyond
        the company's part. `lent`: whether it may use idle threads; without, it has a quarter at most.
        """
        if not self._acquired(company_id, kept, requeue, extra, lent):
            yield False
            return
        job = Job()
        token = in_worker.set(job)
        try:
            with fence.checked_by(give_connection_back):  # a hanging system must not hold connections that others need
                yield True
        finally:
            in_worker.reset(token)
            self._release(company_id, job, rare=bool(extra))

    def keep_if_others_wait(self, company_id: int, ids: Sequence[int], requeue: Requeue) -> bool:
        """Keep the transfers that a job has not begun, if the company has more than its part while threads are scarce. True:
        the job ends here.
        """
        with self._lock:
            company = self._companies[company_id]
            if self.places is None or not ids or not self._is_scarce() or company.active <= self._part():
                return False
            company.kept = {**dict.fromkeys(ids), **company.kept}
            company.requeue = requeue
            return True

    def keep(self, company_id: int, ids: Sequence[int], requeue: Requeue) -> None:
        """Keep transfers that `next_kept` returned and that were not done: no job names them."""
        with self._lock:
            company = self._companies[company_id]
            company.kept = {**dict.fromkeys(ids), **company.kept}
            company.requeue = requeue

    def next_kept(self, company_id: int) -> list[int]:
        """Return the company's oldest kept transfer to a thread that has finished its own: cheaper than a job for each.

        None while other companies wait, if this thread's last call was not answered, or when this worker is stopping.
        """
        job = in_worker.get()
        if job is not None and job.failing:
            return []
        with self._lock:
            company = self._companies[company_id]
            others_wait = any(one.kept for pk, one in self._companies.items() if pk != company_id)
            too_many = self._is_scarce() and company.active > self._part()
            if not company.kept or company.failing or others_wait or too_many or self.ending:
                return []
            first = next(iter(company.kept))
            del company.kept[first]
            return [first]

    def lend_idle(self) -> None:
        """Requeue kept transfers for the idle threads.

        Those requeued last may have gone to another worker, and then no slot ends here that would requeue the next.
        """
        with self._lock:
            idle = self._lent() - sum(one.active for one in self._companies.values())
            parts = [self._next() for _ in range(idle)] if self.places is not None and not self.ending else []
        self._put_back_all(parts)

    def hand_back(self) -> None:
        """Requeue all kept transfers, because this worker is stopping."""
        with self._lock:
            kept = [(pk, company.requeue, list(company.kept)) for pk, company in self._companies.items()]
        for company_id, requeue, ids in kept:
            for start in range(0, len(ids), MOST_TOGETHER):
                self._put_back(company_id, ids[start : start + MOST_TOGETHER], requeue)
        with self._lock:
            self._companies.clear()

    def _acquired(self, company_id: int, kept: Sequence[int], requeue: Requeue | None, extra: int, lent: bool) -> bool:
        with self._lock:
            company = self._companies[company_id]
            if not self._has_room(company, extra, lent):
                company.kept.update(dict.fromkeys(kept))
                company.requeue = requeue or company.requeue
                return False
            company.active += 1
            company.rare += bool(extra)
            return True

    def _has_room(self, company: _Company, extra: int = 0, lent: bool = True) -> bool:
        """Return whether the company may have one more thread."""
        if self.places is None or company.rare < extra:
            return True
        if not lent and company.active >= max(1, self.places // WITHOUT_LOAN):
            return False
        if company.failing:
            failing = sum(one.active for one in self._companies.values() if one.failing)
            return company.active < 1 and failing < max(1, self.places // 2)
        return not self._is_scarce() or company.active < self._part()

    def _is_scarce(self) -> bool:
        """Return whether only the reserve is left."""
        return sum(one.active for one in self._companies.values()) >= self._lent()

    def _part(self) -> int:
        """Return the part of each company that has work, when threads are scarce."""
        with_work = sum(1 for one in self._companies.values() if one.active or one.kept)
        return max(1, self._lent() // max(1, with_work))

    def _lent(self) -> int:
        """Return the threads without the reserve."""
        places = self.places or 1
        return max(1, places - max(1, places // RESERVE))

    def _release(self, company_id: int, job: Job, *, rare: bool) -> None:
        with self._lock:
            company = self._companies[company_id]
            company.active = max(0, company.active - 1)  # an earlier life's slots no longer count
            company.rare = max(0, company.rare - rare)
            if job.failing is not None:
                company.failing = job.failing
            # While threads are idle, start two for each one that becomes free, so that a backlog uses all of them again.
            next_ones = [self._next() for _ in range(1 if self._is_scarce() else 2)]
            self._forget_idle(company_id)
        self._put_back_all(next_ones)

    def _next(self) -> tuple[int, list[int], Requeue | None]:
        """Return the transfers for the slot that is free now, of the company with the fewest threads: several of a long
        backlog, one of a short one.
        """
        waiting = [(one.active, pk) for pk, one in self._companies.items() if one.kept and self._has_room(one)]
        if not waiting:
            return 0, [], None
        _, company_id = min(waiting)
        company = self._companies[company_id]
        count = min(MOST_TOGETHER, -(-len(company.kept) // (self.places or 1)))
        first = list(islice(company.kept, count))
        for transfer_id in first:
            del company.kept[transfer_id]
        return company_id, first, company.requeue

    def _put_back_all(self, parts: Sequence[tuple[int, list[int], Requeue | None]]) -> None:
        """Requeue each part, or keep it if that fails, whatever happened to the one before."""
        with ExitStack() as each:
            for part in reversed(parts):
                each.callback(self._put_back, *part)

    def _put_back(self, company_id: int, ids: list[int], requeue: Requeue | None) -> None:
        """Requeue kept transfers. If the database fails, keep them, so that none is lost."""
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
    """Return when a job that found no free slot runs again."""
    return timezone.now() + AGAIN_IN
