"""The usual end of a try is stored at once, by statements written by hand: they store what the models would."""

import threading
from typing import Any
from unittest.mock import patch

import pytest

from tests.support.database import wait_for_waiting_session
from tests.support.transfers import begun_try
from tests.support.world import World

TIMES = {"hinted_at", "requested_at", "done_at", "created_at", "updated_at", "began_at", "ended_at"}


def by_the_models() -> Any:
    from bilag.transfers.delivery import commit

    return patch.object(commit, "_stored_as_usual", lambda *_: False)


def stored(row: Any) -> dict[str, Any]:
    """The row, without what two tries cannot have alike."""
    found = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}
    return {
        name: value if name not in TIMES else value is not None
        for name, value in found.items()
        if name not in ("id", "number", "transfer_id", "moment_id", "voucher_number", "journal_number")
        and name not in ("accepted_hash", "source_hash", "source", "plan", "exchanges")
    }


def delivered(world: World, number: int, *, manual: bool) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    from bilag.transfers.models import Attempt

    if manual:
        world.retry(number)
    else:
        world.hint(world.invoices[number])
        world.work()
    row = world.transfer(number)
    assert row.state == "done", row.problems
    assert row.voucher_number == number
    assert row.journal_number is not None
    attempts = list(Attempt.objects.filter(transfer=row).order_by("pk"))
    assert [len(one.exchanges) for one in attempts] == [5 + manual]  # by hand: the number is looked up first
    assert all(one.source and one.plan and one.source_hash for one in attempts)
    return stored(row), [stored(one) for one in attempts]


@pytest.mark.parametrize("manual", [False, True], ids=["hint", "by hand"])
def test_both_ways_store_the_same(world: World, manual: bool) -> None:
    world.hint(world.invoices[world.insert_invoice({})])
    world.work()  # the customer and the project are there
    first, second = world.insert_invoice({}), world.insert_invoice({})
    at_once = delivered(world, first, manual=manual)
    with by_the_models():
        assert delivered(world, second, manual=manual) == at_once


def leases() -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select name from jobs_lease")
        return [name for (name,) in cursor.fetchall()]


def between(world: World, what: Any, *, point: str) -> tuple[int, int]:
    """An invoice during whose try somebody does something: after its taking, or after its intent. Returns its number,
    and how often it was read."""
    from bilag.moment.client import MomentClient
    from bilag.platforms.azets.platform import AzetsPlatform

    number = world.insert_invoice({})
    world.hint(world.invoices[number])
    owner, name = {"taken": (MomentClient, "invoice"), "sent": (AzetsPlatform, "post_voucher")}[point]
    inner, reading, done, read = getattr(owner, name), MomentClient.invoice, [], []

    def meanwhile(*given: Any, **named: Any) -> Any:
        if not done:
            done.append(True)
            what(number)
        return inner(*given, **named)

    def counted(*given: Any) -> Any:
        read.append(True)
        return reading(*given) if owner is not MomentClient else meanwhile(*given)

    with patch.object(owner, name, meanwhile), patch.object(MomentClient, "invoice", counted):
        world.work(rounds=3)
    assert done
    return number, len(read)


@pytest.mark.parametrize("point", ["taken", "sent"])
def test_hint_during_the_try_runs_it_again(world: World, point: str) -> None:
    number, read = between(world, lambda number: world.hint(world.invoices[number]), point=point)
    row = world.transfer(number)
    assert row.state == "done"
    assert row.request_count == 2
    assert read == 2, "it runs once more for the hint"
    assert len(world.vouchers(number)) == 1
    assert leases() == []


@pytest.mark.parametrize("point", ["taken", "sent"])
def test_request_by_hand_during_the_try_is_not_lost(world: World, point: str) -> None:
    from bilag.transfers.intake import accept
    from bilag.transfers.models import Kind

    def ask(number: int) -> None:
        accept.accept(world.company_id, [accept.TransferRequest(Kind.INVOICE, str(number))], manual=True, cause="kari")

    number, _ = between(world, ask, point=point)
    row = world.transfer(number)
    assert (row.state, row.cause, row.manual) == ("done", "kari", False)
    assert len(world.vouchers(number)) == 1


@pytest.mark.parametrize("point", ["taken", "sent"])
def test_setup_saved_during_the_try_does_not_keep_it_from_its_end(world: World, point: str) -> None:
    number, _ = between(world, lambda _: world.apply(export={"customer_states": ["active"]}), point=point)
    assert world.transfer(number).state == "done", world.transfer(number).problems
    assert len(world.vouchers(number)) == 1


def test_whoever_lost_the_lease_stores_nothing(world: World) -> None:
    from bilag.jobs import lease
    from bilag.transfers.models import Attempt

    number, _ = between(world, lambda _: lease.forget_all(), point="sent")
    verdicts = list(
        Attempt.objects.filter(transfer__number=str(number)).order_by("pk").values_list("verdict", flat=True)
    )
    assert verdicts[0] == "interrupted"
    assert world.transfer(number).state == "done"
    assert len(world.vouchers(number)) == 1


def test_a_lease_lost_before_the_intent_sends_nothing(world: World) -> None:
    from bilag.jobs import lease

    number, _ = between(world, lambda _: lease.forget_all(), point="taken")
    assert world.transfer(number).state == "done"
    assert len(world.vouchers(number)) == 1


def test_a_ledger_counts_as_used_only_if_the_intent_was_committed(world: World) -> None:
    from bilag.companies.models import Ledger
    from bilag.jobs import lease
    from bilag.jobs.lease import LeaseLost

    number = world.insert_invoice({})
    world.hint(world.invoices[number])
    run = begun_try(world.transfer(number).pk)
    assert not run.setup.ledger.used
    with lease.held("transfer", run.transfer.pk):
        lease.forget_all()
        with pytest.raises(LeaseLost):
            run.begin()
    assert Ledger.objects.get(pk=run.setup.ledger.id).used_at is None
    assert run.attempt is None


@pytest.mark.parametrize("touched", [False, True], ids=["only locked", "changed"])
def test_an_intent_that_waited_for_the_row_knows_whether_it_was_changed(world: World, touched: bool) -> None:
    from django.db import connection, transaction

    from bilag.jobs import lease
    from bilag.transfers.models import Transfer

    number = world.insert_invoice({})
    world.hint(world.invoices[number])
    run = begun_try(world.transfer(number).pk)
    begun: list[bool] = []

    def begin() -> None:
        with lease.held("transfer", run.transfer.pk):
            run.begin()
        begun.append(True)
        connection.close()

    with transaction.atomic():
        row = Transfer.objects.select_for_update().get(pk=run.transfer.pk)
        thread = threading.Thread(target=begin)
        thread.start()
        wait_for_waiting_session()
        assert not begun
        if touched:
            Transfer.objects.filter(pk=row.pk).update(request_count=row.request_count + 1)
    thread.join()
    assert begun
    assert run.intent is not None
    assert run.intent.untouched is not touched


@pytest.mark.parametrize("touched", ["nothing", "transfer", "setup", "lease"])
def test_an_end_that_waited_for_the_row_is_stored_only_if_nothing_was_changed(world: World, touched: str) -> None:
    from django.db import connection, transaction
    from django.utils import timezone

    from bilag.companies.models import IntegrationSetup
    from bilag.jobs import lease
    from bilag.transfers.delivery import statements
    from bilag.transfers.models import Attempt, Transfer

    number = world.insert_invoice({})
    world.hint(world.invoices[number])
    run = begun_try(world.transfer(number).pk)
    stored: list[list[int] | None] = []
    ended = statements.Ended({"state": "done"}, {"verdict": "done", "ended_at": timezone.now()})

    def end() -> None:
        with lease.held("transfer", run.transfer.pk) as own:
            run.begin()
            with transaction.atomic():
                Transfer.objects.select_for_update().get(pk=run.transfer.pk)
            begun.wait()
            with transaction.atomic():
                intent = run.intent.transaction
                stored.append(
                    statements.store_end(
                        run.transfer, run.attempt, ended, intent=intent, setup_version=run.setup.version
                    )
                )
            given_back.append(own.given_back)
        connection.close()

    begun, given_back = threading.Event(), list[bool]()
    thread = threading.Thread(target=end)
    thread.start()
    while not Attempt.objects.filter(transfer=run.transfer).exists():
        pass
    with transaction.atomic():
        row = Transfer.objects.select_for_update().get(pk=run.transfer.pk)
        if touched == "lease":
            lease.forget_all()
        begun.set()
        wait_for_waiting_session()
        if touched == "transfer":
            Transfer.objects.filter(pk=row.pk).update(request_count=row.request_count + 1)
        if touched == "setup":  # as saving it does: the setup first, then the transfers that it concerns
            IntegrationSetup.objects.filter(company_id=world.company_id).update(version=99)
            Transfer.objects.filter(pk=row.pk).update(request_count=row.request_count + 1)
    thread.join()
    usual = touched == "nothing"
    assert (stored, given_back) == ([[] if usual else None], [usual])
    assert Transfer.objects.get(pk=row.pk).state == ("done" if usual else "sending")


def test_what_it_held_up_is_released(world: World) -> None:
    """The customer is mended while its invoice waits for a person."""
    number = world.insert_invoice({})
    customer = world.invoices[number]["customer"]["customerNumber"]
    refusal = {"code": "customer_number_invalid", "message": "The number cannot be used."}
    world.hub.fault(kind="answer", operation="putCustomer", status=422, json=refusal)
    world.hint(world.invoices[number])
    world.work()
    assert world.transfer(number).state == "needs_attention"
    assert world.transfer(number).blocked_by.number == customer
    world.retry(customer, "customer")
    world.work(rounds=2)
    assert world.transfer(number).state == "done"
