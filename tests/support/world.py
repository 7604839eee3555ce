"""A company on both sandboxes, with Bilag's own code and PostgreSQL between them; the test works the queue off."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import circuitbreaker
import httpx2

from bilag_sandbox import hub, moment
from bilag_sandbox.common import HeldClock
from tests.support import local_http
from tests.support.remembered import remembered
from tests.support.sandboxes import LAST_DAY, pass_time


@dataclass
class Side:
    """One of the two sandboxes, as its operator has it."""

    url: str
    http: httpx2.Client = field(default_factory=local_http.client)

    def __enter__(self) -> "Side":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def ask(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        answer = self.http.request(method, f"{self.url}{path}", json=body, params=params or None)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def fault(self, **fault: Any) -> None:
        self.ask("POST", "/admin/faults", fault)


@dataclass
class World:
    """Both sandboxes, and the company between them."""

    moment: Side
    hub: Side
    company_id: int
    apply: Callable[..., Any]
    clock: HeldClock
    """The time in both sandboxes: delays there last until somebody moves it on."""
    recovered: float = 0.0
    """Seconds by which the circuit breakers' clock is ahead."""
    invoices: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Those that were inserted, by number."""

    def finalise(self, **draft: Any) -> dict[str, Any]:
        """Finalise the next draft of the sample, without a webhook."""
        invoice: dict[str, Any] = self.moment.ask("POST", "/admin/invoices/finalize", {"count": 1})["invoices"][0]
        return invoice

    def any_project(self) -> dict[str, Any]:
        answer = self.moment.http.get(
            f"{self.moment.url}/api/1.0/companies/4021/projects", params={"size": 1}, auth=("apikey", moment.API_KEY)
        )
        project: dict[str, Any] = answer.json()["content"][0]
        return project

    def insert_invoice(self, changes: dict[str, Any]) -> int:
        """A finalised invoice of 12 500.00, with some fields as told; gives its number."""
        project = self.any_project()
        refs = {
            "customer": project["customer"],
            "project": {"id": project["id"], "projectNumber": project["projectNumber"]},
        }
        if isinstance(changes.get("project"), dict) and "id" not in changes["project"]:
            made = self.moment.ask("POST", "/admin/projects", {**changes["project"], "customer": project["customer"]})
            changes = {**changes, "project": {"id": made["id"], "projectNumber": made["projectNumber"]}}
        body = invoice_body(**{**refs, **changes})
        invoice = self.moment.ask("POST", "/admin/invoices/insert", body, webhook="false")
        self.invoices[invoice["invoiceNumber"]] = invoice
        return int(invoice["invoiceNumber"])

    def retry(self, number: object, kind: str = "invoice") -> None:
        """Ask for it by hand, and work."""
        from bilag.transfers.intake import accept
        from bilag.transfers.models import Kind

        accept.accept(self.company_id, [accept.TransferRequest(Kind(kind), str(number))], manual=True)
        work_off()

    def poll(self) -> None:
        from bilag.transfers.intake import poll

        poll.poll(self.company_id)

    def poll_quietly(self) -> None:
        """Poll as the schedule does: an error becomes a pause, or a line of the log."""
        from bilag.transfers.intake import poll

        poll.poll_quietly(self.company_id)

    def hint(self, invoice: dict[str, Any]) -> None:
        """What a webhook would tell of the invoice."""
        from bilag.transfers.intake import accept
        from bilag.transfers.models import Kind

        accept.accept(
            self.company_id, [accept.TransferRequest(Kind.INVOICE, str(invoice["invoiceNumber"]), invoice["id"])]
        )

    def work(self, rounds: int = 1) -> None:
        """Work the queue off, jobs that are due only."""
        for _ in range(rounds):
            work_off()

    def hurry(self) -> None:
        """Let all pauses be over, and work."""
        from bilag.transfers.activation import pausing
        from bilag.transfers.models import Transfer
        from bilag.wire.circuit_breaker import RECOVERY_SECONDS

        self.recovered += RECOVERY_SECONDS + 1
        Transfer.objects.filter(next_at__isnull=False).update(next_at=None)
        pausing.wake_company(self.company_id)
        work_off()

    def pass_doubt(self) -> None:
        """Let the 60 seconds be over after which a lost answer cannot arrive any more."""
        from django.db.models import F

        from bilag.transfers.models import Transfer

        self.pass_time_outside(61)
        Transfer.objects.filter(doubt_since__isnull=False).update(doubt_since=F("doubt_since") - timedelta(seconds=61))

    def pass_time_outside(self, seconds: float) -> None:
        """Let time pass in both sandboxes."""
        pass_time(self.clock, seconds)

    def company_transfers(self, kind: str, state: str) -> list[Any]:
        from bilag.transfers.models import Transfer

        return list(Transfer.objects.filter(company_id=self.company_id, kind=kind, state=state))

    def transfer(self, number: object, kind: str = "invoice") -> Any:
        from bilag.transfers.models import Transfer

        return Transfer.objects.get(company_id=self.company_id, kind=kind, number=str(number))

    def vouchers(self, number: int | None = None) -> list[dict[str, Any]]:
        """Invoices and credit notes in the hub's ledger."""
        ledger = self.hub.ask("GET", "/admin/clients/123/ledger")
        found = [one for one in ledger if one["type"] in ("outgoingInvoice", "creditNote")]
        return [one for one in found if number is None or one["voucherNumber"] == number]

    def export_status(self, number: int) -> str:
        from bilag.companies import store
        from bilag.companies.gateways import moment_for

        invoice = moment_for(store.load_setup(self.company_id)).invoice_by_number(number)
        assert invoice is not None
        return invoice.export_status

    def codes(self, number: object, kind: str = "invoice") -> list[str]:
        return [problem["code"] for problem in self.transfer(number, kind).problems]

    def facts(self, number: object, kind: str = "invoice") -> dict[str, str]:
        """What the transfer's only problem names; its subject is the transfer."""
        [problem] = self.transfer(number, kind).problems
        assert problem["subject"] == f"{kind} {number}"
        return dict(problem["facts"])


def invoice_body(**changes: Any) -> dict[str, Any]:
    """A good invoice of 12 500.00, as Moment would have finalised it on `LAST_DAY`."""
    line = {
        "id": 1,
        "text": "Honorar",
        "accountNumber": "3000",
        "vatCode": "3",
        "vatRate": 25,
        "quantity": 10,
        "unitPrice": 1000,
        "discountPercent": 0,
        "netAmount": 10000,
        "vatAmount": 2500,
        "project": None,
        "department": None,
        "accrualFrom": None,
        "accrualTo": None,
    }
    body: dict[str, Any] = {
        "lines": [line],
        "netAmount": 10000,
        "vatAmount": 2500,
        "totalAmount": 12500,
        "paymentId": None,
    }
    body |= {"issueDate": str(LAST_DAY), "dueDate": str(LAST_DAY + timedelta(days=14))}
    line_changes = changes.pop("line", {})
    body = {**body, **changes}
    body["lines"] = [{**one, **line_changes} for one in body["lines"]]
    return body


def work_off() -> None:
    """Run a real worker of the queue until nothing that is due is left."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params
    from procrastinate.psycopg_connector import PsycopgConnector

    from bilag.jobs.own_jobs import app_of_worker
    from bilag.jobs.registry import register_tasks

    register_tasks()

    async def run() -> None:
        # A worker of its own opens four connections at once, which takes longer than the jobs of most tests.
        worker_app = app_of_worker(app, PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4))
        worker_app.periodic_registry.periodic_tasks.clear()  # what the clock would start is asked for by the tests
        async with worker_app.open_async():
            await worker_app.run_worker_async(
                wait=False, concurrency=4, install_signal_handlers=False, listen_notify=False, delete_jobs="successful"
            )

    asyncio.run(run())


def company_document(moment_url: str, hub_url: str, sections: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "company": {"slug": "fjell", "name": "Fjell Arkitekter AS"},
        "moment": {"base_url": moment_url, "company_id": "4021", "api_key": moment.API_KEY},
        "platform": {
            "kind": "azets",
            "azets": {
                "base_url": f"{hub_url}/v1",
                "username": hub.USERNAME,
                "password": hub.PASSWORD,
                "source_client_id": hub.VISMA_CLIENT,
                "parent_client_id": hub.PARENT,
            },
        },
        "dimensions": {"project": 2, "department": 1},
    }
    for name, values in sections.items():
        given = {**document.get(name, {}), **values}
        document[name] = {key: value for key, value in given.items() if value is not None}
    return document


def money(text: object) -> Decimal:
    return Decimal(str(text))


@contextmanager
def world_between(moment_url: str, hub_url: str, clock: HeldClock, *, first_poll: bool = False) -> Iterator[World]:
    """The company, live between these two sandboxes. Without `first_poll` its customers and projects are seen already."""
    from django.utils import timezone

    from bilag.companies import gateways, lifecycle
    from bilag.companies.file import parse_company_file
    from bilag.transfers.activation.save_setup import save_setup
    from bilag.transfers.models import PollMark
    from bilag.wire import circuit_breaker

    def apply(**sections: Any) -> Any:
        parsed = parse_company_file(company_document(moment_url, hub_url, sections), {}, Path())
        return save_setup(parsed, origin="test")

    def live() -> int:
        company_id: int = apply().company_id
        lifecycle.set_live(company_id, date(2020, 1, 1))
        if not first_poll:
            for kind in ("customer", "project"):
                PollMark.objects.create(company_id=company_id, kind=kind, modified_at=timezone.now())
        return company_id

    gateways.forget_all()
    circuit_breaker.forget_all()  # the address was another sandbox's before
    company_id = remembered(f"world {moment_url} {hub_url} {first_poll}", live)
    with Side(moment_url) as moment_side, Side(hub_url) as hub_side:
        world = World(moment_side, hub_side, company_id, apply, clock)
        with patch.object(circuitbreaker, "monotonic", lambda: time.monotonic() + world.recovered):
            yield world
    gateways.forget_all()
