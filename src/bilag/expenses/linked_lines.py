"""Find the stored lines that are linked with others by reversals, in one query."""

from collections.abc import Iterable

from django.db import connection

from bilag.expenses.route import Route
from bilag.posting.reversals import Key

LINKED = """
with recursive chain (journal, entry) as (
    select * from unnest(%(journals)s::bigint[], %(entries)s::bigint[])
    union
    select linked.journal, linked.entry from chain cross join lateral (
        select journal, entry from expenses_expenseline reversal
        where reversal.company_id = %(company)s
            and reversal.ledger_key = %(ledger)s and reversal.source_key = %(source)s
            and reversal.reverses_journal = chain.journal and reversal.reverses_entry = chain.entry
        union all
        select reverses_journal, reverses_entry from expenses_expenseline line
        where line.company_id = %(company)s
            and line.ledger_key = %(ledger)s and line.source_key = %(source)s
            and line.journal = chain.journal and line.entry = chain.entry
            and line.reverses_journal is not null
    ) linked
)
select journal, entry from chain
"""
"""`union` drops repeated rows, so a circle of reversals ends."""


def linked_keys(route: Route, starts: Iterable[Key]) -> set[Key]:
    """Return the keys, on one route, of these lines, of the lines that they reverse, and of those that reverse them, to the end
    of every chain. A key may be of a line that is not stored.
    """
    keys = sorted(set(starts))
    facts: dict[str, int | str | list[int]] = {
        "company": route.company_id,
        "ledger": route.ledger_key,
        "source": route.source_key,
        "journals": [key[0] for key in keys],
        "entries": [key[1] for key in keys],
    }
    with connection.cursor() as cursor:
        cursor.execute(LINKED, facts)
        return {(journal, entry) for journal, entry in cursor.fetchall()}
