"""Put a mutant in place of its original, in a process that ends with it."""

import importlib
import sys
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, FunctionType
from typing import Any

from tools.mutants.suites import ROOT


class NotSwappable(Exception):
    """The change is not in the body of a function: the module must be imported with it."""


def swap(file: str, function: str, source: str) -> None:
    """Give the imported function the changed code. Whoever imported the function by name has it too.

    Raises `NotSwappable` if what changed is a constant, a default or a class.
    """
    module = importlib.import_module(_module_name(file))
    original = ROOT / file
    mutated = _code_of(compile(source, str(original), "exec", dont_inherit=True), function)
    live = _live_function(module, function)
    if (
        mutated is None
        or live is None
        or mutated == live.__code__
        or len(mutated.co_freevars) != len(live.__code__.co_freevars)
    ):
        raise NotSwappable
    live.__code__ = mutated


def import_changed(file: str, source: str) -> None:
    """Let the module be the changed one when it is imported."""
    sys.meta_path.insert(0, _Finder(_module_name(file), source))


class _Finder(MetaPathFinder):
    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(fullname, spec.origin, self.source)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self.source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.source, self.path, "exec", dont_inherit=True)


def _module_name(file: str) -> str:
    return file.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _code_of(code: CodeType, function: str) -> CodeType | None:
    return next((one for one in _codes(code) if one.co_qualname == function), None)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const
            yield from _codes(const)


def _live_function(module: Any, function: str) -> FunctionType | None:
    """The function object behind property, classmethod, contextmanager and the like."""
    found: Any = module
    for name in function.split("."):
        found = vars(found).get(name)
        if found is None:
            return None
    for name in ("fget", "__func__", "func", "__wrapped__"):
        found = getattr(found, name, None) or found
    return found if isinstance(found, FunctionType) else None
