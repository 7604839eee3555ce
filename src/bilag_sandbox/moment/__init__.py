"""A stand-in for Moment: an HTTP server with a year of an architects' firm, drafts to finalise, and webhooks.

It follows `moment.openapi.yaml` strictly. `docs/sandbox-moment.md` describes its use and the faults it can inject.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from bilag_sandbox.common import Clock, DataInUse, DataUnreadable, PortTaken, serve
from bilag_sandbox.common.fault_board import FaultyApp
from bilag_sandbox.moment.api import moment_app
from bilag_sandbox.moment.company import Company
from bilag_sandbox.moment.loading import MODES, fill, mode_from, was_filled
from bilag_sandbox.moment.settings import API_KEY, COMPANY_ID, WEBHOOK_KINDS
from bilag_sandbox.sample import architects_year, norwegian

DEFAULT_PORT = 8101


def app(
    *,
    data: Path | None = None,
    sample: str = "year",
    webhook: str | None = None,
    company_id: str | None = None,
    api_key: str | None = None,
    last_day: date | None = None,
    seed: int = 1,
    clock: Clock | None = None,
) -> FaultyApp:
    """Return Moment as an ASGI application, to be served once with `common.running` or `common.serve`.

    Without `data` everything is in memory. `sample` (year, drafts, finalized, none) fills a company never filled
    before; `last_day` (default today) and `seed` determine the year. `webhook` is the URL for all three kinds. Options
    given here replace stored ones. Raises ValueError for invalid options, `DataInUse` and `DataUnreadable`.
    """
    mode = mode_from(sample)
    company = Company.open(data, clock)
    try:
        given = {"companyId": company_id, "apiKey": api_key}
        company.settings.change({name: value for name, value in given.items() if value is not None})
        if webhook is not None:
            company.webhooks.settings.change(dict.fromkeys(WEBHOOK_KINDS, webhook))
        if not was_filled(company):
            year = (
                architects_year(last_day or norwegian(company.records.now()).date(), seed) if mode != "none" else None
            )
            fill(company, year, mode)
    except Exception:
        company.store.close()
        raise
    return moment_app(company)


def run(
    port: int = DEFAULT_PORT,
    data: Path | None = None,
    *,
    sample: str = "year",
    webhook: str | None = None,
    company_id: str | None = None,
    api_key: str | None = None,
    last_day: date | None = None,
    seed: int = 1,
    started: Callable[[str], None] | None = None,
) -> None:
    """Serve Moment until SIGINT or SIGTERM. Port 0 takes any free one; `started` gets the base address (without /api).

    Raises `PortTaken`, and what `app` raises, before anything is served.
    """
    application = app(
        data=data,
        sample=sample,
        webhook=webhook,
        company_id=company_id,
        api_key=api_key,
        last_day=last_day,
        seed=seed,
    )
    serve(application, port=port, started=started)


__all__ = [
    "API_KEY",
    "COMPANY_ID",
    "DEFAULT_PORT",
    "MODES",
    "DataInUse",
    "DataUnreadable",
    "PortTaken",
    "app",
    "run",
]
