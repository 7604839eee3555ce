"""Organisation numbers: right ones go, wrong ones are told before they are sent, and who has none needs none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.platforms.organisation_numbers import is_invalid, norwegian_number


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("923609016", "NO"),
        ("NO 923 609 016 MVA", "NO"),
        ("923609016MVA", "no"),
        ("556036-0793", "SE"),
        ("5560360793", "SE"),
        ("SE556036079301", "SE"),
        ("SE 556036-0793", "SE"),
        ("DK99001119", "DK"),
        ("99 00 11 19", "DK"),
        ("2077474-0", "FI"),
        ("FI20774740", "FI"),
        ("GB980780684", "GB"),
        ("980 7806 84", "GB"),
        ("DE136695976", "DE"),
        ("EL094259216", "GR"),
        ("FR40303265045", "FR"),
        ("NL123456782B12", "NL"),
    ],
)
def test_a_right_number_is_not_wrong(number: str, country: str) -> None:
    assert not is_invalid(number, country)


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("923609017", "NO"),  # check digit
        ("92360901", "NO"),  # a digit short
        ("000000000", "NO"),  # passes MOD11, and is nobody's
        ("ukjent", "NO"),
        ("556036-0794", "SE"),
        ("SE556036079401", "SE"),
        ("SE55603607930", "SE"),  # a digit short
        ("99001118", "DK"),
        ("DK9900111", "DK"),
        ("2077474-1", "FI"),
        ("FI20774741", "FI"),
        ("980780685", "GB"),
        ("GB980780685", "GB"),
        ("DE136695978", "DE"),
        ("EL094259217", "GR"),
        ("FR41303265045", "FR"),
    ],
)
def test_a_number_with_a_wrong_check_digit_or_length_is_wrong(number: str, country: str) -> None:
    assert is_invalid(number, country)


@pytest.mark.parametrize("country", ["NO", "SE", "DE", "US", None])
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_private_and_foreign_customers_may_have_none(nothing: str | None, country: str | None) -> None:
    assert not is_invalid(nothing, country)


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("HRB 12345", "DE"),  # a German trade register's, no VAT number
        ("SC123456", "GB"),  # Companies House in Scotland
        ("12-3456789", "US"),
        ("CHE-123.456.789", "CH"),
        ("5812161980", "IS"),
        ("123456789", None),  # nobody knows whose
    ],
)
def test_a_number_of_a_register_that_is_not_known_goes_as_it_is(number: str, country: str | None) -> None:
    assert not is_invalid(number, country)


def test_norwegian_numbers_are_told_by_country_or_by_nine_digits() -> None:
    assert norwegian_number("NO 923 609 016 MVA", None) == "923609016"
    assert norwegian_number("923.609.016", "NO") == "923609016"
    assert norwegian_number("556036-0793", None) is None
    assert norwegian_number("980780684", "GB") is None


@given(st.text(max_size=20), st.none() | st.sampled_from(["NO", "SE", "DK", "FI", "GB", "GR", "DE", "IS", "XX", "(["]))
def test_any_text_is_judged(number: str, country: str | None) -> None:
    assert is_invalid(number, country) in (True, False)
