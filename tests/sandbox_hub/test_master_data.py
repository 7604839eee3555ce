"""Profile, chart, customers and organizational units, as a client sees them."""

from datetime import date

import pytest

from tests.support.hub.batches import line, simple
from tests.support.hub.client import Company


def details(answer: object) -> set[tuple[str, str]]:
    return {(d["field"], d["code"]) for d in answer.json()["details"]}  # type: ignore[attr-defined]


def test_the_profile_tells_what_the_company_is(visma: Company, poweroffice: Company) -> None:
    profile = visma.ask("GET", "/profile").json()
    assert (profile["sourceClientId"], profile["companyName"]) == (visma.number, "Fjell Arkitekter AS")
    assert [u["unit"] for u in profile["organizationalUnits"] if u["used"]] == [1, 2, 3, 7]
    other = poweroffice.ask("GET", "/profile").json()
    assert (other["accountingSystem"], other["capabilities"]["lineAccrual"]) == ("PowerOfficeGo", True)


def test_the_chart_is_paged_in_order_and_serves_an_architects_firm(visma: Company) -> None:
    seen, cursor = [], None
    while True:
        page = visma.ask("GET", "/accounts", params={"limit": 17} | ({"cursor": cursor} if cursor else {})).json()
        seen += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    numbers = [account["number"] for account in seen]
    assert numbers == sorted(set(numbers))
    by_number = {account["number"]: account for account in seen}
    assert set(by_number) >= set("1500 2400 2700 2701 2703 2710 2740 2965 1530 3000 3010 3020 3050 3100".split())  # noqa: SIM905
    assert set(by_number) >= set("3105 3200 3910 4300 4500 7140 7740 8060 8160".split())  # noqa: SIM905
    assert (by_number["1500"]["postable"], by_number["7740"]["vatCodesAllowed"]) == (False, [])
    assert set(by_number["3000"]["vatCodesAllowed"]) == {"3", "31", "33", "5", "52", "6"}


def test_vat_codes_and_their_rates(visma: Company) -> None:
    codes = {c["code"]: (c["rate"], c["direction"]) for c in visma.ask("GET", "/vat-codes").json()["items"]}
    assert codes["3"] == ("25.00", "output")
    assert codes["31"] == ("15.00", "output")
    assert codes["33"] == ("12.00", "output")
    assert codes["1"] == ("25.00", "input")
    assert set(codes) == {"0", "1", "11", "13", "3", "31", "33", "5", "52", "6", "7"}


def test_periods_reach_from_two_years_back_to_one_ahead(visma: Company) -> None:
    items = visma.ask("GET", "/periods").json()["items"]
    year = date.today().year  # noqa: DTZ011 - as the sandbox does
    assert (items[0]["from"], items[-1]["to"], len(items)) == (f"{year - 2}-01-01", f"{year + 1}-12-31", 48)


def test_a_customer_is_created_changed_and_left_alone(visma: Company) -> None:
    made = visma.put_customer("10050", email="post@nordlys.example", orgUnits={"1": "0010"})
    assert (made.status_code, made.json()["version"], made.json()["orgUnits"]) == (201, 1, {"1": "10"})
    same = visma.put_customer("10050", email="post@nordlys.example")
    assert (same.status_code, same.json()) == (200, made.json())
    changed = visma.put_customer("10050", email=None, postalArea="ÅLESUND")
    assert changed.json()["version"] == 2
    assert (changed.json()["email"], changed.json()["postalArea"]) == (None, "ÅLESUND")
    assert visma.ask("GET", "/customers/10050").json() == changed.json()
    assert visma.ask("GET", "/customers/10999").json()["code"] == "customer_unknown"


def test_a_person_renames_a_customer(visma: Company) -> None:
    visma.admin("PATCH", "/customers/10042", {"name": "Omdøpt AS"})
    found = visma.ask("GET", "/customers/10042").json()
    assert (found["name"], found["version"]) == ("Omdøpt AS", 2)


def test_customers_are_listed_by_number(visma: Company) -> None:
    for number in ("10100", "20000", "10043"):
        visma.put_customer(number)
    page = visma.ask("GET", "/customers", params={"limit": 3}).json()
    rest = visma.ask("GET", "/customers", params={"cursor": page["nextCursor"]}).json()
    numbers = [c["customerNumber"] for c in page["items"] + rest["items"]]
    assert numbers == ["10042", "10043", "10100", "20000"]


@pytest.mark.parametrize("number", ["9999", "100000", "010042", "K-1", "x" * 21])
def test_a_customer_number_outside_the_profiles_rule(visma: Company, number: str) -> None:
    answer = visma.put_customer(number)
    assert (answer.status_code, details(answer)) == (422, {("customerNumber", "customer_number_invalid")})


def test_a_customer_with_many_faults(visma: Company) -> None:
    answer = visma.put_customer(
        "10050",
        name="",
        organisationNumber="311987659",
        countryCode="NO",
        email="nobody",
        addressLine1="x" * 101,
        orgUnits={"2": "77"},
        phone="22",
    )
    assert details(answer) == {
        ("name", "field_invalid"),
        ("organisationNumber", "organisation_number_invalid"),
        ("email", "email_invalid"),
        ("addressLine1", "field_too_long"),
        ("orgUnits.2", "org_unit_unknown"),
        ("phone", "field_not_allowed"),
    }
    assert visma.ask("GET", "/customers/10050").status_code == 404
    assert details(visma.put_customer("10050", countryCode="XX")) == {("countryCode", "country_code_unknown")}
    abroad = visma.put_customer("10050", countryCode="SE", organisationNumber="556016-0680")
    assert abroad.status_code == 201


def test_a_project_is_put_and_read(visma: Company) -> None:
    made = visma.put_unit(2, "0012", name="Nytt hovedkontor", customerNumber="10042", departmentNumber="99")
    assert (made.status_code, made.json()["value"]) == (201, "12")
    assert visma.put_unit(2, "12", name="Nytt hovedkontor").json() == made.json()
    assert visma.ask("GET", "/organizational-units/2/0012").json() == made.json()
    closed = visma.put_unit(2, "12", name="Nytt hovedkontor", status="closed", customerNumber=None).json()
    assert (closed["status"], closed["customerNumber"], closed["departmentNumber"], closed["version"]) == (
        "closed",
        None,
        "99",
        2,
    )
    listed = visma.ask("GET", "/organizational-units/2").json()["items"]
    assert [value["value"] for value in listed] == ["12", "1207"]
    assert visma.ask("GET", "/organizational-units/2/13").json()["code"] == "org_unit_unknown"


@pytest.mark.parametrize(
    ("unit", "value", "field", "code"),
    [
        (2, "P-1", "value", "org_unit_not_integer"),
        (2, "0", "value", "org_unit_not_integer"),
        (7, "elleve tegn", "value", "org_unit_too_long"),
        (4, "1", "unit", "org_unit_not_used"),
    ],
)
def test_a_value_that_the_unit_cannot_take(visma: Company, unit: int, value: str, field: str, code: str) -> None:
    answer = visma.put_unit(unit, value)
    assert (answer.status_code, details(answer)) == (422, {(field, code)})


def test_unit_seven_takes_text_and_there_are_twelve_units(visma: Company) -> None:
    assert visma.put_unit(7, "Vår 2026").status_code == 201
    assert visma.ask("GET", "/organizational-units/4").json()["details"][0]["code"] == "org_unit_not_used"
    assert visma.ask("GET", "/organizational-units/13").status_code == 400
    assert details(visma.put_unit(2, "5", customerNumber="10999")) == {("customerNumber", "customer_unknown")}


def test_poweroffice_go_takes_text_but_no_dot_in_a_project_number(poweroffice: Company) -> None:
    assert poweroffice.put_unit(1, "Øst").status_code == 201
    assert details(poweroffice.put_unit(2, "12.1")) == {("value", "project_number_has_dot")}
    lines = [line("3000", "credit", "3", "100.00", "25.00", "125.00", orgUnits={"2": "12.1", "1": "Øst"})]
    faults = poweroffice.codes(simple(1, customerNumber="10018", lines=lines))
    assert faults == {("vouchers[0].lines[0].orgUnits.2", "project_number_has_dot")}


def test_leading_zeros_are_the_same_value_in_a_voucher(visma: Company) -> None:
    lines = [line("3000", "credit", "3", "100.00", "25.00", "125.00", orgUnits={"2": "01207"})]
    visma.post_batch(simple(1, lines=lines))
    assert visma.vouchers(voucherNumber=1)[0]["entries"][1]["orgUnits"] == {"2": "1207"}
