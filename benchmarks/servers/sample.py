"""What the companies have: customers, projects, departments, and invoices of one to four lines, the same at every run."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from stdnum import luhn
from stdnum.no import orgnr

from benchmarks.servers.http import encode

CUSTOMERS, PROJECTS = 20, 20
FIRST_NUMBER = 5001
IDS_OF_A_COMPANY = 10_000_000
DEPARTMENTS = [
    {"id": 31 + place, "name": name, "externalDepartmentNumber": str(10 * (place + 1))}
    for place, name in enumerate(("Plan", "Bygg", "Landskap", "Interiør"))
]
WARES = (  # account, VAT code, rate, text; the first is on every invoice
    ("3000", "3", 25, "Honorar, sivilarkitekt"),
    ("3010", "3", 25, "Serviceavtale, BIM-modell"),
    ("3050", "33", 12, "Overnatting ved befaring"),
    ("3100", "5", 0, "Trykt prosjekthefte"),
)
FINANCIAL_ACCOUNTS = [
    {"id": 501 + place, "accountNumber": account, "name": text, "financialAccountCategory": "sales",
     "externalTaxCode": code, "currentVatPercentage": rate}
    for place, (account, code, rate, text) in enumerate(WARES)
]  # fmt: skip
_LONG_AGO = "2026-01-02T08:00:00+00:00"


@dataclass(slots=True)
class Invoice:
    """A finalised invoice: what changes, and everything else as JSON. Times are seconds since 1970."""

    id: int
    number: int
    total_ore: int
    customer: dict[str, Any]
    project: dict[str, Any]
    rest: bytes
    finalised_at: float
    version: int = 2
    status: str = "toTransfer"
    modified_at: float = 0.0
    posted_at: float | None = None
    transferred_at: float | None = None

    def body(self) -> bytes:
        """Return the contract's Invoice."""
        head = (
            f'{{"id":{self.id},"version":{self.version},"exportStatus":"{self.status}",'
            f'"lastModifiedDate":"{stamp(self.modified_at)}",'
        )
        return head.encode() + self.rest

    def hint(self) -> bytes:
        """Return the body of its webhook."""
        references = {
            "customer": {name: self.customer[name] for name in ("id", "customerNumber")},
            "project": {name: self.project[name] for name in ("id", "projectNumber")},
        }
        return encode({"event": "created", "invoice": {"id": self.id, "invoiceNumber": self.number, **references}})


@dataclass(slots=True)
class Company:
    """One company: what Moment has of it. `place` counts from 0."""

    place: int
    customers: list[dict[str, Any]] = field(default_factory=list)
    projects: list[dict[str, Any]] = field(default_factory=list)
    invoices: dict[int, Invoice] = field(default_factory=dict)
    by_number: dict[int, Invoice] = field(default_factory=dict)
    to_transfer: dict[int, Invoice] = field(default_factory=dict)
    webhook: str | None = None
    _rng: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self._rng.seed(self.place)
        for number in range(CUSTOMERS):
            self.customers.append(_customer(self.first_id + 1 + number, 10001 + number))
        for number in range(PROJECTS):
            self.projects.append(_project(self.first_id + 101 + number, 1201 + number, self.customers[number]))

    @property
    def first_id(self) -> int:
        """Below the ids of its objects, which no other company has."""
        return self.place * IDS_OF_A_COMPANY

    @property
    def moment_id(self) -> str:
        """Its id in Moment."""
        return str(4021 + self.place)

    @property
    def client(self) -> str:
        """Its client id at the hub."""
        return str(123 + self.place)

    @property
    def name(self) -> str:
        """Its name, on both sides."""
        return f"Fjell Arkitekter {self.place + 1} AS"

    @property
    def organisation_number(self) -> str:
        """Its organisation number."""
        return organisation_number(self.place)

    def finalise(self, now: float) -> Invoice:
        """Finalise the next invoice."""
        place = len(self.invoices)
        project = self.projects[place % PROJECTS]
        number = FIRST_NUMBER + place
        lines = [self._line(ware, place * 4 + at) for at, ware in enumerate(WARES[: 1 + place % 4])]
        net, vat = sum(line[1] for line in lines), sum(line[2] for line in lines)
        today = datetime.fromtimestamp(now, UTC).date()
        rest = {
            "invoiceNumber": number,
            "invoiceState": "finalized",
            "invoiceType": "invoice",
            "issueDate": str(today),
            "dueDate": str(today + timedelta(days=14)),
            "finalizedDate": stamp(now),
            "description": f"{project['name']}, honorar",
            "customer": project["customer"],
            "project": {name: project[name] for name in ("id", "projectNumber", "name")},
            "department": project["department"],
            "yourReference": "Kari Nordbø",
            "paymentId": _payment_id(number),
            "currency": "NOK",
            "exchangeRate": 1,
            "creditedInvoiceNumber": None,
            "lines": [line[0] for line in lines],
            "netAmount": net / 100,
            "vatAmount": vat / 100,
            "totalAmount": (net + vat) / 100,
            "attachments": [],
            "createdDate": _LONG_AGO,
        }
        invoice = Invoice(
            self.first_id + 66101 + place, number, net + vat, project["customer"], project, encode(rest)[1:], now
        )
        invoice.modified_at = now
        self.invoices[invoice.id] = self.by_number[number] = self.to_transfer[invoice.id] = invoice
        return invoice

    def _line(self, ware: tuple[str, str, int, str], number: int) -> tuple[dict[str, Any], int, int]:
        """Make a line; gives it with its net and VAT in øre."""
        account, code, rate, text = ware
        quantity, price = self._rng.randint(1, 60), self._rng.randint(15_000, 185_000)
        net = quantity * price
        vat = (net * rate + 50) // 100
        line = {
            "id": self.first_id + 500_000 + number,
            "text": text,
            "accountNumber": account,
            "vatCode": code,
            "vatRate": rate,
            "quantity": quantity,
            "unitPrice": price / 100,
            "discountPercent": 0,
            "netAmount": net / 100,
            "vatAmount": vat / 100,
            "project": None,
            "department": None,
            "accrualFrom": None,
            "accrualTo": None,
        }
        return line, net, vat


@cache
def organisation_number(place: int) -> str:
    """Return a valid number that no other company has."""
    start = 910_000_000 + place * 1000
    return next(number for number in map(str, range(start, start + 1000)) if orgnr.is_valid(number))


def stamp(seconds: float) -> str:
    """Write a time as Moment does."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def seconds_of(day: str) -> float:
    """Return when a day begins, in seconds since 1970."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).timestamp()


def _payment_id(number: int) -> str:
    body = f"{number:06d}"
    return body + luhn.calc_check_digit(body)


def _customer(moment_id: int, number: int) -> dict[str, Any]:
    return {
        "id": moment_id,
        "version": 1,
        "customerNumber": str(number),
        "name": f"Nordlys Eiendom {number} AS",
        "organizationNumber": None,
        "customerState": "active",
        "email": f"post{number}@nordlys.example",
        "invoiceEmail": f"faktura{number}@nordlys.example",
        "addressLine1": "Storgata 1",
        "addressLine2": None,
        "addressLine3": None,
        "postalCode": "0155",
        "city": "OSLO",
        "countryCode": "NO",
        "createdDate": _LONG_AGO,
        "lastModifiedDate": _LONG_AGO,
    }


def _project(moment_id: int, number: int, customer: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": moment_id,
        "version": 1,
        "projectNumber": str(number),
        "name": f"Nybygg {number}",
        "customer": {name: customer[name] for name in ("id", "customerNumber", "name")},
        "projectState": "inProgress",
        "department": DEPARTMENTS[number % len(DEPARTMENTS)],
        "priceModels": [],
        "createdDate": _LONG_AGO,
        "lastModifiedDate": _LONG_AGO,
    }
