"""What organisational units accept (DESIGN, rule 7)."""

import pytest

from bilag.posting.chart import UnitDefinition
from bilag.posting.dimensions import default_definition, normalise_unit_value, unit_value
from bilag.posting.problem import Problem


@pytest.mark.parametrize(("number", "value"), [("12", "12"), ("0012", "12"), ("2147483647", "2147483647")])
def test_units_1_to_6_compare_as_numbers(number: str, value: str) -> None:
    assert unit_value(2, number) == value


@pytest.mark.parametrize("number", ["P-1207", "12.07", "0", "-1", "2147483648", "1 2", "", "１２", "9" * 5000])
def test_units_1_to_6_take_nothing_but_whole_numbers(number: str) -> None:
    found = unit_value(2, number, subject="project X")
    assert found == Problem("org_unit_not_integer", "project X", {"unit": "2", "value": number})


def test_units_7_to_12_take_text_of_ten_as_it_is() -> None:
    assert unit_value(7, "P-1207.0 a") == "P-1207.0 a"
    assert unit_value(12, "0012") == "0012"
    found = unit_value(7, "P-1207-2026", subject="project P-1207-2026")
    assert isinstance(found, Problem)
    assert (found.code, found.subject, found.facts["max_length"]) == ("org_unit_too_long", "project P-1207-2026", "10")


def test_the_accounting_systems_own_word_on_a_unit_counts() -> None:
    text = UnitDefinition(2, "Prosjekt", integer=False, max_length=40, dots_allowed=False)
    assert unit_value(2, "P-1207", text) == "P-1207"
    assert _code(unit_value(2, "12.07", text)) == "project_number_has_dot"
    assert _code(unit_value(2, "x" * 41, text)) == "org_unit_too_long"


@pytest.mark.parametrize("unit", [0, 13])
def test_there_are_twelve_units(unit: int) -> None:
    assert _code(unit_value(unit, "1")) == "org_unit_not_used"


def test_a_unit_not_in_use_takes_nothing() -> None:
    unused = UnitDefinition(4, "Ansvarsenhet 4", integer=True, used=False)
    found = unit_value(4, "12", unused)
    assert found == Problem("org_unit_not_used", "", {"unit": "4", "value": "12", "unit_name": "Ansvarsenhet 4"})


def test_values_read_back_are_brought_to_one_form() -> None:
    assert normalise_unit_value(2, "0012") == "12"
    assert normalise_unit_value(2, "0") is None
    assert normalise_unit_value(2, "") is None
    assert normalise_unit_value(7, "0") == "0"
    text = UnitDefinition(2, "Prosjekt", integer=False, max_length=40)
    assert [normalise_unit_value(2, value, text) for value in ("0", "00", "")] == ["0", "00", None]
    counted = UnitDefinition(2, "Prosjekt", integer=True, zero_is_none=False)
    assert [normalise_unit_value(2, value, counted) for value in ("0", "00", "7")] == ["0", "0", "7"]
    assert unit_value(2, "0", counted) == "0"
    assert unit_value(2, "0", text) == "0"
    assert normalise_unit_value(2, "0012", UnitDefinition(2, "Prosjekt", integer=False, max_length=40)) == "0012"


def _code(found: str | Problem) -> str:
    assert isinstance(found, Problem)
    return found.code


@pytest.mark.parametrize(("unit", "number"), [(1, "1"), (6, "1"), (7, "x"), (12, "x")])
def test_units_6_and_12_are_the_last_of_their_kind(unit: int, number: str) -> None:
    assert unit_value(unit, number) == number
    assert _code(unit_value(unit, "P-1207-2026")) == ("org_unit_not_integer" if unit <= 6 else "org_unit_too_long")


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (1, UnitDefinition(1, "", integer=True)),
        (6, UnitDefinition(6, "", integer=True)),
        (7, UnitDefinition(7, "", integer=False, max_length=10)),
        (12, UnitDefinition(12, "", integer=False, max_length=10)),
        (13, UnitDefinition(13, "", integer=False, max_length=10, used=False)),
    ],
)
def test_what_a_unit_accepts_where_the_accounting_system_does_not_say(unit: int, expected: UnitDefinition) -> None:
    assert default_definition(unit) == expected
