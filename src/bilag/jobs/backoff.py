"""How long to wait before the next try: growing pauses from seconds to an hour, for three days, then a person."""

from datetime import timedelta
from random import SystemRandom

from django.conf import settings

PAUSES = (2, 5, 15, 45, 120, 300, 600, 1200, 2400, 3600)
"""Seconds. The last one is repeated."""
GIVE_UP_AFTER = timedelta(days=3)
DOUBT = timedelta(seconds=60)
"""After a lost answer the call may still be running for so long (contracts/azets-hub.md, section 3)."""
LOOK_AGAIN = timedelta(seconds=3)
"""Between two looks at something that is being posted, or that cannot be read back yet."""
PROBE_PAUSES = (60, 300, 900, 3600)
"""Between two checks of a paused company. The last one is repeated: wrong passwords are not tried often."""

_random = SystemRandom()


def scaled(time: timedelta) -> timedelta:
    """`time` under BILAG_TIME_SCALE."""
    return time * float(settings.BILAG_TIME_SCALE)


def pause_after(failures: int, retry_after: int | None = None) -> timedelta:
    """The pause after so many failures in a row (1 = the first), never shorter than the other side asked for.

    Up to a quarter is added at random, so that what stopped together does not come back together.
    """
    pause = scaled(timedelta(seconds=PAUSES[min(failures, len(PAUSES)) - 1]))
    if retry_after is not None:
        pause = max(pause, timedelta(seconds=retry_after))
    return pause * _random.uniform(1.0, 1.25)


def asked_pause(seconds: int) -> timedelta:
    """The pause until a limit lets us go on: no failure, so it does not grow. Up to a quarter more at random."""
    return timedelta(seconds=max(1, seconds)) * _random.uniform(1.0, 1.25)


def probe_pause(probes: int) -> timedelta:
    """The pause before a paused company is checked again, after so many checks."""
    return scaled(timedelta(seconds=PROBE_PAUSES[min(probes, len(PROBE_PAUSES) - 1)]))
