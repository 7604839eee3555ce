"""Collect the problems of an invoice, each reported once with all the lines it concerns."""

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from bilag.posting.invoice import Invoice
from bilag.posting.problem import Problem

ROUNDING_ENTRY = "rounding entry"
_ENTRY = re.compile(r"entry (\d{1,6})")


class Findings:
    """Collects the problems of one invoice and adds the facts `invoice` and, for lines, `lines`."""

    def __init__(self, invoice: Invoice) -> None:
        self._invoice = invoice
        self._found: dict[tuple[str, str, tuple[tuple[str, str], ...]], set[int]] = {}

    def of_invoice(self, code: str, **facts: object) -> None:
        """Add a problem of the invoice as a whole."""
        self._add(Problem(code, invoice_subject(self._invoice), _as_text(facts)), ())

    def of_lines(self, code: str, positions: Iterable[int], **facts: object) -> None:
        """Add a problem of the lines at `positions`; no positions means the rounding entry that Bilag adds."""
        self._add(Problem(code, "", _as_text(facts)), positions)

    def of_other(self, problem: Problem, positions: Iterable[int] = ()) -> None:
        """Add a problem with a subject of its own, such as a project, found on the lines at `positions`."""
        self._add(problem, positions)

    def _add(self, problem: Problem, positions: Iterable[int]) -> None:
        key = (problem.code, problem.subject, tuple(problem.facts.items()))
        self._found.setdefault(key, set()).update(positions)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, in the order they were found."""
        return tuple(self._complete(*found, positions) for found, positions in self._found.items())

    def _complete(self, code: str, subject: str, facts: tuple[tuple[str, str], ...], positions: set[int]) -> Problem:
        all_facts = {**dict(facts), **invoice_facts(self._invoice)}
        if positions:
            all_facts["lines"] = ", ".join(map(str, sorted(positions)))
        return Problem(code, subject or lines_subject(positions), all_facts)


def invoice_subject(invoice: Invoice) -> str:
    """Name the invoice by its number, or by Moment's id while it is a draft."""
    return f"invoice {invoice.number}" if invoice.number is not None else f"draft {invoice.moment_id}"


def invoice_facts(invoice: Invoice) -> dict[str, str]:
    """Return the fact `invoice`, or nothing for a draft."""
    return {"invoice": str(invoice.number)} if invoice.number is not None else {}


def lines_subject(positions: Iterable[int]) -> str:
    """Return "line 2" or "lines 2, 5", or the rounding entry if there are no positions."""
    ordered = sorted(set(positions))
    if not ordered:
        return ROUNDING_ENTRY
    return f"line{'s' if len(ordered) > 1 else ''} {', '.join(map(str, ordered))}"


def locate_in_invoice(problem: Problem, fed_by: tuple[tuple[int, ...], ...], invoice: Invoice) -> Problem:
    """Replace the subject "entry N" of an accounting system's problem by the invoice lines behind that entry.

    `fed_by` holds the line positions of each entry. A problem without subject becomes the invoice's; other subjects
    stay.
    """
    facts = {**problem.facts, **invoice_facts(invoice)}
    if not problem.subject:
        return replace(problem, subject=invoice_subject(invoice), facts=facts)
    found = _ENTRY.fullmatch(problem.subject)
    if found is None or not 1 <= int(found[1]) <= len(fed_by):
        return replace(problem, facts=facts)
    positions = fed_by[int(found[1]) - 1]
    if positions:
        facts["lines"] = ", ".join(map(str, sorted(positions)))
    return replace(problem, subject=lines_subject(positions), facts=facts)


def _as_text(facts: dict[str, object]) -> dict[str, str]:
    return {name: _text_of(value) for name, value in facts.items() if value is not None}


def _text_of(value: object) -> str:
    if isinstance(value, Decimal) and value.is_finite() and -20 < value.adjusted() < 20:
        return f"{value:f}"
    return str(value)
