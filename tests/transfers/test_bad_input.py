"""What cannot be posted stands in front of a person with invoice, line and cure; the others go on; mended, it is posted."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bilag.messages import render_problem
from bilag.posting.problem import Problem
from tests.support.world import World


def _close_november(world: World) -> None:
    world.hub.ask("PUT", "/admin/clients/123/periods/2026/11", {"state": "closed"})


def _open_november(world: World) -> None:
    world.hub.ask("PUT", "/admin/clients/123/periods/2026/11", {"state": "open"})


def _mend(**fields: Any) -> Callable[[World, int], None]:
    return lambda world, number: world.moment.ask("PATCH", f"/admin/invoices/number:{number}", fields)


def _mend_line(**fields: Any) -> Callable[[World, int], None]:
    def mend(world: World, number: int) -> None:
        invoice = world.invoices[number]
        lines = [{**line, **fields} for line in invoice["lines"]]
        world.moment.ask("PATCH", f"/admin/invoices/number:{number}", {"lines": lines})

    return mend


CASES: dict[str, tuple[dict[str, Any], str, str, str, Callable[[World, int], None]]] = {
    "unknown account": (
        {"line": {"accountNumber": "3999"}},
        "account_unknown",
        "line 1",
        "3999",
        _mend_line(accountNumber="3000"),
    ),
    "unknown VAT code": ({"line": {"vatCode": "99"}}, "vat_code_unknown", "line 1", "99", _mend_line(vatCode="3")),
    "missing VAT code": ({"line": {"vatCode": None}}, "vat_code_required", "line 1", "3000", _mend_line(vatCode="3")),
    "VAT rate that is not the code's": (
        {"line": {"vatRate": 15, "vatAmount": 1500}, "vatAmount": 1500, "totalAmount": 11500},
        "vat_rate_mismatch",
        "line 1",
        "15 %",
        _mend_line(vatCode="31"),
    ),
    "purchase code": ({"line": {"vatCode": "1"}}, "vat_code_not_for_sales", "line 1", "1", _mend_line(vatCode="3")),
    "total that does not add up": (
        {"totalAmount": 12600},
        "total_mismatch",
        "invoice",
        "100.00",
        _mend(totalAmount=12500),
    ),
    "KID with a wrong check digit": (
        {"paymentId": "0050012"},
        "kid_invalid",
        "invoice",
        "0050012",
        _mend(paymentId="0050013"),
    ),
    "project number that the unit cannot take": (
        {"project": {"projectNumber": "P-77", "name": "Rart nummer"}},
        "org_unit_not_integer",
        "project P-77",
        "P-77",
        _mend(project=None),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_problem_names_invoice_line_and_cure_and_after_mending_it_is_posted(world: World, name: str) -> None:
    changes, code, subject, named, mend = CASES[name]
    number = world.insert_invoice(changes)
    good = world.finalise()
    world.poll()
    world.work()
    transfer = world.transfer(number)
    assert transfer.state == "needs_attention"
    assert code in world.codes(number), world.codes(number)
    problem = Problem.from_json(next(one for one in transfer.problems if one["code"] == code))
    english, norwegian = render_problem(problem, "en"), render_problem(problem, "nb")
    assert problem.subject.startswith(subject)
    assert named in english.message
    assert str(number) in english.message or str(number) in english.subject
    assert len(english.remedy) > 20
    assert norwegian.message != english.message
    assert world.vouchers(number) == []
    assert world.transfer(good["invoiceNumber"]).state == "done", "the other invoices go on"
    mend(world, number)
    world.retry(number)
    assert world.transfer(number).state == "done", world.transfer(number).problems
    assert len(world.vouchers(number)) == 1


def test_closed_period_names_it_and_is_posted_when_it_is_opened(world: World) -> None:
    _close_november(world)
    number = world.insert_invoice({"issueDate": "2026-11-20"})
    world.poll()
    world.work()
    assert world.codes(number) == ["period_closed"]
    assert world.vouchers(number) == []
    _open_november(world)
    world.retry(number)
    assert world.transfer(number).state == "done", world.transfer(number).problems


def test_period_closed_between_check_and_posting_leaves_no_batch_behind(world: World) -> None:
    number = world.insert_invoice({})
    world.poll()
    world.hub.ask(
        "POST",
        "/admin/clients/123/posting",
        {"effect": "refused", "errorCode": "period_closed", "errorMessage": "Perioden er avsluttet."},
    )
    world.work()
    assert world.transfer(number).state == "needs_attention"
    assert world.codes(number) == ["period_closed"]
    assert [batch for batch in world.hub.ask("GET", "/admin/clients/123/batches") if batch["status"] != "updated"] == []
    world.retry(number)
    assert len(world.vouchers(number)) == 1


def test_invoice_without_customer(world: World) -> None:
    number = world.insert_invoice({"customer": None})
    world.poll()
    world.work()
    assert "customer_missing" in world.codes(number)
    assert world.vouchers(number) == []


def test_customer_that_accounting_refuses_blocks_its_invoice_and_releases_it_when_mended(world: World) -> None:
    customer = world.moment.ask(
        "POST", "/admin/customers", {"name": "Feil AS", "organizationNumber": "123456789", "countryCode": "NO"}
    )
    ref = {"id": customer["id"], "customerNumber": customer["customerNumber"]}
    number = world.insert_invoice({"customer": ref})
    world.poll()
    world.work()
    assert world.codes(customer["customerNumber"], "customer") == ["organisation_number_invalid"]
    [blocked] = world.transfer(number).problems
    assert (blocked["code"], blocked["facts"]["cause"]) == ("customer_not_ready", "organisation_number_invalid")
    world.moment.ask("PATCH", f"/admin/customers/{customer['id']}", {"organizationNumber": None})
    world.poll()
    world.work(rounds=2)  # the customer, and then the invoice that it releases
    assert world.transfer(number).state == "done", world.transfer(number).problems


@pytest.mark.first_poll
def test_two_project_numbers_that_fall_together_are_a_problem_for_the_second(world: World) -> None:
    first = world.any_project()
    twin = {"projectNumber": f"0{first['projectNumber']}", "name": "Samme", "customer": first["customer"]}
    other = world.moment.ask("POST", "/admin/projects", twin)
    world.poll()
    world.work()
    codes = [world.codes(number, "project") for number in (first["projectNumber"], other["projectNumber"])]
    assert sorted(codes) == [[], ["number_collision"]]
    numbers = (first["projectNumber"], other["projectNumber"])
    later, earlier = numbers if codes[0] else numbers[::-1]
    assert world.facts(later, "project") == {
        "number": later,
        "other": earlier,
        "value": first["projectNumber"].lstrip("0"),
    }


def test_customer_removed_in_accounting_is_sent_again_with_its_invoice(world: World) -> None:
    invoice = world.finalise()
    world.hint(invoice)
    world.work()
    second = world.insert_invoice({"customer": invoice["customer"]})
    world.hub.fault(
        kind="answer",
        operation="createBatch",
        status=422,
        json={
            "code": "validation_failed",
            "message": "1 fault.",
            "details": [{"field": "vouchers[0].customerNumber", "code": "customer_unknown", "message": "Unknown."}],
            "traceId": "1",
        },
    )
    world.poll()
    world.work()
    assert world.transfer(second).state == "done", world.transfer(second).problems
    customer = world.transfer(invoice["customer"]["customerNumber"], "customer")
    assert (customer.state, customer.attempts.filter(verdict="done").count()) == ("done", 2), "it was sent again"


def test_nothing_finalised_before_the_first_day_goes_by_itself(world: World) -> None:
    world.apply(export={"invoices_from": date(2030, 1, 1)})
    invoice = world.finalise()
    number = invoice["invoiceNumber"]
    world.poll()
    world.work()
    from bilag.transfers.models import Transfer

    assert not Transfer.objects.filter(kind="invoice").exists()
    world.hint(invoice)
    world.work()
    assert (world.transfer(number).state, world.transfer(number).reason) == ("skipped", "before_invoices_from")
    world.retry(number)
    assert world.transfer(number).state == "done", "by hand it goes"


def test_do_not_transfer_is_never_touched(world: World) -> None:
    number = world.insert_invoice({"exportStatus": "doNotTransfer"})
    world.retry(number)
    assert (world.transfer(number).state, world.transfer(number).reason) == ("skipped", "do_not_transfer")
    assert world.export_status(number) == "doNotTransfer"


def test_number_that_moment_does_not_know_is_told_to_who_asked(world: World) -> None:
    world.retry(999999)
    assert world.codes(999999) == ["not_in_moment"]


def test_forged_hint_with_a_wrong_number_makes_no_voucher_of_that_number(world: World) -> None:
    from bilag.transfers.intake import accept
    from bilag.transfers.models import Kind

    invoice = world.finalise()
    accept.accept(world.company_id, [accept.TransferRequest(Kind.INVOICE, "77777", invoice["id"])])
    world.work(rounds=2)
    assert (world.transfer("77777").state, world.transfer("77777").reason) == ("skipped", "other_number")
    assert world.transfer(invoice["invoiceNumber"]).state == "done"
    assert {voucher["voucherNumber"] for voucher in world.vouchers()} == {invoice["invoiceNumber"]}
