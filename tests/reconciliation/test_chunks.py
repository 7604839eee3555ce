"""The next invoices are read while those before them are compared: in their order, and no further than needed."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from bilag.wire import fence


@pytest.fixture(params=[True, False])
def ahead(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, database: None) -> bool:
    """With and without a thread."""
    from bilag.reconciliation import chunks

    monkeypatch.setattr(chunks, "AHEAD", request.param)
    return bool(request.param)


@pytest.mark.parametrize("count", [0, 1, 3, 4, 9])
def test_everything_comes_once_in_its_order(ahead: bool, count: int) -> None:
    from bilag.reconciliation.chunks import chunks

    found = list(chunks(range(count), 3))
    assert [one for some in found for one in some] == list(range(count))
    assert all(len(some) == 3 for some in found[:-1])


def test_what_reading_raises_comes_after_what_was_read(ahead: bool) -> None:
    from bilag.reconciliation.chunks import chunks

    def broken() -> Iterator[int]:
        yield from range(3)
        raise LookupError("the connection broke")

    each = chunks(broken(), 3)
    assert next(each) == [0, 1, 2]
    with pytest.raises(LookupError):
        next(each)


def test_no_more_than_one_list_is_read_ahead_and_none_after_the_end(ahead: bool) -> None:
    from bilag.reconciliation.chunks import chunks

    read: list[int] = []

    def noted() -> Iterator[int]:
        for number in range(100):
            read.append(number)
            yield number

    with closing(chunks(noted(), 10)) as each:
        next(each)
        next(each)
    assert len(read) == (30 if ahead else 20)


def test_reading_asks_the_callers_lease(ahead: bool) -> None:
    from bilag.reconciliation.chunks import chunks

    asked: list[str] = []

    def fenced() -> Iterator[int]:
        for number in range(4):
            fence.check()
            yield number

    with fence.checked_by(lambda: asked.append(threading.current_thread().name)):
        assert list(chunks(fenced(), 2)) == [[0, 1], [2, 3]]
    assert len(asked) == 4
    assert (threading.current_thread().name in asked) is not ahead
