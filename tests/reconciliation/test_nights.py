"""Each night by itself, and what people are told of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.support.reconciliation import Compare, other_voucher, reverse
from tests.support.world import World


def test_month_before_and_this_month(world: World) -> None:
    from bilag.reconciliation.queries import months_before

    assert months_before(date(2026, 3, 1)) == [
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 31)),
    ]
    assert months_before(date(2027, 1, 31))[0] == (date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.parametrize(("hour", "wanted"), [(0, 0), (1, 2), (5, 2), (6, 0), (12, 0)])
def test_it_runs_at_two_in_oslo_for_each_open_company_once(
    world: World, monkeypatch: pytest.MonkeyPatch, hour: int, wanted: int
) -> None:
    from django.utils import timezone
    from procrastinate.contrib.django.models import ProcrastinateJob

    from bilag.reconciliation import tasks

    now = datetime(2026, 11, 24, hour, 5, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    tasks.nightly(0)
    tasks.nightly(0)
    asked = ProcrastinateJob.objects.filter(task_name="reconciliation.period")
    assert asked.count() == wanted


def test_hours_of_the_night_are_there_when_clocks_are_set_forward(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.utils import timezone
    from procrastinate.contrib.django.models import ProcrastinateJob

    from bilag.reconciliation import tasks

    now = datetime(2026, 3, 29, 1, 5, tzinfo=UTC)  # 03:05 in Oslo; there was no 02:05
    monkeypatch.setattr(timezone, "now", lambda: now)
    tasks.nightly(0)
    assert ProcrastinateJob.objects.filter(task_name="reconciliation.period").count() == 2


def test_a_night_that_was_stopped_is_tried_again_before_the_morning(world: World) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from bilag.reconciliation import queries, tasks
    from bilag.reconciliation.models import Reconciliation

    month = queries.months_before(date(2026, 11, 29))[0]
    world.hub.fault(operation="listVouchers", kind="unavailable", times=50)
    tasks.period(world.company_id, month[0].isoformat(), month[1].isoformat())
    assert Reconciliation.objects.get().problem is not None
    with_clock_at_night(tasks)
    assert ProcrastinateJob.objects.filter(task_name="reconciliation.period").count() == 2


def with_clock_at_night(jobs: Any) -> None:
    """The job of the night, with its time scale of tests: the hour does not count."""
    from django.test import override_settings

    with override_settings(BILAG_TIME_SCALE=0.02):
        jobs.nightly(0)


def let_a_day_pass() -> None:
    """The comparisons so far were yesterday's."""
    from django.db.models import F

    from bilag.reconciliation.models import Reconciliation

    Reconciliation.objects.update(began_at=F("began_at") - timedelta(days=1))


def test_a_month_that_is_wrong_stays_open_over_new_months_until_it_is_healed_or_signed_for(
    world: World, posted: list[int], compared: Compare
) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from bilag.reconciliation import actions, tasks

    reverse(world, posted[2])
    wrong = compared(first=date(2026, 11, 1), last=date(2026, 11, 30))
    compared(first=date(2026, 12, 1), last=date(2026, 12, 31))
    compared(first=date(2027, 1, 1), last=date(2027, 1, 31))
    assert [(run.pk, count) for run, _found, count in actions.open_wrongs(world.company_id)] == [(wrong.pk, 1)]
    with_clock_at_night(tasks)
    asked = ProcrastinateJob.objects.filter(task_name="reconciliation.period").values_list("args", flat=True)
    assert "2026-11-01" not in {one["first"] for one in asked}, "this month is done tonight already"
    let_a_day_pass()
    with_clock_at_night(tasks)
    asked = ProcrastinateJob.objects.filter(task_name="reconciliation.period").values_list("args", flat=True)
    assert "2026-11-01" in {one["first"] for one in asked}
    actions.SignOff.objects.create(
        company_id=world.company_id, month=wrong.first, by="kari", at=datetime.now(UTC), digest=wrong.digest,
        counts={}, sums={}, remark="Tilbakeført etter avtale",
    )  # fmt: skip
    assert actions.open_wrongs(world.company_id) == []


def test_night_sends_what_should_have_gone(world: World) -> None:

    from bilag.reconciliation import enqueue

    number = world.insert_invoice({})
    enqueue.ask(world.company_id, date(2026, 11, 1), date(2026, 11, 30))
    world.work(rounds=2)
    assert len(world.vouchers(number)) == 1


def test_person_is_told_once_of_each_wrong_and_it_heals(world: World, posted: list[int], compared: Compare) -> None:
    from bilag.companies import store
    from bilag.inbox.open_problems import find_open_problems as open_now
    from bilag.messages import render_problem

    def sentences(language: str = "en") -> list[str]:
        return [render_problem(one.problem, language).message for one in open_now(store.load_setup(world.company_id))]

    compared()
    assert sentences() == []
    other_voucher(world, posted[0], "12500.00")
    other_voucher(world, posted[1], "12500.00")
    reverse(world, posted[2])
    run = compared()
    assert sentences() == [
        "In November 2026, posted invoices are no longer in the journal (1).",
        "In November 2026, invoices are posted more than once in the journal (2).",
    ]
    assert sentences("nb")[1] == "I november 2026 er fakturaer bokført mer enn én gang i journalen (2)."
    [twice] = [one for one in open_now(store.load_setup(world.company_id)) if one.problem.code.endswith("duplicate")]
    assert (twice.count, twice.path, twice.place) == (
        2, f"attention/{twice.cause}/", "reconciliation/month/2026-11/?found=duplicate",
    )  # fmt: skip
    for row in run.findings.filter(found="duplicate"):
        world.hub.ask("POST", f"/admin/clients/123/journals/{row.journals[-1]}/reverse")
    compared()
    assert [one for one in sentences() if "more than once" in one] == []
