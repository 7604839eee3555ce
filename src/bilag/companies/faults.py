"""Collect everything that is wrong with a company file, so that one message names it all."""

import difflib
from collections.abc import Iterable


class FileFaults:
    """Faults as sentences that begin with the key's full name, and remarks, which do not prevent saving."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.by_name: list[tuple[str, str]] = []
        """The same as pairs of full name and sentence (a `Said` when it exists in both languages)."""
        self.remarks: list[tuple[str, str]] = []

    def add(self, name: str, sentence: str) -> None:
        """Add a fault of the key with this full dotted name."""
        self.faults.append(f"{name} {sentence}" if sentence.endswith("?") else f"{name} {sentence}".rstrip(".") + ".")
        self.by_name.append((name, sentence))

    def remark(self, name: str, sentence: str) -> None:
        """Add a remark about the key."""
        self.remarks.append((name, sentence))

    def unknown(self, name: str, known: Iterable[str]) -> None:
        """Add the fault that there is no such key, and propose the most similar one."""
        known = list(known)
        short = {one.rpartition(".")[2]: one for one in known}
        near = difflib.get_close_matches(name.rpartition(".")[2], short, n=1)
        remedy = f"Did you mean {short[near[0]]}?" if near else f"Known keys: {', '.join(known) or 'none'}."
        self.add(name, f"is not a key of a company file. {remedy}")

    def names(self, name: str) -> bool:
        """Return whether the key has a fault already."""
        return any(fault.startswith(f"{name} ") for fault in self.faults)
