"""Find the open problems of a company: everything that needs attention, grouped by cause."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from bilag.companies import who
from bilag.companies.models import Company
from bilag.companies.setup import Setup
from bilag.expenses import queries as expenses
from bilag.posting.problem import Problem
from bilag.posting.rules import DEFAULT_CURRENCY
from bilag.reconciliation.actions import open_wrongs
from bilag.reconciliation.models import Found
from bilag.transfers import ledger_ahead
from bilag.transfers.queries.causes import causes as causes_of_transfers
from bilag.transfers.queries.polls import failing_poll

MOST = 20_000
"""The most causes of transfers read for a company: more than any has. A lower limit would make open causes seem resolved."""
PARTIES = "setup/parties/"
"""Where a person confirms that the parties are one company."""
CODES = {
    Found.MISSING: "reconciliation_missing",
    Found.DIFFERING: "reconciliation_differing",
    Found.DUPLICATE: "reconciliation_duplicate",
    Found.UNKNOWN: "reconciliation_unknown",
}


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """One cause. `key` stays the same while the problem lasts; `place` is the page that handles it, below the company's
    address.

    `count` objects have it, of which `example` is one; `since`: when the first of them had it, in UTC; `last_seen`: when it was
    last observed, None if it is a state; `amounts`: their totals by currency, empty if it is not about amounts.
    """

    key: str
    problem: Problem
    count: int
    example: str
    place: str
    since: datetime | None = None
    last_seen: datetime | None = None
    amounts: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def cause(self) -> str:
        """What names it in addresses."""
        return cause_of(self.key)

    @property
    def transfers_key(self) -> str:
        """The key of its transfers (`bilag.transfers.queries.causes.of_cause`); empty if it is not about transfers."""
        return self.key.removeprefix("transfers|") if self.key.startswith("transfers|") else ""

    @property
    def path(self) -> str:
        """Its page in the inbox, below the company's address."""
        return f"attention/{self.cause}/"


def cause_of(key: str) -> str:
    """Return the short, permanent name of a key in addresses."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def place_of_pause(problem: Problem) -> str:
    """Return the page that handles what paused a company, below the company's address."""
    return PARTIES if problem.code in who.CODES.values() else "setup/"


def find_open_problems(setup: Setup) -> list[OpenProblem]:
    """Return the open problems: a pause, transfers by how many are affected, a failing poll, a failing import, a ledger with
    vouchers that the database lacks, expenses, reconciliation.
    """
    found = []
    if setup.paused is not None:
        since = Company.objects.values_list("paused_at", flat=True).get(pk=setup.company_id)
        place = place_of_pause(setup.paused)
        found.append(OpenProblem(f"paused|{setup.paused.code}", setup.paused, 1, "", place, since))
    for cause in causes_of_transfers(setup.company_id, MOST):
        found.append(
            OpenProblem(
                f"transfers|{cause.key}",
                cause.problem,
                cause.count,
                f"{cause.kind} {cause.number}",
                "transfers/?state=needs_attention",
                cause.since,
                cause.last_seen,
                cause.amounts,
            )
        )
    not_polled = failing_poll(setup) if setup.paused is None and setup.live else None
    if not_polled is not None:
        found.append(OpenProblem(f"poll|{not_polled.code}", not_polled, 1, "", "log/?sort=polls"))
    not_imported = expenses.failing_import(setup) if setup.paused is None and setup.live else None
    if not_imported is not None:
        problem, since, last_seen = not_imported.problem, not_imported.since, not_imported.last_seen
        found.append(OpenProblem(f"import|{problem.code}", problem, 1, "", "expenses/imports/", since, last_seen))
    forgotten = ledger_ahead.problem_for(setup)
    if forgotten is not None:
        found.append(OpenProblem("ahead|ledger", forgotten, int(forgotten.facts["count"]), "", "recover/"))
    return found + _of_expenses(setup) + _of_reconciliation(setup)


def find_open_problem(setup: Setup, cause: str) -> OpenProblem | None:
    """Return the open problem that an address names, or None: it is resolved, or never was."""
    return next((one for one in find_open_problems(setup) if one.cause == cause), None)


def _of_expenses(setup: Setup) -> list[OpenProblem]:
    return [
        OpenProblem(
            f"expenses|{cause.code}",
            cause.problem,
            cause.count,
            f"expense {cause.newest.number}",
            "expenses/?state=needs_attention",
            cause.since,
            cause.last_seen,
            {DEFAULT_CURRENCY: cause.net},
        )
        for cause in expenses.causes(setup.company_id)
    ]


def _of_reconciliation(setup: Setup) -> list[OpenProblem]:
    """Return the findings of nightly reconciliations, by month, until a later run finds them resolved or the month is signed
    off.
    """
    problems = []
    for run, found, count in open_wrongs(setup.company_id):
        month = f"{run.first:%Y-%m}"
        problem = Problem(CODES[found], "company", {"month": month, "count": str(count)})
        place = f"reconciliation/month/{month}/?found={found}"
        key = f"reconciliation|{found}|{month}"
        problems.append(OpenProblem(key, problem, count, "", place, run.began_at, run.ended_at))
    return problems
