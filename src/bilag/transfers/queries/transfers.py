"""Read transfers: lists, counts, one transfer with its attempts."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, QuerySet

from bilag.messages import render_problem, render_reason
from bilag.messages.problem_json import problem_as_json
from bilag.posting.problem import Problem
from bilag.posting.selection import OSLO
from bilag.transfers.models import ACTIVE, Attempt, Kind, State, Transfer


def transfers(company_id: int, kind: Kind | None = None, state: State | None = None) -> QuerySet[Transfer]:
    """Return the company's transfers, newest first."""
    rows = Transfer.objects.filter(company_id=company_id)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if state is not None:
        rows = rows.filter(state=state)
    return rows.order_by("-id")


def as_json(row: Transfer, language: str = "en") -> dict[str, Any]:
    """Return one transfer as the command line and the API return it (contracts/bilag-interface.md)."""
    return {
        "kind": row.kind,
        "number": row.number,
        "state": row.state,
        "reason": row.reason,
        "problems": [problem_as_json(Problem.from_json(stored), language) for stored in row.problems],
        "attempts": row.attempt_count,
        "voucherNumber": row.voucher_number,
        "journalNumber": row.journal_number,
        "doneAt": row.done_at.strftime("%Y-%m-%dT%H:%M:%SZ") if row.done_at and row.state == State.DONE else None,
        "nextAt": row.next_at.strftime("%Y-%m-%dT%H:%M:%SZ") if row.next_at else None,
        "total": str(row.total) if row.total is not None else None,
        "currency": row.currency,
        "customerNumber": row.customer_number,
        "name": row.name,
    }


def standing_text(row: Transfer, language: str = "en") -> str:
    """Return one sentence that explains the transfer's state; empty for a state that needs none."""
    if row.problems:
        rendered = render_problem(Problem.from_json(row.problems[0]), language)
        more = f" (+{len(row.problems) - 1})" if len(row.problems) > 1 else ""
        return f"{rendered.message} {rendered.remedy}{more}"
    return render_reason(row.reason, language) if row.reason else ""


def counts(company_id: int) -> dict[str, dict[str, int]]:
    """Return the count of the company's transfers by kind and state."""
    result: dict[str, dict[str, int]] = {}
    rows = Transfer.objects.filter(company_id=company_id).values_list("kind", "state").annotate(count=Count("id"))
    for kind, state, count in rows.order_by("kind", "state"):
        result.setdefault(kind, {})[state] = count
    return result


def under_way(transfer_ids: list[int]) -> int:
    """Return the count of these transfers that have not ended."""
    return Transfer.objects.filter(pk__in=transfer_ids, state__in=ACTIVE).count()


def last_done(company_id: int) -> Any:
    """Return when the last transfer of the company was done, or None."""
    return Transfer.objects.filter(company_id=company_id).aggregate(last=Max("done_at"))["last"]


def attempts(transfer: Transfer) -> QuerySet[Attempt]:
    """Return the attempts of a transfer, newest first."""
    return Attempt.objects.of([transfer]).order_by("-id")


def attempt_as_json(attempt: Attempt) -> dict[str, Any]:
    """Return one attempt with its requests and answers; secrets were removed when they were recorded."""
    return {
        "beganAt": attempt.began_at.isoformat(),
        "endedAt": attempt.ended_at.isoformat() if attempt.ended_at else None,
        "verdict": attempt.verdict,
        "setupVersion": attempt.setup_version,
        "sourceHash": attempt.source_hash,
        "problems": attempt.problems,
        "exchanges": attempt.exchanges,
    }


def exchange_rows(attempt: Attempt) -> Iterator[tuple[Any, ...]]:
    """Yield the requests of an attempt, a table row each. The time of day is Oslo's."""
    for exchange in attempt.exchanges:
        answer = exchange.get("error") or exchange.get("answer") or ""
        yield (
            _clock(exchange.get("began_at")),
            exchange.get("system"),
            f"{exchange.get('method')} {exchange.get('path')}",
            exchange.get("status"),
            exchange.get("milliseconds"),
            (answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False, default=str))[:120],
        )


def _clock(began_at: str | None) -> str:
    """Return the time of day in Oslo, to the millisecond."""
    if not began_at:
        return ""
    return datetime.fromisoformat(began_at).astimezone(OSLO).time().isoformat(timespec="milliseconds")


def needing_attention(company_ids: Iterable[int]) -> dict[int, int]:
    """Return how many transfers of each company need attention; companies without any are left out."""
    rows = Transfer.objects.filter(company_id__in=list(company_ids), state=State.NEEDS_ATTENTION)
    return dict(rows.values_list("company_id").annotate(Count("id")).order_by())
