"""The remedies of a setup that does not work, carried out literally: the company goes on."""

from collections.abc import Callable
from typing import Any

import pytest

from bilag_sandbox import hub, moment
from tests.remedies.cases import Case, Cases
from tests.remedies.person import Person
from tests.support.world import company_document

CASES = Cases()
"""In this order: a client or a company of Moment is corrected as long as nothing is posted at it."""
USER = f"/admin/users/{hub.USERNAME}"


def azets(person: Person, **fields: Any) -> dict[str, Any]:
    """The section of the platform, with some fields of the hub as told."""
    first = company_document(person.world.moment.url, person.world.hub.url, {})["platform"]["azets"]
    given = {**first, **fields}
    return {"platform": {"azets": {name: value for name, value in given.items() if value is not None}}}


def sign_out(person: Person) -> None:
    """What Bilag has of tokens is worth nothing any more."""
    person.world.hub.ask("POST", "/admin/tokens/withdraw", {})


def client_corrected(code: str, wrong: dict[str, str]) -> Callable[[Person], None]:
    """A client that was entered wrongly is corrected in the setup. Nothing is sent meanwhile: its ledger is not in use yet."""

    def steps(person: Person) -> None:
        person.saves(**azets(person, **wrong), work=False)
        person.sees_pause(code)
        person.saves(work=False)
        person.goes_on()

    return steps


for _code, _wrong in (
    ("client_unknown", {"source_client_id": "999"}),
    ("client_not_under_parent", {"parent_client_id": "S9999"}),
):
    CASES.add(_code, "correct it in the setup", client_corrected(_code, _wrong))


@CASES.of("client_unknown", "Azets sets the client up")
def _client_is_made(person: Person) -> None:
    person.saves(**azets(person, source_client_id="555"), work=False)
    person.sees_pause("client_unknown")
    body = {"id": "555", "parentClientId": hub.PARENT, "accountingSystem": "VismaBusiness"}
    person.world.hub.ask("POST", "/admin/clients", body)
    person.next_probe(work=False)
    person.goes_on()
    person.saves(work=False)


@CASES.of("moment_company_unknown", "correct the company id in the setup")
def _company_of_moment(person: Person) -> None:
    person.saves(moment={"company_id": "4022"}, work=False)
    person.sees_pause("moment_company_unknown")
    person.saves(work=False)
    person.goes_on()


@CASES.of("moment_company_unknown", "create an API key in the right company")
def _key_of_company(person: Person) -> None:
    person.world.moment.ask("PUT", "/admin/settings", {"companyId": "4023"})  # the key is of another company
    person.world.poll_quietly()
    person.sees_pause("moment_company_unknown")
    person.world.moment.ask("PUT", "/admin/settings", {"companyId": "4021", "apiKey": "of-the-right-company"})
    person.saves(moment={"api_key": "of-the-right-company"}, work=False)
    person.goes_on()
    person.world.moment.ask("PUT", "/admin/settings", {"apiKey": moment.API_KEY})
    person.saves(work=False)


def refused_scope(code: str) -> Callable[[Person], None]:
    """The hub refuses the ids that the setup has, and they are entered again."""

    def steps(person: Person) -> None:
        number = person.invoice()
        person.hub_refuses(code, operation="createBatch", status=400)
        person.wait()
        person.sees_pause(code)
        person.saves(**azets(person))
        person.next_probe()
        person.resumed(number)

    return steps


for _code in ("parent_client_id_invalid", "source_client_id_invalid"):
    CASES.add(_code, "correct the id in the setup", refused_scope(_code))


@CASES.of("credentials_missing", "enter username and password in the setup")
def _enter_credentials(person: Person) -> None:
    sign_out(person)
    person.hub_refuses("credentials_missing", operation="createToken", status=401)
    number = person.invoice()
    person.wait()
    person.sees_pause("credentials_missing")
    person.saves(**azets(person))
    person.next_probe()
    person.resumed(number)


@CASES.of("invalid_credentials", "enter them again in the setup")
def _enter_again(person: Person) -> None:
    person.world.hub.ask("PUT", USER, {"password": "another"})
    sign_out(person)
    number = person.invoice()
    person.wait()
    person.sees_pause("invalid_credentials")
    person.saves(**azets(person, password="another"))
    person.resumed(number)
    person.world.hub.ask("PUT", USER, {"password": hub.PASSWORD})
    sign_out(person)
    person.saves()


@CASES.of("invalid_credentials", "Azets had revoked them, and gives them back")
def _given_back(person: Person) -> None:
    person.world.hub.ask("PUT", USER, {"active": False})
    sign_out(person)
    number = person.invoice()
    person.wait()
    person.sees_pause("invalid_credentials")
    person.world.hub.ask("PUT", USER, {"active": True})
    person.next_probe()
    person.resumed(number)


@CASES.of("token_missing", "the error is fixed, retry")
def _token_missing(person: Person) -> None:
    number = person.invoice()
    person.hub_refuses("token_missing", status=401)
    person.wait()
    person.sees("token_missing", number)
    person.retry(number)
    person.done(number)


def signs_in_again(code: str) -> Callable[[Person], None]:
    """The hub refuses a token and the next one, and Bilag signs in again by itself."""

    def steps(person: Person) -> None:
        number = person.invoice()
        person.hub_refuses(code, operation="createBatch", status=401, times=2)
        person.wait()
        person.sees_pause(code)
        person.next_probe()
        person.resumed(number)

    return steps


for _code in ("token_expired", "token_invalid"):
    CASES.add(_code, "Bilag signs in again automatically", signs_in_again(_code))


@CASES.of("token_invalid", "enter the credentials again in the setup")
def _token_again(person: Person) -> None:
    number = person.invoice()
    person.hub_refuses("token_invalid", operation="createBatch", status=401, times=2)
    person.wait()
    person.sees_pause("token_invalid")
    person.saves(**azets(person))
    person.next_probe()
    person.resumed(number)


@CASES.of("moment_credentials", "create a new API key in Moment, enter it in the setup")
def _new_key(person: Person) -> None:
    number = person.invoice()
    person.world.moment.ask("PUT", "/admin/settings", {"keyState": "expired"})
    person.world.poll_quietly()
    person.sees_pause("moment_credentials")
    person.world.moment.ask("PUT", "/admin/settings", {"keyState": "valid", "apiKey": "a-new-key"})
    person.saves(moment={"api_key": "a-new-key"})
    person.goes_on()
    person.world.moment.ask("PUT", "/admin/settings", {"apiKey": moment.API_KEY})
    person.saves()
    person.resumed(number)


def may_not_write(person: Person) -> int:
    """An invoice that Moment does not let Bilag mark."""
    answer = {"status": 403, "message": "Forbidden"}
    person.world.moment.fault(kind="answer", operation="patchInvoice", status=403, json=answer, times=None)
    number = person.invoice()
    person.wait()
    person.sees_pause("moment_write_forbidden")
    return number


@CASES.of("moment_write_forbidden", "give the user permission in Moment; Bilag continues within an hour")
def _permission(person: Person) -> None:
    number = may_not_write(person)
    person.next_probe()
    person.sees_pause("moment_write_forbidden")
    person.world.moment.ask("DELETE", "/admin/faults")
    person.next_probe()
    person.resumed(number)


@CASES.of("moment_write_forbidden", "create a key for a user with permission, enter it in the setup")
def _other_key(person: Person) -> None:
    number = may_not_write(person)
    person.world.moment.ask("DELETE", "/admin/faults")
    person.world.moment.ask("PUT", "/admin/settings", {"apiKey": "a-key-that-may-write"})
    person.saves(moment={"api_key": "a-key-that-may-write"})
    person.goes_on()
    person.world.moment.ask("PUT", "/admin/settings", {"apiKey": moment.API_KEY})
    person.saves()
    person.done(number)


@CASES.of("client_access_denied", "Azets gives the user access")
def _access(person: Person) -> None:
    person.world.hub.ask("PUT", USER, {"clients": ["777"]})
    number = person.invoice()
    person.wait()
    person.sees_pause("client_access_denied")
    person.world.hub.ask("PUT", USER, {"clients": None})
    person.next_probe()
    person.resumed(number)


def other_series(way: str, right: str | None) -> None:
    def steps(person: Person) -> None:
        person.setup(**azets(person, voucher_series="XXX"))
        number = person.invoice()
        person.wait()
        person.sees_pause("voucher_series_unknown")
        person.saves(**azets(person, voucher_series=right))
        person.resumed(number)
        person.saves()

    CASES.add("voucher_series_unknown", way, steps)


other_series("select another series in the setup", "MOM")
other_series("leave the field blank", None)


@CASES.of("attachments_not_supported", "Azets enables attachments")
def _attachments(person: Person) -> None:
    number = person.invoice()
    person.hub_refuses("attachments_not_supported")
    person.wait()
    person.sees_pause("attachments_not_supported")
    person.next_probe()
    person.resumed(number)


@CASES.of("accrual_not_supported", "switch off accrual in the setup")
def _no_accrual(person: Person) -> None:
    number = accrual_that_azets_refuses(person)
    person.saves()
    person.resumed(number)


@CASES.of("accrual_not_supported", "Azets enables it")
def _accrual(person: Person) -> None:
    number = accrual_that_azets_refuses(person)
    person.next_probe()
    person.resumed(number)
    person.saves()


def accrual_that_azets_refuses(person: Person) -> int:
    person.setup(accrual={"enabled": True, "debit_account": "3910", "credit_account": "2965"})
    number = person.invoice(line={"accrualFrom": "2026-11-01", "accrualTo": "2027-01-31"})
    person.hub_refuses("accrual_not_supported", "vouchers[0].lines[0].accrual")
    person.wait()
    person.sees_pause("accrual_not_supported")
    return number


@CASES.of("org_unit_not_used", "select another unit in the setup")
def _other_unit(person: Person) -> None:
    person.setup(dimensions={"project": 2, "department": 5})
    number = person.invoice(line={"department": {"id": department(person), "name": "Oslo"}})
    person.wait()
    person.sees_pause("org_unit_not_used")
    person.saves()
    person.resumed(number)


@CASES.of("org_unit_not_used", "the accountant activates the unit")
def _activate_unit(person: Person) -> None:
    person.setup(dimensions={"project": 2, "department": 4})
    number = person.invoice(line={"department": {"id": department(person), "name": "Oslo"}})
    person.wait()
    person.sees_pause("org_unit_not_used")
    clients = person.world.hub.ask("GET", "/admin/state")["clients"]
    units = next(one for one in clients if one["id"] == "123")["organizationalUnits"]
    person.configure(organizationalUnits=[{**one, "used": one["used"] or one["unit"] == 4} for one in units])
    person.next_probe()
    person.resumed(number)
    person.saves()


def department(person: Person) -> int:
    made = person.world.moment.ask("POST", "/admin/departments", {"name": "Oslo", "externalDepartmentNumber": "47"})
    return int(made["id"])


@CASES.of("client_is_another_company", "correct the organisation number of the company")
def _organisation_number(person: Person) -> None:
    person.setup(company={"organisation_number": "974760673"})
    assert "client_is_another_company" in {one["code"] for one in person.checks()}
    person.seen.add("client_is_another_company")
    person.setup(company={"organisation_number": "999999999"})
    assert "client_is_another_company" not in {one["code"] for one in person.checks()}
    person.ended += 1


@CASES.of("nobody_notified", "enter an address under Notifications")
def _notify(person: Person) -> None:
    assert "nobody_notified" in {one["code"] for one in person.checks()}
    person.seen.add("nobody_notified")
    person.setup(notify={"emails": ["kari@fjell.example"]})
    assert "nobody_notified" not in {one["code"] for one in person.checks()}
    person.ended += 1


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_remedy_leads_to_an_end(case: Case, person: Person) -> None:
    case.carry_out(person)
