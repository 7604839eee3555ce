"""Texts that a ledger can take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.posting.texts import cut, one_line


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


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Prosjektledelse mai", 19, "Prosjektledelse mai"),
        ("Prosjektledelse mai", 18, "Prosjektledelse…"),
        ("Prosjektledelse mai", 16, "Prosjektledelse…"),
        ("Prosjektledelse mai", 10, "Prosjektl…"),
        ("A Prosjektledelse", 10, "A Prosjek…"),
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
