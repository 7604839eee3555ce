"""A rehearsal, as the command line returns it and the pages show it."""

from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Now

from bilag.jobs.models import Lease
from bilag.messages import render_problem
from bilag.messages.problem_json import problem_as_json
from bilag.messages.rehearsal import (
    render_cause,
    render_habit,
    render_headline,
    render_proposal,
    render_support,
)
from bilag.posting.problem import Problem
from bilag.rehearsal.actions import proposals_of
from bilag.rehearsal.compare import AS_POSTED
from bilag.rehearsal.models import Rehearsal, RehearsedInvoice
from bilag.rehearsal.proposals import Proposal, settings_of

MOST_LISTED = 1000


@dataclass(frozen=True, slots=True)
class ShownCause:
    """A cause in words, with its count, amounts and examples as they are stored."""

    message: str
    remedy: str
    stored: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """A proposal in words."""

    proposal: Proposal
    title: str
    sentence: str
    support: str


def shown_causes(run: Rehearsal, language: str) -> list[ShownCause]:
    """The causes in words, the most frequent first."""
    return [ShownCause(*_cause_in_words(one, language), one) for one in run.causes]


def shown_proposals(run: Rehearsal, language: str) -> list[ShownProposal]:
    """What the vouchers say of the setup, in words."""
    return [
        ShownProposal(
            one,
            render_habit(one.habit, language),
            render_proposal(one.habit, one.standing, one.value, one.current, one.others, language),
            render_support(one.fits, one.of, one.exceptions, one.others, language),
        )
        for one in proposals_of(run)
    ]


def stopped_by(run: Rehearsal) -> Problem | None:
    """Why an unfinished rehearsal does not go on; None while one of the company's is running, and for one that is done.

    A process that was killed says nothing: its lease expires.
    """
    if run.ended_at is not None:
        return None
    if run.problem is not None:
        return Problem.from_json(run.problem)
    running = Lease.objects.filter(name=f"rehearsal {run.company_id}", expires_at__gt=Now())
    return None if running.exists() else Problem("rehearsal_interrupted")


def headline(run: Rehearsal, language: str) -> str:
    """The result in one sentence."""
    return render_headline(run.counts, language)


def _cause_in_words(stored: dict[str, Any], language: str) -> tuple[str, str]:
    days = {name: stored[name] for name in ("until", "since") if stored.get(name)}
    return render_cause(stored["kind"], stored["facts"], language, **days)


def why(row: RehearsedInvoice, language: str) -> list[str]:
    """Why the number differs, or would have been stopped: a sentence for each cause."""
    sentences = [render_cause(one["kind"], one["facts"], language)[0] for one in row.causes]
    return sentences + [render_problem(Problem.from_json(stored), language).message for stored in row.problems]


def as_json(run: Rehearsal, language: str = "en") -> dict[str, Any]:
    """The rehearsal: counts, sums, causes, stops and proposals; the numbers that differ, at most a thousand."""
    rows = run.results.exclude(result__in=AS_POSTED).order_by("number", "id")[: MOST_LISTED + 1]
    listed = [row_as_json(row, language) for row in rows]
    return {
        "id": run.pk,
        "from": run.first.isoformat(),
        "to": run.last.isoformat(),
        "phase": run.phase,
        "setupVersion": run.setup_version,
        "rehearsedAt": run.ended_at.isoformat() if run.ended_at else None,
        "headline": headline(run, language) if run.ended_at else None,
        "counts": run.counts,
        "sums": run.sums,
        "voucherNumbers": run.voucher_numbers,
        "accountsCompared": run.accounts,
        "causes": [{"message": one.message, "remedy": one.remedy, **one.stored} for one in shown_causes(run, language)],
        "stops": [
            {**stop, "problem": problem_as_json(Problem.from_json(stop["problem"]), language)} for stop in run.stops
        ],
        "proposals": [_proposal_as_json(one) for one in shown_proposals(run, language)],
        "invoices": listed[:MOST_LISTED],
        "more": len(listed) > MOST_LISTED,
        "digest": run.digest,
        "problem": problem_as_json(Problem.from_json(run.problem), language) if run.problem else None,
    }


def _proposal_as_json(shown: ShownProposal) -> dict[str, Any]:
    one = shown.proposal
    return {
        "name": one.habit,
        "standing": str(one.standing),
        "value": one.value or None,
        "current": one.current or None,
        "settings": settings_of(one) if one.acceptable else {},
        "fits": one.fits,
        "of": one.of,
        "exceptions": list(one.exceptions),
        "message": f"{shown.sentence} {shown.support}".strip(),
    }


def row_as_json(row: RehearsedInvoice, language: str = "en") -> dict[str, Any]:
    """One number."""
    return {
        "number": row.number,
        "result": row.result,
        "invoiceDate": row.invoice_date.isoformat() if row.invoice_date else None,
        "voucherDate": row.voucher_date.isoformat() if row.voucher_date else None,
        "voucherNumber": row.voucher_number,
        "customerNumber": row.customer or None,
        "customerName": row.name or None,
        "currency": row.currency or None,
        "total": str(row.total) if row.total is not None else None,
        "postedTotal": str(row.posted_total) if row.posted_total is not None else None,
        "journalNumbers": row.journals,
        "why": why(row, language),
    }
