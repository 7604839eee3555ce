"""The catalogue renders each problem in both languages, and has every code of the hub's contract."""

import ast
import itertools
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.messages import (
    ENTRIES,
    class_of,
    entry_of,
    markdown,
    render_problem,
    render_reason,
    render_subject,
    render_who,
    sentence,
)
from bilag.messages.entry import Entry, facts_needed, fill
from bilag.messages.problem_json import problem_as_json
from bilag.messages.reasons import REASONS
from bilag.posting.problem import Problem
from bilag.posting.selection import SkipReason
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "problems.md"
BILAG = [path for path in (ROOT / "src" / "bilag").rglob("*.py") if "sandbox" not in path.parts]


def test_every_error_code_of_the_hub_has_an_entry_of_the_same_class(hub_contract: dict[str, Any]) -> None:
    codes = {code["code"]: code["class"] for code in hub_contract["x-error-codes"]}
    assert len(codes) > 50
    assert {code: class_of(code) for code in codes if code in ENTRIES} == codes


def first_words_given_to(*functions: str) -> set[str]:
    """The texts that Bilag's code gives as first argument to these functions."""
    calls = [node for path in BILAG for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {
        call.args[0].value
        for call in calls
        if call.args
        and (getattr(call.func, "id", None) or getattr(call.func, "attr", None)) in functions
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def test_every_code_that_bilag_raises_has_an_entry() -> None:
    codes = first_words_given_to("Problem", "of_invoice", "of_lines")
    assert len(codes) > 20
    assert codes - set(ENTRIES) == set()


def test_every_reason_that_bilag_gives_has_a_sentence() -> None:
    assert first_words_given_to("skipped") == set(), "a reason is a SkipReason, never a bare string"
    assert set(REASONS) == set(SkipReason)
    for reason, language in itertools.product(SkipReason, ("en", "nb")):
        assert len(render_reason(reason, language)) > 15


def test_no_code_stands_twice() -> None:
    headings = re.findall(r"^### `(\w+)`$", markdown(), re.MULTILINE)
    assert sorted(headings) == sorted({*ENTRIES, "unknown"})


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.code)
def test_an_entry_says_what_happened_and_what_to_do_in_both_languages(entry: Entry) -> None:
    for cause, cure in (entry.texts("en"), entry.texts("nb")):
        for text in (cause, cure):
            plain = fill(text, {})
            assert plain[0].isupper()
            assert plain[-1] in ".]"
            assert len(plain) > 15
            assert "  " not in plain
            assert not re.search(r"[\[\]{}|?]", plain)
            assert facts_needed(text) == set()
    assert entry.en != entry.nb
    assert render_who(entry.who, "nb")


def test_a_problem_is_told_with_its_facts_its_place_and_the_other_systems_words() -> None:
    problem = Problem(
        "vat_code_unknown",
        "line 2",
        {"vat_code": "99", "account": "3000", "invoice": "10042", "lines": "2"},
        "Ukjent kode.",
    )
    english, norwegian = render_problem(problem, "en"), render_problem(problem, "nb")
    assert (english.code, english.subject, english.who) == ("vat_code_unknown", "line 2", "accounting")
    assert english.message == (
        "VAT code 99 does not exist in the accounting system (invoice 10042, line 2). "
        'Message from the accounting system: "Ukjent kode."'
    )
    assert norwegian.subject == "linje 2"
    assert norwegian.message == (
        "Mva-kode 99 finnes ikke i regnskapssystemet (faktura 10042, linje 2). "
        "Melding fra regnskapssystemet: «Ukjent kode.»"
    )
    assert "konto 3000" in norwegian.remedy


def test_the_subject_gives_what_the_facts_leave_out() -> None:
    assert sentence(Problem("customer_inactive", "customer 10001"), "en")[0] == (
        "Customer 10001 is inactive in the accounting system."
    )
    assert sentence(Problem("voucher_number_taken", "invoice 10042"), "nb")[0].startswith(
        "Bilagsnummer 10042 er allerede brukt"
    )


@pytest.mark.parametrize(
    ("subject", "norwegian"),
    [
        ("line 2", "linje 2"),
        ("lines 2, 5", "linje 2, 5"),
        ("invoice 10042", "faktura 10042"),
        ("draft 66170", "kladd 66170"),
        ("customer 10001", "kunde 10001"),
        ("project 12.07 B", "prosjekt 12.07 B"),
        ("department Ås", "avdeling Ås"),
        ("rounding entry", "avrundingsposteringen"),
        ("something else", "something else"),
        ("", ""),
    ],
)
def test_subjects_are_translated(subject: str, norwegian: str) -> None:
    assert render_subject(subject, "nb") == norwegian
    assert render_subject(subject, "en") == subject


@pytest.mark.parametrize(
    ("subject", "english", "norwegian"),
    [
        ("setup platform.azets.username", "setup: Username", "oppsett: Brukernavn"),
        ("setup some.unknown_key", "setup", "oppsett"),
        (
            "accrued 2026-05:12.07:2",
            "accrued income May 2026, project 12.07",
            "opptjent inntekt mai 2026, prosjekt 12.07",
        ),
        ("expense id 4711", "expense 4711", "utlegg 4711"),
        ("expense row 3", "expense, row 3", "utlegg, rad 3"),
    ],
)
def test_internal_names_of_subjects_become_words(subject: str, english: str, norwegian: str) -> None:
    assert (render_subject(subject, "en"), render_subject(subject, "nb")) == (english, norwegian)
    assert problem_as_json(Problem("unknown", subject))["subject"] == subject, "programs rely on the canonical form"


def test_amounts_and_dates_are_written_as_norwegians_do() -> None:
    facts = {"date": "2026-05-29", "lock_date": "2026-06-30", "invoice": "7"}
    message, _ = sentence(Problem("date_locked", "invoice 7", facts), "nb")
    assert message == "Datoen 29.05.2026 er ikke etter låsedatoen 30.06.2026 i regnskapssystemet (faktura 7)."
    differs = Problem("posted_differs", "invoice 7", {"field": "vat", "expected": "-10.50", "found": "0.00"})
    assert "mva skulle vært -10,50, men er 0,00" in sentence(differs, "nb")[0]
    assert "VAT should be -10.50 but is 0.00" in sentence(differs, "en")[0]


def test_a_project_number_that_looks_like_an_amount_stays_as_it_is() -> None:
    message, _ = sentence(Problem("project_number_has_dot", "project 12.07", {"value": "12.07"}), "nb")
    assert "Prosjektnummer 12.07 inneholder punktum" in message


def test_what_waits_for_a_customer_says_why_the_customer_stopped() -> None:
    problem = Problem("customer_not_ready", "customer 9", {"customer": "9", "cause": "customer_number_invalid"})
    assert sentence(problem, "en")[0] == (
        "The transfer is on hold because customer 9 could not be transferred. "
        "Reason: The accounting system does not accept customer number 9."
    )
    assert "Årsak" not in sentence(Problem("customer_not_ready", "customer 9", {"cause": "nobody_knows"}), "nb")[0]


def test_a_fault_of_bilag_is_not_blamed_on_the_hub() -> None:
    hub, own = Problem("internal_error", ""), Problem("internal_error", "invoice 7", {"error": "KeyError"})
    assert (render_problem(hub, "en").who, render_problem(own, "en").who) == ("azets", "bilag")
    assert render_problem(own, "en").message == "An error occurred in Bilag (invoice 7)."


def test_an_unknown_code_is_told_honestly_and_counts_as_permanent() -> None:
    words = render_problem(Problem("brand_new_code", "invoice 7", {}, "Noe nytt"), "nb")
    assert "(kode brand-new-code)" in words.message
    assert "Noe nytt" in words.message
    assert class_of("brand_new_code") == "permanent"
    assert entry_of("brand_new_code").code == "unknown"


@given(
    st.sampled_from([*ENTRIES, "brand_new_code"]),
    st.text(max_size=40),
    st.dictionaries(
        st.sampled_from(
            ["account", "vat_code", "invoice", "lines", "cause", "field", "date", "value", "unit", "expected"]
        ),
        st.text(max_size=30),
    ),
    st.none() | st.text(max_size=3000),
    st.sampled_from(["en", "nb", "sv"]),
)
def test_any_problem_can_be_told(
    code: str, subject: str, facts: dict[str, str], said: str | None, language: str
) -> None:
    words = render_problem(Problem(code, subject, facts, said), language)
    assert words.message
    assert words.remedy
    assert len(words.message) < 2500
    assert "\n" not in words.message


def test_facts_cannot_write_themselves_into_the_template() -> None:
    assert fill("[Account {account}|It] is {x}", {"account": "{x}[{y}]"}) == "Account {x}[{y}] is ?"


def test_the_page_of_problems_is_made_from_the_catalogue() -> None:
    assert PAGE.read_text() == markdown(), "write bilag.messages.markdown() to docs/problems.md"
