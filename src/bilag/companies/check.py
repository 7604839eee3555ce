"""The check before going live: sign in, client, accounts, VAT codes, units, periods, each with its cure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from bilag.companies.setup import Setup
from bilag.messages import class_of
from bilag.moment.client import MomentClient
from bilag.platforms.base import AccountingPlatform, Said
from bilag.posting.chart import Chart
from bilag.posting.check_groups import account_fault, is_for_purchases, is_rate, standard_of
from bilag.posting.dimensions import unit_value
from bilag.posting.problem import Problem
from bilag.posting.selection import OSLO
from bilag.wire.errors import EdgeError, Misconfigured, Unavailable

Standing = Literal["ok", "warning", "failed"]
MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """One step of the check and what was found. `name` is a key: moment, signed_in, client_found, chart, accounts…"""

    name: str
    standing: Standing
    detail: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All steps. `misconfigured` is the problem to pause the company for; `unavailable` that a system did not answer."""

    steps: tuple[CheckedStep, ...]
    misconfigured: Problem | None = None
    unavailable: Problem | None = None

    @property
    def ok(self) -> bool:
        """Nothing failed; there may be warnings."""
        return all(step.standing != "failed" for step in self.steps)


class _Checking:
    """Collects steps, and turns errors of the edges into one."""

    def __init__(self) -> None:
        self.steps: list[CheckedStep] = []
        self.misconfigured: Problem | None = None
        self.unavailable: Problem | None = None

    def step(self, name: str, run: Callable[[], CheckedStep]) -> bool:
        try:
            self.steps.append(run())
        except EdgeError as error:
            self.failed(name, error)
        return self.steps[-1].standing != "failed"

    def blame(self, problems: tuple[Problem, ...]) -> None:
        """Keep the first that stops everything; one that only some objects meet pauses nobody."""
        stopping = (problem for problem in problems if class_of(problem.code) == "configuration")
        self.misconfigured = self.misconfigured or next(stopping, None)

    def failed(self, name: str, error: EdgeError) -> None:
        self.steps.append(CheckedStep(name, "failed", problems=error.problems))
        if isinstance(error, Misconfigured):
            self.blame(error.problems)
        elif isinstance(error, Unavailable):
            self.unavailable = self.unavailable or error.problems[0]


def check_company(setup: Setup, moment: MomentClient, platform: AccountingPlatform) -> CheckReport:
    """Check the setup against both systems. Raises nothing that they can cause."""
    checking = _Checking()
    moment_answers = checking.step("moment", lambda: _moment(moment))
    platform_answers = _platform(checking, platform)
    if moment_answers and platform_answers:
        chart = platform.chart()
        checking.step("accounts", lambda: _accounts(setup, moment, chart))
        if setup.dimensions.project is not None:
            checking.step("numbers", lambda: _numbers(setup, moment, chart))
    checking.steps.append(_notified(setup))
    return CheckReport(tuple(checking.steps), checking.misconfigured, checking.unavailable)


def _moment(moment: MomentClient) -> CheckedStep:
    moment.ping()
    return CheckedStep("moment", "ok", Said("Connected to Moment", "Tilkoblet Moment"))


def _platform(checking: _Checking, platform: AccountingPlatform) -> bool:
    """The platform's own steps; whether its chart can be read, so that the rest can be looked at."""
    steps = platform.check()
    for step in steps:
        checking.steps.append(CheckedStep(step.name, "ok" if step.ok else "failed", step.detail, step.problems))
        if step.unavailable:
            checking.unavailable = checking.unavailable or step.problems[0]
        elif not step.ok:
            checking.blame(step.problems)
    return any(step.name == "chart" and step.ok for step in steps)


def _accounts(setup: Setup, moment: MomentClient, chart: Chart) -> CheckedStep:
    """Accounts and VAT codes are equal in both systems; every mismatch is named (rule 9)."""
    accounts = moment.financial_accounts()
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
    problems += _own_accounts(setup, chart)
    if not problems:
        return CheckedStep(
            "accounts",
            "ok",
            Said(
                f"{len(accounts)} accounts in Moment match the accounting system",
                f"{len(accounts)} kontoer i Moment stemmer med regnskapssystemet",
            ),
        )
    return CheckedStep(
        "accounts",
        "warning",
        Said(
            f"differences: {len(problems)} in {len(accounts)} accounts",
            f"avvik: {len(problems)} i {len(accounts)} kontoer",
        ),
        tuple(problems[:MOST_PROBLEMS]),
    )


def _own_accounts(setup: Setup, chart: Chart) -> list[Problem]:
    """What is wrong with the accounts that the setup names; their cure lies in the setup, not in Moment."""
    named = {"rounding.account": setup.rounding_account}
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
        if (number := named[key]) and (account := chart.accounts.get(number)) is not None and account.vat_codes_allowed
    ]
    rounding = chart.accounts.get(setup.rounding_account or "")
    if rounding is not None and rounding.vat_codes_allowed:
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
    """Facts of a rate that Moment has on an account and that its VAT code has not today; None where they agree."""
    today = datetime.now(OSLO).date()
    standard = standard_of(chart.vat_codes.get(vat_code), chart)
    expected = standard.rate_on(today) if standard is not None else None
    if rate is None or expected is None or is_rate(rate, (expected,)):
        return None
    return {"rate": f"{rate:f}", "expected_rate": f"{expected:f}", "date": today.isoformat()}


def _numbers(setup: Setup, moment: MomentClient, chart: Chart) -> CheckedStep:
    """The numbers in use fit the unit chosen for projects."""
    unit = setup.dimensions.project
    if unit is None:
        return CheckedStep("numbers", "ok")
    numbers = moment.project_numbers()
    found = (unit_value(unit, number, chart.units.get(unit), subject=f"project {number}") for number in numbers)
    problems = tuple(value for value in found if isinstance(value, Problem))
    if not problems:
        return CheckedStep(
            "numbers",
            "ok",
            Said(
                f"{len(numbers)} project numbers can be used in unit {unit}",
                f"{len(numbers)} prosjektnumre kan brukes i enhet {unit}",
            ),
        )
    detail = Said(
        f"{len(problems)} of {len(numbers)} project numbers cannot be used in unit {unit}",
        f"{len(problems)} av {len(numbers)} prosjektnumre kan ikke brukes i enhet {unit}",
    )
    return CheckedStep("numbers", "warning", detail, problems[:MOST_PROBLEMS])


def _notified(setup: Setup) -> CheckedStep:
    count = len(setup.notify_users) + len(setup.notify_emails)
    if count:
        return CheckedStep("notified", "ok", Said(f"recipients: {count}", f"mottakere: {count}"))
    problem = Problem("nobody_notified", "setup notify.emails")
    return CheckedStep(
        "notified",
        "warning",
        Said("nobody is notified when something stops", "ingen varsles når noe stopper"),
        (problem,),
    )
