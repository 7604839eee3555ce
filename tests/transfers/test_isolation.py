"""Fifty companies on one worker, one of whose accounting system hangs: the others notice nothing."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from bilag_sandbox import hub, moment
from bilag_sandbox.common import running
from tests.support import local_http
from tests.support.patience import wait_for
from tests.support.worker import worker
from tests.support.world import company_document, invoice_body

COMPANIES = 50
HANGS = 7
INVOICES, OF_THE_ONE_THAT_HANGS = 2, 40
PLACES_OF_ONE = 2
"""A quarter of them."""


class Firms:
    """Fifty companies, each with a Moment and a client of the hub of its own."""

    def __init__(self, moments: str, hub_url: str) -> None:
        self.moments, self.hub = moments, hub_url
        self.ids = [self._made(number) for number in range(COMPANIES)]

    def ask(self, address: str, body: Any, method: str = "POST") -> Any:
        answer = local_http.request(method, address, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def fault(self, **fault: Any) -> None:
        self.ask(f"{self.hub}/admin/faults", fault)

    def hits(self) -> int:
        return sum(int(one["hits"]) for one in self.ask(f"{self.hub}/admin/faults", None, "GET"))

    def finalise(self, number: int, count: int) -> None:
        """So many invoices, told to Bilag as a webhook would."""
        from bilag.transfers.intake import accept
        from bilag.transfers.models import Kind

        base = f"{self.moments}/{number}/admin"
        customer = self.ask(f"{base}/customers", {"name": f"Kunde {number}"})
        refs = {"customer": {"id": customer["id"], "customerNumber": customer["customerNumber"]}, "project": None}
        wanted = []
        for _ in range(count):
            made = self.ask(f"{base}/invoices/insert", invoice_body(**refs))
            wanted.append(accept.TransferRequest(Kind.INVOICE, str(made["invoiceNumber"]), made["id"]))
        accept.accept(self.ids[number], wanted)

    def _made(self, number: int) -> int:
        from bilag.companies import lifecycle
        from bilag.companies.file import parse_company_file
        from bilag.transfers.activation.save_setup import save_setup

        client = str(6000 + number)
        self.ask(f"{self.hub}/admin/clients", {"id": client, "accountingSystem": "VismaBusiness"})
        document = company_document(f"{self.moments}/{number}", self.hub, {"company": {"slug": f"firm-{number}"}})
        document["moment"]["company_id"] = str(7000 + number)
        document["platform"]["azets"]["source_client_id"] = client
        company_id = save_setup(parse_company_file(document, {}, Path()), origin="test").company_id
        lifecycle.set_live(company_id, date(2020, 1, 1))
        return company_id


@pytest.fixture
def firms(database: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Firms]:
    from django.conf import settings

    from bilag.companies import gateways

    monkeypatch.setattr(settings, "BILAG_TIME_SCALE", 0.05)  # the shortest time-outs, five seconds
    gateways.forget_all()
    apps = [
        Mount(f"/{number}", moment.app(sample="none", company_id=str(7000 + number))) for number in range(COMPANIES)
    ]
    with running(Starlette(routes=apps)) as moments, running(hub.app(requests_per_minute=100_000)) as hub_url:
        yield Firms(moments, hub_url)
    gateways.forget_all()


def test_fifty_companies_one_of_which_hangs(firms: Firms) -> None:
    from bilag.transfers.models import Attempt, Transfer

    def left(hanging: bool) -> int:
        rows = Transfer.objects.filter(kind="invoice").exclude(state="done")
        one = firms.ids[HANGS]
        return (rows.filter(company_id=one) if hanging else rows.exclude(company_id=one)).count()

    firms.fault(kind="slow", seconds=20, times=None, path=f"*/clients/{6000 + HANGS}/*")
    firms.finalise(HANGS, OF_THE_ONE_THAT_HANGS)  # before all others, so that they stand in front of everybody
    for number in range(COMPANIES):
        if number != HANGS:
            firms.finalise(number, INVOICES)
    with worker():
        wait_for(lambda: left(hanging=False) == 0, "the invoices of all others")
        assert left(hanging=True) == OF_THE_ONE_THAT_HANGS
        tried = Attempt.objects.filter(company_id=firms.ids[HANGS]).count()
        assert firms.hits() <= 3 * PLACES_OF_ONE, f"{tried} tries held threads of the worker"
        firms.ask(f"{firms.hub}/admin/faults", None, "DELETE")
        wait_for(lambda: left(hanging=True) == 0, "the invoices of the one that hung")
    for number in range(COMPANIES):
        ledger = firms.ask(f"{firms.hub}/admin/clients/{6000 + number}/ledger", None, "GET")
        assert len(ledger) == (OF_THE_ONE_THAT_HANGS if number == HANGS else INVOICES)
