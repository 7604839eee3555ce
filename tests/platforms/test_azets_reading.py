"""The chart, the check, lists of many pages, and master data in the units that were chosen."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest

from bilag.platforms.azets import PLATFORM
from bilag.platforms.azets.platform import AzetsPlatform
from bilag.platforms.base import CheckStep, Connection
from bilag.posting.dimensions import Dimensions
from bilag.posting.master import Department, Project
from bilag.posting.problem import Problem
from bilag.wire.errors import Misconfigured, Refused, Unavailable
from tests.support.azets.office import Office
from tests.support.azets.samples import DAY, KEY, PROFILE, customer, invoice, posted_voucher
from tests.support.azets.scripted_hub import Asked, Said, ScriptedHub, items, page, problem
from tests.support.patience import PATIENCE

Connect = Callable[..., AzetsPlatform]


def account(number: int) -> dict[str, Any]:
    told = {"number": str(number), "name": "Konto", "type": "income", "active": True, "postable": True}
    return told | {"defaultVatCode": None, "vatCodesAllowed": []}


def project(number: str = "1207", **fields: Any) -> Project:
    return Project(
        1, number, fields.pop("name", "Nytt hovedkontor"), "active", fields.pop("customer", "10042"), **fields
    )


# The chart


def test_the_chart_of_a_visma_company(visma: Office) -> None:
    visma.admin("PATCH", "", {"lockDate": "2024-12-31", "paymentIdRule": {"method": "mod11"}})
    chart = visma.platform().chart()
    assert (chart.system, chart.base_currency, chart.rounding_account) == ("VismaBusiness", "NOK", "7740")
    assert chart.accounts["3010"].vat_codes_allowed == frozenset({"3"})
    assert chart.accounts["1500"].postable is False
    assert chart.vat_codes["3"].rate == Decimal("25.00")
    assert chart.vat_codes["3"].account == "2700"
    assert chart.lock_date == date(2024, 12, 31)
    assert (chart.units[2].integer, chart.units[7].integer, chart.units[7].max_length) == (True, False, 10)
    assert [unit for unit, definition in chart.units.items() if definition.used] == [1, 2, 3, 7]
    assert (chart.customer_number_rule.integer, chart.customer_number_rule.minimum) == (True, 10000)
    assert chart.payment_id_rule.method == "mod11"
    period = chart.period_of(DAY)
    assert period is not None
    assert (period.open, period.label) == (True, f"{DAY.month}/{DAY.year}")


def test_poweroffice_takes_no_dot_in_projects_but_elsewhere(poweroffice: Office) -> None:
    units = poweroffice.platform().chart().units
    assert (units[2].dots_allowed, units[1].dots_allowed, units[2].integer) == (False, True, False)


def test_the_chart_is_kept_and_read_anew_on_demand_and_after_a_refusal(
    scripted: ScriptedHub, azets: AzetsPlatform
) -> None:
    azets.chart()
    azets.chart()
    assert len(scripted.seen("GET", "/profile")) == 1
    azets.chart(fresh=True)
    assert len(scripted.seen("GET", "/profile")) == 2
    scripted.on("PUT", "/customers/10042", problem(422, "validation_failed", ("email", "email_invalid")))
    with pytest.raises(Refused):
        azets.put_customer(customer())
    azets.chart()
    assert len(scripted.seen("GET", "/profile")) == 3
    scripted.on("PUT", "/customers/10042", page(502))
    with pytest.raises(Unavailable):
        azets.put_customer(customer())
    azets.chart()
    assert len(scripted.seen("GET", "/profile")) == 3, "nothing was refused"


def test_many_threads_read_the_chart_once(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    all_here = threading.Barrier(7, timeout=PATIENCE)

    def when_all_are_here(_: Asked) -> Said:
        all_here.wait()
        return Said(200, PROFILE)

    def read(_: int) -> int:
        threading.Thread(target=all_here.wait).start()
        return id(azets.chart())

    scripted.on("GET", "/profile", when_all_are_here)
    with ThreadPoolExecutor(6) as pool:
        charts = set(pool.map(read, range(6)))
    assert len(charts) == len(scripted.seen("GET", "/profile")) == 1


def test_waiting_times_follow_the_time_scale() -> None:
    values = {"base_url": "http://127.0.0.1:9/v1", "source_client_id": "1", "parent_client_id": "S1"}
    for scale, chart_seconds in ((1.0, 600.0), (0.1, 60.0), (0.0001, 5.0)):
        platform = PLATFORM.open(Connection(values, time_scale=scale))
        assert isinstance(platform, AzetsPlatform)
        assert platform._chart_seconds == chart_seconds
        platform.close()


def test_every_page_is_read(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    pages = [items(account(3000), cursor="a b/æ"), items(cursor="c"), items(account(3001), account(3002))]
    scripted.on("GET", "/accounts", *pages)
    assert sorted(azets.chart().accounts) == ["3000", "3001", "3002"]
    assert [asked.query.get("cursor") for asked in scripted.seen("GET", "/accounts")] == [None, "a b/æ", "c"]


@pytest.mark.parametrize(
    "pages",
    [
        [items(account(3000), cursor="same")],
        [items(cursor="a"), items(cursor="b"), items(cursor="a")],
        [Said(200, {"items": [], "nextCursor": 7})],
        [Said(200, {"items": None})],
        [Said(200, [])],
        [items("3000")],
    ],
)
def test_pages_that_make_no_sense_are_a_fault_of_the_hub(
    scripted: ScriptedHub, azets: AzetsPlatform, pages: list[Said]
) -> None:
    scripted.on("GET", "/accounts", *pages)
    with pytest.raises(Unavailable) as caught:
        azets.chart()
    assert (caught.value.problems[0].code, caught.value.outcome_known) == ("hub_malformed", True)
    assert len(scripted.seen("GET", "/accounts")) <= 3


def test_a_cursor_that_ran_out_costs_a_retry_and_no_person(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("GET", "/accounts", items(cursor="old"), problem(400, "cursor_invalid"))
    with pytest.raises(Unavailable):
        azets.chart()


def test_vouchers_are_listed_a_page_at_a_time(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    def two_more(asked: Asked) -> Said:
        first = int(asked.query.get("cursor", "1"))
        return items(*(posted_voucher(voucherNumber=first + n) for n in (0, 1)), cursor=str(first + 2))

    scripted.on("GET", "/vouchers", two_more)
    listed = azets.list_vouchers(date(2026, 5, 1), date(2026, 5, 31))
    assert scripted.seen("GET", "/vouchers") == []
    assert [voucher.number for voucher in islice(listed, 3)] == [1, 2, 3]
    asked = scripted.seen("GET", "/vouchers")
    assert len(asked) == 2
    assert (asked[0].query["fromDate"], asked[0].query["toDate"]) == ("2026-05-01", "2026-05-31")


def test_a_voucher_read_before_any_chart_knows_its_units(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("GET", "/vouchers", items(posted_voucher()))
    posted = azets.find_voucher(invoice(), KEY).posted
    assert posted is not None
    assert posted.entries[1].units == ((1, "10"), (7, "Vår"))


# The check


def steps_of(azets: AzetsPlatform) -> dict[str, CheckStep]:
    return {step.name: step for step in azets.check()}


def test_a_right_setup_passes_every_step(visma: Office) -> None:
    steps = list(visma.platform().check())
    assert [step.name for step in steps] == ["signed_in", "client_found", "chart", "units", "periods"]
    assert all(step.ok and step.detail and not step.problems for step in steps)
    assert "Fjell Arkitekter AS on VismaBusiness" in steps[1].detail


@pytest.mark.parametrize(
    ("values", "step", "code", "field"),
    [
        ({"password": "wrong"}, "signed_in", "invalid_credentials", "password"),
        ({"username": "nobody"}, "signed_in", "invalid_credentials", "password"),
        ({"source_client_id": "99999"}, "client_found", "client_unknown", "source_client_id"),
        ({"parent_client_id": "S1"}, "client_found", "client_not_under_parent", "parent_client_id"),
        ({"parent_client_id": "X1"}, "client_found", "parent_client_id_invalid", "parent_client_id"),
        ({"source_client_id": "F12"}, "client_found", "source_client_id_invalid", "source_client_id"),
    ],
)
def test_a_wrong_setup_stops_at_its_step(
    visma: Office, values: dict[str, str], step: str, code: str, field: str
) -> None:
    *_, last = visma.platform(**values).check()
    assert (last.name, last.ok) == (step, False)
    assert [(one.code, one.subject) for one in last.problems] == [(code, f"setup platform.azets.{field}")]


@pytest.mark.parametrize(
    ("dimensions", "named"),
    [
        (Dimensions(project=4), "setup dimensions.project"),
        (Dimensions(project=2, department=13), "setup dimensions.department"),
        (Dimensions(billability=5), "setup expenses.billability_dimension"),
    ],
)
def test_a_unit_that_is_not_in_use_is_named(visma: Office, dimensions: Dimensions, named: str) -> None:
    step = steps_of(visma.platform(dimensions))["units"]
    assert not step.ok
    assert [(one.code, one.subject) for one in step.problems] == [("org_unit_not_used", named)]


def test_a_unit_chosen_twice_fails(visma: Office) -> None:
    step = steps_of(visma.platform(Dimensions(project=2, department=2)))["units"]
    assert not step.ok
    assert "unit 2 is selected twice" in step.detail


def test_no_unit_chosen_is_no_fault(visma: Office) -> None:
    assert steps_of(visma.platform(Dimensions()))["units"].ok


def test_what_poweroffice_wants_is_told(poweroffice: Office) -> None:
    assert "does not accept a dot in a project number" in steps_of(poweroffice.platform())["units"].detail
    other = steps_of(poweroffice.platform(Dimensions(project=1)))["units"].detail
    assert "projects in unit 2" in other


def test_a_company_without_an_open_period_fails(visma: Office) -> None:
    visma.admin("PATCH", "", {"lockDate": "2099-12-31"})
    step = steps_of(visma.platform())["periods"]
    assert (step.ok, [one.code for one in step.problems]) == (False, ["period_closed"])


def test_a_hub_that_goes_away_while_the_chart_is_read_fails_that_step_only(
    scripted: ScriptedHub, azets: AzetsPlatform
) -> None:
    scripted.on("GET", "/accounts", page(502))
    steps = list(azets.check())
    assert [(step.name, step.ok, step.unavailable) for step in steps] == [
        ("signed_in", True, False),
        ("client_found", True, False),
        ("chart", False, True),
    ]


# Customers, projects and departments


def test_master_data_is_stored_as_moment_has_it(visma: Office) -> None:
    azets = visma.platform()
    azets.put_customer(
        customer(name="Ærlig & Åpen AS", organisation_number="NO 923 609 016 MVA", country="NO", city="Bodø")
    )
    azets.put_department(Department("0010", "Arkitektur"))
    azets.put_project(project("0012", department="0010"))
    stored = azets._client.read("customers/10042")
    assert (stored["name"], stored["organisationNumber"], stored["postalArea"]) == (
        "Ærlig & Åpen AS",
        "923609016",
        "Bodø",
    )
    kept = azets._client.read("organizational-units/2/12")
    assert (kept["value"], kept["customerNumber"], kept["departmentNumber"]) == ("12", "10042", "10")
    azets.put_customer(customer())
    assert azets._client.read("customers/10042")["organisationNumber"] is None, "what Moment has no more is cleared"


@pytest.mark.parametrize("number", ["Øst 7", "50% rabatt", "a?b#c", "A+B&C", "æøå"])
def test_numbers_with_odd_letters_arrive_whole(poweroffice: Office, number: str) -> None:
    azets = poweroffice.platform()
    azets.put_project(project(number))
    values = azets._client.read("organizational-units/2")["items"]
    assert number in {value["value"] for value in values}


@pytest.mark.parametrize("number", ["a/b", "..", ".", " ", "", "x" * 21, "10 042", "æ"])
def test_a_customer_number_that_has_no_address_is_refused_unsent(
    scripted: ScriptedHub, azets: AzetsPlatform, number: str
) -> None:
    with pytest.raises(Refused) as caught:
        azets.put_customer(customer(number))
    assert caught.value.problems[0].code == "customer_number_invalid"
    assert scripted.seen("PUT") == []


@pytest.mark.parametrize("number", ["2026/12", " 7", "x" * 41])
def test_a_project_number_that_has_no_address_is_refused_unsent(poweroffice: Office, number: str) -> None:
    with pytest.raises(Refused) as caught:
        poweroffice.platform().put_project(project(number))
    assert caught.value.problems[0].subject == f"project {number}"


@pytest.mark.parametrize(
    ("number", "code"), [("P-1207", "org_unit_not_integer"), ("99999999999", "org_unit_not_integer")]
)
def test_a_project_number_that_its_unit_cannot_take(visma: Office, number: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        visma.platform().put_project(project(number))
    assert [(one.code, one.subject) for one in caught.value.problems] == [(code, f"project {number}")]


@pytest.mark.parametrize("number", [".", ".."])
def test_a_department_number_that_means_a_folder_is_refused_unsent(poweroffice: Office, number: str) -> None:
    with pytest.raises(Refused) as caught:
        poweroffice.platform().put_department(Department(number, "Oslo"))
    assert [(one.code, one.subject) for one in caught.value.problems] == [("field_invalid", f"department {number}")]


def test_a_dot_in_a_project_number_of_poweroffice(poweroffice: Office) -> None:
    with pytest.raises(Refused) as caught:
        poweroffice.platform().put_project(project("12.1"))
    assert caught.value.problems[0].code == "project_number_has_dot"


def test_a_unit_that_is_not_in_use_pauses_the_company(visma: Office) -> None:
    azets = visma.platform(Dimensions(project=4, department=5))
    with pytest.raises(Misconfigured) as of_project:
        azets.put_project(project())
    assert of_project.value.problems[0].subject == "setup dimensions.project"
    with pytest.raises(Misconfigured) as of_department:
        azets.put_department(Department("1", "Arkitektur"))
    assert of_department.value.problems[0].subject == "setup dimensions.department"


def test_a_unit_taken_out_of_use_meanwhile_pauses_the_company(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    refused = problem(422, "validation_failed", ("unit", "org_unit_not_used"))
    scripted.on("PUT", "/organizational-units/2/1207", refused)
    with pytest.raises(Misconfigured) as caught:
        azets.put_project(project())
    assert caught.value.problems[0].subject == "setup dimensions.project"


def test_nothing_chosen_nothing_sent(scripted: ScriptedHub, connect: Connect) -> None:
    azets = connect(Dimensions())
    azets.put_project(project())
    azets.put_department(Department("10", "Arkitektur"))
    assert azets.project_content(project()) == {}
    assert scripted.asked == []


def test_content_changes_with_what_would_be_sent_and_nothing_else(visma: Office) -> None:
    azets = visma.platform()
    assert azets.project_content(project(department="0010")) == azets.project_content(project(department="10"))
    assert azets.project_content(project(department="10")) != azets.project_content(project())
    assert azets.project_content(project()) != visma.platform(Dimensions(project=3)).project_content(project())
    assert azets.customer_content(customer()) != azets.customer_content(customer(email="a@b.no"))


def test_a_department_that_its_unit_cannot_take_is_no_proposal(visma: Office) -> None:
    assert visma.platform().project_content(project(department="Øst"))["departmentNumber"] is None


def test_an_unknown_customer_of_a_project_is_named(visma: Office) -> None:
    with pytest.raises(Refused) as caught:
        visma.platform().put_project(project(customer="10999"))
    (told,) = caught.value.problems
    assert told == Problem("customer_unknown", "project 1207", told.facts, told.said)
    assert told.facts["customer"] == "10999"
