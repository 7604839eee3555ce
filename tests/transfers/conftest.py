"""A company on both sandboxes, with Bilag's own code and PostgreSQL between them; the queue is worked off in the test."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from bilag_sandbox import hub, moment
from bilag_sandbox.common import running

LAST_DAY = date(2026, 11, 23)


@dataclass
class Side:
    """One of the two sandboxes, as its operator has it."""

    url: str
    http: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=30, trust_env=False, verify=False))

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
    invoices: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Those that were inserted, by number."""

    def finalise(self, **draft: Any) -> dict[str, Any]:
        """Finalise the next draft of the sample, without a webhook."""
        return self.moment.ask("POST", "/admin/invoices/finalize", {"count": 1})["invoices"][0]

    def any_project(self) -> dict[str, Any]:
        answer = self.moment.http.get(
            f"{self.moment.url}/api/1.0/companies/4021/projects", params={"size": 1}, auth=("apikey", moment.API_KEY)
        )
        return answer.json()["content"][0]

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

        Transfer.objects.filter(next_at__isnull=False).update(next_at=None)
        pausing.wake_company(self.company_id)
        work_off()

    def pass_doubt(self) -> None:
        """Let the 60 seconds be over after which a lost answer cannot arrive any more."""
        from datetime import timedelta

        from django.db.models import F

        from bilag.transfers.models import Transfer

        Transfer.objects.filter(doubt_since__isnull=False).update(doubt_since=F("doubt_since") - timedelta(seconds=61))

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
    body = {"lines": [line], "netAmount": 10000, "vatAmount": 2500, "totalAmount": 12500, "paymentId": None}
    body |= {"issueDate": str(LAST_DAY), "dueDate": str(LAST_DAY + timedelta(days=14))}
    line_changes = changes.pop("line", {})
    body = {**body, **changes}
    body["lines"] = [{**one, **line_changes} for one in body["lines"]]
    return body


def work_off() -> None:
    """Run a real worker of the queue until nothing that is due is left."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from bilag.jobs.registry import register_tasks

    register_tasks()

    async def run() -> None:
        connector = app.connector
        assert isinstance(connector, DjangoConnector)
        worker_app = app.with_connector(connector.get_worker_connector())
        worker_app.periodic_registry.periodic_tasks.clear()  # what the clock would start is asked for by the tests
        async with worker_app.open_async():
            await worker_app.run_worker_async(
                wait=False, concurrency=4, install_signal_handlers=False, listen_notify=False, delete_jobs="successful"
            )

    asyncio.run(run())


@pytest.fixture
def world(database: None, request: pytest.FixtureRequest) -> Iterator[World]:
    """Both sandboxes with the sample year, and the company live between them for a while.

    The hundred customers and projects of the sample are seen already; a test that is about them says `first_poll`.
    """
    from django.utils import timezone

    from bilag.companies import gateways, lifecycle
    from bilag.companies.file import parse_company_file
    from bilag.transfers.activation.save_setup import save_setup
    from bilag.transfers.models import PollMark

    gateways.forget_all()
    with (
        running(hub.app(requests_per_minute=100_000)) as hub_url,
        running(moment.app(sample="drafts", last_day=LAST_DAY)) as moment_url,
    ):

        def apply(**sections: Any) -> Any:
            from pathlib import Path

            parsed = parse_company_file(company_document(moment_url, hub_url, sections), {}, Path())
            return save_setup(parsed, origin="test")

        applied = apply()
        lifecycle.set_live(applied.company_id, date(2020, 1, 1))
        if request.node.get_closest_marker("first_poll") is None:
            for kind in ("customer", "project"):
                PollMark.objects.create(company_id=applied.company_id, kind=kind, modified_at=timezone.now())
        yield World(Side(moment_url), Side(hub_url), applied.company_id, apply)
    gateways.forget_all()


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
