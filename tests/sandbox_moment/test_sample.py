"""The generator of the year: what there is, whether it adds up, and whether it is always the same."""

from collections import Counter
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from stdnum import luhn
from stdnum.no import orgnr

from bilag.moment.mapping import invoice_from
from bilag.moment.wire import InvoiceWire
from bilag.posting.accrual import AccrualRules
from bilag.posting.chart import Account, Chart, NumberRule, PaymentIdRule, Period, UnitDefinition, VatCode
from bilag.posting.dimensions import Dimensions
from bilag.posting.plan import plan_invoice
from bilag.posting.rules import Rules
from bilag_sandbox.hub.defaults import ACCOUNTS, VAT_CODES
from bilag_sandbox.moment import exact
from bilag_sandbox.sample import Sample, architects_year
from tests.support.moment.client import LAST_DAY

ORE = Decimal("0.01")
RATES = {"3": 25, "31": 15, "33": 12, "5": 0, "52": 0, "6": 0, None: 0}
COMBINATIONS = {
    ("3000", "3"), ("3000", "31"), ("3000", "33"), ("3010", "3"), ("3050", "33"), ("3100", "5"), ("3105", "52"),
    ("3200", "6"), ("7740", None),
}  # fmt: skip


def text_of(sample: Sample) -> str:
    return exact.dumps(
        {name: getattr(sample, name) for name in Sample.__slots__ if name not in ("last_day", "last_month_begins")}
    )


def posted_lines(invoice: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for line in invoice["lines"] if line["accountNumber"] is not None]


@pytest.fixture(scope="module", params=[(LAST_DAY, 1), (date(2024, 2, 29), 7), (date(2026, 3, 31), 2)])
def sample(request: pytest.FixtureRequest) -> Sample:
    return architects_year(*request.param)


def test_the_same_arguments_give_the_same_bytes() -> None:
    again = text_of(architects_year(LAST_DAY, 5))
    assert text_of(architects_year(LAST_DAY, 5)) == again
    assert text_of(architects_year(LAST_DAY, 6)) != again
    assert text_of(architects_year(LAST_DAY - timedelta(days=1), 5)) != again


def test_the_firm_has_its_people_customers_and_projects(sample: Sample) -> None:
    assert len(sample.customers) >= 40
    assert len(sample.projects) == 60
    assert len(sample.departments) == 5
    assert len(sample.user_accounts) == 12
    assert all(department["externalDepartmentNumber"].isdigit() for department in sample.departments)
    assert all(person["email"].isascii() and "@" in person["email"] for person in sample.user_accounts)
    states = Counter(project["projectState"] for project in sample.projects)
    assert set(states) == {state["projectState"] for state in sample.project_states}
    assert len(states) >= 5
    assert len({project["projectNumber"] for project in sample.projects}) == 60
    assert all(project["projectNumber"].isdigit() for project in sample.projects)
    assert [customer["customerNumber"] for customer in sample.customers] == [
        str(10001 + index) for index in range(len(sample.customers))
    ]


def test_customers_are_of_every_kind(sample: Sample) -> None:
    assert {"NO", "SE", "DK", "DE", "GB"} <= {customer["countryCode"] for customer in sample.customers}
    assert Counter(customer["customerState"] for customer in sample.customers)["blocked"] == 1
    norwegian = [customer for customer in sample.customers if customer["countryCode"] == "NO"]
    numbers = [customer["organizationNumber"] for customer in norwegian if customer["organizationNumber"]]
    assert all(orgnr.is_valid(number) for number in numbers)
    assert len(set(numbers)) == len(numbers) >= 25
    assert sum(customer["organizationNumber"] is None for customer in norwegian) >= 5
    assert any(not customer["name"].isascii() for customer in norwegian)


def test_three_hundred_invoices_lie_in_the_year_in_the_order_of_their_numbers(sample: Sample) -> None:
    days = [date.fromisoformat(invoice["issueDate"]) for invoice in sample.invoices]
    assert len(days) == 300
    assert days == sorted(days)
    assert [invoice["invoiceNumber"] for invoice in sample.invoices] == list(range(5001, 5301))
    assert sample.last_day - timedelta(days=366) < days[0] < days[-1] <= sample.last_day
    assert sum(day >= sample.last_month_begins for day in days) == 25
    assert min(Counter(day.month for day in days).values()) >= 10
    assert len({line["id"] for invoice in sample.invoices for line in invoice["lines"]}) == sum(
        len(invoice["lines"]) for invoice in sample.invoices
    )


def test_lines_and_headers_add_up_as_a_billing_systems_do(sample: Sample) -> None:
    differing = 0
    for invoice in sample.invoices:
        for line in invoice["lines"]:
            factor = (100 - Decimal(line["discountPercent"])) / 100
            net = (Decimal(line["quantity"]) * line["unitPrice"] * factor).quantize(ORE, ROUND_HALF_UP)
            assert line["netAmount"] == net
            assert line["vatAmount"] == (net * RATES[line["vatCode"]] / 100).quantize(ORE, ROUND_HALF_UP)
            assert line["netAmount"].as_tuple().exponent == line["vatAmount"].as_tuple().exponent == -2
        lines_vat = sum(line["vatAmount"] for line in invoice["lines"])
        assert invoice["netAmount"] == sum(line["netAmount"] for line in invoice["lines"])
        assert invoice["totalAmount"] == invoice["netAmount"] + invoice["vatAmount"]
        difference = abs(invoice["vatAmount"] - lines_vat)
        assert difference <= ORE * len(posted_lines(invoice))
        differing += difference != 0
    assert 3 <= differing <= 40


def test_accounts_and_vat_codes_go_together(sample: Sample) -> None:
    lines = [line for invoice in sample.invoices for line in posted_lines(invoice)]
    assert {(line["accountNumber"], line["vatCode"]) for line in lines} == COMBINATIONS
    known = {
        (account["accountNumber"], account["externalTaxCode"])
        for account in sample.financial_accounts
        if account["financialAccountCategory"] == "sales"
    }
    assert known == COMBINATIONS
    abroad = {customer["id"] for customer in sample.customers if customer["countryCode"] != "NO"}
    for invoice in sample.invoices:
        codes = {line["vatCode"] for line in posted_lines(invoice)} - {None}
        assert (codes == {"52"}) == (invoice["customer"]["id"] in abroad)
    assert all(invoice["currency"] == "NOK" and invoice["exchangeRate"] == 1 for invoice in sample.invoices)


def test_every_kind_of_invoice_is_there(sample: Sample) -> None:
    invoices = [invoice for invoice in sample.invoices if invoice["invoiceType"] == "invoice"]
    lines = [line for invoice in invoices for line in invoice["lines"]]
    assert any(line["discountPercent"] > 0 for line in lines)
    assert any(line["netAmount"] < 0 and line["accountNumber"] == "3000" for line in lines)
    assert any(line["accountNumber"] == "7740" and line["netAmount"] != 0 for line in lines)
    assert any(line["accountNumber"] is None and line["netAmount"] == 0 and line["text"] for line in lines)
    assert any(line["project"] is not None for line in lines)
    assert any(invoice["project"] is None for invoice in invoices)
    assert any(invoice["description"] is None for invoice in invoices)
    several = 0
    for invoice in invoices:
        of_3000 = [line for line in invoice["lines"] if line["accountNumber"] == "3000"]
        several += (
            len({line["vatCode"] for line in of_3000}) > 1
            and len({line["department"]["id"] if line["department"] else None for line in of_3000}) > 1
        )
    assert several >= 3
    assert sum(len(posted_lines(invoice)) > 1 for invoice in invoices) > 250


def test_payment_ids_have_right_check_digits_and_are_missing_on_some(sample: Sample) -> None:
    kids = [invoice["paymentId"] for invoice in sample.invoices if invoice["paymentId"] is not None]
    assert all(kid.startswith("0") and luhn.is_valid(kid) for kid in kids)
    assert len(set(kids)) == len(kids) > 200
    invoices = [invoice for invoice in sample.invoices if invoice["invoiceType"] == "invoice"]
    assert sum(invoice["paymentId"] is None for invoice in invoices) >= 10
    assert all(invoice["paymentId"] is None for invoice in sample.invoices if invoice["invoiceType"] == "creditNote")


def test_credit_notes_whole_partial_and_free_standing_in_the_year_and_in_its_last_month(sample: Sample) -> None:
    by_number = {invoice["invoiceNumber"]: invoice for invoice in sample.invoices}
    kinds: dict[str, list[bool]] = {"whole": [], "part": [], "alone": []}
    for note in sample.invoices:
        if note["invoiceType"] != "creditNote":
            continue
        assert note["totalAmount"] < 0
        assert note["dueDate"] is None
        in_last_month = date.fromisoformat(note["issueDate"]) >= sample.last_month_begins
        credited = note["creditedInvoiceNumber"]
        if credited is None:
            kinds["alone"].append(in_last_month)
            continue
        invoice = by_number[credited]
        assert credited < note["invoiceNumber"]
        assert invoice["customer"] == note["customer"]
        whole = note["totalAmount"] == -invoice["totalAmount"]
        assert whole or -note["totalAmount"] < invoice["totalAmount"]
        kinds["whole" if whole else "part"].append(in_last_month)
    for found in kinds.values():
        assert len(found) >= 3
        assert any(found)


def hub_rules(sample: Sample) -> Rules:
    """The books of the hub's own default company, open for the sample's year."""
    chart = Chart(
        company_name="Fjellvann Rådgivning AS",
        organisation_number=None,
        base_currency="NOK",
        accounts={
            row.number: Account(
                row.number,
                row.name,
                postable=row.postable,
                vat_codes_allowed=None if row.allowed is None else frozenset(row.allowed),
            )
            for row in ACCOUNTS
        },
        vat_codes={row.code: VatCode(row.code, row.name, Decimal(row.rate), row.direction) for row in VAT_CODES},
        periods=(Period(sample.last_day - timedelta(days=400), sample.last_day, True, "the year"),),
        lock_date=None,
        units={unit: UnitDefinition(unit, str(unit), integer=True) for unit in (1, 2)},
        payment_id_rule=PaymentIdRule("mod10"),
        customer_number_rule=NumberRule(integer=True, minimum=10000, maximum=99999),
    )
    return Rules(chart=chart, dimensions=Dimensions(department=1, project=2), accrual=AccrualRules("3910", "2965"))


def test_every_invoice_of_the_good_year_can_be_posted(sample: Sample) -> None:
    rules = hub_rules(sample)
    for invoice in sample.invoices:
        plan = plan_invoice(invoice_from(InvoiceWire.model_validate(invoice)), rules)
        assert plan.problems == (), invoice["invoiceNumber"]
        assert not plan.nothing_to_post
