"""A database restored from a backup takes in what the ledger knows, and nothing is posted twice."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tests.support.accrued_income import ACCOUNTS, give_one
from tests.support.accrued_income import posted as posted_amounts
from tests.support.hub_master_data import customer
from tests.support.reconciliation import other_voucher
from tests.support.world import World

FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)


def forget(number: int) -> None:
    """What a backup of yesterday knows of an invoice of today: nothing."""
    from bilag.transfers.models import Attempt, Transfer
    from tests.support.history import history_may_be_written

    with history_may_be_written():
        Attempt.objects.filter(transfer__number=str(number), transfer__kind="invoice").delete()
        Transfer.objects.filter(number=str(number), kind="invoice").delete()


def posted(world: World) -> int:
    invoice = world.finalise()
    world.hint(invoice)
    world.work()
    assert world.transfer(invoice["invoiceNumber"]).state == "done"
    return int(invoice["invoiceNumber"])


def posted_today(world: World) -> int:
    """An invoice of today, posted: a start of Bilag reads the last days of the journal."""
    today = date.today()  # noqa: DTZ011 - a day more or less is the same
    number = world.insert_invoice({"issueDate": str(today), "dueDate": str(today + timedelta(days=14))})
    world.retry(number)
    assert world.transfer(number).state == "done"
    return number


def recover(world: World) -> list[int]:
    from bilag.transfers import recovery

    return [one.number for one in recovery.recover(world.company_id, FIRST, LAST, origin="Kari").invoices]


def unknown(world: World) -> list[int]:
    return [one.number for one in unknown_of(world).invoices]


def unknown_of(world: World) -> Any:
    from bilag.companies import store
    from bilag.transfers import recovery

    return recovery.unknown(store.load_setup(world.company_id), FIRST, LAST)


def noticed(world: World) -> tuple[str, ...] | None:
    from bilag.companies import store
    from bilag.transfers import ledger_ahead

    found = ledger_ahead.noticed(store.load_setup(world.company_id))
    return found.documents if found is not None else None


def test_a_posted_invoice_that_the_backup_does_not_know_is_done_again(world: World, events: Any) -> None:
    kept, lost = posted(world), posted(world)
    forget(lost)
    assert unknown(world) == [lost]
    assert recover(world) == [lost]
    world.work()
    row = world.transfer(lost)
    assert (row.state, row.journal_number, row.ledger_id is not None) == (
        "done",
        world.vouchers(lost)[0]["journalNumber"],
        True,
    )
    assert [len(world.vouchers(number)) for number in (kept, lost)] == [1, 1]
    assert unknown(world) == []
    assert recover(world) == []
    [event] = events("recovered")
    assert (event.origin, event.facts["numbers"]) == ("Kari", str(lost))
    attempt = row.attempts.get()
    assert attempt.cause == "found in accounting"
    assert not any(exchange["method"] == "POST" and "batches" in exchange["path"] for exchange in attempt.exchanges)


def test_one_that_differs_is_a_persons(world: World) -> None:
    lost = posted(world)
    invoice = world.transfer(lost)
    forget(lost)
    world.moment.ask("PATCH", f"/admin/invoices/{invoice.moment_id}", {"paymentId": "1234567897"})
    recover(world)
    world.work()
    row = world.transfer(lost)
    assert row.state == "needs_attention"
    assert len(world.vouchers(lost)) == 1


def test_what_waits_in_the_backup_is_taken_in_too(world: World) -> None:
    """The backup was made while the invoice waited; it has been posted since."""
    from bilag.transfers.models import Transfer

    lost = posted(world)
    Transfer.objects.filter(number=str(lost), kind="invoice").update(
        state="skipped",
        reason="already_transferred",
        accepted_hash=None,
        journal_number=None,
        ledger=None,
        done_at=None,
    )
    assert recover(world) == [lost]
    world.work()
    assert world.transfer(lost).state == "done"


def forget_amounts() -> None:
    """What a backup of yesterday knows of amounts of accrued income given today: nothing."""
    from bilag.transfers.models import AccruedAmount, Attempt, Transfer
    from tests.support.history import history_may_be_written

    with history_may_be_written():
        Attempt.objects.filter(transfer__kind="accrued").delete()
        AccruedAmount.objects.all().delete()
        Transfer.objects.filter(kind="accrued").delete()


def test_a_start_notices_and_taking_in_ends_it(world: World, events: Any) -> None:
    from bilag.transfers.intake import ahead

    posted_today(world)
    ahead.look(world.company_id)
    assert noticed(world) is None
    lost = posted_today(world)
    forget(lost)
    ahead.look(world.company_id)
    ahead.look(world.company_id)
    assert noticed(world) == (f"invoice {lost}",)
    [event] = events("ledger_ahead")
    assert event.problem["code"] == "ledger_ahead"
    assert recover(world) == [lost]
    assert noticed(world) is None
    ahead.look(world.company_id)
    assert noticed(world) is None, "an invoice that is being compared is known"
    world.work()
    assert (world.transfer(lost).state, len(world.vouchers(lost))) == ("done", 1)


def test_a_start_asks_little(world: World) -> None:
    from bilag.transfers.intake import ahead
    from bilag.wire.recording import recording

    posted_today(world)
    with recording() as exchanges:
        ahead.look(world.company_id)
    assert len(exchanges) <= 3, [exchange.path for exchange in exchanges]


def test_after_a_restore_a_year_is_read_however_old_the_invoices_date(world: World) -> None:
    from bilag.transfers.intake import ahead
    from bilag.transfers.recovery import DAYS_AHEAD, DAYS_BACK

    first, last = ahead.WINDOWS_AFTER_RESTORE[-1][0], ahead.WINDOWS_AFTER_RESTORE[0][1]
    assert (timedelta(days=first), timedelta(days=-last)) == (DAYS_BACK, DAYS_AHEAD), "as recover, which ends it"
    lost = posted(world)
    written = date.fromisoformat(world.vouchers(lost)[0]["voucherDate"])
    assert date.today() - written > timedelta(days=ahead.WINDOWS[-1][0]), "the sample's drafts are old"  # noqa: DTZ011
    forget(lost)
    ahead.look(world.company_id)
    assert noticed(world) is None
    ahead.look(world.company_id, after_restore=True)
    assert noticed(world) == (f"invoice {lost}",)


def test_after_a_restore_accounting_is_asked_until_it_answers(world: World) -> None:
    from bilag.jobs.defer import has_job
    from bilag.transfers.intake import ahead

    lost, again = posted(world), f"ahead-{world.company_id}-restored"
    forget(lost)
    world.hub.fault(kind="unavailable", times=None)
    ahead.look(world.company_id)
    assert not has_job(again), "at night"
    ahead.look(world.company_id, after_restore=True)
    assert has_job(again)
    world.hub.ask("DELETE", "/admin/faults")
    ahead.look(world.company_id, after_restore=True)
    assert noticed(world) == (f"invoice {lost}",)


def test_the_nightly_comparison_notices(world: World) -> None:
    from bilag.reconciliation.runner import reconcile

    lost = posted_today(world)
    forget(lost)
    day = date.fromisoformat(world.vouchers(lost)[0]["voucherDate"])
    reconcile(world.company_id, day.replace(day=1), day)
    assert noticed(world) == (f"invoice {lost}",)


def test_a_send_that_meets_its_own_voucher_notices(world: World) -> None:
    from bilag.transfers.intake import ahead

    lost = posted_today(world)
    moment_id = world.transfer(lost).moment_id
    forget(lost)
    world.moment.ask("PUT", f"/admin/invoices/{moment_id}/export-status", {"exportStatus": "toTransfer"})
    world.poll()
    world.work()
    assert (world.transfer(lost).state, len(world.vouchers(lost))) == ("done", 1)
    assert noticed(world) == (f"invoice {lost}",)
    assert recover(world) == []
    assert noticed(world) is None
    ahead.look(world.company_id)
    assert noticed(world) is None


def test_a_voucher_by_hand_is_not_ours(world: World) -> None:
    from bilag.transfers.intake import ahead

    other_voucher(world, posted_today(world) + 1000)
    ahead.look(world.company_id)
    assert noticed(world) is None


def test_it_is_told_on_the_pages_in_the_status_and_by_letter(world: World, people: Any) -> None:
    from bilag.companies import store
    from bilag.expenses import queries
    from bilag.inbox.open_problems import find_open_problems
    from bilag.transfers.intake import ahead

    setup = store.load_setup(world.company_id)
    lost = posted_today(world)
    forget(lost)
    ahead.look(world.company_id)
    assert queries.status_as_json(setup)["ledgerAhead"]["code"] == "ledger_ahead"
    [told] = [one for one in find_open_problems(setup) if one.problem.code == "ledger_ahead"]
    owner, home = people.client("owner"), f"/c/{people.slug}/"
    overview = owner.get(home).content.decode()
    assert f'href="{home}{told.path}"' in overview
    assert f"invoice {lost}" in owner.get(home + told.path).content.decode()
    taking_in = f"{home}recover/"
    assert f'href="{taking_in}"' in owner.get(home + told.path).content.decode()
    assert f"Invoice {lost}" in owner.get(taking_in).content.decode()
    assert people.client("viewer").post(taking_in).status_code == 403
    assert owner.post(taking_in).status_code == 302
    world.work(2)
    assert world.transfer(lost).state == "done"
    assert queries.status_as_json(setup)["ledgerAhead"] is None
    assert f'href="{home}{told.path}"' not in owner.get(home).content.decode()
    assert "Found in accounting" in owner.get(f"{home}log/").content.decode()


def test_amounts_of_accrued_income_are_taken_in_with_what_the_ledger_says(world: World, events: Any) -> None:
    from bilag.transfers.intake import ahead
    from bilag.transfers.models import AccruedAmount

    world.apply(accrued_income=ACCOUNTS)
    project = str(world.any_project()["projectNumber"])
    give_one(world, project, "1000.00")
    give_one(world, project, "1500.00")
    give_one(world, project, "1200.00")
    before = posted_amounts(world)
    forget_amounts()
    found = unknown_of(world)
    assert [(one.name.sequence, str(one.posted)) for one in found.amounts] == [
        (1, "1000.00"),
        (2, "500.00"),
        (3, "-300.00"),
    ]
    ahead.look(world.company_id)
    recover(world)
    for _ in range(3):
        world.hurry()
    rows = AccruedAmount.objects.order_by("sequence").select_related("transfer")
    assert [(str(row.amount), str(row.transfer.total), row.transfer.state) for row in rows] == [
        ("1000.00", "1000.00", "done"),
        ("1500.00", "500.00", "done"),
        ("1200.00", "-300.00", "done"),
    ]
    assert posted_amounts(world) == before
    [event] = events("recovered")
    assert event.facts["kind"] == "accrued"
    give_one(world, project, "1200.00")
    assert posted_amounts(world) == before
    give_one(world, project, "1300.00")
    assert AccruedAmount.objects.order_by("-sequence")[0].transfer.total == 100


def test_an_amount_that_cannot_be_read_from_the_ledger_is_a_persons(world: World, events: Any) -> None:
    world.apply(accrued_income=ACCOUNTS)
    project = str(world.any_project()["projectNumber"])
    give_one(world, project, "1000.00")
    before = posted_amounts(world)
    forget_amounts()
    world.apply(accrued_income={**ACCOUNTS, "debit_account": "1531"})
    assert [problem.code for problem in unknown_of(world).left_out] == ["accrued_not_recovered"]
    recover(world)
    world.work()
    [event] = events("not_recovered")
    assert event.problem["code"] == "accrued_not_recovered"
    number = f"2026-10:{project}:1"
    assert world.codes(number, "accrued") == ["accrued_not_recovered"]
    world.apply(accrued_income=ACCOUNTS)  # the accounts that the journal was posted to
    recover(world)
    world.work()
    assert world.transfer(number, "accrued").state == "done"
    assert posted_amounts(world) == before


def test_what_an_earlier_moment_of_the_same_id_posted_is_known(world: World) -> None:
    """From a test copy of Moment to the real one: both number from 5001, and both are company 4021."""
    from bilag.companies.models import Source
    from bilag.transfers.intake import ahead
    from bilag.transfers.models import Transfer

    number = posted_today(world)
    left = Source.objects.create(company_id=world.company_id, key="test.moment.example/4021", left_at=timezone.now())
    Transfer.objects.filter(number=str(number), kind="invoice").update(source=left)
    ahead.look(world.company_id)
    assert noticed(world) is None
    assert unknown(world) == []


def test_what_a_customer_is_called_in_accounting_is_right_after_a_restore(world: World) -> None:
    """Renamed after the backup, and back after the restore: the database believes that accounting has the name already."""
    from bilag.transfers.models import Transfer

    row = world.transfer(world.transfer(posted(world)).customer_number, "customer")
    name, remembered = row.name, row.accepted_hash
    for new in ("Omdøpt AS", name):
        world.moment.ask("PATCH", f"/admin/customers/{row.moment_id}", {"name": new})
        if new == name:
            Transfer.objects.filter(pk=row.pk).update(accepted_hash=remembered, name=name)
            recover(world)
        world.poll()
        world.work()
    found = customer(world, row.number)
    assert found is not None
    assert found["name"] == name
