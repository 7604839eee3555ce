"""Tables for every width: nothing is broken, little is left out, and what is left out is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilag.cli.tables import Layout, lay_out, wrap_words

COLUMNS = ["Kind", "Number ", "Name", "Total ", "State", "Attempts ", "Reason"]
BELOW, LESS = ["Reason"], ["Attempts", "Total", "Name"]
ROW = [
    "invoice", "5307", "Fjordvik Eiendomsforvaltning AS", "1 234 567.00", "needs attention", "3",
    "The KID 12345 has the wrong length or check digit. Compare the KID setting in Moment with the bank agreement.",
]  # fmt: skip


def laid_out(width: int | None, *rows: list[str]) -> Layout:
    return lay_out(COLUMNS, rows or [ROW], width, below=BELOW, less=LESS)


def text_of(layout: Layout) -> str:
    return "\n".join(layout.lines)


def test_without_a_width_a_row_is_one_line_with_everything() -> None:
    layout = laid_out(None)
    assert len(layout.lines) == 2
    assert all(cell in layout.lines[1] for cell in ROW)
    assert layout.left_out == ()


def test_a_wide_terminal_shows_all_and_a_narrow_one_puts_the_sentence_below() -> None:
    assert len(text_of(laid_out(300)).splitlines()) == 2
    layout = laid_out(90)
    heading, row, *sentence = text_of(layout).splitlines()
    assert "Reason" not in heading
    assert all(cell in row for cell in ROW[:6])
    assert " ".join(line.strip() for line in sentence) == ROW[6]
    assert all(line.startswith("    ") for line in sentence)
    assert layout.left_out == ()


def test_the_least_important_columns_go_first() -> None:
    left_out = [laid_out(width).left_out for width in range(90, 20, -1)]
    assert list(dict.fromkeys(left_out)) == [(), ("Attempts",), ("Attempts", "Total"), ("Attempts", "Total", "Name")]


def test_a_column_without_a_value_goes_first_and_nobody_misses_it() -> None:
    row = [*ROW[:3], "", *ROW[4:]]
    layout = laid_out(80, row)
    assert "Total" not in layout.lines[0]
    assert "Attempts" in layout.lines[0]
    assert layout.left_out == ()


def test_several_sentences_are_named() -> None:
    layout = lay_out(["Setting", "Before", "After"], [["Account", "old " * 20, "new"]], 40, below=["Before", "After"])
    text = text_of(layout)
    assert "    Before: old old" in text
    assert "    After: new" in text


def test_wide_and_combining_characters_are_aligned() -> None:
    layout = lay_out(
        ["Name", "Total "], [["日本", "1.00"], ["Åse", "2.00"], ["A\u030ase", "3.00"], ["abcd", "4.00"]], None
    )
    assert [line.rpartition(" ")[2] for line in layout.lines[1:]] == ["1.00", "2.00", "3.00", "4.00"]
    assert [len(line) for line in layout.lines[1:]] == [9, 11, 12, 11]


WORDS = st.text("abcæøå日1234,.-", min_size=1, max_size=12)
CELLS = st.lists(WORDS, max_size=8).map(" ".join)
ROWS = st.lists(st.lists(CELLS, min_size=7, max_size=7), min_size=1, max_size=6)


@given(rows=ROWS, width=st.integers(10, 200))
def test_no_word_is_broken_and_nothing_is_lost_unsaid(rows: list[list[str]], width: int) -> None:
    layout = laid_out(width, *rows)
    shown = text_of(layout).split()
    for place, name in enumerate(COLUMNS):
        if name.strip() not in layout.left_out:
            for row in rows:
                assert set(row[place].split()) <= set(shown), (name, width)


@given(rows=ROWS, width=st.integers(10, 200))
def test_amounts_stay_in_one_piece(rows: list[list[str]], width: int) -> None:
    for row in rows:
        row[3] = "1 234 567.00"
    layout = laid_out(width, *rows)
    if "Total" not in layout.left_out:
        assert text_of(layout).count("1 234 567.00") == len(rows)


@given(text=CELLS, width=st.integers(1, 40))
def test_wrapped_lines_are_no_longer_than_their_words_allow(text: str, width: int) -> None:
    lines = wrap_words(text, width)
    assert " ".join(lines).split() == text.split()
    assert all(len(line) <= max(width, *(len(word) for word in line.split(" "))) or "日" in line for line in lines)


@pytest.mark.parametrize("width", [80, 100, 120])
def test_a_usual_row_fits(width: int) -> None:
    assert max(len(line) for line in text_of(laid_out(width)).splitlines()) <= width
