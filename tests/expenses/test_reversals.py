"""What accounting takes back (contracts/decisions.md, Expenses)."""

from typing import Any

from tests.support.books import Books


def test_a_line_and_its_reversal_met_together_stay_out_both(books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    back = books.reverse(journal)
    run = books.bring_in()
    assert books.expenses(project) == []
    assert (books.line(journal).reason, books.line(back).reason) == ("reversed", "reversed")
    assert run.counts["ignored.reversed"] == 2
    books.bring_in(days_back=30)
    assert books.expenses(project) == []
    assert books.line(back).reverses == books.line(journal)


def test_a_reversal_met_later_is_a_negative_expense_with_a_key_of_its_own(books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    back = books.reverse(journal)
    books.bring_in()
    first, second = sorted(books.expenses(project), key=lambda one: one["id"])
    assert (first["netAmount"], second["netAmount"]) == (1000.0, -1000.0)
    assert (second["vatAmount"], second["grossAmount"]) == (-250.0, -1250.0)
    assert second["externalKey"] == f"azets:S2041:123:{back}:1"
    assert second["billable"] == first["billable"]
    assert not books.line(back).needs_review
    books.bring_in(days_back=30)
    assert len(books.expenses(project)) == 2


def test_a_reversal_of_an_invoiced_expense_is_told_to_a_person_until_it_is_dealt_with(
    books: Books, events: Any
) -> None:
    from bilag.expenses import actions, queries

    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    [made] = books.expenses(project)
    books.world.moment.ask("PATCH", f"/admin/projectExpenses/{made['id']}", {"invoicedState": "invoiced"})
    back = books.reverse(journal)
    books.bring_in()
    row = books.line(back)
    assert (row.state, row.needs_review) == ("done", True)
    [told] = queries.as_json(row)["problems"]
    assert f"The cost on voucher {books.numbers}, 1000.00 NOK, was reversed in the accounting system" in told["message"]
    assert "whether to credit the customer" in told["remedy"]
    assert len(events("expense_reversed")) == 1
    assert queries.counts(books.world.company_id)["needs_attention"] == 1
    actions.mark_reviewed(books.world.company_id, row.pk, origin="kari")
    assert "needs_attention" not in queries.counts(books.world.company_id)


def test_a_reversal_of_a_line_that_stayed_out_stays_out_for_the_same_reason(books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"], "account": "3999"})
    books.bring_in()
    back = books.reverse(journal)
    books.bring_in()
    assert (books.line(journal).reason, books.line(back).reason) == ("account_not_above", "account_not_above")
    books.configure(account_above=3000)
    books.bring_in(days_back=30)
    assert books.expenses(project) == []
    assert (books.line(journal).reason, books.line(back).reason) == ("reversed", "reversed")


def test_a_reversal_of_what_was_posted_before_the_first_import_stays_out(books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]}, voucherDate="2026-01-10", valueDate="2026-01-10")
    back = books.reverse(journal)
    books.bring_in()
    assert books.expenses(project) == []
    assert books.line(back).reason in ("reversal_of_unknown", "reversed")


def test_a_reversal_that_moment_refused_is_tried_with_its_original_s_project(books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    back = books.reverse(journal)
    books.world.moment.fault(
        kind="answer", times=1, operation="createProjectExpense", status=422, json={"status": 422, "message": "No."}
    )
    books.bring_in()
    assert books.line(back).state == "needs_attention"
    books.bring_in()
    assert books.line(back).state == "done"
    assert sum(one["netAmount"] for one in books.expenses(project)) == 0
