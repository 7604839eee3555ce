"""Accrued invoices in the hub's ledger: in one batch with their invoice, and both accounts come to zero."""

from decimal import Decimal
from typing import Any

import pytest

from bilag_sandbox import hub
from tests.support.world import World, money

ACCOUNTS = {"enabled": True, "debit_account": "3910", "credit_account": "2965"}
NOVEMBER_TO_FEBRUARY = {"accrualFrom": "2026-11-01", "accrualTo": "2027-02-28"}


def accrued(world: World, **changes: Any) -> int:
    world.apply(accrual=ACCOUNTS)
    given = {"line": NOVEMBER_TO_FEBRUARY, **changes}
    number = world.insert_invoice(given)
    world.retry(number)
    return number


def batch(world: World, number: int) -> list[dict[str, Any]]:
    """The invoice's voucher and those related to it, in the order of the journal."""
    ledger = world.hub.ask("GET", "/admin/clients/123/ledger")
    return [one for one in ledger if number in (one["voucherNumber"], one["relatedVoucherNumber"])]


def on(vouchers: list[dict[str, Any]], account: str) -> list[tuple[str, Decimal]]:
    return [
        (one["voucherDate"], money(entry["amount"]))
        for one in vouchers
        for entry in one["entries"]
        if entry["accountNumber"] == account
    ]


def balance(world: World, *accounts: str) -> dict[str, Decimal]:
    found = world.hub.ask("GET", "/admin/clients/123/trial-balance")["accounts"]
    return {one["accountNumber"]: money(one["balance"]) for one in found if one["accountNumber"] in accounts}


def test_accrual_goes_in_the_batch_of_its_invoice_and_comes_to_zero(world: World) -> None:
    number = accrued(world)
    assert world.transfer(number).state == "done", world.transfer(number).problems
    vouchers = batch(world, number)
    assert len({one["journalNumber"] for one in vouchers}) == 1
    assert on(vouchers, "2965") == [
        ("2026-11-23", Decimal(-7500)),
        ("2026-12-31", Decimal(2500)),
        ("2027-01-31", Decimal(2500)),
        ("2027-02-28", Decimal(2500)),
    ]
    assert balance(world, "2965", "3910") == {"2965": 0, "3910": 0}
    assert {entry["vatCode"] for one in vouchers[1:] for entry in one["entries"]} == {None}
    units = {tuple(entry["orgUnits"]) for one in vouchers[1:] for entry in one["entries"]}
    assert units == {("2",)}, "the project came along"


def test_a_year_of_accrued_invoices_and_credit_notes_leaves_nothing_on_the_two_accounts(world: World) -> None:
    world.apply(accrual={**ACCOUNTS, "by": "days"})
    periods = [("2026-12-24", "2027-03-03"), ("2026-09-01", "2027-08-31"), ("2027-01-15", "2027-01-15")]
    numbers = []
    for place, (first, last) in enumerate(periods):
        amount = Decimal(1000 + place) + Decimal("0.01")
        line = {"accrualFrom": first, "accrualTo": last, "unitPrice": float(amount), "quantity": 1}
        for sign in (1, -1, Decimal("-0.5")):
            net = (amount * sign).quantize(Decimal("0.01"))
            vat = (net / 4).quantize(Decimal("0.01"))
            sums = {"netAmount": float(net), "vatAmount": float(vat)}
            total = {"totalAmount": float(net + vat), "invoiceType": "invoice" if sign == 1 else "creditNote"}
            numbers.append(world.insert_invoice({**sums, **total, "line": {**line, **sums}}))
    for number in numbers:
        world.retry(number)
    assert {world.transfer(number).state for number in numbers} == {"done"}
    assert balance(world, "2965", "3910") == {"2965": 0, "3910": 0}
    assert world.hub.ask("GET", "/admin/clients/123/trial-balance")["sum"] == "0.00"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lost_answer", "operation": "createBatch"},
        {"kind": "gateway_timeout", "operation": "createBatch", "work": "later", "seconds": 0.2},
        {"kind": "lost_answer", "operation": "listVouchers", "skip": 1, "times": 2},
    ],
    ids=["the answer is lost", "the work follows later", "read-back breaks"],
)
def test_an_accrued_invoice_is_posted_once_although(world: World, fault: dict[str, Any]) -> None:
    world.hub.fault(**fault)
    number = accrued(world)
    for _ in range(4):
        world.pass_doubt()
        world.hurry()
    assert world.transfer(number).state == "done", world.transfer(number).problems
    assert [one["type"] for one in batch(world, number)] == ["outgoingInvoice", *["journal"] * 4]


def close(world: World, month: int, state: str = "closed", year: int = 2027) -> None:
    world.hub.ask("PUT", f"/admin/clients/123/periods/{year}/{month}", {"state": state})


def test_a_closed_month_stops_the_whole_invoice_until_it_is_opened(world: World) -> None:
    close(world, 1)
    number = accrued(world)
    transfer = world.transfer(number)
    assert (transfer.state, batch(world, number)) == ("needs_attention", [])
    [problem] = transfer.problems
    assert (problem["code"], problem["facts"]["accrual_month"]) == ("period_closed", "2027-01")
    close(world, 1, "open")
    world.retry(number)
    assert world.transfer(number).state == "done"
    assert len(batch(world, number)) == 5


def test_a_month_closed_behind_bilags_back_is_refused_by_the_hub_for_all_and_named(world: World) -> None:
    accrued(world)  # the chart has been read
    close(world, 2)
    number = accrued(world)
    transfer = world.transfer(number)
    assert (transfer.state, batch(world, number)) == ("needs_attention", [])
    [problem] = transfer.problems
    assert (problem["code"], problem["facts"]["date"]) == ("period_closed", "2027-02-28")


def test_a_credit_note_of_a_running_accrual_brings_both_accounts_to_zero(world: World) -> None:
    number = accrued(world)
    half = {"netAmount": -5000, "vatAmount": -1250}
    credit = {**half, "totalAmount": -6250, "invoiceType": "creditNote", "issueDate": "2026-12-10", "dueDate": None}
    back = accrued(world, **credit, line={**half, **NOVEMBER_TO_FEBRUARY})
    assert world.transfer(back).state == "done", world.transfer(back).problems
    assert on(batch(world, back), "2965") == [
        ("2026-12-10", Decimal(2500)),
        ("2027-01-31", Decimal(-1250)),
        ("2027-02-28", Decimal(-1250)),
    ]
    assert on(batch(world, number), "2965")[0][1] == -7500
    assert balance(world, "2965", "3910") == {"2965": 0, "3910": 0}


def test_power_office_accrues_on_the_line_itself(world: World) -> None:
    client = {"source_client_id": hub.POWEROFFICE_CLIENT}
    azets = {"base_url": f"{world.hub.url}/v1", "username": hub.USERNAME, "password": hub.PASSWORD}
    world.apply(accrual=ACCOUNTS, platform={"azets": {**azets, **client, "parent_client_id": hub.PARENT}})
    number = world.insert_invoice({"line": NOVEMBER_TO_FEBRUARY, "department": None})
    world.retry(number)
    transfer = world.transfer(number)
    assert transfer.state == "done", transfer.problems
    sent = [one for one in transfer.attempts.get().exchanges if one["path"].endswith("/batches")]
    body = sent[-1]["request"]
    assert len(body["vouchers"]) == 1
    assert body["vouchers"][0]["lines"][0]["accrual"] == {
        "from": "2026-11-01",
        "to": "2027-02-28",
        "balanceAccount": "2965",
        "resultAccount": "3910",
    }
    ledger = world.hub.ask("GET", f"/admin/clients/{hub.POWEROFFICE_CLIENT}/trial-balance")["accounts"]
    assert {one["balance"] for one in ledger if one["accountNumber"] in ("2965", "3910")} == {"0.00"}


# --- what the ledger loses is told --------------------------------------------------------------------------------


def lose(world: World, *names: str) -> None:
    world.hub.ask("POST", "/admin/clients/123/posting", {"effect": "lose", "lost": list(names)})


def told(world: World, number: int) -> list[str]:
    transfer = world.transfer(number)
    assert transfer.state == "needs_attention"
    assert {problem["code"] for problem in transfer.problems} == {"posted_differs"}
    return [problem["facts"]["field"] for problem in transfer.problems]


def natively(world: World) -> None:
    world.hub.ask("PATCH", "/admin/clients/123", {"capabilities": {"lineAccrual": True}})
    world.apply(accrual=ACCOUNTS)


def test_line_accrual_that_arrives_is_proven(world: World) -> None:
    natively(world)
    number = accrued(world)
    assert world.transfer(number).state == "done", world.transfer(number).problems
    assert len(batch(world, number)) == 5, "the invoice, what is put off, and three months"


def test_line_accrual_that_never_arrived_is_told_month_by_month(world: World) -> None:
    natively(world)
    lose(world, "accrual")
    number = accrued(world)
    assert told(world, number) == ["line_accrual"] * 4
    assert world.export_status(number) == "toTransfer"
    world.retry(number)
    assert len(world.vouchers(number)) == 1, "told, and not posted again"


def test_the_remedy_for_a_line_accrual_that_never_arrived_ends_the_invoice(world: World) -> None:
    """The person posts the accrual by hand and sets the invoice to transferred: the voucher stays, and nothing is open."""
    natively(world)
    lose(world, "accrual")
    world.insert_invoice({"line": NOVEMBER_TO_FEBRUARY})
    (number,) = world.invoices
    world.poll()
    world.work(rounds=2)
    assert told(world, number)
    world.moment.ask("PUT", f"/admin/invoices/number:{number}/export-status", {"exportStatus": "transferred"})
    world.hint(world.invoices[number])
    world.work(rounds=2)
    transfer = world.transfer(number)
    assert (transfer.state, transfer.problems) == ("done", [])
    assert len(world.vouchers(number)) == 1


@pytest.mark.parametrize(
    ("lost", "fields"),
    [
        (["yourReference"], ["your_reference"]),
        (["text"], ["text"]),
        (["entryText"], ["entry_text"]),
        (["creditedInvoiceNumber"], ["credited_number"]),
    ],
)
def test_a_field_that_the_ledger_loses_is_told(world: World, lost: list[str], fields: list[str]) -> None:
    lose(world, *lost)
    line = {"netAmount": -1000, "vatAmount": -250, "quantity": -1}
    sums = {"netAmount": -1000, "vatAmount": -250, "totalAmount": -1250, "dueDate": None}
    number = world.insert_invoice(
        {**sums, "line": line, "invoiceType": "creditNote", "creditedInvoiceNumber": 4711, "yourReference": "Kari Vik"}
    )
    world.retry(number)
    assert told(world, number) == fields
    assert world.export_status(number) == "toTransfer"


def test_a_wrong_number_is_not_accepted_by_setting_the_invoice_to_transferred(world: World) -> None:
    lose(world, "creditedInvoiceNumber")
    sums = {"netAmount": -1000, "vatAmount": -250, "totalAmount": -1250, "dueDate": None}
    line = {"netAmount": -1000, "vatAmount": -250, "quantity": -1}
    number = world.insert_invoice({**sums, "line": line, "invoiceType": "creditNote", "creditedInvoiceNumber": 4711})
    world.poll()
    world.work(rounds=2)
    world.moment.ask("PUT", f"/admin/invoices/number:{number}/export-status", {"exportStatus": "transferred"})
    world.hint(world.invoices[number])
    world.work(rounds=2)
    assert told(world, number) == ["credited_number"]
