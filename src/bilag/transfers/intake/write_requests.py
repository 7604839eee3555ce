"""Write requests on the rows of their transfers, in one statement for any number of transfers and companies.

The statement inserts missing rows, and locks and changes the others. Rows are locked in one order, so that two lists in
opposite orders cannot deadlock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from bilag.posting.selection import DECIDED, TO_TRANSFER
from bilag.transfers.models import ACTIVE

Key = tuple[int, str, str]
"""Company, kind and number, which name a transfer of the company's present source."""


@dataclass(slots=True)
class Asked:
    """All that one list requests of one transfer."""

    key: Key
    moment_id: int | None
    """The first id that a request names."""
    version: int | None
    """Moment's version in the first request: the later ones find the transfer queued."""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Written:
    """A transfer after the write. `needs_job`: it is new, or the request queued or hurried it, and its company is open."""

    pk: int
    requested_at: datetime | None
    """When it was queued: by this request, or by an earlier one."""
    needs_job: bool


WRITE = """
insert into transfers_transfer as row (
    company_id, source_id, kind, number, moment_id, moment_version, request_count, cause, manual, manual_at, export_status,
    state, problems, failures, hinted_at, requested_at, created_at, updated_at
)
select source.company_id, source.id, asked.kind, asked.number, asked.moment_id, asked.version, asked.times,
    %(cause)s, %(manual)s, case when %(manual)s then %(now)s end, case when %(manual)s and %(as_known)s then %(to_transfer)s end,
    'queued', '[]', 0, %(now)s, %(now)s, %(now)s, %(now)s
from unnest(%(companies)s::bigint[], %(kinds)s::text[], %(numbers)s::text[], %(ids)s::bigint[], %(versions)s::bigint[],
    %(times)s::integer[]) as asked (company, kind, number, moment_id, version, times)
join companies_source source on source.company_id = asked.company and source.left_at is null
order by source.id, asked.kind, asked.number
on conflict (source_id, kind, number) do update set (
    request_count, cause, moment_id, updated_at,
    manual, manual_at, export_status, failures, failing_since,
    hinted_at, moment_version, state, requested_at, next_at
) = (
    select row.request_count + excluded.request_count, coalesce(nullif(excluded.cause, ''), row.cause),
        coalesce(nullif(row.moment_id, 0), excluded.moment_id), excluded.updated_at,
        row.manual or excluded.manual,
        case when excluded.manual then excluded.manual_at else row.manual_at end,
        case when not excluded.manual then row.export_status
            when %(as_known)s then coalesce(nullif(row.export_status, ''), excluded.export_status) end,
        -- that it failed is remembered: its success wakes others
        case when excluded.manual then least(row.failures, 1) else row.failures end,
        case when not excluded.manual then row.failing_since end,
        case when is_queued and (excluded.moment_version <> row.moment_version or excluded.manual and row.state = 'skipped')
            then excluded.hinted_at else row.hinted_at end,
        case when is_queued then coalesce(excluded.moment_version, row.moment_version) else row.moment_version end,
        case when is_queued then excluded.state else row.state end,
        case when is_queued then excluded.requested_at else row.requested_at end,
        case when not (is_queued or excluded.manual and row.state <> 'sending') then row.next_at end
    from (
        select row.state <> all(%(active)s) and (excluded.manual or not (
            row.state = 'skipped' and coalesce(row.reason = any(%(decided)s), false)
            or row.state = 'needs_attention' and row.failing_since is not null
        ))
    ) as judged (is_queued)
)
returning row.company_id, row.kind, row.number, row.id, row.requested_at,
    (row.requested_at = %(now)s or %(manual)s and row.state <> 'sending') and exists (
        select 1 from companies_company company where company.id = row.company_id and company.live and company.paused is null
    )
"""


def gathered(requests: Iterable[tuple[Key, int | None, int | None]]) -> list[Asked]:
    """Gather requests (key, Moment's id, Moment's version) by transfer, in the order of their first ones."""
    found: dict[Key, Asked] = {}
    for key, moment_id, version in requests:
        asked = found.get(key)
        if asked is None:
            found[key] = Asked(key, moment_id, version)
        else:
            asked.times += 1
            asked.moment_id = asked.moment_id or moment_id
    return list(found.values())


def write_requests(
    asked: Sequence[Asked], now: datetime, *, manual: bool, as_known: bool, cause: str
) -> dict[Key, Written]:
    """Write the requests, each key once; return the transfers by key. In a transaction.

    `manual`, `as_known` and `cause` (at most 300 characters) as `accept` has them. A company without a present source has no
    transfer in the result.
    """
    if not asked:
        return {}
    given: dict[str, Any] = {
        "companies": [one.key[0] for one in asked],
        "kinds": [one.key[1] for one in asked],
        "numbers": [one.key[2] for one in asked],
        "ids": [one.moment_id for one in asked],
        "versions": [one.version for one in asked],
        "times": [one.times for one in asked],
        "now": now,
        "manual": manual,
        "as_known": as_known,
        "cause": cause,
        "to_transfer": TO_TRANSFER,
        "active": list(ACTIVE),
        "decided": list(DECIDED),
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, given)
        rows = cursor.fetchall()
    return {(company, kind, number): Written(*values) for company, kind, number, *values in rows}
