"""Customers and suppliers: each has a number of its series, which is its account in the sub-ledger."""

import json
from collections.abc import Mapping
from typing import Any

from bilag_sandbox.hub.codes import COUNTRIES, CURRENCIES
from bilag_sandbox.poweroffice_go.basics import series_of
from bilag_sandbox.poweroffice_go.bodies import read_body
from bilag_sandbox.poweroffice_go.call import Answer, Call, listed
from bilag_sandbox.poweroffice_go.filters import group_filter, number_filter, passes
from bilag_sandbox.poweroffice_go.go import Client, Go, moment
from bilag_sandbox.poweroffice_go.objects import refuse_foreign, resolve_department
from bilag_sandbox.poweroffice_go.patch import apply_patch
from bilag_sandbox.poweroffice_go.refusals import Faults, Refusal, not_found
from bilag_sandbox.poweroffice_go.shapes import SHAPES

KINDS = ("Customer", "Supplier")
ADDRESS_ID_OFFSET = 5_000_000


def contact_row(go: Go, client: Client, kind: str, number: int) -> Any:
    """Return a contact by its number, None if there is none."""
    return go.store.row("select * from contact where client = ? and kind = ? and number = ?", client.id, kind, number)


def contact_json(client: Client, row: Any) -> dict[str, Any]:
    """Return a customer or supplier as the API shows it."""
    kind = row["kind"]
    shape = SHAPES[f"{kind}Dto"]
    record = json.loads(row["record"])
    created, changed = moment(row["created_at"]), moment(row["changed_at"])
    record = {name: value for name, value in record.items() if name in shape.fields and value is not None}
    if record.get("NationalIdNumber"):
        record["NationalIdNumber"] = "hidden"
    if "MailAddress" in record:
        address = SHAPES["ContactAddressDto"].blank() | record["MailAddress"]
        record["MailAddress"] = address | {"Id": ADDRESS_ID_OFFSET + row["id"], "LastChangedDateTimeOffset": changed}
    return {
        **shape.blank(),
        **record,
        "Id": row["id"],
        "Number": row["number"],
        "SubledgerAccountId": row["ledger_id"],
        "IsActive": not record.get("IsArchived"),
        "ContactCreatedDateTimeOffset": created,
        f"{kind}CreatedDateTimeOffset": created,
        "LastChangedDateTimeOffset": changed,
    }


def list_customers(call: Call) -> Answer:
    """List customers."""
    return _list(call, "Customer")


def list_suppliers(call: Call) -> Answer:
    """List suppliers."""
    return _list(call, "Supplier")


def _list(call: Call, kind: str) -> Answer:
    small = kind.lower()
    numbers = number_filter(call.query.get(f"{small}Nos"), f"{small}Nos")
    external = number_filter(call.query.get("externalNos"), "externalNos")
    groups = group_filter(call.query.get("contactGroupIds"), "contactGroupIds")
    reference = (call.query.get("externalImportReference") or "").strip()
    rows = call.go.store.rows(
        "select * from contact where client = ? and kind = ? and created_at > ? and changed_at > ? order by number",
        call.client.id, kind, call.query.get(f"{small}CreatedDateTimeOffsetGreaterThan", 0.0),
        call.query.get("lastChangedDateTimeOffsetGreaterThan", 0.0),
    )  # fmt: skip
    found = [contact_json(call.client, row) for row in rows if passes(row["number"], numbers)]
    return listed(
        call,
        [
            one
            for one in found
            if passes(one["ExternalNumber"], external)
            and passes(one["ContactGroupIds"], groups)
            and (not reference or one["ExternalImportReference"] == reference)
        ],
    )


def _row(call: Call, kind: str) -> Any:
    row = call.go.store.row(
        "select * from contact where client = ? and kind = ? and id = ?", call.client.id, kind, call.path_id()
    )
    if row is None:
        raise not_found(f"{kind} with id = {call.path_id()} not found.")
    return row


def get_customer(call: Call) -> Answer:
    """Return one customer."""
    return Answer(value=contact_json(call.client, _row(call, "Customer")))


def get_supplier(call: Call) -> Answer:
    """Return one supplier."""
    return Answer(value=contact_json(call.client, _row(call, "Supplier")))


def post_customer(call: Call) -> Answer:
    """Create a customer."""
    return _post(call, "Customer")


def post_supplier(call: Call) -> Answer:
    """Create a supplier."""
    return _post(call, "Supplier")


def _post(call: Call, kind: str) -> Answer:
    body = read_body(call.json(), f"{kind}PostDto", f"{kind} validation error(s)")
    with call.go.store.transaction():
        row = save_contact(call.go, call.client, kind, None, body)
    return Answer(201, contact_json(call.client, row))


def patch_customer(call: Call) -> Answer:
    """Change a customer."""
    return _patch(call, "Customer")


def patch_supplier(call: Call) -> Answer:
    """Change a supplier."""
    return _patch(call, "Supplier")


def _patch(call: Call, kind: str) -> Answer:
    with call.go.store.transaction():
        row = _row(call, kind)
        before = json.loads(row["record"]) | {"Number": row["number"]}
        title = f"{kind} validation error(s)"
        body = apply_patch(before, call.patch(), SHAPES[f"{kind}PostDto"], title)
        row = save_contact(call.go, call.client, kind, row, body)
    return Answer(value=contact_json(call.client, row))


def save_contact(go: Go, client: Client, kind: str, row: Any, body: Mapping[str, Any]) -> Any:
    """Create a contact, or change the one of `row`, within a transaction; returns its row. Raises 400 and 404."""
    record = dict(body)
    faults = Faults(f"{kind} validation error(s)")
    number = record.pop("Number", None)
    if number is None:
        number = row["number"] if row is not None else _free_number(go, client, kind)
    _check(go, client, kind, row, number, record, faults)
    refuse_foreign(record, faults)
    resolve_department(go, client, record, faults)
    faults.refuse()
    text, now = json.dumps(record, default=float), go.time()
    with go.store.transaction() as connection:
        if row is None:
            values = (go.next_id(client.id, "contact"), kind, number, go.next_id(client.id, "ledger"), text, now, now)
            connection.execute("insert into contact values (?, ?, ?, ?, ?, ?, ?, ?)", (client.id, *values))
        else:
            connection.execute(
                "update contact set number = ?, record = ?, changed_at = ? where client = ? and id = ?",
                (number, text, now, client.id, row["id"]),
            )
    return contact_row(go, client, kind, number)


def _free_number(go: Go, client: Client, kind: str) -> int:
    for one in series_of(go, client):
        if one["SubLedgerNumberSeriesType"] == kind and one["IsDefault"]:
            taken = go.store.row(
                "select max(number) as last from contact where client = ? and number between ? and ?",
                client.id, one["FromInclusive"], one["ToInclusive"],
            )  # fmt: skip
            last = taken["last"] if taken is not None else None
            return int(one["FromInclusive"] if last is None else last + 1)
    raise Refusal(400, f"{kind} validation error(s)", f"The client has no default number series for {kind}.")


def _check(go: Go, client: Client, kind: str, row: Any, number: int, record: Mapping[str, Any], faults: Faults) -> None:
    if record.get("IsPerson"):
        if not record.get("FirstName") or not record.get("LastName"):
            faults.add("FirstName and LastName are required when IsPerson is true.")
    elif not record.get("Name"):
        faults.add("Name is required when IsPerson is false.")
    series = [one for one in client.config["numberSeries"] if one[0] == kind]
    if not any(first <= number <= last for _kind, _name, first, last, *_rest in series):
        faults.add(f"Number {number} is not within any {kind.lower()} ledger number series.")
    taken = go.store.row("select id from contact where client = ? and number = ?", client.id, number)
    own = None if row is None else row["id"]
    if taken is not None and taken["id"] != own:
        faults.add(f"Number is already in use. '{number}' is used on (contact) Id = {taken['id']}.")
    for name in ("ExternalImportReference", "ExternalNumber"):
        if record.get(name) is not None:
            other = go.store.row(
                f"select id from contact where client = ? and kind = ? and id is not ? and json_extract(record, '$.{name}') = ?",  # noqa: S608
                client.id, kind, own, record[name],
            )  # fmt: skip
            if other is not None:
                faults.add(f"{name} is already in use. '{record[name]}' is used on (contact) Id = {other['id']}.")
    address = record.get("MailAddress")
    if address is not None and (not address.get("City") or not address.get("ZipCode")):
        faults.add("MailAddress needs City and ZipCode.")
    if address is not None and address.get("CountryCode") and address["CountryCode"] not in COUNTRIES:
        faults.add(f"CountryCode '{address['CountryCode'][:10]}' is not a valid ISO 3166-1 alfa-2 country code.")
    if record.get("CurrencyCode") and record["CurrencyCode"] not in CURRENCIES:
        faults.add(f"CurrencyCode '{record['CurrencyCode'][:10]}' is not valid.")
    for name in ("EmailAddress", "InvoiceEmailAddress"):
        if record.get(name) and "@" not in record[name]:
            faults.add(f"{name} '{record[name][:60]}' is not a valid e-mail address.")
    if row is not None and record.get("IsArchived"):
        balance = go.store.row(
            "select coalesce(sum(amount), 0) as n from entry where client = ? and contact = ?", client.id, row["id"]
        )
        if balance is not None and balance["n"]:
            faults.add("IsArchived cannot be set while the contact has a ledger balance.")
