"""Turns: how many threads of a worker are for one company, so that none has them all.

A company has a quarter of a worker's places at most, and one while the last of its calls had no answer: a system that hangs
holds those threads until the calls time out, and nobody else's. Transfers that find no place are kept in this process, go
back into the queue when a place is free, and are found in the database if the process dies (`bilag.transfers.tending`).
"""

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from django.utils import timezone

from bilag.wire.circuit_breaker import Job, in_worker

SHARE = 4
"""One company may have one of so many places."""
AGAIN_IN = timedelta(seconds=3)
MAIL = 0
"""Letters of all companies go to one mail server: they have turns of their own."""


@dataclass(slots=True)
class _Company:
    """What one company has of this worker."""

    active: int = 0
    failing: bool = False
    kept: dict[int, None] = field(default_factory=dict)
    """Transfers in the order in which they came, each once."""


class Turns:
    """The turns of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._companies: defaultdict[int, _Company] = defaultdict(_Company)
        self.places: int | None = None
        """Threads of this worker; None: it is no worker, and nobody waits."""

    @contextmanager
    def turn(self, company_id: int, *, kept: Sequence[int] = (), extra: int = 0) -> Iterator[bool]:
        """Whether it is the company's turn; True holds a place until the end of the block.

        `kept`: transfers to be remembered where it is not. `extra`: places beyond the company's share, for what comes
        seldom and must not wait for what comes in masses.
        """
        if self._begun(company_id, kept, extra):
            job = Job()
            token = in_worker.set(job)
            try:
                yield True
            finally:
                in_worker.reset(token)
                self._ended(company_id, job)
        else:
            yield False

    def hand_back(self) -> None:
        """Put all that is kept here back into the queue: this worker ends."""
        from bilag.transfers import jobs

        with self._lock:
            kept = [transfer_id for company in self._companies.values() for transfer_id in company.kept]
            self._companies.clear()
        jobs.wake_all(kept)

    def _begun(self, company_id: int, kept: Sequence[int], extra: int) -> bool:
        with self._lock:
            company = self._companies[company_id]
            if self.places is not None and company.active >= self._share(company) + extra:
                company.kept.update(dict.fromkeys(kept))
                return False
            company.active += 1
            return True

    def _share(self, company: _Company) -> int:
        return 1 if company.failing else max(1, (self.places or 1) // SHARE)

    def _ended(self, company_id: int, job: Job) -> None:
        from bilag.transfers import jobs

        with self._lock:
            company = self._companies[company_id]
            company.active -= 1
            if job.failing is not None:
                company.failing = job.failing
            next_ones = self._next(company)
            if company.active <= 0 and not company.kept and not company.failing:
                del self._companies[company_id]
        if next_ones:
            jobs.work.defer(transfer_ids=next_ones)

    def _next(self, company: _Company) -> list[int]:
        """What goes into the place that is free now: several of a long row, one of a short one."""
        from bilag.transfers.jobs import MOST_TOGETHER

        if company.active >= self._share(company):
            return []
        count = min(MOST_TOGETHER, -(-len(company.kept) // SHARE))
        first = list(islice(company.kept, count))
        for transfer_id in first:
            del company.kept[transfer_id]
        return first


turns = Turns()


def at_next_turn() -> datetime:
    """When a job that found no place comes again."""
    return timezone.now() + AGAIN_IN
