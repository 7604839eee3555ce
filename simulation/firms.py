"""The firms of a run: each is one company in Bilag, with its offices in Moment and its ledgers in accounting."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bilag.companies import store
from bilag.companies.file import CompanyFile, parse_company_file
from bilag.companies.models import Company
from bilag.moment.source import source_key
from bilag.transfers.activation.save_setup import SavedSetup, save_setup
from bilag_sandbox import moment
from simulation.accounting.base import Accounting
from simulation.wires import Side


@dataclass
class Office:
    """One company of Moment, and what its people did there. A firm that changes its Moment gets another office."""

    side: Side
    number: str
    """Moment's company number."""
    customers: list[dict[str, Any]] = field(default_factory=list)
    projects: list[dict[str, Any]] = field(default_factory=list)
    renumbered: list[dict[str, Any]] = field(default_factory=list)
    """Projects whose number is corrected now and then. No supplier invoice is posted on them."""
    hints: list[tuple[str, str]] = field(default_factory=list)
    """Webhooks sent by Moment and not yet delivered: kind and body."""
    bad: set[int] = field(default_factory=set)
    """Invoices that no ledger accepts as they are."""
    booked: set[int] = field(default_factory=set)
    """Invoices that an accountant posted by hand, under another voucher number, and set to "transferred" in Moment."""
    contradictory: set[int] = field(default_factory=set)
    """Credit notes of negative invoices: their type and total contradict each other, whatever their lines."""
    excluded: set[int] = field(default_factory=set)
    """Invoices that a person excluded in Bilag."""
    given_away: dict[int, str] = field(default_factory=dict)
    """Unposted invoices whose customer's number was given to another customer, with that number."""

    @property
    def key(self) -> str:
        """The key of the office's row in Bilag (`bilag.companies.models.Source`)."""
        return source_key(self.side.url, self.number)


@dataclass
class Firm:
    """One company in Bilag."""

    slug: str
    name: str
    offices: list[Office]
    """The present one is the last."""
    clients: list[str]
    """The clients in the accounting system that it has posted to. The present one is the last."""
    ledgers: Side
    """The sandbox of the accounting system."""
    accounting: Accounting
    company_id: int = 0
    hook: str = ""
    """The path of the company's webhook address."""
    setup: dict[str, Any] = field(default_factory=dict)
    """The sections of the company file last applied."""
    changes: set[str] = field(default_factory=set)
    """What was changed under it: ledger, moment, numbers, restored."""

    @property
    def address(self) -> str:
        """Who gets letters about what stops."""
        return f"varsel@{self.slug}.example"

    @property
    def office(self) -> Office:
        """The present company of Moment."""
        return self.offices[-1]

    @property
    def client(self) -> str:
        """The present client in the accounting system."""
        return self.clients[-1]

    def apply(self, **sections: Any) -> SavedSetup:
        """Save a setup, as the Integration setup page and the company file do."""
        self.setup = {**self.setup, **sections}
        saved = save_setup(self.file(), origin="simulation")
        self.company_id = saved.company_id
        self.hook = "/" + store.webhook_url(Company.objects.get(pk=saved.company_id)).split("/", 3)[3]
        return saved

    def file(self, *, client: str | None = None, office: Office | None = None) -> CompanyFile:
        """Return the company file, with another client or office if given."""
        at, kind = office or self.office, self.accounting.kind
        password = self.setup.get("password", self.accounting.password)
        document: dict[str, Any] = {
            "company": {"slug": self.slug, "name": self.name},
            "moment": {"base_url": at.side.url, "company_id": at.number, "api_key": moment.API_KEY},
            "platform": {kind: self.accounting.access(self.ledgers.url, client or self.client, password), "kind": kind},
            "dimensions": {"project": 2, "department": 1},
            "expenses": {"import": True, "activity": "Utlegg"},
            "notify": {"emails": [self.address]},
            **self.accounting.sections(),
        }
        for name, values in self.setup.items():
            if name != "password":
                given = {**document.get(name, {}), **values}
                document[name] = {key: value for key, value in given.items() if value is not None}
        return parse_company_file(document, {}, Path())
