"""A number that gets another owner in Moment: a person decides where the ledger holds something under it."""

from typing import Any

from tests.support.world import World


def posted_invoice(world: World) -> dict[str, Any]:
    invoice = world.finalise()
    world.hint(invoice)
    world.work()
    assert world.transfer(invoice["invoiceNumber"]).state == "done"
    return invoice


def hand_over(world: World, kind: str, number: str) -> dict[str, Any]:
    """Give the number to a new customer or project; its owner until now gets another."""
    owner = world.transfer(number, kind).moment_id
    field = f"{kind}Number"
    world.moment.ask("PATCH", f"/admin/{kind}s/{owner}", {field: f"9{number}"})
    new = {"name": "Ny eier AS", field: number}
    if kind == "project":
        new["customer"] = world.any_project()["customer"]
    return dict(world.moment.ask("POST", f"/admin/{kind}s", new))


def invoice_of(world: World, customer: dict[str, Any]) -> int:
    return world.insert_invoice(
        {"customer": {"id": customer["id"], "customerNumber": customer["customerNumber"]}, "project": None}
    )


def test_another_firms_invoice_does_not_land_on_the_first_firms_account(world: World) -> None:
    number = posted_invoice(world)["customer"]["customerNumber"]
    before = world.transfer(number, "customer").name
    new = hand_over(world, "customer", number)
    second = invoice_of(world, new)
    world.poll()
    world.work(rounds=2)
    assert world.codes(number, "customer") == ["number_has_another_owner"]
    assert world.facts(number, "customer") == {
        "number": number,
        "name": "Ny eier AS",
        "before": before,
        "moment_id": str(new["id"]),
    }
    [blocked] = world.transfer(second).problems
    assert (blocked["code"], blocked["subject"]) == ("customer_not_ready", f"customer {number}")
    assert blocked["facts"] == {"customer": number, "cause": "number_has_another_owner"}
    assert world.vouchers(second) == []
    assert world.transfer(number, "customer").name == before


def test_a_person_who_tries_again_gives_the_number_to_the_new_owner(world: World) -> None:
    number = posted_invoice(world)["customer"]["customerNumber"]
    new = hand_over(world, "customer", number)
    second = invoice_of(world, new)
    world.poll()
    world.work(rounds=2)
    world.retry(number, "customer")
    world.work(rounds=2)
    row = world.transfer(number, "customer")
    assert (row.state, row.name, row.moment_id) == ("done", "Ny eier AS", new["id"])
    assert world.transfer(second).state == "done", world.codes(second)
    world.poll()
    world.work()
    assert world.transfer(number, "customer").state == "done"


def test_the_new_owner_with_another_number_needs_no_decision(world: World) -> None:
    number = posted_invoice(world)["customer"]["customerNumber"]
    new = hand_over(world, "customer", number)
    world.poll()
    world.work()
    assert world.codes(number, "customer") == ["number_has_another_owner"]
    world.moment.ask("PATCH", f"/admin/customers/{new['id']}", {"customerNumber": "77001"})
    world.poll()
    world.work(rounds=2)
    assert world.transfer("77001", "customer").state == "done"


def test_a_number_without_vouchers_follows_its_new_owner(world: World) -> None:
    customer = world.moment.ask("POST", "/admin/customers", {"name": "Første AS", "customerNumber": "77002"})
    world.poll()
    world.work()
    assert world.transfer("77002", "customer").moment_id == customer["id"]
    new = hand_over(world, "customer", "77002")
    world.poll()
    world.work()
    row = world.transfer("77002", "customer")
    assert (row.state, row.moment_id, row.name) == ("done", new["id"], "Ny eier AS")


def test_a_project_number_that_is_corrected_does_not_collide_with_itself(world: World) -> None:
    customer = world.any_project()["customer"]
    made = world.moment.ask(
        "POST", "/admin/projects", {"projectNumber": "00777", "name": "Rettet", "customer": customer}
    )
    world.poll()
    world.work()
    assert world.transfer("00777", "project").unit_value == "777"
    world.moment.ask("PATCH", f"/admin/projects/{made['id']}", {"projectNumber": "777"})
    world.poll()
    world.work(rounds=2)
    assert world.transfer("777", "project").state == "done", world.codes("777", "project")
    assert (world.transfer("00777", "project").state, world.transfer("00777", "project").unit_value) == (
        "skipped",
        None,
    )


def test_a_project_number_that_goes_to_another_project_is_a_persons_decision(world: World) -> None:
    project = world.moment.ask(
        "POST",
        "/admin/projects",
        {"projectNumber": "7788", "name": "Første", "customer": world.any_project()["customer"]},
    )
    world.poll()
    world.work()
    assert world.transfer("7788", "project").moment_id == project["id"]
    new = hand_over(world, "project", "7788")
    world.poll()
    world.work(rounds=2)
    assert world.codes("7788", "project") == ["number_has_another_owner"]
    world.retry("7788", "project")
    assert world.transfer("7788", "project").moment_id == new["id"]


def test_another_number_of_the_same_customer_or_project_changes_nothing_that_is_posted(world: World) -> None:
    invoice = posted_invoice(world)
    number = invoice["invoiceNumber"]
    for kind, field in (("customer", "customerNumber"), ("project", "projectNumber")):
        row = world.transfer(invoice[kind][field], kind)
        world.moment.ask("PATCH", f"/admin/{kind}s/{row.moment_id}", {field: f"8{row.number[1:]}"})
    changed = world.moment.ask("PATCH", f"/admin/invoices/{invoice['id']}", {})
    assert changed["customer"]["customerNumber"].startswith("8")
    world.hint(changed)
    world.work(rounds=2)
    world.retry(number)
    world.work(rounds=2)
    assert (world.transfer(number).state, world.codes(number)) == ("done", [])
    assert len(world.vouchers(number)) == 1
