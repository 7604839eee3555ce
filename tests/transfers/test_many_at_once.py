"""Many hints at once, and transfers that have no job any more: no deadlock, nothing forgotten, and the true time of receipt."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.world import World

NUMBERS = [str(number) for number in range(80_000, 80_040)]


def requests(numbers: list[str]) -> list[Any]:
    from bilag.transfers.intake import accept
    from bilag.transfers.models import Kind

    kinds = (Kind.INVOICE, Kind.CUSTOMER, Kind.PROJECT)
    return [accept.TransferRequest(kind, number, 1) for number in numbers for kind in kinds]


def at_once(*works: Any) -> list[BaseException]:
    """Run these in threads that begin together; the errors they raised."""
    from django.db import connection

    faults: list[BaseException] = []
    start = threading.Barrier(len(works))

    def run(work: Any) -> None:
        start.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001 - handed to the test
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


@pytest.mark.parametrize("there", [False, True], ids=["new", "known"])
def test_lists_of_hints_in_opposite_orders_do_not_wait_for_each_other(world: World, there: bool) -> None:
    from bilag.transfers.activation import pausing
    from bilag.transfers.intake import accept
    from bilag.transfers.models import Transfer

    forward, backward = requests(NUMBERS), requests(NUMBERS)[::-1]
    if there:
        accept.accept(world.company_id, forward)
    for _ in range(3):
        faults = at_once(
            lambda: accept.accept(world.company_id, forward),
            lambda: accept.accept(world.company_id, backward),
            lambda: accept.retry(world.company_id, None, NUMBERS[::-1], origin="kari"),
            lambda: pausing.wake_company(world.company_id),
            lambda: world.apply(dimensions={"project": 3}),
        )
        assert faults == []
        world.apply()
    assert Transfer.objects.filter(number__in=NUMBERS).count() == 3 * len(NUMBERS)


def test_ids_come_in_the_order_of_the_requests(world: World) -> None:
    from bilag.transfers.intake import accept
    from bilag.transfers.models import Transfer

    wanted = requests(NUMBERS[:5])[::-1]
    ids = accept.accept(world.company_id, [*wanted, wanted[0]])
    rows = Transfer.objects.in_bulk(ids)
    assert [(rows[pk].kind, rows[pk].number) for pk in ids] == [one.key for one in [*wanted, wanted[0]]]
    assert rows[ids[0]].request_count == 2


def jobs_of(transfer_id: int) -> int:
    from procrastinate.contrib.django.models import ProcrastinateJob

    return ProcrastinateJob.objects.filter(args__transfer_ids__contains=[transfer_id], status="todo").count()


def forget_jobs() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_events; delete from procrastinate_jobs")


def queued_for(world: World, number: int, minutes: int) -> Any:
    """The invoice, hinted at and without a job for so long."""
    from django.utils import timezone

    from bilag.transfers.models import Transfer

    world.hint(world.invoices[number])
    forget_jobs()
    since = timezone.now() - timedelta(minutes=minutes)
    Transfer.objects.filter(number=str(number)).update(requested_at=since, hinted_at=since)
    return world.transfer(number)


def test_due_transfer_without_a_job_is_found_although_every_hint_touches_it(world: World) -> None:
    from bilag.transfers.intake.requeue_stuck import requeue_stuck

    number = world.insert_invoice({})
    row = queued_for(world, number, 5)
    world.hint(world.invoices[number])
    assert jobs_of(row.pk) == 0, "it counts as queued, so a hint makes no job"
    assert requeue_stuck() == 1
    assert jobs_of(row.pk) == 1
    world.work()
    assert world.transfer(number).state == "done"


@pytest.mark.parametrize("state", ["queued", "waiting", "in_doubt", "sending"])
def test_each_state_that_is_due_is_found_and_each_only_once(world: World, state: str) -> None:
    from django.utils import timezone

    from bilag.transfers.intake.requeue_stuck import requeue_stuck
    from bilag.transfers.models import Transfer

    row = queued_for(world, world.insert_invoice({}), 60)
    rows = Transfer.objects.filter(pk=row.pk)
    rows.update(
        state=state, next_at=timezone.now() - timedelta(minutes=4) if state in ("waiting", "in_doubt") else None
    )
    assert requeue_stuck() == 1
    forget_jobs()
    assert requeue_stuck() == 0, "a worker may keep it in memory: not at each look"
    rows.update(requeued_at=timezone.now() - timedelta(minutes=4))
    assert requeue_stuck() == 1


@pytest.mark.parametrize("job", ["todo", "doing", "together"])
def test_transfer_with_a_job_is_left_alone(world: World, job: str) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from bilag.transfers import enqueue
    from bilag.transfers.intake.requeue_stuck import requeue_stuck

    row = queued_for(world, world.insert_invoice({}), 60)
    enqueue.wake_together([row.pk + 1000, row.pk]) if job == "together" else enqueue.wake(row.pk)
    if job == "doing":
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("update procrastinate_jobs set status = 'doing'")
    assert ProcrastinateJob.objects.count() == 1
    assert requeue_stuck() == 0


def test_one_that_is_not_due_yet_is_left_alone(world: World) -> None:
    from django.utils import timezone

    from bilag.transfers.intake.requeue_stuck import requeue_stuck
    from bilag.transfers.models import Transfer

    row = queued_for(world, world.insert_invoice({}), 60)
    Transfer.objects.filter(pk=row.pk).update(state="waiting", next_at=timezone.now() + timedelta(minutes=1))
    assert requeue_stuck() == 0


def test_transfer_that_a_worker_kept_is_not_forgotten_when_the_database_fails() -> None:
    from bilag.jobs.fair_share import FairShare

    share, put_back, works = FairShare(), [], False
    share.places = 1

    def requeue(ids: list[int]) -> None:
        if not works:
            raise OSError("the session was cut")
        put_back.extend(ids)

    def busy() -> None:
        with (
            share.slot(1, kept=[10], requeue=requeue) as first,
            share.slot(1, kept=[11, 12], requeue=requeue) as second,
        ):
            assert (first, second) == (True, False)

    with pytest.raises(OSError, match="cut"):
        busy()
    with pytest.raises(OSError, match="cut"):
        share.hand_back()
    works = True
    share.hand_back()
    assert sorted(set(put_back)) == [11, 12]


def test_since_is_midnight_in_oslo(world: World) -> None:
    """A customer changed half an hour after midnight in Oslo is of that day, which in UTC has not begun."""
    from django.utils import timezone

    from bilag.companies import store
    from bilag.posting.selection import OSLO
    from bilag.transfers.intake import by_request

    day = timezone.now().astimezone(OSLO).date()
    numbers = []
    for minutes in (-30, 30):
        at = datetime(day.year, day.month, day.day, tzinfo=OSLO) + timedelta(minutes=minutes)
        offset = round((at.astimezone(UTC) - timezone.now()).total_seconds())
        world.moment.ask("PUT", "/admin/settings", {"clockOffsetSeconds": offset})
        numbers.append(world.moment.ask("POST", "/admin/customers", {"name": f"Kunde {minutes}"})["customerNumber"])
        world.insert_invoice({})
    setup = store.load_setup(world.company_id)
    from bilag.transfers.models import Transfer

    for kind in ("customer", "invoice"):
        by_request.since(setup, kind, day, origin="kari")
    asked = set(Transfer.objects.filter(kind="customer", number__in=numbers).values_list("number", flat=True))
    assert asked == {numbers[1]}
    assert [row.number for row in Transfer.objects.filter(kind="invoice")] == [str(max(world.invoices))]


def received(world: World, number: int) -> datetime:
    moment: datetime = world.transfer(number).hinted_at
    return moment


def test_received_is_the_time_of_the_version_not_of_the_last_retry(world: World) -> None:
    number = world.insert_invoice({"line": {"accountNumber": "3999"}})
    world.hint(world.invoices[number])
    first = received(world, number)
    world.work()
    for _ in range(2):
        world.retry(number)
        world.hint(world.invoices[number])
        world.work()
    assert received(world, number) == first
    line = {**world.invoices[number]["lines"][0], "accountNumber": "3000"}
    world.moment.ask("PATCH", f"/admin/invoices/number:{number}", {"lines": [line]})
    world.hint(world.invoices[number])
    world.work()
    row = world.transfer(number)
    assert row.state == "done"
    assert first < row.hinted_at < row.done_at, "the mended invoice is another version"


def test_received_of_what_had_to_wait_is_when_it_came(world: World) -> None:
    number = world.insert_invoice({})
    world.hub.fault(kind="unavailable", operation="listVouchers")
    world.hint(world.invoices[number])
    first = received(world, number)
    world.work()
    assert world.transfer(number).state == "waiting"
    world.retry(number)
    world.hurry()
    assert world.transfer(number).state == "done"
    for _ in range(2):  # Moment's own webhook of the new status
        world.hint(world.invoices[number])
        world.work()
    assert received(world, number) == first
    assert world.transfer(number).done_at > first
