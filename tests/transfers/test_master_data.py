"""Customers and projects follow Moment: made, changed when something changed, kept back by switch and state, before
the invoice that needs them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from bilag.messages import render_reason, sentence
from bilag.posting.problem import Problem
from bilag_sandbox.common import running
from tests.support import hub_master_data as accounting
from tests.support.patience import wait_for
from tests.support.world import World


def make_customer(world: World, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = world.moment.ask("POST", "/admin/customers", {"name": "Nye Kunde AS", **fields})
    return made


def make_project(world: World, customer: dict[str, Any], **fields: Any) -> dict[str, Any]:
    ref = {"id": customer["id"], "customerNumber": customer["customerNumber"]}
    made: dict[str, Any] = world.moment.ask("POST", "/admin/projects", {"name": "Nytt bygg", "customer": ref, **fields})
    return made


def ask_and_work(world: World) -> None:
    world.poll()
    world.work()


@pytest.fixture
def webhooks(world: World) -> Iterator[World]:
    """Moment's webhooks go to Bilag's own web server, and nothing else tells it anything."""
    from bilag.companies import store
    from bilag.companies.models import Company
    from bilag.web.application import application

    address = store.webhook_url(Company.objects.get(pk=world.company_id))
    with running(application()) as site:
        url = site + address[address.index("/hooks/") :]
        world.moment.ask("PUT", "/admin/webhooks", dict.fromkeys(("invoice", "customer", "project"), url))
        yield world


def deliver_and_work(world: World) -> None:
    """Wait until Moment has delivered what it had to tell, and work."""
    wait_for(lambda: not world.moment.ask("GET", "/admin/webhooks")["waiting"], "the webhooks to arrive")
    told = world.moment.ask("GET", "/admin/webhooks")
    assert {one.get("status") for one in told["log"]} == {202}
    world.work(rounds=2)


def test_new_customer_is_made_with_everything_that_moment_knows(world: World) -> None:
    made = make_customer(
        world,
        name="Ås & Ødegård AS",
        organizationNumber="NO 914 778 271 MVA",
        email="post@aas.example",
        addressLine1="Storgata 1",
        postalCode="0155",
        city="Oslo",
    )
    ask_and_work(world)
    found = accounting.customer(world, made["customerNumber"])
    assert found is not None
    assert {name: found[name] for name in ("name", "organisationNumber", "email", "addressLine1")} == {
        "name": "Ås & Ødegård AS",
        "organisationNumber": "914778271",
        "email": "post@aas.example",
        "addressLine1": "Storgata 1",
    }
    assert (found["postCode"], found["postalArea"], found["countryCode"]) == ("0155", "Oslo", "NO")
    row = world.transfer(made["customerNumber"], "customer")
    assert (row.state, row.name) == ("done", "Ås & Ødegård AS")


def test_renamed_customer_is_renamed_in_accounting_by_its_number(world: World) -> None:
    made = make_customer(world)
    ask_and_work(world)
    before = accounting.customer(world, made["customerNumber"])
    world.moment.ask("PATCH", f"/admin/customers/{made['id']}", {"name": "Nytt Navn AS", "city": "Bergen"})
    ask_and_work(world)
    after = accounting.customer(world, made["customerNumber"])
    assert before is not None
    assert after is not None
    assert (after["name"], after["postalArea"]) == ("Nytt Navn AS", "Bergen")
    assert after["version"] == before["version"] + 1
    row = world.transfer(made["customerNumber"], "customer")
    assert (row.state, row.name, row.attempts.count()) == ("done", "Nytt Navn AS", 2)


def test_ten_changes_of_a_customer_while_nobody_works_are_one_transfer(world: World) -> None:
    made = make_customer(world)
    for number in range(10):
        world.moment.ask("PATCH", f"/admin/customers/{made['id']}", {"name": f"Navn {number} AS"})
        world.poll()
    world.work()
    row = world.transfer(made["customerNumber"], "customer")
    assert (row.state, row.attempts.count()) == ("done", 1)
    found = accounting.customer(world, made["customerNumber"])
    assert found is not None
    assert found["name"] == "Navn 9 AS"
    assert found["version"] == 1


def test_customer_who_changes_its_state_only_is_not_sent_again(world: World) -> None:
    made = make_customer(world)
    ask_and_work(world)
    world.moment.ask("PATCH", f"/admin/customers/{made['id']}", {"customerState": "inactive"})
    ask_and_work(world)
    row = world.transfer(made["customerNumber"], "customer")
    assert (row.state, row.attempts.count()) == ("done", 1)
    found = accounting.customer(world, made["customerNumber"])
    assert found is not None
    assert found["status"] == "active", "a late invoice must be postable: Bilag closes nothing"


def test_value_that_moment_takes_away_is_taken_away_in_accounting(world: World) -> None:
    made = make_customer(world, email="gammel@kunde.example")
    ask_and_work(world)
    world.moment.ask("PATCH", f"/admin/customers/{made['id']}", {"email": None})
    ask_and_work(world)
    found = accounting.customer(world, made["customerNumber"])
    assert found is not None
    assert found["email"] is None


def test_customer_given_another_number_goes_under_it_and_the_old_one_stays_as_it_was(world: World) -> None:
    made = make_customer(world)
    ask_and_work(world)
    world.moment.ask("PATCH", f"/admin/customers/{made['id']}", {"customerNumber": "77001", "name": "Flyttet AS"})
    world.poll()
    world.work(rounds=2)
    new, old = accounting.customer(world, "77001"), accounting.customer(world, made["customerNumber"])
    assert new is not None
    assert old is not None
    assert (new["name"], old["name"]) == ("Flyttet AS", "Nye Kunde AS")
    assert world.transfer("77001", "customer").state == "done"


def test_project_stands_in_its_unit_with_its_customer_which_went_first(world: World) -> None:
    customer = make_customer(world)
    made = make_project(world, customer, name="Rådhuset", projectNumber="4711")
    world.retry("4711", "project")
    found = accounting.project(world, "4711")
    assert found is not None
    assert (found["name"], found["customerNumber"]) == ("Rådhuset", customer["customerNumber"])
    assert accounting.customer(world, customer["customerNumber"]) is not None
    row = world.transfer(made["projectNumber"], "project")
    assert (row.state, row.customer_number) == ("done", customer["customerNumber"])


def test_renamed_project_is_renamed_and_a_finished_one_stays_open(world: World) -> None:
    made = make_project(world, make_customer(world))
    ask_and_work(world)
    world.moment.ask("PATCH", f"/admin/projects/{made['id']}", {"name": "Nytt navn", "projectState": "finished"})
    ask_and_work(world)
    found = accounting.project(world, made["projectNumber"])
    assert found is not None
    assert (found["name"], found["status"]) == ("Nytt navn", "active")


def test_project_moved_to_another_unit_is_made_there(world: World) -> None:
    made = make_project(world, make_customer(world))
    ask_and_work(world)
    world.apply(dimensions={"project": 3, "department": 1})
    ask_and_work(world)
    assert accounting.project(world, made["projectNumber"], unit=3) is not None
    assert world.transfer(made["projectNumber"], "project").state == "done"


def test_without_a_unit_for_projects_none_is_looked_at(world: World) -> None:
    from bilag.transfers.models import Transfer

    world.apply(dimensions={"project": None})
    made = make_project(world, make_customer(world))
    ask_and_work(world)
    assert not Transfer.objects.filter(kind="project").exists()
    assert accounting.project(world, made["projectNumber"]) is None
    world.retry(made["projectNumber"], "project")
    row = world.transfer(made["projectNumber"], "project")
    assert (row.state, row.reason) == ("skipped", "no_project_dimension")
    assert "unit" in render_reason(row.reason, "en")


@pytest.mark.parametrize(("kind", "switch"), [("customer", "customers"), ("project", "projects")])
def test_switch_off_keeps_them_all_and_switch_on_sends_them(world: World, kind: str, switch: str) -> None:
    from bilag.transfers.models import Transfer

    customer = make_customer(world)
    project = make_project(world, customer)
    number = customer["customerNumber"] if kind == "customer" else project["projectNumber"]
    look = accounting.customer if kind == "customer" else accounting.project
    world.apply(export={switch: False})
    ask_and_work(world)
    assert not Transfer.objects.filter(kind=kind, state="done").exists()
    assert look(world, number) is None
    world.retry(number, kind)
    row = world.transfer(number, kind)
    assert (row.state, row.reason) == ("skipped", "switch_off"), "no hand overrides a switch"
    world.apply(export={switch: True})
    ask_and_work(world)
    assert world.transfer(number, kind).state == "done"
    assert look(world, number) is not None


def test_invoice_goes_although_customers_and_projects_are_switched_off_when_accounting_has_them(world: World) -> None:
    first = world.finalise()
    ask_and_work(world)
    world.apply(export={"customers": False, "projects": False})
    number = world.insert_invoice({"customer": first["customer"], "project": first["project"]})
    ask_and_work(world)
    assert world.transfer(number).state == "done", world.transfer(number).problems


def test_state_that_is_not_chosen_keeps_a_customer_until_it_is_chosen(world: World) -> None:
    world.apply(export={"customer_states": ["active"]})
    made = make_customer(world, customerState="inactive")
    ask_and_work(world)
    row = world.transfer(made["customerNumber"], "customer")
    assert (row.state, row.reason) == ("skipped", "state_filtered")
    assert accounting.customer(world, made["customerNumber"]) is None
    assert row.attempts.count() == 0, "nothing was sent"
    world.moment.ask("PATCH", f"/admin/customers/{made['id']}", {"customerState": "active"})
    ask_and_work(world)
    assert accounting.customer(world, made["customerNumber"]) is not None


def test_state_filter_that_is_widened_sends_what_it_held_back(world: World) -> None:
    world.apply(export={"project_states": ["inProgress"]})
    made = make_project(world, make_customer(world), projectState="finished")
    ask_and_work(world)
    assert world.transfer(made["projectNumber"], "project").reason == "state_filtered"
    world.apply(export={"project_states": ["inProgress", "finished"]})
    ask_and_work(world)
    assert accounting.project(world, made["projectNumber"]) is not None


def test_a_hand_overrides_the_state_filter(world: World) -> None:
    world.apply(export={"customer_states": ["active"]})
    made = make_customer(world, customerState="inactive")
    world.retry(made["customerNumber"], "customer")
    assert accounting.customer(world, made["customerNumber"]) is not None


def test_webhook_of_a_new_customer_and_of_its_change_sends_it(webhooks: World) -> None:
    world = webhooks
    made = make_customer(world)
    deliver_and_work(world)
    assert accounting.customer(world, made["customerNumber"]) is not None
    world.moment.ask("PATCH", f"/admin/customers/{made['id']}", {"name": "Endret AS"})
    deliver_and_work(world)
    found = accounting.customer(world, made["customerNumber"])
    assert found is not None
    assert found["name"] == "Endret AS"


def test_webhook_of_a_project_sends_it_and_its_customer(webhooks: World) -> None:
    world = webhooks
    world.moment.ask("PUT", "/admin/webhooks", {"customer": None})
    customer = make_customer(world)
    made = make_project(world, customer)
    deliver_and_work(world)
    assert accounting.project(world, made["projectNumber"]) is not None
    assert accounting.customer(world, customer["customerNumber"]) is not None


def test_webhooks_doubled_and_in_another_order_end_in_the_newest_name_sent_once(webhooks: World) -> None:
    world = webhooks
    world.moment.ask("PUT", "/admin/webhooks", {"copies": 3, "shuffle": 4, "holdSeconds": 0.2})
    made = make_customer(world)
    for name in ("Første AS", "Andre AS", "Siste AS"):
        world.moment.ask("PATCH", f"/admin/customers/{made['id']}", {"name": name})
    deliver_and_work(world)
    found = accounting.customer(world, made["customerNumber"])
    assert found is not None
    assert (found["name"], found["version"]) == ("Siste AS", 1)
    assert world.transfer(made["customerNumber"], "customer").attempts.count() == 1


def test_invoice_sends_its_new_customer_and_project_before_itself(world: World) -> None:
    customer = make_customer(world)
    project = make_project(world, customer)
    number = world.insert_invoice(
        {
            "customer": {"id": customer["id"], "customerNumber": customer["customerNumber"]},
            "project": {"id": project["id"], "projectNumber": project["projectNumber"]},
        }
    )
    world.retry(number)
    assert world.transfer(number).state == "done", world.transfer(number).problems
    sent = [
        world.transfer(customer["customerNumber"], "customer").attempts.get().ended_at,
        world.transfer(project["projectNumber"], "project").attempts.get().ended_at,
        world.transfer(number).attempts.get().began_at,
    ]
    assert None not in sent
    assert sent[0] < sent[1], "the project names its customer"
    paths = [one["path"] for one in world.transfer(number).attempts.get().exchanges]
    assert any(path.endswith("/batches") for path in paths)
    assert accounting.customer(world, customer["customerNumber"]) is not None
    assert accounting.project(world, project["projectNumber"]) is not None


def test_customer_that_cannot_be_sent_just_now_makes_its_invoice_wait_not_fail(world: World) -> None:
    customer = make_customer(world)
    number = world.insert_invoice({"customer": {"id": customer["id"], "customerNumber": customer["customerNumber"]}})
    world.hub.fault(kind="hub_unavailable", operation="putCustomer", times=None)
    world.retry(number)
    assert (world.transfer(number).state, world.codes(number)) == ("waiting", ["customer_not_ready"])
    [waits] = world.transfer(number).problems
    assert (waits["subject"], waits["facts"]["customer"]) == (
        f"customer {customer['customerNumber']}",
        customer["customerNumber"],
    )
    assert world.vouchers(number) == []
    world.hub.ask("DELETE", "/admin/faults")
    world.hurry()
    world.hurry()
    assert world.transfer(number).state == "done", world.transfer(number).problems


def due_now(transfer: Any) -> None:
    """Let the time come at which the transfer is tried again."""
    from django.utils import timezone

    from bilag.transfers import enqueue
    from bilag.transfers.models import Transfer

    Transfer.objects.filter(pk=transfer.pk).update(next_at=timezone.now())
    enqueue.wake(transfer.pk)


def _invoices_of_one_new_customer(world: World, count: int) -> tuple[list[int], str]:
    """Finalise invoices of one customer whom accounting does not have; return their numbers and the customer's."""
    made = make_customer(world)
    reference = {"id": made["id"], "customerNumber": made["customerNumber"]}
    return [world.insert_invoice({"customer": reference}) for _ in range(count)], made["customerNumber"]


@pytest.fixture
def long_pauses() -> Iterator[None]:
    """No pause ends while the test runs, however busy the machine is."""
    with override_settings(BILAG_TIME_SCALE=1000.0):
        yield


@pytest.mark.usefixtures("long_pauses")
def test_customer_that_fails_is_tried_by_time_however_many_invoices_need_it(world: World) -> None:
    numbers, customer = _invoices_of_one_new_customer(world, 12)
    world.hub.fault(kind="hub_unavailable", operation="putCustomer", times=None)
    world.poll()
    world.work(rounds=3)
    failed = world.transfer(customer, "customer")
    assert (failed.state, failed.failures, failed.attempts.count()) == ("waiting", 1, 1)
    waiting = [world.transfer(number) for number in numbers]
    assert {one.state for one in waiting} == {"waiting"}
    assert all(one.next_at >= failed.next_at - timedelta(seconds=1) for one in waiting), "the customer goes before them"
    world.hub.ask("DELETE", "/admin/faults")
    due_now(failed)
    world.work(rounds=3)
    assert {world.transfer(number).state for number in numbers} == {"done"}


@pytest.mark.usefixtures("long_pauses")
def test_person_who_asks_for_invoices_has_their_customer_tried_once_at_once(world: World) -> None:
    from bilag.companies import store
    from bilag.transfers.intake import by_request

    numbers, customer = _invoices_of_one_new_customer(world, 6)
    world.hub.fault(kind="hub_unavailable", operation="putCustomer", times=None)
    world.poll()
    world.work()
    setup = store.load_setup(world.company_id)
    by_request.by_number(setup, "invoice", [str(number) for number in numbers])
    world.work()
    assert world.transfer(customer, "customer").failures == 2


def test_change_that_accounting_refuses_does_not_hold_back_the_customers_invoices(world: World) -> None:
    customer = make_customer(world)
    ask_and_work(world)
    world.moment.ask("PATCH", f"/admin/customers/{customer['id']}", {"organizationNumber": "123456789"})
    number = world.insert_invoice({"customer": {"id": customer["id"], "customerNumber": customer["customerNumber"]}})
    world.poll()
    world.work(rounds=2)
    assert world.codes(customer["customerNumber"], "customer") == ["organisation_number_invalid"]
    assert world.transfer(number).state == "done", world.transfer(number).problems


def test_foreign_and_private_customers_go_without_a_number_and_a_wrong_foreign_one_is_told_before_it_is_sent(
    world: World,
) -> None:
    private = make_customer(world, name="Kari Nilsen", organizationNumber=None, countryCode="NO")
    american = make_customer(world, name="Uptown Lofts Inc", organizationNumber="12-3456789", countryCode="US")
    swedish = make_customer(world, name="Malmö Tak AB", organizationNumber="SE556036079401", countryCode="SE")
    ask_and_work(world)
    numbers = [one["customerNumber"] for one in (private, american, swedish)]
    assert [world.transfer(one, "customer").state for one in numbers] == ["done", "done", "needs_attention"]
    problem = Problem.from_json(world.transfer(numbers[2], "customer").problems[0])
    message, remedy = sentence(problem, "en")
    assert message.startswith("The organisation number SE556036079401 has the wrong length or check digit")
    assert (
        remedy
        == "Correct the customer's organisation number in Moment. Bilag then transfers the customer again automatically."
    )
    world.moment.ask("PATCH", f"/admin/customers/{swedish['id']}", {"organizationNumber": "SE556036079301"})
    ask_and_work(world)
    assert world.transfer(numbers[2], "customer").state == "done"


def test_customer_that_is_kept_back_by_a_person_holds_back_its_invoices_until_a_person_lets_it_go(world: World) -> None:
    from bilag.transfers.intake import exclude

    made = make_customer(world)
    world.poll()
    exclude.exclude(world.company_id, world.transfer(made["customerNumber"], "customer").pk, origin="test")
    world.moment.ask("PATCH", f"/admin/customers/{made['id']}", {"name": "Endret AS"})
    ask_and_work(world)
    row = world.transfer(made["customerNumber"], "customer")
    assert (row.state, row.reason) == ("skipped", "excluded")
    assert accounting.customer(world, made["customerNumber"]) is None
    number = world.insert_invoice({"customer": {"id": made["id"], "customerNumber": made["customerNumber"]}})
    ask_and_work(world)
    assert (world.transfer(number).state, world.codes(number)) == ("needs_attention", ["customer_excluded"])
    [held_back] = world.transfer(number).problems
    assert held_back["subject"] == f"customer {made['customerNumber']}"
    assert held_back["facts"] == {"customer": made["customerNumber"]}
    assert accounting.customer(world, made["customerNumber"]) is None
    world.retry(made["customerNumber"], "customer")
    world.work()
    assert world.transfer(number).state == "done", world.transfer(number).problems
    assert accounting.customer(world, made["customerNumber"]) is not None


def test_hint_of_a_customer_that_moment_does_not_have_is_passed_over_with_its_reason(world: World) -> None:
    from bilag.transfers.intake import accept
    from bilag.transfers.models import Kind

    accept.accept(world.company_id, [accept.TransferRequest(Kind.CUSTOMER, "99999", 123456)])
    world.work()
    row = world.transfer("99999", "customer")
    assert (row.state, row.reason) == ("skipped", "not_in_moment")
    assert "Moment" in render_reason(row.reason, "en")
    assert render_reason(row.reason, "nb") != render_reason(row.reason, "en")
