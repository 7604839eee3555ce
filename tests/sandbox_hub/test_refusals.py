"""What the hub refuses: every fault at once, each with its place, and nothing stored."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.hub.batches import DAY, TODAY, batch, journal, line, simple, voucher
from tests.support.hub.client import Company

PLACE = "vouchers[0]"


def one_line(**changes: Any) -> dict[str, Any]:
    """A batch of one invoice with one line, parts of the line changed."""
    good = line("3000", "credit", "3", "100.00", "25.00", "125.00")
    return batch(voucher(totalAmount="125.00", lines=[good | changes]))


def test_all_faults_are_told_at_once_each_with_its_place(visma: Company) -> None:
    lines = [
        line("3010", "credit", "31", "100.00", "15.00", "115.00"),
        line("3015", "credit", "3", "100.00", "25.00", "125.00", orgUnits={"2": "P-1207", "4": "1"}),
        line("3000", "credit", None, "10.00", "0.00", "11.00", colour="red"),
    ]
    wrong = voucher(lines=lines, customerNumber="10999", totalAmount="1.00", dueDate="2001-01-01", paymentId="0050014")
    wrong |= {"currency": "NOK", "exchangeRate": "2", "extra": 1}
    del wrong["text"]
    codes = visma.codes(batch(wrong, voucherSeries="XXX", externalId="has space"))
    assert codes == {
        ("externalId", "field_invalid"),
        ("voucherSeries", "voucher_series_unknown"),
        (f"{PLACE}.extra", "field_not_allowed"),
        (f"{PLACE}.text", "field_required"),
        (f"{PLACE}.customerNumber", "customer_unknown"),
        (f"{PLACE}.totalAmount", "total_mismatch"),
        (f"{PLACE}.dueDate", "due_before_invoice_date"),
        (f"{PLACE}.paymentId", "kid_invalid"),
        (f"{PLACE}.exchangeRate", "field_invalid"),
        (f"{PLACE}.lines[0].vatCode", "vat_code_not_allowed_on_account"),
        (f"{PLACE}.lines[1].accountNumber", "account_unknown"),
        (f"{PLACE}.lines[1].orgUnits.2", "org_unit_not_integer"),
        (f"{PLACE}.lines[1].orgUnits.4", "org_unit_not_used"),
        (f"{PLACE}.lines[2].vatCode", "vat_code_required"),
        (f"{PLACE}.lines[2].grossAmount", "gross_mismatch"),
        (f"{PLACE}.lines[2].colour", "field_not_allowed"),
    }


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"accountNumber": "1500"}, "accountNumber", "account_not_postable"),
        ({"accountNumber": "30x"}, "accountNumber", "field_invalid"),
        ({"vatCode": "99"}, "vatCode", "vat_code_unknown"),
        ({"vatCode": "1"}, "vatCode", "vat_code_not_allowed_on_account"),
        ({"netAmount": "0.00", "vatAmount": "0.00", "grossAmount": "0.00"}, "", "line_amount_zero"),
        ({"netAmount": 100.0}, "netAmount", "field_invalid"),
        ({"netAmount": "-100.00"}, "netAmount", "field_invalid"),
        ({"netAmount": "0100.00"}, "netAmount", "field_invalid"),
        ({"netAmount": None}, "netAmount", "field_invalid"),
        ({"side": "kredit"}, "side", "field_invalid"),
        ({"vatAmount": "26.01", "grossAmount": "126.01"}, "vatAmount", "vat_amount_mismatch"),
        ({"text": "x" * 101}, "text", "field_too_long"),
        ({"orgUnits": {"13": "1"}}, "orgUnits.13", "field_not_allowed"),
        ({"orgUnits": {"1": 10}}, "orgUnits.1", "field_invalid"),
        ({"orgUnits": {"1": "99"}}, "orgUnits.1", "org_unit_unknown"),
        ({"orgUnits": {"1": "0"}}, "orgUnits.1", "org_unit_not_integer"),
        ({"orgUnits": {"1": "2147483648"}}, "orgUnits.1", "org_unit_not_integer"),
        ({"orgUnits": {"7": "elleve tegn"}}, "orgUnits.7", "org_unit_too_long"),
        ({"orgUnits": None}, "orgUnits", "field_invalid"),
        (
            {"accrual": {"from": DAY, "to": DAY, "balanceAccount": "2965"}},
            "accrual",
            "accrual_not_supported",
        ),
    ],
)
def test_a_line_is_refused(visma: Company, changes: dict[str, Any], field: str, code: str) -> None:
    place = f"{PLACE}.lines[0].{field}" if field else f"{PLACE}.lines[0]"
    assert (place, code) in visma.codes(one_line(**changes))


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"voucherNumber": 0}, "voucherNumber", "voucher_number_invalid"),
        ({"voucherNumber": 2**31}, "voucherNumber", "voucher_number_invalid"),
        ({"voucherNumber": "5001"}, "voucherNumber", "field_invalid"),
        ({"voucherNumber": True}, "voucherNumber", "field_invalid"),
        ({"type": "invoice"}, "type", "field_invalid"),
        ({"voucherDate": "2026-02-30"}, "voucherDate", "field_invalid"),
        ({"voucherDate": "1999-05-05"}, "voucherDate", "period_unknown"),
        ({"valueDate": "1999-05-05"}, "valueDate", "period_unknown"),
        ({"dueDate": None}, "dueDate", "field_invalid"),
        ({"creditedInvoiceNumber": 5}, "creditedInvoiceNumber", "field_not_allowed"),
        ({"paymentId": "1"}, "paymentId", "kid_invalid"),
        ({"paymentId": "0" * 26}, "paymentId", "kid_invalid"),
        ({"paymentId": "12345678-"}, "paymentId", "kid_invalid"),
        ({"paymentId": 50013}, "paymentId", "field_invalid"),
        ({"customerNumber": None}, "customerNumber", "field_invalid"),
        ({"currency": "XTS", "exchangeRate": "1.5"}, "currency", "currency_unknown"),
        ({"currency": "EUR", "exchangeRate": "0"}, "exchangeRate", "exchange_rate_required"),
        ({"currency": "nok"}, "currency", "field_invalid"),
        ({"text": ""}, "text", "field_invalid"),
        ({"yourReference": "x" * 61}, "yourReference", "field_too_long"),
        ({"totalAmount": "91636.76"}, "totalAmount", "total_mismatch"),
        ({"lines": []}, "lines", "field_invalid"),
    ],
)
def test_a_voucher_is_refused(visma: Company, changes: dict[str, Any], field: str, code: str) -> None:
    assert (f"{PLACE}.{field}", code) in visma.codes(batch(voucher(**changes)))


def test_a_journal_has_neither_customer_nor_total_nor_vat_and_balances(visma: Company) -> None:
    wrong = journal(customerNumber="10042", totalAmount="1.00", dueDate=DAY)
    wrong["lines"][0] |= {"vatCode": "3", "netAmount": "5000.00", "grossAmount": "5000.00"}
    assert visma.codes(batch(wrong, voucherSeries=None)) >= {
        (f"{PLACE}.customerNumber", "field_not_allowed"),
        (f"{PLACE}.totalAmount", "field_not_allowed"),
        (f"{PLACE}.dueDate", "field_not_allowed"),
        (f"{PLACE}.lines[0].vatCode", "field_not_allowed"),
        (f"{PLACE}.lines", "voucher_unbalanced"),
    }


def test_one_bad_voucher_stops_the_whole_batch(visma: Company) -> None:
    assert visma.codes(batch(voucher(), voucher(voucherNumber=5002, totalAmount="1.00"))) == {
        ("vouchers[1].totalAmount", "total_mismatch")
    }
    assert visma.admin("GET", "/ledger") == []


def test_vat_may_differ_by_one_krone_and_no_more(visma: Company) -> None:
    edge = one_line(vatAmount="26.00", grossAmount="126.00")
    edge["vouchers"][0]["totalAmount"] = "126.00"
    assert visma.post_batch(edge).json()["status"] == "updated"


@pytest.mark.parametrize("kid", ["0050013", "18", None])
def test_a_right_kid_is_taken(visma: Company, kid: str | None) -> None:
    assert visma.post_batch(simple(5001, paymentId=kid)).json()["status"] == "updated"


def test_mod11_kid_where_the_client_takes_any(poweroffice: Company) -> None:
    good = simple(5001, customerNumber="10018", paymentId="1-")  # MOD11 of 1 is 9, MOD10 is 8
    faults = poweroffice.codes(good)
    assert (f"{PLACE}.paymentId", "kid_invalid") in faults
    # 12345678: weighted sum 2*8+3*7+4*6+5*5+6*4+7*3+2*2+3*1 = 138; 11 - 138 % 11 = 5
    assert poweroffice.post_batch(simple(5001, customerNumber="10018", paymentId="123456785")).status_code == 201


def test_closed_period_lock_date_and_reopening(visma: Company) -> None:
    visma.admin("PUT", f"/periods/{TODAY.year}/{TODAY.month}", {"state": "closed"})
    assert visma.codes(simple()) == {(f"{PLACE}.voucherDate", "period_closed")}
    visma.admin("PUT", f"/periods/{TODAY.year}/{TODAY.month}", {"state": "open"})
    visma.admin("PATCH", "", {"lockDate": DAY})
    assert visma.codes(simple()) == {(f"{PLACE}.voucherDate", "date_locked")}
    periods = visma.ask("GET", "/periods", params={"year": TODAY.year}).json()
    assert (periods["lockDate"], len(periods["items"])) == (DAY, 12)
    visma.admin("PATCH", "", {"lockDate": str(TODAY - timedelta(days=1))})
    assert visma.post_batch(simple()).json()["status"] == "updated"


def test_a_closed_month_of_an_accrual_stops_its_invoice_too(visma: Company) -> None:
    next_month = (TODAY.replace(day=1) + timedelta(days=40)).replace(day=1)
    visma.admin("PUT", f"/periods/{next_month.year}/{next_month.month}", {"state": "closed"})
    assert visma.codes(batch(voucher(), journal(str(next_month)))) == {("vouchers[1].voucherDate", "period_closed")}


def test_what_a_person_made_inactive_is_refused(visma: Company) -> None:
    visma.admin("PATCH", "/accounts/3000", {"active": False})
    visma.admin("PATCH", "/vat-codes/3", {"active": False})
    visma.admin("PATCH", "/customers/10042", {"status": "inactive"})
    visma.admin("PATCH", "/units/2/1207", {"status": "closed"})
    visma.admin("PATCH", "/accounts/3010", {"requiredUnits": ["3"], "vatCodesAllowed": ["5"]})
    assert visma.codes(batch()) >= {
        (f"{PLACE}.customerNumber", "customer_inactive"),
        (f"{PLACE}.lines[0].accountNumber", "account_inactive"),
        (f"{PLACE}.lines[0].vatCode", "vat_code_inactive"),
        (f"{PLACE}.lines[0].orgUnits.2", "org_unit_closed"),
        (f"{PLACE}.lines[1].orgUnits.3", "org_unit_required"),
        (f"{PLACE}.lines[1].vatCode", "vat_code_not_allowed_on_account"),
    }


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b'{"externalId": NaN}', b'{"externalId": "\\ud800"}', b"[" * 100000]
)
def test_what_is_not_json_is_400(visma: Company, body: bytes) -> None:
    answer = visma.ask("POST", "/batches", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "request_malformed")


@pytest.mark.parametrize("body", [[], "text", 7, {}, {"vouchers": [None, 3]}, {"vouchers": {"0": {}}}])
def test_odd_json_is_422_and_never_a_fault_of_the_hub(visma: Company, body: Any) -> None:
    assert visma.ask("POST", "/batches", json=body).status_code == 422
    assert visma.ask("PUT", "/customers/10042", json=body).status_code == 422
    assert visma.ask("PUT", "/organizational-units/2/1", json=body).status_code == 422


def test_a_body_that_is_too_large(visma: Company) -> None:
    answer = visma.ask("POST", "/batches", content=b" " * (8 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


def test_more_vouchers_than_the_profile_allows(visma: Company) -> None:
    assert visma.codes(batch(*[voucher()] * 101)) == {("vouchers", "field_invalid")}


@pytest.mark.parametrize("cursor", ["nonsense", "", "WyJjdXN0b21lcnMiLCJhIl0", "x" * 201, "WyJiYXRjaGVzIiwxZTk5OV0"])
def test_an_unknown_cursor_is_refused(visma: Company, cursor: str) -> None:
    answer = visma.ask("GET", "/batches", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "1001"}, {"limit": "x"}, {"status": "done"}, {"externalID": "a"}]
)
def test_a_wrong_query_parameter_is_refused(visma: Company, query: dict[str, str]) -> None:
    answer = visma.ask("GET", "/batches", params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, "request_malformed")
