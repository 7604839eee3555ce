"""Accrual (DESIGN, rule 8): what is put off on the invoice's date comes back month by month, to the øre."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilag.messages import render_notes, render_problem
from bilag.posting.accrual import AccrualRules, Allocation, Dimension, Income, plan_moves, schedule, shares
from bilag.posting.chart import Account, Chart, Period
from bilag.posting.invoice import Invoice, InvoiceLine, ServicePeriod
from bilag.posting.invoice_accrual import vouchers_of
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.posted import Posted
from bilag.posting.read_back import batch_differences
from bilag.posting.rules import Rules
from bilag.posting.voucher import Side, Voucher, VoucherKind
from tests.support.posting.ledger import post
from tests.support.posting.samples import chart, invoice, line, money, months, rules

D, C = "3910", "2965"
ACCOUNTS = {number: Account(number, number, vat_codes_allowed=frozenset()) for number in (D, C)}
BY_MONTHS, BY_DAYS = AccrualRules(D, C), AccrualRules(D, C, "days")
MAY_TO_JULY = ServicePeriod(date(2026, 5, 1), date(2026, 7, 31))


def accruing(how: AccrualRules = BY_MONTHS, **changes: Any) -> Rules:
    known = chart()
    return rules(chart=replace(known, accounts={**known.accounts, **ACCOUNTS}, **changes), accrual=how)


def served(first: str, last: str, net: str | int = 9000, position: int = 1, **changes: Any) -> InvoiceLine:
    period = ServicePeriod(date.fromisoformat(first), date.fromisoformat(last))
    return line(position, net, service_period=period, **changes)


def journal(voucher: Voucher) -> tuple[str, list[str]]:
    assert voucher.kind is VoucherKind.JOURNAL
    entries = [f"{one.side} {one.account} {one.net}" for one in voucher.entries]
    return voucher.voucher_date.isoformat(), entries


def journals(of: Invoice, by: Rules) -> list[tuple[str, list[str]]]:
    planned = plan_invoice(of, by)
    assert planned.problems == ()
    return [journal(voucher) for voucher in planned.vouchers[1:]]


def balances(vouchers: Sequence[Voucher]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for one in vouchers:
        for entry in one.entries:
            signed = entry.net if entry.side is Side.DEBIT else -entry.net
            found[entry.account] = found.get(entry.account, Decimal(0)) + signed
    return found


@pytest.mark.parametrize(
    ("net", "first", "last", "by", "expected"),
    [  # ledgers/accrual_splits.py
        ("10000.00", "2026-04-01", "2026-06-30", "months", "3333.33 3333.34 3333.33"),
        ("-10000.00", "2026-04-01", "2026-06-30", "months", "-3333.33 -3333.34 -3333.33"),
        ("10000.00", "2026-04-01", "2026-06-30", "days", "3296.70 3406.60 3296.70"),
        ("1000.00", "2026-01-15", "2026-04-14", "days", "188.89 311.11 344.44 155.56"),
        ("1000.00", "2026-01-15", "2026-04-14", "months", "250.00 250.00 250.00 250.00"),
        ("0.05", "2026-01-01", "2026-06-30", "months", "0.01 0.01 0.01 0.00 0.01 0.01"),
        ("100.00", "2026-11-20", "2027-01-02", "months", "33.33 33.34 33.33"),
        ("100.00", "2026-07-31", "2026-07-31", "days", "100.00"),
    ],
)
def test_shares_are_rounded_cumulatively(net: str, first: str, last: str, by: Allocation, expected: str) -> None:
    period = ServicePeriod(date.fromisoformat(first), date.fromisoformat(last))
    assert " ".join(f"{share}" for _, share in shares(Decimal(net), period, by)) == expected


def test_what_belongs_to_later_months_is_put_off_and_comes_back_on_their_last_days() -> None:
    """The example of the hub's contract: invoice of 29 May, service from May to July."""
    assert journals(invoice(served("2026-05-01", "2026-07-31")), accruing()) == [
        ("2026-05-29", ["debit 3910 6000.00", "credit 2965 6000.00"]),
        ("2026-06-30", ["debit 2965 3000.00", "credit 3910 3000.00"]),
        ("2026-07-31", ["debit 2965 3000.00", "credit 3910 3000.00"]),
    ]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-06-01", "2026-06-30", [("2026-05-29", 9000), ("2026-06-30", -9000)]),
        ("2026-03-01", "2026-06-30", [("2026-05-29", 2250), ("2026-06-30", -2250)]),
        ("2026-06-10", "2026-06-10", [("2026-05-29", 9000), ("2026-06-30", -9000)]),
        ("2026-05-30", "2026-06-01", [("2026-05-29", 4500), ("2026-06-30", -4500)]),
        ("2026-05-01", "2026-05-31", []),
        ("2025-01-01", "2026-04-30", []),
        ("2026-05-31", "2026-05-31", []),
    ],
    ids=["after", "from before", "one day", "over the month's end", "in its month", "before", "one day in its month"],
)
def test_only_months_after_the_invoices_are_accrued(first: str, last: str, expected: list[tuple[str, int]]) -> None:
    planned = plan_invoice(invoice(served(first, last)), accruing())
    assert planned.problems == ()
    assert [(move.day.isoformat(), int(move.total)) for move in planned.accruals] == expected
    assert len(planned.vouchers) == 1 + len(expected)


def test_a_period_runs_over_new_year() -> None:
    later = [*months(), Period(date(2027, 1, 1), date(2027, 12, 31), True, "2027")]
    found = journals(invoice(served("2026-12-01", "2027-02-28")), accruing(periods=tuple(later)))
    assert [day for day, _ in found] == ["2026-05-29", "2026-12-31", "2027-01-31", "2027-02-28"]


def test_accrual_vouchers_are_named_after_invoice_and_month() -> None:
    planned = plan_invoice(invoice(served("2026-05-01", "2026-06-30")), accruing())
    assert [one.text for one in planned.vouchers[1:]] == [
        "Periodisering faktura 10042",
        "Periodisering faktura 10042 juni 2026",
    ]
    english = plan_invoice(invoice(served("2026-05-01", "2026-06-30", -900)), replace(accruing(), language="en"))
    assert english.vouchers[2].text == "Accrual of credit note 10042 June 2026"
    for one in planned.vouchers[1:]:
        assert (one.number, one.related_number) == (10042, 10042)
        assert {entry.text for entry in one.entries} == {one.text}


def test_both_entries_carry_project_and_department_and_no_vat_code() -> None:
    planned = plan_invoice(invoice(served("2026-06-01", "2026-06-30", project="1311")), accruing())
    entries = [entry for voucher in planned.vouchers[1:] for entry in voucher.entries]
    assert {(entry.units, entry.project, entry.department, entry.vat_code, entry.vat) for entry in entries} == {
        (((1, "10"), (2, "1311")), "1311", "10", None, Decimal(0))
    }


def test_each_project_is_accrued_for_itself() -> None:
    one = invoice(
        served("2026-06-01", "2026-06-30", 100, 1, project="1311"),
        served("2026-06-01", "2026-07-31", 50, 2, project="1207"),
        served("2026-07-01", "2026-07-31", 30, 3, project="1207"),
    )
    last = plan_invoice(one, accruing()).vouchers[-1]
    assert [(entry.project, entry.account, entry.side, entry.net) for entry in last.entries] == [
        ("1207", C, Side.DEBIT, money(55)),
        ("1207", D, Side.CREDIT, money(55)),
    ]


def test_a_discount_with_the_same_period_takes_its_part_of_the_accrual() -> None:
    one = invoice(served("2026-06-01", "2026-06-30", 900), served("2026-06-01", "2026-06-30", -100, 2))
    assert journals(one, accruing())[0][1] == ["debit 3910 800.00", "credit 2965 800.00"]


def test_a_credit_note_of_the_same_day_mirrors_its_invoice() -> None:
    there = journals(invoice(served("2026-05-01", "2026-07-31", 1000)), accruing())
    back = journals(invoice(served("2026-05-01", "2026-07-31", -1000)), accruing())
    swap = {"debit": "credit", "credit": "debit"}
    mirrored = [(day, sorted(f"{swap[e.split()[0]]} {e.split(' ', 1)[1]}" for e in entries)) for day, entries in there]
    assert [(day, sorted(entries)) for day, entries in back] == mirrored


@pytest.mark.parametrize("credited", [9000, 1234])
def test_a_credit_note_takes_back_a_running_accrual_whole_or_in_part(credited: int) -> None:
    """What was earned until the credit note's month is taken back on its date, the rest is cancelled month by month."""
    was = invoice(served("2026-05-01", "2026-08-31"))
    dated: dict[str, Any] = {
        "number": 10050,
        "invoice_date": date(2026, 6, 15),
        "due_date": None,
        "credited_number": 10042,
    }
    back = invoice(served("2026-05-01", "2026-08-31", -credited), **dated)
    plans = [plan_invoice(one, accruing()) for one in (was, back)]
    assert [one.problems for one in plans] == [(), ()]
    vouchers = [voucher for one in plans for voucher in one.vouchers]
    by_month = {}
    for month in (5, 6, 7, 8):
        own = [one for one in vouchers if one.voucher_date.month == month]
        income = [-balances(own).get(account, Decimal(0)) for account in ("3000", D)]
        by_month[month] = sum(income)
    quarter, half = money(9000) / 4, money(credited) / 2
    assert by_month == {5: quarter, 6: quarter - half, 7: quarter - half / 2, 8: quarter - half / 2}
    assert balances(vouchers)[C] == balances(vouchers)[D] == 0


def test_foreign_income_is_accrued_in_the_companys_currency() -> None:
    one = invoice(served("2026-05-01", "2026-07-31", "100.01"), currency="EUR", exchange_rate=Decimal("11.4325"))
    planned = plan_invoice(one, accruing())
    assert {voucher.currency for voucher in planned.vouchers[1:]} == {"NOK"}
    assert [move.total for move in planned.accruals] == [money("762.24"), money("-381.12"), money("-381.12")]


def test_nothing_is_accrued_where_accrual_is_switched_off() -> None:
    assert len(plan_invoice(invoice(served("2026-05-01", "2026-07-31")), rules()).vouchers) == 1


def problem_texts(planned: PostingPlan, language: str = "en") -> list[str]:
    assert planned.vouchers == ()
    return [
        f"{render_problem(one, language).message} {render_problem(one, language).remedy}" for one in planned.problems
    ]


def test_a_closed_month_in_the_way_stops_the_whole_invoice_and_is_named() -> None:
    closed = tuple(replace(one, open=one.first.month != 7) for one in months())
    planned = plan_invoice(invoice(line(), served("2026-06-01", "2026-08-31", 900, 2)), accruing(periods=closed))
    (said,) = problem_texts(planned)
    assert said == (
        "The period 7/2026 for 31 July 2026 is closed in the accounting system, and income for July 2026 must be "
        "posted there (invoice 10042, line 2). Open the period in the accounting system, retry, then close it again. "
        "Bilag never moves a posting to another date."
    )
    (norsk,) = problem_texts(planned, "nb")
    assert "inntekt for juli 2026" in norsk


def test_a_month_that_is_not_set_up_or_locked_is_named_too() -> None:
    (said,) = problem_texts(plan_invoice(invoice(served("2026-12-01", "2027-01-31")), accruing()))
    assert "has no accounting period for 31 January 2027, where income for January 2027 must be posted" in said
    locked = plan_invoice(invoice(served("2026-05-01", "2026-06-30")), accruing(lock_date=date(2026, 6, 30)))
    assert any("income for June 2026" in one for one in problem_texts(locked))


def test_periods_that_cannot_be_spread_are_told() -> None:
    for last, last_day in (("2026-05-01", "1 May 2026"), ("2031-06-01", "1 June 2031")):
        (said,) = problem_texts(plan_invoice(invoice(served("2026-06-01", last)), accruing()))
        assert (
            f"The service period 1 June 2026 to {last_day} ends before it begins, or is longer than 60 months" in said
        )
    long_ago = plan_invoice(invoice(served("1999-06-01", "2026-05-01")), accruing())
    assert (long_ago.problems, len(long_ago.vouchers)) == ((), 1)


def test_accounts_that_cannot_take_an_accrual_are_told_of_the_setup() -> None:
    known = chart()
    one = invoice(served("2026-05-01", "2026-07-31"))
    needs = {**ACCOUNTS, C: replace(ACCOUNTS[C], vat_codes_allowed=frozenset({"3"}))}
    by = rules(chart=replace(known, accounts={**known.accounts, **needs}), accrual=AccrualRules("3911", C))
    unknown, needy = problem_texts(plan_invoice(one, by))
    assert "Account 3911, the debit account for accrual in the setup, does not exist" in unknown
    assert "Account 2965, the credit account for accrual in the setup, requires a VAT code" in needy
    assert plan_invoice(invoice(), by).problems == (), "nothing of it is accrued"


def test_half_a_period_is_a_problem_where_income_is_accrued() -> None:
    one = invoice(line(), line(2), line(3, 0, account=None), half_periods=(2, 3))
    (problem,) = plan_invoice(one, accruing()).problems
    assert (problem.code, problem.subject) == ("accrual_period_incomplete", "line 2")
    assert plan_invoice(one, rules()).problems == (), "nothing is accrued"


def native_chart() -> Rules:
    return accruing(line_accrual=True)


def test_where_the_accounting_system_accrues_itself_the_line_says_so() -> None:
    planned = plan_invoice(invoice(line(), served("2026-05-01", "2026-07-31", position=2)), native_chart())
    (voucher,) = planned.vouchers
    fee, service = voucher.entries
    assert fee.accrual is None
    assert service.accrual is not None
    assert (service.accrual.period, service.accrual.debit_account) == (MAY_TO_JULY, D)
    assert planned.native_accrual
    assert [move.total for move in planned.accruals] == [6000, -3000, -3000]
    assert render_notes(planned.notes, "en") == [
        "Line 2: 6000.00 belongs to June 2026 to July 2026. The accounting system makes the accrual on accounts 3910 and 2965."
    ]


def test_native_accrual_is_not_used_where_it_would_give_other_amounts() -> None:
    by_days = replace(native_chart(), accrual=BY_DAYS)
    planned = plan_invoice(invoice(served("2026-05-01", "2026-07-31")), by_days)
    assert (planned.native_accrual, len(planned.vouchers)) == (False, 4)
    assert "so Bilag sends accrual vouchers" in render_notes(planned.notes, "en")[-1]


def batch(of: Invoice) -> tuple[tuple[Voucher, ...], Chart]:
    by = accruing()
    assert by.chart is not None
    return plan_invoice(of, by).vouchers, by.chart


def test_every_voucher_of_the_batch_is_compared_with_the_journal() -> None:
    vouchers, known = batch(invoice(served("2026-05-01", "2026-07-31")))
    first, *others = [post(one, known) for one in vouchers]
    others = [replace(one, number=900_001 + index) for index, one in enumerate(others)]
    assert batch_differences(vouchers, first, others, known) == ()

    def fields(*read: Posted) -> list[tuple[str, str, str]]:
        found = batch_differences(vouchers, first, read, known)
        return [(one.facts["field"], one.facts["expected"], one.facts["found"]) for one in found]

    assert fields(*others[:-1]) == [("voucher", "2026-07-31", "-")]
    assert fields(*others, others[0]) == [("voucher", "-", "2026-05-29")]
    entry = others[1].entries[0]
    changed = replace(others[1], entries=(replace(entry, account="2960"), *others[1].entries[1:]))
    assert [field for field, _, _ in fields(others[0], changed, others[2])] == ["net", "net"]
    (said, *_) = batch_differences(vouchers, first, [others[0], changed, others[2]], known)
    assert "of the accrual voucher of 30 June 2026" in render_problem(said, "en").message
    assert fields(others[0], replace(others[1], related_number=1), others[2]) == [("related", "10042", "1")]


def test_what_the_accounting_system_accrues_itself_is_compared_by_month_account_and_units() -> None:
    by = native_chart()
    lines = line(), served("2026-05-01", "2026-07-31", position=2), served("2026-06-01", "2026-06-30", 500, 3)
    other = served("2026-05-01", "2026-07-31", "100.01", 4, project="1311")
    plan = plan_invoice(invoice(*lines, other), by)
    (voucher,) = plan.vouchers
    own = [post(one, by.chart) for one in vouchers_of(plan.accruals, plan.invoice, by)]
    first = post(voucher, by.chart)

    def told(*read: Posted) -> list[tuple[str, str, str]]:
        found = batch_differences([voucher], first, read, by.chart)
        return [(one.facts["field"], one.facts["expected"], one.facts["found"]) for one in found]

    assert told(*own) == []
    split = [replace(own[0], entries=own[0].entries[:2]), replace(own[0], entries=own[0].entries[2:])]
    assert told(*split, *own[1:]) == [], "one voucher for each line is as good"
    assert told() == [("line_accrual", day, "-") for day in ("2026-05-31", "2026-06-30", "2026-07-31")]
    assert told(*own[:-1]) == [("line_accrual", "2026-07-31", "-")]
    changed = replace(own[1], entries=(replace(own[1].entries[0], currency_amount=money(1)), *own[1].entries[1:]))
    assert [field for field, _, _ in told(own[0], changed, own[2])] == ["line_accrual"]
    assert [field for field, _, _ in told(*own, own[2])] == ["line_accrual"] * 4, "twice"
    plain = plan_invoice(invoice(), by).vouchers
    (stray,) = batch_differences(plain, post(plain[0], by.chart), [own[0]], by.chart)
    assert (stray.facts["field"], stray.facts["expected"]) == ("line_accrual", "-")


def test_income_of_half_an_ore_is_rounded_as_the_ledger_rounds_its_entry() -> None:
    """0.50 EUR at 11.41 is 5.705: 5.71, half up."""
    one = invoice(served("2026-06-01", "2026-06-30", "0.50"), currency="EUR", exchange_rate=Decimal("11.41"))
    assert [move.total for move in plan_invoice(one, accruing()).accruals] == [money("5.71"), money("-5.71")]


def test_an_invoice_in_the_companys_currency_needs_no_rate_to_be_accrued() -> None:
    one = invoice(served("2026-06-01", "2026-06-30", "0.05"), exchange_rate=None)
    assert journals(one, accruing()) == [
        ("2026-05-29", ["debit 3910 0.05", "credit 2965 0.05"]),
        ("2026-06-30", ["debit 2965 0.05", "credit 3910 0.05"]),
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"invoice_date": None}, "invoice_date_missing"),
        ({"currency": "EUR", "exchange_rate": None}, "exchange_rate_required"),
    ],
)
def test_what_is_missing_in_the_header_is_the_only_problem_of_an_accrued_invoice(
    changes: dict[str, Any], code: str
) -> None:
    planned = plan_invoice(invoice(served("2026-06-01", "2026-06-30"), due_date=None, **changes), accruing())
    assert [problem.code for problem in planned.problems] == [code]


UNUSABLE = AccrualRules("3911", "2966")


@pytest.mark.parametrize(
    "past",
    [
        served("2026-05-01", "2026-05-31"),
        served("2026-05-02", "2026-05-02"),
        served("2026-06-01", "2026-06-30", 0, vat="0.50"),
        line(),
    ],
    ids=["the invoice's month", "one day", "VAT alone", "no period"],
)
def test_wrong_accrual_accounts_stop_only_what_is_accrued(past: InvoiceLine) -> None:
    assert plan_invoice(invoice(past), accruing(UNUSABLE)).problems == ()
    problems = plan_invoice(
        invoice(past, served("2026-06-01", "2026-06-30", 1, 2, account="3010")), accruing(UNUSABLE)
    ).problems
    assert [(problem.code, problem.subject, problem.facts["lines"]) for problem in problems] == [
        ("setup_account_unknown", "account 3911", "2"),
        ("setup_account_unknown", "account 2966", "2"),
    ]
    nothing_listed = rules(chart=chart(accounts={}), accrual=UNUSABLE)
    assert plan_invoice(invoice(served("2026-06-01", "2026-06-30")), nothing_listed).problems == ()


def test_an_account_that_needs_a_vat_code_is_named() -> None:
    needy = {number: replace(account, vat_codes_allowed=frozenset({"3"})) for number, account in ACCOUNTS.items()}
    by = rules(chart=chart(accounts=chart().accounts | needy), accrual=BY_MONTHS)
    problems = plan_invoice(invoice(served("2026-06-01", "2026-06-30")), by).problems
    assert [(problem.code, problem.subject) for problem in problems] == [
        ("accrual_account_needs_vat_code", f"account {number}") for number in (D, C)
    ]


def test_a_period_that_cannot_be_spread_and_a_locked_month_are_told_with_their_facts() -> None:
    (problem,) = plan_invoice(invoice(served("2026-06-01", "2026-05-31")), accruing()).problems
    assert (problem.subject, dict(problem.facts)) == (
        "line 1",
        {"first": "2026-06-01", "last": "2026-05-31", "account": "3000", "invoice": "10042", "lines": "1"},
    )
    closed = tuple(replace(one, open=one.first.month != 6) for one in months())
    locked = accruing(periods=closed, lock_date=date(2026, 6, 30))
    found = plan_invoice(invoice(served("2026-06-01", "2026-06-30")), locked).problems
    month = {"date": "2026-06-30", "accrual_month": "2026-06", "invoice": "10042", "lines": "1"}
    assert [(one.code, dict(one.facts)) for one in found if "accrual_month" in one.facts] == [
        ("period_closed", {**month, "period": "6/2026"}),
        ("date_locked", {**month, "lock_date": "2026-06-30"}),
    ]


def test_half_a_period_counts_where_its_line_has_income() -> None:
    """Line 2 has VAT only, in the same entry as line 1."""
    lines = line(1, 1), line(2, 0, vat="0.25")
    assert plan_invoice(invoice(*lines, half_periods=(2,)), accruing()).problems == ()
    (problem,) = plan_invoice(invoice(*lines, half_periods=(1, 2)), accruing()).problems
    assert problem.subject == "line 1"


def test_a_note_says_what_is_put_off_from_when_to_when() -> None:
    planned = plan_invoice(invoice(line(), served("2026-05-01", "2026-08-31", 400, 2)), accruing())
    (note,) = planned.notes
    assert (note.code, note.positions) == ("accrual_by_vouchers", (2,))
    assert note.facts == {
        "amount": "300.00",
        "debit": D,
        "credit": C,
        "first_month": "2026-06",
        "last_month": "2026-08",
    }
    by_days = plan_invoice(invoice(served("2026-05-01", "2026-08-31")), replace(native_chart(), accrual=BY_DAYS))
    assert [(one.code, one.positions) for one in by_days.notes] == [
        ("accrual_by_vouchers", (1,)),
        ("accrual_not_native", (1,)),
    ]


def test_only_entries_with_income_of_later_months_ask_the_accounting_system_to_accrue() -> None:
    lines = (
        served("2026-05-01", "2026-07-31"),
        served("2026-05-01", "2026-05-31", 100, 2),
        served("2026-06-01", "2026-06-30", 0, 3, vat="0.50"),
        line(4),
    )
    (voucher,) = plan_invoice(invoice(*lines), native_chart()).vouchers
    assert [entry.accrual.period if entry.accrual else None for entry in voucher.entries] == [
        MAY_TO_JULY,
        None,
        None,
        None,
    ]


def test_the_schedule_shows_each_move_with_what_is_left() -> None:
    """A sale on project 1207 and a smaller discount on 1311."""
    lines = served("2026-06-01", "2026-07-31", 100), served("2026-06-01", "2026-06-30", -30, 2, project="1311")
    shown = plan_invoice(invoice(*lines), accruing()).schedule
    assert [
        (row.day.isoformat(), row.debit_account, row.credit_account, row.amount, row.project, row.department, row.left)
        for row in shown
    ] == [
        ("2026-05-29", D, C, money(100), "1207", "10", money(100)),
        ("2026-05-29", C, D, money(30), "1311", "10", money(70)),
        ("2026-06-30", C, D, money(50), "1207", "10", money(20)),
        ("2026-06-30", D, C, money(30), "1311", "10", money(50)),
        ("2026-07-31", C, D, money(50), "1207", "10", money(0)),
    ]


def test_a_smallest_amount_is_shown_on_its_sides() -> None:
    shown = plan_invoice(invoice(served("2026-06-01", "2026-06-30", "0.01", vat=0)), accruing()).schedule
    assert [(row.debit_account, row.amount) for row in shown] == [(D, money("0.01")), (C, money("0.01"))]


def test_sixty_months_can_be_spread_and_sixty_one_cannot() -> None:
    later = (Period(date(2026, 1, 1), date(2040, 12, 31), True, "all"),)
    longest = plan_invoice(invoice(served("2026-06-01", "2031-05-31")), accruing(periods=later))
    assert (longest.problems, len(longest.accruals)) == ((), 61)
    (problem,) = plan_invoice(invoice(served("2026-06-01", "2031-06-01")), accruing(periods=later)).problems
    assert problem.code == "accrual_period_invalid"


amounts = st.integers(-(10**11), 10**11).filter(bool).map(lambda ore: Decimal(ore) / 100)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
periods = st.builds(lambda first, length: ServicePeriod(first, first + timedelta(length)), days, st.integers(0, 1700))
by_what = st.sampled_from(Allocation)
incomes = st.builds(Income, amounts, periods, st.sampled_from([Dimension(), Dimension(((2, "1207"),), "1207")]))


@given(amounts, periods, by_what)
@settings(max_examples=300, deadline=None)
def test_shares_sum_to_the_net_and_are_never_half_an_ore_off(
    net: Decimal, period: ServicePeriod, by: Allocation
) -> None:
    made = shares(net, period, by)
    assert sum(share for _, share in made) == net
    whole = (period.last - period.first).days + 1
    for place, (end, _) in enumerate(made, start=1):
        exact = (
            net * place / len(made)
            if by == "months"
            else net * ((min(end, period.last) - period.first).days + 1) / whole
        )
        assert abs(sum(share for _, share in made[:place]) - exact) <= Decimal("0.005")
        assert share_has_two_decimals(made[place - 1][1])


def share_has_two_decimals(share: Decimal) -> bool:
    return share == share.quantize(Decimal("0.01"))


@given(days, st.lists(incomes, max_size=5), by_what)
@settings(max_examples=300, deadline=None)
def test_both_accounts_come_to_zero_when_the_periods_have_run(day: date, given_: list[Income], by: Allocation) -> None:
    moves = plan_moves(day, given_, by)
    by_dimension: dict[Dimension, Decimal] = {}
    for move in moves:
        for of, amount in move.amounts:
            assert amount != 0
            by_dimension[of] = by_dimension.get(of, Decimal(0)) + amount
    assert set(by_dimension.values()) <= {Decimal(0)}
    assert all(row.left == 0 for row in schedule(moves, AccrualRules("2970", "3900"))[-1:])
    assert [move.day for move in moves] == sorted({move.day for move in moves})
    assert all(move.day == day or (move.day + timedelta(1)).day == 1 for move in moves)


@given(days, st.lists(incomes, max_size=5), by_what)
@settings(max_examples=100, deadline=None)
def test_the_opposite_income_is_moved_the_opposite_way(day: date, given_: list[Income], by: Allocation) -> None:
    there, back = plan_moves(day, given_, by), plan_moves(day, [replace(one, net=-one.net) for one in given_], by)
    assert [(m.day, [(of, -a) for of, a in m.amounts]) for m in there] == [(m.day, list(m.amounts)) for m in back]


def test_a_period_to_the_end_of_the_calendar_ends_with_it() -> None:
    last = date(9999, 12, 31)
    assert shares(money(3), ServicePeriod(date(9999, 11, 1), last)) == [
        (date(9999, 11, 30), money("1.50")),
        (last, money("1.50")),
    ]


@pytest.mark.parametrize(
    ("language", "net", "name"),
    [
        ("nb", 900, "Periodisering faktura"),
        ("nb", -900, "Periodisering kreditnota"),
        ("en", 900, "Accrual of invoice"),
        ("en", -900, "Accrual of credit note"),
    ],
)
def test_an_accrual_is_named_in_the_companys_language(language: str, net: int, name: str) -> None:
    planned = plan_invoice(invoice(served("2026-06-01", "2026-06-30", net)), replace(accruing(), language=language))
    assert planned.vouchers[1].text == f"{name} 10042"
