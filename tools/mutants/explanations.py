"""Which surviving mutants are explained: `explained.toml`, by file, each with its reason.

A name may leave out what does not matter with `…`.
"""

import re
import tomllib
from pathlib import Path

FILE = Path(__file__).with_name("explained.toml")


class Explanations:
    """The list, and which of its lines were needed."""

    def __init__(self, document: dict[str, dict[str, str]]) -> None:
        self._reasons = [
            (file, name, re.compile(".*".join(map(re.escape, name.split("…"))), re.DOTALL), why)
            for file, reasons in document.items()
            for name, why in reasons.items()
        ]
        self._used: set[tuple[str, str]] = set()

    @classmethod
    def load(cls) -> "Explanations":
        return cls(tomllib.loads(FILE.read_text()))

    def of(self, file: str, name: str) -> str | None:
        """Return why the mutant cannot be killed; None if nobody has explained it."""
        for of_file, pattern, matcher, why in self._reasons:
            if file.endswith(of_file) and matcher.fullmatch(name):
                self._used.add((of_file, pattern))
                return why
        return None

    def unused(self, files: list[str]) -> list[str]:
        """Return the lines for these files that explained nothing: their code is gone, or a test kills it now."""
        return [
            f"{file}: {name}"
            for file, name, _, _ in self._reasons
            if (file, name) not in self._used and any(one.endswith(file) for one in files)
        ]
