"""What accounting takes back (contracts/decisions.md, Expenses)."""

import itertools
from decimal import Decimal
from typing import Any

import pytest

from tests.support.books import Books, document
from tests.support.sandboxes import LAST_DAY


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


def in_moment(books: Books, project: dict[str, Any]) -> Decimal:
    """The sum of the project's expenses in Moment."""
    return sum((Decimal(str(one["netAmount"])) for one in books.expenses(project)), Decimal(0))


@pytest.mark.parametrize("imports", list(itertools.product((False, True), repeat=3)))
def test_a_chain_of_reversals_comes_to_what_accounting_has_however_it_is_read(
    books: Books, imports: tuple[bool, ...]
) -> None:
    """A cost, its reversal, the reversal of that, and of that, with an import or none after each step."""
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    for step, importing in enumerate((*imports, True)):
        if step:
            journal = books.reverse(journal)
        if importing:
            books.bring_in()
            assert in_moment(books, project) == (0 if step % 2 else 1000)
            books.bring_in(days_back=30)
            assert in_moment(books, project) == (0 if step % 2 else 1000)


def test_a_cost_whose_reversal_was_reversed_comes_in_with_its_document(books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]}, documents=[document()])
    back = books.reverse(journal)
    books.bring_in()
    again = books.reverse(back)
    books.bring_in()
    assert [books.line(one).state for one in (journal, back, again)] == ["done", "ignored", "ignored"]
    [made] = books.expenses(project)
    assert len(made["attachments"]) == 1
    assert books.line(again).reverses == books.line(back)


def test_a_reversal_of_part_of_a_cost_leaves_the_rest(books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    part(books, project, journal, "-400.00")
    later = books.post({"project": project["projectNumber"], "net": "10.00", "vat": "0"})
    part(books, project, later, "-4.00")
    books.bring_in()
    assert in_moment(books, project) == 606


def test_a_reversal_on_another_project_takes_back_its_original(books: Books) -> None:
    project, other = books.project(), books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    part(books, other, journal, "-1000.00")
    together = books.post({"project": project["projectNumber"]})
    part(books, other, together, "-1000.00")
    books.bring_in()
    assert (in_moment(books, project), in_moment(books, other)) == (0, 0)


def test_a_reversal_of_an_older_period_is_followed(books: Books) -> None:
    project = books.project()
    books.configure(from_date=LAST_DAY)
    journal = books.post({"project": project["projectNumber"]}, voucherDate=LAST_DAY.isoformat())
    books.bring_in()
    part(books, project, journal, "-1000.00", voucherDate="2026-01-10")
    books.bring_in()
    assert in_moment(books, project) == 0


def test_our_record_lost_a_cost_that_moment_has_is_taken_back(books: Books) -> None:
    """The database was restored from before the cost came in, and the cost was reversed since."""
    from bilag.expenses.models import ExpenseLine, ExpenseMark

    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    ExpenseLine.objects.all().delete()
    ExpenseMark.objects.all().delete()
    back = books.reverse(journal)
    books.bring_in()
    assert in_moment(books, project) == 0
    assert [books.line(one).state for one in (journal, back)] == ["done", "done"]


def test_a_cost_that_a_person_excludes_and_retries_takes_its_reversal_along(books: Books) -> None:
    from bilag.expenses import actions

    project = books.project()
    books.world.moment.fault(
        kind="answer", times=2, operation="createProjectExpense", status=422, json={"status": 422, "message": "No."}
    )
    journal = books.post({"project": project["projectNumber"]})
    back = part(books, project, journal, "-400.00")
    books.bring_in()
    actions.exclude(books.world.company_id, books.line(journal).pk, origin="kari")
    books.bring_in()
    assert (books.line(journal).reason, books.line(back).reason) == ("excluded", "reverses_excluded")
    assert books.expenses(project) == []
    actions.retry(books.world.company_id, books.line(journal).pk, origin="kari")
    books.bring_in()
    assert in_moment(books, project) == 600


def test_a_reversal_of_a_reversal_of_an_invoiced_expense_is_told_to_a_person(books: Books) -> None:
    from bilag.expenses import queries

    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    [made] = books.expenses(project)
    back = books.reverse(journal)
    books.bring_in()
    books.world.moment.ask("PATCH", f"/admin/projectExpenses/{made['id']}", {"invoicedState": "invoiced"})
    again = books.reverse(back)
    books.bring_in()
    row = books.line(again)
    assert (row.state, row.needs_review) == ("done", True)
    [told] = queries.as_json(row)["problems"]
    assert told["code"] == "expense_repeated_after_invoicing"


def part(books: Books, project: dict[str, Any], original: int, net: str, **voucher: Any) -> int:
    """Post a voucher whose one cost line reverses that of another journal; gives its journal number."""
    amount = Decimal(net)
    entries = [
        {"accountNumber": "4300", "amount": net, "text": "Retur", "orgUnits": {"2": project["projectNumber"]},
         "reverses": f"{original}.1"},
        {"accountNumber": "2400", "amount": f"{-amount:.2f}", "supplierNumber": "50001"},
    ]  # fmt: skip
    books.numbers += 1
    body = {"voucherNumber": books.numbers, "type": "incomingInvoice", "supplierNumber": "50001", "text": "Retur",
            "entries": entries, **voucher}  # fmt: skip
    posted = books.world.hub.ask("POST", "/admin/clients/123/vouchers", body)
    return int(posted["journalNumber"])


def test_a_reversal_that_was_dated_back_before_the_first_import_is_found(books: Books) -> None:
    """The first import reads thirty days; the cost is among them, its reversal was booked in an earlier period."""
    project = books.project()
    journal = books.post({"project": project["projectNumber"], "vat": "0"})
    back = part(books, project, journal, "-1000.00", voucherDate="2026-08-31", valueDate="2026-08-31")
    other = books.post({"project": project["projectNumber"], "net": "50.00", "vat": "0"}, valueDate="2026-08-31")
    books.post({"project": project["projectNumber"], "account": "3999"})  # the position in the report is behind it
    books.bring_in()
    assert books.expenses(project) == []
    assert (books.line(journal).reason, books.line(back).reason) == ("reversed", "reversed")
    again = part(books, project, back, "1000.00", voucherDate="2026-08-31", valueDate="2026-08-31")
    books.bring_in()
    assert in_moment(books, project) == 1000
    assert books.line(again).reason == "reversed"
    books.bring_in(days_back=200)
    assert books.line(other).state == "done"


def test_more_days_back_find_the_older_reversals_of_older_costs(books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]}, valueDate="2026-09-15")
    part(books, project, journal, "-1000.00", voucherDate="2026-07-31", valueDate="2026-07-31")
    books.bring_in()
    assert books.expenses(project) == []
    books.bring_in(days_back=100)
    assert in_moment(books, project) == 0
