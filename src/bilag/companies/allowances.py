"""Share each account's rate limit between all workers: one row of PostgreSQL an account."""

import hashlib
import json
import threading
from typing import Any

from django.db import connection, transaction
from pyrate_limiter import Decision, Rate, StateAlgorithm, StateStore
from pyrate_limiter.abstracts.algorithm import State

from bilag.jobs.lease import give_connection_back
from bilag.wire.rate_limit import MINUTE, RateLimit
from bilag.wire.sliding_window import SlidingWindow, limit_of

MOST_KEPT = 10_000
"""Rate limits that one process keeps at most."""
FIND = """
with locked as materialized (select state from companies_allowance where key = %s for update)
select state, (extract(epoch from clock_timestamp()) * 1000)::bigint from locked
"""
"""The time at which the row was locked. A process that waited for the lock counts its requests from then."""
_meters: dict[str, RateLimit] = {}
_lock = threading.Lock()


class SharedStore(StateStore):
    """A rate limiter's state in the database, timed by the database's clock.

    The PostgreSQL bucket of pyrate-limiter creates a table for each account and locks all of it; this locks one row.
    """

    def __init__(self, key: str) -> None:
        self._key = key

    def check(self, algorithm: StateAlgorithm, rates: list[Rate], now: int, weight: int) -> Decision:
        """Let the algorithm decide, and store its new state; one worker at a time."""
        with transaction.atomic(), connection.cursor() as cursor:
            stored, now = self._locked(cursor)
            state = algorithm.decode(stored) if stored else algorithm.initial(rates)
            state, decision = algorithm.step(rates, state, now, weight)
            if decision.allowed:
                values = json.dumps([str(value) for value in state])
                cursor.execute("update companies_allowance set state = %s where key = %s", [values, self._key])
            return decision

    def read(self, algorithm: StateAlgorithm, rates: list[Rate]) -> State:
        """Return the stored state."""
        with connection.cursor() as cursor:
            cursor.execute("select state from companies_allowance where key = %s", [self._key])
            row = cursor.fetchone()
        return algorithm.decode(_values(row[0])) if row else algorithm.initial(rates)

    def reset(self) -> None:
        """Reset the allowance to unused."""
        with connection.cursor() as cursor:
            cursor.execute("delete from companies_allowance where key = %s", [self._key])

    def _locked(self, cursor: Any) -> tuple[list[str], int]:
        cursor.execute(FIND, [self._key])
        row = cursor.fetchone()
        if row is None:
            cursor.execute(
                "insert into companies_allowance (key, state) values (%s, '[]') on conflict do nothing", [self._key]
            )
            cursor.execute(FIND, [self._key])
            row = cursor.fetchone()
        return _values(row[0]), int(row[1])


def _values(state: Any) -> list[str]:
    return list(json.loads(state) if isinstance(state, str) else state)


def shared_meter(account: str, requests: int, seconds: float = MINUTE) -> RateLimit:
    """Return the rate limit of an account, shared by all workers on this database.

    `requests` in `seconds` applies until any process has learned the account's real allowance. Only a digest of the account's
    name is stored, because the name may contain a secret.
    """
    key = hashlib.sha256(account.encode()).hexdigest()
    with _lock:
        if key in _meters:
            return _meters[key]
    store = SharedStore(key)  # outside the lock: a waiting thread may hold the last connection to the database
    state = store.read(SlidingWindow(), [])
    made = RateLimit(store, limit_of(state) or requests, seconds, before_wait=give_connection_back)
    with _lock:
        if len(_meters) >= MOST_KEPT:
            _meters.clear()
        return _meters.setdefault(key, made)


def forget_all() -> None:
    """Forget what this process knows of every account. For tests, which empty the table."""
    with _lock:
        _meters.clear()
