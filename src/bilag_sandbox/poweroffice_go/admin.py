"""The operator's API under /admin, without sign-in: change anything, break anything, read the ledger.

Every body is a JSON object. Paths under `/admin/clients/{client}` take the client's name here.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.routing import Route

from bilag_sandbox.common.bodies import parse_date
from bilag_sandbox.hub.amounts import shown
from bilag_sandbox.poweroffice_go import defaults, effects, persons
from bilag_sandbox.poweroffice_go.bodies import parse_json
from bilag_sandbox.poweroffice_go.call import Answer, Call, open_endpoint
from bilag_sandbox.poweroffice_go.contacts import contact_json, contact_row, save_contact
from bilag_sandbox.poweroffice_go.documents import documents_of
from bilag_sandbox.poweroffice_go.go import Client, Go, moment
from bilag_sandbox.poweroffice_go.ledger import reverse_voucher, voucher_by_number
from bilag_sandbox.poweroffice_go.objects import (
    dimension_kind,
    object_by_code,
    object_row,
    save_department,
    save_dimension,
    save_project,
)
from bilag_sandbox.poweroffice_go.page import page
from bilag_sandbox.poweroffice_go.refusals import bad_request, not_found
from bilag_sandbox.poweroffice_go.reports import ROWS, Names, transaction_json

TITLE = "Admin"
DATES = ("lockDate", "conversionDate")


def _object(call: Call, *allowed: str) -> dict[str, Any]:
    """Parse the body: an object with any of the allowed members. Raises 400."""
    body = json.loads(json.dumps(parse_json(call.body), default=float)) if call.body.strip() else {}
    if not isinstance(body, dict) or (allowed and set(body) - set(allowed)):
        raise bad_request(TITLE, f"An object is expected, with any of {', '.join(allowed)}.")
    return body


def _client(call: Call) -> Client:
    return call.go.client(call.path("client"))


def settings(call: Call) -> Answer:
    """Change tokenSeconds, requestsPerSecond, clockOffsetSeconds and capitalProblems."""
    body = _object(call)
    if not all(type(value) is int for value in body.values()):
        raise bad_request(TITLE, "Settings are whole numbers.")
    try:
        call.go.change_settings(body)
    except ValueError as error:
        raise bad_request(TITLE, str(error)) from error
    return Answer(value=call.go.settings)


def withdraw_tokens(call: Call) -> Answer:
    """Make all tokens unknown, or with `{"expire": true}` expired."""
    column = "expires_at = 0" if _object(call, "expire").get("expire") else "withdrawn = 1"
    with call.go.store.transaction() as connection:
        count = connection.execute(f"update token set {column}").rowcount  # noqa: S608 - one of two fixed texts
    return Answer(value={"tokens": count})


def state(call: Call) -> Answer:
    """Return settings, faults, and every client with its configuration and counts."""
    clients = []
    for row in call.go.store.rows("select * from client order by rowid"):
        counts = {
            name: (call.go.store.row(f"select count(*) as n from {name} where client = ?", row["id"]) or {"n": 0})["n"]  # noqa: S608
            for name in ("account", "vat_code", "contact", "object", "voucher", "entry", "document")
        }
        clients.append({"id": row["id"], "clientKey": row["client_key"], "counts": counts, **json.loads(row["config"])})
    faults = [fault.as_json() for fault in call.go.faults.faults]
    return Answer(value={"settings": call.go.settings, "faults": faults, "clients": clients})


def add_client(call: Call) -> Answer:
    """Add a client: id, clientKey, clientId, clientName and any part of its configuration."""
    body = _object(call)
    number, key = str(body.pop("id", "")), str(body.pop("clientKey", ""))
    if not number or not key or call.go.store.row("select 1 from client where id = ? or client_key = ?", number, key):
        raise bad_request(TITLE, "id and clientKey are needed, and are not in use.")
    name, client_id = body.pop("clientName", number), body.pop("clientId", defaults.CLIENT_ID)
    config = call.go.new_config(name, client_id, **body)
    call.go.add_client(number, key, config)
    return Answer(201, {"id": number, "clientKey": key, **config})


def change_client(call: Call) -> Answer:
    """Change parts of a client's configuration."""
    client = _client(call)
    body = _object(call, *client.config)
    for name in DATES:
        if body.get(name) is not None and parse_date(str(body[name])) is None:
            raise bad_request(TITLE, f"{name} is a date, YYYY-MM-DD.")
    config = {**client.config, **body}
    call.go.change_client(client, config)
    return Answer(value=config)


ACCOUNT_FIELDS = {
    "name": "Name", "type": "GeneralLedgerAccountType", "active": "IsActive", "vatCode": "VatCode",
    "vatCodeLocked": "IsVatCodeLocked", "departmentRequired": "IsDepartmentRequired", "projectRequired": "IsProjectRequired",
}  # fmt: skip


def account(call: Call) -> Answer:
    """Create or change an account: name, type, active, vatCode, vatCodeLocked, departmentRequired, projectRequired."""
    client, number = _client(call), int(call.path("number"))
    body = {ACCOUNT_FIELDS[name]: value for name, value in _object(call, *ACCOUNT_FIELDS).items()}
    row = call.go.store.row("select record from account where client = ? and number = ?", client.id, number)
    before = (
        {
            "Name": f"Konto {number}",
            "GeneralLedgerAccountType": defaults.account_type(str(number)),
            "IsActive": True,
            "VatCode": "0",
            "IsVatCodeLocked": False,
            "IsDepartmentRequired": False,
            "IsProjectRequired": False,
        }
        if row is None
        else json.loads(row["record"])
    )
    call.go.put_account(client.id, number, before | body)
    return Answer(value={"number": number, **before, **body})


VAT_FIELDS = {"name": "Name", "rate": "Rate", "active": "IsActive", "validFrom": "ValidFrom", "validTo": "ValidTo"}


def vat_code(call: Call) -> Answer:
    """Change the latest row of a VAT code: name, rate (0 to 1), active, validFrom, validTo. POST adds one, with account."""
    client, code = _client(call), call.path("code")
    body = _object(call, *VAT_FIELDS, "account")
    if "rate" in body:
        body["rate"] = str(body["rate"])
    if call.request.method == "POST":
        row = defaults.VatRow(
            code, body.get("name", f"Avgiftskode {code}"), str(body.get("rate", "0")),
            body.get("validFrom", defaults.VAT_FROM), body.get("validTo"), body.get("account"),
        )  # fmt: skip
        call.go.put_vat_row(client.id, row)
        return Answer(201, {"code": code, **body})
    rows = call.go.store.rows("select * from vat_code where client = ? and code = ? order by id", client.id, code)
    if not rows:
        raise not_found(f"VAT code {code[:20]} not found.")
    record = json.loads(rows[-1]["record"]) | {
        VAT_FIELDS[name]: value for name, value in body.items() if name != "account"
    }
    with call.go.store.transaction() as connection:
        connection.execute(
            "update vat_code set record = ? where client = ? and id = ?",
            (json.dumps(record), client.id, rows[-1]["id"]),
        )
    return Answer(value={"code": code, **record})


def contact(call: Call) -> Answer:
    """Create or change a customer or supplier, as a user does: any field of the API."""
    client, number = _client(call), int(call.path("number"))
    kind = {"customers": "Customer", "suppliers": "Supplier"}.get(call.path("kind"))
    if kind is None:
        raise not_found(f"There are no {call.path('kind')[:60]}.")
    with call.go.store.transaction():
        row = contact_row(call.go, client, kind, number)
        before = {"Name": f"{kind} {number}"} if row is None else json.loads(row["record"])
        row = save_contact(call.go, client, kind, row, before | {"Number": number} | _object(call))
    return Answer(value=contact_json(client, row))


def project(call: Call) -> Answer:
    """Create or change a project, as a user does: any field of the API."""
    return _save(call, "project", save_project)


def department(call: Call) -> Answer:
    """Create or change a department, as a user does: any field of the API."""
    return _save(call, "department", save_department, {"IsActive": True})


def dimension(call: Call) -> Answer:
    """Create or change a value of a dimension, as a user does: any field of the API."""
    ordinal = int(call.path("ordinal"))
    return _save(call, dimension_kind(ordinal), save_dimension, {"Ordinal": ordinal})


def _save(
    call: Call,
    kind: str,
    save: Callable[[Go, Client, Any, Mapping[str, Any]], Any],
    more: Mapping[str, Any] | None = None,
) -> Answer:
    client, code = _client(call), call.path("code")
    with call.go.store.transaction():
        row = object_by_code(call.go, client, kind, code)
        before = {"Name": code, **(more or {})} if row is None else json.loads(row["record"])
        saved = save(call.go, client, row, before | {"Code": code} | _object(call))
        row = object_row(call.go, client, kind, saved["id"])
    return Answer(value=json.loads(row["record"]) | {"Code": row["code"], "Id": row["id"]})


def posting(call: Call) -> Answer:
    """List, add or clear effects on the next postings; see the module `effects`."""
    client = _client(call)
    if call.request.method == "DELETE":
        effects.clear(call.go, client)
        return Answer(204)
    if call.request.method == "POST":
        specs = parse_json(call.body)
        for spec in specs if isinstance(specs, list) else [specs]:
            effects.add(call.go, client, spec)
    return Answer(201 if call.request.method == "POST" else 200, effects.listed(call.go, client))


def voucher_json(go: Go, client: Client, row: Any, names: Names) -> dict[str, Any]:
    """Return a voucher with its transactions and documents, whatever the delay."""
    entries = go.store.rows(f"{ROWS} where e.client = ? and e.voucher = ? order by e.id", client.id, row["id"])
    return {
        "voucherNo": row["number"],
        "id": row["id"],
        "type": row["type"],
        "voucherDate": row["voucher_date"],
        "invoiceNo": row["invoice_no"],
        "reference": row["reference"],
        "description": row["description"],
        "imported": bool(row["imported"]),
        "isReversed": row["reversed_by"] is not None,
        "createdAt": moment(row["created_at"]),
        "posted": json.loads(row["body"]).get("posted"),
        "transactions": [transaction_json(entry, names) for entry in entries],
        "documents": [
            {
                "name": document["name"],
                "kind": document["kind"],
                "bytes": len(document["content"]),
                "sha256": hashlib.sha256(document["content"]).hexdigest(),
            }
            for document in documents_of(go, client, row["id"])
        ],
    }


def _answer(call: Call, client: Client, row: Any, status: int = 201) -> Answer:
    return Answer(status, voucher_json(call.go, client, row, Names(call.go, client)))


def post_voucher(call: Call) -> Answer:
    """Post a voucher, as a user does."""
    client = _client(call)
    return _answer(call, client, persons.post_voucher(call.go, client, _object(call)))


def supplier_invoice(call: Call) -> Answer:
    """Post a supplier's invoice, as an accountant does."""
    client = _client(call)
    return _answer(call, client, persons.post_supplier_invoice(call.go, client, _object(call)))


def later_documents(call: Call) -> Answer:
    """Add documents to a posted voucher."""
    client = _client(call)
    row = voucher_by_number(call.go, client, int(call.path("number")))
    with call.go.store.transaction():
        added = persons.add_documents(call.go, client, row["id"], _object(call, "documents").get("documents"))
    return Answer(201, {"added": added})


def describe(call: Call) -> Answer:
    """Change a posted voucher's description, all that a person may change of it."""
    client = _client(call)
    row = voucher_by_number(call.go, client, int(call.path("number")))
    with call.go.store.transaction() as connection:
        connection.execute(
            "update voucher set description = ?, changed_at = ? where client = ? and id = ?",
            (_object(call, "description").get("description"), call.go.time(), client.id, row["id"]),
        )
    return _answer(call, client, voucher_by_number(call.go, client, row["number"]), 200)


def reverse(call: Call) -> Answer:
    """Reverse a voucher, as a user does: on its own days, or on `date`."""
    client = _client(call)
    with call.go.store.transaction():
        row = voucher_by_number(call.go, client, int(call.path("number")))
        new = reverse_voucher(call.go, client, row, _object(call, "date").get("date"))
    return _answer(call, client, new)


def ledger(call: Call) -> Answer:
    """List every voucher of a client with its transactions."""
    client = _client(call)
    names = Names(call.go, client)
    rows = call.go.store.rows("select * from voucher where client = ? order by number", client.id)
    return Answer(value=[voucher_json(call.go, client, row, names) for row in rows])


def trial_balance(call: Call) -> Answer:
    """Return the balances of accounts, customers, VAT codes and projects, and the sum (0.00)."""
    found = persons.balances(call.go, _client(call))
    total = shown(sum(found["accounts"].values()))
    return Answer(
        value={name: {key: shown(amount) for key, amount in values.items()} for name, values in found.items()}
        | {"sum": total}
    )


def admin_routes(go: Go) -> list[Route]:
    """Return all routes under /admin except the faults', and the accountant's page."""
    client = "/admin/clients/{client}"
    table: list[tuple[str, list[str], Callable[[Call], Answer]]] = [
        ("/", ["GET", "POST"], page),
        ("/admin/", ["GET", "POST"], page),
        ("/admin/state", ["GET"], state),
        ("/admin/settings", ["PUT", "PATCH"], settings),
        ("/admin/tokens/withdraw", ["POST"], withdraw_tokens),
        ("/admin/clients", ["POST"], add_client),
        (client, ["PATCH"], change_client),
        (client + "/accounts/{number:int}", ["PUT", "PATCH"], account),
        (client + "/vat-codes/{code}", ["PUT", "PATCH", "POST"], vat_code),
        (client + "/projects/{code}", ["PUT", "PATCH"], project),
        (client + "/departments/{code}", ["PUT", "PATCH"], department),
        (client + "/dimensions/{ordinal:int}/{code}", ["PUT", "PATCH"], dimension),
        (client + "/posting", ["GET", "POST", "DELETE"], posting),
        (client + "/vouchers", ["POST"], post_voucher),
        (client + "/vouchers/{number:int}", ["PATCH"], describe),
        (client + "/vouchers/{number:int}/reverse", ["POST"], reverse),
        (client + "/vouchers/{number:int}/documents", ["POST"], later_documents),
        (client + "/supplier-invoices", ["POST"], supplier_invoice),
        (client + "/ledger", ["GET"], ledger),
        (client + "/trial-balance", ["GET"], trial_balance),
        (client + "/{kind}/{number:int}", ["PUT", "PATCH"], contact),
    ]
    return [
        Route(path, open_endpoint(go, operation), methods=methods, name=operation.__name__)
        for path, methods, operation in table
    ]
