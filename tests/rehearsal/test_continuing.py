"""A rehearsal that was interrupted, or that a system stopped, continues where it was and finds the same."""

from collections.abc import Callable, Iterator
from datetime import timedelta
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


def test_vouchers_without_an_invoice_are_compared_once_however_often_it_is_interrupted(year: World) -> None:
    """An invoice dated before the period, whose voucher is in it, is compared last."""
    from unittest.mock import patch

    from bilag.rehearsal import left_over, runner

    first = FIRST + timedelta(days=200)
    early = [year.insert_invoice({"issueDate": str(FIRST), "dueDate": str(FIRST)}) for _ in range(2)]
    year.insert_invoice({})
    post_history(year, habits={}, invoices=[one for one in finalised(year) if one["invoiceNumber"] not in early])
    for number in early:
        spec = {"voucherNumber": number, "voucherDate": str(first), "customerNumber": "10001", "totalAmount": "125.00"}
        year.hub.ask("POST", "/admin/clients/123/vouchers", spec)
    real = left_over.results

    def one_and_the_end(*given: Any) -> Iterator[Any]:
        yield next(real(*given))
        raise Ended

    with patch.object(runner, "TOGETHER", 1), patch.object(left_over, "results", one_and_the_end), pytest.raises(Ended):
        runner.rehearse(year.company_id, first, LAST)
    run = rehearsed(year, first)
    assert list(run.results.filter(number__in=early).order_by("number").values_list("number", "result")) == [
        (number, "differs") for number in early
    ]
    assert run.digest == rehearsed(year, first).digest


def test_while_a_system_is_asked_nothing_of_the_database_is_held(year: World) -> None:
    """A request counts in the account's row of the database: in a transaction it would stop all other work of the account."""
    numbers = [one["invoiceNumber"] for one in finalised(year)]
    post_history(year, habits={}, mistakes={"missing": 1})
    other_voucher(year, max(numbers) - 1)
    with held_during_requests() as held:
        rehearsed(year)
    assert held == []


def test_journal_is_not_stored_by_a_process_that_lost_its_lease(year: World) -> None:
    """What it stores after another process took over would count as that one's."""
    from unittest.mock import patch

    from bilag.jobs.lease import LeaseLost
    from bilag.jobs.models import Lease
    from bilag.rehearsal import runner, staging
    from bilag.rehearsal.models import StagedPosting

    post_history(year, habits={})
    stage = staging.stage_journal

    def lose(run: Any, journal: Any, *given: Any) -> int:
        vouchers = list(journal)
        Lease.objects.filter(name=f"rehearsal {year.company_id}").delete()
        return stage(run, vouchers, *given)

    months = patch.object(runner, "_months", lambda _first, _last: [(FIRST, LAST)])
    with months, patch.object(staging, "stage_journal", lose), pytest.raises(LeaseLost):
        runner.rehearse(year.company_id, FIRST, LAST)
    assert not StagedPosting.objects.exists()
