"""Name the accounting system of a company in the sentences about it (`bilag.messages.accounting_system`)."""

from contextlib import AbstractContextManager
from functools import partial

from bilag.messages.accounting_system import UNNAMED, AccountingSystem, speaking_of
from bilag.platforms.base import PlatformKind, Said
from bilag.platforms.registry import platform_kinds


def system_of(name: str) -> AccountingSystem:
    """Return how sentences name the platform of this name. One that is not here any more has no name."""
    kind = platform_kinds().get(name)
    return UNNAMED if kind is None else spoken_as(kind)


def spoken_as(kind: PlatformKind) -> AccountingSystem:
    """Return how sentences name a platform: as it says itself, or else by its label."""
    if kind.spoken is not None:
        return kind.spoken
    return AccountingSystem((label_of(kind.name, "en"), label_of(kind.name, "nb")))


def label_of(name: str, language: str) -> str:
    """Return a platform's label, "PowerOffice Go"; of one that is not here any more, its name."""
    kind = platform_kinds().get(name)
    if kind is None:
        return name.replace("_", " ").capitalize()
    return kind.label.in_language(language) if isinstance(kind.label, Said) else kind.label


def speaking_of_platform(name: str) -> AbstractContextManager[None]:
    """Render sentences for a company of this platform while the block runs."""
    return speaking_of(partial(system_of, name))
