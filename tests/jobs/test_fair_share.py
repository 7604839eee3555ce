"""A worker's threads are lent while they are idle, and shared when several companies have work."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from bilag.jobs.fair_share import FairShare

PLACES = 16


@pytest.fixture
def share() -> FairShare:
    one = FairShare()
    one.places = PLACES
    return one


@contextmanager
def jobs(share: FairShare, company: int, count: int) -> Iterator[int]:
    """So many jobs of the company at once; yields how many of them have a thread."""
    with ExitStack() as stack:
        yield sum(stack.enter_context(share.slot(company)) for _ in range(count))


def test_a_company_that_is_alone_has_all_threads_but_a_reserve(share: FairShare) -> None:
    with jobs(share, 1, 100) as threads:
        assert threads == PLACES - 2


def test_another_company_begins_at_once_beside_a_backlog(share: FairShare) -> None:
    with jobs(share, 1, 100), jobs(share, 2, 1) as threads:
        assert threads == 1


@pytest.mark.parametrize("companies", [2, 4, 8, 16])
def test_no_company_of_many_is_without_a_thread(share: FairShare, companies: int) -> None:
    with ExitStack() as stack:
        counts = []
        for _turn in range(PLACES):
            for company in range(companies):
                counts.append((company, stack.enter_context(share.slot(company))))
        by_company = [sum(got for one, got in counts if one == company) for company in range(companies)]
    assert sum(by_company) <= PLACES
    assert min(by_company) >= PLACES // companies - 1


def test_threads_are_given_back_as_transfers_end_when_others_come(share: FairShare) -> None:
    put_back: list[list[int]] = []
    with jobs(share, 1, 100):
        assert not share.keep_if_others_wait(1, [7, 8], put_back.append), "nobody else needs them"
        with jobs(share, 2, 1):
            assert not share.keep_if_others_wait(2, [9], put_back.append), "it has less than its part"
            assert share.keep_if_others_wait(1, [7, 8], put_back.append)
            assert put_back == []
    assert sorted(pk for ids in put_back for pk in ids) == [7, 8]


def test_what_was_kept_goes_on_with_the_first_free_thread(share: FairShare) -> None:
    put_back: list[list[int]] = []
    with ExitStack() as stack:
        stack.enter_context(jobs(share, 1, 100))
        with share.slot(1, kept=[21, 22, 23], requeue=put_back.append) as acquired:
            assert not acquired
    assert sorted(pk for ids in put_back for pk in ids) == [21, 22, 23]
    assert not share._companies


def test_the_company_with_the_fewest_threads_is_next(share: FairShare) -> None:
    put_back: list[tuple[int, list[int]]] = []
    with ExitStack() as stack:
        stack.enter_context(jobs(share, 1, 100))
        second = stack.enter_context(ExitStack())
        while second.enter_context(share.slot(2)):
            pass
        for company in (1, 2, 3):
            share._companies[company].kept[company] = None
            share._companies[company].requeue = lambda ids, company=company: put_back.append((company, ids))
        second.pop_all().close()
    assert next(company for company, _ in put_back) == 3


def test_systems_that_hang_hold_one_thread_each_and_half_of_all_together(share: FairShare) -> None:
    from bilag.wire.circuit_breaker import in_worker

    for company in range(1, PLACES + 1):
        with share.slot(company):
            job = in_worker.get()
            assert job is not None
            job.failing = True
    with ExitStack() as stack:
        got = [stack.enter_context(share.slot(company)) for company in range(1, PLACES + 1) for _ in range(2)]
        assert sum(got) == PLACES // 2
        assert stack.enter_context(share.slot(99)), "a system that answers is not held up"


def test_a_process_that_is_no_worker_makes_nobody_wait() -> None:
    with jobs(FairShare(), 1, 100) as threads:
        assert threads == 100


def test_a_rare_job_begins_beside_the_backlog_of_its_own_company(share: FairShare) -> None:
    with jobs(share, 1, 100), jobs(share, 2, 2), share.slot(1, extra=1) as first, share.slot(1, extra=1) as second:
        assert (first, second) == (True, False)


def test_a_thread_that_has_done_its_own_goes_on_with_what_is_kept(share: FairShare) -> None:
    put_back: list[list[int]] = []
    with ExitStack() as stack:
        stack.enter_context(jobs(share, 1, 100))
        with share.slot(1, kept=[21, 22], requeue=put_back.append):
            pass
        assert [share.next_kept(1), share.next_kept(1), share.next_kept(1)] == [[21], [22], []]
    assert put_back == []


def test_it_does_not_while_another_company_waits(share: FairShare) -> None:
    put_back: list[list[int]] = []
    with jobs(share, 1, 100), jobs(share, 2, 100):
        for company in (1, 2):
            with share.slot(company, kept=[company], requeue=put_back.append) as acquired:
                assert not acquired
        assert share.next_kept(1) == []
    assert sorted(pk for ids in put_back for pk in ids) == [1, 2]


def test_it_does_not_when_the_worker_ends(share: FairShare) -> None:
    put_back: list[list[int]] = []
    with ExitStack() as stack:
        stack.enter_context(jobs(share, 1, 100))
        with share.slot(1, kept=[21], requeue=put_back.append):
            pass
        share.ending = True
        assert share.next_kept(1) == []
    assert put_back == [[21]]


def test_a_thread_whose_last_call_had_no_answer_does_not_go_on(share: FairShare) -> None:
    from bilag.wire.circuit_breaker import in_worker

    with share.slot(1), jobs(share, 1, 100):
        with share.slot(1, kept=[21], requeue=lambda _ids: None) as acquired:
            assert not acquired
        job = in_worker.get()
        assert job is not None
        job.failing = True
        assert share.next_kept(1) == []
        job.failing = False
        assert share.next_kept(1) == [21]


def test_nothing_that_is_kept_is_forgotten_when_the_database_fails(share: FairShare) -> None:
    wanted = list(range(21, 61))

    def fail(_ids: list[int]) -> None:
        raise ConnectionError

    busy = ExitStack()
    busy.enter_context(jobs(share, 1, 100))
    with share.slot(1, kept=wanted, requeue=fail) as acquired:
        assert not acquired
    with pytest.raises(ConnectionError):
        busy.close()
    put_back: list[int] = []
    share._companies[1].requeue = put_back.extend
    share.hand_back()
    assert sorted(put_back) == wanted


def test_what_is_kept_goes_on_though_another_worker_took_what_was_put_back(share: FairShare) -> None:
    put_back: list[list[int]] = []
    share.keep(1, range(200), put_back.append)
    share.lend_idle()
    assert {len(ids) for ids in put_back} <= set(range(1, 11))
    for _ in range(5):
        share.lend_idle()
    assert sorted(pk for ids in put_back for pk in ids) == list(range(200))


def test_nothing_is_put_back_for_threads_that_work(share: FairShare) -> None:
    put_back: list[list[int]] = []
    with jobs(share, 1, 100), jobs(share, 2, 100):
        share.keep(1, [21], put_back.append)
        share.lend_idle()
        assert put_back == []
    assert put_back == [[21]]


def test_e_mail_has_a_quarter_at_most(share: FairShare) -> None:
    with ExitStack() as stack:
        got = [stack.enter_context(share.slot(0, lent=False)) for _ in range(PLACES)]
    assert sum(got) == PLACES // 4
