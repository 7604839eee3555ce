"""Load a SAF-T file's master data into a client's books, replacing the default chart and VAT codes."""

from collections.abc import Sequence
from typing import Any

from bilag_sandbox.hub.saft import Party, SaftBooks
from bilag_sandbox.poweroffice_go import defaults
from bilag_sandbox.poweroffice_go.contacts import contact_row, save_contact
from bilag_sandbox.poweroffice_go.go import Client, Go
from bilag_sandbox.poweroffice_go.refusals import Refusal

ROOM = 9_000
"""A number series reaches so far beyond the last number of the file."""


def load_saft(go: Go, client: Client, saft: SaftBooks, digest: str) -> list[str]:
    """Load into a client; returns a sentence on each thing that Go cannot hold.

    Chart and VAT codes are replaced if nothing is posted yet, else added to; customers and suppliers are added or changed. The
    same file (by `digest`) is loaded once.
    """
    if client.config.get("saftDigest") == digest:
        return []
    left_out = list(saft.left_out)
    with go.store.transaction() as connection:
        if go.store.row("select 1 from voucher where client = ?", client.id) is None:
            if saft.vat_codes:
                connection.execute("delete from vat_code where client = ?", (client.id,))
            if saft.accounts:
                connection.execute("delete from account where client = ?", (client.id,))
        _load_vat_codes(go, client, saft)
        _load_accounts(go, client, saft, left_out)
        series = [
            _series(client, "Customer", saft.customers, saft.receivables_account),
            _series(client, "Supplier", saft.suppliers, saft.payables_account),
        ]
        config = {
            **client.config,
            "saftDigest": digest,
            "clientName": saft.company_name,
            "organisationNumber": saft.organisation_number,
            "receivablesAccount": int(saft.receivables_account),
            "payablesAccount": int(saft.payables_account),
            "numberSeries": [one for found in series for one in found],
        }
        go.change_client(client, config)
        client = go.client(client.id)
        for kind, parties in (("Customer", saft.customers), ("Supplier", saft.suppliers)):
            for party in parties:
                _load_party(go, client, kind, party, left_out)
    return left_out


def _load_vat_codes(go: Go, client: Client, saft: SaftBooks) -> None:
    known = {row["code"] for row in go.store.rows("select code from vat_code where client = ?", client.id)}
    for code in saft.vat_codes:
        if code.code not in known:
            account = int(code.account) if code.account else None
            go.put_vat_row(
                client.id,
                defaults.VatRow(code.code, code.name, defaults.fraction(code.rate), defaults.VAT_FROM, None, account),
            )
            known.add(code.code)
    if "0" not in known:
        go.put_vat_row(client.id, defaults.VatRow("0", "Ingen merverdiavgift", "0", defaults.VAT_FROM, None, None))


def _load_accounts(go: Go, client: Client, saft: SaftBooks, left_out: list[str]) -> None:
    for account in saft.accounts:
        if not account.number.isdigit():
            left_out.append(f"account {account.number} is left out: Go numbers its accounts")
            continue
        record = {
            "Name": account.name,
            "GeneralLedgerAccountType": account.type.capitalize(),
            "IsActive": True,
            "VatCode": "0",
            "IsVatCodeLocked": account.allowed == (),
            "IsDepartmentRequired": False,
            "IsProjectRequired": False,
        }
        go.put_account(client.id, int(account.number), record)


def _series(client: Client, kind: str, parties: Sequence[Party], account: str) -> list[list[Any]]:
    """Return the client's series of a kind, and one that holds the file's numbers."""
    kept = [[*one[:4], int(account), one[5]] for one in client.config["numberSeries"] if one[0] == kind]
    numbers = [int(party.number) for party in parties if _is_number(party.number)]
    outside = [number for number in numbers if not any(one[2] <= number <= one[3] for one in kept)]
    if not outside:
        return kept
    return [*kept, [kind, "SAF-T", min(outside), max(outside) + ROOM, int(account), False]]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and not text.startswith("0") and len(text) < 12


def _load_party(go: Go, client: Client, kind: str, party: Party, left_out: list[str]) -> None:
    if not _is_number(party.number):
        left_out.append(f"{kind.lower()} {party.number} is left out: Go's numbers are digits")
        return
    given = party.record
    body: dict[str, Any] = {"Number": int(party.number), "Name": given["name"]}
    if given.get("organisationNumber"):
        body["OrganizationNumber"] = given["organisationNumber"]
    if given.get("city") and given.get("postalCode"):
        body["MailAddress"] = {
            "City": given["city"],
            "ZipCode": given["postalCode"],
            "AddressLine1": given.get("addressLine1"),
        }
    if not party.active:
        body["IsArchived"] = True
    try:
        save_contact(go, client, kind, contact_row(go, client, kind, int(party.number)), body)
    except Refusal as refusal:
        left_out.append(f"{kind.lower()} {party.number} is left out: {refusal.detail}")
