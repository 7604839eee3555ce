"""The runner of `make mutants`: a change reaches everybody who has imported it, and each explanation belongs to a file."""

import os
import tomllib
from collections.abc import Callable
from decimal import Decimal

import pytest

from bilag.posting.balance import TOLERANCE_PER_LINE
from bilag.posting.grouping import group_lines
from bilag.posting.kid import passes_mod10
from bilag.posting.note import Note
from bilag.posting.voucher import Side
from bilag.posting.voucher_builder import kind_of
from tests.support.paths import ROOT
from tests.support.posting.samples import invoice, line
from tools.mutants import explanations
from tools.mutants.apply import put_in_place
from tools.mutants.explanations import Explanations
from tools.mutants.suites import SUITES


def changed_in_a_fork(file: str, function: str, was: str, now: str, noticed: Callable[[], bool]) -> bool:
    """Whether the change is noticed by what this module has imported. It ends with the fork."""
    source = (ROOT / file).read_text()
    assert source.count(was) == 1
    child = os.fork()
    if child == 0:
        status = 2
        try:
            before = noticed()
            put_in_place(file, function, source.replace(was, now))
            status = 1 if not before and noticed() else 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


@pytest.mark.parametrize(
    ("file", "function", "was", "now", "noticed"),
    [
        ("kid", "passes_mod10", "total % 10 == 0", "total % 10 == 1", lambda: not passes_mod10("602243")),
        (
            "voucher",
            "Side.opposite",
            "self is Side.DEBIT",
            "self is Side.CREDIT",
            lambda: Side.DEBIT.opposite == "debit",
        ),
        ("balance", "module", 'Decimal("0.01")', 'Decimal("1.01")', lambda: Decimal(1) < TOLERANCE_PER_LINE),
        (
            "note",
            "Note",
            "positions: tuple[int, ...] = ()",
            "positions: tuple[int, ...] = (1,)",
            lambda: Note("x").positions == (1,),
        ),
        (
            "grouping",
            "group_lines",
            "splitting: Splitting = Splitting()",
            "splitting: Splitting = Splitting(by_project=True)",
            lambda: group_lines([line(project="1")]).groups[0].key.project == "1",
        ),
    ],
    ids=["a function", "a property", "a constant", "a default of a class", "a default of a function"],
)
def test_a_change_reaches_who_imported_it(
    file: str, function: str, was: str, now: str, noticed: Callable[[], bool]
) -> None:
    assert changed_in_a_fork(f"src/bilag/posting/{file}.py", function, was, now, noticed)


def test_a_change_of_something_else_is_not_noticed() -> None:
    kind = kind_of(invoice())
    file = "src/bilag/posting/kid.py"
    assert not changed_in_a_fork(
        file, "passes_mod11", "total % 11) % 11", "total % 11) % 12", lambda: kind_of(invoice()) != kind
    )


def test_each_explanation_names_a_file_and_gives_a_reason() -> None:
    files = [file.removeprefix("src/bilag/") for suite in SUITES for file in suite.files()]
    for file, reasons in tomllib.loads(explanations.FILE.read_text()).items():
        assert file in files
        assert all(reason.strip() for reason in reasons.values())


def test_an_explanation_leaves_out_what_does_not_matter_and_says_when_it_is_not_needed() -> None:
    known = Explanations({"posting/kid.py": {"f: a < b -> …": "never equal", "g: x -> y": "the same"}})
    assert known.of("src/bilag/posting/kid.py", "f: a < b -> a <= b") == "never equal"
    assert known.of("src/bilag/posting/kid.py", "f: a > b -> a >= b") is None
    assert known.of("src/bilag/posting/texts.py", "g: x -> y") is None
    assert known.unused(["src/bilag/posting/kid.py"]) == ["posting/kid.py: g: x -> y"]
