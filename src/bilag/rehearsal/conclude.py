"""Sum a rehearsal up: counts, sums, causes, what would have stopped invoices, proposals, and the digest of all results.

Reads the results row by row: memory depends on how many causes there are, not on how many invoices.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Sum

from bilag.companies.check import account_problems
from bilag.companies.setup import Setup
from bilag.jobs import lease
from bilag.posting.chart import Chart
from bilag.posting.problem import Problem
from bilag.posting.voucher import ZERO
from bilag.rehearsal.billability import evidence_of_expenses
from bilag.rehearsal.causes import Cause, CauseKind
from bilag.rehearsal.compare import Result
from bilag.rehearsal.evidence import ACCRUAL, ROUNDING, VAT_CODE, Evidence
from bilag.rehearsal.models import Rehearsal, RehearsedInvoice
from bilag.rehearsal.proposals import Tally, current_values, propose, with_exceptions
from bilag.rehearsal.read_only import ReadingMoment, ReadingPlatform

CHUNK = 1000
MOST_CAUSES = 200
MOST_STOPS = 200
STOP_FACTS = ("account", "vat_code", "customer", "currency", "unit", "value", "project", "department", "setup")
"""The facts of a problem by which the invoices that it stops belong together."""
NOT_COMPARED = {CauseKind.MISSING, CauseKind.DUPLICATE, CauseKind.UNKNOWN}
UNITS = {CauseKind.UNIT_MOVED, CauseKind.UNIT_UNSET, CauseKind.UNIT_EMPTY, CauseKind.UNIT_VALUE, CauseKind.NUMBER_FORM}


@dataclass
class _Group:
    """The invoices that share a cause, or that one problem stops."""

    count: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    difference: dict[str, Decimal] = field(default_factory=dict)
    first: dict[str, Any] | None = None
    last: dict[str, Any] | None = None

    def add(self, row: RehearsedInvoice) -> None:
        """Add an invoice, in order of its date."""
        example = {"number": row.number, "date": _iso(row.invoice_date or row.voucher_date), "id": row.pk}
        self.count += 1
        self.first = self.first or example
        self.last = example
        amount = row.total if row.total is not None else row.posted_total
        if amount is not None and row.currency:
            self.amounts[row.currency] = self.amounts.get(row.currency, ZERO) + abs(amount)
        if row.total is not None and row.posted_total is not None and row.currency:
            difference = row.posted_total - row.total
            self.difference[row.currency] = self.difference.get(row.currency, ZERO) + difference

    def as_json(self) -> dict[str, Any]:
        """Return the group as JSON."""
        return {
            "count": self.count,
            "amounts": {currency: f"{amount:.2f}" for currency, amount in sorted(self.amounts.items())},
            "difference": {currency: f"{amount:.2f}" for currency, amount in sorted(self.difference.items()) if amount},
            "first": self.first,
            "last": self.last,
        }


@dataclass
class _Summary:
    """What one pass over the results collects."""

    tally: Tally = field(default_factory=Tally)
    compared: int = 0
    whole: int = 0
    causes: dict[str, _Group] = field(default_factory=dict)
    stops: dict[str, tuple[Problem, _Group]] = field(default_factory=dict)
    codes: dict[tuple[str, str], tuple[date, date]] = field(default_factory=dict)
    """The first and the last day on which the journal had a VAT code for one on the invoice."""

    def add(self, row: RehearsedInvoice) -> None:
        """Add a result."""
        self.whole += 1
        if row.evidence:
            self.compared += 1
            self.tally.add({habit: values for habit, values in row.evidence.items() if not habit.startswith(VAT_CODE)})
            self._add_codes(row)
        for stored in row.causes:
            self._group(self.causes, json.dumps([stored["kind"], stored["facts"]], sort_keys=True), MOST_CAUSES).add(
                row
            )
        for problem in map(Problem.from_json, row.problems):
            facts = {name: problem.facts[name] for name in STOP_FACTS if name in problem.facts}
            key = json.dumps([problem.code, facts], sort_keys=True)
            if key in self.stops or len(self.stops) < MOST_STOPS:
                self.stops.setdefault(key, (problem, _Group()))[1].add(row)

    def _group(self, groups: dict[str, _Group], key: str, most: int) -> _Group:
        if key not in groups and len(groups) >= most:
            key = json.dumps([CauseKind.OTHER, {}], sort_keys=True)
        return groups.setdefault(key, _Group())

    def _add_codes(self, row: RehearsedInvoice) -> None:
        day = row.invoice_date
        for habit, values in row.evidence.items():
            if habit.startswith(VAT_CODE) and day is not None:
                self.tally.told[habit] += 1
                for value in values:
                    first, last = self.codes.get((habit, value), (day, day))
                    self.codes[habit, value] = (min(first, day), max(last, day))


def conclude(run: Rehearsal, setup: Setup, chart: Chart, moment: ReadingMoment, platform: ReadingPlatform) -> None:
    """Store the summary in the run's row. Raises the errors of both systems."""
    summary = _Summary()
    for row in rows_by_date(run):
        summary.add(row)
    costs = list(evidence_of_expenses(moment, platform, setup.expenses.report_name, run.first, run.last))
    for _number, evidence in costs:
        summary.tally.add(evidence)
    accounts = moment.financial_accounts()
    faults = account_problems(accounts, chart)
    proposals = with_exceptions(
        propose(summary.tally, current_values(setup, chart.rounding_account)), _evidence(run, costs)
    )
    with transaction.atomic():
        lease.confirm()
        run.counts = counts(run)
        run.sums = _sums(run)
        run.causes = _causes(summary)
        run.stops = _stops(summary, faults)
        run.proposals = [one.as_json() for one in proposals]
        run.accounts = len(accounts)
        run.digest = _digest(run)
        run.save()


def rows_by_date(run: Rehearsal) -> Iterator[RehearsedInvoice]:
    """Yield all results in order of date, those without one last."""
    rows = run.results.order_by(F("invoice_date").asc(nulls_last=True), "number", "pk")
    yield from rows.defer("differences").iterator(chunk_size=CHUNK)


def counts(run: Rehearsal) -> dict[str, int]:
    """The count of each result, zeros included; of all invoices; and of those with a difference that no cause explains."""
    grouped = dict(run.results.values_list("result").annotate(Count("id")).order_by())
    found = {str(result): int(grouped.get(str(result), 0)) for result in Result}
    other = run.results.filter(causes__contains=[{"kind": str(CauseKind.OTHER)}]).count()
    return {**found, "invoices": sum(found.values()) - found[Result.UNKNOWN], "unexplained": other}


def _sums(run: Rehearsal) -> dict[str, dict[str, str]]:
    rows = (
        run.results.exclude(currency="")
        .values_list("currency")
        .annotate(Sum("total"), Sum("posted_total"))
        .order_by("currency")
    )
    return {
        currency: {
            "moment": f"{total or ZERO:.2f}",
            "journal": f"{posted or ZERO:.2f}",
            "difference": f"{(total or ZERO) - (posted or ZERO):.2f}",
        }
        for currency, total, posted in rows
    }


def _causes(summary: _Summary) -> list[dict[str, Any]]:
    """Return the causes, the most frequent first, each with how many vouchers could have had it and its days."""
    found = []
    for key, group in summary.causes.items():
        kind, facts = json.loads(key)
        cause = Cause(CauseKind(kind), facts)
        found.append({**cause.as_json(), **group.as_json(), "of": _of(cause, summary), **_days(cause, summary)})
    return sorted(found, key=lambda one: -one["count"])


def _of(cause: Cause, summary: _Summary) -> int:
    """Return how many vouchers say anything of what the cause is about."""
    told = summary.tally.told
    if cause.kind in UNITS:
        return told[f"dimensions.{cause.facts.get('dimension')}"]
    if cause.kind is CauseKind.ROUNDING_ACCOUNT:
        return told[ROUNDING]
    if cause.kind.startswith("accrual_"):
        return told[ACCRUAL]
    if cause.kind is CauseKind.VAT_CODE and "account" in cause.facts:
        return told[_code_habit(cause)]
    if cause.kind in NOT_COMPARED:
        return summary.whole
    return summary.compared


def _code_habit(cause: Cause) -> str:
    return f"{VAT_CODE}/{cause.facts['account']}/{cause.facts['expected']}"


def _days(cause: Cause, summary: _Summary) -> dict[str, str]:
    """Tell of a VAT code until which day, or from which, the journal had it: only where the other code never mixes in."""
    if cause.kind is not CauseKind.VAT_CODE or "account" not in cause.facts:
        return {}
    habit = _code_habit(cause)
    own, right = summary.codes.get((habit, cause.facts["found"])), summary.codes.get((habit, cause.facts["expected"]))
    if own is None or right is None:
        return {}
    if own[1] < right[0]:
        return {"until": own[1].isoformat()}
    return {"since": own[0].isoformat()} if own[0] > right[1] else {}


def _stops(summary: _Summary, faults: list[Problem]) -> list[dict[str, Any]]:
    """Return what would have stopped invoices, the most frequent first; then what is wrong in the chart and stopped none."""
    found = [
        {"problem": problem.as_json(), **group.as_json()}
        for problem, group in sorted(summary.stops.values(), key=lambda one: -one[1].count)
    ]
    known = {_account_key(problem) for problem, _ in summary.stops.values()}
    found += [{"problem": one.as_json(), **_Group().as_json()} for one in faults if _account_key(one) not in known]
    return found[:MOST_STOPS]


def _account_key(problem: Problem) -> tuple[str, ...]:
    named = {"vat_code_unknown": ("vat_code",), "vat_code_inactive": ("vat_code",)}.get(problem.code, ("account",))
    return (problem.code, *(problem.facts.get(name, "") for name in named))


def _evidence(run: Rehearsal, costs: list[tuple[int, Evidence]]) -> Iterator[tuple[int, Evidence]]:
    rows = run.results.exclude(evidence={}).order_by("number", "pk").values_list("number", "evidence")
    yield from ((number or 0, evidence) for number, evidence in rows.iterator(chunk_size=CHUNK))
    yield from costs


def _digest(run: Rehearsal) -> str:
    """SHA-256 over every result in order of number, with the version of the setup."""
    sha = hashlib.sha256(f"{run.first} {run.last} {run.setup_version}".encode())
    fields = (
        "number",
        "result",
        "currency",
        "total",
        "posted_total",
        "invoice_date",
        "voucher_date",
        "voucher_number",
        "journals",
    )
    rows = run.results.order_by("number", "id").values_list(*fields, "causes", "differences", "problems")
    for row in rows.iterator(chunk_size=CHUNK):
        told = json.dumps(row[-3:], sort_keys=True, ensure_ascii=False)
        sha.update("|".join([*(str(value) for value in row[:-3]), told]).encode() + b"\n")
    return sha.hexdigest()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
