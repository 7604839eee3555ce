"""Lines are sent in groups: each is in Moment once, whenever the process ends and whatever Moment answers meanwhile."""

import threading
from typing import Any

import pytest

from tests.expenses.test_once import Killed, killed_at, pass_doubt
from tests.support.books import Books

LINES = 5


@pytest.fixture
def lines(books: Books, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, int]:
    """A project, and the journal of five lines on it; a group is three of them."""
    from bilag.expenses import importer

    monkeypatch.setattr(importer, "TOGETHER", 3)
    project = books.project()
    number = project["projectNumber"]
    journal = books.post(*({"project": number, "net": f"{100 + place}.00", "vat": "0.00"} for place in range(LINES)))
    return project, journal


def amounts(books: Books, project: Any) -> list[float]:
    return sorted(one["netAmount"] for one in books.expenses(project))


@pytest.mark.parametrize("step", range(18, 36))
def test_killed_while_groups_are_sent(
    books: Books, lines: tuple[Any, int], monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    project, _journal = lines
    with killed_at(monkeypatch, step) as calls, pytest.raises(Killed):
        books.bring_in()
    assert any("projectExpenses" in call for call in calls)
    assert books.bring_in().problem is None
    pass_doubt()
    assert books.bring_in().problem is None
    assert amounts(books, project) == [100.0, 101.0, 102.0, 103.0, 104.0], calls


@pytest.mark.parametrize("fault", ["unavailable", "closed_before", "lost_answer", "unauthorized"])
def test_what_ends_an_import_says_of_each_line_whether_it_was_sent(
    books: Books, lines: tuple[Any, int], fault: str
) -> None:
    from bilag.expenses.models import ExpenseLine, LineState

    project, _journal = lines
    books.world.moment.fault(kind=fault, times=LINES, operation="createProjectExpense")
    books.bring_in()
    made = amounts(books, project)
    rows = list(ExpenseLine.objects.filter(external_key__gt=""))
    sent = [row for row in rows if row.sent_at is not None and row.state == LineState.SENDING]
    assert {row.net for row in rows if row.state == LineState.DONE} <= {*made}
    assert {*made} <= {row.net for row in rows if row.sent_at is not None}, (
        "what may be in Moment is known to have been sent"
    )
    if fault == "unauthorized":
        assert sent == [], "Moment answered that it did nothing, so nothing is in doubt"
    books.world.moment.ask("DELETE", "/admin/faults")
    from bilag.companies import lifecycle

    lifecycle.resume(books.world.company_id)
    pass_doubt()
    assert books.bring_in().problem is None
    assert amounts(books, project) == [100.0, 101.0, 102.0, 103.0, 104.0]


def test_a_line_that_a_person_excludes_meanwhile_is_not_sent(
    books: Books, lines: tuple[Any, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its intent is stored with those of its group, and it is asked again before its own request."""
    from bilag.expenses import in_flight
    from bilag.expenses.models import ExpenseLine
    from bilag.expenses.writes import write
    from bilag.moment.expenses import ProjectExpenses

    monkeypatch.setattr(in_flight, "AT_ONCE", 1)
    project, _journal = lines
    create, excluded = ProjectExpenses.create, []

    def slow(self: Any, new: Any) -> int:
        if not excluded:
            row = ExpenseLine.objects.order_by("pk")[1]
            write(row, state="ignored", reason="excluded", sent_at=None)
            excluded.append(float(row.net or 0))
        return create(self, new)

    monkeypatch.setattr(ProjectExpenses, "create", slow)
    assert books.bring_in().problem is None
    assert amounts(books, project) == sorted({100.0, 101.0, 102.0, 103.0, 104.0} - {*excluded})


def test_an_intent_that_waited_for_its_request_is_renewed(
    books: Books, lines: tuple[Any, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The minute of doubt counts from the request that may still arrive, not from the first of its group."""
    from datetime import timedelta

    from bilag.expenses import in_flight, moment_writer
    from bilag.expenses.models import ExpenseLine
    from bilag.moment.expenses import ProjectExpenses

    monkeypatch.setattr(in_flight, "AT_ONCE", 1)
    monkeypatch.setattr(moment_writer, "RENEWED_AFTER", timedelta(0))
    create, intents = ProjectExpenses.create, []

    def watched(self: Any, new: Any) -> int:
        intents.append(ExpenseLine.objects.get(external_key=new.external_key).sent_at)
        return create(self, new)

    monkeypatch.setattr(ProjectExpenses, "create", watched)
    assert books.bring_in().problem is None
    assert len(set(intents)) == LINES


def test_requests_in_flight_have_their_order_their_limit_and_the_context_of_the_caller(database: None) -> None:
    from bilag.expenses.in_flight import AT_ONCE, InFlight
    from bilag.wire import fence

    together = threading.Barrier(AT_ONCE)
    checked: list[int] = []
    taken: list[int] = []

    def given() -> Any:
        for number in range(2 * AT_ONCE):
            taken.append(number)
            yield number

    def request(number: int) -> int:
        fence.check()
        together.wait(60)  # as many are in flight as may be, or this never ends
        if number == 1:
            raise LookupError(number)
        return number

    answers = []
    with fence.checked_by(lambda: checked.append(1)), InFlight() as flights:
        for number, answer in flights.each(request, given()):
            assert len(taken) - len(answers) <= AT_ONCE
            try:
                answers.append(answer())
            except LookupError:
                answers.append(-number)
    assert answers == [0, -1, *range(2, 2 * AT_ONCE)]
    assert len(checked) == 2 * AT_ONCE


def test_nothing_is_begun_after_the_caller_stopped(database: None) -> None:
    from contextlib import closing

    from bilag.expenses.in_flight import AT_ONCE, InFlight

    begun: list[int] = []
    ended: list[int] = []

    def request(number: int) -> None:
        begun.append(number)
        ended.append(number)

    with InFlight() as flights:
        with closing(flights.each(request, range(100))) as each:
            for _number, answer in each:
                answer()
                break
        assert len(begun) == len(ended) <= AT_ONCE
    assert len(begun) <= AT_ONCE
