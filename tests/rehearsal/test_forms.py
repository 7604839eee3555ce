"""Numbers and texts as accounting writes them, and amounts that moved: the pure rules of a rehearsal."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bilag.messages.rehearsal import render_headline, render_support
from bilag.posting.text_form import VOUCHER_FIELDS, WITHOUT_VALUE, fill
from bilag.rehearsal.evidence import moves_between
from bilag.rehearsal.number_forms import forms, is_written_as
from bilag.rehearsal.proposals import Proposal, Standing, Tally, propose
from bilag.rehearsal.text_forms import explains, form_of, may_be_set, plainest, told_by

numbers = st.integers(1, 10**9).map(str)
amounts = st.decimals("0.01", "99999.99", places=2)


@given(numbers, st.integers(1, 14))
def test_number_padded_with_zeros_is_recognised_in_both_directions(number: str, width: int) -> None:
    written = number.zfill(width)
    assert is_written_as(number, written)
    assert f"zeros:{len(written)}" in forms(number, written)
    assert ("same" in forms(number, written)) == (number == written)
    assert "stripped" in forms(written, number)


@given(numbers, numbers)
def test_other_numbers_are_not_taken_for_the_number(number: str, other: str) -> None:
    assert is_written_as(number, other) == (int(number) == int(other))
    if number != other and not other.endswith(number):
        assert forms(number, other) == []


def test_prefix_is_a_form_but_not_the_same_number() -> None:
    assert forms("1207", "P1207") == ["prefix:P"]
    assert not is_written_as("1207", "P1207")
    assert forms("7", "17") == [], "a short number ends many others"


@given(st.integers(100, 10**6), st.sampled_from(["Faktura {}", "{} Fjell", "Til {} i mai"]))
def test_texts_of_one_habit_have_one_form(number: int, habit: str) -> None:
    assert [form_of(one) for one in told_by(habit.format(number), {"number": str(number)})] == [
        habit.format("{number}")
    ]


def test_longest_known_text_is_replaced_first_and_what_it_is_made_of_is_named_too() -> None:
    values = {"number": "5001", "customer": "Fjell AS", "description": "Honorar mai, Fjell AS"}
    assert told_by("5001 Honorar mai, Fjell AS", values) == [
        "{number} {description}",
        "{number} Honorar mai, {customer}",
    ]
    assert told_by("Fjell AS, nr. 5001 av 12.5.2026", values) == ["{customer}, nr. {number} av ##.#.####"]


@given(
    st.lists(st.sampled_from(VOUCHER_FIELDS), min_size=1, max_size=4, unique=True), st.sampled_from([" ", ", ", " - "])
)
def test_form_explains_what_it_writes_whichever_fields_are_empty(fields: list[str], separator: str) -> None:
    """The voucher builder and the rehearsal agree on a form, whatever the invoice lacks."""
    form = separator.join(f"{{{one}}}" for one in fields)
    whole = {one: f"{one} value" for one in VOUCHER_FIELDS}
    for empty in [(), *((one,) for one in fields), tuple(fields[:2])]:
        values = {**whole, **dict.fromkeys(empty)}
        text = fill(form, values) or fill(WITHOUT_VALUE, whole)
        told = told_by(str(text), {**values, "kind": whole["kind"], "number": whole["number"]})
        if set(empty) & {"kind", "number"}:
            continue
        assert any(explains(form, one, WITHOUT_VALUE) for one in told), (form, text, told)


def test_form_with_digits_of_nobody_is_not_set_and_the_plainest_form_is_chosen() -> None:
    assert not may_be_set("Faktura #### {customer}", VOUCHER_FIELDS)
    assert not may_be_set("{text}", VOUCHER_FIELDS)
    assert may_be_set("Salg", VOUCHER_FIELDS)
    assert plainest(["Faktura {number}", "{kind} {number}"]) == ["{kind} {number}"]
    assert plainest(["{description}", "{customer}"]) == ["{description}", "{customer}"]


@given(st.dictionaries(st.sampled_from("abcd"), amounts, min_size=1), st.sampled_from("xyz"))
def test_whole_amount_that_moved_is_traced(planned: dict[str | None, Decimal], to: str) -> None:
    key = next(iter(planned))
    found = {name: amount for name, amount in planned.items() if name != key} | {to: planned[key]}
    assert moves_between(planned, found) == [(key, to)]
    assert moves_between(planned, planned) == []


@given(st.lists(st.sampled_from(["1", "2", "3"]), min_size=1, max_size=60))
def test_value_is_proposed_only_if_most_fit_it(units: list[str]) -> None:
    tally = Tally()
    for unit in units:
        tally.add({"dimensions.project": [unit]})
    [said] = [one for one in propose(tally, {"dimensions.project": "none"}) if one.habit == "dimensions.project"]
    most = max(units.count(unit) for unit in "123")
    assert (said.fits, said.of) == (most, len(units))
    assert said.acceptable == (3 * most > 2 * len(units))
    assert Proposal.from_json(said.as_json()) == said


def test_values_that_fit_equally_well_are_named_and_not_proposed() -> None:
    tally = Tally()
    tally.add({"accrual": ["3910/2965/days", "3910/2965/months"]})
    said = {one.habit: one for one in propose(tally, {"accrual": "off"})}["accrual"]
    assert (said.standing, said.value, len(said.others)) == (Standing.UNDECIDED, "", 2)
    same = {one.habit: one for one in propose(tally, {"accrual": "3910/2965/days"})}["accrual"]
    assert same.standing is Standing.AS_SET


def test_figures_in_words() -> None:
    counts = {"invoices": 3412, "equal": 3000, "own_way": 398, "differs": 14}
    expected = "Of 3,412 invoices 3,398 would have been posted exactly as they stand; 14 differ, all explained."
    assert render_headline(counts, "en") == expected
    assert render_headline({**counts, "unexplained": 2}, "nb").endswith("; 14 avviker, 2 uten forklaring.")
    assert render_support(308, 312, [5001, 5002, 5003, 5004], [], "en") == (
        "Fits 308 of 312 vouchers. The other 4: 5001, 5002, 5003, 5004."
    )
    assert render_support(312, 312, [], [], "nb") == "Stemmer for 312 av 312 bilag."
