"""A hint's id is believed only after the object there bears the number that the hint named."""

from typing import Any

import pytest

from tests.support.webhooks import send_webhook
from tests.support.world import World

NOBODY = 9_999_999
EMPTY = {"content": [], "page": {"number": 1, "size": 200, "totalElements": 0, "totalPages": 1}}


def webhook(world: World, number: object, moment_id: int, kind: str = "invoice") -> None:
    """Moment's webhook, or somebody's who knows the address."""
    from bilag.companies import store
    from bilag.companies.models import Company

    address = store.webhook_url(Company.objects.get(pk=world.company_id))
    body = {"event": "changed", kind: {"id": moment_id, f"{kind}Number": number}}
    assert send_webhook(address, body) == 202
    world.work(rounds=2)


def gone_from_moment(world: World) -> None:
    """Moment has no invoices any more."""
    world.moment.fault(kind="answer", status=404, json={"message": "Not found"}, operation="getInvoice", times=None)
    world.moment.fault(kind="answer", status=200, json=EMPTY, operation="listInvoices", times=None)


@pytest.mark.parametrize("wrong", ["another invoice's", "nobody's", "a draft's"])
@pytest.mark.parametrize("first", [True, False], ids=["alone", "after the true one"])
def test_wrong_id_in_a_hint_does_not_keep_the_invoice_from_the_journal(world: World, wrong: str, first: bool) -> None:
    number, other = world.insert_invoice({}), world.insert_invoice({"exportStatus": "transferred"})
    draft = world.moment.ask("POST", "/admin/invoices", {"customer": world.any_project()["customer"]["id"]})
    wrong_id = {"another invoice's": world.invoices[other]["id"], "nobody's": NOBODY, "a draft's": draft["id"]}[wrong]
    if not first:
        webhook(world, number, world.invoices[number]["id"])
    webhook(world, number, wrong_id)
    assert world.transfer(number).state == "done", world.transfer(number).reason
    assert world.transfer(number).moment_id == world.invoices[number]["id"]
    assert [one["voucherNumber"] for one in world.vouchers()] == [number]


@pytest.mark.parametrize("moment_id", [NOBODY, "another's"])
def test_hint_before_the_invoice_exists_is_no_skip_for_good(world: World, moment_id: Any) -> None:
    other = world.insert_invoice({})
    number = other + 1
    webhook(world, number, world.invoices[other]["id"] if moment_id == "another's" else moment_id)
    assert world.transfer(number).state == "skipped"
    assert world.insert_invoice({}) == number
    world.poll()
    world.work()
    assert world.transfer(number).state == "done"


def test_forged_hint_of_a_customer_does_not_keep_it_from_accounting(world: World) -> None:
    one, other = (world.moment.ask("POST", "/admin/customers", {"name": name}) for name in ("En AS", "To AS"))
    webhook(world, one["customerNumber"], other["id"], "customer")
    assert world.transfer(one["customerNumber"], "customer").state == "done"
    assert world.transfer(one["customerNumber"], "customer").name == "En AS"


def test_invoice_in_doubt_that_moment_does_not_have_any_more_is_looked_up_and_a_persons(world: World) -> None:
    number = world.insert_invoice({})
    world.hub.fault(kind="lost_answer", operation="createBatch")
    webhook(world, number, world.invoices[number]["id"])
    assert world.transfer(number).state == "in_doubt"
    gone_from_moment(world)
    world.pass_doubt()
    world.hurry()
    row = world.transfer(number)
    assert (row.state, world.codes(number)) == ("needs_attention", ["posted_not_in_moment"])
    assert world.facts(number) == {"number": str(number)}
    assert row.journal_number == world.vouchers(number)[0]["journalNumber"]
    assert row.attempts.order_by("-id")[0].verdict == "refused"


def test_remedy_of_an_invoice_that_was_deleted_in_moment_leads_to_an_end(world: World) -> None:
    """Reverse the voucher, retry, do not transfer."""
    from bilag.transfers.intake import by_request, exclude

    number = world.insert_invoice({})
    webhook(world, number, world.invoices[number]["id"])
    gone_from_moment(world)
    webhook(world, number, world.invoices[number]["id"])
    assert world.codes(number) == ["posted_not_in_moment"]
    row = world.transfer(number)
    with pytest.raises(exclude.AlreadyPostedOrInFlight):
        exclude.exclude(world.company_id, row.pk, origin="kari")
    world.hub.ask("POST", f"/admin/clients/123/journals/{row.journal_number}/reverse", {})
    by_request.retry_ids(world.company_id, [row.pk], origin="kari")
    world.work()
    assert world.codes(number) == ["not_in_moment"]
    exclude.exclude(world.company_id, row.pk, origin="kari")
    assert world.transfer(number).reason == "excluded"


def test_invoice_in_doubt_that_never_arrived_and_is_gone_is_a_persons_and_may_be_excluded(world: World) -> None:
    from bilag.transfers.intake import exclude

    number = world.insert_invoice({})
    world.hub.fault(kind="closed_before", operation="createBatch")
    webhook(world, number, world.invoices[number]["id"])
    gone_from_moment(world)
    world.hurry()
    assert world.transfer(number).state == "in_doubt", "its absence proves nothing yet"
    world.pass_doubt()
    world.hurry()
    assert (world.transfer(number).state, world.codes(number)) == ("needs_attention", ["not_in_moment"])
    assert world.facts(number) == {"number": str(number)}
    exclude.exclude(world.company_id, world.transfer(number).pk, origin="kari")


def test_invoice_that_moment_lists_and_does_not_find_is_tried_again(world: World) -> None:
    number = world.insert_invoice({})
    world.moment.fault(kind="answer", status=404, json={"message": "Not found"}, operation="getInvoice", times=2)
    webhook(world, number, world.invoices[number]["id"])
    assert (world.transfer(number).state, world.codes(number)) == ("waiting", ["moment_unavailable"])
    world.hurry()
    assert world.transfer(number).state == "done"
