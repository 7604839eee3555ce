"""What of Moment's would have failed: accounts, VAT codes and customers, by how many invoices each stops."""

from typing import Any

from tests.support.earlier_books import FIRST, LAST, causes, finalised, post_history, proposals, rehearsed
from tests.support.world import World


def stops(run: Any) -> list[tuple[str, int]]:
    """The code of each stop and its count of invoices, the most frequent first."""
    return [(one["problem"]["code"], one["count"]) for one in run.stops]


def test_nothing_stops_where_the_chart_fits(year: World) -> None:
    post_history(year, habits={})
    assert stops(rehearsed(year)) == []


def test_accounts_and_codes_that_are_closed_today_come_in_order_of_invoices(year: World) -> None:
    post_history(year, habits={})
    year.hub.ask("PATCH", "/admin/clients/123/accounts/3050", {"active": False})
    year.hub.ask("PATCH", "/admin/clients/123/vat-codes/3", {"active": False})
    run = rehearsed(year)
    found = stops(run)
    assert [code for code, _ in found[:2]] == ["vat_code_inactive", "account_inactive"]
    counts = [count for _, count in found]
    assert counts == sorted(counts, reverse=True)
    stopped = run.results.filter(result="stopped")
    assert max(counts) <= stopped.count() == run.counts["stopped"]
    assert run.stops[1]["problem"]["facts"]["account"] == "3050"
    assert proposals(run)["dimensions.project"] == ("as_set", "2"), "what stops today says nothing of the habits"


def test_account_that_no_invoice_uses_stops_none_and_is_named(year: World) -> None:
    post_history(year, habits={})
    body = {"accountNumber": "3999", "name": "Ubrukt", "financialAccountCategory": "sales", "externalTaxCode": "3"}
    body["currentVatPercentage"] = 25
    year.moment.ask("POST", "/admin/financialAccounts", body)
    [only] = rehearsed(year).stops
    assert (only["problem"]["code"], only["problem"]["facts"]["account"], only["count"]) == (
        "account_unknown",
        "3999",
        0,
    )


def test_customer_number_that_accounting_does_not_take_stops_its_invoices(year: World) -> None:
    post_history(year, habits={})
    rule = {"type": "integer", "min": 10010, "max": 99999, "maxLength": None}
    year.hub.ask("PATCH", "/admin/clients/123", {"customerNumberRule": rule})
    run = rehearsed(year)
    codes = {code for code, _ in stops(run)}
    assert codes == {"customer_number_invalid"}
    refused = run.results.filter(result="stopped")
    assert {int(row.customer) < 10010 for row in refused} == {True}


def test_months_that_are_closed_today_stop_nothing(year: World) -> None:
    post_history(year, habits={})
    for month in range(1, 11):
        year.hub.ask("PUT", f"/admin/clients/123/periods/2026/{month}", {"state": "closed"})
    year.hub.ask("PATCH", "/admin/clients/123", {"lockDate": "2026-10-31"})
    assert stops(rehearsed(year)) == []


def test_vat_code_that_changed_during_the_year_is_dated(year: World) -> None:
    post_history(year, habits={"vatUntil": ["3000", "3", "31", "2026-06-30"]})
    run = rehearsed(year)
    [cause] = [one for one in run.causes if one["kind"] == "vat_code"]
    assert cause["facts"] == {"account": "3000", "expected": "3", "found": "31"}
    assert "2026-06-01" <= cause["until"] <= "2026-06-30"
    assert cause["count"] < cause["of"]
    assert set(causes(run, without=("line_texts", "vat_code"))) == set()


def test_voucher_of_the_series_that_moment_does_not_know_is_named(year: World) -> None:
    post_history(year, habits={}, invoices=[one for one in finalised(year) if one["invoiceNumber"] != 5010])
    spec = {"voucherNumber": 5010, "voucherDate": "2026-03-02", "customerNumber": "10001", "totalAmount": "125.00"}
    year.hub.ask("POST", "/admin/clients/123/vouchers", spec)
    run = rehearsed(year)
    assert run.results.get(number=5010).result == "differs"
    year.hub.ask("POST", "/admin/clients/123/vouchers", {**spec, "voucherNumber": 5301})
    assert rehearsed(year).counts["unknown"] == 0, "a number above the series is not the series"


def test_period_without_anything_says_nothing(year: World) -> None:
    from datetime import timedelta

    run = rehearsed(year, FIRST - timedelta(days=900), FIRST - timedelta(days=600))
    assert (run.counts["invoices"], run.causes, run.stops) == (0, [], [])
    assert {standing for standing, _ in proposals(run).values()} == {"untold"}
    assert LAST > FIRST


def test_customer_whose_organisation_number_accounting_refuses_stops_its_invoices(year: World) -> None:
    customer = year.any_project()["customer"]
    year.moment.ask("PATCH", f"/admin/customers/{customer['id']}", {"organizationNumber": "123456789"})
    post_history(year, habits={})
    run = rehearsed(year)
    [only] = run.stops
    assert only["problem"]["code"] == "organisation_number_invalid"
    assert only["count"] == run.results.filter(customer=customer["customerNumber"]).count() == run.counts["stopped"]


def test_invoice_that_is_not_to_be_transferred_is_not_missing(year: World) -> None:
    left_out, posted = (year.insert_invoice({"exportStatus": "doNotTransfer"}) for _ in range(2))
    post_history(year, habits={}, invoices=[one for one in finalised(year) if one["invoiceNumber"] != left_out])
    run = rehearsed(year)
    assert run.results.get(number=left_out).result == "left_out"
    assert run.results.get(number=posted).result == "equal"
    assert run.counts["missing"] == 0
