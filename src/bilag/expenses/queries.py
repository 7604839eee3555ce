"""Read expense lines and imports for pages, commands and the API."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone

from bilag.companies.setup import Setup
from bilag.expenses.models import ExpenseImport, ExpenseLine, LineState
from bilag.jobs.backoff import scaled
from bilag.messages import class_of, render_ignored_reason
from bilag.messages.problem_json import problem_as_json
from bilag.posting.expense import IgnoredReason
from bilag.posting.problem import Problem
from bilag.transfers.queries import company


def lines(company_id: int, state: str = "", reason: str = "") -> QuerySet[ExpenseLine]:
    """Return the company's lines, newest posted first; of one state, or ignored for one reason."""
    rows = ExpenseLine.objects.filter(company_id=company_id)
    if state == LineState.NEEDS_ATTENTION:
        rows = rows.filter(Q(state=state) | Q(needs_review=True))
    elif state:
        rows = rows.filter(state=state)
    if reason:
        rows = rows.filter(reason=reason, state=LineState.IGNORED)
    return rows.order_by("-id")


UNKNOWN = "unknown"
"""The code of a line that needs attention and does not say why."""
FIRST_CODE = """coalesce(
    problems #>> '{0,code}',
    jsonb_path_query_first(documents, '$[*].problem ? (@ != null).code') #>> '{}'
)"""
"""The code of the first of `problems_of`."""


@dataclass(frozen=True, slots=True)
class LineCause:
    """The lines that need attention with the same first problem: how many, the newest, since when, and their net amount."""

    code: str
    problem: Problem
    count: int
    newest: ExpenseLine
    since: datetime
    last_seen: datetime
    net: Decimal


def causes(company_id: int) -> list[LineCause]:
    """Return the lines that need attention by the first problem of each, those with the most lines first."""
    groups = (
        _with_code(company_id)
        .values("code")
        .annotate(
            count=Count("id"), newest=Max("id"), since=Min("created_at"), last_seen=Max("updated_at"), sum=Sum("net")
        )
    )
    found = list(groups.order_by("-count", "-newest"))
    rows = ExpenseLine.objects.in_bulk([one["newest"] for one in found])
    return [
        LineCause(
            one["code"],
            next(iter(problems_of(rows[one["newest"]])), Problem(one["code"])),
            one["count"],
            rows[one["newest"]],
            one["since"],
            one["last_seen"],
            one["sum"] or Decimal(0),
        )
        for one in found
        if one["newest"] in rows
    ]


def lines_of_cause(company_id: int, code: str) -> QuerySet[ExpenseLine]:
    """Return the lines of one of `causes`, newest first."""
    rows: QuerySet[ExpenseLine] = _with_code(company_id).filter(code=code).order_by("-id")
    return rows


def _with_code(company_id: int) -> Any:
    first = Coalesce(RawSQL(FIRST_CODE, ()), Value(UNKNOWN), output_field=TextField())  # noqa: S611 - a fixed text
    return lines(company_id, LineState.NEEDS_ATTENTION).order_by().annotate(code=first)


def came_in(company_id: int) -> QuerySet[ExpenseLine]:
    """Return the lines that were imported or are being sent, and need no attention, newest first."""
    rows = ExpenseLine.objects.filter(company_id=company_id, needs_review=False)
    return rows.exclude(state__in=[LineState.IGNORED, LineState.NEEDS_ATTENTION]).order_by("-id")


def not_imported(company_id: int) -> QuerySet[ExpenseLine]:
    """Return the lines that stay in accounting, newest first, without outgoing invoices and Bilag's own vouchers."""
    return lines(company_id, LineState.IGNORED).exclude(reason=IgnoredReason.OWN_VOUCHER)


def counts(company_id: int) -> dict[str, int]:
    """Return counts of lines by state; needs_attention includes imported lines that need review."""
    rows = ExpenseLine.objects.filter(company_id=company_id)
    found = dict(rows.values_list("state").annotate(count=Count("id")).order_by("state"))
    if waiting := needing_a_person(company_id):
        found[LineState.NEEDS_ATTENTION] = waiting
    return {str(state): count for state, count in found.items()}


def needing_a_person(company_id: int) -> int:
    """Return the count of lines that need attention."""
    wanted = Q(state=LineState.NEEDS_ATTENTION) | Q(needs_review=True)
    return ExpenseLine.objects.filter(wanted, company_id=company_id).count()


def reasons(company_id: int) -> dict[str, int]:
    """Return counts of ignored lines by reason, most frequent first."""
    rows = ExpenseLine.objects.filter(company_id=company_id, state=LineState.IGNORED)
    return dict(rows.values_list("reason").annotate(count=Count("id")).order_by("-count", "reason"))


def imports(company_id: int) -> QuerySet[ExpenseImport]:
    """Return the imports, newest first."""
    return ExpenseImport.objects.filter(company_id=company_id).order_by("-id")


SILENT_FOR = timedelta(hours=6)
"""How long imports may fail before people are notified, if the other system merely does not answer."""


@dataclass(frozen=True, slots=True)
class FailingImport:
    """The problem that stopped the last import, since when imports have failed, and when the last one did."""

    problem: Problem
    since: datetime
    last_seen: datetime


def failing_import(setup: Setup) -> FailingImport | None:
    """Return why imports fail; None while they work, or while the other system may still answer again (`SILENT_FOR`)."""
    if not setup.expenses.enabled:
        return None
    ended = imports(setup.company_id).filter(ended_at__isnull=False)
    last = ended.first()
    if last is None or last.problem is None:
        return None
    good = ended.filter(problem__isnull=True).first()  # `problem=None` would look for JSON's null
    since = ended.filter(pk__gt=good.pk if good is not None else 0).order_by("id").values_list("began_at", flat=True)[0]
    problem = Problem.from_json(last.problem)
    if class_of(problem.code) == "transient" and since > timezone.now() - scaled(SILENT_FOR):
        return None
    return FailingImport(problem, since, last.ended_at or since)


def problems_of(row: ExpenseLine) -> list[Problem]:
    """Return the problems of the line and of its documents."""
    of_documents = [one["problem"] for one in row.documents if one.get("problem") is not None]
    return [Problem.from_json(problem) for problem in (*row.problems, *of_documents)]


def as_json(row: ExpenseLine, language: str = "en") -> dict[str, Any]:
    """Return one line, as the command line and the API return it. Amounts are text, in the company's currency."""
    reason = row.reason if row.state == LineState.IGNORED else None
    return {
        "id": row.pk,
        "journalNumber": row.journal,
        "entryNumber": row.entry,
        "state": row.state,
        "reason": reason,
        "reasonText": render_ignored_reason(reason, language) if reason else None,
        "problems": [problem_as_json(problem, language) for problem in problems_of(row)],
        "voucherDate": row.voucher_date.isoformat() if row.voucher_date else None,
        "voucherNumber": row.voucher_number,
        "account": row.account or None,
        "net": str(row.net) if row.net is not None else None,
        "supplier": row.supplier or None,
        "text": row.text or None,
        "project": row.project or None,
        "momentId": row.moment_id,
        "externalKey": row.external_key or None,
        "documents": len([one for one in row.documents if one.get("attachment_id") is not None]),
        "documentsWaiting": row.documents_due,
        "reverses": row.reverses_id,
        "doneAt": row.done_at.strftime("%Y-%m-%dT%H:%M:%SZ") if row.done_at else None,
    }


def import_as_json(run: ExpenseImport, language: str = "en") -> dict[str, Any]:
    """Return one import, as the command line and the API return it."""
    counts = run.counts
    return {
        "id": run.pk,
        "beganAt": run.began_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "endedAt": run.ended_at.strftime("%Y-%m-%dT%H:%M:%SZ") if run.ended_at else None,
        "origin": run.origin or None,
        "report": run.report or None,
        "readAgainFrom": run.first_day.isoformat() if run.first_day else None,
        "read": counts.get("read", 0),
        "imported": counts.get("done", 0),
        "importedBefore": counts.get("known", 0),
        "documents": counts.get("documents", 0),
        "waiting": counts.get("waiting", 0),
        "needsAttention": counts.get("needs_attention", 0),
        "ignored": {
            name.removeprefix("ignored."): count for name, count in counts.items() if name.startswith("ignored.")
        },
        "problem": problem_as_json(Problem.from_json(run.problem), language) if run.problem else None,
    }


def status_as_json(setup: Setup, language: str = "en") -> dict[str, Any]:
    """Return the company's status: its transfers and its expenses."""
    found = counts(setup.company_id)
    last = imports(setup.company_id).exclude(ended_at=None).first()
    expenses = {
        "imported": found.get("done", 0),
        "ignored": {code: count for code, count in reasons(setup.company_id).items() if code},
        "waiting": found.get("waiting", 0) + found.get("sending", 0),
        "needsAttention": found.get("needs_attention", 0),
        "lastImport": import_as_json(last, language) if last else None,
    }
    return {**company.status_as_json(setup, language), "expenses": expenses}
