"""Group the transfers that need attention by cause."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F

from bilag.messages.render import RenderedProblem
from bilag.posting.problem import Problem
from bilag.transfers.models import State, Transfer
from bilag.web.templatetags.bilag import problem

MOST_EXAMINED = 1000
FEW = 3


@dataclass(frozen=True, slots=True)
class AffectedTransfer:
    """A transfer that needs attention. `message` is set if it differs from the message of the cause."""

    pk: int
    kind: str
    number: str
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause, rendered for its newest transfer, and how many of the examined transfers have it."""

    rendered: RenderedProblem
    count: int
    newest: list[AffectedTransfer]

    @property
    def more(self) -> int:
        """How many transfers are not listed."""
        return self.count - len(self.newest)


def causes(company_id: int) -> list[Cause]:
    """Return the causes of the newest transfers that need attention, the most frequent first."""
    waiting = Transfer.objects.filter(company_id=company_id, state=State.NEEDS_ATTENTION)
    rows = waiting.annotate(first_problem=F("problems__0")).order_by("-id")
    by_code: dict[str, list[dict[str, Any]]] = {}
    for row in rows.values("pk", "kind", "number", "name", "first_problem")[:MOST_EXAMINED]:
        stored = row["first_problem"] or {"code": "unknown"}
        by_code.setdefault(str(stored.get("code")), []).append({**row, "first_problem": stored})
    return [_cause(group) for group in sorted(by_code.values(), key=len, reverse=True)]


def _cause(rows: list[dict[str, Any]]) -> Cause:
    """Return the cause of these rows, newest first."""
    rendered = problem(Problem.from_json(rows[0]["first_problem"]))
    newest = []
    for row in rows[:FEW]:
        message = problem(Problem.from_json(row["first_problem"])).message
        different = message if message != rendered.message else ""
        newest.append(AffectedTransfer(row["pk"], row["kind"], row["number"], row["name"] or "", different))
    return Cause(rendered, len(rows), newest)
