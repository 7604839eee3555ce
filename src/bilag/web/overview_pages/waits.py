"""What waits for a person, put together by cause."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F

from bilag.messages.render import RenderedProblem
from bilag.posting.problem import Problem
from bilag.transfers.models import State, Transfer
from bilag.web.templatetags.bilag import problem

MOST_LOOKED_AT = 1000
FEW = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """One transfer, with what is said of it where that differs from its cause."""

    pk: int
    kind: str
    number: str
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: how many of the newest wait for it, told as of the newest of them."""

    told: RenderedProblem
    count: int
    newest: list[Waiting]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.newest)


def causes(company_id: int) -> list[Cause]:
    """The causes of the newest that wait, the commonest first."""
    waiting = Transfer.objects.filter(company_id=company_id, state=State.NEEDS_ATTENTION)
    rows = waiting.annotate(first_problem=F("problems__0")).order_by("-id")
    by_code: dict[str, list[dict[str, Any]]] = {}
    for row in rows.values("pk", "kind", "number", "name", "first_problem")[:MOST_LOOKED_AT]:
        stored = row["first_problem"] or {"code": "unknown"}
        by_code.setdefault(str(stored.get("code")), []).append({**row, "first_problem": stored})
    return [_cause(group) for group in sorted(by_code.values(), key=len, reverse=True)]


def _cause(rows: list[dict[str, Any]]) -> Cause:
    told = problem(Problem.from_json(rows[0]["first_problem"]))
    newest = []
    for row in rows[:FEW]:
        message = problem(Problem.from_json(row["first_problem"])).message
        different = message if message != told.message else ""
        newest.append(Waiting(row["pk"], row["kind"], row["number"], row["name"] or "", different))
    return Cause(told, len(rows), newest)
