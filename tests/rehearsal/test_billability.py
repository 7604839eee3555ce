"""The unit of billability: what posted costs say beside the expenses that Moment has of them."""

from typing import Any

import pytest

from bilag_sandbox import moment
from tests.support.earlier_books import proposals, rehearsed
from tests.support.world import LAST_DAY, World

KEY = ("apikey", moment.API_KEY)


def cost(world: World, net: int, billability: str | None, unit: int = 3) -> None:
    """A supplier invoice that the accountant posts, with a value in the unit of billability."""
    units = {} if billability is None else {str(unit): billability}
    line = {"account": "4300", "net": f"{net}.00", "vatCode": "1", "text": "Materiell", "units": {"2": "1201", **units}}
    body = {"supplierName": "Byggvare Øst AS", "date": str(LAST_DAY), "lines": [line]}
    world.hub.ask("POST", "/admin/clients/123/supplier-invoices", body)


def expense(world: World, net: int, *, billable: bool) -> None:
    """The same cost as an expense in Moment, however it came there."""
    project, api = world.any_project()["id"], f"{world.moment.url}/api/1.0/companies/4021"
    activities = world.moment.http.get(f"{api}/projectExtensions", params={"projectId": project}, auth=KEY).json()[
        "content"
    ]
    body: dict[str, Any] = {
        "projectId": project, "projectExtensionId": activities[0]["id"], "title": "Materiell", "date": str(LAST_DAY), "quantity": 1,
        "unitPrice": net, "currency": "NOK", "netAmount": net, "vatAmount": net / 4, "grossAmount": net * 1.25,
        "billable": billable, "expenseType": "actual", "invoicedState": "notApprovedForInvoicing", "externalKey": f"other:{net}",
    }  # fmt: skip
    answer = world.moment.http.post(f"{api}/projectExpenses", json=body, auth=KEY)
    assert answer.status_code < 300, answer.text


@pytest.mark.parametrize("unit", [3, 4])
def test_unit_in_which_costs_say_what_moment_says_is_proposed(year: World, unit: int) -> None:
    for net, billable in ((1001, True), (1002, False), (1003, True), (1004, False)):
        cost(year, net, "1" if billable else "2", unit)
        expense(year, net, billable=billable)
    cost(year, 1005, "1", unit)
    assert proposals(rehearsed(year))["expenses.billability_dimension"] == ("proposed", str(unit))


def test_costs_that_contradict_moment_propose_nothing(year: World) -> None:
    for net in (1001, 1002):
        cost(year, net, "1")
        expense(year, net, billable=False)
    standing, value = proposals(rehearsed(year))["expenses.billability_dimension"]
    assert (standing, value) == ("undecided", "")


def test_costs_that_moment_does_not_have_say_nothing(year: World) -> None:
    cost(year, 1001, "1")
    expense(year, 1002, billable=True)
    assert proposals(rehearsed(year))["expenses.billability_dimension"] == ("untold", "")
