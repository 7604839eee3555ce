"""Whoever waits for another's answer first lets go of what the other may need."""

import threading

import pytest

from bilag.wire import fence
from tests.support.patience import PATIENCE


def test_who_finds_it_free_lets_go_of_nothing() -> None:
    let_go: list[str] = []
    with fence.checked_by(lambda: let_go.append("connection")), fence.RequestLock():
        assert let_go == []


def test_who_must_wait_lets_go_first_and_gets_it_then() -> None:
    lock, let_go, entered = fence.RequestLock(), threading.Event(), threading.Event()

    def wait() -> None:
        with fence.checked_by(let_go.set), lock:
            entered.set()

    waiting = threading.Thread(target=wait)
    with lock:
        waiting.start()
        assert let_go.wait(PATIENCE)
        assert not entered.is_set()
    waiting.join(PATIENCE)
    assert entered.is_set()


def test_who_may_no_longer_send_does_not_wait() -> None:
    lock = fence.RequestLock()

    def refuse() -> None:
        raise fence.Fenced("the lease was lost")

    with lock, fence.checked_by(refuse), pytest.raises(fence.Fenced):
        lock.__enter__()
    with lock:
        pass  # it was given back
