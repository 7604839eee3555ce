"""What was read from one ledger, or sent to one Moment, says nothing about another."""

from decimal import Decimal
from typing import Any

import pytest

from tests.expenses.test_once import pass_doubt
from tests.support.books import Books, document

OTHER = "777"


def sums(books: Books, project: dict[str, Any]) -> Decimal:
    return sum((Decimal(str(one["netAmount"])) for one in books.expenses(project)), Decimal(0))


def lines(books: Books, state: str) -> list[Any]:
    from bilag.expenses.models import ExpenseLine

    return list(ExpenseLine.objects.filter(company_id=books.world.company_id, state=state).order_by("pk"))


def test_a_line_of_another_client_with_the_same_number_is_another_line(books: Books) -> None:
    project = books.project()
    first = books.post({"project": project["projectNumber"]})
    books.bring_in()
    books.change_client(OTHER)
    second = books.post({"project": project["projectNumber"], "net": "20.00", "vat": "5.00"})
    assert first == second
    books.bring_in()
    assert sums(books, project) == 1020
    keys = {row.external_key for row in lines(books, "done")}
    assert keys == {f"azets:S2041:123:{first}:1", f"azets:S2041:777:{first}:1"}
    books.change_client("123")
    books.bring_in()
    assert sums(books, project) == 1020


def test_a_new_client_is_read_from_the_start_whatever_number_was_read_last(books: Books) -> None:
    project = books.project()
    for _ in range(3):
        books.post({"project": project["projectNumber"]})
    books.bring_in()
    books.change_client(OTHER)
    books.post({"project": project["projectNumber"], "net": "7.00", "vat": "0"})
    books.bring_in()
    assert sums(books, project) == 3007


def test_a_reversal_is_matched_in_its_own_ledger(books: Books) -> None:
    """Journal 2 of client 777 reverses its own journal 1, not that of client 123."""
    project = books.project()
    books.post({"project": project["projectNumber"]})
    books.bring_in()
    books.change_client(OTHER)
    journal = books.post({"project": project["projectNumber"], "account": "3999"})
    back = books.reverse(journal)
    books.bring_in()
    assert sums(books, project) == 1000
    assert books.line(back).reason == "account_not_above"
    assert books.line(back).reverses == books.line(journal)


@pytest.mark.parametrize("fault", ["not_sent", "closed_before", "lost_answer"])
def test_what_was_open_for_the_old_client_needs_a_person_and_comes_back_with_it(books: Books, fault: str) -> None:
    from bilag.expenses import actions, queries

    project = books.project()
    journal = books.post({"project": project["projectNumber"]}, documents=[document()])
    if fault == "not_sent":
        books.world.moment.fault(kind="unavailable", times=1, operation="listProjectExpenses")
    else:
        books.world.moment.fault(kind=fault, times=1, operation="createProjectExpense")
    books.bring_in()
    row = books.line(journal)
    assert row.state in ("waiting", "sending")
    before = len(books.expenses(project))
    books.change_client(OTHER)
    pass_doubt()
    for _ in range(2):
        books.bring_in()
    assert len(books.expenses(project)) == before
    row.refresh_from_db()
    assert row.state == "needs_attention"
    [told] = queries.as_json(row)["problems"]
    assert told["code"] == "expense_of_other_ledger"
    assert ("got no answer" in told["message"]) == (fault != "not_sent")
    actions.retry(books.world.company_id, row.pk, origin="kari")
    books.bring_in()
    row.refresh_from_db()
    assert row.state == "needs_attention"
    books.change_client("123")
    books.bring_in()
    row.refresh_from_db()
    assert (row.state, len(books.expenses(project))) == ("done", 1)


def test_a_person_closes_what_was_open_for_the_old_client(books: Books) -> None:
    from bilag.expenses import actions

    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.world.moment.fault(kind="closed_before", times=1, operation="createProjectExpense")
    books.bring_in()
    row = books.line(journal)
    books.change_client(OTHER)
    books.bring_in()
    actions.exclude(books.world.company_id, row.pk, origin="kari")
    books.bring_in()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("ignored", "excluded")


def test_documents_of_the_old_client_are_not_looked_for_in_the_new_one(books: Books) -> None:
    """Document numbers of two clients may be the same."""
    project = books.project()
    journal = books.post({"project": project["projectNumber"]}, documents=[document()])
    books.world.moment.fault(kind="unavailable", times=3, operation="addProjectExpenseAttachment")
    books.bring_in()
    row = books.line(journal)
    assert row.documents_due
    books.world.moment.ask("DELETE", "/admin/faults")
    books.change_client(OTHER)
    books.post({"project": project["projectNumber"], "account": "3999"}, documents=[document("foreign.pdf")])
    books.bring_in()
    row.refresh_from_db()
    assert (row.documents_due, row.needs_review) == (False, True)
    assert [one["attachments"] for one in books.expenses(project)] == [[]]


def test_a_journal_that_bilag_posted_in_the_old_client_is_not_its_own_in_the_new_one(books: Books) -> None:
    number = books.world.insert_invoice({})
    books.world.poll()
    books.world.work()
    ours = books.world.transfer(number).journal_number
    assert ours is not None
    books.bring_in()
    books.change_client(OTHER)
    project = books.project()
    journal = 0
    while journal < ours:
        journal = books.post({"project": project["projectNumber"], "net": "1.00", "vat": "0"})
    books.bring_in()
    assert journal == ours
    assert books.line(journal).state == "done"


def test_an_expense_of_the_old_moment_is_not_known_in_the_new_one(books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    excluded = books.post({"project": project["projectNumber"], "net": "3.00", "vat": "0"})
    books.world.moment.fault(
        kind="answer", times=2, operation="createProjectExpense", status=422, json={"status": 422, "message": "No."}
    )
    books.bring_in()
    exclude(books, excluded)
    books.bring_in()
    assert sums(books, project) == 1000
    books.change_moment("4022")
    books.bring_in()
    assert [row.source_key[-4:] for row in lines(books, "done")] == ["4021", "4022"]
    assert sums(books, project) == 2000, "the old one's, and that of the new one"
    assert books.line(excluded).reason == "excluded", "a person's decision stays with the line"
    assert books.line(journal).external_key == f"azets:S2041:123:{journal}:1"


def in_doubt_in_the_old_moment(books: Books) -> Any:
    """A line whose answer was lost, and the company left that Moment; a person is asked."""
    from bilag.expenses import queries

    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.world.moment.fault(kind="lost_answer", times=1, operation="createProjectExpense")
    books.bring_in()
    row = books.line(journal)
    books.change_moment("4022")
    books.bring_in()
    row.refresh_from_db()
    assert row.state == "needs_attention"
    assert queries.as_json(row)["problems"][0]["code"] == "expense_of_other_moment"
    return row


def test_what_was_in_doubt_in_the_old_moment_is_closed_after_a_look(books: Books) -> None:
    from bilag.expenses import actions

    row = in_doubt_in_the_old_moment(books)
    actions.exclude(books.world.company_id, row.pk, origin="kari")
    books.bring_in()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("ignored", "excluded")


def test_what_was_in_doubt_in_the_old_moment_comes_back_with_it(books: Books) -> None:
    row = in_doubt_in_the_old_moment(books)
    first, second = sorted(one["id"] for one in books.expenses())
    books.world.moment.ask("DELETE", f"/admin/projectExpenses/{second}")  # the first Moment never had the other's
    books.change_moment("4021")
    books.world.moment.ask("PATCH", f"/admin/projectExpenses/{first}", {"externalKey": row.external_key})
    pass_doubt()
    books.bring_in()
    row.refresh_from_db()
    assert (row.state, len(books.expenses())) == ("done", 1)


def exclude(books: Books, journal: int) -> None:
    from bilag.expenses import actions

    actions.exclude(books.world.company_id, books.line(journal).pk, origin="kari")
