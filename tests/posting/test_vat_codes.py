"""Norwegian VAT codes: the table is the official one, sales codes only on invoices, and the rate is that of the day."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.messages import render_problem
from bilag.posting.chart import Account, Chart, VatCode
from bilag.posting.invoice import Invoice
from bilag.posting.plan import plan_invoice
from bilag.posting.rules import Rules
from bilag.posting.vat_rates import STANDARD_CODES, StandardCode
from tests.support.paths import SHARED
from tests.support.posting.samples import chart, invoice, line

OFFICIAL = SHARED / "specs" / "saft" / "tax-codes"
needs_official = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official tables (../shared) are not here")
TODAY = date(2026, 5, 29)


def official(name: str, delimiter: str = ",") -> list[dict[str, str]]:
    with (OFFICIAL / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def percent(text: str) -> Decimal:
    return Decimal(text.replace(",", ".") or "0")


@needs_official
def test_the_table_has_the_thirty_official_codes() -> None:
    codes = [row["Code"] for row in official("Standard_Tax_Codes.csv", ";")]
    assert len(codes) == 30
    assert set(STANDARD_CODES) == set(codes)
    assert all(one.code == code for code, one in STANDARD_CODES.items())


@needs_official
def test_every_official_rate_holds_on_its_first_and_last_day() -> None:
    rows = official("mva_codes_with_rates.csv")
    assert {row["code"] for row in rows} <= set(STANDARD_CODES)
    assert len(rows) > 40
    for row in rows:
        code, rate = STANDARD_CODES[row["code"]], percent(row["rate"])
        first = date.fromisoformat(row["rate_from"] or "1970-01-01")
        last = date.fromisoformat(row["rate_to"] or TODAY.isoformat())
        assert (code.rate_on(first), code.rate_on(last)) == (rate, rate), row
    told_of: dict[str, int] = {}
    for row in rows:
        told_of[row["code"]] = told_of.get(row["code"], 0) + 1
    assert {code: len(STANDARD_CODES[code].rates) for code in told_of} == told_of


@needs_official
def test_the_kind_of_rate_is_that_of_the_official_list() -> None:
    today = {"Regular rate": 25, "Reduced rate, middle": 15, "Reduced rate, raw fish": "11.11", "Reduced rate, low": 12}
    for row in official("Standard_Tax_Codes.csv", ";"):
        assert STANDARD_CODES[row["Code"]].rate_on(TODAY) == Decimal(today.get(row["TaxRate"], 0)), row


@needs_official
def test_sales_codes_are_those_of_output_vat_that_is_not_of_a_purchase() -> None:
    """Codes 0, 7, 20 to 22 are not in the VAT return, so only the list's own words tell: 7 is of income."""
    sales = {
        row["code"]
        for row in official("mva_codes_with_rates.csv")
        if row["used_for"] == "Utgående merverdiavgift"
        and not row["theme_en"].startswith("Purchases")
        and not row["description_no"].startswith("Kjøp")
    }
    sales |= {row["Code"] for row in official("Standard_Tax_Codes.csv", ";") if "(inntekter)" in row["DescriptionNOB"]}
    assert {code for code, one in STANDARD_CODES.items() if one.for_sales} == sales


def test_sales_codes_are_the_nine_that_accountants_know() -> None:
    assert sorted(code for code, one in STANDARD_CODES.items() if one.for_sales) == [
        *("3", "31", "32", "33", "5", "51", "52", "6", "7")
    ]


def test_the_regular_rate_before_2005_is_not_told_by_the_lists_and_not_known() -> None:
    assert STANDARD_CODES["3"].rate_on(date(2004, 12, 31)) is None
    assert STANDARD_CODES["3"].rates_until(date(2004, 12, 31)) == ()


# --- on invoices ---------------------------------------------------------------------------------------------------


def sold_at(code: str, rate: str | None, day: date = TODAY, *, net: str = "1000", **changes: object) -> Invoice:
    """An invoice of one line on account 3900, which takes any code; VAT as the line's rate says."""
    vat = (Decimal(net) * Decimal(rate or 0) / 100).quantize(Decimal("0.01"))
    one = line(1, net, str(vat), account="3900", vat_code=code, vat_rate=None if rate is None else Decimal(rate))
    return invoice(one, **{"invoice_date": day, "due_date": None, **changes})


def company(*codes: VatCode, **changes: object) -> Rules:
    """A company that is open on every day, with these codes beside the usual ones."""
    usual = {code: replace(one, active=True) for code, one in chart().vat_codes.items()}
    return Rules("nb", chart(periods=(), vat_codes=usual | {one.code: one for one in codes}, **changes))


def found(one: Invoice, rules: Rules) -> list[tuple[str, str]]:
    return [(problem.code, problem.subject) for problem in plan_invoice(one, rules).problems]


def test_a_rate_that_is_not_the_codes_is_told_once_with_line_code_rate_day_and_cure() -> None:
    (problem,) = plan_invoice(sold_at("3", "15"), company()).problems
    assert problem.subject == "line 1"
    english, norwegian = render_problem(problem, "en"), render_problem(problem, "nb")
    assert english.message == (
        "The VAT rate 15 % does not match VAT code 3, which has 25 % on 29 May 2026 (invoice 10042, line 1)."
    )
    assert english.remedy == (
        "If the rate is correct, enter the VAT code with this rate on account 3900 in Moment, then retry. "
        "If the rate is wrong, correct it on the account. Then credit the invoice and create a new one. "
        'Finally, select "Close with credit note" on the credited invoice in Bilag.'
    )
    assert norwegian.message == (
        "Mva-satsen 15 % stemmer ikke med mva-kode 3, som har 25 % per 29.05.2026 (faktura 10042, linje 1)."
    )
    assert "krediterer du fakturaen og lager en ny" in norwegian.remedy


@pytest.mark.parametrize(
    ("day", "rate", "fits"),
    [
        (date(2020, 3, 31), "12", True),
        (date(2020, 3, 31), "6", False),
        (date(2020, 4, 1), "6", True),
        (date(2020, 4, 1), "12", False),
        (date(2021, 9, 30), "6", True),
        (date(2021, 10, 1), "6", False),
        (date(2021, 10, 1), "12", True),
        (date(2005, 12, 31), "7", True),  # not known
    ],
)
def test_the_low_rate_is_that_of_the_invoice_date(day: date, rate: str, fits: bool) -> None:
    low = VatCode("33", "Lav sats", Decimal(rate), "output", standard_code="33")
    assert found(sold_at("33", rate, day), company(low)) == ([] if fits else [("vat_rate_mismatch", "line 1")])


def test_a_credit_note_takes_back_the_rate_that_its_invoice_had() -> None:
    """A hotel night of September 2021 at 6 %, credited in October when the rate was 12 %."""
    low = VatCode("33", "Lav sats, koronasats", Decimal(6), "output", standard_code="33")
    assert found(sold_at("33", "6", date(2021, 10, 5), net="-1000", credited_number=9001), company(low)) == []
    assert found(sold_at("33", "15", date(2021, 10, 5), net="-1000"), company(low)) == [("vat_rate_mismatch", "line 1")]


def test_two_rates_on_one_code_are_told_of_the_wrong_line_only() -> None:
    one = invoice(line(1), line(2), line(3, 1000, 150, vat_rate=Decimal(15)))
    assert found(one, company()) == [("vat_rate_mismatch", "line 3")]


def test_raw_fish_may_be_a_ninth_in_full() -> None:
    fish = VatCode("32", "Råfisk", Decimal("11.11"), "output", standard_code="32")
    assert found(sold_at("32", "11.1111"), company(fish)) == []
    assert found(sold_at("32", "11.5"), company(fish)) == [("vat_rate_mismatch", "line 1")]


def test_a_line_without_a_rate_is_judged_by_its_amount() -> None:
    assert found(sold_at("3", None), company()) == [("vat_amount_mismatch", "line 1")]


def test_a_code_that_is_not_the_standard_code_is_judged_by_the_standard_code_it_stands_for() -> None:
    """Visma's own code 3 is not SAF-T's: what it stands for is what the accounting system says."""
    own = VatCode("7", "Utgående avgift 25 %", Decimal(25), "output", standard_code="3")
    assert found(sold_at("7", "25"), company(own)) == []
    (problem,) = plan_invoice(sold_at("7", "15"), company(own)).problems
    assert "VAT code 7 (standard code 3), which has 25 %" in render_problem(problem, "en").message


def test_a_code_of_the_systems_own_is_checked_against_the_systems_own_list_only() -> None:
    """Code 3 with 15 %, which the system calls no standard code, is as good as its own rate says."""
    own = VatCode("3", "Salg 15 %", Decimal(15), "output")
    assert found(sold_at("3", "15"), company(own)) == []
    assert found(sold_at("3", "25"), company(own)) == [("vat_amount_mismatch", "line 1")]


def test_a_standard_code_that_nobody_knows_makes_no_problem() -> None:
    assert found(sold_at("9", "10"), company(VatCode("9", "Ny", Decimal(10), "output", standard_code="39"))) == []


@pytest.mark.parametrize("code", sorted(code for code, one in STANDARD_CODES.items() if not one.for_sales))
def test_a_purchase_code_on_an_invoice_is_a_problem_whatever_its_direction(code: str) -> None:
    rate = STANDARD_CODES[code].rate_on(TODAY)
    assert rate is not None
    for direction in ("output", "none"):  # reverse charge has output VAT too, and is for purchases all the same
        mine = VatCode(code, "Kjøp", rate, direction, standard_code=code)
        (problem,) = plan_invoice(sold_at(code, str(rate)), company(mine)).problems
        assert (problem.code, problem.subject) == ("vat_code_not_for_sales", "line 1")
    assert render_problem(problem, "en").message.startswith(
        f"VAT code {code} (Kjøp) is for purchases and cannot be used for sales"
    )
    assert render_problem(problem, "en").remedy == "Enter a VAT code for sales on the account in Moment, then retry."


@pytest.mark.parametrize("code", sorted(code for code, one in STANDARD_CODES.items() if one.for_sales))
def test_a_sales_code_at_its_rate_is_posted(code: str) -> None:
    rate = STANDARD_CODES[code].rate_on(TODAY)
    assert rate is not None
    plan = plan_invoice(sold_at(code, str(rate)), company(VatCode(code, "Salg", rate, "output", standard_code=code)))
    assert [entry.vat_code for entry in plan.vouchers[0].entries] == [code]


# --- other countries -----------------------------------------------------------------------------------------------

SWEDISH = (
    VatCode("05", "Försäljning 25 %", Decimal(25), "output", account="2610"),
    VatCode("06", "Försäljning 12 %", Decimal(12), "output", account="2620"),
    VatCode("48", "Ingående moms", Decimal(25), "input", account="2640"),
    VatCode("3", "Bokmoms", Decimal(6), "output", standard_code="3"),
)


def in_sweden(code: str, rate: str) -> list[tuple[str, str]]:
    return found(sold_at(code, rate, currency="SEK"), company(*SWEDISH, base_currency="SEK"))


def test_other_countries_codes_pass_through_and_are_checked_against_the_systems_own_list() -> None:
    assert in_sweden("05", "25") == []
    assert in_sweden("06", "12") == []
    assert in_sweden("05", "12") == [("vat_amount_mismatch", "line 1")]
    assert in_sweden("48", "25") == [("vat_code_not_for_sales", "line 1")]
    assert in_sweden("07", "6") == [("vat_code_unknown", "line 1")]


def test_the_norwegian_table_is_not_used_on_a_company_that_is_not_norwegian() -> None:
    assert in_sweden("3", "6") == []


# --- for all days and rates ----------------------------------------------------------------------------------------

days = st.dates(date(2000, 1, 1), date(2040, 12, 31))
rates = st.decimals("0", "30", places=2)
sales_codes = st.sampled_from([one for one in STANDARD_CODES.values() if one.for_sales])


@given(sales_codes, days, rates)
def test_a_rate_is_a_problem_exactly_when_it_is_not_that_of_the_day(
    code: StandardCode, day: date, rate: Decimal
) -> None:
    mine = VatCode(code.code, "Salg", rate, "output", standard_code=code.code)
    expected = code.rate_on(day)
    fits = expected is None or rate == expected
    wanted = [] if fits else [("vat_rate_mismatch", "line 1")]
    assert found(sold_at(code.code, str(rate), day), company(mine)) == wanted


@given(sales_codes, days)
def test_the_rate_changes_only_on_a_first_day_and_what_was_in_force_can_be_credited(
    code: StandardCode, day: date
) -> None:
    before = code.rate_on(day - timedelta(days=1))
    if code.rate_on(day) != before:
        assert day in [first for first, _ in code.rates]
    assert (before is None) or before in code.rates_until(day)


def test_a_rate_can_be_credited_from_its_first_day() -> None:
    assert STANDARD_CODES["33"].rates_until(date(2021, 9, 30))[-1] == 6
    assert STANDARD_CODES["33"].rates_until(date(2021, 10, 1))[-1] == 12


def test_an_unknown_chart_judges_no_code() -> None:
    assert found(sold_at("1", "25"), Rules("nb")) == []
    empty: Chart = chart(vat_codes={})
    assert found(sold_at("1", "25"), Rules("nb", empty)) == []


# --- where the rules end -------------------------------------------------------------------------------------------


def test_books_without_a_currency_are_taken_for_norwegian() -> None:
    assert found(sold_at("3", "15"), company(base_currency="")) == [("vat_rate_mismatch", "line 1")]


@pytest.mark.parametrize("rate", ["25.01", "24.99", "NaN", "Infinity"])
def test_a_rate_a_hundredth_off_and_what_is_no_rate_do_not_match(rate: str) -> None:
    one = invoice(line(1, vat_rate=Decimal(rate)))
    assert found(one, company()) == [("vat_rate_mismatch", "line 1")]


def test_the_amount_is_judged_where_the_rate_of_the_day_is_not_known() -> None:
    old = invoice(line(1, 1000, 100), invoice_date=date(2004, 12, 31), due_date=None)
    assert found(old, company()) == [("vat_amount_mismatch", "line 1")]


@pytest.mark.parametrize(
    ("lines", "fits"),
    [
        ([("-1000", "-60")], True),
        ([("1000", "60")], False),
        ([("0.50", "0.03")], False),
        ([("1000", "60"), ("-1000", "-60")], False),
    ],
    ids=["negative", "positive", "half a krone", "zero"],
)
def test_an_earlier_rate_is_for_what_is_taken_back_only(lines: list[tuple[str, str]], fits: bool) -> None:
    """6 % in October 2021, when 12 % were in force: a negative invoice takes back what an earlier one charged."""
    low = VatCode("33", "Lav sats", Decimal(6), "output", standard_code="33")
    accounts = ("3900", "3901")
    known = chart().accounts | {number: Account(number, "Annen driftsinntekt") for number in accounts}
    sold = [
        line(at, net, vat, account=account, vat_code="33", vat_rate=Decimal(6))
        for at, ((net, vat), account) in enumerate(zip(lines, accounts, strict=False), 1)
    ]
    one = invoice(*sold, is_credit_note=False, invoice_date=date(2021, 10, 5), due_date=None)
    wrong = [] if fits else [("vat_rate_mismatch", f"line {at}") for at in range(1, len(lines) + 1)]
    assert found(one, company(low, accounts=known)) == wrong


def test_the_codes_that_an_account_takes_are_told_in_the_order_of_numbers() -> None:
    takes = Account("3000", "Salg", vat_codes_allowed=frozenset({"31", "5", "3", "52"}))
    (problem,) = plan_invoice(invoice(line(1, vat_code=None, vat=0)), company(accounts={"3000": takes})).problems
    assert problem.facts["allowed"] == "3, 5, 31, 52"
