"""A stand-in for PowerOffice Go's API v2: an HTTP server with a double-entry ledger behind it.

It follows the published OpenAPI file strictly. `docs/sandbox-poweroffice-go.md` describes its use and the faults it can inject.
"""

from collections.abc import Callable
from pathlib import Path

from bilag_sandbox.common import Clock, DataInUse, DataUnreadable, PortTaken, serve
from bilag_sandbox.common.fault_board import FaultyApp
from bilag_sandbox.hub.loading import digest_of
from bilag_sandbox.hub.saft import SaftError, read_saft
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
from bilag_sandbox.poweroffice_go.loading import load_saft

DEFAULT_PORT = 8140
MAX_REPORTED = 20


def app(
    *,
    data: Path | None = None,
    saft: Path | None = None,
    token_seconds: int | None = None,
    requests_per_second: int | None = None,
    report: Callable[[str], None] | None = None,
    clock: Clock | None = None,
) -> FaultyApp:
    """Return the stand-in as an ASGI application, to be served once with `common.running` or `common.serve`.

    Without `data` everything is in memory. The master data of a `saft` file become those of the first client; `report` is called
    with sentences about what was loaded. Raises `SaftError` before anything is stored, `DataInUse` and `DataUnreadable`.
    """
    books = None if saft is None else read_saft(saft)
    go = Go.open(data, clock, tokenSeconds=token_seconds, requestsPerSecond=requests_per_second)
    if saft is not None and books is not None:
        left_out = load_saft(go, go.client(CLIENT), books, digest_of(saft))
        if report is not None:
            report(
                f"{books.company_name} is client {CLIENT}: {len(books.accounts)} accounts, {len(books.vat_codes)} VAT codes, "
                f"{len(books.customers)} customers, {len(books.suppliers)} suppliers"
            )
            for sentence in left_out[:MAX_REPORTED]:
                report(sentence)
    return go_app(go)


def run(
    port: int = DEFAULT_PORT,
    data: Path | None = None,
    saft: Path | None = None,
    *,
    token_seconds: int | None = None,
    requests_per_second: int | None = None,
    started: Callable[[str], None] | None = None,
    report: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM. Port 0 takes any free one; `started` gets the base address, without /v2.

    Raises `PortTaken`, `SaftError`, `DataInUse` and `DataUnreadable` before anything is served.
    """
    application = app(
        data=data, saft=saft, token_seconds=token_seconds, requests_per_second=requests_per_second, report=report
    )
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
    "SaftError",
    "app",
    "run",
]
