"""Group the transfers that need attention by cause: the problem, and the account, VAT code, unit or customer that it names.

A fact that the problem's message does not name parts no causes: an inactive VAT code is one cause, whoever the customers are.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from bilag.messages import ENTRIES, facts_of_cause
from bilag.posting.problem import Problem
from bilag.transfers.models import State

FACTS = ("account", "vat_code", "unit", "customer")
SEPARATOR = "|"
GROUPS = """
with parts as (
    select problems #>> '{0,code}' as code,
        array[
            case when problems #>> '{0,code}' = any(%(account)s) then problems #>> '{0,facts,account}' end,
            case when problems #>> '{0,code}' = any(%(vat_code)s) then problems #>> '{0,facts,vat_code}' end,
            case when problems #>> '{0,code}' = any(%(unit)s) then problems #>> '{0,facts,unit}' end,
            case when problems #>> '{0,code}' = any(%(customer)s) then problems #>> '{0,facts,customer}' end
        ] as facts,
        currency, count(*) as count, sum(total) as total, max(id) as newest, min(hinted_at) as since,
        max(updated_at) as last_seen
    from transfers_transfer where company_id = %(company)s and state = %(state)s
    group by 1, 2, 3
), causes as (
    select code, facts, sum(count) as count, max(newest) as newest, min(since) as since, max(last_seen) as last_seen,
        jsonb_object_agg(currency, total::text order by currency)
            filter (where currency is not null and total is not null) as amounts
    from parts group by 1, 2 order by count desc, newest desc limit %(most)s
)
select causes.code, facts, count, problems -> 0, kind, number, since, last_seen, amounts
from causes join transfers_transfer on id = newest order by count desc, newest desc
"""
"""`facts` are those that `FACTS` names, in its order. Each comes with the codes whose message names it."""
NAMED_IN = {fact: [code for code in ENTRIES if fact in facts_of_cause(code)] for fact in FACTS}


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: its key in addresses, the count of its transfers, and the problem, kind and number of the newest.

    `since`: when the first of them was received; `last_seen`: when one of them was last tried or received again; `amounts`: their
    totals with VAT by currency, credit notes negative; empty for customers and projects.
    """

    key: str
    count: int
    problem: Problem
    kind: str
    number: str
    since: datetime
    last_seen: datetime
    amounts: Mapping[str, Decimal]


def causes(company_id: int, most: int) -> list[Cause]:
    """The causes with the most transfers, at most `most`."""
    with connection.cursor() as cursor:
        cursor.execute(GROUPS, {"company": company_id, "state": State.NEEDS_ATTENTION, "most": most, **NAMED_IN})
        return [_cause(*row) for row in cursor.fetchall()]


def of_cause(key: str) -> Q:
    """The condition for the transfers of a cause. A key that names no cause matches nothing."""
    code, *values = [*key.split(SEPARATOR), *[""] * len(FACTS)]
    condition = Q(state=State.NEEDS_ATTENTION, problems__0__code=code)
    for name, value in zip(FACTS, values, strict=False):
        if code not in NAMED_IN[name]:
            continue
        fact = f"problems__0__facts__{name}"
        condition &= Q(**{fact: value}) if value else Q(**{f"{fact}__isnull": True}) | Q(**{fact: ""})
    return condition


def _cause(
    code: str | None,
    facts: list[str | None],
    count: Any,
    problem: str | None,
    kind: str,
    number: str,
    since: datetime,
    last_seen: datetime,
    amounts: str | None,
) -> Cause:
    """A row of `GROUPS`."""
    key = SEPARATOR.join(value or "" for value in (code, *facts)).rstrip(SEPARATOR)
    stored = json.loads(problem) if problem else {"code": "unknown"}
    sums = {currency: Decimal(total) for currency, total in json.loads(amounts or "{}").items()}
    return Cause(key, int(count), Problem.from_json(stored), kind, number, since, last_seen, sums)
