"""One client's books: configuration, chart, VAT codes, periods, customers, units. Reads only.

`master`, `batches` and `admin` change them.
"""

import json
import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bilag_sandbox.common import Store
from bilag_sandbox.hub.forms import LARGEST_INTEGER


@dataclass(frozen=True, slots=True)
class Client:
    """A company in the accounting system. `id` has no leading zeros."""

    id: str
    parent: str
    config: dict[str, Any]

    @property
    def base_currency(self) -> str:
        """The currency of its ledger."""
        return str(self.config["baseCurrency"])

    def unit(self, number: int) -> dict[str, Any]:
        """Return the definition of organisational unit 1-12."""
        definition: dict[str, Any] = self.config["organizationalUnits"][number - 1]
        return definition

    def unit_value(self, number: int, value: str) -> tuple[str, str | None, str]:
        """Return the value as the ledger stores it, with code and message of what is wrong with it, if anything."""
        definition = self.unit(number)
        if not definition["used"]:
            return value, "org_unit_not_used", f"Unit {number} is not in use at this client."
        if definition["type"] == "integer":
            if not re.fullmatch(r"[0-9]{1,20}", value) or not 1 <= int(value) <= LARGEST_INTEGER:
                return value, "org_unit_not_integer", f"Unit {number} takes whole numbers; got {value}."
            return str(int(value)), None, ""
        if len(value) > definition["maxLength"]:
            most = definition["maxLength"]
            return value, "org_unit_too_long", f"Unit {number} takes at most {most} characters; got {len(value)}."
        if self.config["accountingSystem"] == "PowerOfficeGo" and number == self.config["projectUnit"] and "." in value:
            return value, "project_number_has_dot", f"A dot means sub-project; got {value}."
        return value, None, ""

    def customer_number_fault(self, number: str) -> str | None:
        """Return what is wrong with a customer number by the profile's rule, or None."""
        rule = self.config["customerNumberRule"]
        if rule["type"] == "text":
            longest = rule.get("maxLength") or 20
            return None if len(number) <= longest else f"Customer numbers have at most {longest} characters."
        lowest, highest = rule.get("min") or 1, rule.get("max") or LARGEST_INTEGER
        if re.fullmatch(r"[1-9][0-9]{0,9}", number) and lowest <= int(number) <= highest:
            return None
        return f"Customer numbers are whole numbers from {lowest} to {highest}; got {number}."

    def series_for(self, asked: str | None, voucher_type: str) -> str | None:
        """Return the voucher's series: the requested one if it accepts the type, else the first that does."""
        candidates = [series["code"] for series in self.config["voucherSeries"] if voucher_type in series["types"]]
        if asked in candidates:
            return asked
        return candidates[0] if candidates else None


@dataclass(frozen=True, slots=True)
class Account:
    """A ledger account. `allowed`: None = any VAT code or none, empty = none, else one of them is required."""

    number: str
    name: str
    active: bool
    postable: bool
    allowed: tuple[str, ...] | None
    required_units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VatCode:
    """A VAT code; `rate` is percent, as text."""

    code: str
    rate: str
    direction: str
    active: bool
    account: str | None


class Books:
    """Look-ups in one client's books, cached for one request."""

    def __init__(self, store: Store, client: Client, now: datetime) -> None:
        self.store = store
        self.client = client
        self.now = now
        self._accounts: dict[str, Account | None] = {}
        self._vat_codes: dict[str, VatCode | None] = {}

    def account(self, number: str) -> Account | None:
        """Return an account by its number, None if there is none."""
        if number not in self._accounts:
            row = self.store.row("select * from account where client = ? and number = ?", self.client.id, number)
            self._accounts[number] = None if row is None else _account(row)
        return self._accounts[number]

    def vat_code(self, code: str) -> VatCode | None:
        """Return a VAT code, None if there is none."""
        if code not in self._vat_codes:
            row = self.store.row("select * from vat_code where client = ? and code = ?", self.client.id, code)
            self._vat_codes[code] = (
                None
                if row is None
                else VatCode(code, row["rate"], row["direction"], bool(row["active"]), row["vat_account"])
            )
        return self._vat_codes[code]

    def customer_status(self, number: str) -> str | None:
        """Return active or inactive; None if there is no such customer."""
        row = self.store.row("select status from customer where client = ? and number = ?", self.client.id, number)
        return None if row is None else str(row["status"])

    def unit_value_status(self, unit: int, value: str) -> str | None:
        """Return active or closed; None if there is no such value. `value` is in the ledger's form."""
        row = self.store.row(
            "select record from unit_value where client = ? and unit = ? and value = ?", self.client.id, unit, value
        )
        return None if row is None else str(json.loads(row["record"])["status"])

    def date_fault(self, day: date) -> tuple[str, str, str] | None:
        """Return why nothing can be posted on a date: code, English and Norwegian message. None if it is open."""
        row = self.store.row(
            "select year, period, state from period where client = ? and first_date <= ? and last_date >= ? "
            "order by period limit 1",
            self.client.id,
            day.isoformat(),
            day.isoformat(),
        )
        if row is None:
            return "period_unknown", f"No period is set up for {day}.", f"Det er ikke opprettet periode for {day}."
        name = f"{row['period']} of {row['year']}"
        if row["state"] == "closed":
            norwegian = f"Periode {row['period']} i {row['year']} er avsluttet."
            return "period_closed", f"Period {name} is closed.", norwegian
        lock_date = self.client.config["lockDate"]
        if lock_date is not None and day.isoformat() <= lock_date:
            return (
                "date_locked",
                f"{day} is on or before the lock date {lock_date}.",
                f"{day} er låst; låsedatoen er {lock_date}.",
            )
        return None


def _account(row: sqlite3.Row) -> Account:
    allowed = row["vat_codes_allowed"]
    return Account(
        row["number"],
        row["name"],
        bool(row["active"]),
        bool(row["postable"]),
        None if allowed is None else tuple(json.loads(allowed)),
        tuple(json.loads(row["required_units"])),
    )


def load_client(store: Store, number: str) -> Client | None:
    """Return a client by its number without leading zeros, None if there is none."""
    row = store.row("select * from client where id = ?", number)
    return None if row is None else Client(row["id"], row["parent"], json.loads(row["config"]))


def timestamp(seconds: float) -> str:
    """Format seconds since 1970 as ISO 8601 with offset."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
