"""A rehearsal that was interrupted, or that a system stopped, continues where it was and finds the same."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.earlier_books import FIRST, LAST, finalised, insert_spread, post_history, rehearsed
from tests.support.reconciliation import other_voucher
from tests.support.requests_sent import held_during_requests
from tests.support.world import World


class Ended(BaseException):
    """The end of the process."""


def ended_at(step: int) -> Callable[[Any], None]:
    """Progress that ends the process after so many committed steps."""
    seen = 0

    def progress(_run: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == step:
            raise Ended

    return progress


@pytest.mark.parametrize("step", [1, 2, 3, 9, 17, 18, 19])
def test_process_that_ends_at_any_step_is_continued(year: World, step: int) -> None:
    from bilag.rehearsal.models import Rehearsal, StagedInvoice, StagedPosting
    from bilag.rehearsal.runner import rehearse

    insert_spread(year, 4)
    post_history(year, seed=5, mistakes={"missing": 1, "twice": 1})
    with pytest.raises(Ended):
        rehearse(year.company_id, FIRST, LAST, progress=ended_at(step))
    stopped = Rehearsal.objects.get()
    assert stopped.problem is not None
    assert stopped.problem["code"] == "rehearsal_interrupted"
    run = rehearsed(year)
    assert run.pk == stopped.pk
    assert (run.counts["invoices"], run.results.count()) == (304, 304)
    whole = rehearsed(year)
    assert whole.pk != run.pk
    assert (run.digest, run.counts, run.proposals) == (whole.digest, whole.counts, whole.proposals)
    assert not StagedInvoice.objects.exists()
    assert not StagedPosting.objects.exists()


def test_system_that_is_down_leaves_it_to_be_continued(year: World) -> None:
    from bilag.rehearsal.models import Phase
    from bilag.rehearsal.runner import rehearse

    post_history(year, habits={})
    year.hub.fault(kind="unavailable", operation="listVouchers", times=None)
    stopped = rehearse(year.company_id, FIRST, LAST)
    assert (stopped.phase, stopped.ended_at, stopped.invoices) == (Phase.JOURNAL, None, 300)
    assert stopped.problem is not None
    year.hub.ask("DELETE", "/admin/faults")
    year.recovered += 3600
    run = rehearsed(year)
    assert run.pk == stopped.pk
    assert run.counts["invoices"] == 300


def test_another_setup_begins_again(year: World) -> None:
    from bilag.rehearsal.runner import rehearse

    post_history(year, habits={"departmentUnit": 3})
    with pytest.raises(Ended):
        rehearse(year.company_id, FIRST, LAST, progress=ended_at(17))
    year.apply(dimensions={"project": 2, "department": 3})
    run = rehearsed(year)
    assert (run.counts["differs"], run.counts["invoices"]) == (0, 300)


def test_two_at_a_time_are_refused(year: World) -> None:
    from bilag.jobs.lease import Busy, held
    from bilag.rehearsal.runner import rehearse

    with held("rehearsal", year.company_id), pytest.raises(Busy):
        rehearse(year.company_id, FIRST, LAST)


def test_process_that_lost_its_lease_stores_nothing_more(year: World) -> None:
    """Another process may continue the rehearsal: the first one must not say that it stopped."""
    from bilag.jobs.lease import LeaseLost
    from bilag.jobs.models import Lease
    from bilag.rehearsal.models import Rehearsal
    from bilag.rehearsal.runner import rehearse

    post_history(year, habits={})

    def lose(run: Any) -> None:
        if run.compared:
            Lease.objects.filter(name=f"rehearsal {year.company_id}").delete()

    with pytest.raises(LeaseLost):
        rehearse(year.company_id, FIRST, LAST, progress=lose)
    stopped = Rehearsal.objects.get()
    assert (stopped.problem, stopped.compared) == (None, 200)
    assert rehearsed(year).counts["invoices"] == 300


def test_only_the_newest_rehearsals_are_kept(year: World) -> None:
    from bilag.rehearsal.models import Rehearsal
    from bilag.rehearsal.runner import KEPT

    runs = [rehearsed(year, FIRST, FIRST) for _ in range(KEPT + 2)]
    assert set(Rehearsal.objects.values_list("pk", flat=True)) == {run.pk for run in runs[2:]}


def test_while_a_system_is_asked_nothing_of_the_database_is_held(year: World) -> None:
    """A request counts in the account's row of the database: in a transaction it would stop all other work of the account."""
    numbers = [one["invoiceNumber"] for one in finalised(year)]
    post_history(year, habits={}, mistakes={"missing": 1})
    other_voucher(year, max(numbers) - 1)
    with held_during_requests() as held:
        rehearsed(year)
    assert held == []


def test_month_that_was_half_read_is_read_again(year: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal is stored while it is read; what a rehearsal that ended within a month has stored does not count twice."""
    from bilag.rehearsal import staging
    from bilag.rehearsal.models import StagedPosting
    from bilag.rehearsal.runner import rehearse

    post_history(year, habits={}, mistakes={"twice": 1})
    monkeypatch.setattr(staging, "TOGETHER", 5)
    stored, store = [], staging.store_postings

    def end_soon(*given: Any) -> int:
        count = store(*given)
        stored.append(count)
        if len(stored) == 8:
            raise Ended
        return count

    with monkeypatch.context() as patched:
        patched.setattr(staging, "store_postings", end_soon)
        with pytest.raises(Ended):
            rehearse(year.company_id, FIRST, LAST)
    assert StagedPosting.objects.count() > 0
    run = rehearsed(year)
    whole = rehearsed(year)
    assert (run.digest, run.counts, run.vouchers) == (whole.digest, whole.counts, whole.vouchers)
