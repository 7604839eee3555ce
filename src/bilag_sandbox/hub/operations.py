"""The contract's operations for setup and the outgoing flow, one function for each operationId."""

import json
from typing import Any

from bilag_sandbox.hub import batches, master
from bilag_sandbox.hub.call import Answer, Call
from bilag_sandbox.hub.forms import LARGEST_INTEGER, query_date, query_integer
from bilag_sandbox.hub.ledger import read_vouchers
from bilag_sandbox.hub.paging import decode, encode
from bilag_sandbox.hub.refusals import Detail, Details, Refusal, invalid, malformed, not_found

MOST_BATCHES_AT_ONCE = 50
Rows = list[dict[str, Any]]


def create_token(call: Call) -> Answer:
    """Issue a token for a user name with password, an API key, or both of the same user."""
    body = call.json() if call.body.strip() else {}
    key = call.request.headers.get("x-api-key")
    username, password = _credentials(body, key)
    wrong = Refusal(
        401, "invalid_credentials", "The user name or the password is wrong.",
        (Detail("password", "invalid_credentials", "Not accepted."),),
    )  # fmt: skip
    user = None
    if username is not None:
        user = call.hub.store.row(
            "select * from hub_user where username = ? and password = ? and active", username, password
        )
        if user is None or (key is not None and user["api_key"] != key):
            raise wrong
    elif key is not None:
        user = call.hub.store.row("select * from hub_user where api_key = ? and active", key)
    if user is None:
        detail = Detail("X-Api-Key", "invalid_credentials", "Not accepted.")
        raise Refusal(401, "invalid_credentials", "The API key is wrong.", (detail,))
    token = call.hub.new_token(user["username"])
    value = {"access_token": token, "token_type": "Bearer", "expires_in": call.hub.settings["tokenSeconds"]}
    return Answer(value=value, headers={"Cache-Control": "no-store"})


def _credentials(body: Any, key: str | None) -> tuple[str | None, str | None]:
    if not isinstance(body, dict):
        raise malformed("The body must be an object.")
    details = Details()
    for name, value in body.items():
        if name not in ("username", "password"):
            details.add(name[:60], "field_not_allowed", f"Unknown field {name[:60]}.")
        elif not isinstance(value, str) or not 1 <= len(value) <= 200:
            details.add(name, "field_invalid", f"{name} must be a text of 1 to 200 characters.")
    if len(details):
        raise malformed("The body is not a token request.", *details)
    if not body and key is None:
        raise Refusal(400, "credentials_missing", "Send a user name with password, or X-Api-Key.")
    for name in ("username", "password"):
        if body and name not in body:
            detail = Detail(name, "field_required", f"{name} is missing.")
            raise Refusal(400, "credentials_missing", "A user name and a password belong together.", (detail,))
    return body.get("username"), body.get("password")


def get_profile(call: Call) -> Answer:
    """Return the client's profile."""
    call.query()
    config = call.client.config
    shared = ("accountingSystem", "companyName", "organisationNumber", "baseCurrency", "organizationalUnits")
    rules = {"customerNumber": config["customerNumberRule"], "voucherNumber": config["voucherNumberRule"]}
    return Answer(
        value={
            "parentClientId": call.client.parent,
            "sourceClientId": call.client.id,
            **{name: config[name] for name in shared},
            "roundingAccount": config["roundingAccount"],
            "numberRules": rules,
            "paymentIdRule": config["paymentIdRule"],
            "voucherSeries": config["voucherSeries"],
            "capabilities": config["capabilities"],
            "limits": config["limits"] | {"requestsPerMinute": call.hub.settings["requestsPerMinute"]},
        }
    )


def list_accounts(call: Call) -> Answer:
    """List the chart of accounts, by number."""
    _, cursor, limit = call.page()
    place = decode(cursor, "accounts", (int, str)) or [0, ""]
    rows = call.hub.store.rows(
        "select * from account where client = ? and (cast(number as integer), number) > (?, ?) "
        "order by cast(number as integer), number limit ?",
        call.client.id, *place, limit + 1,
    )  # fmt: skip
    items = [
        {
            "number": row["number"],
            "name": row["name"],
            "type": row["type"],
            "active": bool(row["active"]),
            "postable": bool(row["postable"]),
            "defaultVatCode": row["default_vat_code"],
            "vatCodesAllowed": None if row["vat_codes_allowed"] is None else json.loads(row["vat_codes_allowed"]),
        }
        for row in rows
    ]
    return _page(items, limit, "accounts", lambda item: [int(item["number"]), item["number"]])


def list_vat_codes(call: Call) -> Answer:
    """List the VAT codes."""
    _, cursor, limit = call.page()
    place = decode(cursor, "vat-codes", (str,)) or [""]
    rows = call.hub.store.rows(
        "select * from vat_code where client = ? and code > ? order by code limit ?", call.client.id, *place, limit + 1
    )
    items = [
        {
            "code": row["code"],
            "name": row["name"],
            "standardTaxCode": row["standard_tax_code"],
            "rate": row["rate"],
            "direction": row["direction"],
            "active": bool(row["active"]),
            "vatAccountNumber": row["vat_account"],
        }
        for row in rows
    ]
    return _page(items, limit, "vat-codes", lambda item: [item["code"]])


def list_periods(call: Call) -> Answer:
    """List the periods, of one year or all, with the lock date."""
    year = query_integer(call.query("year")["year"], "year", 1990, 2100)
    rows = call.hub.store.rows(
        "select * from period where client = ? and (? is null or year = ?) order by year, period",
        call.client.id, year, year,
    )  # fmt: skip
    items = [
        {
            "year": row["year"],
            "period": row["period"],
            "from": row["first_date"],
            "to": row["last_date"],
            "state": row["state"],
        }
        for row in rows
    ]
    return Answer(value={"lockDate": call.client.config["lockDate"], "items": items})


def list_customers(call: Call) -> Answer:
    """List the customers, by number."""
    _, cursor, limit = call.page()
    place = decode(cursor, "customers", (int, str)) or [-1, ""]
    rows = call.hub.store.rows(
        "select * from customer where client = ? and (cast(number as integer), number) > (?, ?) "
        "order by cast(number as integer), number limit ?",
        call.client.id, *place, limit + 1,
    )  # fmt: skip
    items = [master.customer_json(row) for row in rows]
    return _page(items, limit, "customers", lambda item: _numeric_place(item["customerNumber"]))


def _numeric_place(text: str) -> list[Any]:
    """Return a text's position in SQLite's order by its leading digits."""
    digits = text[: len(text) - len(text.lstrip("0123456789"))]
    return [int(digits or 0), text]


def get_customer(call: Call) -> Answer:
    """Return one customer."""
    number = call.path("customerNumber")
    row = master.customer_row(call.books, number)
    if row is None:
        raise not_found("customer_unknown", f"Customer {number[:40]} does not exist.")
    return Answer(value=master.customer_json(row))


def put_customer(call: Call) -> Answer:
    """Create or change a customer."""
    status, value = master.put_customer(call.books, call.path("customerNumber"), call.json())
    return Answer(status, value)


def _unit(call: Call) -> int:
    return query_integer(call.path("unit"), "unit", 1, 12) or 0


def list_unit_values(call: Call) -> Answer:
    """List the values of one organisational unit."""
    unit = _unit(call)
    _, cursor, limit = call.page()
    place = decode(cursor, f"unit {unit}", (int, str)) or [-1, ""]
    if not call.client.unit(unit)["used"]:
        raise invalid(Detail("unit", "org_unit_not_used", f"Unit {unit} is not in use at this client."))
    rows = call.hub.store.rows(
        "select * from unit_value where client = ? and unit = ? and (cast(value as integer), value) > (?, ?) "
        "order by cast(value as integer), value limit ?",
        call.client.id, unit, *place, limit + 1,
    )  # fmt: skip
    items = [master.unit_json(row) for row in rows]
    return _page(items, limit, f"unit {unit}", lambda item: _numeric_place(item["value"]))


def get_unit_value(call: Call) -> Answer:
    """Return one value."""
    return Answer(value=master.get_unit_value(call.books, _unit(call), call.path("value")))


def put_unit_value(call: Call) -> Answer:
    """Create or change a value."""
    status, value = master.put_unit_value(call.books, _unit(call), call.path("value"), call.json())
    return Answer(status, value)


def create_batch(call: Call) -> Answer:
    """Store a batch and post it."""
    return Answer(201, batches.create(call.books, call.json()))


def _visible_until(call: Call) -> float:
    return call.books.now.timestamp() - float(call.client.config["readBackLagSeconds"])


def find_batches(call: Call) -> Answer:
    """List batches, newest first; those younger than the read-back lag are not yet visible."""
    query, cursor, limit = call.page("externalId", "status")
    if query["status"] not in (None, "created", "updated", "failed"):
        message = "status is created, updated or failed."
        raise malformed(message, Detail("status", "field_invalid", message))
    external_id = query["externalId"]
    if external_id is not None and not 1 <= len(external_id) <= 50:
        message = "externalId has 1 to 50 characters."
        raise malformed(message, Detail("externalId", "field_invalid", message))
    place = decode(cursor, "batches", (int,)) or [2**62]
    visible_until = _visible_until(call)
    rows = call.hub.store.rows(
        "select * from batch where client = ? and number < ? and (? is null or external_id = ?) and created_at <= ? "
        "and (? is null or ? = case when status = 'updated' and updated_at > ? then 'created' else status end) "
        "order by number desc limit ?",
        call.client.id, *place, external_id, external_id, visible_until, query["status"], query["status"], visible_until,
        limit + 1,
    )  # fmt: skip
    items = [batches.as_json(row, visible_until) for row in rows]
    return _page(items, limit, "batches", lambda item: [item["batchNumber"]])


def process_batches(call: Call) -> Answer:
    """Post batches; each has its own result."""
    numbers = call.json()
    good = isinstance(numbers, list) and all(type(number) is int and 1 <= number < 2**62 for number in numbers)
    if not good or not 1 <= len(numbers) <= MOST_BATCHES_AT_ONCE or len(set(numbers)) != len(numbers):
        message = f"A list of 1 to {MOST_BATCHES_AT_ONCE} different batch numbers is expected."
        raise invalid(Detail("", "field_invalid", message))
    return Answer(value=[batches.process(call.books, number) for number in numbers])


def _batch_number(call: Call) -> int:
    text = call.path("batchNumber")
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 18 and int(text)):
        message = "batchNumber must be a whole number from 1."
        raise malformed(message, Detail("batchNumber", "field_invalid", message))
    return int(text)


def get_batch(call: Call) -> Answer:
    """Return one batch as it is now."""
    row = batches.get_row(call.hub.store, call.client.id, _batch_number(call))
    return Answer(value=batches.as_json(row, _visible_until(call)))


def delete_batch(call: Call) -> Answer:
    """Delete an unposted batch."""
    batches.delete(call.books, _batch_number(call))
    return Answer(204)


def list_vouchers(call: Call) -> Answer:
    """List posted vouchers by number or dates, in order of journal number."""
    query, cursor, limit = call.page("voucherNumber", "fromDate", "toDate")
    number = query_integer(query["voucherNumber"], "voucherNumber", 1, LARGEST_INTEGER)
    first, last = query_date(query["fromDate"], "fromDate"), query_date(query["toDate"], "toDate")
    if number is None and first is None and last is None:
        raise malformed("Give voucherNumber, fromDate or toDate.")
    place = decode(cursor, "vouchers", (int, int)) or [0, -1]
    found = read_vouchers(
        call.hub.store,
        call.client.id,
        "(journal_number, position) > (?, ?) and posted_at <= ? and value_date >= ? and value_date <= ?"
        + ("" if number is None else " and (voucher_number = ? or (type = 'journal' and related_voucher_number = ?))"),
        (*place, _visible_until(call), first or "", last or "9999", *([] if number is None else [number, number])),
        "journal_number, position",
        limit + 1,
    )
    return _page(found, limit, "vouchers", lambda item: list(item["_place"]))


def _page(items: Rows, limit: int, name: str, place: Any) -> Answer:
    """Return a page of `items`, which hold one more than `limit` if there are more."""
    shown_items = items[:limit]
    cursor = encode(name, place(shown_items[-1])) if len(items) > limit else None
    clean = [{key: value for key, value in item.items() if not key.startswith("_")} for item in shown_items]
    return Answer(value={"items": clean, "nextCursor": cursor})
