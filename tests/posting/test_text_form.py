"""The form of texts: what is filled in, what goes with an empty field, and what a form must be."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.companies.faults import FileFaults
from bilag.companies.fields import text_form
from bilag.posting.plan import plan_invoice
from bilag.posting.text_form import ENTRY_FIELDS, NAMES, VOUCHER_FIELDS, TextForms, fill, shown, understood
from tests.support.posting.samples import chart, invoice, line, rules


def texts(voucher: str, entry: str = "{text}", **changes: object) -> tuple[str, list[str | None]]:
    made = invoice(line(text="Skisseprosjekt"), **changes)
    plan = plan_invoice(made, rules(texts=TextForms(voucher, entry)))
    assert plan.problems == ()
    return plan.vouchers[0].text, [entry.text for entry in plan.vouchers[0].entries]


@pytest.mark.parametrize(
    ("form", "values", "text"),
    [
        ("{number}: {reference}", {"number": "5001"}, "5001"),
        ("{reference}: {number}", {"number": "5001"}, "5001"),
        ("{kind} {number} ({reference})", {"kind": "Faktura", "number": "5001"}, "Faktura 5001"),
        ("{number} - {reference} - {customer}", {"number": "5001", "customer": "Fjell AS"}, "5001 - Fjell AS"),
        ("{number}, {customer}", {"number": "5001", "customer": "Fjell\nog fjord "}, "5001, Fjell og fjord"),
        ("Salg", {}, "Salg"),
        ("{description}", {"description": None}, None),
        ("{description} / {reference}", {}, None),
        ("{description}", {"description": "{number} er ikke et felt"}, "{number} er ikke et felt"),
    ],
)
def test_field_without_a_value_goes_with_what_separates_it(
    form: str, values: dict[str, str | None], text: str | None
) -> None:
    assert fill(form, values) == text


@given(st.lists(st.sampled_from(VOUCHER_FIELDS), unique=True), st.text(max_size=20))
def test_filled_text_is_one_line_of_the_values(names: list[str], value: str) -> None:
    found = fill(" ".join(f"{{{name}}}" for name in names), dict.fromkeys(names, value))
    assert found is None or found.split() == " ".join([*(value.split() * len(names))]).split() or "\n" not in found
    assert found is None or "\0" not in found


def test_forms_of_the_setup_are_those_of_voucher_and_entries() -> None:
    voucher, entries = texts("{kind} {number} {customer number}", "{number} {text}", number=5001, customer="10042")
    assert (voucher, entries) == ("Faktura 5001 10042", ["5001 Skisseprosjekt"])


def test_company_without_forms_has_the_description_and_else_the_number() -> None:
    assert texts("{description}", description="Honorar mai")[0] == "Honorar mai"
    assert texts("{description}", description=None, number=5001)[0] == "Faktura 5001"


def test_form_that_leaves_nothing_has_the_number_and_the_text_of_the_line() -> None:
    voucher, entries = texts("{reference}", "{reference}", number=5001, your_reference=None)
    assert (voucher, entries) == ("Faktura 5001", ["Skisseprosjekt"])


def test_long_text_is_cut_and_noted() -> None:
    made = invoice(line(), description="Prosjektering " * 12)
    plan = plan_invoice(made, rules(texts=TextForms("{number} {description}")))
    assert len(plan.vouchers[0].text) <= 100
    assert [note.code for note in plan.notes] == ["text_cut"]


def test_account_name_is_known_where_the_chart_lists_no_accounts() -> None:
    bare = replace(chart(), accounts={})
    names = {number: account.name for number, account in chart().accounts.items()}
    made = invoice(line(), line(text="Annet"))
    plan = plan_invoice(made, replace(rules(chart=bare), account_names=names, texts=TextForms(entry="{account}")))
    assert {entry.text for entry in plan.vouchers[0].entries} == {names["3000"]}


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ("{firma} {number}", "contains {firma}, which is not a field. Use {kind}, {number}"),
        ("{text}", "contains {text}, which is not a field."),
        ("{number} }", "contains a brace without its other half."),
        ("{number", "contains a brace without its other half."),
        ("x" * 101, "is longer than 100 characters"),
        ("a\nb", "contains a line break"),
        (["{number}"], "must be text in quotes"),
    ],
)
def test_what_is_no_form_is_refused_in_words(form: object, fault: str) -> None:
    faults = FileFaults()
    assert text_form(VOUCHER_FIELDS)("texts.voucher", form, faults) is None
    [(name, said)] = faults.by_name
    assert (name, fault in said) == ("texts.voucher", True), said


def test_form_is_kept_on_one_line_and_blank_is_none() -> None:
    faults = FileFaults()
    assert text_form(ENTRY_FIELDS)("texts.entry", " {number}  {text} ", faults) == "{number} {text}"
    assert text_form(ENTRY_FIELDS)("texts.entry", "  ", faults) is None
    assert faults.by_name == []


@pytest.mark.parametrize(
    "written",
    ["{type} {nummer} {kundenummer}", "{kind} {number} {customer number}", "{Type} { NUMMER } {Customer  number}"],
)
def test_a_form_is_understood_in_both_languages(written: str) -> None:
    form = understood(written)
    assert form == "{kind} {number} {customer number}"
    assert shown(form, "nb") == "{type} {nummer} {kundenummer}"
    assert shown(form, "en") == form


def test_every_field_has_one_norwegian_name_that_leads_back_to_it() -> None:
    whole = " ".join(f"{{{name}}}" for name in ENTRY_FIELDS)
    assert understood(shown(whole, "nb")) == whole
    assert set(NAMES["nb"]) == set(ENTRY_FIELDS)
