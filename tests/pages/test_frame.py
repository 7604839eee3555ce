"""What surrounds every page: counts and warnings of its own company, read in one statement."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.people import People
from tests.support.transfers import store_transfer

Page = Callable[..., str]


def other_company(people: People) -> Any:
    from bilag.companies.models import Company

    return Company.objects.get(slug=people.other_slug)


def letter(company_id: int, to: str, refused: str, days_ago: int) -> None:
    from bilag.notifications.models import Letter

    row = Letter.objects.create(company_id=company_id, to=to, subject="s", text="t", html="h", refused=refused)
    Letter.objects.filter(pk=row.pk).update(written_at=datetime.now(UTC) - timedelta(days=days_ago))


def test_counts_and_warnings_are_those_of_the_company(people: People) -> None:
    from bilag.companies.models import Ledger
    from bilag.expenses.models import ExpenseLine
    from bilag.web.frame_figures import frame_figures

    mine, other = people.world.company_id, other_company(people).pk
    now = datetime.now(UTC)
    for number, state in enumerate(("needs_attention", "needs_attention", "done", "waiting")):
        store_transfer(mine, kind="invoice", number=str(number), state=state, hinted_at=now)
    for journal, fields in enumerate(
        ({"state": "needs_attention"}, {"state": "done", "moment_id": 1, "needs_review": True}, {"state": "waiting"}), 1
    ):
        ExpenseLine.objects.create(company_id=mine, journal=journal, entry=1, **fields)
    Ledger.objects.filter(company_id=mine).update(ahead={"since": now.isoformat()})
    letter(mine, "gone@fjell.example", "550 unknown", 3)
    letter(mine, "back@fjell.example", "550 unknown", 2)
    letter(mine, "back@fjell.example", "", 1)
    letter(mine, "old@fjell.example", "550 unknown", 40)

    found = frame_figures(mine, None)
    assert (found.transfers, found.expenses, found.ledger_ahead) == (2, 2, True)
    assert found.rejecting == ["gone@fjell.example"]
    others = frame_figures(other, None)
    assert (others.transfers, others.expenses, others.ledger_ahead, others.rejecting) == (0, 0, False, [])


def test_the_list_of_all_companies_is_offered_to_those_who_have_several(people: People, page: Page) -> None:
    from bilag.members.models import Membership, User

    assert "All companies" not in page("", who="viewer")
    assert "All companies" in page("", who="operator")
    viewer = User.objects.get(email="viewer@fjell.example")
    Membership.objects.create(company=other_company(people), user=viewer, role="viewer")
    assert "All companies" in page("", who="viewer")
    home = people.client("viewer").get("/").content.decode()
    assert len(re.findall(r'<td data-label="Company">', home)) == 2


def test_a_part_of_a_page_reads_no_frame(people: People) -> None:
    from django.db import connection

    client = people.client("owner")
    statements: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    def of_frame() -> list[str]:
        """Those that read a setup; the one that reads the role names the accounting system too."""
        return [sql for sql in statements if "companies_integrationsetup" in sql and "role_of_user" not in sql]

    part = {"HX-Request": "true", "HX-Target": "found"}
    with connection.execute_wrapper(watch):
        client.get("/c/fjell/transfers/", headers=part)
        assert of_frame() == []
        client.get("/c/fjell/transfers/")
    assert len(of_frame()) == 1


def test_a_page_of_the_list_asks_few_statements_however_many_rows_it_has(people: People) -> None:
    from django.db import connection

    client = people.client("owner")
    for number in range(60):
        state = "needs_attention" if number % 2 else "done"
        store_transfer(
            people.world.company_id, kind="invoice", number=str(number), state=state, hinted_at=datetime.now(UTC)
        )
    statements = []
    with connection.execute_wrapper(lambda execute, *rest: statements.append(rest[0]) or execute(*rest)):
        assert client.get("/c/fjell/transfers/").status_code == 200
    assert len(statements) <= 6, statements
