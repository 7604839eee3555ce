"""The time of a run. Only the run advances it, so that a seed gives the same run on any day.

Everything that reads the time gets this clock: Django's `timezone.now`, Procrastinate, the hub's client, leases, the
sandboxes, and `now()` and `clock_timestamp()` in PostgreSQL (a schema before `pg_catalog` in the search path). Bilag's
clock may jump, as when a machine's clock is corrected. The sandboxes are other machines, whose clocks do not jump.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from unittest.mock import patch

import circuitbreaker
from django.db import connection
from django.utils import timezone
from procrastinate import utils

from bilag.companies import check
from bilag.jobs import lease
from bilag.platforms.azets import platform
from bilag.wire import access_tokens, http, rate_limit, recording
from bilag_sandbox import common

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TICK = timedelta(milliseconds=1)
"""Each reading advances the clock by this much, so that later events have later times."""
SQL = """
create schema if not exists simulation;
create table if not exists simulation.clock (at timestamptz not null);
create or replace function simulation.now() returns timestamptz language sql stable
as 'select at from simulation.clock';
create or replace function simulation.clock_timestamp() returns timestamptz language sql stable
as 'select at from simulation.clock';
delete from simulation.clock;
insert into simulation.clock values (%s);
"""


class Clock:
    """Bilag's wall clock, the seconds truly passed, and other machines' wall clock."""

    asleep: Callable[[float], object] | None = None
    """In a forked worker: lets the run, whose clock counts, pass the time."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Return to the start time of every run."""
        self.wall, self.seconds, self.read_by_others = START, 0.0, 0

    def now(self) -> datetime:
        """Return Bilag's time, a tick after the previous reading."""
        self.wall += TICK
        return self.wall

    def others_now(self) -> datetime:
        """Return the time on other machines, a tick after the previous reading."""
        self.read_by_others += 1
        return START + timedelta(seconds=self.seconds) + self.read_by_others * TICK

    def pass_time(self, time: timedelta) -> None:
        """Let time pass."""
        self.wall += time
        self.seconds += time.total_seconds()

    def jump(self, time: timedelta) -> None:
        """Correct Bilag's clock forward or back; no time passes."""
        self.wall += time

    def sync_database(self) -> None:
        """Set PostgreSQL's `now()` to this clock's time."""
        with connection.cursor() as cursor:
            cursor.execute("update simulation.clock set at = %s", [self.wall])


CLOCK = Clock()


class RunTime:
    """Replaces the module `time` where waiting is measured."""

    @staticmethod
    def monotonic() -> float:
        return CLOCK.seconds

    @staticmethod
    def clock_gettime(_clock: int) -> float:
        return CLOCK.seconds

    @staticmethod
    def sleep(seconds: float) -> None:
        if CLOCK.asleep is not None:
            CLOCK.asleep(seconds)
        else:
            CLOCK.pass_time(timedelta(seconds=seconds))
            CLOCK.sync_database()


class SandboxClock(common.Clock):
    """The time on the machines of the sandboxes."""

    def now(self) -> datetime:
        return CLOCK.others_now()

    def time(self) -> float:
        return CLOCK.others_now().timestamp()

    def monotonic(self) -> float:
        return CLOCK.seconds


class RunDatetime(datetime):
    """A `datetime` whose `now` is the run's."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return CLOCK.now().astimezone(tz)


@contextmanager
def patched_time() -> Iterator[Clock]:
    """Make everything use this clock while the block runs."""
    CLOCK.reset()
    with ExitStack() as stack:
        for module in (rate_limit, platform, access_tokens, lease):
            stack.enter_context(patch.object(module, "time", RunTime))
        for other in (http, recording, check):
            stack.enter_context(patch.object(other, "datetime", RunDatetime))
        stack.enter_context(patch.object(circuitbreaker, "monotonic", RunTime.monotonic))
        stack.enter_context(patch.object(timezone, "now", CLOCK.now))
        stack.enter_context(patch.object(utils, "utcnow", CLOCK.now))
        for name in ("FIRST_PAUSE", "LONGEST_PAUSE"):  # each look at a lease is a point
            stack.enter_context(patch.object(lease, name, 5.0))
        yield CLOCK
