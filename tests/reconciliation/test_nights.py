"""Each night by itself, and what people are told of it."""

from datetime import UTC, date, datetime

import pytest

from tests.reconciliation.conftest import Compare, other_voucher, reverse
from tests.transfers.conftest import World


def test_month_before_and_this_month(world: World) -> None:
    from bilag.reconciliation.jobs import months_before

    assert months_before(date(2026, 3, 1)) == [
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 31)),
    ]
    assert months_before(date(2027, 1, 31))[0] == (date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.parametrize(("hour", "wanted"), [(0, 0), (1, 2), (12, 0)])
def test_it_runs_at_two_in_oslo_for_each_open_company_once(
    world: World, monkeypatch: pytest.MonkeyPatch, hour: int, wanted: int
) -> None:
    from django.utils import timezone
    from procrastinate.contrib.django.models import ProcrastinateJob

    from bilag.reconciliation import jobs

    now = datetime(2026, 11, 24, hour, 5, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    jobs.nightly(0)
    jobs.nightly(0)
    asked = ProcrastinateJob.objects.filter(task_name="reconciliation.period")
    assert asked.count() == wanted


def test_night_sends_what_should_have_gone(world: World) -> None:
    from bilag.reconciliation import jobs

    number = world.insert_invoice({})
    jobs.ask(world.company_id, date(2026, 11, 1), date(2026, 11, 30))
    world.work(rounds=2)
    assert len(world.vouchers(number)) == 1


def test_person_is_told_once_of_each_wrong_and_it_heals(world: World, posted: list[int], compared: Compare) -> None:
    from bilag.companies import store
    from bilag.notifying.open_causes import found as open_now
    from bilag.posting.catalogue import told

    def sentences(language: str = "en") -> list[str]:
        return [told(one.problem, language).message for one in open_now(store.load_setup(world.company_id))]

    compared()
    assert sentences() == []
    other_voucher(world, posted[0], "12500.00")
    other_voucher(world, posted[1], "12500.00")
    reverse(world, posted[2])
    run = compared()
    assert sentences() == [
        "In November 2026, invoices that were posted once are no more in the journal: 1.",
        "In November 2026, invoices stand in the journal more than once: 2.",
    ]
    assert sentences("nb")[1] == "I november 2026 står fakturaer i journalen mer enn én gang: 2."
    [twice] = [one for one in open_now(store.load_setup(world.company_id)) if one.problem.code.endswith("duplicate")]
    assert (twice.count, twice.path) == (2, "reconciliation/month/2026-11/?found=duplicate")
    for row in run.findings.filter(found="duplicate"):
        world.hub.ask("POST", f"/admin/clients/123/journals/{row.journals[-1]}/reverse")
    compared()
    assert [one for one in sentences() if "more than once" in one] == []
