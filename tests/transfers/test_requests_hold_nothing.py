"""No work holds a transaction or a cursor while it sends a request: the session goes to other threads meanwhile, and the row of the
account's rate limit would stop every other request of the account."""

from datetime import date
from unittest.mock import patch

from tests.support.accrued_income import ACCOUNTS, give_one
from tests.support.books import Books, document
from tests.support.requests_sent import held_during_requests
from tests.support.world import World


def test_transfers_polls_and_checks(world: World) -> None:
    from bilag.transfers.activation import switch

    world.apply(accrued_income=ACCOUNTS)
    numbers = [world.insert_invoice({}) for _ in range(3)]
    with held_during_requests() as held:
        world.poll()
        world.work(rounds=2)
        give_one(world, str(world.any_project()["projectNumber"]), "100.00")
        world.work()
        switch.recheck(world.company_id)
    assert held == []
    assert [world.transfer(number).state for number in numbers] == ["done"] * 3


def test_expenses(world: World) -> None:
    books = Books(world)
    books.configure()
    project = books.project()
    books.post({"project": project["projectNumber"]}, documents=[document()])
    with held_during_requests() as held:
        run = books.bring_in()
        books.bring_in(days_back=400)
    assert held == []
    assert run.counts["done"] == 1


def test_recovery(world: World) -> None:
    from bilag.transfers import recovery

    world.hint(world.invoices[world.insert_invoice({})])
    world.work()
    with held_during_requests() as held:
        recovery.recover(world.company_id, date(2025, 1, 1), date(2027, 12, 31), origin="Kari")
    assert held == []


def test_a_job_without_a_lease_gives_its_connection_back(world: World) -> None:
    """A Moment that hangs is polled for each of its companies: their connections are fewer than threads."""
    from django.db import connection

    from bilag.transfers import tasks
    from bilag.wire import fence

    connected: list[bool] = []
    asked = fence.check

    def check() -> None:
        asked()
        connected.append(connection.connection is not None)

    with patch.object(fence, "check", check):
        tasks.poll(world.company_id)
    assert connected
    assert not any(connected)
