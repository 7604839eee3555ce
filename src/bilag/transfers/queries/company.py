"""A company for programs: its setup and its standing, as the command line and the API give them."""

from typing import Any

from bilag.companies import store
from bilag.companies.models import Company
from bilag.companies.setup import Setup
from bilag.companies.showing import shown_settings
from bilag.jobs import health
from bilag.messages import problem_json
from bilag.transfers.queries import transfers


def live_as_json(setup: Setup, language: str = "en") -> dict[str, Any]:
    """Whether it is live, and the problem that it is paused for."""
    return {
        "live": setup.live,
        "paused": problem_json.problem_as_json(setup.paused, language) if setup.paused else None,
    }


def company_as_json(setup: Setup, language: str = "en", *, webhook: bool = True) -> dict[str, Any]:
    """The company and its setup; secrets only as given. `webhook`: with the address, which is a secret by itself."""
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
    """The address that Moment's webhooks are to be sent to."""
    return store.webhook_url(Company.objects.get(pk=setup.company_id))


def status_as_json(setup: Setup, language: str = "en") -> dict[str, Any]:
    """Is all well? Transfers by kind and state."""
    return {
        "company": setup.slug,
        **live_as_json(setup, language),
        "transfers": transfers.counts(setup.company_id),
        "workerAlive": health.worker_alive(),
    }
