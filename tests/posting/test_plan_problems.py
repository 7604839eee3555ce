"""What stands in an invoice's way: each thing is a problem that names the invoice or the line, and nothing is posted."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bilag.messages import render_problem
from bilag.posting.chart import Account, NumberRule, UnitDefinition, VatCode
from bilag.posting.dimensions import Dimensions
from bilag.posting.invoice import Invoice, Unnumbered
from bilag.posting.plan import plan_invoice
from bilag.posting.problem import Problem
from bilag.posting.rules import Rules
from tests.support.posting.samples import chart, invoice, line, rules


def problems_of(one: Invoice, by: Rules | None = None) -> tuple[Problem, ...]:
    plan = plan_invoice(one, by or rules())
    assert plan.vouchers == () or not plan.problems
    return plan.problems


def found(one: Invoice, by: Rules | None = None) -> list[tuple[str, str]]:
    return [(problem.code, problem.subject) for problem in problems_of(one, by)]


def test_the_sample_has_no_problem() -> None:
    assert found(invoice()) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"finalized": False}, [("invoice_not_finalized", "invoice 10042")]),
        ({"number": None, "finalized": False}, [("invoice_not_finalized", "draft 66170")]),
        ({"number": 0}, [("voucher_number_invalid", "invoice 0")]),
        ({"number": 2147483648}, [("voucher_number_invalid", "invoice 2147483648")]),
        ({"customer": None}, [("customer_missing", "invoice 10042")]),
        ({"customer": "  "}, [("customer_missing", "invoice 10042")]),
        ({"customer": "9999"}, [("customer_number_invalid", "customer 9999")]),
        ({"customer": "K-10001"}, [("customer_number_invalid", "customer K-10001")]),
        ({"customer": "010001"}, [("customer_number_invalid", "customer 010001")]),
        ({"payment_id": "0050014"}, [("kid_invalid", "invoice 10042")]),
        ({"payment_id": "1234567892"}, [("kid_invalid", "invoice 10042")]),
        ({"invoice_date": None}, [("invoice_date_missing", "invoice 10042")]),
        ({"due_date": date(2026, 5, 28)}, [("due_before_invoice_date", "invoice 10042")]),
        ({"invoice_date": date(2026, 2, 28)}, [("period_closed", "invoice 10042")]),
        ({"invoice_date": date(2025, 12, 31)}, [("period_unknown", "invoice 10042")]),
        ({"currency": "kr"}, [("currency_unknown", "invoice 10042")]),
        ({"currency": "EUR", "exchange_rate": None}, [("exchange_rate_required", "invoice 10042")]),
        ({"currency": "EUR", "exchange_rate": Decimal(0)}, [("exchange_rate_required", "invoice 10042")]),
        ({"currency": "EUR", "exchange_rate": Decimal("NaN")}, [("exchange_rate_required", "invoice 10042")]),
        ({"currency": "EUR", "exchange_rate": Decimal(1000000)}, [("exchange_rate_required", "invoice 10042")]),
        ({"exchange_rate": Decimal("11.4")}, [("exchange_rate_not_one", "invoice 10042")]),
        ({"total": Decimal("1250.02")}, [("total_mismatch", "invoice 10042")]),
        ({"net": Decimal("1000.02")}, [("total_mismatch", "invoice 10042")]),
        ({"vat": Decimal("249.98")}, [("total_mismatch", "invoice 10042")]),
        ({"total": Decimal("1250.005")}, [("amount_decimals", "invoice 10042")]),
        ({"total": Decimal("NaN")}, [("amount_invalid", "invoice 10042")]),
        ({"total": Decimal("1e20")}, [("amount_invalid", "invoice 10042")]),
    ],
)
def test_header(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert found(invoice(**changes)) == expected


@pytest.mark.parametrize(
    ("unnumbered", "dimensions", "expected"),
    [
        ([Unnumbered("department", "Plan")], {}, [("department_without_number", "department Plan", "1")]),
        ([Unnumbered("project", "Kai")], {}, [("project_without_number", "project Kai", "1")]),
        ([Unnumbered("department", "Plan", 2)], {}, [("department_without_number", "department Plan", "2")]),
        ([Unnumbered("department", "Plan", 3)], {}, []),  # a text line is not posted
        ([Unnumbered("department", "Plan")], {"department": None}, []),
        ([Unnumbered("project", "Kai")], {"project": None}, []),
    ],
)
def test_what_has_no_number_is_a_problem_where_its_dimension_is_set(
    unnumbered: list[Unnumbered], dimensions: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    lines = line(1), line(2, project="1311", department="20"), line(3, 0, account=None)
    one = invoice(*lines, project=None, department=None, unnumbered=tuple(unnumbered))
    by = rules(dimensions=Dimensions(**{"project": 2, "department": 1, **dimensions}))
    found = [(problem.code, problem.subject, problem.facts["lines"]) for problem in problems_of(one, by)]
    assert found == expected


def test_a_lock_date_holds_on_the_day_itself() -> None:
    assert found(invoice(), rules(chart=chart(lock_date=date(2026, 5, 29)))) == [("date_locked", "invoice 10042")]
    assert found(invoice(), rules(chart=chart(lock_date=date(2026, 5, 28)))) == []


def test_the_platforms_own_number_rules_count() -> None:
    by = rules(chart=chart(voucher_number_rule=NumberRule(integer=True, minimum=20000, maximum=29999)))
    assert found(invoice(), by) == [("voucher_number_invalid", "invoice 10042")]
    text = rules(chart=chart(customer_number_rule=NumberRule(max_length=5)))
    assert found(invoice(customer="K-1"), text) == []
    assert found(invoice(customer="K-1001"), text) == [("customer_number_invalid", "customer K-1001")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"account": None}, ("account_missing", "line 2")),
        ({"account": "3015"}, ("account_unknown", "line 2")),
        ({"account": "3999"}, ("account_inactive", "line 2")),
        ({"account": "1500", "vat_code": None, "vat": Decimal(0)}, ("account_not_postable", "line 2")),
        ({"vat_code": "99", "account": "3900"}, ("vat_code_unknown", "line 2")),
        ({"vat_code": "33", "vat": Decimal(120)}, ("vat_code_inactive", "line 2")),
        ({"vat_code": "1"}, ("vat_code_not_for_sales", "line 2")),
        ({"vat_code": "5", "vat": Decimal(0)}, ("vat_code_not_allowed_on_account", "line 2")),
        ({"vat_code": "6", "vat": Decimal(0), "account": "7740"}, ("vat_code_not_allowed_on_account", "line 2")),
        ({"vat_code": None, "vat": Decimal(0)}, ("vat_code_required", "line 2")),
        ({"vat_code": None, "account": "3900"}, ("vat_code_missing", "line 2")),
        ({"vat": Decimal("251.01")}, ("vat_amount_mismatch", "line 2")),
        ({"vat": Decimal("0.01"), "vat_code": "52", "account": "3100"}, ("vat_amount_mismatch", "line 2")),
        ({"net": Decimal("-1"), "vat": Decimal("0.50")}, ("vat_sign", "line 2")),
        ({"project": "P-1207"}, ("org_unit_not_integer", "project P-1207")),
        ({"department": "12.07"}, ("org_unit_not_integer", "department 12.07")),
    ],
)
def test_line(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    second = line(2, **{"account": "3010", **changes})
    assert found(invoice(line(1), second)) == [expected]


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("250.001", "amount_decimals"),
        ("Infinity", "amount_invalid"),
        ("NaN", "amount_invalid"),
        ("1e14", "amount_invalid"),
    ],
)
def test_an_amount_that_a_ledger_cannot_hold_names_its_line(amount: str, code: str) -> None:
    good = invoice(line(1), line(2))
    bad = replace(good, lines=(line(1), replace(line(2), vat=Decimal(amount))))
    assert found(bad) == [(code, "line 2")]


def test_a_vat_difference_up_to_one_krone_is_carried() -> None:
    assert found(invoice(line(1, 1000, "251.00"))) == []
    assert found(invoice(line(1, 1000, "249.00"))) == []


def test_no_vat_code_is_fine_where_the_account_asks_for_none() -> None:
    assert found(invoice(line(1, account="3900", vat_code=None, vat=0))) == []


def test_lines_with_the_same_problem_are_told_together() -> None:
    one = invoice(line(1), line(2, account="3015"), line(3), line(4, account="3015", vat_code="31", vat=150))
    (problem,) = problems_of(one)
    assert (problem.code, problem.subject) == ("account_unknown", "lines 2, 4")
    assert problem.facts == {"account": "3015", "invoice": "10042", "lines": "2, 4"}


def test_every_problem_is_found_at_once_and_names_invoice_line_and_cure() -> None:
    one = invoice(
        line(1, account="3015"),
        line(2, vat_code="99"),
        line(3, 10, account=None),
        line(4, project="P-1"),
        customer=None,
        payment_id="0050014",
        invoice_date=date(2026, 2, 1),
        total=Decimal("9999.00"),
    )
    assert {code for code, _ in found(one)} == {
        "account_unknown",
        "vat_code_unknown",
        "vat_code_not_allowed_on_account",
        "account_missing",
        "org_unit_not_integer",
        "customer_missing",
        "kid_invalid",
        "period_closed",
        "total_mismatch",
    }
    for problem in problems_of(one):
        for language in ("en", "nb"):
            words = render_problem(problem, language)
            assert "10042" in words.message
            assert words.remedy
            if "lines" in problem.facts:
                assert f"lin{'e' if language == 'en' else 'je'}" in words.message


def test_total_mismatch_says_by_how_much() -> None:
    (problem,) = problems_of(invoice(line(1), line(2), total=Decimal("2500.03")))
    assert render_problem(problem, "nb").message == (
        "Summen av linjene stemmer ikke med fakturaen: totalbeløpet er 2500,03 på fakturaen og 2500,00 på linjene, "
        "en differanse på 0,03 (faktura 10042)."
    )


def test_header_vat_that_the_lines_do_not_carry_is_a_mismatch() -> None:
    (problem,) = problems_of(invoice(line(1), net=Decimal("1050.00"), vat=Decimal("200.00")))
    assert (problem.code, problem.facts["sum"]) == ("total_mismatch", "net")


def test_text_lines_do_not_widen_what_counts_as_rounding() -> None:
    texts = [line(position, 0, account=None) for position in range(2, 12)]
    assert found(invoice(line(1), *texts, total=Decimal("1250.02"))) == [("total_mismatch", "invoice 10042")]


@pytest.mark.parametrize(
    ("account", "code"),
    [
        (Account("7740", "Øreavrunding", active=False), "setup_account_inactive"),
        (Account("7740", "Øreavrunding", postable=False), "setup_account_not_postable"),
        (Account("7740", "Øreavrunding", vat_codes_allowed=frozenset({"3"})), "rounding_account_needs_vat_code"),
        (None, "setup_account_unknown"),
    ],
)
def test_a_rounding_account_that_cannot_be_used_is_told(account: Account | None, code: str) -> None:
    accounts = {number: known for number, known in chart().accounts.items() if number != "7740"}
    by = rules(chart=chart(accounts=accounts | ({"7740": account} if account else {})))
    rounded = invoice(total=Decimal("1250.01"))
    assert found(rounded, by) == [(code, "rounding entry")]
    (problem,) = plan_invoice(rounded, by).problems
    for language, setup in (("en", "in the setup"), ("nb", "i oppsettet")):
        words = render_problem(problem, language)
        assert setup in words.remedy
        assert words.who == "bilag", "no line of the invoice in Moment names the account"
    assert found(invoice(), by) == []


def test_power_office_takes_no_dot_in_a_project_number() -> None:
    unit = UnitDefinition(2, "Prosjekt", integer=False, max_length=40, dots_allowed=False)
    by = rules(chart=chart(units={2: unit}), dimensions=Dimensions(project=2))
    assert found(invoice(project="12.07"), by) == [("project_number_has_dot", "project 12.07")]
    (problem,) = problems_of(invoice(project="12.07"), by)
    assert problem.facts["lines"] == "1"


def test_a_unit_that_is_not_used_is_told() -> None:
    assert found(invoice(), rules(dimensions=Dimensions(project=8))) == [("org_unit_not_used", "project 1207")]


def test_what_the_accounting_system_does_not_tell_is_not_checked() -> None:
    one = invoice(line(1, account="3015", vat_code="99", vat=999), customer="K-1", invoice_date=date(1999, 1, 1))
    assert found(replace(one, due_date=None), Rules(dimensions=Dimensions())) == []
    nothing_listed = chart(accounts={}, vat_codes={}, periods=(), customer_number_rule=NumberRule())
    assert found(replace(one, due_date=None), rules(chart=nothing_listed)) == []


def test_without_a_chart_the_units_take_what_the_design_says() -> None:
    by = Rules(dimensions=Dimensions(project=2, department=7))
    assert found(invoice(project="P-1", department="Arkitekter Oslo"), by) == [
        ("org_unit_not_integer", "project P-1"),
        ("org_unit_too_long", "department Arkitekter Oslo"),
    ]


def test_amounts_that_cannot_be_computed_with_do_not_hide_the_header() -> None:
    assert found(invoice(line(1, vat=0, net=1), customer=None, total=Decimal("sNaN"))) == [
        ("amount_invalid", "invoice 10042"),
        ("customer_missing", "invoice 10042"),
    ]


def test_a_draft_of_nothing_is_still_a_draft() -> None:
    plan = plan_invoice(invoice(line(1, 0), finalized=False), rules())
    assert plan.nothing_to_post
    assert [problem.code for problem in plan.problems] == ["invoice_not_finalized"]


def test_a_total_with_no_lines_is_a_mismatch_and_not_nothing() -> None:
    one = invoice(line(1, 0, account=None), total=Decimal("100.00"))
    assert found(one) == [("total_mismatch", "invoice 10042")]


def test_an_outgoing_code_of_rate_zero_takes_no_vat_at_all() -> None:
    codes = chart().vat_codes | {"7": VatCode("7", "Ingen", Decimal(0), "none")}
    one = invoice(line(1, 100, "0.50", account="3900", vat_code="7"))
    assert found(one, rules(chart=chart(vat_codes=codes))) == [("vat_amount_mismatch", "line 1")]


@pytest.mark.parametrize(
    ("rule", "accepted", "refused"),
    [
        (NumberRule(integer=True, minimum=10000, maximum=99999), ["10000", "99999"], ["9999", "100000"]),
        (NumberRule(integer=True), ["1", "2147483647"], ["0", "2147483648"]),
        (NumberRule(integer=True, maximum=2**40), ["2147483648"], [str(2**40 + 1)]),
        (NumberRule(max_length=6), ["K-1001", "1"], ["K-10010"]),
        (NumberRule(), ["K" * 200], []),
    ],
    ids=["from and to", "no limits", "a limit beyond", "text", "any text"],
)
def test_the_first_and_last_customer_number_are_accepted(
    rule: NumberRule, accepted: list[str], refused: list[str]
) -> None:
    by = rules(chart=chart(customer_number_rule=rule))
    assert [found(invoice(customer=number), by) for number in accepted] == [[] for _ in accepted]
    assert [found(invoice(customer=number), by) for number in refused] == [
        [("customer_number_invalid", f"customer {number}")] for number in refused
    ]


def test_the_largest_amount_of_a_ledger_is_accepted_and_one_ore_more_is_not() -> None:
    free: dict[str, Any] = {"vat": 0, "vat_code": "52", "account": "3100"}
    assert found(invoice(line(1, "9999999999999.99", **free))) == []
    assert found(invoice(line(1, "-9999999999999.99", **free))) == []
    assert {code for code, _ in found(invoice(line(1, "10000000000000.00", **free)))} == {"amount_invalid"}


def test_a_credit_note_of_half_a_krone_to_pay_contradicts_itself_and_one_of_zero_does_not() -> None:
    half = invoice(line(1, "0.50", 0, account="3100", vat_code="52"), is_credit_note=True)
    assert found(half) == [("type_contradicts_total", "invoice 10042")]
    zero = invoice(line(1, 100), line(2, -100, account="3010"), is_credit_note=True)
    assert found(zero) == []


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("1E+19", "10000000000000000000"),
        ("1E+20", "1E+20"),
        ("1E-19", "0.0000000000000000001"),
        ("1E-20", "1E-20"),
        ("-Infinity", "-Infinity"),
    ],
)
def test_an_amount_is_told_in_digits_unless_they_are_too_many_to_read(amount: str, shown: str) -> None:
    problem = problems_of(invoice(total=Decimal(amount)))[0]
    assert (problem.code, problem.facts["amount"]) == ("amount_decimals" if "E-" in amount else "amount_invalid", shown)


def test_a_plan_with_problems_keeps_its_invoice_and_its_notes() -> None:
    """The preview shows both beside the problems."""
    zero = line(1, 500), line(2, -500), line(3, 10, account="3010")
    for one, notes in (
        (invoice(*zero, customer=None), ["zero_group_left_out"]),
        (invoice(*zero[:2], finalized=False), ["zero_group_left_out"]),
        (invoice(total=Decimal("NaN")), []),
    ):
        plan = plan_invoice(one, rules())
        assert plan.problems
        assert plan.invoice is one
        assert [note.code for note in plan.notes] == notes


@pytest.mark.parametrize("field", ["total", "net", "vat"])
def test_an_amount_in_the_header_alone_is_not_nothing(field: str) -> None:
    one = invoice(line(1, 0, account=None), **{field: Decimal("0.50")})
    assert found(one) == [("total_mismatch", "invoice 10042")]


def test_a_line_that_names_a_project_without_number_does_not_need_the_invoices() -> None:
    both = (Unnumbered("project", "Kai"), Unnumbered("project", "Plan", 2))
    one = invoice(line(1), line(2), line(3, project="1311"), project=None, unnumbered=both)
    assert [(problem.subject, problem.facts["lines"]) for problem in problems_of(one)] == [
        ("project Kai", "1"),
        ("project Plan", "2"),
    ]


def test_lines_without_project_or_department_are_noted_where_there_is_a_dimension_for_them() -> None:
    one = invoice(line(1), line(2, project="1311", department="20"), project=None, department=None)
    assert [(note.code, dict(note.facts), note.positions) for note in plan_invoice(one, rules()).notes] == [
        ("project_empty", {"unit": "2"}, (1,)),
        ("department_empty", {"unit": "1"}, (1,)),
    ]
    assert plan_invoice(one, rules(dimensions=Dimensions())).notes == ()


def test_rounding_is_posted_where_nothing_is_known_of_the_account() -> None:
    rounded = invoice(total=Decimal("1250.01"))
    for by in (rules(chart=None), rules(chart=chart(accounts={}))):
        assert found(rounded, by) == []
        (voucher,) = plan_invoice(rounded, by).vouchers
        assert [(entry.account, entry.net) for entry in voucher.entries][1:] == [("7740", Decimal("0.01"))]


def test_the_rounding_entry_has_no_lines_and_comes_last() -> None:
    plan = plan_invoice(invoice(line(1), line(2, account="3010"), total=Decimal("2500.02")), rules())
    assert [plan.lines_of(at) for at in range(-1, 5)] == [(), (1,), (2,), (), (), ()]


def test_a_rounding_account_that_asks_for_a_vat_code_is_named() -> None:
    needy = {"7740": Account("7740", "Øreavrunding", vat_codes_allowed=frozenset({"3"}))}
    (problem,) = problems_of(invoice(total=Decimal("1250.01")), rules(chart=chart(accounts=chart().accounts | needy)))
    assert dict(problem.facts) == {"account": "7740", "invoice": "10042"}


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "1e400"])
@pytest.mark.parametrize("field", ["net", "vat", "total"])
def test_nothing_is_computed_from_an_amount_that_is_none_whatever_the_others_are(field: str, amount: str) -> None:
    assert found(invoice(**{field: Decimal(amount)})) == [("amount_invalid", "invoice 10042")]
    if field != "total":
        good = invoice(line(1), line(2))
        bad = replace(good, lines=(replace(line(1), **{field: Decimal(amount)}), line(2)))
        assert found(bad) == [("amount_invalid", "line 1")]


@pytest.mark.parametrize(("number", "fits"), [(1, True), (2147483647, True), (0, False), (2147483648, False)])
def test_without_a_chart_a_voucher_number_is_what_the_hub_takes(number: int, fits: bool) -> None:
    problems = problems_of(invoice(number=number), rules(chart=None))
    assert [problem.code for problem in problems] == ([] if fits else ["voucher_number_invalid"])
    assert [(one.facts["minimum"], one.facts["maximum"]) for one in problems] == [("1", "2147483647")] * (not fits)
