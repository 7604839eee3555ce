"""Puts what a SAF-T file holds into a client's books: its chart and VAT codes in place of the default ones."""

import hashlib
import json
from pathlib import Path

from bilag_sandbox.hub import master
from bilag_sandbox.hub.books import load_client
from bilag_sandbox.hub.hub import Hub
from bilag_sandbox.hub.saft import SaftBooks


def digest_of(path: Path) -> str:
    """A fingerprint of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_saft(hub: Hub, number: str, saft: SaftBooks, digest: str) -> bool:
    """Load into client `number`. Chart and VAT codes are replaced, customers and suppliers added or changed.

    What is posted already stays. Where the file has no usable account or VAT code, the default ones are kept. The
    file that was loaded last (by `digest`) is not loaded again, for that would take back what was changed since: then
    False.
    """
    client = load_client(hub.store, number)
    if client is None:
        raise LookupError(f"client {number} does not exist")
    if client.config.get("saftDigest") == digest:
        return False
    config = client.config | {
        "saftDigest": digest,
        "companyName": saft.company_name,
        "organisationNumber": saft.organisation_number,
        "baseCurrency": saft.currency,
        "currencies": sorted({*client.config["currencies"], saft.currency}),
        "customerNumberRule": _number_rule(client.config["customerNumberRule"], [p.number for p in saft.customers]),
    }
    with hub.store.transaction() as connection:
        if saft.accounts:
            connection.execute("delete from account where client = ?", (number,))
            for account in saft.accounts:
                hub.put_account(number, account)
            numbers = {account.number for account in saft.accounts}
            rounding = config["roundingAccount"]
            config |= {
                "receivablesAccount": saft.receivables_account,
                "payablesAccount": saft.payables_account,
                "roundingAccount": rounding if rounding in numbers else None,
            }
        if saft.vat_codes:
            connection.execute("delete from vat_code where client = ?", (number,))
            for code in saft.vat_codes:
                hub.put_vat_code(number, code)
        connection.execute("update client set config = ? where id = ?", (json.dumps(config), number))
        books = hub.books(client)
        for party in saft.customers:
            master.save_customer(books, party.number, party.record, "active" if party.active else "inactive")
        for party in saft.suppliers:
            connection.execute(
                "insert or replace into supplier values (?, ?, ?, ?)",
                (number, party.number, party.record["name"], party.record["organisationNumber"]),
            )
    return True


def _number_rule(rule: dict[str, object], numbers: list[str]) -> dict[str, object]:
    """The rule widened until it takes the customers that the company has."""
    if any(not number.isdigit() or number.startswith("0") for number in numbers):
        return {"type": "text", "min": None, "max": None, "maxLength": 20}
    if not numbers or rule["type"] != "integer":
        return rule
    lowest, highest = int(str(rule["min"])), int(str(rule["max"]))
    values = [int(number) for number in numbers]
    return rule | {"min": min(lowest, *values), "max": max(highest, *values)}
