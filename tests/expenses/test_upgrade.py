"""Rows of earlier versions get their ledger and their chain from what proves it, and nothing is guessed."""

import importlib
from typing import Any

from tests.support.books import Books

OLD = {"ledger_key": "", "source_key": ""}


def upgrade() -> None:
    """Run what the migrations do with rows that are there."""
    from django.apps import apps
    from django.db import connection

    chains = importlib.import_module("bilag.expenses.migrations.0002_lines_of_a_chain")
    ledgers = importlib.import_module("bilag.expenses.migrations.0003_ledger_and_source")
    with connection.cursor() as cursor:
        cursor.execute(chains.FILL)
        cursor.execute(ledgers.OF_SENT_LINES)
    ledgers.fill(apps, None)


def forget(**columns: Any) -> None:
    """As an earlier version left the rows."""
    from bilag.expenses.models import ExpenseLine, ExpenseMark

    ExpenseLine.objects.update(**OLD, reverses_journal=None, reverses_entry=None, **columns)
    ExpenseMark.objects.update(**OLD)


def keys() -> list[str]:
    from bilag.expenses.models import ExpenseLine

    return list(ExpenseLine.objects.order_by("pk").values_list("ledger_key", flat=True))


def test_rows_of_a_company_that_never_changed_its_client_get_its_ledger(books: Books) -> None:
    from bilag.expenses.models import ExpenseMark

    project = books.project()
    books.post({"project": project["projectNumber"]}, {"account": "3999"})
    books.bring_in()
    mark = ExpenseMark.objects.get()
    forget()
    upgrade()
    assert keys() == ["azets:S2041:123"] * len(keys())
    again = ExpenseMark.objects.get()
    assert (again.ledger_key, again.source_key, again.cursor) == (mark.ledger_key, mark.source_key, mark.cursor)
    assert "read" not in books.bring_in().counts


def test_rows_from_before_a_change_of_client_that_nothing_proves_are_read_again(books: Books) -> None:
    """One line was imported from client 123 and one ignored; then the setup named 777, and then Bilag was upgraded."""
    project = books.project()
    journal = books.post({"project": project["projectNumber"]}, {"account": "3999"})
    books.bring_in()
    forget()
    books.change_client("777")
    upgrade()
    assert sorted(set(keys())) == ["", "azets:S2041:123"]
    books.post({"project": project["projectNumber"], "net": "9.00", "vat": "0"})
    books.bring_in()
    assert sorted(one["netAmount"] for one in books.expenses(project)) == [9.0, 1000.0]
    books.change_client("123")
    books.bring_in()
    assert "" not in keys(), "the same lines were read again"
    assert books.line(journal).state == "done"
    assert len(books.expenses(project)) == 2


def test_what_an_earlier_version_left_out_of_a_chain_comes_in(books: Books) -> None:
    """A cost, its reversal, and the reversal of that were all ignored."""
    from bilag.expenses.models import ExpenseLine

    project = books.project()
    books.reverse(books.reverse(books.post({"project": project["projectNumber"]})))
    books.world.moment.fault(
        kind="answer", times=1, operation="createProjectExpense", status=422, json={"status": 422, "message": "No."}
    )
    books.bring_in()
    ExpenseLine.objects.filter(state="needs_attention").update(state="ignored", reason="reversed")
    forget()
    upgrade()
    books.bring_in()
    assert [one["netAmount"] for one in books.expenses(project)] == [1000.0]
