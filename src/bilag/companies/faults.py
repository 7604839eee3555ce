"""Collects what is wrong with a company file, so that all of it is told at once."""

import difflib
from collections.abc import Iterable


class FileFaults:
    """Faults as sentences that begin with the key's full name, and remarks that are no faults."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.remarks: list[str] = []

    def add(self, name: str, sentence: str) -> None:
        """`name` is the key's full dotted name."""
        self.faults.append(f"{name} {sentence}".rstrip(".") + ".")

    def unknown(self, name: str, known: Iterable[str]) -> None:
        """A key that there is not; the likeliest one is proposed."""
        known = list(known)
        short = {one.rpartition(".")[2]: one for one in known}
        near = difflib.get_close_matches(name.rpartition(".")[2], short, n=1)
        cure = f"Did you mean {short[near[0]]}?" if near else f"Known are {', '.join(known) or 'none'}."
        self.faults.append(f"{name} is no key of a company file. {cure}")

    def names(self, name: str) -> bool:
        """Whether something is said of this key already."""
        return any(fault.startswith(f"{name} ") for fault in self.faults)

    def raise_if_any(self, error: type[Exception]) -> None:
        """Raise `error` with all faults, if there are any."""
        if self.faults:
            raise error(self.faults)
