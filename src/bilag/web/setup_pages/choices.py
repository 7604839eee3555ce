"""What can be chosen on the setup page: units, accounts, states and people, asked of both systems as they are now."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.cache import cache

from bilag.companies.gateways import moment_for, platform_for
from bilag.companies.setup import Setup
from bilag.moment.client import MomentClient
from bilag.posting.chart import Account, UnitDefinition
from bilag.wire.errors import EdgeError

PATIENCE_SECONDS = 6.0
KEPT_SECONDS = 60


class System(StrEnum):
    """The two systems that offer choices."""

    MOMENT = "moment"
    ACCOUNTING = "accounting"


@dataclass(frozen=True, slots=True)
class Choices:
    """What both systems offer. Empty where a system could not be asked: then what is stored stays choosable.

    `silent` are the systems that did not answer.
    """

    units: dict[int, UnitDefinition] = field(default_factory=dict)
    accounts: tuple[Account, ...] = ()
    project_states: tuple[str, ...] = ()
    customer_states: tuple[str, ...] = ()
    users: tuple[tuple[str, str], ...] = ()
    silent: frozenset[System] = frozenset()


def choices_for(setup: Setup | None) -> Choices:
    """Ask both systems at once, for a few seconds at most; kept for a minute for each version of the setup."""
    if setup is None:
        return Choices()
    key = f"choices-{setup.company_id}-{setup.version}"
    kept: Choices | None = cache.get(key)
    if kept is not None:
        return kept
    found = _asked(setup)
    if not found.silent:
        cache.set(key, found, KEPT_SECONDS)
    return found


def _asked(setup: Setup) -> Choices:
    moment = moment_for(setup)
    questions: dict[str, Callable[[], Any]] = {
        "chart": lambda: platform_for(setup).chart(),
        "project_states": lambda: tuple(moment.project_states()),
        "customer_states": lambda: tuple(moment.customer_states()),
        "users": lambda: _users(moment),
    }
    pool = ThreadPoolExecutor(max_workers=len(questions), thread_name_prefix="choices")
    asked = {name: pool.submit(ask) for name, ask in questions.items()}
    wait_for(asked.values(), timeout=PATIENCE_SECONDS)
    pool.shutdown(wait=False, cancel_futures=True)
    answers = {name: _answer(future) for name, future in asked.items()}
    silent = {
        System.ACCOUNTING if name == "chart" else System.MOMENT for name, answer in answers.items() if answer is None
    }
    chart = answers["chart"]
    return Choices(
        units=dict(chart.units) if chart else {},
        accounts=tuple(sorted((one for one in chart.accounts.values() if one.active), key=lambda one: one.number))
        if chart
        else (),
        project_states=answers["project_states"] or (),
        customer_states=answers["customer_states"] or (),
        users=answers["users"] or (),
        silent=frozenset(silent),
    )


def _answer(future: "Future[Any]") -> Any:
    """What was answered; None for a system that did not, or not in time."""
    if not future.done():
        return None
    try:
        return future.result()
    except EdgeError:
        return None


def _users(moment: MomentClient) -> tuple[tuple[str, str], ...]:
    """E-mail address and name of the people in Moment who can be written to."""
    users = [one for one in moment.user_accounts() if one.active and one.email]
    return tuple(sorted((str(one.email), f"{one.name or one.email} <{one.email}>") for one in users))
