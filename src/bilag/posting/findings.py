"""What is found wrong with an invoice: every problem, each told once with all the lines that it is about."""

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from bilag.posting.invoice import Invoice
from bilag.posting.problem import Problem

ROUNDING_ENTRY = "rounding entry"
_ENTRY = re.compile(r"entry (\d{1,6})")


class Findings:
    """Collects the problems of one invoice. Each carries the fact `invoice` and, where lines are meant, `lines`."""

    def __init__(self, invoice: Invoice) -> None:
        self._invoice = invoice
        self._found: dict[tuple[str, str, tuple[tuple[str, str], ...]], set[int]] = {}

    def of_invoice(self, code: str, **facts: object) -> None:
        """A problem of the invoice as a whole."""
        self._add(Problem(code, invoice_subject(self._invoice), _as_text(facts)), ())

    def of_lines(self, code: str, positions: Iterable[int], **facts: object) -> None:
        """A problem of the lines at `positions`; none of them means the rounding entry that Bilag adds."""
        self._add(Problem(code, "", _as_text(facts)), positions)

    def of_other(self, problem: Problem, positions: Iterable[int] = ()) -> None:
        """A problem that has a subject of its own, such as a project, met on the lines at `positions`."""
        self._add(problem, positions)

    def _add(self, problem: Problem, positions: Iterable[int]) -> None:
        key = (problem.code, problem.subject, tuple(problem.facts.items()))
        self._found.setdefault(key, set()).update(positions)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them, in the order in which they were found."""
        return tuple(self._told(*found, positions) for found, positions in self._found.items())

    def _told(self, code: str, subject: str, facts: tuple[tuple[str, str], ...], positions: set[int]) -> Problem:
        all_facts = {**dict(facts), **invoice_facts(self._invoice)}
        if positions:
            all_facts["lines"] = ", ".join(map(str, sorted(positions)))
        return Problem(code, subject or lines_subject(positions), all_facts)


def invoice_subject(invoice: Invoice) -> str:
    """The invoice by its number, or by Moment's id while it is a draft."""
    return f"invoice {invoice.number}" if invoice.number is not None else f"draft {invoice.moment_id}"


def invoice_facts(invoice: Invoice) -> dict[str, str]:
    """The fact `invoice`, where there is a number."""
    return {"invoice": str(invoice.number)} if invoice.number is not None else {}


def lines_subject(positions: Iterable[int]) -> str:
    """ "line 2" or "lines 2, 5"; the rounding entry where there are none."""
    ordered = sorted(set(positions))
    if not ordered:
        return ROUNDING_ENTRY
    return f"line{'s' if len(ordered) > 1 else ''} {', '.join(map(str, ordered))}"


def told_of_lines(problem: Problem, fed_by: tuple[tuple[int, ...], ...], invoice: Invoice) -> Problem:
    """A problem that the accounting system told of "entry N" (or of nothing), told of what Moment's user knows."""
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
