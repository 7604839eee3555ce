"""Imports that fail are told of: at once where a person must act, after some hours where the other system is silent."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.support.books import Books


def told(books: Books) -> list[Any]:
    """The open problems of imports."""
    from bilag.companies import store
    from bilag.inbox.open_problems import find_open_problems

    found = find_open_problems(store.load_setup(books.world.company_id))
    return [one for one in found if one.key.startswith("import|")]


def test_a_report_that_does_not_exist_is_told_at_once_and_until_an_import_is_well(books: Books) -> None:
    from bilag.notifications.alerts import notify_new_problems
    from bilag.notifications.changes import find_changed

    books.world.apply(expenses={**books.setup, "report_name": "borte"}, notify={"emails": ["kari@fjell.example"]})
    assert books.bring_in().problem["code"] == "report_unknown"
    [one] = told(books)
    assert (one.problem.code, one.place) == ("report_unknown", "expenses/imports/")
    [(company, stamp)] = find_changed()
    [letter] = notify_new_problems(company, stamp)
    assert "borte" in letter.text
    assert find_changed() == []
    books.bring_in()
    assert find_changed() == [], "the same problem again changes nothing"
    assert told(books)[0].since == one.since
    books.world.apply(expenses=books.setup, notify={"emails": ["kari@fjell.example"]})
    assert books.bring_in().problem is None
    assert told(books) == []
    assert find_changed() != []


def test_a_system_that_is_silent_is_told_after_hours(books: Books) -> None:
    from bilag.expenses.models import ExpenseImport

    assert books.bring_in().problem is None
    books.post({"project": books.project()["projectNumber"]})
    books.world.moment.fault(kind="unavailable", times=None)
    assert books.bring_in().problem["code"] == "moment_unavailable"
    assert told(books) == []
    ExpenseImport.objects.filter(problem__isnull=False).update(began_at=timezone.now() - timedelta(hours=7))
    [one] = told(books)
    assert one.problem.code == "moment_unavailable"
    books.world.moment.ask("DELETE", "/admin/faults")
    assert books.bring_in().problem is None
    assert told(books) == []


def test_imports_that_are_switched_off_are_told_of_no_more(books: Books) -> None:
    books.world.apply(expenses={**books.setup, "report_name": "borte"})
    books.bring_in()
    assert told(books)
    books.world.apply(expenses={"import": False})
    assert told(books) == []
