"""What a worker takes first: what a person waits for, then transfers, and what the clock starts for each company last."""

from datetime import date, timedelta

import pytest

from tests.support.world import World


def started() -> list[str]:
    """The tasks in the order in which a worker began them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select task_name from procrastinate_jobs where status = 'todo' order by priority desc, id")
        return [name for (name,) in cursor.fetchall()]


def test_an_invoice_does_not_wait_for_the_imports_of_all_companies(world: World) -> None:
    from bilag.expenses import enqueue as imports
    from bilag.reconciliation import enqueue as comparisons
    from bilag.transfers import enqueue as transfers

    world.work()
    for company_id in range(100_001, 100_050):
        imports.ask_import(company_id)
    invoice = world.finalise()
    world.hint(invoice)
    comparisons.ask(world.company_id, *_month(), origin="kari@fjell.example")
    transfers.ask_poll(world.company_id)
    first, second, third, *others = started()
    assert first == comparisons.PERIOD, "a person waits for it"
    assert {second, third} <= {transfers.WORK, transfers.LOOK, transfers.POLL}
    assert set(others) == {imports.IMPORT_COMPANY}


def test_all_that_import_expenses_are_found_in_one_statement_and_come_at_their_own_moments(world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bilag.companies import lifecycle, store

    assert store.companies_importing_expenses() == []
    world.apply(expenses={"import": True, "activity": "Utlegg"})
    with CaptureQueriesContext(connection) as asked:
        assert store.companies_importing_expenses() == [world.company_id]
    assert len(asked) == 1
    lifecycle.set_not_live(world.company_id)
    assert store.companies_importing_expenses() == []


@pytest.mark.parametrize("interval", [timedelta(minutes=5), timedelta(minutes=30)])
def test_companies_are_spread_over_the_interval(database: None, interval: timedelta) -> None:
    from bilag.jobs.defer import spread

    moments = [spread(company_id, interval) for company_id in range(1, 10_001)]
    assert all(timedelta() <= one < interval for one in moments)
    per_tenth = [sum(int(one / interval * 10) == tenth for one in moments) for tenth in range(10)]
    assert min(per_tenth) > 800
    assert moments == [spread(company_id, interval) for company_id in range(1, 10_001)], "each time the same"


def _month() -> tuple[date, date]:
    return date(2026, 10, 1), date(2026, 10, 31)
