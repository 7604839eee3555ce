"""docs/security.md: each line names tests, and each test that is named exists."""

import ast
import re
from functools import cache

import pytest

from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)((?:::\w+)+)`", PAGE)))


@cache
def standing_in(path: str) -> frozenset[str]:
    """The tests of a file, those of classes by `::Class::test`."""
    tree = ast.parse((ROOT / path).read_text())
    found = {f"::{one.name}" for one in tree.body if isinstance(one, ast.FunctionDef)}
    for one in tree.body:
        if isinstance(one, ast.ClassDef):
            found |= {f"::{one.name}::{inner.name}" for inner in one.body if isinstance(inner, ast.FunctionDef)}
    return frozenset(found)


@pytest.mark.parametrize("path", sorted({path for path, _ in NAMED}))
def test_every_test_that_the_page_names_exists(path: str) -> None:
    named = {name for one, name in NAMED if one == path}
    assert named - standing_in(path) == set()


def test_every_threat_on_the_page_has_its_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| threat")]
    assert len(rows) > 40
    assert [row for row in rows if "`tests/" not in row] == []


def test_every_test_of_this_folder_that_shows_a_threat_is_on_the_page() -> None:
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "security").glob("test_*.py")}
    assert files - {path for path, _ in NAMED} == set()
