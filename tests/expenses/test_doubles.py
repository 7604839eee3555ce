"""A process that was frozen just before it sent an expense, and sends it when it wakes: the double is told, never overwritten."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.expenses.test_once import Killed, pass_doubt
from tests.support.books import Books, document


@pytest.fixture
def frozen(books: Books, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Freeze the next import just before it creates an expense, do what is given, and wake it. Its lock is gone meanwhile."""
    from contextlib import nullcontext

    from bilag.expenses import importer
    from bilag.moment.expenses import ProjectExpenses

    create = ProjectExpenses.create

    def freeze(meanwhile: Callable[[], None]) -> None:
        pending = [meanwhile]

        def slow(self: Any, new: Any) -> int:
            if pending:
                pending.pop()()
            return create(self, new)

        monkeypatch.setattr(ProjectExpenses, "create", slow)

    monkeypatch.setattr(importer, "held", lambda *_: nullcontext())
    return freeze


def pass_time(**time: int) -> None:
    """Let what was done be longer ago."""
    from django.db.models import F

    from bilag.expenses.models import ExpenseLine

    past = timedelta(**time)
    ExpenseLine.objects.update(done_at=F("done_at") - past, count_at=F("count_at") - past)


def another_import(books: Books) -> None:
    pass_doubt()
    books.bring_in()


def codes(row: Any) -> list[str]:
    from bilag.expenses import queries

    return [problem.code for problem in queries.problems_of(row)]


def test_a_process_that_wakes_does_not_overwrite_and_its_double_is_told(books: Books, frozen: Any, events: Any) -> None:
    from bilag.expenses import queries

    project = books.project()
    journal = books.post({"project": project["projectNumber"]}, documents=[document()])
    frozen(lambda: another_import(books))
    books.bring_in()
    first, second = sorted(one["id"] for one in books.expenses(project))
    row = books.line(journal)
    assert row.moment_id == first, "what the other import wrote stands"
    assert (row.state, row.needs_review, codes(row)) == ("done", True, ["expense_doubled"])
    [told] = queries.as_json(row)["problems"]
    assert f"{first} and {second}" in told["message"]
    assert f"Keep expense {first} in Moment and delete expense {second}" in told["remedy"]
    assert queries.counts(books.world.company_id)["needs_attention"] == 1
    assert len(events("expense_doubled")) == 1
    books.bring_in()
    assert len(events("expense_doubled")) == 1, "it is told once"


def test_a_double_that_a_person_deletes_is_gone_from_the_list(books: Books, frozen: Any) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    frozen(lambda: another_import(books))
    books.bring_in()
    books.bring_in()
    first, second = sorted(one["id"] for one in books.expenses(project))
    delete(books, second)
    books.bring_in()
    row = books.line(journal)
    assert (row.needs_review, codes(row), row.moment_id) == (False, [], first)


def test_the_other_one_is_deleted_and_the_line_follows(books: Books, frozen: Any) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    frozen(lambda: another_import(books))
    books.bring_in()
    first, second = sorted(one["id"] for one in books.expenses(project))
    delete(books, first)
    books.bring_in()
    row = books.line(journal)
    assert (row.needs_review, row.moment_id) == (False, second)


def test_a_person_s_word_on_a_double_stands(books: Books, frozen: Any) -> None:
    from bilag.expenses import actions

    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    frozen(lambda: another_import(books))
    books.bring_in()
    books.bring_in()
    actions.mark_reviewed(books.world.company_id, books.line(journal).pk, origin="kari")
    books.bring_in()
    assert not books.line(journal).needs_review


@pytest.mark.parametrize("hours", [0, 20])
def test_a_double_of_a_process_whose_database_was_cut_is_found_by_counting(
    books: Books, frozen: Any, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """It sends, and then can write nothing. The other import knows of one expense only, and may have counted it already."""
    from bilag.moment.expenses import ProjectExpenses

    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    create = ProjectExpenses.create

    def asleep() -> None:
        another_import(books)
        if hours:
            pass_time(hours=hours)
            books.bring_in()
        monkeypatch.setattr(expenses_module, "_parse_created", cut_off)

    def cut_off(*_: Any) -> None:
        monkeypatch.setattr(ProjectExpenses, "create", create)
        raise Killed

    from bilag.moment import expenses as expenses_module

    frozen(asleep)
    with pytest.raises(Killed):
        books.bring_in()
    monkeypatch.undo()
    assert len(books.expenses(project)) == 2
    pass_time(hours=5)
    books.bring_in()
    assert codes(books.line(journal)) == ["expense_doubled"]


def test_two_that_were_there_before_the_first_try_are_told(books: Books, frozen: Any) -> None:
    """Bilag's own record was lost, and with it what it had told."""
    from bilag.expenses.models import ExpenseLine, ExpenseMark

    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    frozen(lambda: another_import(books))
    books.bring_in()
    ExpenseLine.objects.all().delete()
    ExpenseMark.objects.all().delete()
    books.bring_in()
    assert codes(books.line(journal)) == ["expense_doubled"]


def test_the_invoiced_one_of_two_is_the_one_to_keep(books: Books, frozen: Any) -> None:
    from bilag.expenses import queries

    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    frozen(lambda: another_import(books))
    books.bring_in()
    first, second = sorted(one["id"] for one in books.expenses(project))
    books.world.moment.ask("PATCH", f"/admin/projectExpenses/{second}", {"invoicedState": "invoiced"})
    books.bring_in()
    [told] = queries.as_json(books.line(journal))["problems"]
    assert f"Keep expense {second} in Moment and delete expense {first}" in told["remedy"]


def test_each_expense_is_counted_twice_and_no_more(books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    for hours, open_again in ((1, True), (25, False)):
        pass_time(hours=hours)
        books.bring_in()
        assert (books.line(journal).count_at is not None) == open_again


def test_a_person_who_excludes_a_line_in_mid_import_is_not_overruled(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilag.expenses import actions
    from bilag.moment.expenses import ProjectExpenses

    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    find = ProjectExpenses.find

    def asked(self: Any, key: str) -> Any:
        monkeypatch.setattr(ProjectExpenses, "find", find)
        actions.exclude(books.world.company_id, books.line(journal).pk, origin="kari")
        return find(self, key)

    monkeypatch.setattr(ProjectExpenses, "find", asked)
    assert books.bring_in().problem is None
    assert books.expenses(project) == []
    assert books.line(journal).reason == "excluded"


def test_lines_are_written_by_one_function_only() -> None:
    from tests.support.paths import ROOT

    folder = ROOT / "src" / "bilag" / "expenses"
    for path in folder.glob("*.py"):
        text = path.read_text()
        assert "bulk_update" not in text, path
        assert "row.save(" not in text, path
        assert "mark.save(" not in text.replace("    mark.save()\n    return mark", ""), path


def delete(books: Books, moment_id: int) -> None:
    """A person deletes the expense in Moment. The sandbox has no such request: it gets another key."""
    books.world.moment.ask("PATCH", f"/admin/projectExpenses/{moment_id}", {"externalKey": f"deleted-{moment_id}"})


def test_a_reading_that_wakes_does_not_move_the_position_of_another_ledger(
    books: Books, frozen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It read client 123 when it was frozen; meanwhile the setup named 777, and an import read that."""
    from bilag.expenses.models import ExpenseMark
    from bilag.expenses.report_reader import Reading

    project = books.project()
    for _ in range(5):
        books.post({"project": project["projectNumber"]})
    page, sleeping = Reading._page, [True]

    def asleep(self: Any, *given: Any) -> None:
        if sleeping:
            sleeping.clear()
            books.change_client("777")
            books.post({"project": project["projectNumber"], "net": "7.00", "vat": "0"})
            books.bring_in()
        page(self, *given)

    monkeypatch.setattr(Reading, "_page", asleep)
    run = books.bring_in()
    assert run.problem["code"] == "import_interrupted"
    mark = ExpenseMark.objects.get()
    assert mark.ledger_key.endswith(":777")
    books.post({"project": project["projectNumber"], "net": "8.00", "vat": "0"})
    books.bring_in()
    assert sorted(one["netAmount"] for one in books.expenses(project)) == [7.0, 8.0]


def test_an_import_stops_when_the_setup_names_another_ledger(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.expenses.in_flight import AT_ONCE
    from bilag.moment.expenses import ProjectExpenses

    project = books.project()
    for _ in range(12):
        books.post({"project": project["projectNumber"]})
    create, made = ProjectExpenses.create, []

    def saved_meanwhile(self: Any, new: Any) -> int:
        made.append(new.external_key)
        if len(made) == 2:
            books.change_client("777")
        return create(self, new)

    monkeypatch.setattr(ProjectExpenses, "create", saved_meanwhile)
    assert books.bring_in().problem["code"] == "import_interrupted"
    assert len(made) <= 1 + AT_ONCE, "what was in flight when the setup was saved"
    books.bring_in()
    assert len(books.expenses(project)) == len(made)


def test_a_process_whose_lease_ended_while_it_was_frozen_sends_nothing(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    from bilag.expenses.models import ExpenseImport
    from bilag.jobs import lease
    from bilag.moment.expenses import ProjectExpenses

    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    create, sleeping = ProjectExpenses.create, [True]

    def elsewhere() -> None:
        try:
            another_import(books)
        finally:
            connection.close()

    def asleep(self: Any, new: Any) -> int:
        if sleeping:
            sleeping.clear()
            lease.forget_all()
            [mine] = lease._held.get()
            mine.until = 0
            other = threading.Thread(target=elsewhere)
            other.start()
            other.join()
        return create(self, new)

    monkeypatch.setattr(ProjectExpenses, "create", asleep)
    assert books.bring_in().problem["code"] == "import_interrupted"
    assert len(books.expenses(project)) == 1
    row = books.line(journal)
    assert (row.state, row.moment_id) == ("done", books.expenses(project)[0]["id"])
    assert ExpenseImport.objects.filter(ended_at=None).count() == 0
