"""What a hub allows in a minute is counted over all workers, in one row of the database."""

import threading
from typing import Any

import pytest

from bilag.companies import allowances
from bilag.wire import rate_limit
from bilag.wire.rate_limit import MAX_WAIT_SECONDS, RateLimit, RateLimited
from tests.support.held_time import HeldTime

ACCOUNT = "azets https://hub.example kari with-a-secret"


def other_worker() -> RateLimit:
    """A meter of the same account, as another process has it."""
    import hashlib

    from bilag.companies.allowances import SharedStore

    return RateLimit(SharedStore(hashlib.sha256(ACCOUNT.encode()).hexdigest()), 600)


def entered(meter: RateLimit, most: int = 1000) -> int:
    """How many requests go at once."""
    for count in range(most):
        try:
            meter.acquire()
        except RateLimited:
            return count
    return most


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a turn."""
    monkeypatch.setattr("bilag.wire.rate_limit.MAX_WAIT_SECONDS", 0.0)


@pytest.fixture
def held_time(monkeypatch: pytest.MonkeyPatch) -> HeldTime:
    """The time by which rate limits live, in the database too."""
    held, locked = HeldTime(), allowances.SharedStore._locked

    def at_held_time(store: allowances.SharedStore, cursor: Any) -> tuple[list[str], int]:
        return locked(store, cursor)[0], int(held.seconds * 1000)

    monkeypatch.setattr(allowances.SharedStore, "_locked", at_held_time)
    return held.rule(monkeypatch, rate_limit)


@pytest.fixture
def meter(database: None, held_time: HeldTime) -> RateLimit:
    return allowances.shared_meter(ACCOUNT, 600)


def test_a_fifth_of_the_minute_goes_at_once_whoever_asks(meter: RateLimit, impatient: None) -> None:
    others = [other_worker() for _ in range(3)]
    counts = [0, 0, 0]

    def work(place: int) -> None:
        from django.db import connection

        counts[place] = entered(others[place])
        connection.close()

    threads = [threading.Thread(target=work, args=(place,)) for place in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 100 <= sum(counts) <= 120
    assert entered(meter) <= 1


def test_who_has_to_wait_a_little_waits(meter: RateLimit, held_time: HeldTime, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("bilag.wire.rate_limit.MAX_WAIT_SECONDS", 0.0)
        entered(other_worker())
    for _ in range(8):
        meter.acquire()
    assert 0.5 < sum(held_time.slept) < MAX_WAIT_SECONDS


def test_a_rest_that_the_hub_asks_for_is_kept_by_all(meter: RateLimit) -> None:
    meter.acquire()
    meter.pause(31)
    with pytest.raises(RateLimited, match="used up for") as caught:
        other_worker().acquire()
    assert 31 <= caught.value.seconds <= 38


def test_what_the_hub_allows_is_learned(meter: RateLimit, impatient: None) -> None:
    meter.set_allowance(6000)
    try:
        assert entered(meter, 2000) >= 1200
    finally:
        meter.set_allowance(600)


def test_what_another_process_learned_counts_from_the_first_request(meter: RateLimit, impatient: None) -> None:
    """A process that begins with the contract's allowance would take more than that for used up."""
    meter.set_allowance(100_000)
    try:
        assert entered(meter, 2000) == 2000
        allowances.forget_all()
        assert entered(allowances.shared_meter(ACCOUNT, 600), 2000) == 2000
    finally:
        allowances.forget_all()


def test_no_account_and_no_secret_is_kept(meter: RateLimit) -> None:
    from django.db import connection

    meter.acquire()
    with connection.cursor() as cursor:
        cursor.execute("select key, state::text from companies_allowance")
        kept = str(cursor.fetchall())
        cursor.execute("select relpersistence from pg_class where relname = 'companies_allowance'")
        assert cursor.fetchone() == ("u",), "each request would cost a write to disk"
    assert "secret" not in kept
    assert "kari" not in kept


def test_who_waits_for_a_turn_holds_no_connection(meter: RateLimit, held_time: HeldTime) -> None:
    """There are fewer connections than threads: a company that is limited would keep them from all others."""
    from django.db import connection

    held: list[bool] = []
    sleep = held_time.sleep

    def waits(seconds: float) -> None:
        held.append(connection.connection is not None)
        sleep(seconds)

    held_time.sleep = waits  # type: ignore[method-assign]
    for _ in range(130):
        meter.acquire()
    assert held
    assert not any(held)
