"""One company's Moment: its database, settings, webhooks and faults."""

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bilag_sandbox.common import Clock, FaultBoard, Store
from bilag_sandbox.moment.records import Record, Records
from bilag_sandbox.moment.schema import SCHEMA, VERSION
from bilag_sandbox.moment.settings import SETTINGS, Settings
from bilag_sandbox.moment.webhooks import Webhooks

KIND_OF = {"invoices": "invoice", "customers": "customer", "projects": "project"}
CREATED, CHANGED = "CREATE_NEW", "UPDATE"


@dataclass(slots=True)
class Company:
    """The state shared by all requests of one server. Create it with `Company.open`."""

    store: Store
    settings: Settings
    records: Records
    webhooks: Webhooks
    clock: Clock
    faults: FaultBoard = field(default_factory=FaultBoard)
    mood: random.Random = field(default_factory=random.Random)

    @classmethod
    def open(cls, folder: Path | None, clock: Clock | None = None) -> "Company":
        """Open the data; without a folder it is in memory only. Raises `DataInUse` and `DataUnreadable`."""
        store = Store.open(folder, "moment.sqlite3", SCHEMA, version=VERSION)
        settings = Settings(store, SETTINGS)
        clock = clock or Clock()
        company = cls(store, settings, Records(store, settings, clock), Webhooks.of(store, clock), clock)
        company.mood.seed(settings["moodSeed"])
        return company

    def notify(self, record: Record, event: str) -> None:
        """Send the webhook about an object. Call it after the commit, so that the object can already be fetched."""
        body = record.body
        if record.entity.name == "invoices":
            inner: dict[str, Any] = {"id": record.id}
            if body.get("invoiceNumber") is not None:
                inner["invoiceNumber"] = body["invoiceNumber"]
            for name in ("customer", "project"):
                if isinstance(body.get(name), dict):
                    inner[name] = {key: body[name][key] for key in ("id", f"{name}Number") if key in body[name]}
            self.webhooks.send("invoice", {"event": event, "invoice": inner})
            return
        kind = KIND_OF[record.entity.name]
        number = f"{kind}Number"
        self.webhooks.send(kind, {"event": event, kind: {"id": record.id, number: body[number]}})
