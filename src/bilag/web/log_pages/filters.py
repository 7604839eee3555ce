"""Parse the filters in the query of a log page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from bilag.posting.selection import OSLO
from bilag.transfers.queries.history import LogFilters, Place, Sort
from bilag.web.whole_numbers import whole_number

LONGEST_NUMBER = 50
YEARS = range(2000, 2200)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass
class Filters:
    """The selection of entries, the texts in the form, and the faults by field."""

    selection: LogFilters
    typed: dict[str, str]
    before: Place | None = None
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """Return the filters as a query string."""
        return urlencode({name: text for name, text in self.typed.items() if text})


def parse_filters(query: Mapping[str, str]) -> Filters:
    """Parse the filters. A value that is not valid becomes a fault and is ignored."""
    typed = {name: query.get(name, "").replace("\x00", "").strip() for name in ("sort", "begin", "end", "number")}
    typed["number"] = typed["number"][:LONGEST_NUMBER]
    if typed["sort"] not in list(Sort):
        typed["sort"] = Sort.ALL.value
    faults: dict[str, str] = {}
    days = {name: _day(typed[name], name, faults) for name in ("begin", "end")}
    first, last = days["begin"], days["end"]
    if first and last and first > last:
        faults["end"] = _("This is before the first day.")
    selection = LogFilters(
        Sort(typed["sort"]),
        _midnight(first) if first else None,
        _midnight(last + timedelta(days=1)) if last else None,
        typed["number"],
    )
    return Filters(selection, typed, place_of(query.get("before", "")), faults)


def place_text(place: Place) -> str:
    """Encode a place for the query string."""
    return f"{(place.at - _EPOCH) // _MICROSECOND}.{place.rank}.{place.pk}"


def place_of(text: str) -> Place | None:
    """Decode a place from the query string; None if the text is not valid."""
    match [whole_number(part) for part in text.split(".")]:
        case [int(microseconds), int(rank), int(pk)]:
            try:
                return Place(_EPOCH + microseconds * _MICROSECOND, rank, pk)
            except OverflowError:
                return None
        case _:
            return None


def _day(text: str, name: str, faults: dict[str, str]) -> date | None:
    """Parse a date, or add a fault."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        faults[name] = _("Enter a valid date.")
        return None
    return day


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), OSLO)
