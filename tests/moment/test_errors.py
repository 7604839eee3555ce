"""What each failure of Moment means: try again, ask a person, or pause the company. Nothing else is ever raised."""

from collections.abc import Callable
from typing import Any

import pytest

from bilag.messages import render_problem
from bilag.moment.client import MomentClient
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable
from bilag.wire.recording import recording
from tests.support.moment.samples import KEY, wire_invoice
from tests.support.moment.scripted_moment import NOT_FOUND, Said, ScriptedMoment, html, page


def says(status: int, message: str = "Said by Moment", **headers: str) -> Said:
    return Said(status, {"status": status, "message": message, "errors": []}, headers=headers)


FAILURES: dict[str, tuple[Said, type[EdgeError], str]] = {
    "key withdrawn": (says(401), Misconfigured, "moment_credentials"),
    "key without the right": (says(403), Misconfigured, "moment_credentials"),
    "busy": (says(429), Unavailable, "moment_unavailable"),
    "slow proxy": (says(408), Unavailable, "moment_unavailable"),
    "a proxy's 502 in HTML": (html(502), Unavailable, "moment_unavailable"),
    "500 without a body": (Said(500, text=""), Unavailable, "moment_unavailable"),
    "moved elsewhere": (Said(302, text="", headers={"Location": "/login"}), Unavailable, "moment_unavailable"),
    "a page that says not found": (html(404), Unavailable, "moment_unavailable"),
    "a page in place of the object": (html(200), Unavailable, "moment_malformed"),
    "JSON cut off": (Said(text='{"id": 66120, "lines": ['), Unavailable, "moment_malformed"),
    "NaN": (Said(text='{"id": NaN}'), Unavailable, "moment_malformed"),
    "body cut off": (Said(text='{"id": 66120', cut=True), Unavailable, "moment_unavailable"),
    "no answer": (Said(lost=True), Unavailable, "moment_unavailable"),
    "refused": (says(422), Refused, "moment_refused"),
    "another thing": (Said(value={"id": 66120}), Refused, "moment_malformed"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failure_of_reading_is_one_of_three_errors_with_a_sentence(
    server: ScriptedMoment, client: MomentClient, name: str
) -> None:
    answer, error, code = FAILURES[name]
    server.on("GET", "invoices/66120", answer)
    with pytest.raises(error) as raised:
        client.invoice(66120)
    problem = raised.value.problems[0]
    assert problem.code == code
    for language in ("en", "nb"):
        sentence = render_problem(problem, language)
        assert sentence.message
        assert sentence.remedy
    if isinstance(raised.value, Unavailable):
        assert raised.value.outcome_known, "reading has no effect, whatever went wrong"


def test_moments_own_words_and_the_fields_it_names_are_kept(server: ScriptedMoment, client: MomentClient) -> None:
    errors = [{"field": "exportStatus", "message": "Not allowed\x00"}]
    server.on("GET", "customers/1", Said(422, {"message": "Validation failed", "errors": errors}))
    with pytest.raises(Refused) as raised:
        client.customer(1)
    assert raised.value.problems[0].said == "Validation failed; exportStatus: Not allowed"


@pytest.mark.parametrize("body", ["null", "[]", '{"message": 5, "errors": "none"}', '{"errors": [1, {}]}', "<html>"])
def test_error_bodies_of_any_form_are_taken(server: ScriptedMoment, client: MomentClient, body: str) -> None:
    server.on("GET", "customers/1", Said(400, text=body))
    with pytest.raises(Refused):
        client.customer(1)


def test_moment_that_is_not_there_is_unavailable_and_surely_did_nothing() -> None:
    client = MomentClient("http://127.0.0.1:1", "4021", KEY)
    with pytest.raises(Unavailable) as raised:
        client.ping()
    assert raised.value.outcome_known


def test_retry_after_is_kept(server: ScriptedMoment, client: MomentClient) -> None:
    server.on("GET", "projects/1", says(429, **{"Retry-After": "17"}))
    with pytest.raises(Unavailable) as raised:
        client.project(1)
    assert raised.value.retry_after == 17


def test_credentials_are_told_of_the_key_in_the_setup(server: ScriptedMoment, client: MomentClient) -> None:
    server.on("GET", "customers", says(401))
    with pytest.raises(Misconfigured) as raised:
        client.ping()
    assert raised.value.problems[0].subject == "setup moment.api_key"


CALLS: dict[str, Callable[[MomentClient], object]] = {
    "ping": lambda client: client.ping(),
    "changed_customers": lambda client: list(client.changed_customers(None)),
    "changed_projects": lambda client: list(client.changed_projects(None)),
    "transferable_invoices": lambda client: list(client.transferable_invoices(None)),
    "invoice_by_number": lambda client: client.invoice_by_number(1),
    "customer_by_number": lambda client: client.customer_by_number("1"),
    "project_by_number": lambda client: client.project_by_number("1"),
    "project_numbers": lambda client: client.project_numbers(),
    "financial_accounts": lambda client: client.financial_accounts(),
    "user_accounts": lambda client: client.user_accounts(),
    "departments": lambda client: client.departments(),
    "project_states": lambda client: client.project_states(),
}


@pytest.mark.parametrize("name", CALLS)
def test_company_that_moment_does_not_know_is_a_fault_of_the_setup(
    server: ScriptedMoment, client: MomentClient, name: str
) -> None:
    with pytest.raises(Misconfigured) as raised:
        CALLS[name](client)
    assert raised.value.problems[0].code == "moment_company_unknown"
    assert raised.value.problems[0].subject == "setup moment.company_id"


@pytest.mark.parametrize("name", [name for name in CALLS if name != "ping"])
@pytest.mark.parametrize("answer", [html(404), html(502), says(503), Said(value=[]), Said(value={"content": [1]})])
def test_list_that_does_not_come_is_tried_again(
    server: ScriptedMoment, client: MomentClient, name: str, answer: Said
) -> None:
    server.on("GET", "*", answer)
    with pytest.raises(Unavailable):
        CALLS[name](client)


def test_object_that_is_not_there_is_none(server: ScriptedMoment, client: MomentClient) -> None:
    assert client.invoice(1) is None
    assert client.customer(1) is None
    assert client.project(1) is None
    server.on("GET", "invoices", page())
    assert client.invoice_by_number(10042) is None


def test_key_goes_as_basic_authentication_and_is_in_no_record(server: ScriptedMoment, client: MomentClient) -> None:
    echo = Said(400, {"message": f"bad key {KEY}"})
    server.on("GET", "customers/1", echo)
    with recording() as exchanges, pytest.raises(Refused):
        client.customer(1)
    assert server.asked[0].headers["authorization"] == "Basic YXBpa2V5Om0ta2V5LXRoYXQtbm9ib2R5LW1heS1zZWU="
    assert exchanges
    assert KEY not in repr(exchanges)
    assert KEY not in repr(client.__dict__)


def test_company_id_cannot_lead_to_another_path(server: ScriptedMoment) -> None:
    client = MomentClient(server.url, "4021/customers?x=", KEY)
    with pytest.raises(EdgeError):
        client.ping()
    assert not server.asked, "the scripted Moment takes only its own company"


def unchanged(_: Any) -> bool:
    return True


class TestTellingMoment:
    """Export status "transferred", after proof of posting."""

    def test_transferred_is_set_with_the_version_that_was_read(
        self, server: ScriptedMoment, client: MomentClient
    ) -> None:
        server.on("GET", "invoices/66120", Said(value=wire_invoice()))
        server.on("PATCH", "invoices/66120", Said(value=wire_invoice(version=4, exportStatus="transferred")))
        invoice = client.invoice(66120)
        assert invoice is not None
        after = client.mark_transferred(invoice, unchanged)
        assert (after.export_status, after.version) == ("transferred", 4)
        assert server.asked[-1].body == {"exportStatus": "transferred", "version": 3}

    def test_stale_version_is_read_again_and_set_once_more(self, server: ScriptedMoment, client: MomentClient) -> None:
        server.on("GET", "invoices/66120", Said(value=wire_invoice()), Said(value=wire_invoice(version=9)))
        server.on("PATCH", "invoices/66120", says(409), Said(value=wire_invoice(exportStatus="transferred")))
        invoice = client.invoice(66120)
        assert invoice is not None
        assert client.mark_transferred(invoice, unchanged).export_status == "transferred"
        assert [one.body["version"] for one in server.asked if one.method == "PATCH"] == [3, 9]

    @pytest.mark.parametrize("status", ["doNotTransfer", "transferred", "somethingNew"])
    def test_other_status_is_never_touched(self, server: ScriptedMoment, client: MomentClient, status: str) -> None:
        now = Said(value=wire_invoice(version=9, exportStatus=status))
        server.on("GET", "invoices/66120", Said(value=wire_invoice()), now)
        server.on("PATCH", "invoices/66120", says(409))
        invoice = client.invoice(66120)
        assert invoice is not None
        again = client.mark_transferred(invoice, unchanged)
        assert again.export_status == status
        assert client.mark_transferred(again, unchanged) is again
        assert len([one for one in server.asked if one.method == "PATCH"]) == 1

    def test_invoice_that_changes_all_the_time_is_tried_again_later(
        self, server: ScriptedMoment, client: MomentClient
    ) -> None:
        server.on("GET", "invoices/66120", Said(value=wire_invoice()))
        server.on("PATCH", "invoices/66120", says(409))
        invoice = client.invoice(66120)
        assert invoice is not None
        with pytest.raises(Unavailable) as raised:
            client.mark_transferred(invoice, unchanged)
        assert raised.value.outcome_known
        assert len([one for one in server.asked if one.method == "PATCH"]) == 2

    def test_invoice_that_changed_meanwhile_is_given_back_unmarked(
        self, server: ScriptedMoment, client: MomentClient
    ) -> None:
        server.on("GET", "invoices/66120", Said(value=wire_invoice()), Said(value=wire_invoice(version=9)))
        server.on("PATCH", "invoices/66120", says(409))
        invoice = client.invoice(66120)
        assert invoice is not None
        after = client.mark_transferred(invoice, lambda now: now.version == 3)
        assert (after.version, after.export_status) == (9, "toTransfer")
        assert len([one for one in server.asked if one.method == "PATCH"]) == 1

    def test_invoice_without_a_version_is_read_again_before_it_is_marked(
        self, server: ScriptedMoment, client: MomentClient
    ) -> None:
        server.on("GET", "invoices/66120", Said(value=wire_invoice(version=None)))
        invoice = client.invoice(66120)
        assert invoice is not None
        assert client.mark_transferred(invoice, lambda _: False).export_status == "toTransfer"
        assert not [one for one in server.asked if one.method == "PATCH"]

    def test_answer_that_does_not_say_transferred_is_read_again(
        self, server: ScriptedMoment, client: MomentClient
    ) -> None:
        done = wire_invoice(version=4, exportStatus="transferred")
        server.on("GET", "invoices/66120", Said(value=wire_invoice()), Said(value=done))
        server.on("PATCH", "invoices/66120", Said(value=wire_invoice()))
        invoice = client.invoice(66120)
        assert invoice is not None
        assert client.mark_transferred(invoice, unchanged).export_status == "transferred"

    def test_key_that_may_not_write_is_said_so(self, server: ScriptedMoment, client: MomentClient) -> None:
        server.on("GET", "invoices/66120", Said(value=wire_invoice()))
        server.on("PATCH", "invoices/66120", says(403))
        invoice = client.invoice(66120)
        assert invoice is not None
        with pytest.raises(Misconfigured) as raised:
            client.mark_transferred(invoice, unchanged)
        assert raised.value.problems[0].code == "moment_write_forbidden"

    @pytest.mark.parametrize("answer", [html(502), Said(lost=True), html(200)])
    def test_lost_answer_may_have_taken_effect(
        self, server: ScriptedMoment, client: MomentClient, answer: Said
    ) -> None:
        server.on("GET", "invoices/66120", Said(value=wire_invoice()))
        server.on("PATCH", "invoices/66120", answer)
        invoice = client.invoice(66120)
        assert invoice is not None
        with pytest.raises(Unavailable) as raised:
            client.mark_transferred(invoice, unchanged)
        assert not raised.value.outcome_known

    def test_invoice_that_is_gone_is_told_by_its_number(self, server: ScriptedMoment, client: MomentClient) -> None:
        server.on("GET", "invoices/66120", Said(value=wire_invoice()), NOT_FOUND)
        invoice = client.invoice(66120)
        assert invoice is not None
        with pytest.raises(Refused) as raised:
            client.mark_transferred(invoice, unchanged)
        assert raised.value.problems[0].subject == "invoice 10042"
