"""What a problem names: its sentences, the API and the e-mail show nothing else of what stands in an invoice's way."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bilag.posting.chart import NumberRule, PaymentIdRule, UnitDefinition, VatCode
from bilag.posting.dimensions import Dimensions
from bilag.posting.invoice import Invoice, Unnumbered
from bilag.posting.plan import plan_invoice
from bilag.posting.rules import Rules
from tests.support.posting.samples import chart, invoice, line, rules

OWN_CODE = chart().vat_codes | {"80": VatCode("80", "Egen 20 %", Decimal(20), "output")}
NO_DOTS = {2: UnitDefinition(2, "Prosjekt", integer=False, max_length=40, dots_allowed=False)}
YEN: dict[str, Any] = {"currency": "JPY", "exchange_rate": Decimal("0.067")}


def told(one: Invoice, by: Rules | None = None) -> list[tuple[str, dict[str, str]]]:
    """Each problem's code and facts; the invoice's number and the lines are in all of them."""
    problems = plan_invoice(one, by or rules()).problems
    assert all(problem.facts["invoice"] == str(one.number) for problem in problems)
    return [
        (problem.code, {name: fact for name, fact in problem.facts.items() if name not in ("invoice", "lines")})
        for problem in problems
    ]


@pytest.mark.parametrize(
    ("changes", "by", "code", "facts"),
    [
        (
            {"number": 2147483648},
            {},
            "voucher_number_invalid",
            {"number": "2147483648", "minimum": "1", "maximum": "2147483647"},
        ),
        (
            {"customer": "9999"},
            {},
            "customer_number_invalid",
            {"customer": "9999", "minimum": "10000", "maximum": "99999"},
        ),
        (
            {"customer": "K-1001"},
            {"customer_number_rule": NumberRule(max_length=5)},
            "customer_number_invalid",
            {"customer": "K-1001", "max_length": "5"},
        ),
        (
            {"payment_id": "1234567892"},
            {},
            "kid_invalid",
            {"payment_id": "1234567892", "method": "MOD10", "min_length": "2", "max_length": "25"},
        ),
        (
            {"payment_id": "1234567893"},
            {"payment_id_rule": PaymentIdRule("mod11", 4, 12)},
            "kid_invalid",
            {"payment_id": "1234567893", "method": "MOD11", "min_length": "4", "max_length": "12"},
        ),
        (
            {"payment_id": "1"},
            {"payment_id_rule": PaymentIdRule("none")},
            "kid_invalid",
            {"payment_id": "1", "min_length": "2", "max_length": "25"},
        ),
        (
            {"due_date": date(2026, 5, 28)},
            {},
            "due_before_invoice_date",
            {"date": "2026-05-29", "due_date": "2026-05-28"},
        ),
        ({"invoice_date": date(2025, 12, 31)}, {}, "period_unknown", {"date": "2025-12-31"}),
        ({"invoice_date": date(2026, 2, 28)}, {}, "period_closed", {"date": "2026-02-28", "period": "2/2026"}),
        ({}, {"lock_date": date(2026, 5, 31)}, "date_locked", {"date": "2026-05-29", "lock_date": "2026-05-31"}),
        ({"currency": "kr"}, {}, "currency_unknown", {"currency": "kr"}),
        (
            {"currency": "EUR", "exchange_rate": Decimal(0)},
            {},
            "exchange_rate_required",
            {"currency": "EUR", "rate": "0"},
        ),
        ({"exchange_rate": Decimal("11.4")}, {}, "exchange_rate_not_one", {"currency": "NOK", "rate": "11.4"}),
        (
            {"currency": "EUR", "exchange_rate": Decimal("0.01")},
            {},
            "exchange_rate_default",
            {"currency": "EUR", "rate": "0.01", "base": "NOK"},
        ),
        (
            {"currency": "CHF", "exchange_rate": Decimal("12.1")},
            {},
            "exchange_rate_unverified",
            {"currency": "CHF", "rate": "12.1", "base": "NOK"},
        ),
        (
            {"credited_number": 10001},
            {},
            "type_contradicts_total",
            {"moment_type": "invoice", "total": "1250.00", "credited": "10001"},
        ),
        ({"is_credit_note": True}, {}, "type_contradicts_total", {"moment_type": "credit_note", "total": "1250.00"}),
        ({"unknown_type": "proforma"}, {}, "invoice_type_unknown", {"document_type": "proforma"}),
        ({"total": Decimal("1250.005")}, {}, "amount_decimals", {"amount": "1250.005"}),
        ({"total": Decimal("1e14")}, {}, "amount_invalid", {"amount": "100000000000000"}),
        (
            {"vat": Decimal("250.02")},
            {},
            "total_mismatch",
            {"sum": "vat", "header": "250.02", "lines_sum": "250.00", "difference": "0.02"},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_of_the_invoice(changes: dict[str, Any], by: dict[str, Any], code: str, facts: dict[str, str]) -> None:
    assert told(invoice(**changes), rules(chart=chart(**by))) == [(code, facts)]


@pytest.mark.parametrize("number", [10042, 0])
def test_of_a_credit_note_that_credits_itself_or_nothing(number: int) -> None:
    facts = {"credited": str(number)}
    assert told(invoice(line(1, -10), credited_number=number)) == [("credited_number_invalid", facts)]


@pytest.mark.parametrize(
    ("changes", "code", "facts"),
    [
        ({"net": "-1", "vat": "0.50"}, "vat_sign", {"account": "3000", "net": "-1.00", "vat": "0.50"}),
        ({"account": "3015"}, "account_unknown", {"account": "3015"}),
        ({"account": "3999"}, "account_inactive", {"account": "3999", "account_name": "Utgått konto"}),
        (
            {"account": "1500", "vat_code": None, "vat": 0},
            "account_not_postable",
            {"account": "1500", "account_name": "Kundefordringer"},
        ),
        ({"vat_code": None, "vat": 0}, "vat_code_required", {"account": "3000", "allowed": "3, 31, 33"}),
        ({"vat_code": None, "account": "3900"}, "vat_code_missing", {"account": "3900", "vat": "250.00"}),
        ({"vat_code": "99", "account": "3900"}, "vat_code_unknown", {"vat_code": "99", "account": "3900"}),
        (
            {"vat_code": "33", "vat": 120},
            "vat_code_inactive",
            {"vat_code": "33", "vat_code_name": "Utgående mva, lav sats"},
        ),
        ({"vat_code": "1"}, "vat_code_not_for_sales", {"vat_code": "1", "vat_code_name": "Inngående mva, høy sats"}),
        (
            {"vat_code": "5", "vat": 0},
            "vat_code_not_allowed_on_account",
            {"vat_code": "5", "account": "3000", "allowed": "3, 31, 33"},
        ),
        (
            {"vat_code": "6", "vat": 0, "account": "7740"},
            "vat_code_not_allowed_on_account",
            {"vat_code": "6", "account": "7740"},
        ),
        (
            {"vat": "251.01"},
            "vat_amount_mismatch",
            {"vat_code": "3", "rate": "25", "net": "1000.00", "vat": "251.01", "expected": "250.00"},
        ),
        (
            {"vat": 150, "vat_rate": Decimal(15)},
            "vat_rate_mismatch",
            {"vat_code": "3", "account": "3000", "rate": "15", "expected_rate": "25", "date": "2026-05-29"},
        ),
        (
            {"vat": 200, "vat_code": "80", "account": "3900", "vat_rate": Decimal(25)},
            "vat_rate_mismatch",
            {"vat_code": "80", "account": "3900", "rate": "25", "expected_rate": "20"},
        ),
        (
            {"project": "P-1207"},
            "org_unit_not_integer",
            {"unit": "2", "unit_name": "Enhet 2", "value": "P-1207"},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_of_a_line(changes: dict[str, Any], code: str, facts: dict[str, str]) -> None:
    one = invoice(line(1, account="3010"), line(2, **changes))
    by = rules(chart=chart(vat_codes=OWN_CODE))
    assert told(one, by) == [(code, facts)]
    assert {problem.facts["lines"] for problem in plan_invoice(one, by).problems} == {"2"}


def test_an_amount_that_the_currency_cannot_have_is_told_where_it_is() -> None:
    one = invoice(line(1, "1000.50", 0, vat_code="52", account="3100"), **YEN)
    facts = {"amount": "1000.50", "currency": "JPY"}
    assert told(one) == [("currency_without_decimals", facts)] * 2
    assert [problem.subject for problem in plan_invoice(one, rules()).problems] == ["invoice 10042", "line 1"]


def test_an_amount_with_too_many_decimals_is_told_on_its_line() -> None:
    one = replace(invoice(line(1), line(2)), lines=(line(1), replace(line(2), vat=Decimal("250.001"))))
    assert told(one) == [("amount_decimals", {"amount": "250.001"})]


@pytest.mark.parametrize(
    ("changes", "by", "code", "facts"),
    [
        (
            {"project": "12.07"},
            {"chart": chart(units=NO_DOTS), "dimensions": Dimensions(project=2)},
            "project_number_has_dot",
            {"unit": "2", "unit_name": "Prosjekt", "value": "12.07"},
        ),
        (
            {"department": "Arkitekter Oslo"},
            {"dimensions": Dimensions(department=7)},
            "org_unit_too_long",
            {"unit": "7", "unit_name": "Enhet 7", "value": "Arkitekter Oslo", "max_length": "10"},
        ),
        (
            {},
            {"dimensions": Dimensions(project=8)},
            "org_unit_not_used",
            {"unit": "8", "unit_name": "Enhet 8", "value": "1207"},
        ),
        (
            {"department": None, "unnumbered": (Unnumbered("department", "Plan"),)},
            {},
            "department_without_number",
            {"department": "Plan"},
        ),
        (
            {"total": Decimal("1250.01")},
            {"chart": chart(rounding_account="7741")},
            "setup_account_unknown",
            {"account": "7741", "setup": "rounding.account"},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_of_the_setup(changes: dict[str, Any], by: dict[str, Any], code: str, facts: dict[str, str]) -> None:
    assert told(invoice(**changes), rules(**by)) == [(code, facts)]


def test_a_draft_has_no_number_to_name() -> None:
    (problem,) = plan_invoice(invoice(finalized=False, number=None), rules()).problems
    assert (problem.subject, dict(problem.facts)) == ("draft 66170", {})
