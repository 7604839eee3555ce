"""Read the choices of the setup page from both systems: units, accounts, states and users."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.cache import cache

from bilag.companies.gateways import moment_for, platform_for
from bilag.companies.norwegian_order import key_of
from bilag.companies.settings import Section
from bilag.companies.setup import Setup
from bilag.companies.unfinished import empty_of
from bilag.jobs.threads import giving_back
from bilag.moment.client import MomentClient
from bilag.posting.chart import Account, UnitDefinition
from bilag.wire.errors import EdgeError

TIMEOUT_SECONDS = 6.0
CACHE_SECONDS = 60


class System(StrEnum):
    """The two systems that offer choices."""

    MOMENT = "moment"
    ACCOUNTING = "accounting"


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices that both systems offer. A choice is empty when its system did not answer.

    `unreachable` are the systems that did not answer.
    """

    units: dict[int, UnitDefinition] = field(default_factory=dict)
    accounts: tuple[Account, ...] = ()
    project_states: tuple[str, ...] = ()
    customer_states: tuple[str, ...] = ()
    users: tuple[tuple[str, str], ...] = ()
    unreachable: frozenset[System] = frozenset()


def choices_for(setup: Setup | None) -> Choices:
    """Read the choices from both systems in parallel, with a time limit. Cache them per version of the setup."""
    if setup is None:
        return Choices()
    key = f"choices-{setup.company_id}-{setup.version}"
    cached: Choices | None = cache.get(key)
    if cached is not None:
        return cached
    found = _read(setup)
    if not found.unreachable:
        cache.set(key, found, CACHE_SECONDS)
    return found


def _read(setup: Setup) -> Choices:
    """Send the requests to both systems in parallel, and give up on those that take too long.

    A connection that is not entered yet gets no request, and does not count as unreachable.
    """
    requests: dict[str, Callable[[], Any]] = {}
    if Section.PLATFORM not in empty_of(setup):
        requests["chart"] = lambda: platform_for(setup).chart()
    if Section.MOMENT not in empty_of(setup):
        moment = moment_for(setup)
        requests["project_states"] = lambda: tuple(moment.project_states())
        requests["customer_states"] = lambda: tuple(moment.customer_states())
        requests["users"] = lambda: _users(moment)
    if not requests:
        return Choices()
    pool = ThreadPoolExecutor(max_workers=len(requests), thread_name_prefix="choices")
    futures = {name: pool.submit(giving_back(read)) for name, read in requests.items()}
    wait_for(futures.values(), timeout=TIMEOUT_SECONDS)
    pool.shutdown(wait=False, cancel_futures=True)
    answers = {name: _answer(future) for name, future in futures.items()}
    unreachable = {
        System.ACCOUNTING if name == "chart" else System.MOMENT for name, answer in answers.items() if answer is None
    }
    chart = answers.get("chart")
    return Choices(
        units=dict(chart.units) if chart else {},
        accounts=tuple(sorted((one for one in chart.accounts.values() if one.active), key=lambda one: one.number))
        if chart
        else (),
        project_states=answers.get("project_states") or (),
        customer_states=answers.get("customer_states") or (),
        users=answers.get("users") or (),
        unreachable=frozenset(unreachable),
    )


def _answer(future: "Future[Any]") -> Any:
    """Return the answer; None when the system gave none, or not in time."""
    if not future.done():
        return None
    try:
        return future.result()
    except EdgeError:
        return None


def _users(moment: MomentClient) -> tuple[tuple[str, str], ...]:
    """Return the email address and name of each active user in Moment who has an email address, in order of name."""
    users = [one for one in moment.user_accounts() if one.active and one.email]
    lines = [(str(one.email), f"{one.name or one.email} <{one.email}>") for one in users]
    return tuple(sorted(lines, key=lambda line: (key_of(line[1]), line)))
