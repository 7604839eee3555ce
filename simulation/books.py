"""Read the final state of both systems, past Bilag and past the adversary."""

import base64
import json
from typing import Any

from bilag_sandbox import moment
from simulation.firms import Office
from simulation.wires import Request
from simulation.world import World

INVOICE_TYPES = ("outgoingInvoice", "creditNote")


def in_moment(world: World, office: Office, entity: str) -> list[dict[str, Any]]:
    """Return all objects of a kind from Moment's own list."""
    key = base64.b64encode(f"apikey:{moment.API_KEY}".encode()).decode()
    found, page = list[dict[str, Any]](), 1
    while True:
        url = f"{office.side.url}/api/1.0/companies/{office.number}/{entity}?size=200&page={page}"
        reply = office.side.carry_out(Request("GET", url, [("authorization", f"Basic {key}")], b""))
        assert reply.status == 200, reply
        document = json.loads(reply.body)
        found += document["content"]
        if len(document["content"]) < 200:
            return found
        page += 1


def invoices(world: World, office: Office) -> list[dict[str, Any]]:
    """Return the finalised invoices and credit notes, by number."""
    found = [one for one in in_moment(world, office, "invoices") if one["invoiceState"] == "finalized"]
    return sorted(found, key=lambda one: int(one["invoiceNumber"]))


def numbers(world: World, office: Office) -> list[int]:
    """Return the numbers of the finalised invoices and credit notes."""
    return [int(one["invoiceNumber"]) for one in invoices(world, office)]


def ledger(world: World, client: str) -> list[dict[str, Any]]:
    """Return the vouchers of a client's journal that stand, with their entries."""
    return world.accounting.ledger(world, client)
