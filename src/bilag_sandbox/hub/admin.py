"""The operator's API under /admin, without sign-in: change anything, break anything, read the ledger.

Every body is a JSON object. Paths under `/admin/clients/{id}` take the source client id.
"""

import base64
import json
from collections.abc import Callable
from typing import Any

from starlette.routing import Route

from bilag_sandbox.hub import batches, defaults, effects, master, persons, purchases
from bilag_sandbox.hub.amounts import shown
from bilag_sandbox.hub.books import Books, load_client
from bilag_sandbox.hub.call import Answer, Call, endpoint
from bilag_sandbox.hub.habits import Habits, Mistakes, drawn_habits, drawn_mistakes
from bilag_sandbox.hub.history import post_history
from bilag_sandbox.hub.hub import Hub
from bilag_sandbox.hub.ledger import read_vouchers
from bilag_sandbox.hub.page import page
from bilag_sandbox.hub.refusals import malformed, not_found

NAMED_COLUMNS = {
    "name": "name", "type": "type", "active": "active", "postable": "postable", "defaultVatCode": "default_vat_code",
    "vatCodesAllowed": "vat_codes_allowed", "requiredUnits": "required_units", "rate": "rate",
    "standardTaxCode": "standard_tax_code", "direction": "direction", "vatAccountNumber": "vat_account",
}  # fmt: skip


def _json(call: Call) -> Any:
    """Parse the body. Numbers with a point are seconds here, never money."""
    return json.loads(json.dumps(call.json(), default=float))


def _object(call: Call, *allowed: str) -> dict[str, Any]:
    body = _json(call) if call.body.strip() else {}
    if not isinstance(body, dict) or set(body) - set(allowed):
        raise malformed(f"An object is expected, with any of {', '.join(allowed)}.")
    return body


def _books(call: Call) -> Books:
    number = call.path("client").lstrip("0")
    client = load_client(call.hub.store, number)
    if client is None:
        raise not_found("client_unknown", f"Client {number} does not exist.")
    books = call.hub.books(client)
    batches.settle(books)
    return books


def settings(call: Call) -> Answer:
    """Change tokenSeconds, requestsPerMinute and clockOffsetSeconds."""
    body = _json(call)
    if not isinstance(body, dict) or not all(type(value) is int for value in body.values()):
        raise malformed("Settings are whole numbers.")
    try:
        call.hub.change_settings(body)
    except ValueError as error:
        raise malformed(str(error)) from error
    return Answer(value=call.hub.settings)


def user(call: Call) -> Answer:
    """Create or change a user: password, apiKey, clients (null = all), active."""
    body = _object(call, "password", "apiKey", "clients", "active")
    name = call.path("username")
    with call.hub.store.transaction() as connection:
        connection.execute("insert or ignore into hub_user values (?, '', null, null, 1)", (name,))
        for field, column in (("password", "password"), ("apiKey", "api_key"), ("active", "active")):
            if field in body:
                connection.execute(f"update hub_user set {column} = ? where username = ?", (body[field], name))  # noqa: S608
        if "clients" in body:
            clients = None if body["clients"] is None else json.dumps(body["clients"])
            connection.execute("update hub_user set clients = ? where username = ?", (clients, name))
    return Answer(value={"username": name})


def withdraw_tokens(call: Call) -> Answer:
    """Make all tokens unknown, or with `{"expire": true}` expired."""
    column = "expires_at = 0" if _object(call, "expire").get("expire") else "withdrawn = 1"
    with call.hub.store.transaction() as connection:
        count = connection.execute(f"update token set {column}").rowcount  # noqa: S608 - one of two fixed texts
    return Answer(value={"tokens": count})


def state(call: Call) -> Answer:
    """Return settings, faults, and every client with its configuration and object counts."""
    clients = []
    for row in call.hub.store.rows("select * from client order by cast(id as integer)"):
        config = json.loads(row["config"])
        names = ("account", "customer", "unit_value", "batch", "voucher", "entry", "supplier", "document")
        counts = {
            name: (call.hub.store.row(f"select count(*) as n from {name} where client = ?", row["id"]) or {"n": 0})["n"]  # noqa: S608
            for name in names
        }
        clients.append({"id": row["id"], "parent": row["parent"], "counts": counts, **config})
    tokens = call.hub.store.row("select count(*) as n from token where not withdrawn")
    return Answer(
        value={
            "settings": call.hub.settings,
            "tokens": tokens["n"] if tokens else 0,
            "faults": [fault.as_json() for fault in call.hub.faults.faults],
            "clients": clients,
        }
    )


def add_client(call: Call) -> Answer:
    """Add a client: id, parentClientId, accountingSystem and any part of its configuration."""
    body = _json(call)
    number = str(body.pop("id", "")).lstrip("0") if isinstance(body, dict) else ""
    if not number.isdigit() or body.get("accountingSystem") not in defaults.SYSTEMS:
        raise malformed(f"id (digits) and accountingSystem ({', '.join(defaults.SYSTEMS)}) are needed.")
    if load_client(call.hub.store, number) is not None:
        raise malformed(f"Client {number} exists.")
    parent = body.pop("parentClientId", defaults.PARENT)
    config = defaults.client_config(body["accountingSystem"], **body)
    call.hub.add_client(number, parent, config)
    return Answer(201, {"id": number, "parent": parent, **config})


def change_client(call: Call) -> Answer:
    """Change parts of a client's configuration (objects are merged), or its parentClientId."""
    books = _books(call)
    names = (*books.client.config, "parentClientId")
    body = _object(call, *names)
    parent = body.pop("parentClientId", books.client.parent)
    config = dict(books.client.config)
    for name, value in body.items():
        config[name] = config[name] | value if isinstance(value, dict) and isinstance(config[name], dict) else value
    with call.hub.store.transaction() as connection:
        connection.execute(
            "update client set config = ?, parent = ? where id = ?", (json.dumps(config), parent, books.client.id)
        )
    return Answer(value=config)


def _change_row(
    call: Call, table: str, key: str, names: tuple[str, ...], create: Callable[[Books, str], None]
) -> Answer:
    """Change columns of an account or VAT code; `create` inserts a missing one first."""
    books, number = _books(call), call.path("number")
    body = _object(call, *names)
    with call.hub.store.transaction() as connection:
        if connection.execute(
            f"select 1 from {table} where client = ? and {key} = ?", (books.client.id, number)  # noqa: S608
        ).fetchone() is None:  # fmt: skip
            create(books, number)
        for name, value in body.items():
            stored = json.dumps(value) if isinstance(value, list) else value
            connection.execute(
                f"update {table} set {NAMED_COLUMNS[name]} = ? where client = ? and {key} = ?",  # noqa: S608
                (stored, books.client.id, number),
            )
    return Answer(value={"number": number, **body})


def account(call: Call) -> Answer:
    """Create or change an account: name, type, active, postable, defaultVatCode, vatCodesAllowed, requiredUnits."""

    def create(books: Books, number: str) -> None:
        row = defaults.AccountRow(number, f"Konto {number}", defaults.account_type(number), allowed=None)
        call.hub.put_account(books.client.id, row)

    names = ("name", "type", "active", "postable", "defaultVatCode", "vatCodesAllowed", "requiredUnits")
    return _change_row(call, "account", "number", names, create)


def vat_code(call: Call) -> Answer:
    """Create or change a VAT code: name, standardTaxCode, rate, direction, active, vatAccountNumber."""

    def create(books: Books, code: str) -> None:
        call.hub.put_vat_code(books.client.id, defaults.VatRow(code, f"Avgiftskode {code}", "0.00", "none", None))

    names = ("name", "standardTaxCode", "rate", "direction", "active", "vatAccountNumber")
    return _change_row(call, "vat_code", "code", names, create)


def period(call: Call) -> Answer:
    """Open or close a period: {"state": "closed"}; {"state": null} removes it."""
    books, body = _books(call), _object(call, "state")
    year, number = int(call.path("year")), int(call.path("period"))
    if body.get("state") not in ("open", "closed", None):
        raise malformed("state is open, closed or null.")
    with call.hub.store.transaction() as connection:
        if number == 1 and body["state"] is not None:
            call.hub.add_periods(books.client.id, min(year, books.now.year - 2))
        which = (books.client.id, year, number)
        if body["state"] is None:
            connection.execute("delete from period where client = ? and year = ? and period = ?", which)
        else:
            connection.execute(
                "update period set state = ? where client = ? and year = ? and period = ?", (body["state"], *which)
            )
    return Answer(value={"year": year, "period": number, "state": body["state"]})


def customer(call: Call) -> Answer:
    """Create or change a customer, as a user does: any field, and status (active, inactive)."""
    books, number = _books(call), call.path("number")
    body = _object(call, *master.CUSTOMER_FIELDS, "status")
    row = master.customer_row(books, number)
    status = body.pop("status", None)
    record = (master.EMPTY_CUSTOMER if row is None else json.loads(row["record"])) | body
    return Answer(value=master.save_customer(books, number, record, status)[1])


def unit_value(call: Call) -> Answer:
    """Create or change a unit's value, as a user does: name, customerNumber, status, departmentNumber."""
    books, unit, value = _books(call), int(call.path("unit")), call.path("value")
    row = master.unit_row(books, unit, value)
    record = master.EMPTY_UNIT_VALUE | {"name": value} if row is None else json.loads(row["record"])
    return Answer(value=master.save_unit_value(books, unit, value, record | _object(call, *master.UNIT_FIELDS))[1])


def posting(call: Call) -> Answer:
    """List, add or clear posting effects; see the module `effects`."""
    books = _books(call)
    if call.request.method == "DELETE":
        effects.clear(call.hub.store, books.client.id)
        return Answer(204)
    if call.request.method == "POST":
        specs = _json(call)
        with call.hub.store.transaction():
            for spec in specs if isinstance(specs, list) else [specs]:
                effects.add(call.hub.store, books.client.id, spec)
    return Answer(201 if call.request.method == "POST" else 200, effects.list_effects(call.hub.store, books.client.id))


def post_voucher(call: Call) -> Answer:
    """Post a voucher, as a user does."""
    return Answer(201, persons.post_voucher(_books(call), _json(call)))


def supplier_invoice(call: Call) -> Answer:
    """Post a supplier invoice, as an accountant does."""
    return Answer(201, purchases.post_supplier_invoice(_books(call), call.json()))


def later_documents(call: Call) -> Answer:
    """Add documents to a posted journal."""
    body = _object(call, "documents")
    return Answer(
        201, {"added": purchases.add_documents(_books(call), int(call.path("journal")), body.get("documents"))}
    )


def correct_journal(call: Call) -> Answer:
    """Correct a posted journal, as a user may: yourReference, text, dueDate, paymentId."""
    return Answer(value=persons.correct(_books(call), int(call.path("journal")), _object(call, *persons.CORRECTABLE)))


def delete_batch(call: Call) -> Answer:
    """Delete a batch that is stored and not posted, as a user does."""
    batches.delete(_books(call), int(call.path("batch")))
    return Answer(204)


def reverse_journal(call: Call) -> Answer:
    """Reverse a journal, as a user does; with `valueDate` on that day."""
    day = _object(call, "valueDate").get("valueDate")
    return Answer(201, persons.reverse(_books(call), int(call.path("journal")), day))


def history(call: Call) -> Answer:
    """Post Moment's finalised `invoices` as an earlier integration did: with `habits` and `mistakes`, or with those drawn by
    `seed` (1), which also chooses the invoices of the mistakes."""
    body, books = call.json(), _books(call)
    if not isinstance(body, dict) or set(body) - {"invoices", "habits", "mistakes", "seed"}:
        raise malformed("An object is expected, with any of invoices, habits, mistakes, seed.")
    try:
        seed = int(body.get("seed", 1))
        habits = Habits.from_json(body["habits"]) if "habits" in body else drawn_habits(seed)
        mistakes = Mistakes.from_json(body["mistakes"]) if "mistakes" in body else drawn_mistakes(seed)
        posted = post_history(call.hub, books, body["invoices"], habits, mistakes, seed)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise malformed(f"The history cannot be posted: {error!r}.") from error
    planted = [{"kind": kind, "invoiceNumber": number} for kind, number in posted.mistakes]
    return Answer(201, {"posted": posted.invoices, "habits": habits.as_json(), "mistakes": planted})


def post_batch(call: Call) -> Answer:
    """Post a stored batch, as a user does."""
    books, number = _books(call), int(call.path("batch"))
    with call.hub.store.transaction():
        row = batches.get_row(call.hub.store, books.client.id, number)
        if row["status"] != "updated":
            batches.post(books, row)
    return Answer(value=batches.as_json(batches.get_row(call.hub.store, books.client.id, number)))


def all_batches(call: Call) -> Answer:
    """List every batch of a client with its content, oldest first."""
    books = _books(call)
    rows = call.hub.store.rows("select * from batch where client = ? order by number", books.client.id)
    return Answer(value=[batches.as_json(row) | {"content": json.loads(row["content"])} for row in rows])


def ledger(call: Call) -> Answer:
    """List every posted voucher of a client with its entries."""
    found = read_vouchers(call.hub.store, _books(call).client.id, "1", (), "journal_number, position", 1_000_000)
    return Answer(value=[{k: v for k, v in voucher.items() if not k.startswith("_")} for voucher in found])


def attached(call: Call) -> Answer:
    """List the documents attached to the vouchers of a number, with their content in base64."""
    rows = call.hub.store.rows(
        "select file_name, external_document_id, content from document where client = ? and voucher_number = ? order by id",
        _books(call).client.id, int(call.path("number")),
    )  # fmt: skip
    return Answer(
        value=[
            {
                "fileName": row["file_name"],
                "externalDocumentId": row["external_document_id"],
                "content": base64.b64encode(row["content"]).decode(),
            }
            for row in rows
        ]
    )


def trial_balance(call: Call) -> Answer:
    """Return each account's balance in base currency.

    With their sum (0.00), the customers' balances and the missing journal numbers.
    """
    books = _books(call)
    client = books.client.id
    rows = call.hub.store.rows(
        "select e.account, a.name, sum(e.amount) as balance, sum(max(e.amount, 0)) as debit, "
        "sum(min(e.amount, 0)) as credit, count(*) as entries from entry e "
        "left join account a on a.client = e.client and a.number = e.account "
        "where e.client = ? group by e.account order by e.account",
        client,
    )
    accounts = [
        {
            "accountNumber": row["account"],
            "name": row["name"],
            "debit": shown(row["debit"]),
            "credit": shown(-row["credit"]),
            "balance": shown(row["balance"]),
            "entries": row["entries"],
        }
        for row in rows
    ]
    journals = call.hub.store.row(
        "select coalesce(max(journal_number), 0) - count(distinct journal_number) as missing from voucher "
        "where client = ?",
        client,
    )
    customers = call.hub.store.rows(
        "select customer, sum(amount) as balance from entry where client = ? and customer is not null "
        "group by customer order by customer",
        client,
    )
    return Answer(
        value={
            "accounts": accounts,
            "debit": shown(sum(row["debit"] for row in rows)),
            "credit": shown(-sum(row["credit"] for row in rows)),
            "sum": shown(sum(row["balance"] for row in rows)),
            "missingJournalNumbers": journals["missing"] if journals else 0,
            "customers": {row["customer"]: shown(row["balance"]) for row in customers},
        }
    )


def admin_routes(hub: Hub) -> list[Route]:
    """Return all routes under /admin except the faults'."""
    client = "/admin/clients/{client}"
    table: list[tuple[str, list[str], Callable[[Call], Answer]]] = [
        ("/admin/", ["GET", "POST"], page),
        ("/admin/state", ["GET"], state),
        ("/admin/settings", ["PUT", "PATCH"], settings),
        ("/admin/users/{username}", ["PUT", "PATCH"], user),
        ("/admin/tokens/withdraw", ["POST"], withdraw_tokens),
        ("/admin/clients", ["POST"], add_client),
        (client, ["PATCH"], change_client),
        (client + "/accounts/{number}", ["PUT", "PATCH"], account),
        (client + "/vat-codes/{number}", ["PUT", "PATCH"], vat_code),
        (client + "/periods/{year:int}/{period:int}", ["PUT", "PATCH"], period),
        (client + "/customers/{number}", ["PUT", "PATCH"], customer),
        (client + "/units/{unit:int}/{value:path}", ["PUT", "PATCH"], unit_value),
        (client + "/posting", ["GET", "POST", "DELETE"], posting),
        (client + "/vouchers", ["POST"], post_voucher),
        (client + "/vouchers/{number:int}/documents", ["GET"], attached),
        (client + "/history", ["POST"], history),
        (client + "/journals/{journal:int}", ["PATCH"], correct_journal),
        (client + "/journals/{journal:int}/reverse", ["POST"], reverse_journal),
        (client + "/journals/{journal:int}/documents", ["POST"], later_documents),
        (client + "/supplier-invoices", ["POST"], supplier_invoice),
        (client + "/batches/{batch:int}", ["DELETE"], delete_batch),
        (client + "/batches/{batch:int}/post", ["POST"], post_batch),
        (client + "/batches", ["GET"], all_batches),
        (client + "/ledger", ["GET"], ledger),
        (client + "/trial-balance", ["GET"], trial_balance),
    ]
    return [
        Route(path, endpoint(hub, operation, scoped=False), methods=methods, name=operation.__name__)
        for path, methods, operation in table
    ]
