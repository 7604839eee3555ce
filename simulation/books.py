"""Read the final state of both systems, past Bilag and past the adversary."""

import base64
import json
from typing import Any

from bilag_sandbox import hub, moment
from simulation.wires import Reply, Request
from simulation.world import World

COMPANY = "/api/1.0/companies/4021"
CLIENT = f"/admin/clients/{hub.VISMA_CLIENT}"
INVOICE_TYPES = ("outgoingInvoice", "creditNote")


def in_moment(world: World, entity: str) -> list[dict[str, Any]]:
    """Return all objects of a kind from Moment's own list."""
    key = base64.b64encode(f"apikey:{moment.API_KEY}".encode()).decode()
    side, found, page = world.wires.sides["moment"], [], 1
    while True:
        url = f"{side.url}{COMPANY}/{entity}?size=200&page={page}"
        reply = side.carry_out(Request("GET", url, [("authorization", f"Basic {key}")], b""))
        assert reply.status == 200, reply
        document = json.loads(reply.body)
        found += document["content"]
        if len(document["content"]) < 200:
            return found
        page += 1


def invoices(world: World) -> list[dict[str, Any]]:
    """Return the finalised invoices and credit notes, by number."""
    found = [one for one in in_moment(world, "invoices") if one["invoiceState"] == "finalized"]
    return sorted(found, key=lambda one: int(one["invoiceNumber"]))


def ledger(world: World) -> list[dict[str, Any]]:
    """Return the journal: every posted voucher with its entries."""
    found: list[dict[str, Any]] = world.ask("hub", "GET", f"{CLIENT}/ledger")
    return found


def batches(world: World) -> list[dict[str, Any]]:
    """Return every batch."""
    found: list[dict[str, Any]] = world.ask("hub", "GET", f"{CLIENT}/batches")
    return found


def trial_balance(world: World) -> dict[str, Any]:
    """Return the balances of the accounts, and their sum."""
    found: dict[str, Any] = world.ask("hub", "GET", f"{CLIENT}/trial-balance")
    return found


def customer_names(world: World) -> dict[str, str]:
    """Return the names of customers in accounting, by number."""
    reply = _signed_in(world, "GET", "customers?limit=100")
    return {one["customerNumber"]: one["name"] for one in json.loads(reply.body)["items"]}


def remove_batch(world: World, number: str) -> None:
    """Delete an unposted batch, as an accountant does."""
    _signed_in(world, "DELETE", f"batches/{number}")


def _signed_in(world: World, method: str, path: str) -> Reply:
    """Send a request to the hub with a token that is not Bilag's."""
    token = world.ask("hub", "POST", "/v1/token", {"username": hub.USERNAME, "password": hub.PASSWORD})["access_token"]
    side = world.wires.sides["hub"]
    url = f"{side.url}/v1/parents/{hub.PARENT}/clients/{hub.VISMA_CLIENT}/{path}"
    reply = side.carry_out(Request(method, url, [("authorization", f"Bearer {token}")], b""))
    assert reply.status < 300, reply
    return reply
