"""Put a mutant in place of its original, in a process that ends with it."""

import importlib
import sys
from collections.abc import Iterator
from enum import EnumMeta
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tools.mutants.suites import ROOT

MISSING = object()


def put_in_place(file: str, function: str, source: str) -> None:
    """Let everybody who has imported the file have the changed code. Raises what an import of the changed file raises."""
    module = importlib.import_module(
        file.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    )
    code = compile(source, str(ROOT / file), "exec", dont_inherit=True)
    live = _live_function(module, function)
    changed = next((one for one in _codes(code) if one.co_qualname == function), None)
    if live is None or changed is None or changed == live.__code__ or not _replace(live, changed):
        _define_again(module, code)


def _replace(live: FunctionType, code: CodeType) -> bool:
    """Give a function other code. Whoever imported it by name has it too."""
    if len(code.co_freevars) != len(live.__code__.co_freevars):
        return False
    live.__code__ = code
    return True


def _define_again(module: ModuleType, code: CodeType) -> None:
    """Execute the changed file, and give its constants, defaults and methods to those who have imported the file.

    Classes stay the same objects, so that what exists is still of them.
    """
    made = ModuleType(module.__name__)
    made.__dict__.update({name: vars(module)[name] for name in ("__file__", "__package__")})
    exec(code, made.__dict__)
    for name, new in vars(made).items():
        old = vars(module).get(name, MISSING)
        if name.startswith("__") or old is MISSING:
            continue
        if isinstance(new, type | FunctionType) and new.__module__ == module.__name__:
            _take_over(old, new)
        elif new is not old and new != old:
            for other in list(sys.modules.values()):
                if vars(other).get(name, MISSING) is old:
                    setattr(other, name, new)


def _take_over(old: Any, new: Any) -> None:
    """Give the old class or function what the new one has."""
    if isinstance(new, FunctionType) and isinstance(old, FunctionType):
        _replace(old, new.__code__)
        old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
    elif isinstance(new, type) and not isinstance(new, EnumMeta):
        for name, value in list(vars(new).items()):
            before = vars(old).get(name, MISSING)
            if isinstance(value, FunctionType):
                _take_over(before, value)
            elif isinstance(value, int | str | tuple | frozenset) and not name.startswith("__") and value != before:
                setattr(old, name, value)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const
            yield from _codes(const)


def _live_function(module: ModuleType, function: str) -> FunctionType | None:
    """The function object behind property, classmethod, contextmanager and the like."""
    found: Any = module
    for name in function.split("."):
        found = vars(found).get(name)
        if found is None:
            return None
    for name in ("fget", "__func__", "func", "__wrapped__"):
        found = getattr(found, name, None) or found
    return found if isinstance(found, FunctionType) else None
