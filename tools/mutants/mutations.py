"""Find every mutant of a file, with mutmut's operators."""

import ast
import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import MutationVisitor, _is_enum_class, deep_replace
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

_NAME_OF_TYPES = re.compile(r"([A-Z][a-z]\w*|__all__)( *:[^=]*)? = ")
"""An alias of a type, which only the type checker reads, and the list of what a module exports."""
_LOGGED = re.compile(r"\blog\.(debug|info|warning|error|exception)\(")
"""What the log says is no rule: its calls are not mutated."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file. `name` outlives other changes of the file: it has no line number."""

    name: str
    file: str
    function: str
    line: int
    lines: tuple[int, int]
    """From the first line of the changed statement to the last changed line: who executes none of them cannot notice."""
    source: str
    """The whole file, changed."""
    is_definition: bool
    """Whether it changes a constant, a class or a default: what is executed when the file is imported."""


class _Visitor(MutationVisitor):  # type: ignore[misc]
    """mutmut's, for decorated functions too: here no function is copied. Values of enums are words, and changed nowhere."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.ClassDef) and _is_enum_class(node):
            return all(not isinstance(one, cst.FunctionDef) for one in node.body.body)
        return not isinstance(node, cst.FunctionDef) and bool(super()._skip_node_and_children(node))


def mutants_of(file: str, source: str) -> list[Mutant]:
    """Return the mutants of this file, in mutmut's order."""
    wrapper = MetadataWrapper(cst.parse_module(source))
    visitor = _Visitor(mutation_operators, IgnoredCode(set(), set(), set()))
    wrapper.visit(visitor)
    positions = wrapper.resolve(PositionProvider)
    module, tree = wrapper.module, ast.parse(source)
    lines, starts, at_import = source.splitlines(), _starts(tree), _executed_at_import(tree)
    offsets = [0, *itertools.accumulate(len(line) for line in source.splitlines(keepends=True))]
    found: list[Mutant] = []
    seen: Counter[str] = Counter()
    for mutation in visitor.mutations:
        position = positions[mutation.original_node]
        first, last = position.start.line, position.end.line
        start = starts[first]
        if first in at_import and _NAME_OF_TYPES.match(lines[start - 1]):
            continue
        if _is_other_case(mutation) or any(_LOGGED.search(lines[at - 1]) for at in range(start, last + 1)):
            continue
        span = offsets[first - 1] + position.start.column, offsets[last - 1] + position.end.column
        changed = _changed(module, source, span, mutation)
        function = _function_at(tree, first)
        name = f"{function}: {_difference(lines, changed.splitlines(), first)}"
        seen[name] += 1
        name = name if seen[name] == 1 else f"{name} ({seen[name]})"
        found.append(Mutant(name, file, function, first, (start, last), changed, first in at_import))
    return found


def _changed(module: cst.Module, source: str, span: tuple[int, int], mutation: Any) -> str:
    """The source with the change. libcst could make it itself, in a hundred times as long."""
    if source[span[0] : span[1]] == module.code_for_node(mutation.original_node):
        return source[: span[0]] + str(module.code_for_node(mutation.mutated_node)) + source[span[1] :]
    return str(deep_replace(module, mutation.original_node, mutation.mutated_node).code)


def _is_other_case(mutation: Any) -> bool:
    """Whether only the case of a string is changed. mutmut also makes it another string, which shows the same."""
    was, now = mutation.original_node, mutation.mutated_node
    return isinstance(was, cst.SimpleString) and was.value != now.value and was.value.lower() == now.value.lower()


def _difference(before: list[str], after: list[str], near: int) -> str:
    """The changed lines as they were, and as they are: without indentation, each on one line."""
    first = next(at for at in range(max(near - 3, 0), len(before)) if at >= len(after) or before[at] != after[at])
    shared = min(len(before), len(after)) - first
    same = next((at for at in range(shared) if before[-1 - at] != after[-1 - at]), shared)
    was, now = before[first : len(before) - same], after[first : len(after) - same]
    return f"{' '.join(map(str.strip, was))} -> {' '.join(map(str.strip, now))}"


def _function_at(tree: ast.Module, line: int) -> str:
    """The function around the line as `name` or `Class.method`; the class, or "module", outside functions."""
    names: list[str] = []
    body: list[ast.stmt] = tree.body
    while len(names) < 2:
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        inner = next(
            (one for one in body if isinstance(one, kinds) and _first(one) <= line <= (one.end_lineno or 0)), None
        )
        if inner is None:
            break
        names.append(inner.name)
        if not isinstance(inner, ast.ClassDef):
            break
        body = inner.body
    return ".".join(names) or "module"


def _first(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return min([node.lineno, *(one.lineno for one in node.decorator_list)])


def _executed_at_import(tree: ast.Module) -> set[int]:
    """The lines that are not in the body of a function."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {line for one in functions for line in range(one.body[0].lineno, (one.end_lineno or 0) + 1)}
    return set(range(1, (tree.body[-1].end_lineno or 0) + 1)) - inside if tree.body else set()


def _starts(tree: ast.Module) -> dict[int, int]:
    """For each line, the first line of the innermost statement around it."""
    spans = [(node.lineno, node.end_lineno or 0) for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    return {line: first for first, last in sorted(spans) for line in range(first, last + 1)}
