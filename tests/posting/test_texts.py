"""Texts that a ledger can take."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.posting.texts import clean_number, cut, one_line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Honorar\r\nmai", "Honorar mai"),
        ("a\tb\x00c\u2028d\ud800e\ufffdf", "a b c d e f"),
        ("  Ærlig talt  ", "Ærlig talt"),
        ("\n", None),
        ("", None),
        (None, None),
    ],
)
def test_line_breaks_and_control_characters_become_spaces(text: str | None, expected: str | None) -> None:
    assert one_line(text) == expected


FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
HEART = "\u2764\ufe0f\u200d\U0001f525"
TONED = "\U0001f469\U0001f3fd\u200d\U0001f4bb"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hono\u00adrar\u200b", "Honorar"),
        ("\u202eraronoH\u202c", "raronoH"),
        ("\u2066A\u2069 \u061cB\ufeff", "A B"),
        (f"Vi {FAMILY} er {HEART} her {TONED}", f"Vi {FAMILY} er {HEART} her {TONED}"),
        (
            "A\u200dB \U0001f468\u200d \u200d\U0001f468 \U0001f468\u200d\u200d\U0001f469",
            "AB \U0001f468 \U0001f468 \U0001f468\U0001f469",
        ),
        ("\U0001f469\U0001f3fb\u200d\U0001f4bb", "\U0001f469\U0001f3fb\u200d\U0001f4bb"),  # the lightest skin tone
        ("\U0001f469\U0001f3ff\u200d\U0001f4bb", "\U0001f469\U0001f3ff\u200d\U0001f4bb"),  # the darkest
        ("\u4e2d\u200d\u6587", "\u4e2d\u6587"),
        ("\u00a9\u200d\u00ae", "\u00a9\u00ae"),  # symbols, but no emoji
        ("\u2764X\u200d\U0001f525", "\u2764X\U0001f525"),
        ("\U0001f468\u200d", "\U0001f468"),
        ("\u200b\u200d\u202e", None),
        ("\u3164 \u2800\ufe0f", None),
        ("\U000e0067\U000e007f", None),
        ("می\u200cخواهم", "میخواهم"),
    ],
)
def test_what_nobody_sees_is_removed_but_joiners_inside_emoji(text: str, expected: str | None) -> None:
    assert one_line(text) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("\u200b10\u200d042\ufeff", "10042"),
        (" 10042\u00a0", "10042"),
        ("974 760 673", "974 760 673"),
        ("10\n042", "10\n042"),  # seen as two numbers: what is left must be right
        ("10\x00042", "10\x00042"),
        ("P\u2060-1207", "P-1207"),
        ("\u202e", ""),
    ],
)
def test_a_number_loses_what_nobody_sees_and_nothing_else(number: str, expected: str) -> None:
    assert clean_number(number) == expected


@given(st.text())
def test_no_override_or_zero_width_is_left(text: str) -> None:
    left = one_line(text) or ""
    assert not [one for one in left if unicodedata.category(one) == "Cf" and one != "\u200d"]
    assert clean_number(clean_number(text)) == clean_number(text)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Prosjektledelse mai", 19, "Prosjektledelse mai"),
        ("Prosjektledelse mai", 18, "Prosjektledelse…"),
        ("Prosjektledelse mai", 16, "Prosjektledelse…"),
        ("Prosjektledelse mai", 10, "Prosjektl…"),
        ("A Prosjektledelse", 10, "A Prosjek…"),
        ("En lang tekst her", 14, "En lang tekst…"),
        ("Prosjektledelse i mai og juni", 24, "Prosjektledelse i mai…"),
        ("Honorar  for mai", 10, "Honorar…"),
        ("Fire Prosjektledelse", 10, "Fire Pros…"),  # less than half would be left
        ("Fire Prosjekt", 9, "Fire Pro…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ],
)
def test_a_text_is_cut_at_a_word(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected


@given(st.text(), st.integers(0, 30))
def test_a_cut_text_is_never_longer_than_its_limit_and_begins_as_the_text_did(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit or short == text
    assert text.startswith(short.removesuffix("…"))


@given(st.text())
def test_one_line_can_always_be_sent(text: str) -> None:
    line = one_line(text)
    assert line is None or (line.encode() and line == one_line(line))
