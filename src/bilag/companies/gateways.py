"""The company's Moment and its accounting platform, opened once for each version of its setup."""

import threading
from typing import Any

from django.conf import settings

from bilag.companies.allowances import shared_meter
from bilag.companies.setup import Setup
from bilag.moment.client import MomentClient
from bilag.platforms.base import AccountingPlatform, Connection
from bilag.platforms.registry import platform_kinds

READ_SECONDS = 30.0
SHORTEST_READ_SECONDS = 5.0

_lock = threading.Lock()
_open: dict[tuple[str, int], tuple[int, Any]] = {}


def moment_for(setup: Setup) -> MomentClient:
    """The client of the company's Moment."""

    with _lock:
        return _kept("moment", setup, lambda: open_moment(setup))  # type: ignore[no-any-return]


def platform_for(setup: Setup) -> AccountingPlatform:
    """The company's accounting platform."""

    with _lock:
        return _kept("platform", setup, lambda: open_platform(setup))  # type: ignore[no-any-return]


def open_moment(setup: Setup) -> MomentClient:
    """A client of its own, for a setup that is not saved; to be closed."""
    access = setup.moment
    timeout = max(SHORTEST_READ_SECONDS, READ_SECONDS * float(settings.BILAG_TIME_SCALE))
    return MomentClient(
        access.base_url,
        access.company_id,
        access.api_key,
        read_timeout=timeout,
        rates_per_hundred=access.rates_per_hundred,
    )


def open_platform(setup: Setup) -> AccountingPlatform:
    """A platform of its own, for a setup that is not saved."""
    connection = Connection(
        values=setup.platform,
        dimensions=setup.dimensions,
        time_scale=float(settings.BILAG_TIME_SCALE),
        rate_limits=shared_meter,
    )
    return platform_kinds()[setup.platform_kind].open(connection)


def _kept(what: str, setup: Setup, opened: Any) -> Any:
    """The one that is open for this version; an older version's is let go of, and closes when nobody uses it."""
    version, kept = _open.get((what, setup.company_id), (0, None))
    if version != setup.version or kept is None:
        kept = opened()
        _open[what, setup.company_id] = (setup.version, kept)
    return kept


def forget_all() -> None:
    """Let go of every open one. For tests, in which company numbers come again."""
    with _lock:
        _open.clear()
