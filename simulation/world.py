"""The sandboxes, the company between them, and the database: new for each seed, and identical for the same seed."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from django.db import connection

from bilag.companies import gateways, lifecycle, store
from bilag.companies.file import parse_company_file
from bilag.companies.models import Company
from bilag.jobs import backoff
from bilag.transfers.activation.save_setup import SavedSetup, save_setup
from bilag.wire import circuit_breaker, rate_limit
from bilag_sandbox import hub, moment
from bilag_sandbox.common import running
from bilag_sandbox.common.fault_board import FaultyApp
from bilag_sandbox.moment.webhooks import Webhooks
from simulation import clock, points
from simulation.adversary import Adversary
from simulation.wires import Request, Side, Wires
from simulation.workers import gated
from tests.support.database import EMPTY

MOMENT, HUB = "http://moment.simulation", "http://hub.simulation"
ALLOWED = {"BILAG_ALLOW_HTTP": "1"}


@dataclass
class World:
    """The world of one run. `trace` has a line for each event; `chance` decides everything."""

    chance: Random
    adversary: Adversary
    wires: Wires
    trace: list[str]
    company_id: int = 0
    hook: str = ""
    """The path of the company's webhook address."""
    setup: dict[str, Any] = field(default_factory=dict)
    """The sections of the company file last applied."""
    hints: list[tuple[str, str]] = field(default_factory=list)
    """Webhooks sent by Moment and not yet delivered: kind and body."""
    bad_invoices: set[int] = field(default_factory=set)
    """Invoices that no ledger accepts as they are."""
    kills: int = 0
    customers: list[dict[str, Any]] = field(default_factory=list)
    projects: list[dict[str, Any]] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Write a line of the trace."""
        self.trace.append(text)

    def ask(self, side: str, method: str, path: str, body: Any = None) -> Any:
        """Send an operator's or user's request to a sandbox, past the adversary."""
        given = b"" if body is None else json.dumps(body).encode()
        headers = [("content-type", "application/json")] if given else []
        at = self.wires.sides[side]
        reply = at.carry_out(Request(method, at.url + path, headers, given))
        assert reply.status < 300, f"{method} {path}: {reply.error or reply.status} {reply.body[:300]!r}"
        return json.loads(reply.body) if reply.body else None

    def apply(self, **sections: Any) -> SavedSetup:
        """Save a setup, as the Integration setup page and the company file do."""
        self.setup = {**self.setup, **sections}
        document = self._document()
        saved = save_setup(parse_company_file(document, {}, Path()), origin="simulation")
        self.company_id = saved.company_id
        return saved

    def _document(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "company": {"slug": "fjell", "name": "Fjell Arkitekter AS"},
            "moment": {"base_url": self.wires.sides["moment"].url, "company_id": "4021", "api_key": moment.API_KEY},
            "platform": {
                "kind": "azets",
                "azets": {
                    "base_url": f"{self.wires.sides['hub'].url}/v1",
                    "username": hub.USERNAME,
                    "password": hub.PASSWORD,
                    "source_client_id": hub.VISMA_CLIENT,
                    "parent_client_id": hub.PARENT,
                },
            },
            "dimensions": {"project": 2, "department": 1},
            "expenses": {"import": True, "activity": "Utlegg"},
        }
        for name, values in self.setup.items():
            if name == "password":
                document["platform"]["azets"]["password"] = values
            else:
                given = {**document.get(name, {}), **values}
                document[name] = {key: value for key, value in given.items() if value is not None}
        return document


@contextmanager
def create_world(seed: int, *, rate: float, sockets: bool, durable: bool) -> Iterator[World]:
    """Create the world of a seed.

    `sockets`: the sandboxes listen on loopback. `durable`: commits reach the disk, needed only if PostgreSQL is
    restarted.
    """
    chance = Random(seed)
    with ExitStack() as stack:
        stack.enter_context(clock.patched_time())
        stack.enter_context(points.intercepted())
        stack.enter_context(_own_connections(durable))
        stack.enter_context(patch.object(backoff, "_random", Random(seed)))
        stack.enter_context(patch.object(rate_limit, "_random", Random(seed)))
        _empty_database()
        gateways.forget_all()
        circuit_breaker.forget_all()
        stack.callback(gateways.forget_all)
        sides = {}
        sandbox_clock = clock.SandboxClock()
        for name, app, url in (
            ("moment", moment.app(sample="none", clock=sandbox_clock), MOMENT),
            ("hub", hub.app(requests_per_minute=1_000_000, clock=sandbox_clock), HUB),
        ):
            assert isinstance(app, FaultyApp)
            sides[name] = Side(name, stack.enter_context(running(app)) if sockets else url, app, sockets)
        adversary = Adversary(chance, rate, active=False)
        trace: list[str] = []
        wires = Wires(adversary, sides, trace.append, lambda: None)
        world = World(chance, adversary, wires, trace)
        wires.expire = lambda: world.ask("hub", "POST", "/admin/tokens/withdraw", {"expire": True})
        stack.enter_context(patch.object(Webhooks, "send", _capture_webhooks(world)))
        stack.enter_context(patch.dict("os.environ", ALLOWED))
        stack.enter_context(gated(lambda point, given: wires.exchange(given) if point == "request" else None))
        world.apply()
        lifecycle.set_live(world.company_id, date(2020, 1, 1))
        world.hook = "/" + store.webhook_url(Company.objects.get(pk=world.company_id)).split("/", 3)[3]
        _create_master_data(world)
        adversary.active = True
        yield world


def _capture_webhooks(world: World) -> Callable[[Webhooks, str, dict[str, Any]], None]:
    """Hold webhooks back until the run delivers or loses them."""

    def send(_webhooks: Webhooks, kind: str, body: dict[str, Any]) -> None:
        world.hints.append((kind, json.dumps(body, default=str)))

    return send


@contextmanager
def _own_connections(durable: bool) -> Iterator[None]:
    """Use a plain connection instead of the pool, because a forked worker cannot use the pool's threads."""
    connection.close()
    if connection.settings_dict["OPTIONS"].get("pool"):
        # Forked workers cannot use its threads, and its connections do not survive a restart of the server.
        connection.close_pool()  # type: ignore[attr-defined] # only PostgreSQL has pools
    options = connection.settings_dict["OPTIONS"]
    pool, path = options.pop("pool", None), options.get("options")
    options["options"] = "-c search_path=simulation,pg_catalog,public" + (
        "" if durable else " -c synchronous_commit=off"
    )
    try:
        with connection.cursor() as cursor:
            for statement in clock.SQL.strip().split(";\n"):
                if statement.strip():
                    cursor.execute(statement, [clock.CLOCK.wall] if "%s" in statement else None)
        yield
    finally:
        connection.close()
        options.pop("options")
        if pool is not None:
            options["pool"] = pool
        if path is not None:
            options["options"] = path


def _empty_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)


def _create_master_data(world: World) -> None:
    """Create a small firm: departments, customers and projects."""
    departments = [
        world.ask("moment", "POST", "/admin/departments", {"name": name, "externalDepartmentNumber": number})
        for name, number in (("Bygg", "10"), ("Plan", "20"))
    ]
    for name in ("Nordlys Eiendom AS", "Fjordbyen Kommune", "Øst & Vest Bygg AS"):
        world.customers.append(world.ask("moment", "POST", "/admin/customers", {"name": name}))
    for place, name in enumerate(("Skole", "Kai", "Bibliotek", "Brygge")):
        body = {
            "name": name,
            "customer": {"id": world.customers[place % 3]["id"]},
            "department": {"id": departments[place % 2]["id"]},
        }
        world.projects.append(world.ask("moment", "POST", "/admin/projects", body))
