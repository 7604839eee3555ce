"""What is posted or in doubt in one ledger is never sent to another, and what belongs to one Moment is not taken for another's."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from bilag_sandbox import hub as hub_sandbox
from bilag_sandbox import moment as moment_sandbox
from bilag_sandbox.common import running
from tests.support.accrued_income import ACCOUNTS, OCTOBER, give
from tests.support.database import wait_for_waiting_session
from tests.support.world import World, company_document, money

LONG_AGO, FAR_OFF = date(2020, 1, 1), date(2099, 1, 1)
DOCUMENT_TYPES = ("outgoingInvoice", "creditNote")
Change = Callable[..., Any]


def file_with(world: World, *, client: str = "123", moment: str | None = None, **sections: Any) -> Any:
    """The company file, with another client or another Moment."""
    from bilag.companies.file import parse_company_file

    document = company_document(moment or world.moment.url, world.hub.url, {"accrued_income": ACCOUNTS, **sections})
    document["platform"]["azets"]["source_client_id"] = client
    return parse_company_file(document, {}, Path())


def save(file: Any) -> Any:
    from bilag.transfers.activation.save_setup import save_setup

    return save_setup(file, origin="test")


def change(world: World, *, invoices_from: date = LONG_AGO, **where: Any) -> Any:
    """What `bilag ledger change` does: a person decided."""
    from bilag.transfers.activation.change_ledger import change_ledger

    return change_ledger(file_with(world, **where), invoices_from=invoices_from, origin="Kari")


def exclude(world: World, number: int) -> None:
    """What the page's button does."""
    from bilag.transfers.intake.exclude import exclude as decide

    decide(world.company_id, world.transfer(number).pk, origin="Kari")


def vouchers(world: World, client: str, number: int | None = None) -> list[dict[str, Any]]:
    ledger = world.hub.ask("GET", f"/admin/clients/{client}/ledger")
    found = [one for one in ledger if one["type"] in DOCUMENT_TYPES]
    return [one for one in found if number is None or one["voucherNumber"] == number]


@pytest.fixture(autouse=True)
def client_777(world: World) -> None:
    world.hub.ask(
        "POST", "/admin/clients", {"id": "777", "parentClientId": "S2041", "accountingSystem": "VismaBusiness"}
    )
    world.apply(accrued_income=ACCOUNTS)


def posted(world: World) -> int:
    """An invoice that is posted at client 123."""
    invoice = world.finalise()
    world.poll()
    world.work()
    assert world.transfer(invoice["invoiceNumber"]).state == "done"
    return int(invoice["invoiceNumber"])


def test_a_ledger_in_use_is_not_left_by_saving_a_setup(world: World) -> None:
    from bilag.companies.refusals import LedgerInUse

    posted(world)
    with pytest.raises(LedgerInUse, match=r"azets:S2041:123 to azets:S2041:777.*bilag ledger change fjell"):
        save(file_with(world, client="777"))
    assert save(file_with(world, client="0123")).changed == {"platform.azets.source_client_id"}  # the same client


def test_a_ledger_that_is_used_while_a_save_waits_is_not_replaced(world: World) -> None:
    from django.db import connection, transaction

    from bilag.companies.models import IntegrationSetup, Ledger
    from bilag.companies.refusals import LedgerInUse

    refused: list[LedgerInUse] = []

    def save_another() -> None:
        try:
            save(file_with(world, client="777"))
        except LedgerInUse as error:
            refused.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        setup = IntegrationSetup.objects.select_for_update().get(company_id=world.company_id)
        thread = threading.Thread(target=save_another)
        thread.start()
        wait_for_waiting_session()
        Ledger.objects.filter(pk=setup.ledger_id).update(used_at=datetime.now(UTC))
    thread.join()
    assert refused
    assert Ledger.objects.get(pk=setup.ledger_id).key == "azets:S2041:123"


def test_the_control_trail_says_who_changed_the_ledger(world: World) -> None:
    from bilag.events.models import Event

    posted(world)
    change(world, client="777")
    told = Event.objects.get(company=world.company_id, name="ledger_changed")
    assert (told.origin, told.facts["ledger"]) == ("Kari", "azets:S2041:777")


def test_a_ledger_that_was_never_used_is_replaced_without_questions(world: World) -> None:
    from bilag.companies.models import Company

    save(file_with(world, client="777"))
    assert [one.key for one in Company.objects.get(slug="fjell").ledgers.all()] == ["azets:S2041:777"]
    invoice = world.finalise()
    world.poll()
    world.work()
    assert (vouchers(world, "123"), len(vouchers(world, "777", invoice["invoiceNumber"]))) == ([], 1)


def test_what_is_posted_and_only_not_marked_in_moment_is_not_posted_again(world: World) -> None:
    world.moment.fault(kind="closed_before", operation="patchInvoice")
    invoice = world.finalise()
    number = int(invoice["invoiceNumber"])
    world.poll()
    world.work()
    assert world.transfer(number).state == "waiting"
    change(world, client="777")
    world.hurry()
    assert world.transfer(number).state == "done"
    assert world.export_status(number) == "transferred"
    assert (len(vouchers(world, "123", number)), vouchers(world, "777", number)) == (1, [])


@pytest.mark.parametrize("operation", ["createBatch", "listVouchers"])
def test_what_was_sent_and_lost_is_found_in_the_former_ledger(world: World, operation: str) -> None:
    skip = 0 if operation == "createBatch" else 1
    world.hub.fault(kind="lost_answer", operation=operation, skip=skip)
    number = int(world.finalise()["invoiceNumber"])
    world.poll()
    world.work()
    assert world.transfer(number).state == "in_doubt"
    change(world, client="777")
    world.hurry()
    assert world.transfer(number).state == "done", world.codes(number)
    assert world.export_status(number) == "transferred"
    assert (len(vouchers(world, "123", number)), vouchers(world, "777", number)) == (1, [])


@pytest.mark.parametrize(("invoices_from", "state", "there"), [(LONG_AGO, "done", 1), (FAR_OFF, "skipped", 0)])
def test_what_never_arrived_goes_to_the_new_ledger_from_the_chosen_day(
    world: World, invoices_from: date, state: str, there: int
) -> None:
    world.hub.fault(kind="closed_before", operation="createBatch")
    number = int(world.finalise()["invoiceNumber"])
    world.poll()
    world.work()
    assert world.transfer(number).state == "in_doubt"
    change(world, client="777", invoices_from=invoices_from)
    world.hurry()
    assert world.transfer(number).state == "in_doubt"  # it may still arrive
    world.pass_doubt()
    world.hurry()
    assert world.transfer(number).state == state, world.codes(number)
    assert (vouchers(world, "123", number), len(vouchers(world, "777", number))) == ([], there)


def test_a_request_by_hand_for_the_former_ledger_does_not_outvote_the_chosen_day(world: World) -> None:
    world.hub.fault(kind="unavailable", operation="listVouchers", times=50)
    number = int(world.finalise()["invoiceNumber"])
    world.retry(number)
    assert world.transfer(number).state == "waiting"
    change(world, client="777", invoices_from=FAR_OFF)
    world.hub.ask("DELETE", "/admin/faults")
    world.hurry()
    assert world.transfer(number).reason == "before_invoices_from"
    assert vouchers(world, "777") == []


def test_what_is_posted_in_the_former_ledger_and_asked_for_again_is_a_persons_question(world: World) -> None:
    number = posted(world)
    change(world, client="777")
    world.work()
    for ask in (world.poll, lambda: world.retry(number)):
        ask()
        world.work()
        assert world.transfer(number).state == "done"
    world.moment.ask("PATCH", f"/admin/invoices/{world.transfer(number).moment_id}", {"exportStatus": "toTransfer"})
    world.poll()
    world.work()
    assert world.codes(number) == ["posted_in_former_ledger"]
    journal = str(world.transfer(number).journal_number)
    assert world.facts(number) == {"number": str(number), "ledger": "azets:S2041:123", "journal": journal}
    assert vouchers(world, "777", number) == []


def test_the_way_back_finds_what_was_posted_before(world: World) -> None:
    first = posted(world)
    change(world, client="777")
    world.work()
    second = posted(world)
    change(world, client="123")
    world.work()
    third = posted(world)
    assert [len(vouchers(world, "123", number)) for number in (first, second, third)] == [1, 0, 1]
    assert [len(vouchers(world, "777", number)) for number in (first, second, third)] == [0, 1, 0]


def test_the_way_back_is_open_before_anything_went_to_the_new_ledger(world: World) -> None:
    from bilag.companies.models import Company

    first = posted(world)
    change(world, client="777")
    change(world, client="123")
    assert [one.key for one in Company.objects.get(slug="fjell").ledgers.all()] == ["azets:S2041:123"]
    world.work()
    second = posted(world)
    assert [len(vouchers(world, "123", number)) for number in (first, second)] == [1, 1]


def test_the_way_back_to_a_moment_is_open_before_anything_came_from_the_new_one(world: World) -> None:
    from bilag.companies.models import Company

    first = posted(world)
    change(world, moment="http://127.0.0.1:9")
    change(world)
    assert len(Company.objects.get(slug="fjell").sources.all()) == 1
    second = posted(world)
    assert [len(vouchers(world, "123", number)) for number in (first, second)] == [1, 1]


def test_after_thirty_days_what_is_in_doubt_is_a_persons_question(world: World) -> None:
    from bilag.companies.models import Ledger

    world.hub.fault(kind="lost_answer", operation="createBatch")
    number = int(world.finalise()["invoiceNumber"])
    world.poll()
    world.work()
    change(world, client="777")
    Ledger.objects.exclude(left_at=None).update(secrets="")  # what the nightly tidying does after thirty days
    world.hurry()
    assert world.codes(number) == ["former_ledger_unknown"]
    assert world.facts(number) == {"number": str(number), "ledger": "azets:S2041:123"}
    exclude(world, number)  # the remedy, after a look in that ledger
    world.poll()
    world.hint({"invoiceNumber": number, "id": world.transfer(number).moment_id})
    world.work()
    assert (world.transfer(number).state, world.transfer(number).reason) == ("skipped", "excluded")
    assert vouchers(world, "777", number) == []


def test_what_can_still_be_looked_up_in_the_former_ledger_cannot_be_excluded(world: World) -> None:
    from bilag.transfers.intake.exclude import AlreadyPostedOrInFlight

    world.hub.fault(kind="lost_answer", operation="createBatch")
    number = int(world.finalise()["invoiceNumber"])
    world.poll()
    world.work()
    change(world, client="777")
    with pytest.raises(AlreadyPostedOrInFlight):
        exclude(world, number)
    posted_one = posted(world)
    with pytest.raises(AlreadyPostedOrInFlight):
        exclude(world, posted_one)


def test_what_was_in_doubt_when_its_moment_was_left_is_excluded_after_a_look(world: World) -> None:
    from bilag.transfers.models import Transfer

    world.hub.fault(kind="lost_answer", operation="createBatch")
    number = int(world.finalise()["invoiceNumber"])
    world.poll()
    world.work()
    with running(moment_sandbox.app(sample="drafts")) as other:
        change(world, moment=other)
        world.hurry()
    row = Transfer.objects.get(number=str(number), kind="invoice")
    assert [problem["code"] for problem in row.problems] == ["doubt_in_former_source"]
    exclude(world, number)
    assert Transfer.objects.get(pk=row.pk).reason == "excluded"


def test_what_is_posted_in_the_former_ledger_ends_when_moment_says_transferred(world: World) -> None:
    number = posted(world)
    change(world, client="777")
    moment_id = world.transfer(number).moment_id
    world.moment.ask("PATCH", f"/admin/invoices/{moment_id}", {"exportStatus": "toTransfer"})
    world.poll()
    world.work()
    assert world.codes(number) == ["posted_in_former_ledger"]
    world.moment.ask("PATCH", f"/admin/invoices/{moment_id}", {"exportStatus": "transferred"})
    world.hint({"invoiceNumber": number, "id": moment_id})
    world.work()
    assert (world.transfer(number).state, world.codes(number)) == ("done", [])


def test_accrued_income_of_the_new_ledger_is_posted_whole(world: World) -> None:
    def accrued(client: str) -> Any:
        ledger = world.hub.ask("GET", f"/admin/clients/{client}/ledger")
        entries = [entry for one in ledger if one["type"] == "journal" for entry in one["entries"]]
        return sorted(money(entry["amount"]) for entry in entries if entry["accountNumber"] == "3090")

    project = world.any_project()["projectNumber"]
    give(world, **{f"p{project}": "1000"})
    assert accrued("123") == [money("-1000"), money("1000")]
    change(world, client="777", accrued_income=ACCOUNTS)
    world.work()
    give(world, **{f"p{project}": "1200"})
    assert accrued("123") == [money("-1000"), money("1000")]
    assert accrued("777") == [money("-1200"), money("1200")]
    assert OCTOBER.year == 2026


def test_another_moments_invoice_of_the_same_number_is_another_invoice(world: World) -> None:
    number = posted(world)
    with running(moment_sandbox.app(sample="drafts")) as other:
        change(world, moment=other)
        world.moment.url = other
        world.work()
        from bilag.transfers.models import Transfer

        old = Transfer.objects.get(number=str(number), kind="invoice")
        assert (old.state, old.source.left_at is None) == ("done", False)
        same = world.moment.ask("POST", "/admin/invoices/finalize", {"count": 1})["invoices"][0]
        world.poll()
        world.work()
        assert same["invoiceNumber"] == number
        new = Transfer.objects.get(number=str(number), kind="invoice", source__left_at=None)
        # The ledger has a voucher of this number from the other Moment: never posted twice, and a person is told.
        assert (new.state, len(vouchers(world, "123", number))) in (("done", 1), ("needs_attention", 1))
        assert old.pk != new.pk


def test_what_is_open_of_a_moment_that_is_left_is_closed(world: World) -> None:
    from bilag.transfers.models import Transfer

    world.hub.fault(kind="unavailable", operation="listVouchers", times=50)
    open_one = int(world.finalise()["invoiceNumber"])
    world.poll()
    world.work()
    with running(moment_sandbox.app(sample="drafts")) as other:
        change(world, moment=other)
        world.hurry()
    row = Transfer.objects.get(number=str(open_one), kind="invoice")
    assert (row.state, row.reason) == ("skipped", "source_changed")


def test_what_was_closed_when_a_moment_was_left_is_posted_after_the_way_back(world: World) -> None:
    from bilag.transfers.models import ACTIVE, Transfer

    done, here = posted(world), world.moment.url
    world.hub.fault(kind="unavailable", operation="listVouchers", times=50)
    open_one = int(world.finalise()["invoiceNumber"])
    world.poll()
    world.work()
    world.hub.ask("DELETE", "/admin/faults")
    with running(moment_sandbox.app(sample="drafts")) as other:
        change(world, moment=other)
        world.moment.url = other
        world.hurry()
        waiting = Transfer.objects.filter(source__left_at__isnull=False, state__in=ACTIVE)
        assert list(waiting) == []  # nothing of a Moment that was left waits for anything
        change(world, moment=here)
        world.moment.url = here
        world.poll()
        world.work(rounds=2)
    row = world.transfer(open_one)
    assert (row.state, row.reason) == ("done", None)
    assert [len(vouchers(world, "123", number)) for number in (done, open_one)] == [1, 1]
    assert not Transfer.objects.filter(source__left_at=None).exclude(state="done").exists()


def test_what_was_too_old_when_its_moment_was_left_is_judged_by_the_day_of_the_way_back(world: World) -> None:
    here = world.moment.url
    number = int(world.finalise()["invoiceNumber"])
    world.poll()
    change(world, client="777", invoices_from=FAR_OFF)
    world.work()
    assert world.transfer(number).reason == "before_invoices_from"
    with running(moment_sandbox.app(sample="drafts")) as other:
        change(world, client="777", moment=other, invoices_from=FAR_OFF)
        change(world, client="777", moment=here)
    world.work(rounds=2)
    assert (world.transfer(number).state, len(vouchers(world, "777", number))) == ("done", 1)


@pytest.mark.parametrize("spelled", [{"client": "0123"}, {"client": "F123"}])
def test_two_companies_never_share_a_ledger_however_it_is_spelled(world: World, spelled: dict[str, str]) -> None:
    from bilag.companies.refusals import LedgerTaken

    with running(moment_sandbox.app(sample="none")) as other:
        file = file_with(world, moment=other, company={"slug": "andre", "name": "Andre AS"}, **spelled)
        with pytest.raises(LedgerTaken):
            save(file)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST", "[::1]"])
def test_two_companies_never_share_a_moment_however_it_is_spelled(world: World, host: str) -> None:
    from bilag.companies.refusals import MomentTaken

    address = world.moment.url.replace("127.0.0.1", host)
    with pytest.raises(MomentTaken):
        save(file_with(world, client="777", moment=address, company={"slug": "andre", "name": "Andre AS"}))


def test_another_accounting_system_is_another_ledger(world: World) -> None:
    from bilag.companies.file import parse_company_file
    from bilag.companies.refusals import LedgerInUse

    posted(world)
    document = company_document(world.moment.url, world.hub.url, {})
    document["platform"] = {
        "kind": "tryton",
        "tryton": {
            "base_url": "http://127.0.0.1:9",
            "database": "fjord",
            "application_key": "a" * 128,
            "company": "Fjord AS",
            "journal": "Salg",
        },
    }
    document["dimensions"] = {}
    with pytest.raises(LedgerInUse, match=r"azets:S2041:123 to tryton:localhost:9:fjord:fjord as"):
        save(parse_company_file(document, {}, Path()))


def test_what_is_stored_and_not_posted_in_the_former_ledger_is_deleted_there_and_tried_again(world: World) -> None:
    world.hub.ask("POST", "/admin/clients/123/posting", {"effect": "notTried", "times": 9})
    number = int(world.finalise()["invoiceNumber"])
    world.poll()
    world.work()
    change(world, client="777")
    world.hurry()
    assert world.codes(number) == ["former_ledger_unposted"]
    assert world.facts(number) == {"number": str(number), "ledger": "azets:S2041:123"}
    [batch] = world.hub.ask("GET", "/admin/clients/123/batches")
    access = {"username": hub_sandbox.USERNAME, "password": hub_sandbox.PASSWORD}
    token = world.hub.ask("POST", "/v1/token", access)["access_token"]
    deleted = world.hub.http.delete(
        f"{world.hub.url}/v1/parents/S2041/clients/123/batches/{batch['batchNumber']}",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert deleted.status_code < 300, deleted.text
    world.pass_doubt()
    world.retry(number)
    world.hurry()
    assert world.transfer(number).state == "done", world.codes(number)
    assert (vouchers(world, "123", number), len(vouchers(world, "777", number))) == ([], 1)


def test_what_a_dead_worker_was_sending_when_its_moment_was_left_is_closed_with_its_try(world: World) -> None:
    from bilag.transfers.intake.requeue_stuck import requeue_stuck
    from bilag.transfers.models import Attempt, Transfer

    number = posted(world)
    customer = Transfer.objects.get(kind="customer", number=world.transfer(number).customer_number)
    Attempt.objects.create(
        transfer=customer, company=customer.company, began_at=customer.created_at, setup_version=1, cause="webhook"
    )
    Transfer.objects.filter(pk=customer.pk).update(state="sending")
    with running(moment_sandbox.app(sample="drafts")) as other:
        change(world, moment=other)
        requeue_stuck(LONG_AGO - LONG_AGO)
        world.work()
    customer.refresh_from_db()
    assert (customer.state, customer.reason) == ("skipped", "source_changed")
    assert not Attempt.objects.filter(ended_at=None).exists()


def test_what_is_stored_in_the_former_ledger_is_posted_there_by_hand_and_tried_again(world: World) -> None:
    world.hub.ask("POST", "/admin/clients/123/posting", {"effect": "notTried", "times": 9})
    number = int(world.finalise()["invoiceNumber"])
    world.poll()
    world.work()
    change(world, client="777")
    world.hurry()
    assert world.codes(number) == ["former_ledger_unposted"]
    [batch] = world.hub.ask("GET", "/admin/clients/123/batches")
    world.hub.ask("POST", f"/admin/clients/123/batches/{batch['batchNumber']}/post")
    world.retry(number)
    world.hurry()
    assert world.transfer(number).state == "done", world.codes(number)
    assert (len(vouchers(world, "123", number)), vouchers(world, "777", number)) == (1, [])
    assert world.export_status(number) == "transferred"


@pytest.mark.parametrize("used", [False, True], ids=["corrected", "changed"])
def test_a_try_that_began_before_the_ledger_was_another_sends_nothing_to_the_former_one(
    world: World, used: bool
) -> None:
    """The person corrects the client, or changes it, between the reading of the invoice and its sending."""
    from bilag.moment.client import MomentClient

    if used:
        world.hint(world.invoices[world.insert_invoice({})])
        world.work()
    number = world.insert_invoice({})
    posted = len(vouchers(world, "123"))
    inner, done = MomentClient.invoice, []

    def meanwhile(*given: Any) -> Any:
        if not done:
            done.append(change(world, client="777") if used else save(file_with(world, client="777")))
        return inner(*given)

    world.hint(world.invoices[number])
    with patch.object(MomentClient, "invoice", meanwhile):
        world.work(rounds=2)
        world.hurry()
    assert done
    row = world.transfer(number)
    assert (len(vouchers(world, "123")), len(vouchers(world, "777", number))) == (posted, 1)
    assert (row.state, row.ledger.key) == ("done", "azets:S2041:777")
