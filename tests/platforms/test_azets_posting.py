"""The way of a batch to the journal: resumed, withdrawn, read back, whatever is lost or half said on the way."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bilag.platforms.azets.platform import AzetsPlatform
from bilag.posting.compare import differences
from bilag.posting.voucher import ZERO, Side, VoucherKind
from bilag.wire.errors import Misconfigured, Refused, Unavailable
from tests.platforms.conftest import Office
from tests.platforms.samples import (
    DAY,
    KEY,
    batch,
    customer,
    entry,
    failed_batch,
    invoice,
    posted_voucher,
    result,
)
from tests.platforms.scripted import Said, ScriptedHub, items, page, problem

UNITS = ((1, "10"), (2, "1207"))


def journal_numbers(office: Office) -> list[int]:
    return [voucher["journalNumber"] for voucher in office.admin("GET", "/ledger")]


# Against the sandbox: true answers, and faults on the way.


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
    visma.post_by_hand(5001, "10042", voucher.total)
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


# Against the scripted hub: answers that keep to nothing.

ODD_ANSWERS = {
    "a page": page(200, "Welcome"),
    "no body": Said(201, text=""),
    "a list": Said(201, [1, 2]),
    "a text": Said(201, "ok"),
    "half a batch": Said(201, {"batchNumber": 20417}),
    "numbers as text": Said(201, batch(batchNumber="20417")),
    "a journal that is true": Said(201, batch(voucherJournalNumber=True)),
    "another batch": Said(201, batch(externalId="moment-9-invoice-9")),
    "NaN": Said(201, text='{"batchNumber": NaN}'),
    "a redirect": Said(302, text="", headers={"Location": "https://login.example/"}),
}


@pytest.mark.parametrize("odd", ODD_ANSWERS.values(), ids=ODD_ANSWERS.keys())
def test_an_answer_that_is_not_the_contracts_leaves_the_outcome_open(
    scripted: ScriptedHub, azets: AzetsPlatform, odd: Said
) -> None:
    scripted.on("POST", "/batches", odd)
    with pytest.raises(Unavailable) as caught:
        azets.post_voucher([invoice()], KEY)
    assert not caught.value.outcome_known
    assert caught.value.problems[0].code in ("hub_malformed", "hub_proxy_error")
    assert len(scripted.seen("POST", "/batches")) == 1, "it was sent again"


def test_updated_without_a_journal_number_is_not_posted(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("POST", "/batches", Said(201, batch("updated", None)))
    assert azets.post_voucher([invoice()], KEY).state == "in_progress"
    scripted.on("GET", "/batches", items(batch("updated", None)))
    assert azets.find_voucher(invoice(), KEY).state == "in_progress"
    scripted.on("GET", "/vouchers", items(posted_voucher()))
    assert azets.find_voucher(invoice(), KEY).state == "posted"
    assert azets.post_voucher([invoice()], KEY).journal_number == 8812


def test_a_status_nobody_knows_is_looked_at_again_and_never_touched(
    scripted: ScriptedHub, azets: AzetsPlatform
) -> None:
    scripted.on("POST", "/batches", Said(201, batch("queued")))
    assert azets.post_voucher([invoice()], KEY).state == "in_progress"
    assert scripted.seen("PUT") == scripted.seen("DELETE") == []


def test_a_batch_that_turns_out_posted_when_it_is_to_be_removed(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("POST", "/batches", Said(201, failed_batch()))
    scripted.on("DELETE", "/batches/20417", problem(409, "batch_already_updated"))
    assert azets.post_voucher([invoice()], KEY).state == "in_progress", "posted, but nothing proves it yet"
    scripted.on("GET", "/vouchers", items(posted_voucher()))
    assert azets.post_voucher([invoice()], KEY).state == "posted"


def test_a_batch_that_is_busy_when_it_is_to_be_removed(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("POST", "/batches", Said(201, failed_batch()))
    scripted.on("DELETE", "/batches/20417", problem(409, "batch_busy"))
    assert azets.post_voucher([invoice()], KEY).state == "in_progress"


def test_a_batch_that_is_gone_when_it_is_to_be_removed(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("POST", "/batches", Said(201, failed_batch("account_inactive", "lines[0].accountNumber")))
    scripted.on("DELETE", "/batches/20417", problem(404, "batch_unknown"))
    with pytest.raises(Refused) as caught:
        azets.post_voucher([invoice()], KEY)
    (told,) = caught.value.problems
    assert (told.code, told.subject, told.facts["account"]) == ("account_inactive", "entry 1", "3000")


def test_a_batch_that_vanishes_between_two_requests_is_looked_for_again(
    scripted: ScriptedHub, azets: AzetsPlatform
) -> None:
    scripted.on("POST", "/batches", Said(201, batch("created")))
    gone = result("failed", None, errorCode="batch_unknown", errorMessage="No such batch.")
    scripted.on("PUT", "/batches/process", Said(200, gone))
    scripted.on("GET", "/batches/20417", problem(404, "batch_unknown"))
    with pytest.raises(Unavailable) as caught:
        azets.post_voucher([invoice()], KEY)
    assert not caught.value.outcome_known


@pytest.mark.parametrize(
    "answer", [Said(200, []), Said(200, {}), Said(200, result(batchNumber=7)), Said(200, result(journal=None))]
)
def test_a_process_answer_that_says_nothing_is_looked_into(
    scripted: ScriptedHub, azets: AzetsPlatform, answer: Said
) -> None:
    scripted.on("POST", "/batches", Said(201, batch("created"))).on("PUT", "/batches/process", answer)
    scripted.on("GET", "/batches/20417", Said(200, batch()))
    standing = azets.post_voucher([invoice()], KEY)
    assert (standing.state, standing.journal_number) == ("posted", 8812)


def test_a_busy_answer_to_process_is_not_created(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("POST", "/batches", Said(201, batch("created")))
    busy = result("created", None, errorCode="batch_busy", errorMessage="The batch is being posted.")
    scripted.on("PUT", "/batches/process", Said(200, busy))
    scripted.on("GET", "/batches/20417", Said(200, batch("created", updateInProgress=True)))
    assert azets.post_voucher([invoice()], KEY).state == "in_progress"


def test_a_refused_process_request_leaves_nothing_behind(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("POST", "/batches", Said(201, batch("created")))
    scripted.on("PUT", "/batches/process", problem(422, "validation_failed", ("", "period_closed")))
    scripted.on("DELETE", "/batches/20417", Said(204))
    with pytest.raises(Refused) as caught:
        azets.post_voucher([invoice()], KEY)
    assert caught.value.problems[0].code == "period_closed"
    assert len(scripted.seen("DELETE")) == 1


def test_a_batch_that_failed_for_a_cause_that_passes_is_kept(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    locked = batch("failed", errorCode="ledger_locked", errorMessage="Firmaet er låst.")
    scripted.on("POST", "/batches", Said(201, locked))
    assert azets.post_voucher([invoice()], KEY).state == "created"
    assert scripted.seen("DELETE") == []


@pytest.mark.parametrize(
    "later",
    [problem(503, "hub_unavailable"), problem(429, "rate_limited"), page(502), Said(lost=True)],
    ids=["503", "429", "502", "lost"],
)
def test_after_a_batch_was_stored_no_failure_counts_as_nothing_done(
    scripted: ScriptedHub, azets: AzetsPlatform, later: Said
) -> None:
    scripted.on("POST", "/batches", Said(201, batch("created"))).on("PUT", "/batches/process", later)
    with pytest.raises(Unavailable) as caught:
        azets.post_voucher([invoice()], KEY)
    assert not caught.value.outcome_known


def test_a_read_back_that_fails_does_not_undo_the_posting(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("POST", "/batches", Said(201, batch())).on("GET", "/vouchers", page(502))
    standing = azets.post_voucher([invoice()], KEY)
    assert (standing.state, standing.posted, standing.journal_number) == ("posted", None, 8812)


def test_our_posted_batch_goes_before_somebody_elses_voucher(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("GET", "/vouchers", items(posted_voucher(externalId=None, journalNumber=8000)))
    scripted.on("GET", "/batches", items(batch()))
    assert azets.find_voucher(invoice(), KEY).state == "posted"
    assert azets.find_voucher(invoice(), KEY, thorough=False).state == "conflict"


def test_a_taken_number_is_told_with_what_took_it(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("GET", "/vouchers", items(posted_voucher(externalId=None, journalNumber=8000)))
    (told,) = azets.find_voucher(invoice(), KEY).problems
    assert (told.code, told.subject) == ("voucher_number_taken", "invoice 5001")
    assert told.facts == {
        "number": "5001", "journal": "8000", "type": "outgoingInvoice", "date": str(DAY), "customer": "10042", "total": "125.00",
    }  # fmt: skip


def test_an_incoming_invoice_with_our_number_is_no_conflict(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("GET", "/vouchers", items(posted_voucher(type="incomingInvoice", externalId=None)))
    assert azets.find_voucher(invoice(), KEY).state == "absent"


def test_a_journal_of_our_batch_is_not_our_invoice(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    accrual = posted_voucher(type="journal", relatedVoucherNumber=4999, customerNumber=None, totalAmount=None)
    scripted.on("GET", "/vouchers", items(accrual))
    assert azets.find_voucher(invoice(), KEY).state == "absent"


def test_a_batch_of_another_external_id_is_not_ours(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("GET", "/batches", items(batch(externalId=KEY + "0")))
    assert azets.find_voucher(invoice(), KEY).state == "absent"


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
