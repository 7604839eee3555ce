"""Assemble the year: 25 invoices and credit notes in each of twelve months, numbered by date."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from bilag_sandbox.sample.customers import PEOPLE, Customer, make_customers
from bilag_sandbox.sample.firm import (
    DEPARTMENTS,
    FINANCIAL_ACCOUNTS,
    PROJECT_STATES,
    UNINVOICED_STATES,
    USER_ACCOUNTS,
    make_activities,
    make_projects,
)
from bilag_sandbox.sample.lines import EXPORT, FEES, MONTHS, LineMaker, reference
from bilag_sandbox.sample.sums import kid_of, sums_of
from bilag_sandbox.sample.times import months_before, norwegian_clock

MONTH_COUNT, PER_MONTH = 12, 25
INVOICES = MONTH_COUNT * PER_MONTH
FIRST_NUMBER, FIRST_ID = 5001, 66101
CREDIT_KINDS = ("whole", "part", "alone")
CREDIT_SLOTS = (7, 13, 20)
"""The positions of credit notes within a month: one a month, in the last month one of each kind."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A company's data in Moment. Invoices are finalised, in order of number."""

    seed: int
    last_day: date
    last_month_begins: date
    customers: list[dict[str, Any]]
    projects: list[dict[str, Any]]
    project_states: list[dict[str, Any]]
    departments: list[dict[str, Any]]
    user_accounts: list[dict[str, Any]]
    financial_accounts: list[dict[str, Any]]
    project_extensions: list[dict[str, Any]]
    invoices: list[dict[str, Any]]


@dataclass(slots=True)
class _Year:
    """The state while the year is made."""

    rng: random.Random
    customers: list[Customer]
    projects: list[dict[str, Any]]
    lines: LineMaker
    invoices: list[dict[str, Any]] = field(default_factory=list)
    credited: set[int] = field(default_factory=set)

    def add_month(self, month: int, first: date, last: date) -> None:
        """Add the invoices of one month, `first` to `last`; `month` counts from 0."""
        weekdays = [
            day
            for day in (first + timedelta(days=offset) for offset in range((last - first).days + 1))
            if day.weekday() < 5
        ]
        days = sorted(self.rng.choice(weekdays) for _ in range(PER_MONTH))
        last_month = month == MONTH_COUNT - 1
        kinds = dict(zip(CREDIT_SLOTS, CREDIT_KINDS, strict=True))
        if not last_month:
            kinds = {CREDIT_SLOTS[month % 3]: CREDIT_KINDS[month % 3]}
        for slot, day in enumerate(days):
            self._add(kinds.get(slot), month, day, slot, month_began=first)

    def _add(self, kind: str | None, month: int, day: date, slot: int, *, month_began: date) -> None:
        number = FIRST_NUMBER + len(self.invoices)
        moment = norwegian_clock(day, 8 + slot // 4, self.rng.randrange(0, 15) + 15 * (slot % 4))
        head = self._head(number, day)
        head["createdDate"] = (moment - timedelta(minutes=self.rng.randint(5, 4000))).isoformat()
        head["finalizedDate"] = head["lastModifiedDate"] = moment.isoformat()
        if kind is None:
            self.invoices.append(head | self._invoice(number, month, day))
        elif kind == "alone":
            self.invoices.append(head | self._credit_alone(month, day))
        else:
            # In the last month, a whole credit note credits an invoice of that month, a partial one an older invoice.
            within = kind == "whole" and month == MONTH_COUNT - 1
            self.invoices.append(head | self._credit(kind, month_began if within else None))

    def _head(self, number: int, day: date) -> dict[str, Any]:
        return {
            "id": FIRST_ID + 3 * (number - FIRST_NUMBER),
            "version": 3,
            "invoiceNumber": number,
            "invoiceState": "finalized",
            "invoiceType": "invoice",
            "exportStatus": "toTransfer",
            "issueDate": day.isoformat(),
            "dueDate": None,
            "finalizedDate": None,
            "description": None,
            "customer": None,
            "project": None,
            "department": None,
            "yourReference": None,
            "paymentId": None,
            "currency": "NOK",
            "exchangeRate": 1,
            "creditedInvoiceNumber": None,
            "lines": [],
            "netAmount": None,
            "vatAmount": None,
            "totalAmount": None,
            "attachments": [],
            "createdDate": None,
            "lastModifiedDate": None,
        }

    def _project(self, month: int) -> tuple[dict[str, Any], Customer]:
        """Choose a project that may be invoiced in the month, with its customer."""
        while True:
            project = self.rng.choice(self.projects)
            if project["projectState"] in UNINVOICED_STATES:
                continue
            if project["projectState"] == "closed" and month > 8:
                continue
            for owner in self.customers:
                if owner.customer["id"] == project["customer"]["id"] and owner.invoiced_until >= month:
                    return project, owner

    def _recipient(self, month: int) -> tuple[dict[str, Any], dict[str, Any], Customer]:
        project, owner = self._project(month)
        customer = {name: owner.customer[name] for name in ("id", "customerNumber", "name")}
        without_project = self.rng.random() < 0.06
        fields = {
            "customer": customer,
            "project": None if without_project else reference(project),
            "department": project["department"] and dict(project["department"]),
            "yourReference": self.rng.choice(PEOPLE) if self.rng.random() < 0.8 else None,
        }
        return fields, project, owner

    def _invoice(self, number: int, month: int, day: date) -> dict[str, Any]:
        fields, project, owner = self._recipient(month)
        others = [
            other
            for other in self.projects
            if other["customer"]["id"] == owner.customer["id"]
            and other is not project
            and other["projectState"] not in UNINVOICED_STATES
        ]
        lines = self.lines.lines_for(day, owner.abroad, others)
        sums = sums_of(lines, vat_by_total=number % 6 == 0)
        described = self.rng.random() < 0.92
        return fields | {
            "dueDate": (day + timedelta(days=self.rng.choice((14, 14, 14, 30)))).isoformat(),
            "description": f"Honorar {MONTHS[day.month - 1]} {day.year}, {project['name']}" if described else None,
            "paymentId": kid_of(number) if self.rng.random() < 0.87 else None,
            "lines": lines,
            "netAmount": sums.net,
            "vatAmount": sums.vat,
            "totalAmount": sums.total,
        }

    def _credit_alone(self, month: int, day: date) -> dict[str, Any]:
        fields, project, owner = self._recipient(month)
        line = self.lines.sale(EXPORT if owner.abroad else FEES, day)
        reduction = self.lines.negative(line) | {"text": "Avslag for forsinket leveranse, jf. møte på Åsgård"}
        described = f"Kreditnota uten faktura, {project['name']}"
        return fields | {"invoiceType": "creditNote", "description": described} | _summed([reduction])

    def _credit(self, kind: str, not_before: date | None) -> dict[str, Any]:
        """Make a credit note for an existing invoice, dated `not_before` or later (None = any)."""
        candidates = [
            invoice
            for invoice in self.invoices
            if invoice["invoiceType"] == "invoice"
            and invoice["invoiceNumber"] not in self.credited
            and (not_before is None or invoice["issueDate"] >= not_before.isoformat())
        ]
        invoice = self.rng.choice(candidates)
        self.credited.add(invoice["invoiceNumber"])
        names = ("customer", "project", "department", "yourReference")
        fields = {name: invoice[name] for name in names} | {
            "invoiceType": "creditNote",
            "description": f"Kreditnota til faktura {invoice['invoiceNumber']}",
            "creditedInvoiceNumber": invoice["invoiceNumber"],
        }
        if kind == "whole":
            lines = [self.lines.negative(line) for line in invoice["lines"]]
            reversed_amounts = {name: -invoice[name] + 0 for name in ("netAmount", "vatAmount", "totalAmount")}
            return fields | {"lines": lines} | reversed_amounts
        line = next(line for line in invoice["lines"] if line["vatCode"] is not None)
        half = (Decimal(line["quantity"]) / 2).quantize(Decimal("0.25"))
        return fields | _summed([self.lines.negative(line, max(half, Decimal("0.25")))])


def _summed(lines: list[dict[str, Any]]) -> dict[str, Any]:
    sums = sums_of(lines)
    return {"lines": lines, "netAmount": sums.net, "vatAmount": sums.vat, "totalAmount": sums.total}


def architects_year(last_day: date, seed: int = 1) -> Sample:
    """Return Fjell Arkitekter AS in the twelve months ending with `last_day`.

    A month here ends on `last_day`'s day of the month, so that all twelve are complete whatever the date.
    """
    rng = random.Random(seed)
    day = timedelta(days=1)
    bounds = [months_before(last_day, months) + day for months in range(MONTH_COUNT, -1, -1)]
    customers = make_customers(rng, bounds[0])
    projects = make_projects(rng, customers, bounds[0])
    activities = make_activities(rng, projects)
    year = _Year(rng, customers, projects, LineMaker(rng))
    for month, (first, after) in enumerate(pairwise(bounds)):
        year.add_month(month, first, after - day)
    return Sample(
        seed=seed,
        last_day=last_day,
        last_month_begins=bounds[-2],
        customers=[owner.customer for owner in customers],
        projects=projects,
        project_states=list(PROJECT_STATES),
        departments=list(DEPARTMENTS),
        user_accounts=list(USER_ACCOUNTS),
        financial_accounts=list(FINANCIAL_ACCOUNTS),
        project_extensions=activities,
        invoices=year.invoices,
    )
