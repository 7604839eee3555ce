"""A company's setup and status, as the command line and the API return them."""

from typing import Any

from bilag.companies import store
from bilag.companies.models import Company
from bilag.companies.setup import Setup
from bilag.companies.showing import shown_settings
from bilag.jobs import health
from bilag.messages import problem_json
from bilag.transfers import ledger_ahead
from bilag.transfers.queries import transfers


def live_as_json(setup: Setup, language: str = "en") -> dict[str, Any]:
    """Return whether the company is live, and the problem it is paused for."""
    return {
        "live": setup.live,
        "paused": problem_json.problem_as_json(setup.paused, language) if setup.paused else None,
    }


def company_as_json(setup: Setup, language: str = "en", *, webhook: bool = True) -> dict[str, Any]:
    """Return the company and its setup; of secrets only whether they are saved. `webhook`: include its address, itself a
    secret.
    """
    address = {"webhookUrl": webhook_url(setup)} if webhook else {}
    return {
        "slug": setup.slug,
        "name": setup.name,
        **address,
        "version": setup.version,
        **live_as_json(setup, language),
        "setup": shown_settings(setup.company_id),
    }


def webhook_url(setup: Setup) -> str:
    """Return the address for Moment's webhooks."""
    return store.webhook_url(Company.objects.get(pk=setup.company_id))


def status_as_json(setup: Setup, language: str = "en") -> dict[str, Any]:
    """Return the company's status: live or paused, transfers by kind and state, vouchers that Bilag lacks, whether a worker is
    alive.
    """
    forgotten = ledger_ahead.problem_for(setup)
    return {
        "company": setup.slug,
        **live_as_json(setup, language),
        "transfers": transfers.counts(setup.company_id),
        "ledgerAhead": problem_json.problem_as_json(forgotten, language) if forgotten else None,
        "workerAlive": health.worker_alive(),
    }
