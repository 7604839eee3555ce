"""What an address of the list asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.http import urlencode

from bilag.transfers.models import Kind, State

NAMES = ("q", "kind", "state", "begin", "end", "sort", "cause")
SORTS = ("newest", "oldest", "done", "total")
LONGEST = 100
YEARS = range(2000, 2200)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which transfers, in which order. What could not be understood is left out."""

    q: str = ""
    kind: str = ""
    state: str = ""
    begin: date | None = None
    end: date | None = None
    sort: str = "newest"
    cause: str = ""

    def address(self, **changes: str) -> str:
        """The wish as a query of an address, with some of it changed."""
        values: dict[str, Any] = {name: getattr(self, name) for name in NAMES} | changes
        if values["sort"] == "newest":
            values["sort"] = ""
        return "?" + urlencode({name: str(value) for name, value in values.items() if value})

    @property
    def asks_for_something(self) -> bool:
        """Whether anything is left out of the list."""
        return bool(self.q or self.kind or self.state or self.begin or self.end or self.cause)


def parse_filters(query: Mapping[str, str]) -> Filters:
    """The wish of a query."""
    text = {name: query.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in NAMES}
    return Filters(
        q=text["q"],
        kind=text["kind"] if text["kind"] in set(Kind) else "",
        state=text["state"] if text["state"] in set(State) else "",
        begin=_day(text["begin"]),
        end=_day(text["end"]),
        sort=text["sort"] if text["sort"] in SORTS else "newest",
        cause=text["cause"],
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None
