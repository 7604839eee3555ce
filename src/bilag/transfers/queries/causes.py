"""Group the transfers that need attention by cause: the problem, and the account, VAT code, unit or customer that it names.

Facts that the problem's message does not name do not separate causes: an inactive VAT code is one cause, whoever the customers
are.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce, Left
from django.db.models.lookups import Exact

from bilag.messages import ENTRIES, facts_of_cause
from bilag.posting.problem import Problem
from bilag.transfers.models import State

FACTS = ("account", "vat_code", "unit", "customer")
SEPARATOR, ESCAPE = "|", "\\"
ESCAPED = {ESCAPE: f"{ESCAPE}{ESCAPE}", SEPARATOR: f"{ESCAPE}!"}
"""How a fact escapes the separator of keys."""
LONGEST_FACT = 40
"""The length of a fact that counts: a mistyped number may be as long as a page, and a key may not."""
LONGEST_KEY = 280
"""No key is longer: a code has at most 40 characters, and its message names at most two of the facts."""
UNKNOWN = "unknown"
"""The code of a transfer that needs attention and does not say why."""
FACT = """coalesce(
    left(case when problems #>> '{{0,code}}' = any(%({name})s) then problems #>> '{{0,facts,{name}}}' end, {most}), ''
) collate "C"
"""
"""A fact as a key has it. Bytes are compared instead of text: four times as fast, and only equality matters."""
GROUPS = f"""
with parts as (
    select coalesce(problems #>> '{{0,code}}', '{UNKNOWN}') collate "C" as code,
        array[{", ".join(FACT.format(name=name, most=LONGEST_FACT) for name in FACTS)}] as facts,
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
"""  # noqa: S608 - only fixed texts
"""`facts` are those that `FACTS` names, in its order. Each has the codes whose message names it."""
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
    """Return the causes with the most transfers, at most `most`."""
    with connection.cursor() as cursor:
        cursor.execute(GROUPS, {"company": company_id, "state": State.NEEDS_ATTENTION, "most": most, **NAMED_IN})
        return [_cause(*row) for row in cursor.fetchall()]


def of_cause(key: str) -> Q:
    """Return the condition for the transfers of a cause. A key that names no cause matches nothing."""
    code, *values = [*(_unescaped(part) for part in key.split(SEPARATOR)), *[""] * len(FACTS)]
    condition = Q(state=State.NEEDS_ATTENTION) & _is(KeyTextTransform("code", _first()), code, UNKNOWN)
    for name, value in zip(FACTS, values, strict=False):
        if code in NAMED_IN[name]:
            fact = Left(KeyTextTransform(name, KeyTransform("facts", _first())), LONGEST_FACT)
            condition &= _is(fact, value, "")
        elif value:
            condition &= Q(pk__in=[])
    return condition


def _first() -> KeyTransform:
    """Return the first problem of a transfer."""
    return KeyTransform(0, "problems")


def _is(stored: Any, value: str, absent: str) -> Q:
    """Return the condition that a text equals `value`; a missing text counts as `absent`."""
    return Q(Exact(Coalesce(stored, Value(absent), output_field=TextField()), Value(value)))


def _escaped(text: str) -> str:
    return text.replace(ESCAPE, ESCAPED[ESCAPE]).replace(SEPARATOR, ESCAPED[SEPARATOR])


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: SEPARATOR if found[1] == "!" else found[1], text, flags=re.DOTALL)


def _cause(
    code: str,
    facts: list[str],
    count: Any,
    problem: str | None,
    kind: str,
    number: str,
    since: datetime,
    last_seen: datetime,
    amounts: str | None,
) -> Cause:
    """Return a row of `GROUPS`."""
    key = SEPARATOR.join(_escaped(value) for value in (code, *facts)).rstrip(SEPARATOR)
    stored = json.loads(problem or "null") or {}
    sums = {currency: Decimal(total) for currency, total in json.loads(amounts or "{}").items()}
    return Cause(key, int(count), Problem.from_json({"code": code, **stored}), kind, number, since, last_seen, sums)
