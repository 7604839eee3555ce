"""Reports of posted account transactions and the customers' sub-ledger. Rows appear after the client's delay."""

import json
from collections.abc import Mapping
from typing import Any

from bilag_sandbox.poweroffice_go.call import Answer, Call, listed
from bilag_sandbox.poweroffice_go.filters import Test, code_filter, group_filter, number_filter, passes
from bilag_sandbox.poweroffice_go.go import Client, Go, moment
from bilag_sandbox.poweroffice_go.ledger import vat_rows
from bilag_sandbox.poweroffice_go.refusals import BAD_CAST, bad_request
from bilag_sandbox.poweroffice_go.shapes import ENUMS, SHAPES

ROWS = (
    "select e.*, v.number as voucher_number, v.type, v.voucher_date, v.reference, v.invoice_no, v.imported, v.body,"
    " v.description as voucher_text, v.reverses, v.reversed_by, v.changed_at as voucher_changed,"
    " o.number as reversed_number, c.kind as contact_kind, c.number as contact_number, c.record as contact_record"
    " from entry e join voucher v on v.client = e.client and v.id = e.voucher"
    " left join voucher o on o.client = v.client and o.id = v.reverses"
    " left join contact c on c.client = e.client and c.id = e.contact"
)
CODES = {
    "Department": "department",
    "Project": "project",
    "Dim1": "dimension1",
    "Dim2": "dimension2",
    "Dim3": "dimension3",
}


class Names:
    """Codes and ids that rows of a client are shown with."""

    def __init__(self, go: Go, client: Client) -> None:
        self.accounts = {
            row["number"]: row["id"]
            for row in go.store.rows("select id, number from account where client = ?", client.id)
        }
        self.codes = {
            (row["kind"], row["id"]): row["code"]
            for row in go.store.rows("select kind, id, code from object where client = ?", client.id)
        }
        self.vat = vat_rows(go, client)

    def dimensions(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the ids and codes of a row's dimensions."""
        found: dict[str, Any] = {}
        for name, kind in CODES.items():
            number = record.get(f"{name}Id")
            found |= {f"{name}Id": number, f"{name}Code": self.codes.get((kind, number)) if number else None}
        return found


def transaction_json(row: Any, names: Names) -> dict[str, Any]:
    """Return an account transaction as the API shows it."""
    record, body = json.loads(row["record"]), json.loads(row["body"])
    vat = names.vat[row["vat"]]
    shown = {
        **SHAPES["AccountTransactionDto"].blank(),
        "Id": row["id"],
        "AccountId": names.accounts.get(row["account"], 0),
        "AccountNo": row["account"],
        "Amount": row["amount"] / 100,
        "CurrencyAmount": row["currency_amount"] / 100,
        "CurrencyCode": record.get("CurrencyCode", body["currency"]),
        "VatAmount": row["vat_amount"] / 100,
        "VatCode": vat.code,
        "VatId": vat.id,
        "VatRate": float(vat.rate),
        "PostingDate": row["posting_date"],
        "VoucherDate": row["voucher_date"],
        "VoucherId": row["voucher"],
        "VoucherNo": row["voucher_number"],
        "VoucherType": row["type"],
        "VoucherDescription": row["voucher_text"],
        "Description": record.get("Description"),
        "Quantity": record.get("Quantity"),
        "ExternalImportReference": row["reference"],
        "ImportedVoucherNo": body.get("importedNo"),
        "IsNoteMainEntry": bool(record.get("IsNoteMainEntry")),
        "IsReversed": row["reversed_by"] is not None,
        "ReversedVoucherId": row["reverses"],
        "ReversedVoucherNo": row["reversed_number"],
        "ContactId": row["contact"],
        "SubLedgerEntryId": row["id"] if row["contact"] is not None else None,
        "CreatedDateTimeOffset": moment(row["created_at"]),
        "LastChangedDateTimeOffset": moment(row["voucher_changed"]),
        **names.dimensions(record),
    }
    if row["contact_kind"] is not None:
        shown[f"{row['contact_kind']}AccountNo"] = row["contact_number"]
    if record.get("VatReturnSpecification"):
        shown["VatReturnSpecification"] = record["VatReturnSpecification"]
    return shown


def visible_rows(call: Call, where: str = "1", *values: Any) -> list[Any]:
    """Return the client's rows between the query's days that show by now."""
    query = call.query
    latest = call.go.time() - float(call.client.config["transactionDelaySeconds"])
    return call.go.store.rows(
        f"{ROWS} where e.client = ? and e.posting_date between ? and ? and e.created_at > ? and v.changed_at > ?"
        f" and e.created_at <= ? and {where} order by e.id",
        call.client.id, query["fromDate"], query["toDate"],
        query.get("createdDateTimeOffsetGreaterThan", 0.0), query.get("lastChangedDateTimeOffsetGreaterThan", 0.0),
        latest, *values,
    )  # fmt: skip


def voucher_types(call: Call) -> Test | None:
    """Read the filter of voucher types. Raises 400 for one that does not exist."""
    text = call.query.get("voucherTypes")
    unknown = [one for one in (text or "").split(",") if one.strip() and one.strip() not in ENUMS["VoucherType"]]
    if unknown:
        raise bad_request(BAD_CAST, f"'{unknown[0].strip()[:60]}' is no VoucherType.")
    return code_filter(text)


def _codes_of(call: Call, name: str, value: Any, row: Mapping[str, Any]) -> bool:
    test = code_filter(call.query.get(name))
    if test is None or test(value):
        return True
    parts = str(value).split(".") if name == "projectCodes" and value and call.query.get("includeSubProject") else []
    return any(test(".".join(parts[:size])) for size in range(1, len(parts)))


def account_transactions(call: Call) -> Answer:
    """List account transactions between two days."""
    names = Names(call.go, call.client)
    tests: list[tuple[str, Test | None]] = [
        ("AccountNo", number_filter(call.query.get("accountNos"), "accountNos")),
        ("VoucherNo", number_filter(call.query.get("voucherNos"), "voucherNos")),
        ("VatCode", code_filter(call.query.get("vatCodes"))),
        ("ProductCode", code_filter(call.query.get("productCodes"))),
        ("VoucherType", voucher_types(call)),
        ("AgricultureDepartment", code_filter(call.query.get("agricultureDepartments"))),
    ]
    found = []
    for row in visible_rows(call):
        one = transaction_json(row, names)
        if (
            all(passes(one.get(name), test) for name, test in tests)
            and _codes_of(call, "departmentCodes", one["DepartmentCode"], one)
            and _codes_of(call, "projectCodes", one["ProjectCode"], one)
        ):
            found.append(one)
    return listed(call, found)


def statement(call: Call) -> Answer:
    """List the customers' sub-ledger between two days. An entry is matched only by its reversal."""
    names = Names(call.go, call.client)
    tests: list[tuple[str, Test | None]] = [
        ("CustomerAccountNo", number_filter(call.query.get("customerNos"), "customerNos")),
        ("CustomerExternalNo", number_filter(call.query.get("externalNos"), "externalNos")),
        ("InvoiceNo", code_filter(call.query.get("invoiceNos"))),
        ("CustomMatchingReference", code_filter(call.query.get("customMatchingReferences"))),
        ("_groups", group_filter(call.query.get("contactGroupIds"), "contactGroupIds")),
        ("VoucherType", voucher_types(call)),
    ]
    found = []
    for row in visible_rows(call, "c.kind = 'Customer'"):
        one = statement_json(row, names)
        if (
            all(passes(one.get(name), test) for name, test in tests)
            and _codes_of(call, "departmentCodes", one["DepartmentCode"], one)
            and _codes_of(call, "projectCodes", one["ProjectCode"], one)
            and (not call.query.get("onlyCreatedByCurrentIntegration") or one["IsCreatedByCurrentIntegration"])
            and (not call.query.get("onlyBalancesLessThanAmount") or abs(one["Balance"]) < abs(one["Amount"]))
        ):
            found.append(one)
    return listed(call, found)


def statement_json(row: Any, names: Names) -> dict[str, Any]:
    """Return an entry of the customers' sub-ledger as the API shows it."""
    record, body, contact = json.loads(row["record"]), json.loads(row["body"]), json.loads(row["contact_record"])
    matched = row["reversed_by"] is not None or row["reverses"] is not None
    return {
        **SHAPES["CustomerLedgerEntryDto"].blank(),
        "Id": row["id"],
        "Amount": row["amount"] / 100,
        "Balance": 0.0 if matched else row["amount"] / 100,
        "CurrencyAmount": row["currency_amount"] / 100,
        "CurrencyCode": record.get("CurrencyCode", body["currency"]),
        "Cid": record.get("Cid"),
        "DueDate": record.get("DueDate"),
        "CustomMatchingReference": record.get("CustomMatchingReference"),
        "CustomerAccountNo": row["contact_number"],
        "CustomerExternalNo": contact.get("ExternalNumber"),
        "CustomerId": row["contact"],
        "CustomerName": contact.get("Name") or f"{contact.get('FirstName')} {contact.get('LastName')}",
        "ExternalImportReference": row["reference"],
        "InvoiceNo": row["invoice_no"],
        "IsCreatedByCurrentIntegration": bool(row["imported"]),
        "IsWriteOff": False,
        "MatchId": row["id"] if matched else None,
        "PostingDate": row["posting_date"],
        "VoucherDate": row["voucher_date"],
        "VoucherId": row["voucher"],
        "VoucherNo": row["voucher_number"],
        "VoucherType": row["type"],
        "CreatedDateTimeOffset": moment(row["created_at"]),
        "LastChangedDateTimeOffset": moment(row["voucher_changed"]),
        **names.dimensions(record),
    }
