"""How sentences name the accounting system that a company posts to, and the remedies that only that system has.

A sentence of the catalogue writes `<system>` where it means the accounting system ("<System>" at the beginning of a sentence). It
never names one: who renders a sentence for a company says which system is spoken of (`speaking_of`), and otherwise it is "the
accounting system". What is done differently in one system is a `Remedy` of its platform.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from bilag.messages.who import Who

PLACE, BEGINNING = "<system>", "<System>"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do about a problem in one accounting system, in both languages, and who can do it."""

    who: Who
    en: str
    nb: str


@dataclass(frozen=True, slots=True)
class AccountingSystem:
    """An accounting system in sentences: its name as it stands in one, in English and Norwegian, and its own remedies by code."""

    name: tuple[str, str] = ("the accounting system", "regnskapssystemet")
    remedies: Mapping[str, Remedy] = field(default_factory=dict)

    def put_into(self, template: str, language: str) -> str:
        """Return a template with the system's name in its places."""
        name = self.name[language == "nb"]
        return template.replace(PLACE, name).replace(BEGINNING, name[:1].upper() + name[1:])


UNNAMED = AccountingSystem()
"""The accounting system of whoever reads the sentence."""
_spoken_of: ContextVar[Callable[[], AccountingSystem] | None] = ContextVar("spoken_of", default=None)


def spoken_of() -> AccountingSystem:
    """Return the accounting system that sentences are rendered for now."""
    find = _spoken_of.get()
    return UNNAMED if find is None else find()


def speak_of(find: Callable[[], AccountingSystem]) -> None:
    """Render sentences for this system from now on: for the rest of a request, or of a command. It is found when it is needed."""
    _spoken_of.set(find)


@contextmanager
def speaking_of(find: Callable[[], AccountingSystem] | None) -> Iterator[None]:
    """Render sentences for this system while the block runs; None: for none."""
    before = _spoken_of.set(find)
    try:
        yield
    finally:
        _spoken_of.reset(before)
