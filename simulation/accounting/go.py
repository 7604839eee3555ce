"""PowerOffice Go as the accounting system of a run, by one of both ways to post.

The seed chooses the way, whether and how income is spread over months, and whether Bilag may reverse vouchers.
"""

import copy
import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from bilag.platforms.poweroffice_go import platform
from bilag.posting.read_back import batch_differences
from bilag.transfers.models import Attempt, State, Transfer
from bilag_sandbox import poweroffice_go as go
from bilag_sandbox.poweroffice_go import ledger as go_ledger
from simulation.accounting.base import Accounting
from simulation.clock import RunDatetime, RunTime, SandboxClock
from simulation.wires import Request

if TYPE_CHECKING:
    from bilag_sandbox.common.fault_board import FaultyApp
    from simulation.firms import Firm
    from simulation.world import World

OUTGOING, MANUAL, REVERSE = "OutgoingInvoiceVoucher_Full", "ManualVoucher_Full", "YearEndVoucher_Full"
OTHERS = (
    "AccountTransaction", "CommonServices", "CustomDimension_Full", "Customer_Full", "CustomerLedger", "Department_Full",
    "GeneralLedgerAccount", "Project_Full", "Supplier", "VoucherDocumentation_Full",
)  # fmt: skip
WAYS = {"outgoing": (OUTGOING, MANUAL), "manual": (MANUAL,)}
ACCRUAL = {"enabled": True, "debit_account": "3910", "credit_account": "2965"}
PERIODS = (("2026-11-01", "2027-01-31"), ("2026-12-01", "2027-02-28"), ("2026-10-15", "2027-04-14"))
SHARE_SPREAD = 0.4
"""The share of lines that get a period of service, where income is spread."""
OPEN_AFTER, LOCKED_UNTIL = "2025-12-31", "2026-12-31"
DELAYS = (4, 20, 90)
"""Seconds until transactions show: less and more than Bilag waits after a lost answer."""
SALES, SALES_VAT = 3000, "3"
NEW_VAT_ROW_FROM, OLD_VAT_ROW_TO = "2026-11-23", "2026-11-22"
COMPANION = "/2"
ACCOUNTS = (SALES, 3010)
"""The accounts of income that a run's invoices use."""
OWN = "moment-"
"""The prefix of Bilag's references."""
PROJECT_UNIT = "2"
HAND = "byHand"
LAGGING = frozenset({"listAccountTransactions", "getStatement"})
REFUSED, LOST_PRIVILEGE, LOCKED, INACTIVE = (
    "refused by the ledger",
    "privilege to post taken away for a moment",
    "lock date moved between check and posting",
    "account made inactive between check and posting",
)
OWN_FAULTS = (REFUSED, LOST_PRIVILEGE, LOCKED, INACTIVE)
"""What can go wrong in Go itself when a voucher is posted."""
TYPES = {"IncomingInvoice": "incomingInvoice", "IncomingCreditNote": "incomingCreditNote"}


def at(client: str) -> str:
    """Return the operator's path of a client."""
    return f"/admin/clients/{client}"


class GoAccounting(Accounting):
    """PowerOffice Go with its clients."""

    name, kind, side = "poweroffice_go", "poweroffice_go", "go"
    password = "right"
    features = frozenset({"poweroffice go"})
    own_faults = dict.fromkeys(("postOutgoingInvoice", "postManualJournal"), OWN_FAULTS)
    lagging = LAGGING

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        shape = Random(f"accounting {seed}")
        self.way = shape.choice(tuple(WAYS))
        self.by = shape.choice((None, "months", "days", "days"))
        self.reverses = shape.random() < 0.5
        self._chance = shape
        self._vat_changed: set[str] = set()
        self._ids = Random(f"ids {seed}")
        self.delayed: set[str] = set()
        """Clients whose transactions show later just now."""
        self.taken: dict[tuple[str, int], int] = {}
        """Invoice numbers that an accountant posted first, by client and number: the voucher."""
        self.reversed: set[tuple[str, int]] = set()
        """Invoices whose voucher an accountant reversed, by client and number."""

    @property
    def told(self) -> str:
        return f", PowerOffice Go by {self.way}, accrual by {self.by}, reverses {self.reverses}"

    @contextmanager
    def prepared(self) -> Iterator[None]:
        keys = {"APPLICATION_KEY": go.APPLICATION_KEY, "SUBSCRIPTION_KEY": go.SUBSCRIPTION_KEY}
        with ExitStack() as stack:
            stack.enter_context(patch.object(platform, "time", RunTime))
            stack.enter_context(patch.object(platform, "datetime", RunDatetime))
            made = SimpleNamespace(uuid4=lambda: uuid.UUID(int=self._ids.getrandbits(128), version=4))
            stack.enter_context(patch.object(go_ledger, "uuid", made))
            variables = {f"BILAG_POWEROFFICE_GO_{name}": key for name, key in keys.items()}
            stack.enter_context(patch.dict("os.environ", variables))
            yield

    def app(self) -> "FaultyApp":
        return go.app(requests_per_second=1_000_000, clock=SandboxClock())  # the adversary limits

    def expire_tokens(self, world: "World") -> None:
        world.ask(self.side, "POST", "/admin/tokens/withdraw", {"expire": True})

    def open_client(self, world: "World", number: str) -> None:
        body = {
            "id": number,
            "clientKey": _key(number),
            "clientId": _id(number),
            "clientName": _name(number),
            "privileges": self._privileges(),
            "lockDate": OPEN_AFTER,
        }
        world.ask(self.side, "POST", "/admin/clients", body)

    def _privileges(self) -> list[str]:
        return [*OTHERS, *WAYS[self.way], *([REVERSE] if self.reverses else [])]

    def access(self, url: str, client: str, password: str) -> dict[str, Any]:
        key = _key(client) if password == self.password else "99999999-0000-4000-8000-000000000000"
        return {"base_url": f"{url}/v2", "client": _name(client), "client_key": key}

    def sections(self) -> dict[str, Any]:
        return {"accrual": {**ACCRUAL, "by": self.by}} if self.by is not None else {}

    def disguised(self, client: str) -> str:
        return f"  {client}"

    def spread(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if self.by is None:
            return lines
        periods = [self._chance.choice(PERIODS) if self._chance.random() < SHARE_SPREAD else None for _ in lines]
        return [
            line if period is None else {**line, "accrualFrom": period[0], "accrualTo": period[1]}
            for line, period in zip(lines, periods, strict=True)
        ]

    # What goes wrong

    def misbehave(self, world: "World", firm: "Firm") -> None:
        """Refuse the next posting, or let an accountant change what it needs."""
        client, chance = firm.client, world.chance
        what = chance.choice(
            ("refused", "refused second", "locked", "account", "archived", "delay", "delay", "vat", "way", "privilege")
        )
        if what in ("refused", "refused second"):
            if what == "refused second":  # the first may be an accrual: then the invoice beside it is refused
                world.ask(self.side, "POST", f"{at(client)}/posting", {"effect": "lose", "lost": []})
            status, detail = chance.choice(((400, "Regnskapsåret er under avslutning."), (409, "Bilaget er låst.")))
            refusal = {"effect": "refused", "detail": detail, "status": status}
            world.ask(self.side, "POST", f"{at(client)}/posting", refusal)
        elif what == "locked":
            self._configure(world, client, lockDate=LOCKED_UNTIL)
        elif what == "account":
            world.ask(self.side, "PUT", f"{at(client)}/accounts/{SALES}", {"active": False})
        elif what == "archived":
            self._archive(world, firm)
        elif what == "delay":
            self._configure(world, client, transactionDelaySeconds=chance.choice(DELAYS))
            self.delayed.add(client)
        elif what == "vat":
            self._change_vat_row(world, client)
        elif what == "way":
            way = chance.choice(tuple(WAYS))
            self._configure(world, client, privileges=[*OTHERS, *WAYS[way], *([REVERSE] if self.reverses else [])])
        else:
            lacks = chance.choice((MANUAL, "AccountTransaction", "CustomerLedger", "Customer_Full"))
            self._configure(world, client, privileges=[one for one in self._privileges() if one != lacks])
        world.note(f" in Go: {what}")
        world.adversary.count(f"in Go: {NAMES[what]}")

    def _configure(self, world: "World", client: str, **config: Any) -> None:
        world.ask(self.side, "PATCH", at(client), config)

    def _archive(self, world: "World", firm: "Firm") -> None:
        """Archive a customer, which Go refuses while one owes anything."""
        number = world.chance.choice(firm.office.customers)["customerNumber"]
        known = self.customer_names(world, firm.client)
        side = world.wires.sides[self.side]
        if number in known:
            body = json.dumps({"IsArchived": True}).encode()
            url = f"{side.url}{at(firm.client)}/customers/{number}"
            reply = side.carry_out(Request("PUT", url, [("content-type", "application/json")], body))
            world.note(f" archiving customer {number}: {reply.status}")

    def _change_vat_row(self, world: "World", client: str) -> None:
        """Give the code of sales another row from this week on, as when a rate changes: another id, here the same rate."""
        if client in self._vat_changed:
            return
        self._vat_changed.add(client)
        path = f"{at(client)}/vat-codes/{SALES_VAT}"
        newest = "select record from vat_code where client = ? and code = ? order by id desc"
        old = json.loads(world.wires.sides[self.side].store.rows(newest, client, SALES_VAT)[0]["record"])
        world.ask(self.side, "PUT", path, {"validTo": OLD_VAT_ROW_TO})
        new = {"name": old["Name"], "rate": float(old["Rate"]), "validFrom": NEW_VAT_ROW_FROM, "account": 2700}
        world.ask(self.side, "POST", path, new)

    def begin_fault(self, world: "World", client: str, operation: str, fault: str) -> None:
        if fault == REFUSED:
            refusal = {"effect": "refused", "detail": "Regnskapsåret er under avslutning.", "status": 400}
            world.ask(self.side, "POST", f"{at(client)}/posting", refusal)
        elif fault == LOST_PRIVILEGE:
            self._configure(world, client, privileges=[*OTHERS])
        elif fault == LOCKED:
            self._configure(world, client, lockDate=LOCKED_UNTIL)
        else:
            for account in ACCOUNTS:
                world.ask(self.side, "PUT", f"{at(client)}/accounts/{account}", {"active": False})

    def end_fault(self, world: "World", client: str) -> None:
        self.calm(world, client)
        self.let_in(world, client)  # a company that nobody lets in is probed for ever, and no case ends

    def lag(self, world: "World", client: str, seconds: int) -> None:
        self._configure(world, client, transactionDelaySeconds=seconds)

    def image(self) -> Any:
        known = (
            self._ids.getstate(),
            self._chance.getstate(),
            self._vat_changed,
            self.delayed,
            self.taken,
            self.reversed,
        )
        return copy.deepcopy(known)

    def restore(self, image: Any) -> None:
        ids, chance, self._vat_changed, self.delayed, self.taken, self.reversed = copy.deepcopy(image)
        self._ids.setstate(ids)
        self._chance.setstate(chance)

    def repair(self, world: "World", client: str) -> None:
        self._configure(world, client, lockDate=OPEN_AFTER, transactionDelaySeconds=0, privileges=self._privileges())
        self.delayed.discard(client)
        for account in ACCOUNTS:
            world.ask(self.side, "PUT", f"{at(client)}/accounts/{account}", {"active": True})

    def let_in(self, world: "World", client: str) -> None:
        self._configure(world, client, privileges=self._privileges())

    def calm(self, world: "World", client: str) -> None:
        world.ask(self.side, "DELETE", f"{at(client)}/posting")

    # What people post

    def post_supplier_invoice(self, world: "World", client: str, body: Mapping[str, Any]) -> int:
        posted = world.ask(self.side, "POST", f"{at(client)}/supplier-invoices", body)
        return int(posted["voucherNo"])

    def post_by_hand(self, world: "World", client: str, voucher: int, number: int, total: Decimal | float) -> None:
        body = {
            "importedVoucherNo": voucher,
            "text": f"Faktura {number}",
            "entries": [{"account": 1500, "amount": str(total)}, {"account": SALES, "amount": str(-total)}],
        }
        world.ask(self.side, "POST", f"{at(client)}/vouchers", body)

    def take_number(self, world: "World", client: str, number: int, customer: str, total: Decimal | float) -> int:
        """Post an invoice under its own number, as an accountant does who does not wait for Bilag; return the voucher."""
        if customer not in self.customer_names(world, client):
            world.ask(self.side, "PUT", f"{at(client)}/customers/{customer}", {"Name": "Ny kunde"})
        body = {"customerNumber": int(customer), "totalAmount": str(total), "invoiceNumber": number}
        posted = world.ask(self.side, "POST", f"{at(client)}/vouchers", body)
        self.taken[client, number] = posted["voucherNo"]
        return int(posted["voucherNo"])

    def reverse(self, world: "World", client: str, voucher: int) -> None:
        """Reverse a voucher, as an accountant does."""
        world.ask(self.side, "POST", f"{at(client)}/vouchers/{voucher}/reverse", {})

    def is_taken(self, client: str, number: int) -> bool:
        return (client, number) in self.taken

    def is_reversed(self, client: str, number: int) -> bool:
        return (client, number) in self.reversed

    # What stands

    def raw(self, world: "World", client: str) -> list[dict[str, Any]]:
        """Return every voucher of a client, as the stand-in shows them."""
        found: list[dict[str, Any]] = world.ask(self.side, "GET", f"{at(client)}/ledger")
        return found

    def ledger(self, world: "World", client: str) -> list[dict[str, Any]]:
        return [_in_hubs_words(one, client) for one in self.raw(world, client) if _stands(one)]

    def unsound(self, world: "World", client: str) -> Iterator[str]:
        """Yield a sentence for each reference used twice, each accrual without its invoice, and for books that do not balance."""
        vouchers = self.raw(world, client)
        own = [one for one in vouchers if (one["reference"] or "").startswith(OWN)]
        for reference, count in Counter(one["reference"] for one in own).items():
            if count > 1 and not reference.endswith(COMPANION):
                yield f"{reference} was posted {count} times to client {client}"
        standing: defaultdict[str, list[bool]] = defaultdict(list)
        for one in own:
            if _stands(one):
                standing[one["reference"]].append(_has_accrual(one))
        for reference, accruals in standing.items():
            invoice = reference.removesuffix(COMPANION)
            if reference == invoice:
                continue
            if len(accruals) > 1:
                yield f"the accrual {reference} stands {len(accruals)} times in client {client}"
            if any(standing.get(invoice, ())):
                yield f"the accrual {reference} stands beside an invoice that has its own in client {client}"
            if invoice not in standing and not _half_was_told(invoice):
                yield f"the accrual {reference} stands in client {client} without its invoice, and nobody was told"
        total = world.ask(self.side, "GET", f"{at(client)}/trial-balance")["sum"]
        if total != "0.00":
            yield f"the trial balance of client {client} is {total}"

    def customer_names(self, world: "World", client: str) -> dict[str, str]:
        numbered = "select number, record from contact where client = ? and kind = 'Customer'"
        rows = world.wires.sides[self.side].store.rows(numbered, client)
        return {str(row["number"]): json.loads(row["record"])["Name"] for row in rows}

    def expense_key(self, client: str, journal: int, entry: int) -> str:
        return f"poweroffice_go:{_id(client)}:{journal}:{entry}"

    def differences(self, sent: Any, status: Any, chart: Any) -> Iterable[Any]:
        return batch_differences(sent, status.posted, status.others, chart)

    def follow_remedies(self, world: "World") -> None:
        """Reverse some of the vouchers that took an invoice's number, as the problem's remedy says; others stay."""
        for firm in world.firms:
            rows = Transfer.objects.filter(company=firm.company_id, kind="invoice", state=State.NEEDS_ATTENTION)
            for row in rows.order_by("id"):
                voucher = self.taken.get((firm.client, int(row.number))) if row.number.isdecimal() else None
                if voucher is not None and self._chance.random() < 0.5:
                    world.note(f" an accountant reverses voucher {voucher}, which took number {row.number}")
                    self.reverse(world, firm.client, voucher)
                    del self.taken[firm.client, int(row.number)]


class OnlyOutgoing(GoAccounting):
    """Go by outgoing invoice vouchers. Income is spread by days, so each accrual is a voucher beside the invoice."""

    name = "poweroffice_go"

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.way, self.by, self.reverses = "outgoing", "days", True


class OnlyManual(GoAccounting):
    """Go by manual vouchers, of which each has its accruals in it."""

    name = "poweroffice_go_manual"

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.way, self.by, self.reverses = "manual", "days", True


NAMES = {
    "refused": "the next posting is refused",
    "refused second": "the posting after the next is refused",
    "locked": "lock date moved",
    "account": "account made inactive",
    "archived": "customer archived",
    "delay": "transactions show later",
    "vat": "VAT code has another row",
    "way": "other privileges to post",
    "privilege": "privilege taken away",
}


def _key(client: str) -> str:
    return f"11111111-0000-4000-8000-{int(client):012d}"


def _id(client: str) -> str:
    return f"22222222-0000-4000-8000-{int(client):012d}"


def _name(client: str) -> str:
    """The client's name in Go; blanks around its number show in the name as capital letters do: not at all."""
    words = f"Klient {client.strip()} AS"
    return words if client == client.strip() else f"  {words.upper()}  "


def _has_accrual(voucher: dict[str, Any]) -> bool:
    """Whether an invoice has its accrual in the same voucher: lines of journals, or of other months."""
    lines, day = (voucher["posted"] or {}).get("VoucherLines") or [], voucher["voucherDate"]
    return any(line.get("ExternalLineReference") or line.get("PostingDate", day) != day for line in lines)


def _stands(one: Mapping[str, Any]) -> bool:
    return not one["isReversed"] and one["type"] != "ReversalVoucher"


def _in_hubs_words(one: Mapping[str, Any], client: str) -> dict[str, Any]:
    """Return a voucher of Go as the invariants read it. Those of the accountant's own are no invoices of Bilag."""
    rows = [row for row in one["transactions"] if row["PostingDate"] == one["voucherDate"]]
    customer = next((row for row in rows if row.get("CustomerAccountNo")), None)
    owed = sum((Decimal(str(row["Amount"])) for row in rows if row.get("CustomerAccountNo")), Decimal(0))
    reference = one["reference"] or ""
    own = reference.startswith(OWN) and not reference.endswith(COMPANION)
    kind = ("creditNote" if owed < 0 else "outgoingInvoice") if own else TYPES.get(one["type"], HAND)
    posted = one["posted"] or {}
    number = posted.get("ImportedVoucherNo") if own else None
    entries = [
        {
            "accountNumber": str(row["AccountNo"]),
            "amount": f"{Decimal(str(row['Amount'])):.2f}",
            "entryNumber": row["Id"],
            "orgUnits": {PROJECT_UNIT: row["ProjectCode"]} if row["ProjectCode"] else {},
        }
        for row in one["transactions"]
    ]
    return {
        "type": kind,
        "voucherNumber": number if number is not None else one["voucherNo"],
        "customerNumber": str(customer["CustomerAccountNo"]) if customer is not None else None,
        "totalAmount": f"{owed:.2f}",
        "journalNumber": one["voucherNo"],
        "entries": entries,
        "client": client,
    }


def _half_was_told(reference: str) -> bool:
    """Whether a person was told that an invoice's accrual stands without it."""
    _, _, number = reference.rpartition("-")
    attempts = Attempt.objects.filter(transfer__kind="invoice", transfer__number=number)
    told = [*(problem for one in attempts for problem in one.problems)]
    told += [problem for row in Transfer.objects.filter(kind="invoice", number=number) for problem in row.problems]
    return any(problem["code"] == "poweroffice_half_posted" for problem in told)
