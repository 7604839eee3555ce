"""Customers and unit values: put by their number, written only if something differs."""

import json
import re
import sqlite3
from typing import Any

from stdnum.no import orgnr

from bilag_sandbox.hub.books import Books
from bilag_sandbox.hub.checks import check_org_units
from bilag_sandbox.hub.codes import COUNTRIES
from bilag_sandbox.hub.forms import CUSTOMER_NUMBER, UNIT_VALUE, Form
from bilag_sandbox.hub.refusals import Detail, Details, invalid, not_found

EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>().]+")
COUNTRY = re.compile(r"[A-Z]{2}")
LONGEST = {
    "organisationNumber": 20, "email": 254, "invoiceEmail": 254, "addressLine1": 100, "addressLine2": 100,
    "addressLine3": 100, "addressLine4": 100, "postCode": 20, "postalArea": 60,
}  # fmt: skip
CUSTOMER_FIELDS = ("name", *LONGEST, "countryCode", "orgUnits")
UNIT_FIELDS = ("name", "customerNumber", "status", "departmentNumber")
EMPTY_CUSTOMER: dict[str, Any] = {"name": ""} | dict.fromkeys([*LONGEST, "countryCode"]) | {"orgUnits": {}}
EMPTY_UNIT_VALUE: dict[str, Any] = {"name": "", "customerNumber": None, "status": "active", "departmentNumber": None}


def customer_row(books: Books, number: str) -> sqlite3.Row | None:
    """Return a stored customer, None if there is none."""
    return books.store.row("select * from customer where client = ? and number = ?", books.client.id, number)


def customer_json(row: sqlite3.Row) -> dict[str, Any]:
    """Return the contract's Customer."""
    return {
        "customerNumber": row["number"],
        **json.loads(row["record"]),
        "status": row["status"],
        "version": row["version"],
        "changedAt": row["changed_at"],
    }


def put_customer(books: Books, number: str, body: Any) -> tuple[int, dict[str, Any]]:
    """Create (201) or change (200) a customer; returns it as stored. Raises 422 with every fault."""
    details = Details()
    number_fault = (
        books.client.customer_number_fault(number)
        if CUSTOMER_NUMBER.fullmatch(number)
        else "Customer numbers have 1 to 20 letters, digits, dots, underscores and hyphens."
    )
    if number_fault is not None:
        details.add("customerNumber", "customer_number_invalid", number_fault)
    row = customer_row(books, number)
    record = EMPTY_CUSTOMER if row is None else EMPTY_CUSTOMER | json.loads(row["record"])
    record = _customer_record(Form(body, "", details, CUSTOMER_FIELDS), record, books)
    details.refuse()
    return save_customer(books, number, record, None)


def _customer_record(form: Form, record: dict[str, Any], books: Books) -> dict[str, Any]:
    name = form.text("name", required=True, longest=100, shortest=1)
    changed = record | {"name": name}
    for field, longest in LONGEST.items():
        value = form.text(field, nullable=True, longest=longest)
        if form.has(field):
            changed[field] = value
    country = form.text("countryCode", nullable=True, form=COUNTRY)
    if form.has("countryCode"):
        changed["countryCode"] = country
    if country is not None and country not in COUNTRIES:
        form.fault("countryCode", "country_code_unknown", f"{country} is not a country code.")
    for field in ("email", "invoiceEmail"):
        if form.has(field) and changed[field] is not None and not EMAIL.fullmatch(changed[field]):
            form.fault(field, "email_invalid", f"{changed[field][:60]} is not an e-mail address.")
    number = changed["organisationNumber"]
    touched = form.has("organisationNumber") or form.has("countryCode")
    if touched and number is not None and changed["countryCode"] == "NO" and not _is_valid_orgnr(number):
        form.fault("organisationNumber", "organisation_number_invalid", f"{number} is not a Norwegian number.")
    if form.has("orgUnits"):
        units = form.org_units("orgUnits")
        check_org_units(units, form.at("orgUnits"), books, form.details)
        changed["orgUnits"] = {
            unit: books.client.unit_value(int(unit), value)[0]
            for unit, value in sorted(units.items(), key=lambda item: int(item[0]))
        }
    return changed


def _is_valid_orgnr(organisation_number: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{9}", organisation_number)) and orgnr.is_valid(organisation_number)


def save_customer(books: Books, number: str, record: dict[str, Any], status: str | None) -> tuple[int, dict[str, Any]]:
    """Write a customer if it is new (201) or differs (200, version + 1); `status` None keeps the status."""
    with books.store.transaction() as connection:
        row = customer_row(books, number)
        now = books.now.isoformat(timespec="seconds")
        if row is None:
            connection.execute(
                "insert into customer values (?, ?, ?, ?, 1, ?)",
                (books.client.id, number, json.dumps(record), status or "active", now),
            )
        else:
            kept = status or row["status"]
            if json.loads(row["record"]) != record or kept != row["status"]:
                connection.execute(
                    "update customer set record = ?, status = ?, version = version + 1, changed_at = ? "
                    "where client = ? and number = ?",
                    (json.dumps(record), kept, now, books.client.id, number),
                )
        stored = customer_row(books, number)
    if stored is None:
        raise LookupError(number)
    return (201 if row is None else 200), customer_json(stored)


def unit_row(books: Books, unit: int, value: str) -> sqlite3.Row | None:
    """Return a stored unit value, None if there is none; `value` is in the ledger's form."""
    return books.store.row(
        "select * from unit_value where client = ? and unit = ? and value = ?", books.client.id, unit, value
    )


def unit_json(row: sqlite3.Row) -> dict[str, Any]:
    """Return the contract's OrgUnitValue."""
    return {
        "unit": row["unit"],
        "value": row["value"],
        **json.loads(row["record"]),
        "version": row["version"],
        "changedAt": row["changed_at"],
    }


def get_unit_value(books: Books, unit: int, value: str) -> dict[str, Any]:
    """Return a unit value. Raises 404 org_unit_unknown, 422 for a unit not in use."""
    kept, code, message = books.client.unit_value(unit, value)
    if code == "org_unit_not_used":
        raise invalid(Detail("unit", code, message))
    row = unit_row(books, unit, kept)
    if row is None:
        raise not_found("org_unit_unknown", f"{value} does not exist in unit {unit}.")
    return unit_json(row)


def put_unit_value(books: Books, unit: int, value: str, body: Any) -> tuple[int, dict[str, Any]]:
    """Create (201) or change (200) a unit value; returns it as stored. Raises 422 with every fault."""
    details = Details()
    kept, code, message = books.client.unit_value(unit, value)
    if code is not None:
        details.add("unit" if code == "org_unit_not_used" else "value", code, message)
    elif not UNIT_VALUE.fullmatch(value):
        details.add("value", "field_invalid", "A value has 1 to 40 characters, no slash, no space at its ends.")
    row = unit_row(books, unit, kept)
    record = EMPTY_UNIT_VALUE if row is None else EMPTY_UNIT_VALUE | json.loads(row["record"])
    form = Form(body, "", details, UNIT_FIELDS)
    record = record | {"name": form.text("name", required=True, longest=100, shortest=1)}
    customer = form.text("customerNumber", nullable=True, form=CUSTOMER_NUMBER)
    if customer is not None and books.customer_status(customer) is None:
        form.fault("customerNumber", "customer_unknown", f"Customer {customer} does not exist.")
    status = form.choice("status", ("active", "closed"))
    department = form.text("departmentNumber", nullable=True, longest=40)
    for field, given in (("customerNumber", customer), ("status", status), ("departmentNumber", department)):
        if form.has(field):
            record[field] = given
    details.refuse()
    return save_unit_value(books, unit, kept, record)


def save_unit_value(books: Books, unit: int, value: str, record: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Write a value if it is new (201) or differs (200, version + 1)."""
    with books.store.transaction() as connection:
        row = unit_row(books, unit, value)
        now = books.now.isoformat(timespec="seconds")
        if row is None:
            connection.execute(
                "insert into unit_value values (?, ?, ?, ?, 1, ?)",
                (books.client.id, unit, value, json.dumps(record), now),
            )
        elif json.loads(row["record"]) != record:
            connection.execute(
                "update unit_value set record = ?, version = version + 1, changed_at = ? "
                "where client = ? and unit = ? and value = ?",
                (json.dumps(record), now, books.client.id, unit, value),
            )
        stored = unit_row(books, unit, value)
    if stored is None:
        raise LookupError(value)
    return (201 if row is None else 200), unit_json(stored)
