"""The remedies of what is wrong with an invoice itself, carried out literally."""

from typing import Any

import pytest

from tests.remedies.cases import Case, Cases
from tests.remedies.person import Person

CASES = Cases()
ACCRUAL = {"enabled": True, "debit_account": "3910", "credit_account": "2965"}
ABROAD = {"vatCode": "52", "accountNumber": "3105", "vatRate": 0, "vatAmount": 0}


def in_currency(currency: str, rate: float | None, net: float = 10000) -> dict[str, Any]:
    return {
        "currency": currency,
        "exchangeRate": rate,
        "line": {**ABROAD, "netAmount": net},
        "netAmount": net,
        "vatAmount": 0,
        "totalAmount": net,
    }


def of_net(net: float, vat: float, **line: Any) -> dict[str, Any]:
    return {
        "line": {"netAmount": net, "vatAmount": vat, **line},
        "netAmount": net,
        "vatAmount": vat,
        "totalAmount": round(net + vat, 3),
    }


def in_period(first: str | None, last: str | None) -> dict[str, Any]:
    return {"line": {"accrualFrom": first, "accrualTo": last}}


CREDITED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "total_mismatch": ({"totalAmount": 12600}, {}),
    "amount_decimals": (of_net(10000.123, 2500.031), of_net(10000.12, 2500.03)),
    "currency_without_decimals": (in_currency("JPY", 0.068, 10000.5), in_currency("JPY", 0.068, 10001)),
    "due_before_invoice_date": ({"dueDate": "2026-11-01"}, {}),
    "accrual_period_incomplete": (in_period("2026-11-01", None), in_period("2026-11-01", "2027-01-31")),
    "accrual_period_invalid": (in_period("2027-01-31", "2026-11-01"), in_period("2026-11-01", "2027-01-31")),
    "kid_invalid": ({"paymentId": "0050012"}, {"paymentId": "0050013"}),
    "exchange_rate_required": (in_currency("EUR", None), in_currency("EUR", 11.4)),
    "exchange_rate_implausible": (in_currency("EUR", 21.5), in_currency("EUR", 11.4)),
    "exchange_rate_default": (in_currency("USD", 1), in_currency("USD", 10.2)),
    "exchange_rate_unverified": (in_currency("UAH", 0.25), in_currency("EUR", 11.4)),
    "exchange_rate_not_one": ({"exchangeRate": 3}, {"exchangeRate": 1}),
}
"""The wrong invoice, and the one that a user creates instead."""


def credited(code: str) -> Any:
    def steps(person: Person) -> None:
        wrong, right = CREDITED[code]
        person.credit_create_and_close(code, person.invoice(**wrong), person.invoice(**right))

    return steps


for _code in CREDITED:
    CASES.add(_code, "credit, create a new one, close with the credit note", credited(_code))


MANUAL: dict[str, dict[str, Any]] = {
    "accrual_period_incomplete": in_period("2026-11-01", None),
    "accrual_period_invalid": in_period("2027-01-31", "2026-11-01"),
    "exchange_rate_required": in_currency("EUR", None),
    "invoice_type_unknown": {"invoiceType": "offer"},
    "type_contradicts_total": {"invoiceType": "creditNote"},
    "credited_number_invalid": {
        "invoiceType": "creditNote",
        "creditedInvoiceNumber": 0,
        **of_net(-10000, -2500, quantity=-10),
    },
}


def posted_manually(code: str) -> Any:
    def steps(person: Person) -> None:
        number = person.invoice(**MANUAL[code])
        person.wait()
        person.sees(code, number)
        person.post_manually_instead(number)

    return steps


for _code in MANUAL:
    CASES.add(_code, "post manually, and set to do not transfer", posted_manually(_code))


@CASES.of("invoice_not_finalized", "finalise in Moment")
def _finalise(person: Person) -> None:
    from bilag.companies import store
    from bilag.companies.gateways import moment_for, platform_for
    from bilag.posting.plan import plan_invoice
    from bilag.transfers.rules import rules_for

    customer = person.world.any_project()["customer"]
    line = {"text": "Honorar", "accountNumber": "3000", "vatCode": "3", "vatRate": 25, "quantity": 1, "unitPrice": 100}
    draft = person.world.moment.ask("POST", "/admin/invoices", {"customer": customer, "lines": [line]})
    setup = store.load_setup(person.world.company_id)
    invoice = moment_for(setup).invoice(draft["id"])
    assert invoice is not None
    person.seen |= {one.code for one in plan_invoice(invoice, rules_for(setup, platform_for(setup).chart())).problems}
    finalised = person.world.moment.ask("POST", f"/admin/invoices/{draft['id']}/finalize", {})
    person.wait()
    person.done(finalised["invoiceNumber"])


@CASES.of("voucher_number_invalid", "extend the number range in accounting, retry")
def _extend_range(person: Person) -> None:
    person.configure(voucherNumberRule={"min": 1, "max": 100})
    number = person.invoice()
    person.wait()
    person.sees("voucher_number_invalid", number)
    person.configure(voucherNumberRule={"min": 1, "max": 2147483647})
    person.retry(number)
    person.done(number)


@CASES.of("kid_invalid", "correct the rule in accounting, retry")
def _correct_rule(person: Person) -> None:
    number = person.invoice(paymentId="0050012")
    person.wait()
    person.sees("kid_invalid", number)
    person.configure(paymentIdRule={"method": "none"})
    person.retry(number)
    person.configure(paymentIdRule={"method": "mod10"})
    person.done(number)


@CASES.of("kid_invalid", "correct the setting in Moment, retry")
def _correct_kid(person: Person) -> None:
    number = person.invoice(paymentId="0050012")
    person.wait()
    person.sees("kid_invalid", number)
    person.edit(number, paymentId="0050013")
    person.retry(number)
    person.done(number)


@CASES.of("currency_unknown", "add the currency in accounting, retry")
def _add_currency(person: Person) -> None:
    number = person.invoice(**in_currency("HUF", 0.029))
    person.wait()
    person.sees("currency_unknown", number)
    before = next(one for one in person.world.hub.ask("GET", "/admin/state")["clients"] if one["id"] == "123")
    person.configure(currencies=[*before["currencies"], "HUF"])
    person.retry(number)
    person.done(number)


@CASES.of("exchange_rate_implausible", "select the currency under rates per 100 units, retry")
def _rate_per_hundred(person: Person) -> None:
    number = person.invoice(**in_currency("SEK", 103.5))
    person.wait()
    person.sees("exchange_rate_implausible", number)
    person.setup(accrual=ACCRUAL, moment={"rates_per_hundred": ["SEK"]})
    person.retry(number)
    person.setup(accrual=ACCRUAL)
    person.done(number)


def _confirmed(code: str, currency: str, rate: float) -> Any:
    def steps(person: Person) -> None:
        number = person.invoice(**in_currency(currency, rate))
        person.wait()
        person.sees(code, number)
        person.press("confirm-rate", number, rate=str(rate))
        person.done(number)

    return steps


for _code, _currency, _rate in (
    ("exchange_rate_implausible", "EUR", 21.5),
    ("exchange_rate_default", "USD", 1.0),
    ("exchange_rate_unverified", "UAH", 0.25),
):
    CASES.add(_code, "confirm the rate on the page", _confirmed(_code, _currency, _rate))


def support_corrects(code: str, wrong: dict[str, Any], **right: Any) -> Any:
    """Moment's support corrects what Moment itself shows correctly."""

    def steps(person: Person) -> None:
        number = person.invoice(**wrong)
        person.wait()
        person.sees(code, number)
        person.edit(number, **right)
        person.wait()
        person.done(number)

    return steps


CASES.add(
    "total_mismatch",
    "Moment's support corrects it",
    support_corrects("total_mismatch", {"totalAmount": 12600}, totalAmount=12500),
)
CASES.add(
    "amount_invalid",
    "Moment's support corrects it",
    support_corrects("amount_invalid", {"totalAmount": 10**14}, totalAmount=12500),
)
CASES.add(
    "invoice_date_missing",
    "Moment's support corrects it",
    support_corrects("invoice_date_missing", {"issueDate": None}, issueDate="2026-11-23"),
)


def fault_corrected(code: str, place: str) -> Any:
    """The administrator has the error corrected, and retries."""

    def steps(person: Person) -> None:
        number = person.invoice()
        person.hub_refuses(code, place)
        person.wait()
        person.sees(code, number)
        person.retry(number)
        person.done(number)

    return steps


for _code, _place in (
    ("gross_mismatch", "vouchers[0].lines[0].grossAmount"),
    ("line_amount_zero", "vouchers[0].lines[0]"),
    ("voucher_unbalanced", "vouchers[0].lines"),
):
    CASES.add(_code, "the error is corrected, retry", fault_corrected(_code, _place))


@CASES.of("period_closed", "open the period, retry, close it again")
def _open_period(person: Person) -> None:
    person.accounting("PUT", "periods/2026/11", {"state": "closed"})
    number = person.invoice()
    person.wait()
    person.sees("period_closed", number)
    person.accounting("PUT", "periods/2026/11", {"state": "open"})
    person.retry(number)
    person.accounting("PUT", "periods/2026/11", {"state": "closed"})
    person.wait()
    person.done(number)
    person.accounting("PUT", "periods/2026/11", {"state": "open"})


@CASES.of("period_unknown", "create the year, retry")
def _create_year(person: Person) -> None:
    number = person.invoice(issueDate="2019-06-03", dueDate="2019-06-17")
    person.wait()
    person.sees("period_unknown", number)
    person.accounting("PUT", "periods/2019/1", {"state": "open"})
    person.retry(number)
    person.done(number)


@CASES.of("date_locked", "move the lock date back, retry, set it again")
def _move_lock_date(person: Person) -> None:
    person.configure(lockDate="2026-11-30")
    number = person.invoice()
    person.wait()
    person.sees("date_locked", number)
    person.configure(lockDate=None)
    person.retry(number)
    person.configure(lockDate="2026-11-30")
    person.wait()
    person.done(number)
    person.configure(lockDate=None)


@pytest.fixture(scope="module", autouse=True)
def _accruing(module_world: Any) -> None:
    """The company accrues, and its ledger has a currency for which no reference is published."""
    module_world.apply(accrual=ACCRUAL)
    before = next(one for one in module_world.hub.ask("GET", "/admin/state")["clients"] if one["id"] == "123")
    module_world.hub.ask("PATCH", "/admin/clients/123", {"currencies": [*before["currencies"], "UAH"]})


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_remedy_leads_to_an_end(case: Case, person: Person) -> None:
    case.carry_out(person)
