"""The way of a batch to the journal: resumed, withdrawn, read back, whatever is lost or half said on the way."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bilag.posting.read_back import differences
from bilag.posting.voucher import ZERO, Side, VoucherKind
from bilag.wire.errors import Misconfigured, Refused, Unavailable
from tests.support.azets.office import Office
from tests.support.azets.samples import DAY, KEY, customer, entry, invoice

UNITS = ((1, "10"), (2, "1207"))


def journal_numbers(office: Office) -> list[int]:
    return [voucher["journalNumber"] for voucher in office.admin("GET", "/ledger")]


@pytest.mark.parametrize("fault", ["lost_answer", "cut_off", "broken_off"])
def test_a_lost_answer_leaves_the_outcome_open_and_the_voucher_is_found(visma: Office, fault: str) -> None:
    azets, voucher = visma.platform(), invoice(entry(units=UNITS))
    visma.fault(fault, "createBatch")
    with pytest.raises(Unavailable) as caught:
        azets.post_voucher([voucher], KEY)
    assert not caught.value.outcome_known
    standing = azets.find_voucher(voucher, KEY)
    assert standing.state == "posted"
    assert standing.posted is not None
    assert differences(voucher, standing.posted, azets.chart()) == ()
    assert azets.post_voucher([voucher], KEY).journal_number == standing.journal_number
    assert len(journal_numbers(visma)) == 1


@pytest.mark.parametrize(
    ("fault", "work"),
    [("bad_gateway", "before"), ("gateway_timeout", "before"), ("internal_error", "before"), ("unavailable", "before")],
)
def test_a_proxys_error_after_the_work_was_done_is_in_doubt(visma: Office, fault: str, work: str) -> None:
    azets, voucher = visma.platform(), invoice()
    visma.fault(fault, "createBatch", work=work)
    with pytest.raises(Unavailable) as caught:
        azets.post_voucher([voucher], KEY)
    assert not caught.value.outcome_known
    assert azets.find_voucher(voucher, KEY).state == "posted"


def test_a_broken_connection_before_the_work_leaves_nothing(visma: Office) -> None:
    azets, voucher = visma.platform(), invoice()
    visma.fault("closed_before", "createBatch")
    with pytest.raises(Unavailable) as caught:
        azets.post_voucher([voucher], KEY)
    assert not caught.value.outcome_known
    assert azets.find_voucher(voucher, KEY).state == "absent"
    assert azets.post_voucher([voucher], KEY).state == "posted"


def test_a_batch_that_is_stored_but_locked_is_resumed(visma: Office) -> None:
    azets, voucher = visma.platform(), invoice()
    visma.effect("locked", times=2)
    standing = azets.post_voucher([voucher], KEY)
    assert (standing.state, [one.code for one in standing.problems]) == ("created", ["ledger_locked"])
    assert azets.find_voucher(voucher, KEY).state == "created"
    assert azets.find_voucher(voucher, KEY, thorough=False).state == "absent"
    assert azets.post_voucher([voucher], KEY).state == "posted"
    assert len(visma.batches()) == 1


def test_a_batch_that_was_only_stored_is_posted_in_the_same_try(visma: Office) -> None:
    visma.effect("notTried")
    assert visma.platform().post_voucher([invoice()], KEY).state == "posted"


def test_a_posting_under_way_is_left_alone(visma: Office) -> None:
    azets, voucher = visma.platform(), invoice()
    visma.effect("delay", seconds=60)
    assert azets.post_voucher([voucher], KEY).state == "in_progress"
    assert azets.find_voucher(voucher, KEY).state == "in_progress"
    assert azets.post_voucher([voucher], KEY).state == "in_progress"
    assert len(visma.batches()) == 1
    visma.admin("POST", f"/batches/{visma.batches()[0]['batchNumber']}/post")
    assert azets.post_voucher([voucher], KEY).state == "posted"
    assert len(journal_numbers(visma)) == 1


@pytest.mark.parametrize(
    ("effect", "code", "subject"),
    [("closePeriod", "period_closed", "invoice 5001"), ("deactivateAccount", "account_inactive", "entry 1")],
)
def test_what_a_person_did_between_check_and_posting_is_refused_and_the_batch_taken_away(
    visma: Office, effect: str, code: str, subject: str
) -> None:
    azets = visma.platform()
    visma.effect(effect)
    with pytest.raises(Refused) as caught:
        azets.post_voucher([invoice(entry(units=UNITS))], KEY)
    assert [(one.code, one.subject) for one in caught.value.problems] == [(code, subject)]
    assert visma.batches() == []
    assert journal_numbers(visma) == []


def test_a_refusal_in_the_ledgers_own_words_is_passed_on(visma: Office) -> None:
    visma.effect("refused", times=2, errorMessage="Bunten kan ikke oppdateres. Disken er full.")
    with pytest.raises(Refused) as caught:
        visma.platform().post_voucher([invoice()], KEY)
    (told,) = caught.value.problems
    assert (told.code, told.said) == ("batch_update_failed", "Bunten kan ikke oppdateres. Disken er full.")
    assert visma.batches() == []


def test_an_old_failed_batch_is_posted_when_its_cause_is_gone(visma: Office) -> None:
    azets, voucher = visma.platform(), invoice()
    visma.effect("closePeriod")
    visma.fault("bad_gateway", "deleteBatch")
    with pytest.raises(Unavailable) as caught:
        azets.post_voucher([voucher], KEY)
    assert not caught.value.outcome_known, "the batch still lies there"
    standing = azets.find_voucher(voucher, KEY)
    assert (standing.state, [one.code for one in standing.problems]) == ("failed", ["period_closed"])
    visma.open_period(DAY)
    assert azets.post_voucher([voucher], KEY).state == "posted"


def test_an_old_failed_batch_that_fails_again_is_taken_away(visma: Office) -> None:
    azets, voucher = visma.platform(), invoice()
    visma.effect("closePeriod")
    visma.fault("bad_gateway", "deleteBatch")
    with pytest.raises(Unavailable):
        azets.post_voucher([voucher], KEY)
    with pytest.raises(Refused) as caught:
        azets.post_voucher([voucher], KEY)
    assert [one.code for one in caught.value.problems] == ["period_closed"]
    assert visma.batches() == []


def test_a_failed_batch_with_other_content_makes_room_for_the_corrected_one(visma: Office) -> None:
    azets, wrong = visma.platform(), invoice()
    visma.effect("closePeriod")
    visma.fault("bad_gateway", "deleteBatch")
    with pytest.raises(Unavailable):
        azets.post_voucher([wrong], KEY)
    visma.open_period(DAY)
    corrected = replace(wrong, your_reference="Ola Berg")
    assert azets.post_voucher([corrected], KEY).state == "posted"
    assert [one["yourReference"] for one in visma.admin("GET", "/ledger")] == ["Ola Berg"]
    assert len(visma.batches()) == 1


@pytest.mark.parametrize("effects", [["locked", "locked"], []])
def test_our_number_with_other_content_is_a_conflict(visma: Office, effects: list[str]) -> None:
    azets = visma.platform()
    for effect in effects:
        visma.effect(effect)
    azets.post_voucher([invoice()], KEY)
    standing = azets.post_voucher([invoice(your_reference="En annen")], KEY)
    assert (standing.state, standing.same_content) == ("conflict", False)
    assert [one.code for one in standing.problems] == ["duplicate_content"]
    assert len(visma.batches()) == 1


def test_a_failed_batch_is_not_replaced_when_its_number_was_taken_meanwhile(visma: Office) -> None:
    azets, voucher = visma.platform(), invoice()
    visma.effect("closePeriod")
    visma.fault("bad_gateway", "deleteBatch")
    with pytest.raises(Unavailable):
        azets.post_voucher([voucher], KEY)
    visma.open_period(DAY)
    visma.post_manually(5001, "10042", voucher.total)
    standing = azets.post_voucher([replace(voucher, your_reference="Ola Berg")], KEY)
    assert (standing.state, [one.code for one in standing.problems]) == ("conflict", ["voucher_number_taken"])
    assert visma.batches() == []


def test_a_person_who_posts_our_batch_is_seen(visma: Office) -> None:
    azets, voucher = visma.platform(), invoice()
    visma.effect("locked", times=2)
    azets.post_voucher([voucher], KEY)
    visma.admin("POST", f"/batches/{visma.batches()[0]['batchNumber']}/post")
    assert azets.find_voucher(voucher, KEY, thorough=False).state == "posted"
    assert azets.post_voucher([voucher], KEY).state == "posted"
    assert len(journal_numbers(visma)) == 1


@pytest.mark.parametrize("status", ["created", "updated", "failed"])
@pytest.mark.parametrize("posted", [True, False])
def test_an_error_inside_a_200_is_looked_into(visma: Office, status: str, posted: bool) -> None:
    azets, voucher = visma.platform(), invoice()
    visma.effect("notTried")
    visma.effect("misreport", on="process", status=status, posted=posted, errorMessage="Ukjent feil.")
    standing = azets.post_voucher([voucher], KEY)
    assert standing.state == ("posted" if posted else "created")
    assert azets.post_voucher([voucher], KEY).state == "posted"
    assert len(journal_numbers(visma)) == 1


def test_a_read_back_that_lags_is_posted_without_the_voucher(visma: Office) -> None:
    azets, voucher = visma.platform(), invoice()
    visma.admin("PATCH", "", {"readBackLagSeconds": 60})
    standing = azets.post_voucher([voucher], KEY)
    assert (standing.state, standing.posted) == ("posted", None)
    assert standing.journal_number is not None
    visma.admin("PATCH", "", {"readBackLagSeconds": 0})
    assert azets.find_voucher(voucher, KEY).posted is not None


def test_journals_with_our_number_are_nobodys_invoice(visma: Office) -> None:
    visma.admin(
        "POST",
        "/vouchers",
        {
            "voucherNumber": 5001,
            "type": "journal",
            "entries": [{"accountNumber": "1920", "amount": "5.00"}, {"accountNumber": "7770", "amount": "-5.00"}],
        },
    )
    azets = visma.platform()
    assert azets.find_voucher(invoice(), KEY).state == "absent"
    assert azets.post_voucher([invoice()], KEY).state == "posted"


def test_every_fault_of_a_voucher_is_told_of_its_entry(visma: Office) -> None:
    wrong = invoice(
        entry("3999", units=UNITS),
        entry("3000", code="77", units=UNITS),
        entry("3000", "10.00", "2.50", units=((2, "999"),), side=Side.DEBIT),
        customer="10999",
    )
    with pytest.raises(Refused) as caught:
        visma.platform().post_voucher([wrong], KEY)
    found = {(one.code, one.subject) for one in caught.value.problems}
    assert found >= {
        ("account_unknown", "entry 1"),
        ("vat_code_unknown", "entry 2"),
        ("org_unit_unknown", "entry 3"),
        ("customer_unknown", "invoice 5001"),
    }
    facts = {one.code: one.facts for one in caught.value.problems}
    assert facts["account_unknown"]["account"] == "3999"
    assert facts["vat_code_unknown"]["vat_code"] == "77"
    assert (facts["org_unit_unknown"]["unit"], facts["org_unit_unknown"]["value"]) == ("2", "999")
    assert facts["customer_unknown"]["customer"] == "10999"
    assert all(one.said for one in caught.value.problems)


def test_a_foreign_invoice_is_posted_in_both_currencies(visma: Office) -> None:
    azets = visma.platform()
    azets.put_customer(customer("10077", name="Malmö AB", country="SE"))
    line = entry("3105", "1000.01", "0.00", "52")
    voucher = invoice(line, customer="10077", currency="EUR", exchange_rate=Decimal("11.4325"))
    posted = azets.post_voucher([voucher], KEY).posted
    assert posted is not None
    assert differences(voucher, posted, azets.chart()) == ()
    assert {str(one.amount) for one in posted.entries} == {"11432.61", "-11432.61"}


def test_an_unknown_series_pauses_the_company(visma: Office) -> None:
    with pytest.raises(Misconfigured) as caught:
        visma.platform(voucher_series="XYZ").post_voucher([invoice()], KEY)
    (told,) = caught.value.problems
    assert (told.code, told.subject) == ("voucher_series_unknown", "setup platform.azets.voucher_series")
    assert told.facts["value"] == "XYZ"


def test_accruals_travel_in_the_batch_of_their_invoice(visma: Office) -> None:
    def journal(debit: str, credit: str, day: Any) -> Any:
        sides = ((debit, Side.DEBIT), (credit, Side.CREDIT))
        lines = tuple(entry(account, "60.00", "0.00", None, side=side, units=UNITS) for account, side in sides)
        nothing: dict[str, Any] = {"customer": None, "due_date": None, "your_reference": None, "total": ZERO}
        return replace(
            first,
            kind=VoucherKind.JOURNAL,
            entries=lines,
            related_number=5001,
            voucher_date=day,
            text="Periodisering",
            **nothing,
        )

    azets, first = visma.platform(), invoice(entry(units=UNITS))
    later = (DAY.replace(day=28) + timedelta(days=10)).replace(day=28)
    vouchers = [first, journal("3910", "2965", DAY), journal("2965", "3910", later)]
    standing = azets.post_voucher(vouchers, KEY)
    assert standing.state == "posted"
    assert standing.posted is not None
    assert differences(first, standing.posted, azets.chart()) == ()
    assert [one["type"] for one in visma.admin("GET", "/ledger")] == ["outgoingInvoice", "journal", "journal"]
    visma.close_period(later)
    with pytest.raises(Refused) as caught:
        azets.post_voucher([replace(one, number=5002) for one in vouchers], "moment-4021-invoice-5002")
    assert {one.code for one in caught.value.problems} == {"period_closed"}
    assert {one.subject for one in caught.value.problems} == {"invoice 5002"}, (
        "a journal's lines are no lines of the invoice"
    )


def test_two_instances_at_once_post_one_voucher(
    visma: Office,
) -> None:
    platforms = [visma.platform() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        states = {one.state for one in pool.map(lambda azets: azets.post_voucher([invoice()], KEY), platforms)}
    assert states == {"posted"}
    assert len(journal_numbers(visma)) == 1
