"""Each posted line becomes one expense, whatever breaks: killed at every step, lost answers, two at the same time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.books import Books, document


class Killed(BaseException):
    """The process ends here, as by SIGKILL: nothing after it runs but what ends a database session."""


@contextmanager
def killed_at(monkeypatch: pytest.MonkeyPatch, step: int) -> Iterator[list[str]]:
    """End the process before (even steps) or after (odd) the wire call number `step // 2`; gives the calls made."""
    from bilag.wire.http import WireClient

    calls: list[str] = []
    send = WireClient.send

    def counted(self: Any, method: str, path: str, **rest: Any) -> Any:
        calls.append(f"{method} {path}")
        number = len(calls) - 1
        if 2 * number == step:
            raise Killed(path)
        answer = send(self, method, path, **rest)
        if 2 * number + 1 == step:
            raise Killed(path)
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(WireClient, "send", counted)
        yield calls


def pass_doubt() -> None:
    """Let the minute be over in which a lost request may still arrive."""
    from django.db.models import F

    from bilag.expenses.models import ExpenseLine, ExpenseMark

    def earlier(text: str) -> str:
        return (datetime.fromisoformat(text) - timedelta(seconds=61)).isoformat()

    ExpenseLine.objects.filter(sent_at__isnull=False).update(sent_at=F("sent_at") - timedelta(seconds=61))
    for mark in ExpenseMark.objects.all():
        mark.activities_sent = {place: earlier(at) for place, at in mark.activities_sent.items()}
        mark.save()
    for row in ExpenseLine.objects.all():
        row.documents = [
            {**one, "sent_at": earlier(one["sent_at"])} if "sent_at" in one else one for one in row.documents
        ]
        row.save()


def test_killed_at_every_step_each_line_comes_in_once_with_its_document(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, ended = 0, False
    while not ended:
        project = books.project()
        number = project["projectNumber"]
        books.post({"project": number}, {"project": number, "net": "1.00", "vat": "0.25"}, documents=[document()])
        with killed_at(monkeypatch, step) as calls:
            try:
                books.bring_in()
            except Killed:
                pass
            else:
                ended = True
        assert books.bring_in().problem is None
        pass_doubt()
        assert books.bring_in().problem is None
        made = books.expenses(project)
        assert sorted(one["netAmount"] for one in made) == [1.0, 1000.0], (step, calls)
        assert [len(one["attachments"]) for one in made] == [1, 1], (step, calls)
        assert [one["name"] for one in books.activities(project)] == ["Utlegg"], (step, calls)
        step += 1
    assert step >= 20


def test_an_import_that_was_killed_is_shown_as_interrupted(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.expenses import queries

    project = books.project()
    books.post({"project": project["projectNumber"]})
    with killed_at(monkeypatch, 6), pytest.raises(Killed):
        books.bring_in()
    books.bring_in()
    told = queries.import_as_json(queries.imports(books.world.company_id)[1])
    assert told["problem"]["message"] == "The import was interrupted."
    assert "continues where this one stopped" in told["problem"]["remedy"]


@pytest.mark.parametrize("fault", ["lost_answer", "closed_before", "unavailable", "bad_gateway", "cut_off"])
@pytest.mark.parametrize(
    "operation",
    ["createProjectExpense", "createProjectExtension", "addProjectExpenseAttachment", "listProjectExpenses"],
)
def test_an_answer_that_is_lost_is_looked_up_and_nothing_is_sent_twice(
    books: Books, fault: str, operation: str
) -> None:
    project = books.project()
    books.post({"project": project["projectNumber"]}, documents=[document()])
    books.world.moment.fault(kind=fault, times=1, operation=operation)
    books.bring_in()
    pass_doubt()
    assert books.bring_in().problem is None
    books.bring_in()
    [made] = books.expenses(project)
    assert len(made["attachments"]) == 1
    assert len(books.activities(project)) == 1


def test_activity_that_was_sent_a_moment_ago_is_not_sent_again_and_a_late_one_is_used(books: Books) -> None:
    """Two lines of one project, and an activity that arrives after its sender gave up: there is one in the end."""
    project = books.project()
    number = project["projectNumber"]
    journal = books.post({"project": number}, {"project": number, "net": "1.00", "vat": "0.25"})
    books.world.moment.fault(
        kind="gateway_timeout", times=1, operation="createProjectExtension", work="later", seconds=60
    )
    run = books.bring_in()
    assert run.counts["waiting"] == 2
    assert books.line(journal).state == "waiting"
    books.world.pass_time_outside(60)
    assert books.activities(project)
    assert books.bring_in().problem is None
    assert len(books.expenses(project)) == 2
    assert [one["name"] for one in books.activities(project)] == ["Utlegg"]


def test_document_that_was_sent_a_moment_ago_is_not_sent_again_before_the_minute_is_over(books: Books) -> None:
    project = books.project()
    books.post({"project": project["projectNumber"]}, documents=[document()])
    books.world.moment.fault(kind="closed_before", times=1, operation="addProjectExpenseAttachment")
    books.bring_in()
    assert books.bring_in().counts["waiting"] == 1
    assert [one["attachments"] for one in books.expenses(project)] == [[]]
    pass_doubt()
    books.bring_in()
    assert [len(one["attachments"]) for one in books.expenses(project)] == [1]


def test_what_was_sent_a_moment_ago_is_not_sent_again_before_the_minute_is_over(books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.world.moment.fault(kind="closed_before", times=1, operation="createProjectExpense")
    run = books.bring_in()
    assert books.line(journal).state == "sending"
    run = books.bring_in()
    assert run.counts["waiting"] == 1
    assert books.expenses(project) == []
    pass_doubt()
    books.bring_in()
    assert books.line(journal).state == "done"


def test_our_own_record_lost_the_expense_is_found_by_its_key(books: Books) -> None:
    from bilag.expenses.models import ExpenseLine, ExpenseMark

    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    ExpenseLine.objects.all().delete()
    ExpenseMark.objects.all().delete()
    books.bring_in()
    assert len(books.expenses(project)) == 1
    assert books.line(journal).moment_id == books.expenses(project)[0]["id"]


def test_two_imports_at_the_same_time_bring_in_each_line_once(books: Books) -> None:
    from django.db import connection

    from bilag.jobs.lease import Busy

    project = books.project()
    for _ in range(5):
        books.post({"project": project["projectNumber"]})
    ended: list[str] = []

    def run() -> None:
        try:
            books.bring_in()
            ended.append("done")
        except Busy:
            ended.append("busy")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "done" in ended
    assert len(books.expenses(project)) == 5
    assert len(books.activities(project)) == 1


def test_moment_that_is_down_costs_nothing_but_time(books: Books, events: Any) -> None:
    project = books.project()
    for _ in range(5):
        books.post({"project": project["projectNumber"]})
    books.world.moment.fault(kind="unavailable", times=50)
    run = books.bring_in()
    assert run.problem["code"] == "moment_unavailable"
    assert len(events("expenses_failed")) == 1
    books.bring_in()
    assert len(events("expenses_failed")) == 1  # the same cause is told once
    books.world.moment.ask("DELETE", "/admin/faults")
    assert books.bring_in().counts["done"] == 5


def test_wrong_credentials_pause_the_company_and_lose_nothing(books: Books) -> None:
    from bilag.companies import lifecycle, store

    project = books.project()
    books.post({"project": project["projectNumber"]})
    books.world.moment.fault(kind="unauthorized", times=1, operation="createProjectExpense")
    assert books.bring_in().problem["code"] == "moment_credentials"
    assert store.load_setup(books.world.company_id).paused is not None
    lifecycle.resume(books.world.company_id)
    books.bring_in()
    assert len(books.expenses(project)) == 1
