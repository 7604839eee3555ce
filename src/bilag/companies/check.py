"""Check a setup against both systems: sign-in, client, accounts, VAT codes, units, periods; each problem with its remedy."""

from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bilag.companies import gateways, unfinished
from bilag.companies.settings import Section
from bilag.companies.setup import Setup
from bilag.companies.who import Seen, look
from bilag.messages import class_of
from bilag.messages.fact_values import render_facts
from bilag.moment.client import MomentClient
from bilag.moment.wire import FinancialAccountWire
from bilag.platforms.base import AccountingPlatform, Client, PlatformStep, Said
from bilag.posting.chart import Chart
from bilag.posting.check_groups import account_fault, is_for_purchases, matches_rate, standard_code_of
from bilag.posting.dimensions import unit_value
from bilag.posting.posted import CARRIED
from bilag.posting.problem import Problem
from bilag.posting.selection import OSLO
from bilag.wire.errors import EdgeError, Misconfigured, Unavailable

MOST_PROBLEMS = 50
"""Problems that one step lists."""


class StepStatus(StrEnum):
    """How a step of the check ended."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class StepName(StrEnum):
    """The steps beside those of the accounting platform (`PlatformStep`)."""

    MOMENT = "moment"
    ACCOUNTS = "accounts"
    NUMBERS = "numbers"
    CARRIED = "carried"
    """What of an invoice does not reach accounting; only where there is something."""
    WHO = "who"
    NOTIFIED = "notified"


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """One step of the check and its result."""

    name: StepName | PlatformStep
    status: StepStatus
    detail: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All steps.

    `misconfigured` is the problem for which a live company is paused; `unavailable` says that a system did not answer.
    """

    steps: tuple[CheckedStep, ...]
    misconfigured: Problem | None = None
    unavailable: Problem | None = None
    seen: Seen | None = None
    """Who the three parties are; None if one of the two systems did not say."""

    @property
    def ok(self) -> bool:
        """Whether nothing failed; there may be warnings."""
        return all(step.status is not StepStatus.FAILED for step in self.steps)


Name = StepName | PlatformStep
OF_MOMENT = frozenset((StepName.MOMENT, StepName.ACCOUNTS, StepName.NUMBERS))
OF_ACCOUNTING = frozenset((*PlatformStep, StepName.CARRIED, StepName.WHO, StepName.ACCOUNTS, StepName.NUMBERS))
"""The steps that send requests to each system."""


class Check:
    """Check a setup step by step. `report` has the results so far.

    `moment` and `platform` are None if the connection is not entered yet; a step reports that. Errors of either system become
    failed steps; none is raised.
    """

    def __init__(
        self,
        setup: Setup,
        moment: MomentClient | None,
        platform: AccountingPlatform | None,
        refused: Misconfigured | None = None,
    ) -> None:
        """`refused`: why the platform could not be opened, if it was entered."""
        self.setup, self._moment, self._platform, self._refused = setup, moment, platform, refused
        self._steps: list[CheckedStep] = []
        self._misconfigured: Problem | None = None
        self._unavailable: Problem | None = None
        self._seen: Seen | None = None

    @property
    def report(self) -> CheckReport:
        """All steps so far."""
        return CheckReport(tuple(self._steps), self._misconfigured, self._unavailable, self._seen)

    def run(self, wanted: Collection[Name] | None = None) -> Iterator[CheckedStep]:
        """Yield each step when it is done. `wanted`: only these steps, and any other that fails before them; None: all."""

        def asks(steps: Collection[Name]) -> bool:
            return wanted is None or any(step in wanted for step in steps)

        for step in self._all(asks):
            if wanted is None or step.name in wanted or step.status is StepStatus.FAILED:
                self._steps.append(step)
                yield step

    def _all(self, asks: Callable[[Collection[Name]], bool]) -> Iterator[CheckedStep]:
        moment = (yield from self._ask_moment()) if asks(OF_MOMENT) else None
        client, chart = (yield from self._ask_platform()) if asks(OF_ACCOUNTING) else (None, None)
        # The parties of a setup without Moment are compared as far as they are known.
        if client is not None and asks((StepName.WHO,)) and (moment or not asks(OF_MOMENT)):
            yield self._who(look(self.setup, client))
        if moment is not None and chart is not None:
            if asks((StepName.ACCOUNTS,)):
                yield self._tried(StepName.ACCOUNTS, lambda: _accounts(self.setup, moment, chart))
            if self.setup.dimensions.project is not None and asks((StepName.NUMBERS,)):
                yield self._tried(StepName.NUMBERS, lambda: _numbers(self.setup, moment, chart))
        if asks((StepName.NOTIFIED,)):
            yield _notified(self.setup)

    def _ask_moment(self) -> Generator[CheckedStep, None, MomentClient | None]:
        """Sign in to Moment. Return its client if it answered."""
        client = self._moment
        if client is None:
            yield self._empty(StepName.MOMENT, Section.MOMENT)
            return None
        step = self._tried(StepName.MOMENT, lambda: _moment(client))
        yield step
        return client if step.status is StepStatus.OK else None

    def _ask_platform(self) -> Generator[CheckedStep, None, tuple[Client | None, Chart | None]]:
        """Run the platform's own steps. Return its client, and the chart if it could be read, which other steps need."""
        platform = self._platform
        if platform is None and self._refused is not None:
            self._blame(self._refused.problems)
            yield CheckedStep(PlatformStep.SIGNED_IN, StepStatus.FAILED, problems=self._refused.problems)
            return None, None
        if platform is None:
            yield self._empty(PlatformStep.SIGNED_IN, Section.PLATFORM)
            return None, None
        client, readable = None, False
        for step in platform.check():
            client = step.client or client
            readable = readable or (step.name == PlatformStep.CHART and step.ok)
            if step.unavailable:
                self._unavailable = self._unavailable or step.problems[0]
            elif not step.ok:
                self._blame(step.problems)
            status = StepStatus.OK if step.ok else StepStatus.FAILED
            yield CheckedStep(step.name, status, step.detail, step.problems)
        chart = platform.chart() if readable else None
        if chart is not None and chart.not_carried:
            yield _left_behind(chart)
        return client, chart

    def _who(self, seen: Seen) -> CheckedStep:
        """Say who the three parties are: the wrong client gets the wrong books. Of doubtful ones a person decides."""
        self._seen = seen
        problems = (seen.problem,) if seen.problem is not None else ()
        if seen.standing.stops:
            self._blame(problems)
        status = StepStatus.FAILED if seen.standing.stops else StepStatus.WARNING if problems else StepStatus.OK
        return CheckedStep(StepName.WHO, status, _side_by_side(seen), problems)

    def _tried(self, name: StepName, run: Callable[[], CheckedStep]) -> CheckedStep:
        try:
            return run()
        except EdgeError as error:
            if isinstance(error, Misconfigured):
                self._blame(error.problems)
            elif isinstance(error, Unavailable):
                self._unavailable = self._unavailable or error.problems[0]
            return CheckedStep(name, StepStatus.FAILED, problems=error.problems)

    def _empty(self, name: Name, connection: Section) -> CheckedStep:
        problem = unfinished.problem_of(connection, self.setup.platform_kind)
        self._blame((problem,))
        return CheckedStep(name, StepStatus.FAILED, problems=(problem,))

    def _blame(self, problems: tuple[Problem, ...]) -> None:
        """Keep the first problem that stops the whole company. A problem of single objects pauses no company."""
        stopping = (problem for problem in problems if class_of(problem.code) == "configuration")
        self._misconfigured = self._misconfigured or next(stopping, None)


def begin_check(setup: Setup) -> Check:
    """Return a check of a saved setup that has not begun."""
    empty = unfinished.empty_of(setup)
    moment = None if Section.MOMENT in empty else gateways.moment_for(setup)
    try:
        return Check(setup, moment, None if Section.PLATFORM in empty else gateways.platform_for(setup))
    except Misconfigured as refused:
        return Check(setup, moment, None, refused)


def check_saved(setup: Setup) -> CheckReport:
    """Check a saved setup against both systems. Raises nothing."""
    check = begin_check(setup)
    deque(check.run(), maxlen=0)
    return check.report


def _moment(moment: MomentClient) -> CheckedStep:
    moment.ping()
    return CheckedStep(StepName.MOMENT, StepStatus.OK, Said("Connected to Moment", "Tilkoblet Moment"))


def _side_by_side(seen: Seen) -> Said:
    parties = seen.parties
    company, client = parties.company.shown, parties.client.shown
    moment = parties.moment.shown
    by = seen.accepted_by
    return Said(
        f"Moment: {moment or 'does not say'}; Bilag: {company}; client: {client}"
        + (f"; confirmed by {by}" if by else ""),
        f"Moment: {moment or 'oppgir ikke noe'}; Bilag: {company}; klient: {client}"
        + (f"; bekreftet av {by}" if by else ""),
    )


def _left_behind(chart: Chart) -> CheckedStep:
    """Name what of an invoice the accounting system has no place for."""
    fields = {"fields": ", ".join(name for name in CARRIED if name in chart.not_carried)}
    en, nb = (render_facts(fields, language).get("fields", "") for language in ("en", "nb"))
    return CheckedStep(
        StepName.CARRIED, StepStatus.OK, Said(f"this is in Moment only: {en}", f"dette står bare i Moment: {nb}")
    )


def _accounts(setup: Setup, moment: MomentClient, chart: Chart) -> CheckedStep:
    """Compare accounts and VAT codes between both systems, and name every mismatch (rule 9)."""
    accounts = moment.financial_accounts()
    problems = [*account_problems(accounts, chart), *_own_accounts(setup, chart)]
    if not problems:
        return CheckedStep(
            StepName.ACCOUNTS,
            StepStatus.OK,
            Said(
                f"{len(accounts)} accounts in Moment match the accounting system",
                f"{len(accounts)} kontoer i Moment stemmer med regnskapssystemet",
            ),
        )
    return CheckedStep(
        StepName.ACCOUNTS,
        StepStatus.WARNING,
        Said(
            f"differences: {len(problems)} in {len(accounts)} accounts",
            f"avvik: {len(problems)} i {len(accounts)} kontoer",
        ),
        tuple(problems[:MOST_PROBLEMS]),
    )


def account_problems(accounts: Iterable[FinancialAccountWire], chart: Chart) -> list[Problem]:
    """Return what is wrong with Moment's sales accounts and their VAT codes by today's chart, in Moment's order."""
    chart = chart.on(datetime.now(OSLO).date())
    problems: list[Problem] = []
    for wire in accounts:
        facts = {
            "account": wire.account_number,
            "account_name": wire.name,
            "vat_code": (wire.external_tax_code or "").strip(),
        }
        subject = f"account {wire.account_number} {wire.name or ''}".strip()
        problems += [Problem(code, subject, facts) for code in _mismatches(facts["account"], facts["vat_code"], chart)]
        wrong_rate = _rate_mismatch(facts["vat_code"], wire.current_vat_percentage, chart)
        if wrong_rate is not None:
            problems.append(Problem("vat_rate_mismatch", subject, facts | wrong_rate))
    return problems


def _own_accounts(setup: Setup, chart: Chart) -> list[Problem]:
    """Find what is wrong with the accounts that the setup names; the remedy is in the setup, not in Moment."""
    named = {"rounding.account": setup.rounding.account}
    without_vat_code: set[str] = set()
    for name, accounts in (("accrual", setup.accrual), ("accrued_income", setup.accrued_income)):
        if accounts.enabled:
            named |= {
                f"{name}.debit_account": accounts.debit_account,
                f"{name}.credit_account": accounts.credit_account,
            }
            without_vat_code |= {f"{name}.debit_account", f"{name}.credit_account"}
    problems = [
        Problem(f"setup_{fault}", f"account {account}", {"account": account, "setup": key})
        for key, account in named.items()
        if account and (fault := account_fault(chart.accounts.get(account))) is not None
    ]
    problems += [
        Problem("accrual_account_needs_vat_code", f"account {number}", {"account": number, "setup": key})
        for key in sorted(without_vat_code)
        if (number := named[key])
        and (account := chart.accounts.get(number)) is not None
        and chart.needs_vat_code(account)
    ]
    rounding = chart.accounts.get(setup.rounding.account or "")
    if rounding is not None and chart.needs_vat_code(rounding):
        problems.append(
            Problem("rounding_account_needs_vat_code", f"account {rounding.number}", {"account": rounding.number})
        )
    return problems


def _mismatches(number: str, vat_code: str, chart: Chart) -> Iterator[str]:
    account = chart.accounts.get(number)
    fault = account_fault(account)
    if fault is not None:
        yield fault
    if account is None or not vat_code:
        return
    code = chart.vat_codes.get(vat_code)
    if code is None:
        yield "vat_code_unknown"
    elif not code.active:
        yield "vat_code_inactive"
    elif is_for_purchases(code, chart):
        yield "vat_code_not_for_sales"
    elif account.vat_codes_allowed is not None and vat_code not in account.vat_codes_allowed:
        yield "vat_code_not_allowed_on_account"


def _rate_mismatch(vat_code: str, rate: Decimal | None, chart: Chart) -> dict[str, str] | None:
    """Return the facts if Moment's rate of an account differs from today's rate of its VAT code, else None."""
    today = datetime.now(OSLO).date()
    standard = standard_code_of(chart.vat_codes.get(vat_code), chart)
    expected = standard.rate_on(today) if standard is not None else None
    if rate is None or expected is None or matches_rate(rate, (expected,)):
        return None
    return {"rate": f"{rate:f}", "expected_rate": f"{expected:f}", "date": today.isoformat()}


def _numbers(setup: Setup, moment: MomentClient, chart: Chart) -> CheckedStep:
    """Check that the project numbers in use fit the unit chosen for projects."""
    unit = setup.dimensions.project
    if unit is None:
        return CheckedStep(StepName.NUMBERS, StepStatus.OK)
    numbers = moment.project_numbers()
    found = (unit_value(unit, number, chart.units.get(unit), subject=f"project {number}") for number in numbers)
    problems = tuple(value for value in found if isinstance(value, Problem))
    if not problems:
        return CheckedStep(
            StepName.NUMBERS,
            StepStatus.OK,
            Said(
                f"{len(numbers)} project numbers can be used in unit {unit}",
                f"{len(numbers)} prosjektnumre kan brukes i enhet {unit}",
            ),
        )
    detail = Said(
        f"{len(problems)} of {len(numbers)} project numbers cannot be used in unit {unit}",
        f"{len(problems)} av {len(numbers)} prosjektnumre kan ikke brukes i enhet {unit}",
    )
    return CheckedStep(StepName.NUMBERS, StepStatus.WARNING, detail, problems[:MOST_PROBLEMS])


def _notified(setup: Setup) -> CheckedStep:
    count = len(setup.notify.recipients)
    if count:
        return CheckedStep(StepName.NOTIFIED, StepStatus.OK, Said(f"recipients: {count}", f"mottakere: {count}"))
    problem = Problem("nobody_notified", "setup notify.emails")
    return CheckedStep(
        StepName.NOTIFIED,
        StepStatus.WARNING,
        Said("nobody is notified when something stops", "ingen varsles når noe stopper"),
        (problem,),
    )
