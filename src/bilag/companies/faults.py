"""Collects what is wrong with a company file, so that all of it is told at once."""

import difflib
from collections.abc import Iterable


class FileFaults:
    """Faults as sentences that begin with the key's full name, and remarks that are no faults."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.by_name: list[tuple[str, str]] = []
        """The same, the key's full name apart from what is said of it (`Said` where it is known in two languages)."""
        self.remarks: list[tuple[str, str]] = []

    def add(self, name: str, sentence: str) -> None:
        """`name` is the key's full dotted name."""
        self.faults.append(f"{name} {sentence}" if sentence.endswith("?") else f"{name} {sentence}".rstrip(".") + ".")
        self.by_name.append((name, sentence))

    def remark(self, name: str, sentence: str) -> None:
        """Something to know of the key that is no fault."""
        self.remarks.append((name, sentence))

    def unknown(self, name: str, known: Iterable[str]) -> None:
        """A key that there is not; the likeliest one is proposed."""
        known = list(known)
        short = {one.rpartition(".")[2]: one for one in known}
        near = difflib.get_close_matches(name.rpartition(".")[2], short, n=1)
        remedy = f"Did you mean {short[near[0]]}?" if near else f"Known keys: {', '.join(known) or 'none'}."
        self.add(name, f"is not a key of a company file. {remedy}")

    def names(self, name: str) -> bool:
        """Whether something is said of this key already."""
        return any(fault.startswith(f"{name} ") for fault in self.faults)
