"""No state goes on for ever: pauses grow, and only a success, a definite answer or a person ends the three days."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.transfers import begun_try
from tests.support.world import World

THREE_DAYS = timedelta(days=3, minutes=1)


def hint(world: World, number: int) -> None:
    world.hint(world.invoices[number])
    world.work()


def has_failed_for(world: World, number: int, time: timedelta) -> None:
    from django.utils import timezone

    from bilag.transfers.models import Transfer

    Transfer.objects.filter(number=str(number), kind="invoice").update(failing_since=timezone.now() - time)


ENDLESS: dict[str, dict[str, Any]] = {
    "the hub limits for ever": {"kind": "rate_limited", "operation": "listVouchers", "retryAfter": 1, "times": None},
    "Moment limits for ever": {"kind": "rate_limited", "operation": "getInvoice", "retryAfter": 1, "times": None},
    "the hub is down for ever": {"kind": "unavailable", "operation": "listVouchers", "times": None},
    "answers are lost for ever": {"kind": "closed_before", "operation": "createBatch", "times": None},
}


@pytest.mark.parametrize("name", ENDLESS)
def test_endless_failure_comes_to_a_person_and_stays_there(world: World, name: str) -> None:
    number = world.insert_invoice({})
    fault = ENDLESS[name]
    (world.moment if "Invoice" in fault["operation"] else world.hub).fault(**fault)
    hint(world, number)
    assert world.transfer(number).state in ("waiting", "in_doubt")
    assert world.transfer(number).failing_since is not None
    has_failed_for(world, number, THREE_DAYS)
    world.hurry()
    row = world.transfer(number)
    assert (row.state, world.codes(number)[0]) == ("needs_attention", "retries_exhausted")
    assert (row.problems[0]["subject"], row.problems[0]["facts"]) == (f"invoice {number}", {"hours": "72"})
    tries = row.attempts.count()
    for _ in range(3):
        hint(world, number)
        world.poll()
        world.work()
    row = world.transfer(number)
    assert (row.state, row.attempts.count()) == ("needs_attention", tries), "no hint begins the three days anew"
    for side in (world.moment, world.hub):
        side.ask("DELETE", "/admin/faults")
    world.pass_doubt()
    world.recovered += 60
    world.retry(number)
    world.pass_doubt()
    world.hurry()
    assert world.transfer(number).state == "done"
    assert len(world.vouchers(number)) == 1


def test_hint_during_the_try_that_gives_up_does_not_begin_anew(world: World) -> None:
    from bilag.transfers.delivery import commit, runner

    number = world.insert_invoice({})
    world.hub.fault(kind="unavailable", times=None)
    hint(world, number)
    has_failed_for(world, number, THREE_DAYS)
    from bilag.transfers.models import Transfer

    Transfer.objects.update(next_at=None)
    run = begun_try(world.transfer(number).pk)
    assert run is not None
    outcome = runner._try(run)
    world.hint(world.invoices[number])
    commit.commit_outcome(run, outcome)
    row = world.transfer(number)
    assert (row.state, world.codes(number)[0]) == ("needs_attention", "retries_exhausted")
    assert row.failing_since is not None


def test_persons_retry_during_the_try_that_gives_up_counts(world: World) -> None:
    from bilag.transfers.delivery import commit, runner
    from bilag.transfers.intake import accept
    from bilag.transfers.models import Transfer

    number = world.insert_invoice({})
    world.hub.fault(kind="unavailable", times=None)
    hint(world, number)
    has_failed_for(world, number, THREE_DAYS)
    Transfer.objects.update(next_at=None)
    run = begun_try(world.transfer(number).pk)
    assert run is not None
    outcome = runner._try(run)
    accept.retry(world.company_id, None, [str(number)], origin="kari")
    commit.commit_outcome(run, outcome)
    assert world.transfer(number).state == "waiting"


def test_definite_answer_ends_the_time_of_failing(world: World) -> None:
    """Refused after two days without an answer, and mended a week later: a first failure then is a first one."""
    number = world.insert_invoice({"line": {"accountNumber": "3999"}})
    world.moment.fault(kind="bad_gateway", operation="getInvoice")
    hint(world, number)
    has_failed_for(world, number, timedelta(days=2))
    world.hurry()
    assert world.codes(number) == ["account_unknown"]
    assert world.transfer(number).failing_since is None


def test_batch_that_is_being_posted_is_asked_for_ever_more_rarely_and_makes_one_attempt(world: World) -> None:
    from django.utils import timezone

    number = world.insert_invoice({})
    world.hub.ask("POST", "/admin/clients/123/posting", {"effect": "delay", "seconds": 10**7})
    hint(world, number)
    assert world.transfer(number).state == "in_doubt"
    tries = world.transfer(number).attempts.count()
    pauses = []
    for waited in (timedelta(0), timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=4), timedelta(days=1)):
        has_failed_for(world, number, waited)
        before = timezone.now()
        world.hurry()
        row = world.transfer(number)
        assert row.state == "in_doubt"
        pauses.append((_at(row.next_at) - before).total_seconds())
    assert row.attempts.count() == tries
    assert pauses == sorted(pauses)
    assert pauses[0] < 10
    assert 3000 < pauses[-1] < 4000
    has_failed_for(world, number, THREE_DAYS)
    world.hurry()
    assert world.transfer(number).state == "needs_attention"


def _at(moment: datetime | None) -> datetime:
    assert moment is not None
    return moment


def test_pause_of_a_limit_grows_with_the_time_waited() -> None:
    from bilag.jobs import backoff

    asked = timedelta(seconds=5)
    pauses = [backoff.patient_pause(asked, timedelta(minutes=minutes)) for minutes in (0, 1, 10, 60, 600, 6000)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (asked, timedelta(hours=1))


def test_poll_that_fails_for_hours_is_told_and_resolved_when_it_succeeds(world: World) -> None:
    """Also where only one of Moment's lists cannot be read."""
    from django.utils import timezone

    from bilag.companies import store
    from bilag.inbox.open_problems import find_open_problems
    from bilag.transfers.intake import poll
    from bilag.transfers.models import PollMark

    def codes() -> list[str]:
        return [one.problem.code for one in find_open_problems(store.load_setup(world.company_id))]

    poll.poll_quietly(world.company_id)
    world.moment.fault(kind="rate_limited", operation="listInvoices", times=None)
    poll.poll_quietly(world.company_id)
    assert codes() == [], "not at once"
    PollMark.objects.filter(kind="invoice").update(polled_at=timezone.now() - timedelta(hours=7))
    poll.poll_quietly(world.company_id)
    assert codes() == ["moment_not_polled"]
    world.moment.ask("DELETE", "/admin/faults")
    poll.poll_quietly(world.company_id)
    assert codes() == []


def test_poll_does_not_try_again_what_needs_attention_at_the_same_version(world: World) -> None:
    """Blocked by its customer, or not readable: one attempt, not one every five minutes; another version is tried."""
    blocked = world.insert_invoice({"customer": bad_customer(world)})
    unreadable = world.insert_invoice({})
    world.moment.fault(
        kind="patch", json={"lines": "none"}, operation="getInvoice", path=f"*/{unreadable_id(world)}", times=None
    )
    for _ in range(3):
        world.poll()
        world.work()
    for number in (blocked, unreadable):
        row = world.transfer(number)
        assert (row.state, row.attempts.count()) == ("needs_attention", 1), row.problems
    world.moment.ask("DELETE", "/admin/faults")
    world.moment.ask("PATCH", f"/admin/invoices/number:{unreadable}", {"description": "Ny tekst"})
    world.poll()
    world.work()
    assert world.transfer(unreadable).state == "done"


def bad_customer(world: World) -> dict[str, Any]:
    body = {"name": "Feil AS", "organizationNumber": "123456789", "countryCode": "NO"}
    made = world.moment.ask("POST", "/admin/customers", body)
    return {"id": made["id"], "customerNumber": made["customerNumber"]}


def unreadable_id(world: World) -> int:
    return int(world.invoices[max(world.invoices)]["id"])
