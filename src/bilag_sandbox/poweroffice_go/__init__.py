"""A stand-in for PowerOffice Go's API v2: an HTTP server with a double-entry ledger behind it.

It follows the published OpenAPI file strictly. `docs/sandbox-poweroffice-go.md` describes its use and the faults it can inject.
"""

from collections.abc import Callable
from pathlib import Path

from bilag_sandbox.common import Clock, DataInUse, DataUnreadable, PortTaken, serve
from bilag_sandbox.common.fault_board import FaultyApp
from bilag_sandbox.poweroffice_go.api import BASE, TOKEN, go_app
from bilag_sandbox.poweroffice_go.defaults import (
    APPLICATION_KEY,
    CLIENT,
    CLIENT_ID,
    CLIENT_KEY,
    OTHER_CLIENT,
    OTHER_CLIENT_KEY,
    SUBSCRIPTION_KEY,
)
from bilag_sandbox.poweroffice_go.go import Go

DEFAULT_PORT = 8140


def app(
    *,
    data: Path | None = None,
    token_seconds: int | None = None,
    requests_per_second: int | None = None,
    clock: Clock | None = None,
) -> FaultyApp:
    """Return the stand-in as an ASGI application, to be served once with `common.running` or `common.serve`.

    Without `data` everything is in memory. Raises `DataInUse` and `DataUnreadable`.
    """
    return go_app(Go.open(data, clock, tokenSeconds=token_seconds, requestsPerSecond=requests_per_second))


def run(
    port: int = DEFAULT_PORT,
    data: Path | None = None,
    *,
    token_seconds: int | None = None,
    requests_per_second: int | None = None,
    started: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM. Port 0 takes any free one; `started` gets the base address, without /v2.

    Raises `PortTaken`, `DataInUse` and `DataUnreadable` before anything is served.
    """
    application = app(data=data, token_seconds=token_seconds, requests_per_second=requests_per_second)
    serve(application, port=port, started=started)


__all__ = [
    "APPLICATION_KEY",
    "BASE",
    "CLIENT",
    "CLIENT_ID",
    "CLIENT_KEY",
    "DEFAULT_PORT",
    "OTHER_CLIENT",
    "OTHER_CLIENT_KEY",
    "SUBSCRIPTION_KEY",
    "TOKEN",
    "DataInUse",
    "DataUnreadable",
    "PortTaken",
    "app",
    "run",
]
