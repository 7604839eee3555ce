"""Notes: what a plan changed or added that a user may want to know. A note never stops a posting."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Note:
    """One note. `code` is a key of `bilag.messages.notes.NOTES`; `facts` fill in its sentence.

    `positions` are the invoice lines it concerns.
    """

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)
    positions: tuple[int, ...] = ()
