"""Allowances that all workers share: one row of PostgreSQL for each account at another system."""

import hashlib
import json
import threading
from typing import Any

from django.db import connection, transaction
from pyrate_limiter import Decision, Rate, StateAlgorithm, StateStore
from pyrate_limiter.abstracts.algorithm import State

from bilag.wire.rate_limit import RateLimit

MOST_KEPT = 10_000
FIND = """
select state, (extract(epoch from now()) * 1000)::bigint from companies_allowance where key = %s for update
"""
_meters: dict[str, RateLimit] = {}
_lock = threading.Lock()


class SharedStore(StateStore):
    """A limiter's state in the database, by the database's clock.

    pyrate-limiter's own PostgreSQL bucket makes a table for each account and locks it whole; this locks one row.
    """

    def __init__(self, key: str) -> None:
        self._key = key

    def check(self, algorithm: StateAlgorithm, rates: list[Rate], now: int, weight: int) -> Decision:
        """What the algorithm decides, and its new state kept; one worker at a time."""
        with transaction.atomic(), connection.cursor() as cursor:
            kept, now = self._found(cursor)
            state = algorithm.initial(rates) if len(kept) != len(rates) else algorithm.decode(kept)
            state, decision = algorithm.step(rates, state, now, weight)
            if decision.allowed:
                values = json.dumps([str(value) for value in state])
                cursor.execute("update companies_allowance set state = %s where key = %s", [values, self._key])
            return decision

    def read(self, algorithm: StateAlgorithm, rates: list[Rate]) -> State:
        """The state as it is kept."""
        with connection.cursor() as cursor:
            cursor.execute("select state from companies_allowance where key = %s", [self._key])
            row = cursor.fetchone()
        return algorithm.decode(_values(row[0])) if row else algorithm.initial(rates)

    def reset(self) -> None:
        """As if nothing had been used."""
        with connection.cursor() as cursor:
            cursor.execute("delete from companies_allowance where key = %s", [self._key])

    def _found(self, cursor: Any) -> tuple[list[str], int]:
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


def shared_meter(account: str, per_minute: int) -> RateLimit:
    """The meter of an account that all workers on this database share. The name may hold a secret: its digest is kept."""
    key = hashlib.sha256(account.encode()).hexdigest()
    with _lock:
        if len(_meters) >= MOST_KEPT:
            _meters.clear()
        return _meters.setdefault(key, RateLimit(SharedStore(key), per_minute))
