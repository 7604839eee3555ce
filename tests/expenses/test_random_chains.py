"""Random costs, reversals and reversals of reversals, with imports, faults and killed processes between them: in the end Moment
holds for each project what accounting holds."""

import contextlib
import random
from decimal import Decimal
from typing import Any

import pytest

from tests.expenses.test_once import Killed, killed_at, pass_doubt
from tests.expenses.test_reversals import part
from tests.support.books import Books, document

STEPS = 14
FAULTS = ("lost_answer", "closed_before", "unavailable", "bad_gateway")


@pytest.mark.parametrize("seed", range(8))
def test_moment_holds_what_accounting_holds(books: Books, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = random.Random(seed)
    projects = [books.project(), books.project()]
    expected = {project["id"]: Decimal(0) for project in projects}
    lines: list[tuple[int, Decimal, dict[str, Any]]] = []
    """Journal, net amount, and the project of the chain's first line."""

    def post() -> None:
        project, net = chance.choice(projects), Decimal(chance.randint(1, 5)) * 100
        papers = [document()] if chance.random() < 0.3 else []
        journal = books.post({"project": project["projectNumber"], "net": f"{net}"}, documents=papers)
        add(journal, net, project)

    def reverse() -> None:
        journal, net, project = chance.choice(lines)
        add(books.reverse(journal), -net, project)

    def reverse_in_part() -> None:
        journal, net, project = chance.choice(lines)
        amount = (-net / chance.choice((2, 4))).quantize(Decimal("0.01"))
        add(part(books, chance.choice(projects), journal, f"{amount:.2f}"), amount, project)

    def add(journal: int, net: Decimal, project: dict[str, Any]) -> None:
        lines.append((journal, net, project))
        expected[project["id"]] += net

    def bring_in() -> None:
        if chance.random() < 0.4:
            books.world.moment.fault(
                kind=chance.choice(FAULTS), times=1, operation=chance.choice(("createProjectExpense", None))
            )
        books.bring_in(days_back=chance.choice((None, 30)))
        books.world.moment.ask("DELETE", "/admin/faults")

    def killed() -> None:
        with killed_at(monkeypatch, chance.randint(0, 30)), contextlib.suppress(Killed):
            books.bring_in()

    post()
    for _ in range(STEPS):
        chance.choice((post, reverse, reverse, reverse_in_part, bring_in, bring_in, killed))()
    for _ in range(2):
        pass_doubt()
        assert books.bring_in().problem is None
    for project in projects:
        made = [Decimal(str(one["netAmount"])) for one in books.expenses(project)]
        assert sum(made, Decimal(0)) == expected[project["id"]], (seed, made)
    keys = [one["externalKey"] for one in books.expenses()]
    assert len(keys) == len(set(keys))
