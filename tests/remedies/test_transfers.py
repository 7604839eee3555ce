"""The remedies of a transfer itself (numbers, doubts, differences, Moment's status), carried out literally."""

from typing import Any
from unittest.mock import patch

import pytest

from tests.remedies.cases import Case, Cases
from tests.remedies.person import Person
from tests.support.accrued_income import ACCOUNTS, give_one

CASES = Cases()
NO_INVOICES = {"content": [], "totalElements": 0, "totalPages": 0, "number": 0, "size": 20, "last": True}


# A number that Moment does not have


def type_a_number(person: Person, number: int) -> None:
    """A person types a number while Moment does not answer; otherwise a wrong one is refused at once."""
    person.world.moment.fault(kind="unavailable", times=None)
    person.command("transfer", "fjell", "invoices", str(number))
    person.world.moment.ask("DELETE", "/admin/faults")


@CASES.of("not_in_moment", "the number is wrong: do not transfer")
def _wrong_number(person: Person) -> None:
    type_a_number(person, 99999)
    person.retry(99999)
    person.sees("not_in_moment", 99999)
    person.press("exclude", 99999)
    person.explained(99999, "excluded")


@CASES.of("not_in_moment", "the number is right: give the user access, retry")
def _no_access(person: Person) -> None:
    number = person.invoice()
    type_a_number(person, number)
    person.world.moment.fault(kind="answer", operation="listInvoices", status=200, json=NO_INVOICES)
    person.retry(number)
    person.sees("not_in_moment", number)
    person.retry(number)
    person.done(number)


def gone_from_moment(person: Person) -> int:
    """An invoice that is posted, and that Moment does not show to the API key."""
    number = person.invoice()
    person.wait()
    person.world.moment.fault(kind="answer", operation="getInvoice", status=404, json={"message": "Gone"}, times=None)
    person.world.moment.fault(kind="answer", operation="listInvoices", status=200, json=NO_INVOICES, times=None)
    person.retry(number)
    person.sees("posted_not_in_moment", number)
    return number


@CASES.of("posted_not_in_moment", "give the user access, retry")
def _access_again(person: Person) -> None:
    number = gone_from_moment(person)
    person.world.moment.ask("DELETE", "/admin/faults")
    person.retry(number)
    person.done(number)


@CASES.of("posted_not_in_moment", "it was deleted: reverse the voucher, retry, do not transfer")
def _deleted(person: Person) -> None:
    number = gone_from_moment(person)
    (voucher,) = person.world.vouchers(number)
    person.reverse(voucher["journalNumber"])
    person.retry(number)
    person.press("exclude", number)
    person.explained(number, "excluded")
    person.world.moment.ask("DELETE", "/admin/faults")
    person.do_not_transfer(number)


# What is posted already


def changed(person: Person) -> int:
    number = person.invoice(yourReference="Kari")
    person.wait()
    person.edit(number, yourReference="Ola", exportStatus="toTransfer")
    person.wait()
    person.sees("changed_after_posting", number)
    return number


@CASES.of("changed_after_posting", "set it back in Moment")
def _set_back(person: Person) -> None:
    number = changed(person)
    person.edit(number, yourReference="Kari")
    person.wait()
    person.done(number)


@CASES.of("changed_after_posting", "set it back, credit, create a new one: all are posted")
def _set_back_and_credit(person: Person) -> None:
    number = changed(person)
    person.edit(number, yourReference="Kari")
    note, new = person.credit(number), person.invoice(yourReference="Ola")
    person.wait(rounds=2)
    for one in (number, note, new):
        person.done(one)


@CASES.of("changed_after_posting", "do not transfer, and correct the difference in accounting")
def _do_not_transfer_the_change(person: Person) -> None:
    number = changed(person)
    person.do_not_transfer(number)
    person.wait()
    assert person.world.transfer(number).state == "done"
    assert len(person.world.vouchers(number)) == 1
    person.ended += 1


@CASES.of("voucher_number_taken", "it is this invoice, posted manually: do not transfer")
def _is_this_invoice(person: Person) -> None:
    number = person.invoice()
    person.post_manually(number)
    person.wait()
    person.sees("voucher_number_taken", number)
    person.do_not_transfer(number)
    person.wait()
    person.explained(number, "do_not_transfer")


@CASES.of("voucher_number_taken", "it is another: reverse it, post it with another number, retry")
def _is_another(person: Person) -> None:
    number = person.invoice()
    taken = person.post_manually(number, "1.00")
    person.wait()
    person.sees("voucher_number_taken", number)
    person.reverse(taken["journalNumber"])
    person.post_manually(number + 500_000, "1.00")
    person.retry(number)
    person.done(number)


@CASES.of("duplicate_content", "it is not posted: delete it in accounting, retry")
def _delete_batch(person: Person) -> None:
    number = person.invoice()
    person.accounting("POST", "posting", {"effect": "locked", "times": None})
    person.wait()
    person.edit(number, yourReference="Ola")
    person.retry(number)
    person.sees("duplicate_content", number)
    person.accounting("DELETE", "posting")
    (stored,) = [one for one in person.accounting("GET", "batches") if one["status"] == "created"]
    person.accounting("DELETE", f"batches/{stored['batchNumber']}")
    person.retry(number)
    person.done(number)


@CASES.of("duplicate_content", "it is posted: retry")
def _posted_already(person: Person) -> None:
    number = person.invoice()
    batch = {
        "batchNumber": 1,
        "externalId": f"moment-4021-invoice-{number}",
        "status": "updated",
        "updateInProgress": False,
        "voucherJournalNumber": 1,
        "vouchers": [],
    }
    answer = {"code": "duplicate_external_id", "message": "Finnes.", "sameContent": False, "batch": batch}
    person.world.hub.fault(kind="answer", operation="createBatch", status=409, json=answer, work="before")
    person.wait()
    person.sees("duplicate_content", number)
    person.retry(number)
    person.done(number)


@CASES.of("duplicate_external_id", "retry")
def _duplicate(person: Person) -> None:
    number = person.invoice()
    person.hub_refuses("duplicate_external_id", operation="listVouchers", status=409)
    person.wait()
    person.sees("duplicate_external_id", number)
    person.retry(number)
    person.done(number)


def loses(person: Person, *fields: str) -> int:
    """An invoice of which the ledger lost some fields when it posted it."""
    number = person.invoice(yourReference="Kari")
    person.accounting("POST", "posting", {"effect": "lose", "lost": list(fields)})
    person.wait()
    person.sees("posted_differs", number)
    return number


@CASES.of("posted_differs", "correct it in accounting, retry")
def _correct_voucher(person: Person) -> None:
    number = loses(person, "yourReference")
    (voucher,) = person.world.vouchers(number)
    person.accounting("PATCH", f"journals/{voucher['journalNumber']}", {"yourReference": "Kari"})
    person.retry(number)
    person.done(number)


@CASES.of("posted_differs", "only a text differs: set to has been transferred")
def _accept_text(person: Person) -> None:
    number = loses(person, "yourReference")
    person.set_status(number, "transferred")
    person.wait()
    person.done(number)


@CASES.of("posted_differs", "reverse it, post it manually, do not transfer")
def _post_it_manually(person: Person) -> None:
    number = loses(person, "dueDate", "paymentId")
    (voucher,) = person.world.vouchers(number)
    person.reverse(voucher["journalNumber"])
    person.post_manually_instead(number)


@CASES.of("stored_not_posted", "delete it in accounting, retry")
def _delete_stored(person: Person) -> None:
    number = stored(person)
    person.accounting("DELETE", "posting")
    (batch,) = [one for one in person.accounting("GET", "batches") if one["status"] == "created"]
    person.accounting("DELETE", f"batches/{batch['batchNumber']}")
    person.world.pass_doubt()
    person.retry(number)
    person.explained(number, "do_not_transfer")


@CASES.of("stored_not_posted", "it is to be posted after all: to transfer, retry")
def _post_after_all(person: Person) -> None:
    number = stored(person)
    person.accounting("DELETE", "posting")
    person.set_status(number, "toTransfer")
    person.retry(number)
    person.done(number)


def stored(person: Person) -> int:
    number = person.invoice()
    person.accounting("POST", "posting", {"effect": "locked", "times": None})
    person.wait()
    person.do_not_transfer(number)
    person.wait_long()
    person.sees("stored_not_posted", number)
    return number


# A credit note whose invoice stopped


def held_back(person: Person) -> tuple[int, int]:
    number = person.invoice(dueDate="2026-11-01")
    person.wait()
    note = person.credit(number)
    person.wait()
    person.sees("credited_invoice_not_posted", note)
    return number, note


@CASES.of("credited_invoice_not_posted", "neither is to be posted: close with the credit note")
def _close(person: Person) -> None:
    number, note = held_back(person)
    person.press("close-pair", note)
    for one in (number, note):
        person.explained(one, "cancelled_before_posting")


@CASES.of("credited_invoice_not_posted", "correct the invoice, retry it; Bilag continues")
def _correct_the_credited(person: Person) -> None:
    number, note = held_back(person)
    person.edit(number, dueDate="2026-12-01")
    person.retry(number)
    for one in (number, note):
        person.done(one)


@CASES.of("credited_invoice_not_posted", "post the invoice manually, do not transfer; Bilag continues")
def _post_the_credited_manually(person: Person) -> None:
    number, note = held_back(person)
    person.post_manually_instead(number)
    person.world.work()
    person.done(note)


# Moment's status


@CASES.of("export_status_not_set", "do nothing")
def _set_later(person: Person) -> None:
    number = status_not_set(person)
    person.world.moment.ask("DELETE", "/admin/faults")
    person.wait_long()
    person.done(number)


@CASES.of("export_status_not_set", "set it to has been transferred in Moment")
def _set_by_hand(person: Person) -> None:
    number = status_not_set(person)
    person.set_status(number, "transferred")
    person.wait_long()
    person.world.moment.ask("DELETE", "/admin/faults")
    person.done(number)


@CASES.of("export_status_not_set", "retry")
def _set_by_retry(person: Person) -> None:
    number = status_not_set(person)
    person.world.moment.ask("DELETE", "/admin/faults")
    person.retry(number)
    person.done(number)


def status_not_set(person: Person) -> int:
    number = person.invoice()
    person.world.moment.fault(kind="unavailable", operation="patchInvoice", times=None)
    person.wait()
    person.sees("export_status_not_set", number)
    return number


@CASES.of("export_status_refused", "set it to has been transferred in Moment, retry")
def _refused(person: Person) -> None:
    number = person.invoice()
    answer = {"status": 422, "message": "Locked"}
    person.world.moment.fault(kind="answer", operation="patchInvoice", status=422, json=answer)
    person.wait()
    person.sees("export_status_refused", number)
    person.set_status(number, "transferred")
    person.retry(number)
    person.done(number)


# Time, and errors in Bilag


@CASES.of("retries_exhausted", "correct what the other problem describes, retry")
def _three_days(person: Person) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from bilag.transfers.models import Transfer

    number = person.invoice()
    person.world.hub.fault(kind="unavailable", operation="listVouchers", times=None)
    person.wait()
    Transfer.objects.filter(number=str(number)).update(failing_since=timezone.now() - timedelta(days=3, minutes=1))
    person.wait_long()
    person.sees("retries_exhausted", number)
    person.world.hub.ask("DELETE", "/admin/faults")
    person.world.recovered += 60
    person.retry(number)
    person.done(number)


@CASES.of("bilag_fault", "the error is fixed, retry")
def _fixed(person: Person) -> None:
    from bilag.transfers.delivery import exactly_once

    number = person.invoice()
    with patch.object(exactly_once, "batch_differences", lambda *_, **__: 1 / 0):
        person.wait()
    person.sees("bilag_fault", number)
    person.retry(number)
    person.done(number)


# Accrued income


@CASES.of("accrued_income_off", "switch it on, select the accounts, post again")
def _switch_on(person: Person) -> None:
    from bilag.transfers.accrued_income.amounts import SwitchedOff

    project = str(person.project()["projectNumber"])
    with pytest.raises(SwitchedOff) as refused:
        give_one(person.world, project, "1000.00")
    person.seen.add(refused.value.problem.code)
    person.setup(accrued_income=ACCOUNTS)
    (row,) = give_one(person.world, project, "1000.00")
    person.done(row.transfer.number, "accrued")


@CASES.of("accrued_earlier_open", "do nothing: it continues after the earlier one")
def _earlier_first(person: Person) -> None:
    first, second = two_amounts(person)
    person.world.hub.ask("DELETE", "/admin/faults")
    person.world.pass_doubt()
    person.wait_long()
    person.wait_long()
    for one in (first, second):
        person.done(one, "accrued")


@CASES.of("accrued_earlier_open", "the earlier one needs attention: correct it first")
def _correct_earlier(person: Person) -> None:
    first, second = two_amounts(person)
    person.world.hub.ask("DELETE", "/admin/faults")
    person.world.pass_doubt()
    person.retry(first, "accrued")
    person.wait_long()
    for one in (first, second):
        person.done(one, "accrued")


def two_amounts(person: Person) -> tuple[str, str]:
    """An amount in doubt, and a later one of the same month and project."""
    person.setup(accrued_income=ACCOUNTS)
    project = str(person.project()["projectNumber"])
    person.world.hub.fault(kind="closed_before", operation="createBatch", times=None)
    (first,) = give_one(person.world, project, "1000.00")
    (second,) = give_one(person.world, project, "1500.00")
    person.wait_long()
    person.sees("accrued_earlier_open", second.transfer.number, "accrued")
    return first.transfer.number, second.transfer.number


@pytest.fixture(autouse=True)
def _nothing_left(person: Person) -> Any:
    """No fault of one case meets the next."""
    yield
    for side in (person.world.hub, person.world.moment):
        side.ask("DELETE", "/admin/faults")
    person.accounting("DELETE", "posting")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_remedy_leads_to_an_end(case: Case, person: Person) -> None:
    case.carry_out(person)
