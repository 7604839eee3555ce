"""Parse the filters in the query of the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.http import urlencode

from bilag.transfers.models import Kind, State
from bilag.transfers.queries.causes import LONGEST_KEY

NAMES = ("q", "kind", "state", "begin", "end", "sort", "cause", "reason")
SORTS = ("newest", "oldest", "done", "done_first", "total", "total_least")
REASONS = ("excluded",)
"""Reasons that the list can be filtered by. `excluded`: a person excluded it and has to post it manually."""
LONGEST = 100
YEARS = range(2000, 2200)


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters and the sort order of the list."""

    q: str = ""
    kind: str = ""
    state: str = ""
    begin: date | None = None
    end: date | None = None
    sort: str = "newest"
    cause: str = ""
    reason: str = ""

    def address(self, **changes: str) -> str:
        """Return the filters as a query string, with some of them changed."""
        values: dict[str, Any] = {name: getattr(self, name) for name in NAMES} | changes
        if values["sort"] == "newest":
            values["sort"] = ""
        return "?" + urlencode({name: str(value) for name, value in values.items() if value})

    @property
    def narrows(self) -> bool:
        """Whether the filters leave out any transfers."""
        return bool(self.q or self.kind or self.state or self.begin or self.end or self.cause or self.reason)


def parse_filters(query: Mapping[str, str]) -> Filters:
    """Parse the filters. A value that is not valid is ignored."""
    text = {name: query.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in NAMES}
    text["cause"] = query.get("cause", "").replace("\x00", "")[:LONGEST_KEY]
    return Filters(
        q=text["q"],
        kind=text["kind"] if text["kind"] in set(Kind) else "",
        state=text["state"] if text["state"] in set(State) else "",
        begin=_day(text["begin"]),
        end=_day(text["end"]),
        sort=text["sort"] if text["sort"] in SORTS else "newest",
        cause=text["cause"],
        reason=text["reason"] if text["reason"] in REASONS else "",
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None
