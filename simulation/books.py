"""Read the final state of both systems, past Bilag and past the adversary."""

import base64
import json
from typing import Any

from bilag_sandbox import hub, moment
from simulation.firms import Office
from simulation.wires import Reply, Request
from simulation.world import World

INVOICE_TYPES = ("outgoingInvoice", "creditNote")


def at(client: str) -> str:
    """Return the operator's path of a client at the hub."""
    return f"/admin/clients/{client}"


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
    """Return a client's journal: every posted voucher with its entries."""
    found: list[dict[str, Any]] = world.ask("hub", "GET", f"{at(client)}/ledger")
    return found


def batches(world: World, client: str) -> list[dict[str, Any]]:
    """Return every batch of a client."""
    found: list[dict[str, Any]] = world.ask("hub", "GET", f"{at(client)}/batches")
    return found


def trial_balance(world: World, client: str) -> dict[str, Any]:
    """Return the balances of a client's accounts, and their sum."""
    found: dict[str, Any] = world.ask("hub", "GET", f"{at(client)}/trial-balance")
    return found


def customer_names(world: World, client: str) -> dict[str, str]:
    """Return the names of customers in accounting, by number."""
    reply = _signed_in(world, client, "GET", "customers?limit=100")
    return {one["customerNumber"]: one["name"] for one in json.loads(reply.body)["items"]}


def remove_batch(world: World, client: str, number: str) -> None:
    """Delete an unposted batch, as an accountant does."""
    _signed_in(world, client, "DELETE", f"batches/{number}")


def _signed_in(world: World, client: str, method: str, path: str) -> Reply:
    """Send a request to the hub with a token that is not Bilag's."""
    token = world.ask("hub", "POST", "/v1/token", {"username": hub.USERNAME, "password": hub.PASSWORD})["access_token"]
    side = world.wires.sides["hub"]
    url = f"{side.url}/v1/parents/{hub.PARENT}/clients/{client}/{path}"
    reply = side.carry_out(Request(method, url, [("authorization", f"Bearer {token}")], b""))
    assert reply.status < 300, reply
    return reply
