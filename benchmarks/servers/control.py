"""What a benchmark asks the stand-ins: finalise invoices, and say what became of them.

POST /control/finalise     {"count": 5, "companies": 1, "webhooks": false}   in turn over the first companies
POST /control/webhooks     {"companies": {"0": "http://127.0.0.1:8000/hooks/moment/..."}}
POST /control/master-data  every customer, project and department is known to the hub, for those who send none
POST /control/delay        {"ms": 300}
POST /control/begin        forget counts and invoices of the measurement before
GET  /control/state        counts, sums, faults and times since then
GET  /control/invoices     every invoice since then, with its times
"""

import asyncio
import time
from collections import Counter
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from benchmarks.http_client import Connection
from benchmarks.servers import hub, moment
from benchmarks.servers.http import Reply, Request, reply
from benchmarks.servers.sample import Company, Invoice

SENDERS = 8
"""Connections that send webhooks."""


class Servers:
    """Moment and the hub of some companies. `delay` is in seconds, for each request to the hub."""

    def __init__(self, companies: int, *, delay: float, requests_per_minute: int | None) -> None:
        self.companies = [Company(place) for place in range(companies)]
        self.moment = moment.Moment(self.companies)
        self.hub = hub.Hub(self.companies, requests_per_minute)
        self.delay = delay
        self._run: list[tuple[Company, Invoice]] = []
        self._turn = 0
        self._requests: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        self._hints: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self._hinted: Counter[str] = Counter()

    def delay_of(self, request: Request) -> float:
        """How long the request takes."""
        return self.delay if request.path.startswith(hub.PREFIX) else 0.0

    def answer(self, request: Request) -> Reply:
        """Answer any request."""
        if request.path.startswith("/control/"):
            return self._control(request)
        if request.path.startswith(moment.PREFIX):
            name, answer = self.moment.answer(request)
        elif request.path.startswith(hub.PREFIX):
            name, answer = self.hub.answer(request)
        else:
            name, answer = "", moment.NOT_FOUND
        if name:
            self._requests[name] += 1
        else:
            self._unknown[f"{request.method} {request.path}"] += 1
        return answer

    async def send_webhooks(self) -> None:
        """Send what is queued until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(SENDERS):
                group.create_task(self._send())

    async def _send(self) -> None:
        connections: dict[str, Connection] = {}
        while True:
            address, body = await self._hints.get()
            origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))
            connection = connections.setdefault(origin, Connection(origin))
            try:
                status = await connection.post(urlsplit(address).path, body)
            except (OSError, EOFError) as error:
                self._hinted[type(error).__name__] += 1
            else:
                self._hinted[str(status)] += 1

    def _control(self, request: Request) -> Reply:
        body = request.json() or {}
        match request.path.removeprefix("/control/"):
            case "finalise":
                return reply(self._finalise(**body))
            case "webhooks":
                for place, address in body["companies"].items():
                    self.companies[int(place)].webhook = address
                return reply({})
            case "master-data":
                for books in self.hub.books.values():
                    books.know_master_data()
                return reply({})
            case "delay":
                was, self.delay = self.delay, body["ms"] / 1000
                return reply({"was": was * 1000})
            case "withdraw":
                self._withdraw(set(body["numbers"]))
                return reply({})
            case "begin":
                self._run.clear()
                self._requests.clear()
                self._unknown.clear()
                self._hinted.clear()
                self.moment.listed_at, self.hub.refused = None, 0
                return reply({})
            case "state":
                return reply(self._state())
            case "invoices":
                return reply([_times(company, invoice) for company, invoice in self._run])
        return moment.NOT_FOUND

    def _finalise(self, count: int, companies: int | None = None, webhooks: bool = False) -> list[dict[str, Any]]:
        made = []
        for _ in range(count):
            company = self.companies[self._turn % (companies or len(self.companies))]
            self._turn += 1
            invoice = company.finalise(time.time())
            made.append((company, invoice))
            if webhooks and company.webhook is not None:
                self._hints.put_nowait((company.webhook, invoice.hint()))
        self._run += made
        return [{"company": company.place, "id": invoice.id, "number": invoice.number} for company, invoice in made]

    def _withdraw(self, numbers: set[int]) -> None:
        company = self.companies[0]
        for number in numbers:
            invoice = company.by_number[number]
            invoice.status = "doNotTransfer"
            company.to_transfer.pop(invoice.id, None)
        self._run = [one for one in self._run if one[0] is not company or one[1].number not in numbers]

    def _state(self) -> dict[str, Any]:
        posted, transferred = _sorted(self._run, "posted_at"), _sorted(self._run, "transferred_at")
        faults: Counter[str] = Counter()
        vouchers = 0
        for company, invoice in self._run:
            totals = self.hub.books[company.client].totals.get(invoice.number, [])
            vouchers += len(totals)
            faults["posted twice"] += len(totals) > 1
            faults["another amount"] += any(total != invoice.total_ore for total in totals)
            faults["marked and not posted"] += invoice.transferred_at is not None and not totals
        for company in self.companies:
            numbers = self.hub.books[company.client].vouchers
            faults["voucher without invoice"] += sum(number not in company.by_number for number in numbers)
        return {
            "master_data": sum(len(one.customers) + len(one.projects) for one in self.companies),
            "finalised": len(self._run),
            "vouchers": vouchers,
            "posted": len(posted),
            "transferred": len(transferred),
            "faults": {name: count for name, count in faults.items() if count},
            "refused_429": self.hub.refused,
            "requests": dict(self._requests),
            "unknown_requests": dict(self._unknown),
            "webhooks": dict(self._hinted),
            "listed_at": self.moment.listed_at,
            "first_transferred_at": transferred[0] if transferred else None,
            "last_transferred_at": transferred[-1] if transferred else None,
            "longest_pause": max((b - a for a, b in pairwise(transferred)), default=0.0),
        }


def _sorted(run: list[tuple[Company, Invoice]], name: str) -> list[float]:
    return sorted(at for _, invoice in run if (at := getattr(invoice, name)) is not None)


def _times(company: Company, invoice: Invoice) -> dict[str, Any]:
    return {
        "company": company.place,
        "number": invoice.number,
        "finalised_at": invoice.finalised_at,
        "posted_at": invoice.posted_at,
        "transferred_at": invoice.transferred_at,
    }
