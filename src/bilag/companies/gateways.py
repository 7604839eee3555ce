"""The clients of a company's Moment and accounting platform, opened once for each version of its setup."""

import threading
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import timezone

from bilag.companies import allowances, store, unfinished, who
from bilag.companies.allowances import shared_meter
from bilag.companies.models import KEPT_AFTER_LEAVING, Ledger
from bilag.companies.secrets import opened
from bilag.companies.settings import Section
from bilag.companies.setup import Setup, platform_values
from bilag.moment.client import MomentClient
from bilag.platforms.base import AccountingPlatform, Connection
from bilag.platforms.installation import installation_values
from bilag.platforms.registry import platform_kinds
from bilag.posting.dimensions import Dimensions
from bilag.wire.errors import Misconfigured

READ_SECONDS = 30.0
SHORTEST_READ_SECONDS = 5.0

_lock = threading.Lock()
_open: dict[tuple[str, int], tuple[int, Any]] = {}
_former: dict[int, AccountingPlatform] = {}
"""Platforms of former ledgers, by the ledger's id."""


def moment_for(setup: Setup) -> MomentClient:
    """Return the client of the company's Moment. Raises `Misconfigured` when the connection is not entered yet."""
    return _opened("moment", setup, lambda: open_moment(setup))  # type: ignore[no-any-return]


def platform_for(setup: Setup) -> AccountingPlatform:
    """Return the company's accounting platform. Raises `Misconfigured` when the connection is not entered yet."""
    return _opened("platform", setup, lambda: open_platform(setup))  # type: ignore[no-any-return]


def platform_of(ledger: Ledger) -> AccountingPlatform | None:
    """Return the platform of a ledger that a company has left; None when its access is no longer kept."""
    if not ledger.secrets or ledger.left_at is None or timezone.now() - ledger.left_at > KEPT_AFTER_LEAVING:
        return None
    kept: AccountingPlatform | None = _former.get(ledger.pk)
    if kept is not None:
        return kept
    dimensions = ledger.settings.get(Section.DIMENSIONS, {})
    kind = platform_kinds()[ledger.platform_kind]
    made = kind.open(
        Connection(
            values=platform_values(ledger.platform_kind, ledger.settings, opened(ledger.secrets)),
            dimensions=Dimensions(project=dimensions.get("project"), department=dimensions.get("department")),
            time_scale=float(settings.BILAG_TIME_SCALE),
            rate_limits=shared_meter,
            installation=installation_values(kind),
        )
    )
    with _lock:
        return _former.setdefault(ledger.pk, made)


def open_moment(setup: Setup) -> MomentClient:
    """Open a client for a setup that is not saved. The caller closes it. Raises as `moment_for`."""
    _refuse_empty(setup, Section.MOMENT)
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
    """Open a platform for a setup that is not saved. Raises as `platform_for`."""
    _refuse_empty(setup, Section.PLATFORM)
    kind = platform_kinds()[setup.platform_kind]
    connection = Connection(
        values=setup.platform,
        dimensions=setup.dimensions,
        time_scale=float(settings.BILAG_TIME_SCALE),
        rate_limits=shared_meter,
        installation=installation_values(kind),
    )
    return kind.open(connection)


def _refuse_empty(setup: Setup, connection: Section) -> None:
    if connection in unfinished.empty_of(setup):
        raise Misconfigured([unfinished.problem_of(connection, setup.platform_kind)])


def _opened(what: str, setup: Setup, opener: Callable[[], Any]) -> Any:
    """Return the open client of this version; open it if needed. A client of an older version closes when nobody uses it any
    more.

    It is opened outside the lock, because opening may use the database, and threads waiting for the lock may hold every
    connection.
    """
    with _lock:
        version, kept = _open.get((what, setup.company_id), (0, None))
    if version == setup.version and kept is not None:
        return kept
    made = opener()
    with _lock:
        version, kept = _open.get((what, setup.company_id), (0, None))
        if version != setup.version or kept is None:
            kept = made
            _open[what, setup.company_id] = (setup.version, kept)
    return kept


def forget_all() -> None:
    """Forget every open client, kept setup and rate limit. For tests, in which company ids recur."""
    with _lock:
        _open.clear()
        _former.clear()
    store.forget_kept()
    who.forget_judged()
    allowances.forget_all()
