"""Projects and departments as analytic accounts below the root of their organisational unit."""

from typing import Any

from bilag.platforms.tryton.books import Books
from bilag.platforms.tryton.client import TrytonClient
from bilag.platforms.tryton.problems import About
from bilag.platforms.tryton.rows import AnalyticRow
from bilag.posting.chart import TextLimits
from bilag.posting.texts import cut, one_line

VALUES = "analytic_account.account"


def value_content(number: str, name: str) -> dict[str, Any]:
    """Return what is sent of a project or department.

    Always open, because a late invoice must be postable (decisions.md).
    """
    return {"code": number, "name": cut(one_line(name) or number, TextLimits().name), "state": "opened"}


def put_value(client: TrytonClient, books: Books, unit: int, content: dict[str, Any], subject: str) -> None:
    """Create or update the analytic account by its code. Tryton does not enforce unique codes: the first one counts."""
    root = books.roots[unit]
    about = About(subject, {"unit": str(unit), "value": content["code"]}, VALUES)
    query = [["company", "=", books.company], ["root", "=", root], ["type", "=", "normal"]]
    found = client.rows(VALUES, AnalyticRow, [*query, ["code", "=", content["code"]]], limit=1)
    if not found:
        client.create(
            VALUES, {**content, "company": books.company, "type": "normal", "root": root, "parent": root}, about
        )
    elif found[0].name != content["name"] or found[0].state != content["state"]:
        client.write(VALUES, found[0].id, {name: content[name] for name in ("name", "state")}, about)
