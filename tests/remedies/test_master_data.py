"""The remedies of customers, projects and departments, carried out literally."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from tests.remedies.cases import Case, Cases
from tests.remedies.person import Person

CASES = Cases()
numbers = count(7101)
"""Numbers that no customer or project of the sample has."""
IN_TEXT_UNIT = {"dimensions": {"project": 7, "department": 1}}


def fresh() -> str:
    return str(next(numbers))


@CASES.of("customer_missing", "give the customer a number in Moment, retry")
def _give_customer_number(person: Person) -> None:
    customer = person.customer()
    person.change("customer", customer["id"], customerNumber=None)
    number = person.invoice(customer={"id": customer["id"]}, project=None)
    person.wait()
    person.sees("customer_missing", number)
    person.change("customer", customer["id"], customerNumber=f"2{fresh()}")
    person.edit(number, customer={"id": customer["id"]})
    person.retry(number)
    person.done(number)


@CASES.of("customer_unknown", "transfer the customer, with the switch on, retry the invoice")
def _transfer_customer(person: Person) -> None:
    person.setup(export={"customers": False})
    customer = person.customer()
    number = person.invoice_to(customer)
    person.wait()
    person.sees("customer_unknown", number)
    person.setup()
    person.command("transfer", "fjell", "customers", customer["customerNumber"])
    person.retry(number)
    person.done(number)


@CASES.of("customer_inactive", "activate the customer in accounting, retry")
def _activate_customer(person: Person) -> None:
    customer = person.customer()
    person.wait()
    person.accounting("PUT", f"customers/{customer['customerNumber']}", {"status": "inactive"})
    number = person.invoice_to(customer)
    person.wait()
    person.sees("customer_inactive", number)
    person.accounting("PUT", f"customers/{customer['customerNumber']}", {"status": "active"})
    person.retry(number)
    person.done(number)


@CASES.of("customer_number_invalid", "change the number in Moment, retry")
def _change_customer_number(person: Person) -> None:
    customer = person.customer(customerNumber="99")
    number = person.invoice_to(customer)
    person.wait()
    person.sees("customer_number_invalid", number)
    person.change("customer", customer["id"], customerNumber=f"2{fresh()}")
    person.edit(number, customer={"id": customer["id"]})
    person.retry(number)
    person.done(number)


@CASES.of("customer_number_invalid", "extend the range in accounting, retry")
def _extend_customer_range(person: Person) -> None:
    customer = person.customer(customerNumber="98")
    number = person.invoice_to(customer)
    person.wait()
    person.sees("customer_number_invalid", number)
    person.configure(customerNumberRule={"min": 1})
    person.retry(number)
    person.configure(customerNumberRule={"min": 10000})
    person.done(number)


def customer_corrected(code: str, wrong: dict[str, Any], right: dict[str, Any]) -> Callable[[Person], None]:
    """The customer is corrected in Moment, and goes again by itself."""

    def steps(person: Person) -> None:
        customer = person.customer(**wrong)
        person.wait()
        person.sees(code, customer["customerNumber"], "customer")
        person.change("customer", customer["id"], **right)
        person.wait()
        person.done(customer["customerNumber"], "customer")

    return steps


for _code, _wrong, _right in (
    ("organisation_number_invalid", {"organizationNumber": "123456789"}, {"organizationNumber": "974760673"}),
    ("country_code_unknown", {"countryCode": "XX"}, {"countryCode": "NO"}),
    ("email_invalid", {"email": "post(at)kunde"}, {"email": "post@kunde.example"}),
):
    CASES.add(_code, "correct it in Moment; Bilag transfers it again", customer_corrected(_code, _wrong, _right))


@CASES.of("customer_not_ready", "correct the customer; Bilag continues")
def _correct_customer_first(person: Person) -> None:
    customer = person.customer(organizationNumber="123456789")
    number = person.invoice_to(customer)
    person.wait()
    person.sees("customer_not_ready", number)
    person.change("customer", customer["id"], organizationNumber="974760673")
    person.wait(rounds=2)
    person.done(number)


@CASES.of("project_not_ready", "correct the project; Bilag continues")
def _correct_project_first(person: Person) -> None:
    project = person.project(projectNumber=fresh())
    person.hub_refuses("field_too_long", "name", operation="putOrganizationalUnitValue", times=2)
    number = person.invoice_on(project)
    person.wait()
    person.sees("project_not_ready", number)
    person.world.hub.ask("DELETE", "/admin/faults")
    person.change("project", project["id"], name="Bygg")
    person.wait(rounds=2)
    person.done(number)


@CASES.of("customer_excluded", "open the customer, Retry; Bilag continues")
def _retry_customer(person: Person) -> None:
    retry_what_was_excluded(person, excluded_customer)


@CASES.of("customer_excluded", "do not transfer the invoice either")
def _exclude_invoice_of_customer(person: Person) -> None:
    exclude_its_invoice(person, excluded_customer)


@CASES.of("project_excluded", "open the project, Retry; Bilag continues")
def _retry_project(person: Person) -> None:
    retry_what_was_excluded(person, excluded_project)


@CASES.of("project_excluded", "do not transfer the invoice either")
def _exclude_invoice_of_project(person: Person) -> None:
    exclude_its_invoice(person, excluded_project)


Excluded = Callable[[Person], tuple[str, str, int]]
"""Makes an excluded customer or project that an invoice needs; returns its kind, its number and the invoice's."""


def retry_what_was_excluded(person: Person, excluded: Excluded) -> None:
    kind, owner, number = excluded(person)
    person.retry(owner, kind)
    person.world.work()
    person.done(number)


def exclude_its_invoice(person: Person, excluded: Excluded) -> None:
    *_, number = excluded(person)
    person.press("exclude", number)
    person.explained(number, "excluded")


def excluded_customer(person: Person) -> tuple[str, str, int]:
    customer = person.customer(organizationNumber="123456789")
    person.wait()
    person.press("exclude", customer["customerNumber"], "customer")
    person.change("customer", customer["id"], organizationNumber="974760673")
    number = person.invoice_to(customer)
    person.wait()
    person.sees("customer_excluded", number)
    return "customer", customer["customerNumber"], number


def excluded_project(person: Person) -> tuple[str, str, int]:
    project = person.project(projectNumber=fresh())
    person.hub_refuses("field_invalid", "name", operation="putOrganizationalUnitValue")
    person.wait()
    person.press("exclude", project["projectNumber"], "project")
    number = person.invoice_on(project)
    person.wait()
    person.sees("project_excluded", number)
    return "project", project["projectNumber"], number


@CASES.of("org_unit_unknown", "transfer the project, retry")
def _transfer_project(person: Person) -> None:
    person.setup(export={"projects": False})
    project = person.project(projectNumber=fresh())
    number = person.invoice_on(project)
    person.wait()
    person.sees("org_unit_unknown", number)
    person.setup()
    person.command("transfer", "fjell", "projects", project["projectNumber"])
    person.retry(number)
    person.done(number)


@CASES.of("org_unit_closed", "open the project in accounting, retry")
def _open_project(person: Person) -> None:
    person.setup(export={"projects": False})
    value = fresh()
    project = person.project(projectNumber=value)
    person.accounting("PUT", f"units/2/{value}", {"status": "closed"})
    number = person.invoice_on(project)
    person.wait()
    person.sees("org_unit_closed", number)
    person.accounting("PUT", f"units/2/{value}", {"status": "active"})
    person.retry(number)
    person.done(number)
    person.setup()


@CASES.of("department_without_number", "enter the department's number in Moment, retry")
def _give_department_number(person: Person) -> None:
    made = person.world.moment.ask("POST", "/admin/departments", {"name": "Ny avdeling"})
    number = person.invoice(line={"department": {"id": made["id"], "name": made["name"]}})
    person.wait()
    person.sees("department_without_number", number)
    person.change("department", made["id"], externalDepartmentNumber="47")
    person.retry(number)
    person.done(number)


@CASES.of("project_without_number", "give the project a number in Moment, retry")
def _give_project_number(person: Person) -> None:
    project = person.project(projectNumber=fresh())
    person.change("project", project["id"], projectNumber=None)
    number = person.invoice(project={"id": project["id"]}, customer=project["customer"])
    person.wait()
    person.sees("project_without_number", number)
    person.change("project", project["id"], projectNumber=fresh())
    person.retry(number)
    person.done(number)


@CASES.of("org_unit_required", "select a project in Moment, retry")
def _select_project(person: Person) -> None:
    person.accounting("PUT", "accounts/3010", {"requiredUnits": ["2"]})
    number = person.invoice(project=None, line={"accountNumber": "3010"})
    person.wait()
    person.sees("org_unit_required", number)
    project = person.world.any_project()
    person.edit(number, project={"id": project["id"]})
    person.retry(number)
    person.accounting("PUT", "accounts/3010", {"requiredUnits": []})
    person.done(number)


@CASES.of("org_unit_required", "remove the requirement in accounting, retry")
def _remove_requirement(person: Person) -> None:
    person.accounting("PUT", "accounts/3010", {"requiredUnits": ["2"]})
    number = person.invoice(project=None, line={"accountNumber": "3010"})
    person.wait()
    person.sees("org_unit_required", number)
    person.accounting("PUT", "accounts/3010", {"requiredUnits": []})
    person.retry(number)
    person.done(number)


@CASES.of("org_unit_not_integer", "change it to a whole number in Moment, retry")
def _whole_number(person: Person) -> None:
    project = person.project(projectNumber="P-77")
    number = person.invoice_on(project)
    person.wait()
    person.sees("org_unit_not_integer", number)
    person.change("project", project["id"], projectNumber=fresh())
    person.retry(number)
    person.done(number)


@CASES.of("org_unit_not_integer", "select a unit of text in the setup, retry")
def _unit_of_text(person: Person) -> None:
    project = person.project(projectNumber="P-78")
    number = person.invoice_on(project)
    person.wait()
    person.sees("org_unit_not_integer", number)
    person.setup(**IN_TEXT_UNIT)
    person.retry(number)
    person.done(number)


@CASES.of("org_unit_too_long", "give it a shorter number in Moment, retry")
def _shorter_number(person: Person) -> None:
    person.setup(**IN_TEXT_UNIT)
    project = person.project(projectNumber="2026-OSLO-NORD-1")
    number = person.invoice_on(project)
    person.wait()
    person.sees("org_unit_too_long", number)
    person.change("project", project["id"], projectNumber="26-OSLO-1")
    person.retry(number)
    person.done(number)
    person.setup()


@CASES.of("project_number_has_dot", "change it to one without a dot in Moment, retry")
def _without_a_dot(person: Person) -> None:
    visma = next(one for one in person.world.hub.ask("GET", "/admin/state")["clients"] if one["id"] == "123")
    units = [
        {**one, "type": "text", "maxLength": 40} if one["unit"] == 2 else one for one in visma["organizationalUnits"]
    ]
    person.configure(accountingSystem="PowerOfficeGo", organizationalUnits=units)
    forget_chart()
    project = person.project(projectNumber="77.01")
    number = person.invoice_on(project)
    person.wait()
    person.sees("project_number_has_dot", number)
    person.change("project", project["id"], projectNumber="77-01")
    person.retry(number)
    person.done(number)
    person.configure(accountingSystem="VismaBusiness", organizationalUnits=visma["organizationalUnits"])
    forget_chart()


def forget_chart() -> None:
    """The client's profile changed, which Bilag reads again after some minutes."""
    from bilag.companies import gateways

    gateways.forget_all()


@CASES.of("number_has_another_owner", "the number is to belong to the new one: retry")
def _new_owner(person: Person) -> None:
    number, _ = handed_over(person)
    person.retry(number, "customer")
    person.done(number, "customer")


@CASES.of("number_has_another_owner", "give the new one another number in Moment")
def _other_number(person: Person) -> None:
    _, new = handed_over(person)
    other = f"2{fresh()}"
    person.change("customer", new["id"], customerNumber=other)
    person.wait(rounds=2)
    person.done(other, "customer")


def handed_over(person: Person) -> tuple[str, dict[str, Any]]:
    """A customer's number, with vouchers, that another customer has now."""
    first = person.customer()
    posted = person.invoice_to(first)
    person.wait()
    assert person.world.transfer(posted).state == "done"
    person.change("customer", first["id"], customerNumber=f"2{fresh()}")
    new = person.customer(name="Ny eier AS", customerNumber=first["customerNumber"])
    person.wait(rounds=2)
    person.sees("number_has_another_owner", first["customerNumber"], "customer")
    return first["customerNumber"], new


@CASES.of("number_collision", "change one of the two in Moment, retry")
def _change_one(person: Person) -> None:
    value = fresh()
    person.project(projectNumber=value)
    person.wait()
    twin = person.project(projectNumber=f"0{value}")
    person.wait()
    person.sees("number_collision", f"0{value}", "project")
    other = fresh()
    person.change("project", twin["id"], projectNumber=other)
    person.retry(f"0{value}", "project")
    person.wait()
    person.done(other, "project")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_remedy_leads_to_an_end(case: Case, person: Person) -> None:
    case.carry_out(person)
