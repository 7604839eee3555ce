"""Find the platforms: every folder here with a `PLATFORM`. Adding one changes no other file."""

import importlib
import pkgutil
from functools import cache

import bilag.platforms
from bilag.platforms.base import PlatformKind


@cache
def platform_kinds() -> dict[str, PlatformKind]:
    """Return all platforms by name, ordered by name."""
    kinds = {}
    for module in pkgutil.iter_modules(bilag.platforms.__path__, "bilag.platforms."):
        kind = getattr(importlib.import_module(module.name), "PLATFORM", None) if module.ispkg else None
        if isinstance(kind, PlatformKind):
            kinds[kind.name] = kind
    return kinds
