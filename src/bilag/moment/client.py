"""Speaks with Moment for one company. Every method raises `Unavailable`, `Refused` or `Misconfigured`, nothing else."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

from bilag.moment.changes import Seen, seen_invoice, seen_master
from bilag.moment.expenses import ProjectExpenses
from bilag.moment.lists import a_page, known_list, no_such_company
from bilag.moment.mapping import customer_from, invoice_from, project_from
from bilag.moment.paging import pages
from bilag.moment.session import MomentTalk, NoSuchThing, NotMoment
from bilag.moment.wire import (
    CustomerWire,
    DepartmentWire,
    FinancialAccountWire,
    InvoiceWire,
    MomentObject,
    ProjectStateWire,
    ProjectWire,
    UserAccountWire,
    parsed,
)
from bilag.posting.invoice import Invoice
from bilag.posting.master import Customer, Project
from bilag.posting.problem import Problem
from bilag.wire.errors import Refused, Unavailable

Wire = TypeVar("Wire", bound=MomentObject)
RECENT_DAYS = (31, 366, None)
CUSTOMER_STATES = {"potential", "active", "blocked", "inactive"}
"""As Moment's pages name them; the list is open (contracts/moment.openapi.yaml, CustomerState)."""
LOOKED_AT_FOR_STATES = 200
SEEN_FIELDS = {
    "customers": "version+customerNumber+lastModifiedDate",
    "projects": "version+projectNumber+lastModifiedDate",
}


@dataclass(frozen=True, slots=True)
class UnreadInvoice:
    """An invoice of a list that cannot be read, and why."""

    number: int
    problem: Problem


class MomentClient:
    """Moment's API for one company, as far as Bilag needs it. Safe for several threads.

    `expenses` has what belongs to project expenses. `rates_per_hundred` are currencies whose exchange rate this Moment
    gives for a hundred units; what comes out of here is always for one.
    """

    def __init__(
        self,
        base_url: str,
        company_id: str,
        api_key: str,
        *,
        read_timeout: float = 30.0,
        rates_per_hundred: frozenset[str] = frozenset(),
    ) -> None:
        self._rates_per_hundred = rates_per_hundred
        self._talk = MomentTalk(base_url, company_id, api_key, read_timeout=read_timeout)
        self.expenses = ProjectExpenses(self._talk)

    def close(self) -> None:
        """Close the connections."""
        self._talk.close()

    def ping(self) -> None:
        """Ask for the least there is, to see whether address, company and key are right."""
        try:
            self._talk.get("customers", {"page": "1", "size": "1"})
        except NoSuchThing as error:
            raise no_such_company() from error

    def invoice(self, moment_id: int) -> Invoice | None:
        """The invoice or credit note, or None if there is none with this id."""
        wire = self._one("invoices", moment_id, InvoiceWire, "invoice")
        return self._invoice_from(wire) if wire else None

    def _invoice_from(self, wire: InvoiceWire) -> Invoice:
        return invoice_from(wire, self._rates_per_hundred)

    def customer(self, moment_id: int) -> Customer | None:
        """The customer, or None."""
        wire = self._one("customers", moment_id, CustomerWire, "customer")
        return customer_from(wire) if wire else None

    def project(self, moment_id: int) -> Project | None:
        """The project, or None."""
        wire = self._one("projects", moment_id, ProjectWire, "project")
        return project_from(wire) if wire else None

    def invoice_by_number(self, number: int) -> Invoice | None:
        """The invoice with this number; the list's filter is not trusted."""
        for row in self._known_list("invoices", {"invoiceNumber": str(number)}):
            if row.get("invoiceNumber") == number:
                return self.invoice(_id_of(row))
        return None

    def customer_by_number(self, number: str) -> Customer | None:
        """The customer with exactly this number."""
        found = self._id_by_number("customers", "customerNumber", number)
        return self.customer(found) if found is not None else None

    def project_id(self, number: str) -> int | None:
        """Moment's id of the project with exactly this number."""
        return self._id_by_number("projects", "projectNumber", number)

    def project_by_number(self, number: str) -> Project | None:
        """The project with exactly this number."""
        found = self.project_id(number)
        return self.project(found) if found is not None else None

    def changed_customers(self, since: datetime | None) -> Iterator[Seen]:
        """Customers changed at or after `since` (None = all)."""
        return self._changed("customers", since, {})

    def changed_projects(self, since: datetime | None) -> Iterator[Seen]:
        """Projects changed at or after `since` (None = all)."""
        return self._changed("projects", since, {})

    def transferable_invoices(self, modified_from: date | None) -> Iterator[Seen]:
        """Finalised invoices with the status "to transfer" that changed on or after the day (None = all).

        What was finalised on a day was changed on it, so the day of the last change is a safe first bound.
        """
        params = {"exportStatus": "toTransfer", "invoiceState": "finalized"}
        if modified_from is not None:
            params["lastModifiedDateFrom"] = (modified_from - timedelta(days=1)).isoformat()
        # The short form of a list takes no filter by status (the contract's listWithFields): the whole rows are asked for.
        for seen in map(seen_invoice, self._known_list("invoices", params)):
            if seen is not None and seen.finalized and seen.export_status == "toTransfer":
                yield seen

    def finalised_invoices(self, changed_from: date | None) -> Iterator[Invoice | UnreadInvoice]:
        """Every finalised invoice that changed on or after the day (None = all), with its lines; what cannot be read is
        told by its number."""
        params = {"invoiceState": "finalized"}
        if changed_from is not None:
            params["lastModifiedDateFrom"] = (changed_from - timedelta(days=1)).isoformat()
        for row in self._known_list("invoices", params):
            number = row.get("invoiceNumber")
            try:
                whole = row if isinstance(row.get("lines"), list) else None
                about = f"invoice {number}"
                read = self._invoice_from(parsed(InvoiceWire, row, about)) if whole else self.invoice(_id_of(row))
            except Refused as refused:
                if isinstance(number, int) and not isinstance(number, bool):
                    yield UnreadInvoice(number, refused.problems[0])
                continue
            if read is not None and read.finalized:
                yield read

    def recent_invoices(self, today: date, count: int) -> list[Seen]:
        """The `count` finalised invoices that changed last, newest first; looked for in ever longer times back."""
        for days in RECENT_DAYS:
            params = {"invoiceState": "finalized"}
            if days is not None:
                params["lastModifiedDateFrom"] = (today - timedelta(days=days)).isoformat()
            rows = (seen_invoice(row) for row in self._known_list("invoices", params))
            found = [seen for seen in rows if seen is not None and seen.finalized]
            if len(found) >= count:
                break
        return sorted(found, key=lambda seen: int(seen.number), reverse=True)[:count]

    def customer_states(self) -> list[str]:
        """The states that customers can have: those that Moment tells of, and those of the first customers."""
        rows = self._known_list("customers", {})
        seen = {row.get("customerState") for row in itertools.islice(rows, LOOKED_AT_FOR_STATES)}
        return sorted(CUSTOMER_STATES | {state for state in seen if isinstance(state, str) and state})

    def mark_transferred(self, invoice: Invoice) -> Invoice:
        """Set the export status to "transferred" and give the invoice after it. Repeating it is harmless.

        Only "to transfer" is changed, "do not transfer" never. A stale version is read again once; whoever changes the
        invoice at the same time again makes it `Unavailable`.
        """
        about = f"invoice {invoice.number}"
        for _ in range(2):
            if invoice.export_status != "toTransfer":
                return invoice
            answer = self._patched(invoice, about)
            if answer is not None:
                return self._invoice_from(parsed(InvoiceWire, answer, about))
            invoice = self._again(invoice, about)
        if invoice.export_status != "toTransfer":
            return invoice
        cause = {"cause": "the invoice is being changed by somebody else"}
        raise Unavailable(Problem("moment_unavailable", about, cause), outcome_known=True)

    def financial_accounts(self) -> list[FinancialAccountWire]:
        """Moment's accounts of category sales; a number may occur in other categories too."""
        rows = self._objects("financialAccounts", FinancialAccountWire)
        return [row for row in rows if row.financial_account_category == "sales"]

    def departments(self) -> list[DepartmentWire]:
        """The company's departments."""
        return self._objects("departments", DepartmentWire)

    def user_accounts(self) -> list[UserAccountWire]:
        """The people who use Moment in the company."""
        return self._objects("userAccounts", UserAccountWire)

    def project_numbers(self) -> list[str]:
        """The numbers of all projects."""
        return [seen.number for seen in self._seen("projects", {})]

    def project_states(self) -> list[str]:
        """The states that projects can have; collected from the projects where Moment has no list of them."""
        what = "projectStates"
        try:
            return [parsed(ProjectStateWire, row, what).project_state for row in self._list(what, {})]
        except NoSuchThing:
            states = {row.get("projectState") for row in self._known_list("projects", {})}
            return sorted(state for state in states if isinstance(state, str) and state)

    def _one(self, what: str, moment_id: int, kind: type[Wire], noun: str) -> Wire | None:
        try:
            value = self._talk.get(f"{what}/{moment_id}")
        except NotMoment as error:
            raise a_page() from error
        except NoSuchThing:
            return None
        return parsed(kind, value, f"{noun} id {moment_id}")

    def _patched(self, invoice: Invoice, about: str) -> Any:
        body: dict[str, Any] = {"exportStatus": "transferred"}
        if invoice.version is not None:
            body["version"] = invoice.version
        try:
            return self._talk.patch(f"invoices/{invoice.moment_id}", body)
        except NotMoment as error:
            raise a_page() from error
        except NoSuchThing as error:
            raise _gone(invoice, about) from error

    def _again(self, invoice: Invoice, about: str) -> Invoice:
        again = self.invoice(invoice.moment_id)
        if again is None:
            raise _gone(invoice, about)
        return again

    def _objects(self, what: str, kind: type[Wire]) -> list[Wire]:
        return [parsed(kind, row, what) for row in self._known_list(what, {})]

    def _list(self, what: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        return pages(lambda page: self._talk.get(what, {**params, **page}), what)

    def _known_list(self, what: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        """A list that Moment surely has: where it is not found, the company is not."""
        return known_list(self._talk, what, params)

    def _id_by_number(self, what: str, field: str, number: str) -> int | None:
        """By the free-text filter first, which may or may not look at numbers; then by looking at all."""
        for params in ({"query": number}, {}):
            for row in self._fields(what, field, params):
                if str(row.get(field) or "").strip() == number:
                    return _id_of(row)
        return None

    def _changed(self, what: str, since: datetime | None, params: dict[str, str]) -> Iterator[Seen]:
        if since is not None:
            # The filter's time zone is not known and it may take days only: a day wider, and filtered again here.
            params = {**params, "lastModifiedDateFrom": (since.date() - timedelta(days=1)).isoformat()}
        for seen in self._seen(what, params):
            if since is None or seen.modified_at is None or seen.modified_at >= since:
                yield seen

    def _seen(self, what: str, params: dict[str, str]) -> Iterator[Seen]:
        for row in self._fields(what, SEEN_FIELDS[what], params):
            seen = seen_master(what, row)
            if seen is not None:
                yield seen

    def _fields(self, what: str, fields: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        """Rows with chosen fields only; the whole rows where Moment does not know the short form."""
        first = True
        try:
            for row in self._list(f"{what}/include/{quote(fields, safe='+')}", params):
                first = False
                yield row
        except (NoSuchThing, Refused):
            if not first:
                raise
            yield from self._known_list(what, params)


def _gone(invoice: Invoice, about: str) -> Refused:
    return Refused([Problem("not_in_moment", about, {"number": str(invoice.number)})])


def _id_of(row: dict[str, Any]) -> int:
    value = row.get("id")
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused([Problem("moment_malformed", "list", {"field": "id", "why": "a whole number is expected"})])
    return value
