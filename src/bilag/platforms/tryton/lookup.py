"""Look up what a voucher refers to, and report everything Tryton would refuse before asking it.

Tryton's refusals are translated sentences without codes. Its records are exact.
"""

from bilag.platforms.tryton.books import Books
from bilag.platforms.tryton.client import TrytonClient
from bilag.platforms.tryton.mapping import Ids
from bilag.platforms.tryton.rows import AnalyticRow, CodeRow, PeriodRow
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher
from bilag.wire.errors import Refused

VALUES = "analytic_account.account"
PARTIES = "party.party"


def ids_of(client: TrytonClient, books: Books, voucher: Voucher, subject: str) -> Ids:
    """Return the ids of what the voucher refers to. Raises `Refused` with everything missing or closed.

    `subject` is the subject of problems with entries; empty for the invoice's own voucher, whose entries are numbered.
    """
    period, problems = _period(client, books, voucher, subject or f"invoice {voucher.number}")
    party = _party(client, voucher.customer)
    if voucher.customer is not None and party is None:
        facts = {"customer": voucher.customer}
        problems = [*problems, Problem("customer_unknown", f"customer {voucher.customer}", facts)]
    values, missing = _values(client, books, voucher, subject)
    if problems or missing or period is None:
        raise Refused([*problems, *missing])
    return Ids(period, party, values)


def _period(client: TrytonClient, books: Books, voucher: Voucher, subject: str) -> tuple[int | None, list[Problem]]:
    """Return the period of the voucher's date if it is open, else the problems."""
    day = voucher.voucher_date
    around = [["start_date", "<=", day], ["end_date", ">=", day], ["type", "=", "standard"]]
    rows = client.rows("account.period", PeriodRow, [["company", "=", books.company], *around])
    facts = {"date": day.isoformat()}
    if not rows:
        return None, [Problem("period_unknown", subject, facts)]
    if rows[0].state != "open":
        return None, [Problem("period_closed", subject, {**facts, "period": rows[0].name})]
    return rows[0].id, []


def _party(client: TrytonClient, number: str | None) -> int | None:
    """Return the customer's party if it is active."""
    if number is None:
        return None
    rows = client.rows(PARTIES, CodeRow, [["code", "=", number], ["active", "=", True]], limit=1)
    return rows[0].id if rows else None


def _values(
    client: TrytonClient, books: Books, voucher: Voucher, subject: str
) -> tuple[dict[tuple[int, str], int], list[Problem]]:
    """Return the analytic account of each unit and value of the entries, and the problems with them."""
    wanted = {pair for entry in voucher.entries for pair in entry.units}
    if not wanted:
        return {}, []
    query = [["company", "=", books.company], ["type", "=", "normal"], ["code", "in", sorted({v for _, v in wanted})]]
    units = {root: unit for unit, root in books.roots.items()}
    found: dict[tuple[int, str], AnalyticRow] = {}
    for row in client.rows(VALUES, AnalyticRow, query):
        unit = units.get(row.root or 0)
        if unit is not None and row.code:
            found.setdefault((unit, row.code), row)
    problems = [
        Problem(code, subject or f"entry {place}", _value_facts(books, unit, value))
        for place, entry in enumerate(voucher.entries, start=1)
        for unit, value in entry.units
        if (code := _value_fault(books, unit, found.get((unit, value)))) is not None
    ]
    return {pair: row.id for pair, row in found.items()}, problems


def _value_fault(books: Books, unit: int, row: AnalyticRow | None) -> str | None:
    if unit not in books.roots:
        return "tryton_root_missing"
    if row is None:
        return "org_unit_unknown"
    return "org_unit_closed" if row.state == "closed" else None


def _value_facts(books: Books, unit: int, value: str) -> dict[str, str]:
    named = books.chart.units.get(unit)
    return {"unit": str(unit), "value": value, **({"unit_name": named.name} if named else {})}
