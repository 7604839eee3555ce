"""A problem: why something cannot be posted, with the facts a user needs to fix it.

A problem carries data only. `bilag.messages` renders the sentences, in the reader's language, when they are shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem.

    `code` is a catalogue key: the hub contract's code where one fits, else Bilag's own. `subject` is canonical English
    that the catalogue can translate: "line 2", "lines 2, 5", "invoice 10042", "customer 10001", "project 1207", "setup
    platform.azets.username", "entry 2" (an entry of a voucher, counted from 1; `PostingPlan.locate` turns it into
    lines). `facts` fill in the sentences, all as text. `said` is the other system's own message.
    """

    code: str
    subject: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    said: str | None = None

    def about(self, subject: str) -> "Problem":
        """Return the same problem with another subject."""
        return replace(self, subject=subject)

    def as_json(self) -> dict[str, Any]:
        """Return a JSON object to store; `from_json` reads it."""
        return {"code": self.code, "subject": self.subject, "facts": dict(self.facts), "said": self.said}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Problem":
        """Read a problem stored by `as_json`."""
        return cls(
            code=str(stored["code"]),
            subject=str(stored.get("subject") or ""),
            facts={str(name): str(value) for name, value in (stored.get("facts") or {}).items()},
            said=stored.get("said"),
        )
