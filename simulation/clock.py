"""The time of a run: it stands still unless the run moves it, so that a seed gives the same run on any day.

All readers of the time are given this one: Django's `timezone.now`, Procrastinate, the hub's client, both sandboxes, and
`now()` in PostgreSQL (a schema before `pg_catalog` in the search path). Bilag's clock can jump, as a machine's is corrected;
the sandboxes are other machines, whose clocks do not.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from unittest.mock import patch

import circuitbreaker

from bilag_sandbox import common

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TICK = timedelta(milliseconds=1)
"""Each reading moves the clock by so much, so that what happens later bears a later time."""
SQL = """
create schema if not exists simulation;
create table if not exists simulation.clock (at timestamptz not null);
create or replace function simulation.now() returns timestamptz language sql stable
as 'select at from simulation.clock';
delete from simulation.clock;
insert into simulation.clock values (%s);
"""


class Clock:
    """Bilag's wall clock, true seconds, and the wall clock of others."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Back to the beginning of all runs."""
        self.wall, self.seconds, self.read_by_others = START, 0.0, 0

    def now(self) -> datetime:
        """The wall clock's time, a tick later than at the reading before."""
        self.wall += TICK
        return self.wall

    def others(self) -> datetime:
        """The time on other machines, a tick later than at the reading before."""
        self.read_by_others += 1
        return START + timedelta(seconds=self.seconds) + self.read_by_others * TICK

    def pass_time(self, time: timedelta) -> None:
        """Let time go by."""
        self.wall += time
        self.seconds += time.total_seconds()

    def jump(self, time: timedelta) -> None:
        """Set Bilag's clock forward or back, as a machine's clock is corrected: no time goes by."""
        self.wall += time

    def tell_database(self) -> None:
        """Let `now()` in PostgreSQL be this clock's time."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("update simulation.clock set at = %s", [self.wall])


CLOCK = Clock()


class _Time:
    """Stands in for the module `time` where waiting is measured."""

    @staticmethod
    def monotonic() -> float:
        return CLOCK.seconds

    @staticmethod
    def sleep(seconds: float) -> None:
        CLOCK.pass_time(timedelta(seconds=seconds))
        CLOCK.tell_database()


class SandboxClock(common.Clock):
    """The run's time on the machines of the sandboxes."""

    def now(self) -> datetime:
        return CLOCK.others()

    def time(self) -> float:
        return CLOCK.others().timestamp()

    def monotonic(self) -> float:
        return CLOCK.seconds


class _Datetime(datetime):
    """`datetime` whose `now` is the run's."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return CLOCK.now().astimezone(tz)


@contextmanager
def ruling() -> Iterator[Clock]:
    """While the block runs, everything lives by the clock."""
    from django.utils import timezone
    from procrastinate import utils

    from bilag.platforms.azets import platform, tokens
    from bilag.wire import http, rate_limit, recording

    CLOCK.reset()
    with ExitStack() as stack:
        for module in (rate_limit, platform, tokens):
            stack.enter_context(patch.object(module, "time", _Time))
        for other in (http, recording):
            stack.enter_context(patch.object(other, "datetime", _Datetime))
        stack.enter_context(patch.object(circuitbreaker, "monotonic", _Time.monotonic))
        stack.enter_context(patch.object(timezone, "now", CLOCK.now))
        stack.enter_context(patch.object(utils, "utcnow", CLOCK.now))
        yield CLOCK
