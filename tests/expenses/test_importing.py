"""Posted supplier costs become project expenses: which, with what, once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.support.books import PDF, PNG, Books, document


def test_a_posted_cost_becomes_a_project_expense_with_all_that_belongs_to_it(books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]}, documents=[document()], voucherDate="2026-11-20")
    run = books.bring_in()
    assert run.problem is None
    assert run.counts["done"] == 1
    [made] = books.expenses(project)
    assert made["title"] == "Modellmateriell"
    assert f"faktura F-{books.numbers}" in made["description"]
    assert f"bilag {books.numbers}" in made["description"]
    assert made["date"] == "2026-11-20"
    assert (made["quantity"], made["unitPrice"], made["currency"]) == (1, 1000.0, "NOK")
    assert (made["netAmount"], made["vatAmount"], made["grossAmount"]) == (1000.0, 250.0, 1250.0)
    assert made["accountNumber"] == "4300"
    assert made["supplierInvoiceNumber"] == f"F-{books.numbers}"
    assert made["externalKey"] == f"azets:S2041:123:{journal}:1"
    assert made["invoicedState"] == "notApprovedForInvoicing"
    assert made["billable"] is True
    assert [(one["fileName"], one["contentType"], one["size"]) for one in made["attachments"]] == [
        ("F-88.pdf", "application/pdf", len(PDF))
    ]
    [activity] = books.activities(project)
    assert activity["name"] == "Utlegg"
    row = books.line(journal)
    assert (row.state, row.moment_id, row.net) == ("done", made["id"], Decimal("1000.00"))


def test_nothing_comes_in_twice_however_often_and_far_back_it_is_imported(books: Books) -> None:
    project = books.project()
    books.post({"project": project["projectNumber"]}, {"project": project["projectNumber"], "net": "12.34"})
    for days in (None, 0, 400, None):
        books.bring_in(days_back=days)
    assert len(books.expenses(project)) == 2
    run = books.bring_in(days_back=400)
    assert run.counts["known"] == 2
    assert "done" not in run.counts


def test_every_line_that_stays_is_counted_by_its_reason_and_can_be_opened(books: Books) -> None:
    from bilag.expenses import queries

    project = books.project()
    number = project["projectNumber"]
    books.configure(from_date=date(2026, 11, 1))
    stays = {
        "account_not_above": books.post({"project": number, "account": "4000"}),
        "before_from_date": books.post({"project": number}, voucherDate="2026-10-31", valueDate="2026-11-20"),
        "no_project": books.post({}),
        "project_unknown": books.post({"project": "99999"}),
        "own_voucher": books.post({"project": number, "account": "4300"}, type="outgoingInvoice"),
    }
    run = books.bring_in()
    for reason, journal in stays.items():
        row = books.line(journal)
        assert (row.state, row.reason) == ("ignored", reason)
        assert run.counts[f"ignored.{reason}"] >= 1
        shown = queries.as_json(row, "en")
        assert shown["reasonText"] != reason
    assert books.expenses(project) == []
    assert run.counts["read"] == sum(count for name, count in run.counts.items() if name.startswith("ignored."))


def test_accounts_must_be_strictly_above_the_threshold(books: Books) -> None:
    project = books.project()
    books.configure(account_above=4300)
    at = books.post({"project": project["projectNumber"], "account": "4300"})
    above = books.post({"project": project["projectNumber"], "account": "4301"})
    books.bring_in()
    assert books.line(at).reason == "account_not_above"
    assert books.line(above).state == "done"


@pytest.mark.parametrize(
    ("value", "billable", "reason"),
    [("1", True, None), ("2", False, None), ("3", None, "billability_not_told"), (None, None, "billability_not_told")],
)
def test_the_billability_unit_decides(
    books: Books, value: str | None, billable: bool | None, reason: str | None
) -> None:
    project = books.project(expensesBillable=False)
    books.configure(billability_dimension=3)
    journal = books.post({"project": project["projectNumber"], "units": {"3": value} if value else {}})
    books.bring_in()
    assert books.line(journal).reason == reason
    assert [one["billable"] for one in books.expenses(project)] == ([] if reason else [billable])


def test_a_unit_of_text_for_billability_ignores_every_expense(books: Books) -> None:
    project = books.project()
    books.configure(billability_dimension=7)
    journal = books.post({"project": project["projectNumber"], "units": {"7": "1"}})
    books.bring_in()
    assert books.line(journal).reason == "billability_unit_of_text"


@pytest.mark.parametrize(
    ("model", "default", "billable"),
    [(True, False, True), (False, True, False), (None, True, True), (None, False, False)],
)
def test_without_the_unit_the_price_model_decides_else_the_company(
    books: Books, model: bool | None, default: bool, billable: bool
) -> None:
    project = books.project(expensesBillable=model)
    books.configure(billable_by_default=default)
    books.post({"project": project["projectNumber"]})
    books.bring_in()
    assert [one["billable"] for one in books.expenses(project)] == [billable]


@pytest.mark.parametrize(("told", "state"), [("1", "approvedForInvoicing"), ("2", "notApprovedForInvoicing")])
def test_billable_expenses_are_approved_at_once_if_the_setup_says_so(books: Books, told: str, state: str) -> None:
    project = books.project()
    books.configure(approve_billable=True, billability_dimension=3)
    books.post({"project": project["projectNumber"], "units": {"3": told}})
    books.bring_in()
    assert [one["invoicedState"] for one in books.expenses(project)] == [state]


def test_a_project_that_is_made_later_gets_its_expense_at_the_next_look_back(books: Books) -> None:
    journal = books.post({"project": "99999"})
    books.bring_in()
    assert books.line(journal).reason == "project_unknown"
    customer = books.world.any_project()["customer"]
    made = books.world.moment.ask(
        "POST",
        "/admin/projects",
        {"projectNumber": "99999", "name": "Sen", "projectState": "inProgress", "customer": customer},
    )
    books.bring_in(days_back=5)
    assert books.line(journal).state == "done"
    assert len(books.expenses(made)) == 1


def test_what_was_posted_late_with_an_old_date_is_found_by_the_cursor(books: Books) -> None:
    project = books.project()
    books.bring_in()
    journal = books.post({"project": project["projectNumber"]}, voucherDate="2026-03-02", valueDate="2026-03-02")
    books.bring_in()
    assert books.line(journal).state == "done"


def test_an_invoice_split_over_projects_shares_its_document(books: Books) -> None:
    one, other = books.project(), books.project()
    books.post(
        {"project": one["projectNumber"], "net": "600.00", "vat": "150.00"},
        {"project": other["projectNumber"], "net": "400.00", "vat": "100.00"},
        {"net": "10.00", "vat": "0.00"},
        documents=[document(), document("kart.png", PNG, "image/png")],
    )
    books.bring_in()
    for project, net in ((one, 600.0), (other, 400.0)):
        [made] = books.expenses(project)
        assert made["netAmount"] == net
        assert [attached["fileName"] for attached in made["attachments"]] == ["F-88.pdf", "kart.png"]


def test_a_credit_line_comes_as_a_negative_price(books: Books) -> None:
    project = books.project()
    books.post({"project": project["projectNumber"], "net": "-300.00", "vat": "-75.00"}, type="incomingCreditNote")
    books.bring_in()
    [made] = books.expenses(project)
    assert (made["quantity"], made["unitPrice"], made["grossAmount"]) == (1, -300.0, -375.0)


def test_a_foreign_amount_and_its_rate_stand_in_the_description(books: Books) -> None:
    project = books.project()
    books.post(
        {"project": project["projectNumber"], "net": "1123.45", "vat": "0.00", "currencyAmount": "100.00"},
        currency="EUR",
        exchangeRate="11.2345",
    )
    books.bring_in()
    [made] = books.expenses(project)
    assert (made["currency"], made["netAmount"]) == ("NOK", 1123.45)
    assert "EUR 100,00, kurs 11,2345" in made["description"]


def test_vat_that_is_not_deducted_is_part_of_the_cost(books: Books) -> None:
    project = books.project()
    books.post({"project": project["projectNumber"], "net": "1250.00", "vat": "0.00", "vatCode": "0"})
    books.bring_in()
    assert [(one["netAmount"], one["vatAmount"]) for one in books.expenses(project)] == [(1250.0, 0.0)]


def test_an_unknown_report_stops_expenses_with_its_cure_and_invoices_go_on(books: Books) -> None:
    from bilag.companies import store

    books.configure(report_name="Prosjektkost")
    run = books.bring_in()
    assert run.problem["code"] == "report_unknown"
    assert store.load_setup(books.world.company_id).paused is None
    invoice = books.world.finalise()
    books.world.hint(invoice)
    books.world.work()
    assert books.world.transfer(invoice["invoiceNumber"]).state == "done"
    books.configure(report_name="")
    project = books.project()
    books.post({"project": project["projectNumber"]})
    assert books.bring_in().problem is None
    assert len(books.expenses(project)) == 1


def test_another_report_brings_nothing_in_twice(books: Books) -> None:
    project = books.project()
    books.world.hub.ask("PATCH", "/admin/clients/123", {"reports": ["standard", "Prosjektkost"]})
    books.post({"project": project["projectNumber"]})
    books.bring_in()
    books.configure(report_name="Prosjektkost")
    books.post({"project": project["projectNumber"]})
    run = books.bring_in()
    assert (run.counts["known"], run.counts["done"]) == (1, 1)
    assert len(books.expenses(project)) == 2


@pytest.mark.parametrize("why", ["off", "not live", "paused"])
def test_a_company_that_may_not_import_says_why(books: Books, why: str) -> None:
    from bilag.companies import lifecycle
    from bilag.expenses.importer import NotPossible
    from bilag.posting.problem import Problem

    codes = {"off": "expenses_switched_off", "not live": "expenses_not_live", "paused": "credentials_invalid"}
    if why == "off":
        books.configure(**{"import": False})
    elif why == "not live":
        lifecycle.set_not_live(books.world.company_id)
    else:
        lifecycle.pause(books.world.company_id, Problem("credentials_invalid", "setup"))
    with pytest.raises(NotPossible) as caught:
        books.bring_in()
    assert caught.value.problem.code == codes[why]


def test_what_came_in_is_logged_and_an_import_that_found_nothing_is_not(books: Books, events: Any) -> None:
    project = books.project()
    books.bring_in()
    assert events("expenses_imported") == []
    books.post({"project": project["projectNumber"]})
    books.bring_in()
    [event] = events("expenses_imported")
    assert event.facts["done"] == "1"
    books.bring_in(origin="kari@fjell.example")
    assert [one.origin for one in events("expenses_imported")] == ["", "kari@fjell.example"]


def test_a_platform_that_gives_no_expenses_back_says_so(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.expenses.importer import NotPossible
    from bilag.platforms.azets.platform import AzetsPlatform
    from bilag.platforms.base import Capabilities

    monkeypatch.setattr(AzetsPlatform, "capabilities", Capabilities())
    with pytest.raises(NotPossible) as caught:
        books.bring_in()
    assert caught.value.problem.code == "expenses_not_supported"
