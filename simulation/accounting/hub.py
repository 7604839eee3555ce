"""The hub as the accounting system of a run."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bilag.transfers.models import State, Transfer
from bilag_sandbox import hub
from simulation.accounting.base import Accounting
from simulation.clock import SandboxClock
from simulation.wires import Reply, Request

if TYPE_CHECKING:
    from bilag_sandbox.common.fault_board import FaultyApp
    from simulation.firms import Firm
    from simulation.world import World

EFFECT_NAMES = {
    "notTried": "batch created but not updated",
    "locked": "ledger locked",
    "delay": "batch under way for 20 s",
    "misreport": "200 with an error inside, or half an answer",
    "refused": "refused by the ledger",
    "closePeriod": "period closed between check and posting",
    "deactivateAccount": "account made inactive between check and posting",
}


LAGGING = frozenset({"listVouchers", "findBatches", "getBatch", "getReport"})
EFFECTS: dict[str, dict[str, Any]] = {
    "batch created, not posted": {"effect": "notTried"},
    "ledger locked": {"effect": "locked"},
    "posting takes 20 s": {"effect": "delay", "seconds": 20},
    "refused by the ledger": {
        "effect": "refused",
        "errorCode": "period_closed",
        "errorMessage": "Perioden er avsluttet.",
    },
    "period closed between check and posting": {"effect": "closePeriod"},
    "account made inactive between check and posting": {"effect": "deactivateAccount"},
}
"""The hub's own states: what happens when it posts a batch."""
MISREPORTS: dict[str, dict[str, Any]] = {
    "200 with an error inside, posted": {
        "effect": "misreport",
        "posted": True,
        "errorCode": "batch_update_failed",
        "errorMessage": "Ukjent feil",
    },
    "200 with an error inside, not posted": {"effect": "misreport", "posted": False, "errorMessage": "Noe gikk galt"},
    "200 without a journal number, posted": {"effect": "misreport", "posted": True},
}
"""Only where a batch is posted by a request of its own."""
ON = {"createBatch": "create", "processBatches": "process"}


ACCOUNTS = (3000, 3010)
"""The accounts of income that a run's invoices use."""


def at(client: str) -> str:
    """Return the operator's path of a client at the hub."""
    return f"/admin/clients/{client}"


class HubAccounting(Accounting):
    """The hub with its clients."""

    name, kind, side = "hub", "azets", "hub"
    password = hub.PASSWORD
    own_faults = {"createBatch": (*EFFECTS,), "processBatches": (*EFFECTS, *MISREPORTS)}
    lagging = LAGGING

    def app(self) -> "FaultyApp":
        return hub.app(requests_per_minute=1_000_000, clock=SandboxClock())

    def expire_tokens(self, world: "World") -> None:
        world.ask("hub", "POST", "/admin/tokens/withdraw", {"expire": True})

    def open_client(self, world: "World", number: str) -> None:
        if number != hub.VISMA_CLIENT:
            body = {"id": number, "parentClientId": hub.PARENT, "accountingSystem": "VismaBusiness"}
            world.ask("hub", "POST", "/admin/clients", body)

    def access(self, url: str, client: str, password: str) -> dict[str, Any]:
        return {
            "base_url": f"{url}/v1",
            "username": hub.USERNAME,
            "password": password,
            "source_client_id": client,
            "parent_client_id": hub.PARENT,
        }

    def disguised(self, client: str) -> str:
        return f"0{client}"

    def misbehave(self, world: "World", firm: "Firm") -> None:
        effects: tuple[dict[str, Any], ...] = (
            {"effect": "notTried", "on": "create"},
            {"effect": "notTried"},
            {"effect": "locked"},
            {"effect": "delay", "seconds": 20},
            {"effect": "misreport", "posted": True, "errorCode": "batch_update_failed", "errorMessage": "Ukjent feil"},
            {"effect": "misreport", "posted": False, "errorMessage": "Noe gikk galt"},
            {"effect": "misreport", "posted": True},
            {"effect": "closePeriod"},
            {"effect": "deactivateAccount", "accountNumber": "3000"},
            {"effect": "refused", "errorCode": "period_closed", "errorMessage": "Perioden er avsluttet."},
        )
        effect = world.chance.choice(effects)
        world.ask("hub", "POST", f"{at(firm.client)}/posting", effect)
        world.adversary.count(EFFECT_NAMES[effect["effect"]])

    def begin_fault(self, world: "World", client: str, operation: str, fault: str) -> None:
        spec = {**EFFECTS, **MISREPORTS}[fault]
        world.ask("hub", "POST", f"{at(client)}/posting", {**spec, "on": ON[operation]})

    def end_fault(self, world: "World", client: str) -> None:
        self.calm(world, client)

    def lag(self, world: "World", client: str, seconds: int) -> None:
        world.ask("hub", "PATCH", at(client), {"readBackLagSeconds": seconds})

    def repair(self, world: "World", client: str) -> None:
        world.ask("hub", "PUT", f"{at(client)}/periods/2026/11", {"state": "open"})
        for account in ACCOUNTS:
            world.ask("hub", "PUT", f"{at(client)}/accounts/{account}", {"active": 1})

    def calm(self, world: "World", client: str) -> None:
        world.ask("hub", "DELETE", f"{at(client)}/posting")

    def post_supplier_invoice(self, world: "World", client: str, body: Mapping[str, Any]) -> int:
        posted = world.ask("hub", "POST", f"{at(client)}/supplier-invoices", body)
        return int(posted["journalNumber"])

    def post_by_hand(self, world: "World", client: str, voucher: int, number: int, total: Decimal | float) -> None:
        body = {
            "voucherNumber": voucher,
            "text": f"Faktura {number}",
            "entries": [
                {"accountNumber": "1500", "amount": str(total)},
                {"accountNumber": "3000", "amount": str(-total)},
            ],
        }
        world.ask("hub", "POST", f"{at(client)}/vouchers", body)

    def ledger(self, world: "World", client: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = world.ask("hub", "GET", f"{at(client)}/ledger")
        return found

    def unsound(self, world: "World", client: str) -> Iterator[str]:
        """Yield a sentence for each batch that is left half posted, and for books that do not balance."""
        for batch in world.ask("hub", "GET", f"{at(client)}/batches"):
            if batch["status"] != "updated" or batch["updateInProgress"]:
                yield f"batch {batch['batchNumber']} ({batch['externalId']}) of client {client} was left {batch['status']}"
        balance = world.ask("hub", "GET", f"{at(client)}/trial-balance")
        if balance["sum"] != "0.00" or balance["missingJournalNumbers"]:
            missing = balance["missingJournalNumbers"]
            yield f"the trial balance of client {client} is {balance['sum']}, {missing} journal numbers are missing"

    def customer_names(self, world: "World", client: str) -> dict[str, str]:
        reply = _signed_in(world, client, "GET", "customers?limit=100")
        return {one["customerNumber"]: one["name"] for one in json.loads(reply.body)["items"]}

    def expense_key(self, client: str, journal: int, entry: int) -> str:
        return f"azets:{hub.PARENT}:{client}:{journal}:{entry}"

    def follow_remedies(self, world: "World") -> None:
        """Remove batches of other content, as the problem's remedy says.

        A setup changed between creating and posting a batch leaves one behind.
        """
        for firm in world.firms:
            rows = Transfer.objects.filter(company=firm.company_id, kind="invoice", state=State.NEEDS_ATTENTION)
            for row in rows.exclude(ledger=None).select_related("ledger").order_by("id"):
                for problem in row.problems:
                    if problem["code"] == "duplicate_content" and problem["facts"]["status"] == "created":
                        batch = problem["facts"]["batch"]
                        world.note(f" an accountant removes batch {batch} of invoice {row.number}")
                        _signed_in(world, str(row.ledger).rpartition(":")[2], "DELETE", f"batches/{batch}")


def _signed_in(world: "World", client: str, method: str, path: str) -> Reply:
    """Send a request to the hub with a token that is not Bilag's."""
    token = world.ask("hub", "POST", "/v1/token", {"username": hub.USERNAME, "password": hub.PASSWORD})["access_token"]
    side = world.wires.sides["hub"]
    url = f"{side.url}/v1/parents/{hub.PARENT}/clients/{client}/{path}"
    reply = side.carry_out(Request(method, url, [("authorization", f"Bearer {token}")], b""))
    assert reply.status < 300, reply
    return reply
