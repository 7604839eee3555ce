"""Mutual exclusion between workers: a PostgreSQL advisory lock, released when its connection ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection

NAMESPACES = {
    "transfer": 0x42494C41 << 24,
    "expenses": 0x42494C45 << 24,
    "reconciliation": 0x42494C52 << 24,
    "accrued": 0x42494C50 << 24,
    "export": 0x42494C58 << 24,
}
"""Keeps Bilag's lock numbers apart from others' in the same database ("BILA", "BILE", "BILR", "BILP", "BILX")."""
LONGEST_WAIT = "90s"


class Busy(Exception):
    """Another worker holds the lock."""


@contextmanager
def held(what: str, number: int, *, wait: bool = False) -> Iterator[None]:
    """Hold the lock of a `NAMESPACES` entry and a number. Raises `Busy` when another worker holds it: at once, or with `wait`
    after `LONGEST_WAIT`.

    The lock belongs to the database session: a worker that is killed releases it.
    """
    key = NAMESPACES[what] + number
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("select set_config('lock_timeout', %s, false)", [LONGEST_WAIT])
            try:
                cursor.execute("select pg_advisory_lock(%s)", [key])
            except OperationalError as error:
                raise Busy from error
            finally:
                cursor.execute("select set_config('lock_timeout', '0', false)")
        else:
            cursor.execute("select pg_try_advisory_lock(%s)", [key])
            if not cursor.fetchone()[0]:
                raise Busy
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [key])
