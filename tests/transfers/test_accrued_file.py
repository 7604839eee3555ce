"""The CSV file of accrued income: what is taken, and how each bad line is told."""

from decimal import Decimal

import django
import pytest
from hypothesis import given
from hypothesis import strategies as st

django.setup()  # amounts name models

HEAD = "project;amount\n"


def read(text: str | bytes) -> list[tuple[str, Decimal]]:
    from bilag.transfers.accrued_income.csv_file import read_amounts

    found = read_amounts(text.encode() if isinstance(text, str) else text)
    return [(one.project, one.amount) for one in found]


def faults(text: str | bytes) -> tuple[str, ...]:
    from bilag.transfers.accrued_income.csv_file import FileFaults

    with pytest.raises(FileFaults) as caught:
        read(text)
    return tuple(map(str, caught.value.faults))


@pytest.mark.parametrize(
    "content",
    [
        "project;amount\n1207;12000.50\n12.07 B;-350\n",
        "Prosjekt;Navn;Beløp\r\n1207;Hus;12 000,50\r\n\r\n12.07 B;;-350\r\n",
        'project,amount\n1207,12000.50\n12.07 B,"-350,00"',
        "amount\tproject\n12000.50\t1207\n-350\t12.07 B\n",
        "\ufeffproject;amount\n 1207 ; 12\u00a0000,50 \n12.07 B;-350\n",
        "prosjekt;beløp\n1207;12000,50\n12.07 B;-350".encode("cp1252"),
    ],
    ids=["plain", "norwegian", "commas", "tabs", "blanks", "windows"],
)
def test_amounts_are_read_as_people_write_them(content: str | bytes) -> None:
    assert read(content) == [("1207", Decimal("12000.50")), ("12.07 B", Decimal("-350.00"))]


def test_every_bad_line_is_told_with_line_and_column_and_nothing_is_taken() -> None:
    assert faults(HEAD + "1207;1.234\n;100\n1208;\n1209;abc\n1210;5\n1207;3\n1211\n") == (
        "line 2, column amount: '1.234' is not an amount. Give an amount such as 12000.00 or -350,50",
        "line 3, column project: is empty. Give the project number in Moment",
        "line 4, column amount: is empty. Give an amount, or 0",
        "line 5, column amount: 'abc' is not an amount. Give an amount such as 12000.00 or -350,50",
        "line 7, column project: '1207' is also on line 2. Give one amount for each project",
        "line 8, column amount: is empty. Give an amount, or 0",
    )
    assert faults(HEAD + "x" * 51 + ";1") == (
        "line 2, column project: is not a project number: give at most 50 characters on one line",
    )


def test_a_file_without_header_or_amounts_says_how_to_begin() -> None:
    assert faults("") == ("line 1: the header is missing. Start the file with: project;amount",)
    assert faults("1207;100\n") == (
        "line 1: column project is missing. Start the file with: project;amount",
        "line 1: column amount is missing. Start the file with: project;amount",
    )
    assert faults(HEAD + "\n") == ("line 2: there are no amounts below the header",)
    assert "more than 5000 lines" in faults(HEAD + "1;1\n" * 5000)[0]


@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=300).map(lambda text: f"project;amount\n{text}".encode("utf-8", "replace")),
        st.sampled_from([b'project;amount\n"' + b"a" * 140_000, b"a" * 140_000, b'"', b"project;amount\n1\x00;2"]),
    )
)
def test_whatever_a_file_holds_gives_amounts_or_faults(content: bytes) -> None:
    from bilag.transfers.accrued_income.csv_file import FileFaults, read_amounts

    try:
        found = read_amounts(content)
    except FileFaults as error:
        said = [str(one) for one in error.faults]
    else:
        said = [one.project for one in found]
    assert said
    assert all(said)
