"""The sandboxes, the company between them, and the database: new for each seed, and identical for the same seed."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.test import override_settings

from bilag.companies import gateways, lifecycle
from bilag.expenses import in_flight
from bilag.jobs import backoff
from bilag.reconciliation import chunks
from bilag.wire import circuit_breaker
from bilag_sandbox import hub, moment
from bilag_sandbox.common import running
from bilag_sandbox.common.fault_board import FaultyApp
from bilag_sandbox.moment.settings import WEBHOOK_KINDS
from bilag_sandbox.moment.webhooks import Webhooks
from simulation import clock, points
from simulation.accounting import DESTINATIONS, HUB, Accounting
from simulation.adversary import Adversary
from simulation.firms import Firm, Office
from simulation.mail import MailServer
from simulation.wires import Request, Side, Wires
from simulation.workers import gated
from tests.support.database import EMPTY

SPARE_CLIENTS = ("777", "888")
"""Clients to which firms may change."""
ALLOWED = {"BILAG_ALLOW_HTTP": "1"}
HOOKS = "http://bilag.simulation/"
"""Where the offices are told to send their webhooks. The rest of the address is the name of the office's side."""


@dataclass
class World:
    """The world of one run. `trace` has a line for each event; `chance` decides everything."""

    chance: Random
    adversary: Adversary
    wires: Wires
    trace: list[str]
    sockets: bool
    features: frozenset[str]
    """What may happen in this run, besides what happens in every run (`steps_registry.Step.feature`)."""
    stack: ExitStack
    mail: MailServer
    accounting: Accounting
    firms: list[Firm] = field(default_factory=list)
    backup: Any = None
    """The database as it was when it was last backed up (`simulation.backup`)."""
    kills: int = 0

    @property
    def firm(self) -> Firm:
        """The first firm."""
        return self.firms[0]

    def note(self, text: str) -> None:
        """Write a line of the trace."""
        self.trace.append(text)

    def ask(self, side: str | Side, method: str, path: str, body: Any = None) -> Any:
        """Send an operator's or user's request to a sandbox, past the adversary."""
        given = b"" if body is None else json.dumps(body).encode()
        headers = [("content-type", "application/json")] if given else []
        at = self.wires.sides[side] if isinstance(side, str) else side
        reply = at.carry_out(Request(method, at.url + path, headers, given))
        assert reply.status < 300, f"{method} {path}: {reply.error or reply.status} {reply.body[:300]!r}"
        return json.loads(reply.body) if reply.body else None

    def open_side(self, name: str, app: Any) -> Side:
        """Let another sandbox take part."""
        assert isinstance(app, FaultyApp)
        url = self.stack.enter_context(running(app)) if self.sockets else f"http://{name}.simulation"
        side = self.wires.sides[name] = Side(name, url, app, self.sockets)
        return side

    def open_office(self, number: str) -> Office:
        """Open a company of Moment with departments, customers and projects of its own."""
        place = sum(len(firm.offices) for firm in self.firms) + 1
        app = moment.app(sample="none", company_id=number, clock=clock.SandboxClock())
        office = Office(self.open_side(f"moment-{place}" if place > 1 else "moment", app), number)
        self.ask(office.side, "PUT", "/admin/webhooks", dict.fromkeys(WEBHOOK_KINDS, HOOKS + office.side.name))
        return office

    def open_firm(self, slug: str, name: str, number: str, client: str) -> Firm:
        """Set a company up between an office and a client of the accounting system, and switch it on."""
        office = self.open_office(number)
        firm = Firm(slug, name, [office], [client], self.wires.sides[self.accounting.side], self.accounting)
        self.firms.append(firm)
        firm.apply()
        lifecycle.set_live(firm.company_id, date(2020, 1, 1))
        self.fill_office(office)
        return firm

    def fill_office(self, office: Office) -> None:
        """Create a small firm: departments, customers and projects."""
        departments = [
            self.ask(office.side, "POST", "/admin/departments", {"name": name, "externalDepartmentNumber": number})
            for name, number in (("Bygg", "10"), ("Plan", "20"))
        ]
        for name in ("Nordlys Eiendom AS", "Fjordbyen Kommune", "Øst & Vest Bygg AS"):
            office.customers.append(self.ask(office.side, "POST", "/admin/customers", {"name": name}))
        for place, name in enumerate(("Skole", "Kai", "Bibliotek", "Brygge")):
            body = {
                "name": name,
                "customer": {"id": office.customers[place % 3]["id"]},
                "department": {"id": departments[place % 2]["id"]},
            }
            office.projects.append(self.ask(office.side, "POST", "/admin/projects", body))


@contextmanager
def create_world(
    seed: int,
    *,
    rate: float,
    sockets: bool,
    durable: bool,
    features: frozenset[str] = frozenset(),
    destination: str | Accounting = HUB,
) -> Iterator[World]:
    """Create the world of a seed.

    `sockets`: the sandboxes listen on loopback. `durable`: commits reach the disk, needed only if PostgreSQL is
    restarted. `features`: what may happen besides the steps of every run. `destination`: the accounting system, or its name.
    """
    chance = Random(seed)
    accounting = destination if isinstance(destination, Accounting) else DESTINATIONS[destination](seed)
    with ExitStack() as stack:
        stack.enter_context(clock.patched_time())
        stack.enter_context(accounting.prepared())
        stack.enter_context(points.intercepted())
        stack.enter_context(_own_connections(durable))
        stack.enter_context(patch.object(backoff, "_random", Random(seed)))
        stack.enter_context(patch.object(in_flight, "AT_ONCE", 1))  # a seed repeats only what happens in one order
        stack.enter_context(patch.object(chunks, "AHEAD", False))
        _empty_database()
        gateways.forget_all()
        circuit_breaker.forget_all()
        stack.callback(gateways.forget_all)
        adversary = Adversary(chance, rate, active=False, with_tokens=accounting.side)
        trace: list[str] = []
        wires = Wires(adversary, {}, trace.append, lambda: None)
        mail = MailServer(adversary)
        world = World(chance, adversary, wires, trace, sockets, features | accounting.features, stack, mail, accounting)
        world.open_side(accounting.side, accounting.app())
        wires.expire = lambda: accounting.expire_tokens(world)
        stack.enter_context(patch.object(Webhooks, "send", _capture_webhooks(world)))
        stack.enter_context(patch.dict("os.environ", ALLOWED))
        wires.take_letter = world.mail.take
        stack.enter_context(override_settings(EMAIL_BACKEND="simulation.mail.Backend"))
        stack.enter_context(gated(wires.pass_point))
        for client in SPARE_CLIENTS if "ledgers" in features else ():
            accounting.open_client(world, client)
        accounting.open_client(world, hub.VISMA_CLIENT)
        world.open_firm("fjell", "Fjell Arkitekter AS", moment.COMPANY_ID, hub.VISMA_CLIENT)
        if "two firms" in features:
            accounting.open_client(world, "456")
            world.open_firm("vidde", "Vidde Rådgivere AS", "4022", "456")
        adversary.active = True
        yield world


def _capture_webhooks(world: World) -> Callable[[Webhooks, str, dict[str, Any]], None]:
    """Hold webhooks back until the run delivers or loses them."""

    def send(webhooks: Webhooks, kind: str, body: dict[str, Any]) -> None:
        address = webhooks.settings[kind]
        for firm in world.firms:
            for office in firm.offices:
                if address == HOOKS + office.side.name:
                    office.hints.append((kind, json.dumps(body, default=str)))

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
