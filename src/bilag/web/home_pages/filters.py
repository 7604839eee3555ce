"""Parse the filters and the order of the list of companies. Unknown values are ignored."""

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from bilag.notifications.console import CompanyState, Sort, Wanted
from bilag.web.whole_numbers import whole_number

LONGEST = 100
LARGEST_PAGE = 10**6
STATES = {
    CompanyState.LIVE: _("Switched on"),
    CompanyState.PAUSED: _("Paused"),
    CompanyState.NEW: _("Not yet switched on"),
    CompanyState.STOPPED: _("Switched off"),
}
ATTENTION = {"yes": _("Needs attention"), "no": _("Nothing needs attention")}
HOUR, DAY, WEEK, MONTH = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1), timedelta(days=30)
AGES = {
    "hour": (HOUR, _("Over an hour")),
    "day": (DAY, _("Over a day")),
    "week": (WEEK, _("Over a week")),
    "month": (MONTH, _("Over a month")),
}
SORTS = {
    Sort.ATTENTION: _("Needs attention"),
    Sort.NAME: _("Company"),
    Sort.STATE: _("Status"),
    Sort.OLDEST: _("Oldest waiting"),
    Sort.POLLED: _("Last sync"),
    Sort.POSTED: _("Last posted"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """The query of the page, as text."""

    q: str = ""
    state: str = ""
    attention: str = ""
    waiting: str = ""
    polled: str = ""
    posted: str = ""
    sort: str = Sort.ATTENTION.value
    """A column; with a minus in front, its reverse order."""

    @property
    def wanted(self) -> Wanted:
        """Return the part of the console that the query requests."""
        waiting, polled, posted = (AGES[age][0] if age else None for age in (self.waiting, self.polled, self.posted))
        attention = {"yes": True, "no": False}.get(self.attention)
        sort, backwards = Sort(self.sort.lstrip("-")), self.sort.startswith("-")
        return Wanted(self.q, self.state, attention, waiting, polled, posted, sort, backwards)

    def address(self, page: int = 1, **changes: str) -> str:
        """Return the filters as a query string, with some of them changed."""
        values: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)} | changes
        if values["sort"] == Sort.ATTENTION:
            values["sort"] = ""
        values["page"] = page if page > 1 else ""
        return "?" + urlencode({name: str(value) for name, value in values.items() if value})


def parse(query: QueryDict) -> tuple[Filters, int]:
    """Read the filters and the number of the page."""

    def one_of(name: str, values: Any) -> str:
        value = query.get(name, "")
        return value if value in set(values) else ""

    sort = query.get("sort", "")
    page = whole_number(query.get("page", ""), LARGEST_PAGE) or 1
    return Filters(
        q=query.get("q", "").replace("\x00", "").strip()[:LONGEST],
        state=one_of("state", CompanyState),
        attention=one_of("attention", ATTENTION),
        waiting=one_of("waiting", AGES),
        polled=one_of("polled", AGES),
        posted=one_of("posted", AGES),
        sort=sort if sort.removeprefix("-") in set(Sort) else Sort.ATTENTION.value,
    ), page
