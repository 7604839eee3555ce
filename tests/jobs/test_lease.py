"""A lease is held by one process at a time, and one that lost it neither sends nor stores."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from bilag.jobs import lease
from bilag.jobs.lease import Busy, LeaseLost, held
from bilag.wire import fence
from bilag.wire.http import WireClient
from tests.support.raw_server import answer, raw_server

pytestmark = pytest.mark.usefixtures("database")
TRANSFER = "transfer 17"


def rows() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("select name, generation from jobs_lease order by name")
        return list(cursor.fetchall())


def expire(name: str) -> None:
    """Let the lease's time pass."""
    with connection.cursor() as cursor:
        cursor.execute("update jobs_lease set expires_at = clock_timestamp() - interval '1 s' where name = %s", [name])


def test_only_one_holds_it_and_it_is_free_afterwards() -> None:
    with held("transfer", 17):
        with pytest.raises(Busy), held("transfer", 17):
            pytest.fail("two hold it")
        with held("transfer", 18):
            assert [name for name, _ in rows()] == ["transfer 17", "transfer 18"]
    assert rows() == []


def test_whoever_waits_gets_it_when_it_is_free() -> None:
    taken, free = threading.Event(), threading.Event()

    def first() -> None:
        with held("transfer", 17):
            taken.set()
            free.wait()
        connection.close()

    other = threading.Thread(target=first)
    other.start()
    taken.wait()
    threading.Timer(0.1, free.set).start()
    with held("transfer", 17, wait=lease.LONGEST_WAIT):
        other.join()
        assert len(rows()) == 1


def test_whoever_waits_too_long_is_told_so() -> None:
    with held("transfer", 17), pytest.raises(Busy), held("transfer", 17, wait=timedelta(seconds=0.2)):
        pytest.fail("two hold it")


def test_it_is_free_after_a_fault() -> None:
    with pytest.raises(RuntimeError), held("transfer", 17):
        raise RuntimeError
    assert rows() == []


def test_it_is_not_taken_inside_a_transaction_where_nobody_would_see_it() -> None:
    with pytest.raises(RuntimeError), transaction.atomic(), held("transfer", 17):
        pytest.fail("nobody sees it")


def test_what_has_no_lease_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no subject of a lease"), held("invoice", 17):
        pytest.fail("it was held")


def test_an_expired_lease_goes_to_the_next_and_stays_there() -> None:
    with held("transfer", 17) as first:
        expire(TRANSFER)
        with held("transfer", 17) as second:
            assert second.generation > first.generation
            with pytest.raises(LeaseLost):
                first.confirm()
            first.until = 0
            with pytest.raises(LeaseLost):
                first.keep()
            second.until = 0
            second.keep()
            second.confirm()
            with pytest.raises(LeaseLost):
                lease.confirm()  # one of the two that this context holds was lost
            assert rows() == [(TRANSFER, second.generation)]
    assert rows() == []


def test_a_lost_lease_that_ends_leaves_the_next_holders_alone() -> None:
    taken, over = threading.Event(), threading.Event()

    def first() -> None:
        with held("transfer", 17):
            taken.set()
            over.wait()
        connection.close()

    other = threading.Thread(target=first)
    other.start()
    taken.wait()
    expire(TRANSFER)
    with held("transfer", 17) as second:
        over.set()
        other.join()
        assert rows() == [(TRANSFER, second.generation)]


def test_an_expired_lease_that_nobody_took_is_extended() -> None:
    with held("transfer", 17) as mine:
        expire(TRANSFER)
        mine.until = 0
        mine.keep()
        with pytest.raises(Busy), held("transfer", 17):
            pytest.fail("two hold it")


def test_it_cannot_be_taken_while_a_result_is_being_stored() -> None:
    with held("transfer", 17):
        expire(TRANSFER)
        tried: list[str] = []

        def second() -> None:
            try:
                with held("transfer", 17):
                    tried.append("taken")
            finally:
                connection.close()

        other = threading.Thread(target=second)
        with transaction.atomic():
            lease.confirm()
            other.start()
            other.join(0.3)
            assert tried == []
        other.join()
    assert tried == ["taken"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH"])
def test_no_request_is_written_after_the_lease_was_lost(method: str) -> None:
    with raw_server() as server:
        server.says(answer(b"{}"))
        client = WireClient("Moment", server.url)
        with held("transfer", 17) as first:
            client.send(method, "/", json_body={})
            assert len(server.requests) == 1
            expire(TRANSFER)
            first.until = 0
            with held("transfer", 17), pytest.raises(fence.Fenced):
                client.send(method, "/", json_body={})
        assert len(server.requests) == 1
        client.send(method, "/", json_body={})  # whoever works without a lease is not asked
        client.close()


def test_an_operator_who_knows_that_nobody_lives_ends_them_all() -> None:
    with held("transfer", 17) as first, held("expenses", 1):
        assert lease.forget_all() == 2
        with pytest.raises(LeaseLost):
            first.confirm()


def test_who_waits_for_a_lease_holds_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty invoices of a new customer wait for one thread that sends it: it needs a connection to end."""
    connected: list[bool] = []
    with held("transfer", 1):
        monkeypatch.setattr(lease.time, "sleep", lambda _seconds: connected.append(connection.connection is not None))
        with pytest.raises(Busy), held("transfer", 1, wait=timedelta(seconds=0.2)):
            pass
    assert connected
    assert not any(connected)
