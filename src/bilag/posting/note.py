"""A note: something that the plan did which a person may want to know, and which stops nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Note:
    """One note. `code` is a key of `catalogue.notes`, `facts` fill its sentence; `positions` are the lines it is about.

    Codes: text_cut, zero_group_left_out, rounding_added, type_by_sign, exchange_rate_rounded.
    """

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)
    positions: tuple[int, ...] = ()
