"""Objects over the wire: amounts exact, what is unknown tolerated, what is malformed named."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bilag.moment.client import MomentClient
from bilag.moment.mapping import customer_from, invoice_from, project_from
from bilag.moment.wire import CustomerWire, InvoiceWire, ProjectWire, parse
from bilag.posting.invoice import Invoice, ServicePeriod, Unnumbered
from bilag.wire.errors import Refused
from tests.support.moment.samples import wire_invoice
from tests.support.moment.scripted_moment import Said, ScriptedMoment


def read(**changes: Any) -> Invoice:
    """The invoice as Bilag has it."""
    return invoice_from(parse(InvoiceWire, wire_invoice(**changes), "invoice 10042"))


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        ("0.1", "0.1"),
        ("1e2", "100"),
        ("12345678901.23", "12345678901.23"),
        ("-0.005", "-0.005"),
        ("10000", "10000"),
        ("0.30000000000000004", "0.30000000000000004"),
    ],
)
def test_amounts_come_through_http_without_losing_a_digit(
    server: ScriptedMoment, client: MomentClient, written: str, exact: str
) -> None:
    body = json.dumps(wire_invoice(totalAmount="HERE", lines=[{"netAmount": "HERE"}])).replace('"HERE"', written)
    server.on("GET", "invoices/66120", Said(text=body))
    invoice = client.invoice(66120)
    assert invoice is not None
    assert invoice.total == Decimal(exact)
    assert invoice.lines[0].net == Decimal(exact)


@pytest.mark.parametrize("amount", ["12500", True, None, [], Decimal("1e400"), Decimal("1e-400"), 10**30])
def test_what_is_no_amount_is_refused_by_the_name_of_its_field(amount: Any) -> None:
    with pytest.raises(Refused) as told:
        read(lines=[{}, {"vatAmount": amount}])
    (problem,) = told.value.problems
    assert problem.code == "moment_malformed"
    assert problem.subject == "invoice 10042"
    assert problem.facts["field"] == "lines.1.vatAmount"


def test_lines_are_counted_from_one_and_a_null_project_or_department_stays_the_invoices() -> None:
    own = {"project": {"id": 9, "projectNumber": "1300"}, "department": {"id": 4, "externalDepartmentNumber": "20"}}
    invoice = read(lines=[{}, own])
    assert [line.position for line in invoice.lines] == [1, 2]
    assert [line.project for line in invoice.lines] == [None, "1300"]
    assert [line.department for line in invoice.lines] == [None, "20"]
    assert dict(invoice.project_moment_ids) == {"1207": 8807, "1300": 9}
    assert dict(invoice.departments) == {"10": "Plan", "20": "20"}


def test_department_without_a_number_in_the_external_system_has_none() -> None:
    invoice = read(department={"id": 31, "name": "Plan", "externalDepartmentNumber": None})
    assert invoice.department is None
    assert invoice.departments == ()
    assert invoice.unnumbered == (Unnumbered("department", "Plan"),)


def test_department_without_a_number_in_the_external_system_has_its_own() -> None:
    invoice = read(department={"id": 31, "name": "Plan", "externalDepartmentNumber": " ", "departmentNumber": 14})
    assert (invoice.department, invoice.departments, invoice.unnumbered) == ("14", (("14", "Plan"),), ())


def test_what_a_line_names_without_a_number_is_kept_with_its_line() -> None:
    invoice = read(lines=[{}, {"project": {"id": 9, "name": "Kai"}, "department": {"id": 4}}, {"project": {}}])
    assert invoice.unnumbered == (Unnumbered("project", "Kai", 2), Unnumbered("department", "4", 2))


def test_service_period_needs_both_days() -> None:
    both = {"accrualFrom": "2026-11-01", "accrualTo": "2027-10-31"}
    invoice = read(lines=[both, {"accrualFrom": "2026-11-01"}, {"accrualTo": "2026-11-30"}])
    period = ServicePeriod(date(2026, 11, 1), date(2027, 10, 31))
    assert [line.service_period for line in invoice.lines] == [period, None, None]
    assert invoice.half_periods == (2, 3)


def test_blank_texts_are_none() -> None:
    invoice = read(description="Nytt hovedkontor ", yourReference="  ", paymentId="", lines=[{"vatCode": " "}])
    assert invoice.description == "Nytt hovedkontor"
    assert invoice.your_reference is None
    assert invoice.payment_id is None
    assert invoice.lines[0].vat_code is None


def test_payment_id_keeps_its_zeros_in_front() -> None:
    assert read(paymentId="0050013").payment_id == "0050013"


def test_missing_optional_fields_and_unknown_ones_and_unknown_states_stop_nothing() -> None:
    wire = wire_invoice(exportStatus="exportedToMars", colour="blue")
    for name in ("project", "department", "version", "dueDate", "finalizedDate", "lastModifiedDate"):
        del wire[name]
    invoice = invoice_from(parse(InvoiceWire, wire, "invoice"))
    assert invoice.export_status == "exportedToMars"
    assert not invoice.is_credit_note
    assert invoice.due_date is None
    assert invoice.project is None


@pytest.mark.parametrize(
    ("stated", "unknown"), [("invoice", None), ("creditNote", None), ("proForma", "proForma"), ("", ""), (None, "")]
)
def test_a_type_that_is_unknown_or_missing_is_not_taken_for_an_invoice(stated: str | None, unknown: str | None) -> None:
    assert read(invoiceType=stated).unknown_type == unknown
    wire = wire_invoice()
    del wire["invoiceType"]
    assert invoice_from(parse(InvoiceWire, wire, "invoice")).unknown_type == ""


def test_draft_has_no_number_and_is_not_finalized() -> None:
    draft = read(invoiceNumber=None, invoiceState="draft")
    assert draft.number is None
    assert not draft.finalized


def test_free_standing_credit_note_names_no_invoice() -> None:
    note = read(invoiceType="creditNote", totalAmount=-12500, creditedInvoiceNumber=None)
    assert note.is_credit_note
    assert note.credited_number is None
    assert note.total == -12500


def test_customer_number_is_text_in_any_format_and_the_country_a_code() -> None:
    wire = {"id": 1, "customerNumber": " Ø-0012 ", "name": "Blåbær AS", "customerState": "dormant", "countryCode": "no"}
    customer = customer_from(parse(CustomerWire, {**wire, "addressLine2": "Ærlige vei 1"}, "customer"))
    assert customer.number == "Ø-0012"
    assert customer.state == "dormant"
    assert customer.country == "NO"
    assert customer.address_lines == ("Ærlige vei 1",)


def test_project_carries_its_customer_and_the_number_of_its_department() -> None:
    wire = {
        "id": 8807,
        "projectNumber": 1207,
        "name": "Hus",
        "customer": {"id": 7710, "customerNumber": "10042"},
        "projectState": "inProgress",
        "department": {"id": 31, "name": "Plan", "externalDepartmentNumber": "10"},
    }
    project = project_from(parse(ProjectWire, wire, "project"))
    assert (project.number, project.customer, project.customer_moment_id) == ("1207", "10042", 7710)
    assert project.department == "10"


def test_object_that_is_none_is_refused_as_a_whole() -> None:
    with pytest.raises(Refused) as told:
        parse(InvoiceWire, [1], "invoice id 3")
    assert told.value.problems[0].facts["field"] == "the whole"


@pytest.mark.parametrize(
    ("path", "kind", "mapped"),
    [
        ("/customers", CustomerWire, customer_from),
        ("/projects", ProjectWire, project_from),
        ("/invoices", InvoiceWire, invoice_from),
    ],
)
def test_examples_of_the_contract_are_read(moment_contract: Any, path: str, kind: Any, mapped: Any) -> None:
    content = moment_contract["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    named = content.get("examples") and moment_contract["components"]["examples"]["InvoicePage"]["value"]
    rows = json.loads(json.dumps((named or content["example"])["content"], default=str), parse_float=Decimal)
    assert rows
    for row in rows:
        assert mapped(parse(kind, row, path)).moment_id == row["id"]


def test_every_invoice_field_that_the_wire_model_demands_is_demanded_by_the_contract(moment_contract: Any) -> None:
    schemas = moment_contract["components"]["schemas"]
    for name, kind in (("Invoice", InvoiceWire), ("Customer", CustomerWire), ("Project", ProjectWire)):
        demanded = {field.alias for field in kind.model_fields.values() if field.is_required()}
        assert demanded <= set(schemas[name]["required"]), name
