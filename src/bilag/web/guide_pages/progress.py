"""How far a company has come in its guided setup: computed from its setup and its events, never stored.

A step in which a person may choose nothing leaves no trace in the setup, so an event records that it was completed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _

from bilag.companies.check import CheckReport, Name, StepName, StepStatus
from bilag.companies.models import Company
from bilag.companies.settings import Section
from bilag.companies.setup import Setup
from bilag.companies.unfinished import empty_of
from bilag.events.models import Event
from bilag.events.record import EventName, record
from bilag.messages.setting_labels import label_of_setting
from bilag.platforms.registry import platform_kinds
from bilag.rehearsal.models import Rehearsal
from bilag.web.guide_pages.steps import STEPS, GuideStep, StepKey
from bilag.web.setup_pages.filling import plain_label
from bilag.web.setup_pages.loading import language

LIVE_CHECK_KEPT_SECONDS = 24 * 3600
NAMES = (EventName.GUIDE_STEP, EventName.SETUP_CHECKED, EventName.INVOICE_PREVIEWED, EventName.WEBHOOK_FIRST)


class State(StrEnum):
    """How a step stands."""

    DONE = "done"
    PASSED = "passed"
    """Completed without choosing anything, which is allowed."""
    ACTION = "action"
    """A check found a fault in it."""
    TODO = "todo"


@dataclass(frozen=True, slots=True)
class Entry:
    """A step in the list of steps. `missing` names what the step still needs."""

    title: str
    url: str
    state: State
    missing: tuple[str, ...] = ()
    optional: bool = False
    key: StepKey | None = None
    """None: the company's own details."""

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do in the step."""
        return self.state in (State.DONE, State.PASSED)


@dataclass(frozen=True, slots=True)
class Facts:
    """The company's progress outside the setup."""

    passed: frozenset[str]
    checked: Event | None
    """The last full check of this version of the setup."""
    rehearsed: Rehearsal | None
    previewed: Event | None
    first_call: datetime | None
    last_call: datetime | None
    failing: frozenset[str]
    """Steps whose own check failed with this version of the setup."""


@dataclass(frozen=True, slots=True)
class Progress:
    """All steps, and the state of the company."""

    setup: Setup
    facts: Facts
    entries: tuple[Entry, ...]

    @property
    def done(self) -> int:
        """How many steps are finished."""
        return sum(one.finished for one in self.entries)

    @property
    def next(self) -> Entry:
        """The first unfinished step; the last step if none is left."""
        return next((one for one in self.entries if not one.finished), self.entries[-1])

    @property
    def in_the_way(self) -> list[Entry]:
        """The steps without which the company cannot be switched on."""
        return [one for one in self.entries if one.key is not StepKey.ON and not one.finished and is_needed(one)]

    def of(self, key: StepKey) -> Entry:
        """Return a step."""
        return next(one for one in self.entries if one.key is key)


def is_needed(one: Entry) -> bool:
    """Return whether the step's state keeps the company from being switched on."""
    return one.state is State.ACTION or one.key in (StepKey.MOMENT, StepKey.ACCOUNTING, StepKey.NOTIFY)


def progress_of(company: Company, setup: Setup) -> Progress:
    """Read how far the company has come."""
    facts = _facts(company, setup)
    own = Entry(_("Company"), reverse("company", args=[company.slug]) + "#details", State.DONE)
    steps = (_entry(one, company, setup, facts) for one in STEPS)
    return Progress(setup, facts, (own, *steps))


def entries_of_new() -> list[Entry]:
    """Return the steps of a company that does not exist yet."""
    own = Entry(_("Company"), "", State.TODO)
    return [own, *(Entry(str(one.title), "", State.TODO, optional=one.optional, key=one.key) for one in STEPS)]


def pass_step(company_id: int, one: GuideStep, *, origin: str) -> None:
    """Record once that a person went through the step."""
    known = Event.objects.filter(company_id=company_id, name=EventName.GUIDE_STEP, facts__step=one.key.value)
    if not known.exists():
        record(company_id, EventName.GUIDE_STEP, origin=origin, step=one.key.value)


def keep_checked(setup: Setup, report: CheckReport, *, origin: str) -> None:
    """Record the result of a full check of the saved setup."""
    failed = ",".join(_failed(report))
    for one in STEPS:
        if one.checks:
            cache.set(_cache_key(setup, one), not _failed(report) & one.checks, LIVE_CHECK_KEPT_SECONDS)
    record(
        setup.company_id,
        EventName.SETUP_CHECKED,
        origin=origin,
        good=report.ok,
        version=str(setup.version),
        failed=failed,
    )


def keep_live_check(setup: Setup, one: GuideStep, report: CheckReport) -> None:
    """Remember for a day whether a step's own check failed."""
    cache.set(_cache_key(setup, one), not _failed(report), LIVE_CHECK_KEPT_SECONDS)


def _failed(report: CheckReport) -> frozenset[Name]:
    """Return the steps of the check that a person must act on; parties that must be confirmed are one."""
    asks = {StepName.WHO} if report.seen is not None and report.seen.standing.asks else set()
    return frozenset({step.name for step in report.steps if step.status is StepStatus.FAILED} | asks)


def _cache_key(setup: Setup, one: GuideStep) -> str:
    return f"guide-{setup.company_id}-{setup.version}-{one.key.value}"


def _facts(company: Company, setup: Setup) -> Facts:
    events = list(Event.objects.filter(company=company, name__in=NAMES).order_by("at", "id"))
    named: dict[str, list[Event]] = {name: [one for one in events if one.name == name] for name in NAMES}
    version = str(setup.version)
    checks = [one for one in named[EventName.SETUP_CHECKED] if one.facts.get("version") == version]
    kept = cache.get_many([_cache_key(setup, one) for one in STEPS if one.checks])
    first = next(iter(named[EventName.WEBHOOK_FIRST]), None)
    return Facts(
        passed=frozenset(str(one.facts.get("step")) for one in named[EventName.GUIDE_STEP]),
        checked=checks[-1] if checks else None,
        rehearsed=Rehearsal.objects.filter(company=company, ended_at__isnull=False).order_by("-id").first(),
        previewed=next(iter(reversed(named[EventName.INVOICE_PREVIEWED])), None),
        first_call=first.at if first is not None else company.last_hint_at,
        last_call=company.last_hint_at,
        failing=_failing(checks[-1] if checks else None, kept, setup),
    )


def _failing(checked: Event | None, kept: dict[str, bool], setup: Setup) -> frozenset[str]:
    """Return the steps that failed when they were checked last: alone or, where that is not remembered, in the last full check."""
    in_full = set(str(checked.facts.get("failed", "")).split(",")) if checked is not None else set()
    return frozenset(
        one.key.value
        for one in STEPS
        if not kept.get(_cache_key(setup, one), not in_full & {name.value for name in one.checks})
    )


def _entry(one: GuideStep, company: Company, setup: Setup, facts: Facts) -> Entry:
    missing = tuple(_missing(one, setup))
    state = State.TODO if missing else _state(one, setup, facts)
    return Entry(str(one.title), one.url(company.slug), state, missing, one.optional, one.key)


def _state(one: GuideStep, setup: Setup, facts: Facts) -> State:
    """Return the state of a step that has everything required."""
    if one.key in facts.failing or (one.key is StepKey.CHECK and facts.checked is not None and not facts.checked.good):
        return State.ACTION
    done = {
        StepKey.MOMENT: True,
        StepKey.ACCOUNTING: True,
        StepKey.NOTIFY: True,
        StepKey.TRANSFER: one.key in facts.passed or setup.live,
        StepKey.DIMENSIONS: bool(setup.dimensions.project or setup.dimensions.department),
        StepKey.EXPENSES: setup.expenses.enabled,
        StepKey.ACCRUAL: setup.accrual.enabled or setup.accrued_income.enabled,
        StepKey.WEBHOOK: facts.last_call is not None,
        StepKey.CHECK: facts.checked is not None or setup.live,
        StepKey.REHEARSE: facts.rehearsed is not None or facts.previewed is not None,
        StepKey.ON: setup.live,
    }[one.key]
    if done:
        return State.DONE
    return State.PASSED if one.key in facts.passed or (setup.live and one.optional) else State.TODO


def _missing(one: GuideStep, setup: Setup) -> Iterable[str]:
    """Return what must be filled in before the step is done."""
    names: Iterable[str] = ()
    if one.key is StepKey.MOMENT and Section.MOMENT in empty_of(setup):
        names = ("moment.company_id", "moment.api_key")
    elif one.key is StepKey.ACCOUNTING and Section.PLATFORM in empty_of(setup):
        kind = platform_kinds()[setup.platform_kind]
        required = (field.name for field in kind.fields if field.required and not setup.platform.get(field.name))
        names = (f"platform.{kind.name}.{name}" for name in required)
    elif one.key is StepKey.NOTIFY and not setup.notify.recipients:
        return (_("at least one recipient"),)
    return (plain_label(label_of_setting(name, language()) or name) for name in names)
