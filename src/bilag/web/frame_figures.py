"""Read all that the frame of a company's page shows in one statement, because most pages need few others."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from bilag.companies.settings import Settings

READ = """
select
    (select count(*) from transfers_transfer where company_id = %(company)s and state = 'needs_attention'),
    (select count(*) from expenses_expenseline where company_id = %(company)s
        and (state = 'needs_attention' or needs_review)),
    (select paused is not null from companies_company where id = %(company)s),
    (select settings from companies_integrationsetup where company_id = %(company)s),
    exists (select from companies_ledger where company_id = %(company)s and left_at is null and ahead is not null),
    array(
        select distinct letter."to" from notifications_letter letter
        where company_id = %(company)s and refused <> '' and written_at > %(since)s and not exists (
            select from notifications_letter later
            where later.company_id = letter.company_id and later."to" = letter."to" and later.id > letter.id
        ) order by 1
    ),
    (select count(*) from (select from members_membership where user_id = %(user)s limit 2) few),
    (select count(*) from notifications_opencause where company_id = %(company)s and closed_at is null
        and (key like 'reconciliation|%%' or key like 'poll|%%' or key like 'import|%%'))
"""
RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class FrameFigures:
    """Counts and switches of a company, and whether the user belongs to several companies."""

    transfers: int
    """How many transfers need attention."""
    expenses: int
    """How many expense lines need attention."""
    paused: bool
    settings: Settings
    ledger_ahead: bool
    rejecting: list[str]
    """Addresses whose mail server recently rejected an email for good."""
    many_companies: bool
    others: int = 0
    """How many months differ, by how, and whether polls or imports fail: as last looked at, at most minutes ago."""

    @property
    def attention(self) -> int:
        """The number of things that need attention: transfers, expense lines, a pause, vouchers that Bilag lacks, and findings
        of the nightly reconciliation, the polls, or the imports.
        """
        return self.transfers + self.expenses + self.paused + self.ledger_ahead + self.others


def frame_figures(company_id: int, user_id: int | None) -> FrameFigures:
    """Read them. `user_id` None: the user belongs to no company."""
    with connection.cursor() as cursor:
        cursor.execute(READ, {"company": company_id, "user": user_id, "since": timezone.now() - RECENT})
        transfers, expenses, paused, settings, ledger_ahead, rejecting, companies, others = cursor.fetchone()
    stored = json.loads(settings or "{}")  # a company that was deleted meanwhile has none
    return FrameFigures(
        transfers, expenses, bool(paused), Settings.from_stored(stored), ledger_ahead, rejecting, companies > 1, others
    )


def frame_of(request: Any) -> FrameFigures:
    """Read the figures for a request's company and user, once per request."""
    found: FrameFigures | None = getattr(request, "frame_figures", None)
    if found is None:
        found = request.frame_figures = frame_figures(request.access.company.pk, getattr(request.user, "pk", None))
    return found
