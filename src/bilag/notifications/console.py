"""All companies at once, for the operator's console and `bilag status`: state, problems, latest times.

A page of the list is one statement. Figures of all companies are read once, from an index of open transfers. The times of last
posted vouchers are read only for the companies shown, unless the list is sorted or filtered by them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from bilag.companies.norwegian_order import sort_key
from bilag.messages.problem_json import problem_as_json
from bilag.posting.problem import Problem


class CompanyState(StrEnum):
    """Whether a company's transfers run."""

    LIVE = "live"
    PAUSED = "paused"
    NEW = "new"
    """It was never switched on."""
    STOPPED = "stopped"
    """It was switched on, and is off now."""


class Sort(StrEnum):
    """The columns that the list is sorted by."""

    ATTENTION = "attention"
    NAME = "name"
    STATE = "state"
    OLDEST = "oldest"
    POLLED = "polled"
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The requested part of the list. An empty filter shows all; `backwards` reverses the usual order of the column."""

    search: str = ""
    state: str = ""
    attention: bool | None = None
    waiting_over: timedelta | None = None
    """Companies in which a transfer has been waiting for longer."""
    polled_over: timedelta | None = None
    """Companies that were polled longer ago, or never."""
    posted_over: timedelta | None = None
    """Companies whose last voucher was posted longer ago, or that have posted none."""
    sort: Sort = Sort.ATTENTION
    backwards: bool = False
    company: int | None = None
    """The id of the only company to show."""

    @property
    def narrows(self) -> bool:
        """Whether any filter is set."""
        some = (self.search, self.state, self.waiting_over, self.polled_over, self.posted_over)
        return self.attention is not None or any(some)


class CompanyStatus(NamedTuple):
    """One company."""

    id: int
    slug: str
    name: str
    organisation_number: str | None
    state: str
    paused: dict[str, Any] | None
    """The problem that it is paused for."""
    transfers: int
    """How many transfers need attention."""
    expenses: int
    """How many expense lines need attention."""
    months: int
    """How many months have differences that nobody signed."""
    poll: dict[str, Any] | None
    """The problem that Moment has not been read for hours."""
    imports: dict[str, Any] | None
    """Why expense imports fail."""
    ahead: dict[str, Any] | None
    """What its ledger has that Bilag does not know."""
    oldest: datetime | None
    """When the oldest transfer was received that is not done."""
    polled: datetime | None
    needs_attention: bool
    found: int
    """How many companies match, on all pages."""
    posted: datetime | None
    """When its last voucher was posted."""

    @property
    def pause(self) -> Problem | None:
        """The problem that it is paused for."""
        return Problem.from_json(self.paused) if self.paused is not None and self.state == CompanyState.PAUSED else None


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of all companies that the reader may see."""

    companies: int
    needing_attention: int
    by_state: Mapping[str, int]


STATE = """case when company.live and company.paused is not null then 'paused' when company.live then 'live'
    when company.live_since is null then 'new' else 'stopped' end"""
FIGURED = f"""
with figured as (
    select company.id, company.slug, company.name, company.organisation_number, {STATE} as state, company.paused,
        coalesce(open.transfers, 0) as transfers, coalesce(lines.expenses, 0) as expenses,
        coalesce(causes.months, 0) as months, causes.poll, causes.imports, ledger.ahead, open.oldest, polls.polled,
        coalesce(open.transfers, 0) + coalesce(lines.expenses, 0) + coalesce(causes.months, 0) > 0
            or (company.live and company.paused is not null) or ledger.ahead is not null or causes.poll is not null
            or causes.imports is not null
            as needs_attention
    from companies_company company
    left join (
        select company_id, count(*) filter (where state = 'needs_attention') as transfers, min(hinted_at) as oldest
        from transfers_transfer where state not in ('done', 'skipped') group by company_id
    ) open on open.company_id = company.id
    left join (
        select company_id, count(*) as expenses from (
            select company_id from expenses_expenseline where state = 'needs_attention' and not needs_review
            union all select company_id from expenses_expenseline where needs_review
        ) each_line group by company_id
    ) lines on lines.company_id = company.id
    left join (
        select company_id, max(polled_at) as polled from transfers_pollmark group by company_id
    ) polls on polls.company_id = company.id
    left join (
        select company_id, count(distinct problem -> 'facts' ->> 'month') filter (where key like 'reconciliation|%%')
                as months,
            (array_agg(problem) filter (where key like 'poll|%%'))[1] as poll,
            (array_agg(problem) filter (where key like 'import|%%'))[1] as imports
        from notifications_opencause
        where closed_at is null and (key like 'reconciliation|%%' or key like 'poll|%%' or key like 'import|%%')
        group by company_id
    ) causes on causes.company_id = company.id
    left join companies_ledger ledger
        on ledger.company_id = company.id and ledger.left_at is null and ledger.ahead is not null
    where %(operator)s or company.id in (select company_id from members_membership where user_id = %(user)s)
)
"""  # noqa: S608 - only fixed texts and placeholders
POSTED = """(
    select max(done_at) from transfers_transfer
    where company_id = {company}.id and kind in ('invoice', 'accrued') and state = 'done'
)"""
WITH_POSTED = f"(select figured.*, {POSTED.format(company='figured')} as posted from figured offset 0) every_one"  # noqa: S608 - fixed texts
"""`offset 0`: PostgreSQL looks up each last voucher once, not wherever it is named."""
PAGE = """, chosen as (
    select *, count(*) over () as found from {source} where {where} order by {order} limit %(limit)s offset %(offset)s
)
select {columns} from chosen order by {order}
"""
TOTALS = "select state, count(*), count(*) filter (where needs_attention) from figured group by state"
SERIOUS = "(state = 'paused' or ahead is not null)"
BUSY = "transfers + expenses + months"
ORDERS = {
    Sort.ATTENTION: (f"needs_attention desc, {SERIOUS} desc, {BUSY} desc, oldest nulls last",
                     f"needs_attention, {SERIOUS}, {BUSY}, oldest desc nulls first"),
    Sort.NAME: ("", "{name} desc"),
    Sort.STATE: ("{state}", "{state} desc"),
    Sort.OLDEST: ("oldest nulls last", "oldest desc nulls last"),
    Sort.POLLED: ("polled nulls first", "polled desc nulls last"),
    Sort.POSTED: ("posted nulls first", "posted desc nulls last"),
}  # fmt: skip
"""The usual order of each column, what matters most first, and the reverse. Equals follow by name."""
STATE_ORDER = "array_position(array['paused', 'stopped', 'new', 'live'], state)"
FILTERS = {
    "search": """(strpos({name}, {searched}) > 0 or strpos(slug, lower(%(search)s)) > 0
        or replace(organisation_number, ' ', '') = replace(%(search)s, ' ', ''))""",
    "company": "id = %(company)s",
    "state": "state = %(state)s",
    "attention": "needs_attention = %(attention)s",
    "waiting_over": "oldest < %(now)s - %(waiting_over)s",
    "polled_over": "(polled is null or polled < %(now)s - %(polled_over)s)",
    "posted_over": "(posted is null or posted < %(now)s - %(posted_over)s)",
}


def companies(
    wanted: Wanted, *, user_id: int | None, operator: bool, limit: int | None = None, offset: int = 0
) -> list[CompanyStatus]:
    """Return the companies that match: all of an operator (`user_id` None: of the command line), else those of the user."""
    by_posted = wanted.sort is Sort.POSTED or wanted.posted_over is not None
    name = sort_key("name")
    columns = [field for field in CompanyStatus._fields if field != "posted"]
    columns.append("posted" if by_posted else f"{POSTED.format(company='chosen')} as posted")
    given = {field: getattr(wanted, field) for field in FILTERS if getattr(wanted, field) not in (None, "")}
    where = [FILTERS[field].format(name=name, searched=sort_key("%(search)s::text")) for field in given]
    order = ORDERS[wanted.sort][wanted.backwards].format(name=name, state=STATE_ORDER)
    statement = FIGURED + PAGE.format(
        source=WITH_POSTED if by_posted else "figured",
        where=" and ".join(where) or "true",
        order=", ".join(filter(None, [order, name, "id"])),
        columns=", ".join(columns),
    )
    page = {"operator": operator, "user": user_id, "now": timezone.now(), "limit": limit, "offset": offset}
    with connection.cursor() as cursor:
        cursor.execute(statement, {**given, **page})
        rows = [CompanyStatus(*row) for row in cursor.fetchall()]
    return [
        row._replace(**{name: _read(getattr(row, name)) for name in ("paused", "poll", "imports", "ahead")})
        for row in rows
    ]


def totals(*, user_id: int | None, operator: bool) -> Totals:
    """Count the companies of an operator, or of the user, by state."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURED + TOTALS, {"operator": operator, "user": user_id})
        rows = cursor.fetchall()
    by_state = {state: count for state, count, _needing in rows}
    return Totals(sum(by_state.values()), sum(needing for *_, needing in rows), by_state)


def as_json(one: CompanyStatus) -> dict[str, Any]:
    """Return one company, as `bilag status --json` returns it."""

    def at(time: datetime | None) -> str | None:
        return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if time is not None else None

    return {
        "company": one.slug,
        "name": one.name,
        "organisationNumber": one.organisation_number,
        "state": one.state,
        "needsAttention": one.needs_attention,
        "paused": problem_as_json(one.pause, "en") if one.pause is not None else None,
        "transfers": one.transfers,
        "expenses": one.expenses,
        "monthsWithDifferences": one.months,
        "ledgerAhead": one.ahead is not None,
        "syncFailing": one.poll is not None,
        "importFailing": one.imports is not None,
        "oldestWaitingAt": at(one.oldest),
        "lastSyncAt": at(one.polled),
        "lastPostedAt": at(one.posted),
    }


def _read(stored: Any) -> Any:
    """Read JSON, which Django's cursor gives as text."""
    return json.loads(stored) if isinstance(stored, str) else stored
