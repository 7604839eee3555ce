"""Backoff: growing pauses between tries, from seconds to an hour, for three days; then a person must act."""

from datetime import timedelta
from random import SystemRandom

from django.conf import settings

PAUSES = (2, 5, 15, 45, 120, 300, 600, 1200, 2400, 3600)
"""Seconds. The last one is repeated."""
GIVE_UP_AFTER = timedelta(days=3)
DOUBT = timedelta(seconds=60)
"""After a lost answer the request may still be running for so long (contracts/azets-hub.md, section 3)."""
LOOK_AGAIN = timedelta(seconds=3)
"""Between two look-ups of a voucher that is being posted, or that cannot be read back yet."""
WAITED_SHARE = 8
"""Something that is still in progress is looked at again after this fraction of the time it has taken so far."""
PROBE_PAUSES = (60, 300, 900, 3600)
"""Seconds between two checks of a paused company. The last one is repeated: a wrong password is not tried often."""

_random = SystemRandom()


def scaled(time: timedelta) -> timedelta:
    """Return `time` multiplied by BILAG_TIME_SCALE."""
    return time * float(settings.BILAG_TIME_SCALE)


def pause_after(failures: int, retry_after: int | None = None) -> timedelta:
    """Return the pause after so many failures in a row (1 = the first), at least `retry_after` seconds.

    Jitter of up to a quarter keeps transfers that failed together from coming back together.
    """
    pause = scaled(timedelta(seconds=PAUSES[min(failures, len(PAUSES)) - 1]))
    if retry_after is not None:
        pause = max(pause, timedelta(seconds=retry_after))
    return pause * _random.uniform(1.0, 1.25)


def patient_pause(least: timedelta, waited: timedelta) -> timedelta:
    """Return the pause of something that is in progress and has not failed, such as a rate limit or a voucher being posted.

    At least `least` and an eighth of the time `waited` so far, at most the longest pause.
    """
    return max(least, min(waited / WAITED_SHARE, scaled(timedelta(seconds=PAUSES[-1]))))


def asked_pause(seconds: int) -> timedelta:
    """Return the pause that a rate limit requests, plus jitter of up to a quarter."""
    return timedelta(seconds=max(1, seconds)) * _random.uniform(1.0, 1.25)


def probe_pause(probes: int) -> timedelta:
    """Return the pause before the next check of a paused company, after so many checks."""
    return scaled(timedelta(seconds=PROBE_PAUSES[min(probes, len(PROBE_PAUSES) - 1)]))
