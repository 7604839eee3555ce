"""Periods that people ask for: whatever they type is a period or is refused."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bilag.posting.periods import NotAPeriod, month_period, parsed_month, parsed_period, period

YEAR_OF_MARGIN = timedelta(days=366 * 6)


def test_both_days_are_included() -> None:
    assert parsed_period("2026-11-01", "2026-11-30") == (date(2026, 11, 1), date(2026, 11, 30))
    assert parsed_period("2026-11-30", "2026-11-30") == (date(2026, 11, 30), date(2026, 11, 30))


def test_a_month_ends_on_its_last_day() -> None:
    assert parsed_month("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert month_period(date(2026, 12, 17)) == (date(2026, 12, 1), date(2026, 12, 31))


@given(st.dates(), st.dates())
@example(date.min, date.max)
@example(date.max, date.max)
def test_every_period_leaves_room_on_both_sides(first: date, last: date) -> None:
    try:
        begin, end = period(first, last)
    except NotAPeriod:
        return
    assert begin <= end
    assert begin - YEAR_OF_MARGIN < begin < end + YEAR_OF_MARGIN


@given(st.dates())
@example(date.min)
@example(date.max)
def test_every_month_is_a_period_or_refused(day: date) -> None:
    try:
        begin, end = month_period(day)
    except NotAPeriod:
        assert not 1900 <= day.year <= 2999
    else:
        assert begin <= day <= end


@given(st.text(max_size=12))
@example("0001-01")
@example("9999-12")
@example("2026-13")
def test_any_text_is_a_month_or_refused(text: str) -> None:
    with suppress(NotAPeriod):
        begin, end = parsed_month(text)
        assert (begin.day, begin.month) == (1, end.month)


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2026-11-02", "2026-11-01", "2026-11-01 is before 2026-11-02"),
        ("2000-01-01", "2026-01-01", "longer than ten years"),
        ("0001-01-01", "0001-12-31", "between 1900 and 2999"),
        ("9999-01-01", "9999-12-31", "between 1900 and 2999"),
        ("", "2026-01-01", "is not a date"),
    ],
)
def test_what_is_no_period_says_why(first: str, last: str, why: str) -> None:
    with pytest.raises(NotAPeriod, match=why):
        parsed_period(first, last)
