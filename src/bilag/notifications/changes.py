"""Find the companies whose open problems may have changed since the last comparison: one statement for all companies.

It computes a stamp of everything that open problems depend on (`bilag.inbox.open_problems`), and returns the companies whose
stamp changed. Problems that depend on time alone, such as a poll that has failed for six hours, are checked now and then.
"""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from bilag.jobs import backoff
from bilag.transfers.models import State
from bilag.transfers.queries.polls import SILENT_FOR

ANYWAY = timedelta(hours=1)
"""A company is looked at this often although its stamp is the same."""
SILENT_AGAIN = timedelta(minutes=10)
"""The same interval for a company whose polls have not succeeded lately."""
LATEST_RUNS = 50_000
"""Reconciliations and sign-offs older than this many count as unchanged, so that the statement does not read all of them."""

CHANGED = """
with transfers as (
    select company_id, concat_ws(',', count(*), max(id), sum(hashtext(problems::text)::bigint)) as stamp
    from transfers_transfer where state = %(attention)s group by company_id
), open_lines as (
    select id, company_id, problems, documents from expenses_expenseline where state = %(attention)s
    union select id, company_id, problems, documents from expenses_expenseline where needs_review
), lines as (
    select company_id, concat_ws(',', count(*), max(id), sum(hashtext(problems::text || documents::text)::bigint)) as stamp
    from open_lines group by company_id
), runs as (
    select company_id, concat_ws(',', max(id), max(ended_at)) as stamp from reconciliation_reconciliation
    where ended_at is not null and id > (select coalesce(max(id), 0) - %(latest)s from reconciliation_reconciliation)
    group by company_id
), signs as (
    select company_id, max(id)::text as stamp from reconciliation_signoff
    where id > (select coalesce(max(id), 0) - %(latest)s from reconciliation_signoff)
    group by company_id
), ledgers as (
    select company_id, concat_ws(',', id, hashtext(ahead::text)) as stamp from companies_ledger where left_at is null
), polls as (
    select company_id, min(polled_at) as oldest from transfers_pollmark group by company_id
), causes as (
    select distinct company_id from notifications_opencause where closed_at is null
), stamps as (
    select company.id, md5(concat_ws('|', setup.version, company.live, hashtext(company.paused::text),
        coalesce(transfers.stamp, '-'), coalesce(lines.stamp, '-'), coalesce(runs.stamp, '-'), coalesce(signs.stamp, '-'),
        coalesce(ledgers.stamp, '-'), (
            select problem ->> 'code' from expenses_expenseimport
            where company_id = company.id and ended_at is not null order by id desc limit 1
        ), floor(%(now)s / %(anyway)s + company.id / 60.0),
        case when coalesce(polls.oldest < to_timestamp(%(now)s - %(silent)s), true) then floor(%(now)s / %(silent_again)s) end
    )) as stamp
    from companies_company company
    join companies_integrationsetup setup on setup.company_id = company.id
    left join transfers on transfers.company_id = company.id
    left join lines on lines.company_id = company.id
    left join runs on runs.company_id = company.id
    left join signs on signs.company_id = company.id
    left join ledgers on ledgers.company_id = company.id
    left join polls on polls.company_id = company.id
    where company.live or company.id in (select company_id from causes)
)
select stamps.id, stamps.stamp from stamps
left join notifications_lastlook look on look.company_id = stamps.id
where look.stamp is distinct from stamps.stamp order by stamps.id
"""


def find_changed() -> list[tuple[int, str]]:
    """Return the companies to look at, with their present stamps, to be stored with the look (`LastLook`).

    Only companies that are live or have an open problem that people were notified of.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            CHANGED,
            {
                "attention": State.NEEDS_ATTENTION,
                "latest": LATEST_RUNS,
                "now": timezone.now().timestamp(),
                "anyway": _seconds(ANYWAY),
                "silent": _seconds(SILENT_FOR),
                "silent_again": _seconds(SILENT_AGAIN),
            },
        )
        return [(int(company_id), str(stamp)) for company_id, stamp in cursor.fetchall()]


def _seconds(pause: timedelta) -> float:
    return max(1.0, backoff.scaled(pause).total_seconds())
