"""A stand-in for the Azets integration hub: an HTTP server with a double-entry ledger behind it.

It follows `azets-hub.openapi.yaml` strictly. `docs/sandbox-hub.md` describes its use and the faults it can inject.
"""

from collections.abc import Callable
from pathlib import Path

from bilag_sandbox.common import Clock, DataInUse, DataUnreadable, PortTaken, serve
from bilag_sandbox.common.fault_board import FaultyApp
from bilag_sandbox.hub.api import hub_app
from bilag_sandbox.hub.books import load_client
from bilag_sandbox.hub.defaults import API_KEY, PARENT, PASSWORD, POWEROFFICE_CLIENT, USERNAME, VISMA_CLIENT
from bilag_sandbox.hub.history import post_sample
from bilag_sandbox.hub.hub import Hub
from bilag_sandbox.hub.loading import digest_of, load_saft
from bilag_sandbox.hub.saft import SaftBooks, SaftError, read_saft
from bilag_sandbox.hub.saft_journal import post_journal

DEFAULT_PORT = 8130
MAX_REPORTED = 20


def app(
    *,
    data: Path | None = None,
    saft: Path | None = None,
    saft_client: str = VISMA_CLIENT,
    saft_journal: bool = False,
    history: int | None = None,
    token_seconds: int | None = None,
    requests_per_minute: int | None = None,
    report: Callable[[str], None] | None = None,
    clock: Clock | None = None,
) -> FaultyApp:
    """Return the hub as an ASGI application, to be served once with `common.running` or `common.serve`.

    Without `data` everything is in memory. `saft_journal` also posts the file's transactions. `history` posts the sample year as
    another integration did, by this seed. `report` is called with sentences about what was loaded. Raises `SaftError` before
    anything is stored, `DataInUse` and `DataUnreadable`.
    """
    books = None if saft is None else read_saft(saft)
    hub = Hub.open(data, clock, tokenSeconds=token_seconds, requestsPerMinute=requests_per_minute)
    if saft is not None and books is not None and load_saft(hub, saft_client, books, digest_of(saft)):
        _report_master_data(books, saft_client, report)
        if saft_journal:
            _post_journal(hub, saft_client, saft, report)
    if history is not None:
        _post_sample(hub, history, report)
    return hub_app(hub)


def _post_sample(hub: Hub, seed: int, report: Callable[[str], None] | None) -> None:
    posted = post_sample(hub, VISMA_CLIENT, seed)
    if posted is not None and report is not None:
        made = ", ".join(f"{kind} {number}" for kind, number in posted.mistakes) or "none"
        report(f"{posted.invoices} invoices of the sample year are posted by another integration; its mistakes: {made}")


def _post_journal(hub: Hub, number: str, saft: Path, report: Callable[[str], None] | None) -> None:
    client = load_client(hub.store, number)
    if client is None:
        raise LookupError(f"client {number} does not exist")
    posted, left_out = post_journal(hub.books(client), saft)
    if report is not None:
        report(f"{posted} transactions of the file are posted")
        for sentence in left_out[:MAX_REPORTED]:
            report(sentence)


def _report_master_data(books: SaftBooks, client: str, report: Callable[[str], None] | None) -> None:
    if report is not None:
        report(
            f"{books.company_name} is client {client}: {len(books.accounts)} accounts, {len(books.vat_codes)} VAT codes, "
            f"{len(books.customers)} customers, {len(books.suppliers)} suppliers"
        )
        for sentence in books.left_out:
            report(sentence)


def run(
    port: int = DEFAULT_PORT,
    data: Path | None = None,
    saft: Path | None = None,
    *,
    saft_client: str = VISMA_CLIENT,
    saft_journal: bool = False,
    history: int | None = None,
    token_seconds: int | None = None,
    requests_per_minute: int | None = None,
    started: Callable[[str], None] | None = None,
    report: Callable[[str], None] | None = None,
) -> None:
    """Serve the hub until SIGINT or SIGTERM. Port 0 takes any free one; `started` gets the base address (with /v1).

    Raises `PortTaken`, `SaftError`, `DataInUse` and `DataUnreadable` before anything is served.
    """
    application = app(
        data=data,
        saft=saft,
        saft_client=saft_client,
        saft_journal=saft_journal,
        history=history,
        token_seconds=token_seconds,
        requests_per_minute=requests_per_minute,
        report=report,
    )
    serve(application, port=port, started=None if started is None else lambda url: started(f"{url}/v1"))


__all__ = [
    "API_KEY",
    "DEFAULT_PORT",
    "PARENT",
    "PASSWORD",
    "POWEROFFICE_CLIENT",
    "USERNAME",
    "VISMA_CLIENT",
    "DataInUse",
    "DataUnreadable",
    "PortTaken",
    "SaftError",
    "app",
    "run",
]
