"""Leases: what only one process may work on, with a fence against a process that was frozen while it held one.

A lease is a row with a generation and a time at which it expires, by the database's clock. It needs no database session: it
holds behind a pooler, and the lease of a machine that vanished expires. Nobody can keep a process from sleeping through
the end of its lease, so the holder asks again before everything that matters:

* each request to another system asks `Lease.keep` immediately before it is written (`bilag.wire.fence`), which extends the lease
  while it is still the holder's, and raises `LeaseLost` otherwise;
* each transaction that stores a result calls `confirm`, which locks the row until the transaction ends.

What may have left before the lease was lost is looked up by the next holder, and never sent again blindly (DESIGN, Exactly once 7).
"""

import os
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from bilag.wire import fence

REQUEST = timedelta(seconds=35)
"""How long one request to another system may take until its answer begins (`bilag.wire.http`): connect and read time-outs."""
SHORTEST_REQUEST = timedelta(seconds=10)
TERMS_PER_REQUEST = 1.5
"""A lease lasts this many times as long as a request. One of a process that died delays the next by no more than a minute."""
LONGEST_WAIT = timedelta(seconds=90)
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.5
FORGOTTEN_AFTER = timedelta(hours=1)
SUBJECTS = ("transfer", "expenses", "reconciliation", "rehearsal", "accrued", "export", "notifications", "documents")
CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""A clock that continues while the process is stopped and, on Linux, while the machine sleeps."""


class Busy(Exception):
    """Another process holds the lease."""


class LeaseLost(fence.Fenced):
    """The lease ended, and another process may have taken it: send and store nothing more."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query to run right after taking a lease, in the same round trip: it sees all that the last holder committed."""

    sql: str
    params: tuple[Any, ...]


@dataclass
class Lease:
    """A lease that this process holds, or held. `until` is on this machine's `CLOCK`."""

    name: str
    generation: int
    until: float
    longest_request: float = field(default_factory=lambda: _request().total_seconds())
    rows: Sequence[tuple[Any, ...]] = ()
    """The result of the query that was run when the lease was taken."""
    given_back: bool = False
    """A transaction that stored a result gave it back too."""

    def keep(self) -> None:
        """Make sure that the lease lasts for as long as a request may take. Raises `LeaseLost`."""
        now = time.clock_gettime(CLOCK)
        if now + self.longest_request <= self.until:
            return
        term = _term().total_seconds()
        with connection.cursor() as cursor:
            cursor.execute(
                "update jobs_lease set expires_at = clock_timestamp() + make_interval(secs => %s) "
                "where name = %s and generation = %s",
                [term, self.name, self.generation],
            )
            if not cursor.rowcount:
                raise LeaseLost(f"the lease of {self.name} was lost")
        self.until = now + term

    def give_back_with_transaction(self) -> None:
        """Mark the lease as released when the present transaction, which deletes its row, commits."""

        def gone() -> None:
            self.given_back = True

        transaction.on_commit(gone)

    def confirm(self) -> None:
        """Keep the lease from being taken by another until the transaction ends. Raises `LeaseLost`."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select 1 from jobs_lease where name = %s and generation = %s for share", [self.name, self.generation]
            )
            if cursor.fetchone() is None:
                raise LeaseLost(f"the lease of {self.name} was lost")


_held: ContextVar[tuple[Lease, ...]] = ContextVar("leases", default=())


@contextmanager
def held(subject: str, number: int, *, wait: timedelta = timedelta(0), query: Query | None = None) -> Iterator[Lease]:
    """Hold the lease of one of `SUBJECTS` and a number. Raises `Busy` if another holds it for longer than `wait`. It cannot be
    taken inside a transaction.
    """
    if subject not in SUBJECTS:
        raise ValueError(f"{subject!r} is no subject of a lease")
    lease = _take_within(f"{subject} {number}", wait.total_seconds(), query)
    token = _held.set((*_held.get(), lease))
    try:
        with fence.checked_by(_keep_all):
            yield lease
    finally:
        _held.reset(token)
        if not lease.given_back:
            with connection.cursor() as cursor:
                cursor.execute(
                    "delete from jobs_lease where name = %s and generation = %s", [lease.name, lease.generation]
                )


def confirm() -> None:
    """Confirm every lease that this context holds, until the transaction ends. Raises `LeaseLost`."""
    for lease in _held.get():
        lease.confirm()


def leases_held() -> tuple[Lease, ...]:
    """Return the leases that this context holds, the newest last."""
    return _held.get()


def forget_all() -> int:
    """End every lease. Return their count. Only for a worker that knows that no other process uses this database; if one does,
    it loses its lease and stores nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("delete from jobs_lease")
        return int(cursor.rowcount)


def forget_expired() -> int:
    """Delete leases that expired long ago and were not taken since: their holders died. Return their count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from jobs_lease where expires_at < clock_timestamp() - make_interval(secs => %s)",
            [FORGOTTEN_AFTER.total_seconds()],
        )
        return int(cursor.rowcount)


def give_connection_back() -> None:
    """Give this thread's database connection back to the pool before a wait: there are fewer than threads, and others need it.
    The next statement gets one again. In a transaction nothing happens.
    """
    if getattr(connection, "pool", None) is not None and not connection.in_atomic_block:
        connection.close()


def _keep_all() -> None:
    """Renew every lease, and return the database connection: the answer may take half a minute."""
    for lease in _held.get():
        lease.keep()
    give_connection_back()


def _take_within(name: str, seconds: float, query: Query | None) -> Lease:
    deadline, pause = time.monotonic() + seconds, FIRST_PAUSE
    while True:
        lease = _take(name, query)
        if lease is not None:
            return lease
        if time.monotonic() + pause > deadline:
            raise Busy(name)
        give_connection_back()
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


TAKE = """
insert into jobs_lease (name, generation, holder, expires_at)
values (%s, nextval('jobs_lease_generation'), %s, clock_timestamp() + make_interval(secs => %s))
on conflict (name) do update
set generation = excluded.generation, holder = excluded.holder, expires_at = excluded.expires_at
where jobs_lease.expires_at < clock_timestamp()
returning generation"""


def _take(name: str, query: Query | None) -> Lease | None:
    """Take the lease if it is free or expired. Each holder gets a new generation, which is never reused."""
    if connection.in_atomic_block:
        raise RuntimeError("A lease is taken outside of a transaction, so that others see it at once.")
    now, term = time.clock_gettime(CLOCK), _term().total_seconds()
    found: Sequence[tuple[Any, ...]] = ()
    with connection.cursor() as cursor:
        given = (name, _holder(os.getpid()), term)
        if query is None:
            cursor.execute(TAKE, given)
        else:  # one round trip and one commit; each statement sees what was committed before it began
            cursor.execute(f"{TAKE}; {query.sql}", (*given, *query.params))
        row = cursor.fetchone()
        if query is not None and row is not None:
            cursor.nextset()
            found = cursor.fetchall()
    return Lease(name, int(row[0]), now + term, rows=found) if row else None


@cache
def _holder(pid: int) -> str:
    """Return a description of the holder, for people who look at the table."""
    return f"process {pid} on {socket.gethostname()}"[:200]


def _request() -> timedelta:
    return max(SHORTEST_REQUEST, REQUEST * float(settings.BILAG_TIME_SCALE))


def _term() -> timedelta:
    return _request() * TERMS_PER_REQUEST
