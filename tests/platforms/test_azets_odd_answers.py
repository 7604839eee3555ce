"""A hub that keeps to nothing: half answers, unknown words, batches that vanish. Nothing is posted twice or forgotten."""

import pytest

from bilag.platforms.azets.platform import AzetsPlatform
from bilag.wire.errors import Refused, Unavailable
from tests.support.azets.samples import DAY, KEY, batch, failed_batch, invoice, posted_voucher, result
from tests.support.azets.scripted_hub import Said, ScriptedHub, items, page, problem

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
