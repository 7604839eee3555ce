"""A problem: why something cannot be posted, told so that a person can mend it.

A problem carries facts (`code`, `subject`, `facts`, the other system's own words); sentences are made from the
catalogue (`messages/`) in the reader's language, when they are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem.

    `code` is a key of the catalogue: the hub contract's code where one fits, else Bilag's own. `subject` says what it is
    about, in canonical English that the catalogue can translate: "line 2", "lines 2, 5", "invoice 10042",
    "customer 10001", "project 1207", "setup platform.azets.username", "entry 2" (a voucher's entry, counted from 1;
    the plan turns it into lines). `facts` fill the sentences, all as text. `said` is what the other system said itself.
    """

    code: str
    subject: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    said: str | None = None

    def about(self, subject: str) -> "Problem":
        """The same problem, told of `subject`."""
        return replace(self, subject=subject)

    def as_json(self) -> dict[str, Any]:
        """For storing; `from_json` reads it back."""
        return {"code": self.code, "subject": self.subject, "facts": dict(self.facts), "said": self.said}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Problem":
        """A problem from what `as_json` stored."""
        return cls(
            code=str(stored["code"]),
            subject=str(stored.get("subject") or ""),
            facts={str(name): str(value) for name, value in (stored.get("facts") or {}).items()},
            said=stored.get("said"),
        )
