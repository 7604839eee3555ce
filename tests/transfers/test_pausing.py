"""A company whose setup does not work stops after the first refusal, says so once, and goes on when it works again."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from bilag.messages import render_problem
from bilag_sandbox import hub, moment
from bilag_sandbox.common import running
from tests.support.world import LAST_DAY, Side, World, company_document


def events(company_id: int, *names: str) -> list[Any]:
    from bilag.events.models import Event

    return list(Event.objects.filter(company_id=company_id, name__in=names).order_by("id"))


def paused(company_id: int) -> Any:
    from bilag.companies import store

    return store.load_setup(company_id).paused


def jobs_of(name: str, status: str = "todo") -> int:
    from procrastinate.contrib.django.models import ProcrastinateJob

    return ProcrastinateJob.objects.filter(task_name=name, status=status).count()


def neighbour_invoices(world: World) -> list[Any]:
    from bilag.transfers.models import Transfer

    return list(Transfer.objects.filter(company_id=world.company_id, kind="invoice"))


def change_password_at_the_hub(world: World, password: str, user: str = hub.USERNAME) -> None:
    """As an administrator of the hub does: tokens that were given out are withdrawn too."""
    world.hub.ask("PUT", f"/admin/users/{user}", {"password": password})
    world.hub.ask("POST", "/admin/tokens/withdraw", {})


def sign_ins_refused(world: World) -> int:
    """How often Bilag tried the credentials in vain, by what the attempts recorded."""
    from bilag.transfers.models import Attempt

    exchanges = [one for attempt in Attempt.objects.all() for one in attempt.exchanges]
    return len([one for one in exchanges if one["path"] == "token" and one["status"] == 401])


def take_probe() -> None:
    """The check that waits is taken from the queue, as a worker does at its time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set status = 'doing' where task_name = 'transfers.probe'")


def probe(company_id: int) -> None:
    from bilag.transfers.activation import pausing

    pausing.probe(company_id, 1)


def test_refused_credentials_pause_the_company_after_the_first_refusal(world: World) -> None:
    finalised = world.moment.ask("POST", "/admin/invoices/finalize", {"count": 30})["invoices"]
    world.poll()
    change_password_at_the_hub(world, "another")
    world.work()
    problem = paused(world.company_id)
    assert problem.code == "invalid_credentials"
    assert problem.subject == "setup platform.azets.password", "the field that the hub named"
    assert sign_ins_refused(world) <= 4, "as many as were under way together, not one for each transfer"
    assert {world.transfer(one["invoiceNumber"]).state for one in finalised} == {"queued"}, (
        "nothing is lost or given up"
    )
    assert world.vouchers() == []


def test_it_is_told_once_with_the_other_systems_words_and_the_cure(world: World) -> None:
    world.moment.ask("POST", "/admin/invoices/finalize", {"count": 10})
    world.poll()
    change_password_at_the_hub(world, "another")
    world.work()
    for _ in range(3):
        world.poll()
        world.hurry()
        probe(world.company_id)
    [event] = events(world.company_id, "paused")
    assert not event.good
    problem = paused(world.company_id)
    assert event.problem == problem.as_json()
    english, norwegian = render_problem(problem, "en"), render_problem(problem, "nb")
    assert "does not accept the username, password or API key" in english.message
    assert "Enter them again in the setup" in english.remedy
    assert norwegian.message != english.message
    assert hub.PASSWORD not in str(event.problem)


def test_nothing_is_sent_while_it_is_paused(world: World) -> None:
    from bilag.transfers.models import Attempt

    world.finalise()
    world.poll()
    change_password_at_the_hub(world, "another")
    world.work()
    change_password_at_the_hub(world, hub.PASSWORD)
    before = Attempt.objects.count()
    later = world.finalise()
    world.hint(later)
    world.hurry()
    assert Attempt.objects.count() == before
    assert world.transfer(later["invoiceNumber"]).state == "queued", "hints go on being written down"
    assert world.vouchers() == []


def test_it_goes_on_when_the_setup_is_saved_and_checks_out(world: World) -> None:
    from bilag.transfers.activation import switch

    first = world.finalise()
    world.poll()
    change_password_at_the_hub(world, "a-new-password")
    world.work()
    missed = world.finalise()
    azets = {**company_document(world.moment.url, world.hub.url, {})["platform"]["azets"], "password": "still-wrong"}
    world.apply(platform={"azets": azets})
    assert switch.recheck(world.company_id) == "paused"
    world.work()
    assert world.vouchers() == []
    world.apply(platform={"azets": {**azets, "password": "a-new-password"}})
    assert switch.recheck(world.company_id) == "resumed"
    world.work(rounds=2)
    assert paused(world.company_id) is None
    assert world.transfer(first["invoiceNumber"]).state == "done"
    assert world.transfer(missed["invoiceNumber"]).state == "done", "Moment is asked what happened meanwhile"
    assert [one.name for one in events(world.company_id, "paused", "resumed")][-1] == "resumed"


def test_it_goes_on_by_itself_when_the_hub_takes_the_credentials_again(world: World) -> None:
    invoice = world.finalise()
    world.poll()
    change_password_at_the_hub(world, "another")
    world.work()
    probe(world.company_id)
    assert paused(world.company_id) is not None
    change_password_at_the_hub(world, hub.PASSWORD)
    probe(world.company_id)
    world.work(rounds=2)
    assert paused(world.company_id) is None
    assert world.transfer(invoice["invoiceNumber"]).state == "done"
    assert [one.name for one in events(world.company_id, "paused", "resumed")] == ["paused", "resumed"]


def test_a_paused_company_whose_check_was_lost_from_the_queue_goes_on_all_the_same(world: World) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from bilag.transfers.tasks import tend

    change_password_at_the_hub(world, "another")
    invoice = world.finalise()
    world.poll()
    world.work()
    assert paused(world.company_id).code == "invalid_credentials"
    ProcrastinateJob.objects.filter(task_name="transfers.probe").delete()
    change_password_at_the_hub(world, hub.PASSWORD)
    tend.func(timestamp=0)
    tend.func(timestamp=0)
    assert jobs_of("transfers.probe") == 1
    ProcrastinateJob.objects.filter(task_name="transfers.probe").update(scheduled_at=None)
    world.work(rounds=2)
    assert paused(world.company_id) is None
    assert world.transfer(invoice["invoiceNumber"]).state == "done"


def test_wrong_credentials_are_tried_ever_more_seldom(world: World) -> None:
    from django.utils import timezone
    from procrastinate.contrib.django.models import ProcrastinateJob

    from bilag.jobs import backoff
    from bilag.transfers.activation import pausing

    world.finalise()
    world.poll()
    change_password_at_the_hub(world, "another")
    world.work()
    assert jobs_of("transfers.probe") == 1
    for probes, pause in ((1, 300), (2, 900), (3, 3600), (50, 3600)):
        take_probe()
        pausing.probe(world.company_id, probes)
        newest = ProcrastinateJob.objects.filter(task_name="transfers.probe").latest("id")
        wait = newest.scheduled_at - timezone.now()
        assert timedelta(seconds=pause - 20) < wait <= timedelta(seconds=pause)
        assert newest.args["probes"] == probes + 1
    assert backoff.PROBE_PAUSES[-1] == 3600


def test_saving_a_wrong_password_again_and_again_does_not_make_more_checks(world: World) -> None:
    from bilag.transfers.activation import switch

    azets = company_document(world.moment.url, world.hub.url, {})["platform"]["azets"]
    for number in range(4):
        world.apply(platform={"azets": {**azets, "password": f"wrong-{number}"}})
        assert switch.recheck(world.company_id) == "paused"
    assert jobs_of("transfers.probe") == 1


@pytest.mark.first_poll
def test_hub_that_is_down_pauses_nobody_and_everything_waits_until_it_is_back(world: World) -> None:
    finalised = world.moment.ask("POST", "/admin/invoices/finalize", {"count": 3})["invoices"]
    world.poll()
    world.hub.fault(kind="unavailable", times=None)
    world.work()
    assert paused(world.company_id) is None
    assert events(world.company_id, "paused") == []
    assert {world.transfer(one["invoiceNumber"]).state for one in finalised} == {"waiting"}
    world.hub.ask("DELETE", "/admin/faults")
    world.hurry()
    world.hurry()
    assert {world.transfer(one["invoiceNumber"]).state for one in finalised} == {"done"}
    assert len(world.vouchers()) == 3


def test_the_first_that_succeeds_wakes_all_that_wait(world: World) -> None:
    """Nobody sits out a pause of an hour when the hub is back."""
    from django.utils import timezone

    from bilag.transfers.models import Transfer

    world.poll()
    world.work()
    finalised = world.moment.ask("POST", "/admin/invoices/finalize", {"count": 3})["invoices"]
    world.poll()
    world.hub.fault(kind="unavailable", times=None)
    world.work()
    Transfer.objects.filter(state="waiting").update(next_at=timezone.now() + timedelta(hours=1))
    world.hub.ask("DELETE", "/admin/faults")
    world.retry(finalised[0]["invoiceNumber"])
    world.work()
    assert {one["invoiceNumber"]: world.transfer(one["invoiceNumber"]).state for one in finalised} == {
        one["invoiceNumber"]: "done" for one in finalised
    }


def test_refused_key_of_moment_pauses_too_and_says_which_key(world: World) -> None:
    from bilag.transfers.intake import poll

    world.moment.ask("PUT", "/admin/settings", {"keyState": "expired"})
    poll.poll_quietly(world.company_id)
    problem = paused(world.company_id)
    assert (problem.code, problem.subject) == ("moment_credentials", "setup moment.api_key")
    assert "Create a new API key in Moment" in render_problem(problem, "en").remedy
    poll.poll_quietly(world.company_id)
    assert len(events(world.company_id, "paused")) == 1
    world.moment.ask("PUT", "/admin/settings", {"keyState": "valid"})
    probe(world.company_id)
    assert paused(world.company_id) is None


def test_refusal_of_a_setup_that_was_replaced_meanwhile_pauses_nobody(world: World) -> None:
    from bilag.companies import store
    from bilag.posting.problem import Problem
    from bilag.transfers.activation import pausing

    stale = store.load_setup(world.company_id)
    world.apply(company={"name": "Fjell og Vann AS"})
    pausing.pause(stale, Problem("invalid_credentials", "setup"))
    assert paused(world.company_id) is None
    assert events(world.company_id, "paused") == []


def test_company_that_is_switched_off_is_not_probed(world: World) -> None:
    from bilag.companies import lifecycle

    world.finalise()
    world.poll()
    change_password_at_the_hub(world, "another")
    world.work()
    before = jobs_of("transfers.probe")
    lifecycle.set_not_live(world.company_id)
    probe(world.company_id)
    assert jobs_of("transfers.probe") == before
    assert paused(world.company_id) is not None


@pytest.fixture
def neighbour(world: World) -> Iterator[World]:
    """Another company: a Moment of its own, a user and a client of its own at the same hub."""
    from datetime import date

    from bilag.companies import lifecycle
    from bilag.companies.file import parse_company_file
    from bilag.transfers.activation.save_setup import save_setup

    world.hub.ask("POST", "/admin/clients", {"id": "124", "accountingSystem": "VismaBusiness"})
    world.hub.ask("PUT", "/admin/users/neighbour", {"password": "neighbours-password", "clients": ["124"]})
    with ExitStack() as stack:
        url = stack.enter_context(running(moment.app(sample="drafts", last_day=LAST_DAY)))
        document = company_document(url, world.hub.url, {"company": {"slug": "vann", "name": "Vann AS"}})
        document["platform"]["azets"] |= {
            "username": "neighbour",
            "password": "neighbours-password",
            "source_client_id": "124",
        }
        from pathlib import Path

        applied = save_setup(parse_company_file(document, {}, Path()), origin="test")
        lifecycle.set_live(applied.company_id, date(2020, 1, 1))
        yield World(Side(url), world.hub, applied.company_id, world.apply, world.clock)


def test_one_companys_pause_never_touches_another(world: World, neighbour: World) -> None:
    stopped, goes = world.finalise(), neighbour.finalise()
    change_password_at_the_hub(world, "another")
    world.poll()
    neighbour.poll()
    world.work()
    assert paused(world.company_id) is not None
    assert paused(neighbour.company_id) is None
    assert events(neighbour.company_id, "paused") == []
    assert neighbour.transfer(goes["invoiceNumber"]).state == "done"
    assert world.transfer(stopped["invoiceNumber"]).state == "queued"
    second = neighbour.finalise()
    neighbour.poll()
    neighbour.work()
    assert neighbour.transfer(second["invoiceNumber"]).state == "done"


def test_a_pause_at_one_moment_never_touches_another(world: World, neighbour: World) -> None:
    from bilag.transfers.intake import poll

    world.moment.ask("PUT", "/admin/settings", {"keyState": "forbidden"})
    invoice = neighbour.finalise()
    for company_id in (world.company_id, neighbour.company_id):
        poll.poll_quietly(company_id)
    world.work()
    assert paused(world.company_id) is not None
    assert neighbour.transfer(invoice["invoiceNumber"]).state == "done"


def test_going_on_wakes_only_the_company_that_goes_on(world: World, neighbour: World) -> None:
    world.finalise()
    change_password_at_the_hub(world, "another")
    change_password_at_the_hub(world, "another", "neighbour")
    neighbour.finalise()
    world.poll()
    neighbour.poll()
    world.work()
    assert paused(world.company_id) is not None
    assert paused(neighbour.company_id) is not None
    change_password_at_the_hub(world, "neighbours-password", "neighbour")
    probe(neighbour.company_id)
    world.work(rounds=2)
    assert paused(neighbour.company_id) is None
    assert paused(world.company_id) is not None
    assert world.company_transfers("invoice", "done") == []
    assert [(one.state, one.problems) for one in neighbour_invoices(neighbour)] == [("done", [])]


def test_wrong_number_of_one_customer_pauses_nobody(world: World) -> None:
    world.moment.ask(
        "POST", "/admin/customers", {"name": "Feil AS", "organizationNumber": "123456789", "countryCode": "NO"}
    )
    world.poll()
    world.work()
    assert paused(world.company_id) is None
