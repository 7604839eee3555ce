"""An invoice becomes a voucher: header, sides, rounding, texts, and which line fed which entry."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bilag.messages import render_notes, render_problem
from bilag.posting.chart import TextLimits
from bilag.posting.dimensions import Dimensions
from bilag.posting.invoice import Invoice
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.problem import Problem
from bilag.posting.rules import Rules
from bilag.posting.voucher import Entry, Side, Voucher, VoucherKind
from tests.support.posting.samples import chart, invoice, line, money, rules


def voucher_of(one: Invoice, by: Rules | None = None) -> Voucher:
    plan = plan_invoice(one, by or rules())
    assert plan.problems == ()
    (voucher,) = plan.vouchers
    return voucher


def notes_of(plan: PostingPlan) -> list[str]:
    return [note.code for note in plan.notes]


def test_the_header_carries_what_moment_says() -> None:
    voucher = voucher_of(invoice(payment_id="0050013"))
    assert voucher == Voucher(
        number=10042,
        kind=VoucherKind.INVOICE,
        voucher_date=date(2026, 5, 29),
        text="Prosjektledelse mai",
        currency="NOK",
        entries=(
            Entry("3000", Side.CREDIT, money(1000), money(250), "3", "Honorar", ((1, "10"), (2, "1207")), "1207", "10"),
        ),
        total=money(1250),
        due_date=date(2026, 6, 12),
        payment_id="0050013",
        customer="10001",
        your_reference="Kari Nilsen",
        exchange_rate=Decimal(1),
    )


def test_an_invoice_without_kid_has_no_payment_id() -> None:
    assert voucher_of(invoice(payment_id=None)).payment_id is None
    assert voucher_of(invoice(payment_id="")).payment_id is None


def test_credit_note_mirrors_its_invoice() -> None:
    lines = [line(1, 1000), line(2, 500, account="3010"), line(3, -100, account="3900")]
    back = [replace(one, net=-one.net, vat=-one.vat) for one in lines]
    posted, credited = voucher_of(invoice(*lines)), voucher_of(invoice(*back, credited_number=10001))
    assert credited.kind is VoucherKind.CREDIT_NOTE
    assert credited.total == posted.total == money("1750.00")
    assert credited.entries == tuple(replace(entry, side=entry.side.opposite) for entry in posted.entries)
    assert (credited.credited_number, posted.credited_number) == (10001, None)


def test_a_free_standing_credit_note_needs_neither_due_date_nor_number() -> None:
    voucher = voucher_of(invoice(line(1, -2500), due_date=None, description=None))
    assert (voucher.due_date, voucher.credited_number, voucher.text) == (None, None, "Kreditnota 10042")


def test_an_invoice_without_due_date_is_due_on_its_date() -> None:
    assert voucher_of(invoice(due_date=None)).due_date == date(2026, 5, 29)


@pytest.mark.parametrize(("language", "text"), [("nb", "Faktura 10042"), ("en", "Invoice 10042")])
def test_a_missing_description_is_the_invoices_name(language: str, text: str) -> None:
    assert voucher_of(invoice(description=" "), rules(language=language)).text == text


def test_a_negative_invoice_is_posted_as_a_credit_note_and_moments_word_stays_in_the_text() -> None:
    plan = plan_invoice(invoice(line(1, -1000), is_credit_note=False), rules())
    assert plan.vouchers[0].kind is VoucherKind.CREDIT_NOTE
    assert plan.vouchers[0].text == "Faktura 10042: Prosjektledelse mai"
    assert render_notes(plan.notes, "nb") == [
        "Typen i Moment er faktura, men fortegnet på totalbeløpet gjør at bilaget bokføres som kreditnota."
    ]


@pytest.mark.parametrize(
    ("net", "is_credit_note", "credited", "code"),
    [
        (1000, True, None, "type_contradicts_total"),  # it would double what the customer owes
        (1000, True, 10001, "type_contradicts_total"),
        (1000, False, 10001, "type_contradicts_total"),
        (-1000, False, 10001, "type_contradicts_total"),
        (-1000, True, 10042, "credited_number_invalid"),
        (-1000, True, 0, "credited_number_invalid"),
        (-1000, True, 2147483648, "credited_number_invalid"),
        (-1000, True, 10001, None),
        (-1000, True, None, None),
        (-1000, False, None, None),
        (1000, False, None, None),
    ],
)
def test_type_total_and_credited_number_must_agree(
    net: int, is_credit_note: bool, credited: int | None, code: str | None
) -> None:
    plan = plan_invoice(invoice(line(1, net), is_credit_note=is_credit_note, credited_number=credited), rules())
    assert [problem.code for problem in plan.problems] == ([code] if code else [])
    assert bool(plan.vouchers) is (code is None)


@pytest.mark.parametrize("net", [1000, -1000])
@pytest.mark.parametrize("word", ["proForma", "reminder", ""])
def test_a_document_of_another_type_is_a_problem(word: str, net: int) -> None:
    plan = plan_invoice(invoice(line(1, net), unknown_type=word), rules())
    assert [(problem.code, problem.facts.get("document_type")) for problem in plan.problems] == [
        ("invoice_type_unknown", word or None)
    ]
    assert plan.vouchers == ()


def test_a_contradiction_of_types_is_told_in_words() -> None:
    contradictory = invoice(line(), is_credit_note=True, credited_number=10001)
    english, norwegian = (
        render_problem(plan_invoice(contradictory, rules()).problems[0], language) for language in ("en", "nb")
    )
    assert english.message == (
        "The document contradicts itself: its type is credit note, and its total is 1250.00. "
        "It credits invoice 10001 (invoice 10042)."
    )
    assert "typen er kreditnota, og totalbeløpet er 1250,00" in norwegian.message


def test_a_negative_group_on_an_invoice_is_a_debit() -> None:
    voucher = voucher_of(invoice(line(1, 1000), line(2, -200, account="3010")))
    assert [(entry.account, entry.side, entry.net) for entry in voucher.entries] == [
        ("3000", Side.CREDIT, money(1000)),
        ("3010", Side.DEBIT, money(200)),
    ]


def test_groups_that_cancel_across_accounts_are_posted_with_a_total_of_zero() -> None:
    voucher = voucher_of(invoice(line(1, 1000), line(2, -1000, account="3010")))
    assert (voucher.kind, voucher.total) == (VoucherKind.INVOICE, money(0))
    assert [entry.side for entry in voucher.entries] == [Side.CREDIT, Side.DEBIT]


@pytest.mark.parametrize(("difference", "side"), [("0.01", Side.CREDIT), ("-0.02", Side.DEBIT)])
def test_an_ore_a_line_goes_on_the_rounding_account(difference: str, side: Side) -> None:
    one = invoice(line(1, "0.10", "0.03"), line(2, "0.10", "0.03"))
    plan = plan_invoice(replace(one, total=one.total + Decimal(difference)), rules())
    assert plan.vouchers[0].entries[-1] == Entry("7740", side, abs(Decimal(difference)), text="Avrunding")
    assert plan.lines_of(1) == ()
    assert notes_of(plan) == ["rounding_added"]
    assert render_notes(plan.notes, "nb") == [
        f"En differanse på {abs(Decimal(difference))} er ført på avrundingskontoen 7740.".replace(".0", ",0")
    ]


def test_the_rounding_entry_stands_apart_from_explicit_rounding_lines() -> None:
    one = invoice(line(1), line(2, "0.30", 0, account="7740", vat_code=None, project="1207"))
    voucher = voucher_of(replace(one, total=one.total + Decimal("0.01")))
    assert [(entry.account, entry.net, entry.units) for entry in voucher.entries[1:]] == [
        ("7740", money("0.30"), ((1, "10"), (2, "1207"))),
        ("7740", money("0.01"), ()),
    ]


def test_the_rounding_account_is_the_setups_then_the_accounting_systems_then_7740() -> None:
    assert rules(rounding_account="7741").rounding == "7741"
    assert rules(chart=chart(rounding_account="7742")).rounding == "7742"
    assert Rules().rounding == "7740"


def test_foreign_currency_carries_invoice_currency_and_rate() -> None:
    one = invoice(line(1, 1800, 0, account="3100", vat_code="52"), currency="EUR", exchange_rate=Decimal("11.4325"))
    voucher = voucher_of(one)
    assert (voucher.currency, voucher.exchange_rate, voucher.total) == ("EUR", Decimal("11.4325"), money(1800))


def test_a_rate_of_more_than_eight_decimals_is_rounded_and_noted() -> None:
    one = invoice(
        line(1, 1800, 0, account="3100", vat_code="52"), currency="EUR", exchange_rate=Decimal("11.441647597254")
    )
    plan = plan_invoice(one, rules())
    assert plan.vouchers[0].exchange_rate == Decimal("11.44164760")
    assert notes_of(plan) == ["exchange_rate_rounded"]


def test_no_rate_is_needed_for_the_companys_own_currency() -> None:
    assert voucher_of(invoice(exchange_rate=None)).exchange_rate == 1


def test_long_texts_are_cut_and_noted() -> None:
    by = rules(chart=chart(text_limits=TextLimits(voucher_text=12, entry_text=8, your_reference=6)))
    one = invoice(line(1, text="Honorar mai 2026"), description="Prosjekt\nledelse mai", your_reference="Kari Nilsen")
    plan = plan_invoice(one, by)
    voucher = plan.vouchers[0]
    assert (voucher.text, voucher.entries[0].text, voucher.your_reference) == ("Prosjekt…", "Honorar…", "Kari…")
    assert [(note.facts["what"], note.positions) for note in plan.notes] == [
        ("entry_text", (1,)),
        ("voucher_text", ()),
        ("your_reference", ()),
    ]
    assert render_notes(plan.notes, "en")[0] == "Line 1: the entry text is shortened to 8 characters."


def test_nothing_is_sent_of_a_dimension_that_is_not_chosen() -> None:
    voucher = voucher_of(invoice(line(1, project="P.1")), rules(dimensions=Dimensions(department=1)))
    assert voucher.entries[0].units == ((1, "10"),)
    assert (voucher.entries[0].project, voucher.entries[0].department) == (None, "10")


def test_a_line_without_project_or_department_sends_none() -> None:
    assert voucher_of(invoice(project=None, department=None)).entries[0].units == ()


def test_an_invoice_of_nothing_is_nothing_to_post() -> None:
    plan = plan_invoice(invoice(line(1, 500), line(2, -500), line(3, 0, account=None), customer=None), rules())
    assert (plan.nothing_to_post, plan.vouchers, plan.problems) == (True, (), ())
    assert render_notes(plan.notes, "nb") == [
        "Linje 1, 2: summen av beløpene på konto 3000 er null, så de bokføres ikke."
    ]


def test_each_entry_is_explained_by_its_lines() -> None:
    lines = [line(1), line(2, account="3010"), line(3), line(4, 0, account=None)]
    plan = plan_invoice(invoice(*lines), rules())
    entries = plan.vouchers[0].entries
    assert [(entry.account, plan.lines_of(index)) for index, entry in enumerate(entries)] == [
        ("3000", (1, 3)),
        ("3010", (2,)),
    ]
    assert (plan.lines_of(0), plan.lines_of(7)) == ((1, 3), ())


def test_a_refusal_of_an_entry_is_told_of_its_lines() -> None:
    one = invoice(line(1), line(2, account="3010"), line(3))
    plan = plan_invoice(replace(one, total=one.total + Decimal("0.01")), rules())
    refused = Problem("account_inactive", "entry 1", {"account": "3000"}, "Konto 3000 er sperret")
    located = plan.locate(refused)
    assert (located.subject, located.facts["lines"], located.facts["invoice"]) == ("lines 1, 3", "1, 3", "10042")
    assert located.said == refused.said
    assert plan.locate(replace(refused, subject="entry 2")).subject == "line 2"
    assert plan.locate(replace(refused, subject="entry 3")).subject == "rounding entry"
    assert plan.locate(replace(refused, subject="entry 9")).subject == "entry 9"
    assert plan.locate(replace(refused, subject="")).subject == "invoice 10042"
    assert plan.locate(replace(refused, subject="customer 10001")).subject == "customer 10001"


def test_vat_left_alone_in_a_group_is_posted_on_its_own_side() -> None:
    entries = voucher_of(invoice(line(1), line(2, 100, "24.99", account="3010"), line(3, -100, account="3010"))).entries
    assert (entries[1].side, entries[1].net, entries[1].vat) == (Side.DEBIT, money(0), money("0.01"))


def test_an_invoice_may_be_due_on_its_own_date() -> None:
    assert voucher_of(invoice(due_date=date(2026, 5, 29))).due_date == date(2026, 5, 29)


def test_an_entry_of_several_texts_has_the_name_of_its_account() -> None:
    lines = line(1, text="Honorar"), line(2, text="Reise")
    named, unnamed = (plan_invoice(invoice(*lines), by).vouchers[0] for by in (rules(), rules(chart=None)))
    assert [entry.text for entry in named.entries] == ["Salgsinntekt, avgiftspliktig"]
    assert [entry.text for entry in unnamed.entries] == ["Honorar"]


@pytest.mark.parametrize(
    ("subject", "located", "lines"),
    [
        ("", "invoice 10042", None),
        ("customer 10001", "customer 10001", None),
        ("entry 1", "line 1", "1"),
        ("entry 2", "rounding entry", None),
        ("entry 0", "entry 0", None),
        ("entry 3", "entry 3", None),
    ],
)
def test_a_refusal_keeps_its_facts_and_names_the_invoice(subject: str, located: str, lines: str | None) -> None:
    plan = plan_invoice(invoice(total=Decimal("1250.01")), rules())
    found = plan.locate(Problem("period_closed", subject, {"period": "5/2026"}, "Perioden er stengt"))
    facts = {"period": "5/2026", "invoice": "10042", **({"lines": lines} if lines else {})}
    assert found == Problem("period_closed", located, facts, "Perioden er stengt")


def test_a_text_of_exactly_the_limit_is_not_cut() -> None:
    for length, notes in ((100, []), (101, ["text_cut"])):
        plan = plan_invoice(invoice(description="x" * length), rules())
        assert [note.code for note in plan.notes] == notes
        assert len(plan.vouchers[0].text) == 100


def test_a_company_of_another_language_gets_english_words() -> None:
    (posted,) = plan_invoice(invoice(description=None), rules(language="sv")).vouchers
    assert posted.text == "Invoice 10042"


def test_a_negative_invoice_without_description_is_named_once() -> None:
    (posted,) = plan_invoice(invoice(line(1, -1000), is_credit_note=False, description=None), rules()).vouchers
    assert (posted.kind, posted.text) == (VoucherKind.CREDIT_NOTE, "Faktura 10042")
