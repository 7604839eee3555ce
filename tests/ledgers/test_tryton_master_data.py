"""Customers, projects and departments as they stand in Tryton after they were sent."""

from dataclasses import replace
from typing import Any

import pytest

from bilag.platforms.tryton.platform import TrytonPlatform
from bilag.posting.dimensions import Dimensions
from bilag.posting.master import Project
from bilag.wire.errors import Refused
from tests.support.tryton.office import Office
from tests.support.tryton.samples import customer, put_master_data


@pytest.fixture(scope="module")
def platform(office: Office) -> TrytonPlatform:
    return office.platform()


def party(office: Office, number: str) -> dict[str, Any]:
    person = office.person
    (found,) = person.read("party.party", [["code", "=", number], ["active", "in", [True, False]]], "name", "active")
    of_party = ["party", "=", found["id"]]
    found["addresses"] = person.read("party.address", [of_party], "street", "postal_code", "city", "country.code")
    found["identifiers"] = person.read("party.identifier", [of_party], "type", "code")
    found["mechanisms"] = person.read("party.contact_mechanism", [of_party], "type", "value")
    return found


def test_a_customer_comes_with_address_organisation_number_and_email(platform: TrytonPlatform, office: Office) -> None:
    platform.put_customer(customer(number="20001"))
    found = party(office, "20001")
    assert found["name"] == "Ærlig Eiendom AS"
    (address,) = found["addresses"]
    assert (address["street"], address["postal_code"], address["city"]) == ("Bryggen 7\n2. etasje", "5003", "Bergen")
    assert address["country."]["code"] == "NO"
    assert [(one["type"], one["code"]) for one in found["identifiers"]] == [("no_orgnr", "974 760 673")]
    assert [(one["type"], one["value"]) for one in found["mechanisms"]] == [("email", "post@aerlig.example")]


def test_a_changed_customer_is_changed_and_not_doubled(platform: TrytonPlatform, office: Office) -> None:
    first = customer(number="20002")
    platform.put_customer(first)
    changed = replace(first, name="Ny AS", city="Os", organisation_number="923609016", invoice_email="f@ny.example")
    platform.put_customer(changed)
    found = party(office, "20002")
    assert (found["name"], len(found["addresses"]), found["addresses"][0]["city"]) == ("Ny AS", 1, "Os")
    assert [one["code"] for one in found["identifiers"]] == ["923 609 016"]
    assert [one["value"] for one in found["mechanisms"]] == ["f@ny.example"]


def test_what_a_person_added_to_a_customer_stays(platform: TrytonPlatform, office: Office) -> None:
    platform.put_customer(customer(number="20003"))
    known = party(office, "20003")
    mechanisms = [["create", [{"type": "phone", "value": "+4722334455"}]]]
    office.person.write("party.party", known["id"], contact_mechanisms=mechanisms)
    platform.put_customer(customer(number="20003", name="Annet navn AS"))
    assert sorted(one["type"] for one in party(office, "20003")["mechanisms"]) == ["email", "phone"]


def test_an_inactive_customer_is_made_active_by_sending_it(platform: TrytonPlatform, office: Office) -> None:
    platform.put_customer(customer(number="20004"))
    office.person.write("party.party", party(office, "20004")["id"], active=False)
    platform.put_customer(customer(number="20004"))
    assert party(office, "20004")["active"]


def test_a_foreign_customer_keeps_its_number_as_it_was_given(platform: TrytonPlatform, office: Office) -> None:
    platform.put_customer(customer(number="20005", country="SE", organisation_number="556036-0793"))
    found = party(office, "20005")
    assert [(one["type"], one["code"]) for one in found["identifiers"]] == [(None, "556036-0793")]
    assert found["addresses"][0]["country."]["code"] == "SE"


def test_a_private_customer_needs_neither_number_nor_address(platform: TrytonPlatform, office: Office) -> None:
    bare = customer(number="20006", organisation_number=None, email=None, address_lines=(), country=None)
    platform.put_customer(replace(bare, postal_code=None, city=None))
    found = party(office, "20006")
    assert (found["addresses"], found["identifiers"], found["mechanisms"]) == ([], [], [])


def test_a_project_is_a_value_under_its_root(platform: TrytonPlatform, office: Office) -> None:
    project = Project(9, "12.09 B/Ø", "Brygge", "active")
    platform.put_project(project)
    platform.put_project(replace(project, name="Brygge, etappe 2"))
    (row,) = office.person.read(
        "analytic_account.account", [["code", "=", "12.09 B/Ø"]], "name", "root.name", "state", "type"
    )
    assert (row["name"], row["root."]["name"], row["state"], row["type"]) == (
        "Brygge, etappe 2",
        "Prosjekt",
        "opened",
        "normal",
    )


def test_without_a_unit_no_project_is_sent(office: Office) -> None:
    platform = office.platform(Dimensions(department=1))
    put_master_data(platform)
    platform.put_project(Project(8, "ALDRI", "Aldri", "active"))
    assert platform.project_content(Project(8, "ALDRI", "Aldri", "active")) == {}
    assert office.person.search("analytic_account.account", ["code", "=", "ALDRI"]) == []


def test_a_project_without_number_is_refused(platform: TrytonPlatform) -> None:
    with pytest.raises(Refused) as refused:
        platform.put_project(Project(8, " ", "Uten nummer", "active"))
    assert (refused.value.problems[0].code, refused.value.problems[0].subject) == ("field_required", "project  ")
