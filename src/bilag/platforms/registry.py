"""Which platforms there are: every folder here that has a `PLATFORM`. Adding one needs no other file changed."""

import importlib
import pkgutil
from functools import cache

import bilag.platforms
from bilag.platforms.base import PlatformKind


@cache
def platform_kinds() -> dict[str, PlatformKind]:
    """All platforms by name, in order of name."""
    kinds = {}
    for module in pkgutil.iter_modules(bilag.platforms.__path__, "bilag.platforms."):
        kind = getattr(importlib.import_module(module.name), "PLATFORM", None) if module.ispkg else None
        if isinstance(kind, PlatformKind):
            kinds[kind.name] = kind
    return kinds
