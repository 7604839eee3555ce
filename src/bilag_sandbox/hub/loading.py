"""Load a SAF-T file's master data into a client's books, replacing the default chart and VAT codes."""

import hashlib
import json
from pathlib import Path

from bilag_sandbox.hub import master
from bilag_sandbox.hub.books import load_client
from bilag_sandbox.hub.hub import Hub
from bilag_sandbox.hub.saft import SaftBooks


def digest_of(path: Path) -> str:
    """Hash a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_saft(hub: Hub, number: str, saft: SaftBooks, digest: str) -> bool:
    """Load into client `number`: chart and VAT codes are replaced, customers and suppliers added or changed.

    Posted vouchers stay. If the file has no usable account or VAT code, the default ones are kept. Returns False,
    without loading, if the same file (by `digest`) was loaded last: that would undo later changes.
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
    """Widen the rule until it accepts the company's customers."""
    if any(not number.isdigit() or number.startswith("0") for number in numbers):
        return {"type": "text", "min": None, "max": None, "maxLength": 20}
    if not numbers or rule["type"] != "integer":
        return rule
    lowest, highest = int(str(rule["min"])), int(str(rule["max"]))
    values = [int(number) for number in numbers]
    return rule | {"min": min(lowest, *values), "max": max(highest, *values)}
