"""The remedies of what a reconciliation finds, carried out literally: the next one finds it resolved."""

from datetime import date
from typing import Any
from unittest.mock import patch

import pytest

from tests.remedies.cases import Case, Cases
from tests.remedies.person import Person
from tests.support.world import LAST_DAY

CASES = Cases()
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def reconciled(person: Person) -> Any:
    """Reconcile the month, as every night; what is wrong stands before the person by its code."""
    from bilag.companies import store
    from bilag.inbox.open_problems import find_open_problems
    from bilag.reconciliation.runner import reconcile

    run = reconcile(person.world.company_id, FIRST, LAST)
    assert run.problem is None
    found = find_open_problems(store.load_setup(person.world.company_id))
    person.seen |= {one.problem.code for one in found}
    return run


def resolved(person: Person, *numbers: int) -> None:
    """Nothing is wrong any more, and these numbers match."""
    run = reconciled(person)
    wrong = run.findings.filter(found__in=("missing", "differing", "duplicate", "unknown"))
    assert [(one.number, one.found, one.reason, one.problems) for one in wrong] == []
    for number in numbers:
        assert run.findings.get(number=number).found == "matched"
    person.ended += 1


def posted(person: Person, **changes: Any) -> tuple[int, dict[str, Any]]:
    """A posted invoice, and its voucher."""
    number = person.invoice(**changes)
    person.wait()
    (voucher,) = person.world.vouchers(number)
    return number, voucher


@CASES.of("reconciliation_missing", "reverse the reversal")
def _reverse_the_reversal(person: Person) -> None:
    number, voucher = posted(person)
    person.reverse(voucher["journalNumber"], voucher["valueDate"])
    reconciled(person)
    person.reverse(person.world.vouchers(number)[-1]["journalNumber"], voucher["valueDate"])
    resolved(person, number)


@CASES.of("reconciliation_missing", "the invoice is wrong: reverse the reversal, and credit it in Moment")
def _credit(person: Person) -> None:
    number, voucher = posted(person)
    person.reverse(voucher["journalNumber"], voucher["valueDate"])
    reconciled(person)
    person.reverse(person.world.vouchers(number)[-1]["journalNumber"], voucher["valueDate"])
    note = person.credit(number, issueDate="2026-11-24")
    person.wait()
    person.done(note)
    resolved(person, number, note)


@CASES.of("reconciliation_missing", "the voucher is deleted: transfer it again from the reconciliation")
def _transfer_again(person: Person) -> None:
    number = person.invoice(exportStatus="transferred")  # so Moment says, and no journal has it
    run = reconciled(person)
    answer = person.browser.post(f"/c/fjell/reconciliation/{run.pk}/send/", {"number": number})
    assert answer.status_code == 302
    person.world.work(rounds=2)
    person.done(number)
    resolved(person, number)


@CASES.of("reconciliation_differing", "correct the voucher in accounting")
def _correct(person: Person) -> None:
    number, voucher = posted(person)
    journal = f"journals/{voucher['journalNumber']}"
    person.accounting("PATCH", journal, {"dueDate": "2026-12-24"})
    reconciled(person)
    person.accounting("PATCH", journal, {"dueDate": voucher["dueDate"]})
    resolved(person, number)


@CASES.of("reconciliation_differing", "reverse it, and post it manually with the same number")
def _post_again(person: Person) -> None:
    number, voucher = posted(person)
    person.accounting("PATCH", f"journals/{voucher['journalNumber']}", {"dueDate": "2026-12-24"})
    reconciled(person)
    person.reverse(voucher["journalNumber"])
    header = ("type", "voucherDate", "valueDate", "dueDate", "paymentId", "customerNumber", "text")
    line = ("accountNumber", "amount", "vatCode", "orgUnits", "text", "customerNumber", "dueDate", "paymentId")
    entries = [{name: entry[name] for name in line} for entry in voucher["entries"]]
    again = {"voucherNumber": number, "entries": entries, **{name: voucher[name] for name in header}}
    person.accounting("POST", "vouchers", again)
    resolved(person, number)


@CASES.of("reconciliation_differing", "it was changed in Moment: set it back")
def _set_back(person: Person) -> None:
    number, _ = posted(person, yourReference="Kari")
    person.edit(number, yourReference="Ola")
    reconciled(person)
    person.edit(number, yourReference="Kari")
    resolved(person, number)


@CASES.of("reconciliation_duplicate", "reverse the extra vouchers")
def _reverse_extra(person: Person) -> None:
    number, _ = posted(person)
    extra = person.post_manually(number, voucherDate=str(LAST_DAY))
    reconciled(person)
    person.reverse(extra["journalNumber"])  # today: the month may be closed
    resolved(person, number)


@CASES.of("reconciliation_unknown", "reverse it, and post it with a number of another series")
def _other_series(person: Person) -> None:
    first, _ = posted(person)
    last, _ = posted(person, invoiceNumber=first + 2)
    unknown = person.post_manually(first + 1, voucherDate=str(LAST_DAY))
    reconciled(person)
    person.reverse(unknown["journalNumber"])
    person.post_manually(first + 700_000, voucherDate=str(LAST_DAY))
    resolved(person, first, last)


@CASES.of("reconciliation_interrupted", "start it again")
def _again(person: Person) -> None:
    from bilag.reconciliation import runner
    from bilag.reconciliation.models import Reconciliation

    class Killed(BaseException):
        """The process dies."""

    number, _ = posted(person)
    with patch.object(runner, "stage", side_effect=Killed), pytest.raises(Killed):
        runner.reconcile(person.world.company_id, FIRST, LAST)
    problem = Reconciliation.objects.latest("pk").problem
    assert problem is not None
    person.seen.add(problem["code"])
    resolved(person, number)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_remedy_leads_to_an_end(case: Case, person: Person) -> None:
    case.carry_out(person)
