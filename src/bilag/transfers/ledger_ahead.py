"""The stored record of vouchers that a ledger has and the database lacks (`intake.ahead`), for pages, commands and emails."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bilag.companies.models import Ledger
from bilag.companies.setup import Setup
from bilag.posting.problem import Problem
from bilag.transfers.models import Kind


class How(StrEnum):
    """How it was noticed."""

    START = "start"
    NIGHT = "night"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Noticed:
    """What the ledger has and the database lacks: the first `documents`, as subjects of problems, and how many `more`."""

    since: datetime
    how: How
    documents: tuple[str, ...]
    more: int
    problem: Problem


def problem_for(setup: Setup) -> Problem | None:
    """Return the problem that people are notified of; None if the database knows all vouchers that were found."""
    found = noticed(setup)
    return found.problem if found is not None else None


def noticed(setup: Setup) -> Noticed | None:
    """Return the vouchers found in the company's ledger that the database does not know."""
    if setup.ledger is None:
        return None
    stored = Ledger.objects.filter(pk=setup.ledger.id).values_list("ahead", flat=True).first()
    if not stored:
        return None
    documents = tuple(stored["documents"])
    since = datetime.fromisoformat(stored["since"])
    return Noticed(since, How(stored["how"]), documents, stored["count"] - len(documents), problem_of(stored))


def problem_of(ahead: dict[str, Any]) -> Problem:
    """Return the problem of a kept notice."""
    invoices = [text.partition(" ")[2] for text in ahead["documents"] if text.startswith(f"{Kind.INVOICE} ")]
    example = {"number": invoices[0]} if invoices else {}
    return Problem("ledger_ahead", "company", {"count": str(ahead["count"]), **example})
