"""The partitions of `transfers_attempt`: one for each month in Oslo by `began_at`, and a default partition.

Attempts are most of what Bilag stores. Retention drops whole months, which costs nothing; a transfer's attempts are read from
the months since it was received (`Attempt.objects.of`). An attempt whose month is missing goes to `transfers_attempt_other`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

import structlog
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction

from bilag.posting.selection import OSLO

log = structlog.get_logger(__name__)
AHEAD = 2
"""Months after the present one."""
LOCK_SECONDS = 5
"""Adding or dropping a month blocks the table for a moment, and waits this long for the lock."""
OTHER = "transfers_attempt_other"
PARTITIONS = """
select child.relname from pg_inherits join pg_class child on child.oid = inhrelid
where inhparent = 'transfers_attempt'::regclass order by 1
"""
NAME = re.compile(r"transfers_attempt_(\d{4})_(\d\d)")


class InUse(Exception):
    """The month cannot be dropped now."""


def existing() -> list[date]:
    """Return the first days of the months that there are, in order."""
    with connection.cursor() as cursor:
        cursor.execute(PARTITIONS)
        found = [NAME.fullmatch(name) for (name,) in cursor.fetchall()]
    return [date(int(one[1]), int(one[2]), 1) for one in found if one is not None]


def missing(today: date) -> list[date]:
    """Return the first days of the present month and those ahead, as far as they are missing."""
    wanted = [_later(today.replace(day=1), count) for count in range(AHEAD + 1)]
    return sorted(set(wanted) - set(existing()))


def add_coming(today: date) -> list[date]:
    """Add the missing partitions of the present month and the coming ones; return those that were added.

    Attempts of such a month move there from `transfers_attempt_other`. A lock that another process holds for too long is logged
    and stops nothing else.
    """
    added = []
    for month in missing(today):
        try:
            with _exclusive() as cursor:
                cursor.execute("select bilag_add_attempt_month(%s)", [month])
        except (OperationalError, ProgrammingError) as error:
            log.warning("attempts.month_not_added", month=f"{month:%Y-%m}", reason=str(error).partition("\n")[0])
        else:
            added.append(month)
    return added


def ended_by(until: datetime) -> list[date]:
    """Return the first days of the months that ended by then, in order."""
    return [month for month in existing() if datetime.combine(_later(month, 1), time(), OSLO) <= until]


def drop(month: date) -> dict[int, int]:
    """Drop a month, and return how many attempts of each company it had. In a transaction.

    Raises `InUse`, with nothing dropped, if one of them has not ended, another process uses the month, or the month is younger than
    five years by the database's clock.
    """
    try:
        with _exclusive() as cursor:
            cursor.execute("select company, attempts from bilag_drop_attempt_month(%s)", [month])
            return dict(cursor.fetchall())
    except (OperationalError, ProgrammingError, IntegrityError) as error:
        raise InUse(str(error).partition("\n")[0]) from error


@contextmanager
def _exclusive() -> Iterator[Any]:
    """A transaction that waits for no lock for longer than `LOCK_SECONDS`."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('lock_timeout', %s, true)", [f"{LOCK_SECONDS}s"])
        yield cursor
        cursor.execute("select set_config('lock_timeout', '0', true)")


def _later(month: date, count: int) -> date:
    years, place = divmod(month.month - 1 + count, 12)
    return date(month.year + years, place + 1, 1)
