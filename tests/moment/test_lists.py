"""Lists: pages while rows move, filters that are not trusted, the short form and what happens without it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.moment.client import MomentClient
from bilag.moment.paging import whole_list
from bilag.wire.errors import Unavailable
from tests.support.moment.samples import wire_invoice
from tests.support.moment.scripted_moment import Asked, Said, ScriptedMoment, html, page

SHORT_CUSTOMERS = "customers/include/version+customerNumber+lastModifiedDate"
SHORT_PROJECTS = "projects/include/version+projectNumber+lastModifiedDate"


def customer(moment_id: int, changed: str = "2026-11-20T12:00:00+01:00", **more: Any) -> dict[str, Any]:
    return {"id": moment_id, "version": 1, "customerNumber": f"K{moment_id}", "lastModifiedDate": changed, **more}


def numbers(client: MomentClient, since: datetime | None = None) -> list[str]:
    return [seen.number for seen in client.changed_customers(since)]


def test_rows_that_move_between_pages_come_once(server: ScriptedMoment, client: MomentClient) -> None:
    server.on(
        "GET",
        SHORT_CUSTOMERS,
        page(customer(1), customer(2), number=1, pages=3),
        page(customer(2), customer(3), number=2, pages=3),
        page(customer(1), customer(4), number=3, pages=3),
    )
    assert numbers(client) == ["K1", "K2", "K3", "K4"]
    asked = [asked.query["page"] for asked in server.asked]
    assert asked == ["1", "2", "3", "3", "2", "1"], "it moved: read again, until nothing is new"
    assert {asked.query["sort"] for asked in server.asked} == {"id"}


def test_list_whose_pages_agree_on_its_length_is_read_once(server: ScriptedMoment, client: MomentClient) -> None:
    pages = [Said(value={"content": [customer(at)], "page": {"totalPages": 3, "totalElements": 3}}) for at in (1, 2, 3)]
    server.on("GET", SHORT_CUSTOMERS, *pages)
    assert numbers(client) == ["K1", "K2", "K3"]
    assert [asked.query["page"] for asked in server.asked] == ["1", "2", "3"]


def test_nothing_is_given_before_the_list_was_read_to_its_end(server: ScriptedMoment, client: MomentClient) -> None:
    server.on(
        "GET", SHORT_CUSTOMERS, page(customer(1), pages=3), page(customer(2), pages=3), page(customer(3), pages=3)
    )
    assert next(client.changed_customers(None)).number == "K1"
    assert {asked.query["page"] for asked in server.asked} == {"1", "2", "3"}


class _Shrinking:
    """A list of these ids, of which some leave or come before each page is read."""

    def __init__(self, ids: list[int], leaving: list[list[int]], coming: list[int]) -> None:
        self.ids = ids
        self.stayed = set(ids).difference(*leaving)
        self.kept_its_length = False
        """Whether as many rows came as left between two pages, which nothing tells."""
        self._leaving, self._coming = list(leaving), list(coming)

    def page(self, asked: dict[str, str]) -> dict[str, Any]:
        number, size = int(asked["page"]), 3
        gone = self._leaving.pop(0) if self._leaving else []
        before = list(self.ids)
        self.ids = [one for one in self.ids if one not in gone]
        if self._coming:
            self.ids.append(self._coming.pop(0))
        self.kept_its_length |= self.ids != before and len(self.ids) == len(before)
        rows = self.ids[(number - 1) * size : number * size]
        info = {"number": number, "totalElements": len(self.ids), "totalPages": -(-len(self.ids) // size)}
        return {"content": [{"id": one, "amount": Decimal("1.10")} for one in rows], "page": info}


@given(st.data())
def test_every_row_that_stays_is_found_once_whatever_leaves_meanwhile(data: st.DataObject) -> None:
    ids = list(range(1, data.draw(st.integers(0, 40)) + 1))
    leaving = data.draw(st.lists(st.lists(st.sampled_from(ids), max_size=5), max_size=20)) if ids else []
    coming = list(range(1000, 1000 + data.draw(st.integers(0, 10))))
    shrinking = _Shrinking(ids, leaving, coming)
    rows = list(whole_list(shrinking.page, "invoices"))
    found = [row["id"] for row in rows]
    assert shrinking.stayed <= set(found) or shrinking.kept_its_length
    assert len(found) == len(set(found))
    assert all(row["amount"] == Decimal("1.10") and isinstance(row["amount"], Decimal) for row in rows)


def test_list_ends_where_a_page_is_empty_or_all_rows_come_at_once(server: ScriptedMoment, client: MomentClient) -> None:
    server.on("GET", SHORT_CUSTOMERS, page(customer(1), pages=9), page(pages=9))
    assert numbers(client) == ["K1"]
    server.on("GET", SHORT_CUSTOMERS, Said(value={"content": [customer(1), customer(2)]}))
    assert numbers(client) == ["K1", "K2"]


def test_list_that_never_turns_its_page_is_not_taken_for_a_whole_one(
    server: ScriptedMoment, client: MomentClient
) -> None:
    server.on("GET", SHORT_CUSTOMERS, page(customer(1), pages=1_000_000))
    with pytest.raises(Unavailable) as raised:
        numbers(client)
    assert raised.value.problems[0].code == "moment_malformed"
    assert len(server.asked) < 10


def test_second_page_that_fails_fails_the_list(server: ScriptedMoment, client: MomentClient) -> None:
    server.on("GET", SHORT_CUSTOMERS, page(customer(1), pages=2), html(502))
    seen = client.changed_customers(None)
    assert next(seen).number == "K1"
    with pytest.raises(Unavailable):
        next(seen)


@pytest.mark.parametrize("status", [400, 404])
def test_whole_rows_are_asked_for_where_the_short_form_is_not_known(
    server: ScriptedMoment, client: MomentClient, status: int
) -> None:
    server.on("GET", SHORT_CUSTOMERS, Said(status, {"message": "Unknown field"}))
    server.on("GET", "customers", page(customer(1, name="Nordlys")))
    assert numbers(client) == ["K1"]


def test_change_filter_is_sent_a_day_wide_and_applied_again_here(server: ScriptedMoment, client: MomentClient) -> None:
    rows = [
        customer(1, "2026-11-20T11:59:59+01:00"),
        customer(2, "2026-11-20T12:00:00+01:00"),
        customer(3, "2024-01-01T00:00:00Z"),
    ]
    server.on("GET", SHORT_CUSTOMERS, page(*rows))
    assert numbers(client, datetime(2026, 11, 20, 11, tzinfo=UTC)) == ["K2"]
    assert server.asked[0].query["lastModifiedDateFrom"] == "2026-11-19"


def test_row_without_a_date_is_looked_at_rather_than_missed(server: ScriptedMoment, client: MomentClient) -> None:
    server.on("GET", SHORT_CUSTOMERS, page(customer(1, "yesterday"), {"id": 2, "customerNumber": "K2"}))
    assert numbers(client, datetime(2026, 11, 20, tzinfo=UTC)) == ["K1", "K2"]


@pytest.mark.parametrize("odd", [{}, {"id": {}, "customerNumber": "1"}, {"id": [1]}, {"id": True}, {"id": 5}])
def test_row_that_names_no_object_stops_nothing(server: ScriptedMoment, client: MomentClient, odd: Any) -> None:
    server.on("GET", SHORT_CUSTOMERS, page(odd, customer(7)))
    assert numbers(client) == ["K7"]


def test_projects_are_seen_with_number_and_version(server: ScriptedMoment, client: MomentClient) -> None:
    row = {"id": 8807, "version": 2, "projectNumber": "1207", "lastModifiedDate": "2026-02-02T08:00:00+01:00"}
    server.on("GET", SHORT_PROJECTS, page(row))
    (seen,) = client.changed_projects(None)
    assert (seen.kind, seen.moment_id, seen.number, seen.version) == ("project", 8807, "1207", 2)
    assert seen.modified_at == datetime(2026, 2, 2, 7, tzinfo=UTC)


def test_only_finalised_invoices_that_are_to_be_transferred_are_seen(
    server: ScriptedMoment, client: MomentClient
) -> None:
    rows = [
        wire_invoice(id=1),
        wire_invoice(id=2, invoiceState="draft"),
        wire_invoice(id=3, exportStatus="transferred"),
        wire_invoice(id=4, exportStatus="doNotTransfer"),
        wire_invoice(id=5, invoiceNumber=None),
    ]
    server.on("GET", "invoices", page(*rows))
    (seen,) = client.transferable_invoices(date(2026, 11, 1))
    assert (seen.moment_id, seen.number, seen.finalized) == (1, "10042", True)
    assert seen.finalized_at == datetime(2026, 11, 20, 9, 14, 3, tzinfo=UTC)
    query = server.asked[0].query
    assert query["exportStatus"] == "toTransfer"
    assert query["lastModifiedDateFrom"] == "2026-10-31"


def test_invoice_is_found_by_number_although_the_filter_does_nothing(
    server: ScriptedMoment, client: MomentClient
) -> None:
    server.on("GET", "invoices", page(wire_invoice(id=1, invoiceNumber=100420), wire_invoice(id=2)))
    server.on("GET", "invoices/2", Said(value=wire_invoice(id=2)))
    found = client.invoice_by_number(10042)
    assert found is not None
    assert found.moment_id == 2
    assert client.invoice_by_number(1004) is None


def test_customer_number_is_compared_exactly_and_looked_for_everywhere(
    server: ScriptedMoment, client: MomentClient
) -> None:
    near, right = customer(1, customerNumber="0012"), customer(2, customerNumber="12")

    def search(asked: Asked) -> Said:
        return page(near) if "query" in asked.query else page(near, right)

    server.on("GET", SHORT_CUSTOMERS.replace("version+", "").replace("+lastModifiedDate", ""), search)
    server.on("GET", "customers/2", Said(value={**right, "name": "Nordlys", "customerState": "active"}))
    found = client.customer_by_number("12")
    assert found is not None
    assert found.moment_id == 2
    assert client.customer_by_number("1") is None


def test_account_number_of_another_category_is_no_sales_account(server: ScriptedMoment, client: MomentClient) -> None:
    row = {"id": 1, "accountNumber": "3000", "name": "Honorar", "externalTaxCode": "3"}
    server.on(
        "GET",
        "financialAccounts",
        page({**row, "financialAccountCategory": "purchases"}, {**row, "id": 2, "financialAccountCategory": "sales"}),
    )
    assert [account.id for account in client.financial_accounts()] == [2]


def test_project_states_are_collected_from_the_projects_where_there_is_no_list_of_them(
    server: ScriptedMoment, client: MomentClient
) -> None:
    states = ["inProgress", "offerSent", "inProgress", None, 5]
    server.on("GET", "projects", page(*({"id": at, "projectState": state} for at, state in enumerate(states))))
    assert client.project_states() == ["inProgress", "offerSent"]
    server.on("GET", "projectStates", page({"id": 1, "projectState": "closed", "name": "Closed"}))
    assert client.project_states() == ["closed"]


def test_people_and_departments_are_read(server: ScriptedMoment, client: MomentClient) -> None:
    server.on("GET", "userAccounts", page({"id": 901, "email": "ingrid@fjell.example"}))
    server.on("GET", "departments", page({"id": 31, "name": "Plan", "externalDepartmentNumber": "10"}))
    assert [user.email for user in client.user_accounts()] == ["ingrid@fjell.example"]
    assert [one.external_department_number for one in client.departments()] == ["10"]
