"""Attempts are read by transfer only through `Attempt.objects.of`, which names the months: anything else would read all of them."""

import ast

from tests.support.paths import ROOT

NAMED = {"of", "this"}
BOUNDED = ("company", "began_at")
"""A query that begins with a company's attempts has an index for it, and is paged or bounded by time."""


def reads() -> list[tuple[str, ast.Call]]:
    """Every call of a method of `Attempt.objects`, with its place."""
    found = []
    for file in sorted((ROOT / "src" / "bilag").rglob("*.py")):
        if "migrations" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_method and ast.unparse(node.func.value) == "Attempt.objects":
                found.append((f"{file.relative_to(ROOT)}:{node.lineno}", node))
    return found


def test_attempts_of_transfers_are_read_from_the_months_since_they_came() -> None:
    calls = reads()
    assert len(calls) > 10
    for place, call in calls:
        assert isinstance(call.func, ast.Attribute)
        bounded = any((keyword.arg or "").startswith(BOUNDED) for keyword in call.keywords)
        assert call.func.attr in NAMED or bounded, f"{place} reads every month: use Attempt.objects.of(transfers)"


def test_no_transfer_is_asked_for_its_attempts_past_it() -> None:
    for file in sorted((ROOT / "src" / "bilag").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and node.attr == "attempts" and isinstance(node.value, ast.Name):
                assert node.value.id in ("self", "transfers", "transfer_queries", "job"), (
                    f"{file}:{node.lineno} {ast.unparse(node)}"
                )
