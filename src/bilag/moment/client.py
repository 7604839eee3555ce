"""Moment's API for one company. Every method raises `Unavailable`, `Refused` or `Misconfigured`, nothing else."""

import itertools
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

from bilag.moment.changes import Change, change_of_invoice, change_of_master
from bilag.moment.expenses import ProjectExpenses
from bilag.moment.invoice_documents import InvoiceDocuments
from bilag.moment.lists import Reader, company_not_found, read_list, unexpected_page
from bilag.moment.mapping import customer_from, invoice_from, project_from
from bilag.moment.paging import search_list, whole_list
from bilag.moment.session import HtmlNotFound, MomentSession, NotFound
from bilag.moment.unreadable import UnreadableInvoice, name_of, unreadable_invoice
from bilag.moment.wire import (
    CustomerWire,
    DepartmentWire,
    FinancialAccountWire,
    InvoiceWire,
    MomentObject,
    ProjectStateWire,
    ProjectWire,
    UserAccountWire,
    parse,
)
from bilag.posting.invoice import Invoice
from bilag.posting.master import Customer, Project
from bilag.posting.problem import Problem
from bilag.posting.selection import DO_NOT_TRANSFER, TO_TRANSFER, TRANSFERRED
from bilag.posting.texts import clean_number
from bilag.wire.errors import Refused, Unavailable

Wire = TypeVar("Wire", bound=MomentObject)
RECENT_DAYS = (31, 366, None)
"""How far back to look for recent invoices, widened until enough are found; None is without limit."""
CUSTOMER_STATES = {"potential", "active", "blocked", "inactive"}
"""The states Moment's pages offer. The list is open (contracts/moment.openapi.yaml, CustomerState)."""
STATE_SAMPLE_SIZE = 200
CHANGE_FIELDS = {
    "customers": "version+customerNumber+lastModifiedDate",
    "projects": "version+projectNumber+lastModifiedDate",
}


class MomentClient:
    """Moment's API for one company, as far as Bilag needs it. Thread-safe.

    `expenses` has the part for project expenses. `rates_per_hundred` lists currencies whose exchange rate this Moment
    quotes for a hundred units; rates returned here are always for one.
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
        self._session = MomentSession(base_url, company_id, api_key, read_timeout=read_timeout)
        self.expenses = ProjectExpenses(self._session)
        self.invoice_documents = InvoiceDocuments(self._session)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def ping(self) -> None:
        """Make the smallest request there is, to check address, company and key."""
        try:
            self._session.get("customers", {"page": "1", "size": "1"})
        except NotFound as error:
            raise company_not_found() from error

    def invoice(self, moment_id: int) -> Invoice | None:
        """Fetch an invoice or credit note; None if there is none with this id."""
        wire = self._fetch("invoices", moment_id, InvoiceWire, "invoice")
        return self._invoice_from(wire) if wire else None

    def _invoice_from(self, wire: InvoiceWire) -> Invoice:
        return invoice_from(wire, self._rates_per_hundred)

    def customer(self, moment_id: int) -> Customer | None:
        """Fetch a customer; None if there is none with this id."""
        wire = self._fetch("customers", moment_id, CustomerWire, "customer")
        return customer_from(wire) if wire else None

    def project(self, moment_id: int) -> Project | None:
        """Fetch a project; None if there is none with this id."""
        wire = self._fetch("projects", moment_id, ProjectWire, "project")
        return project_from(wire) if wire else None

    def invoice_by_number(self, number: int) -> Invoice | None:
        """Fetch the invoice with this number; None if there is none. The list's filter is not trusted."""
        for row in self._read_list("invoices", {"invoiceNumber": str(number)}, search_list):
            if row.get("invoiceNumber") == number:
                return self._listed_invoice(_id_of(row), f"invoice {number}")
        return None

    def customer_by_number(self, number: str) -> Customer | None:
        """Fetch the customer with exactly this number; None if there is none."""
        found = self.customer_id(number)
        return self.customer(found) if found is not None else None

    def customer_id(self, number: str) -> int | None:
        """Return Moment's id of the customer with exactly this number; None if there is none."""
        return self._id_by_number("customers", "customerNumber", number)

    def project_id(self, number: str) -> int | None:
        """Return Moment's id of the project with exactly this number; None if there is none."""
        return self._id_by_number("projects", "projectNumber", number)

    def project_by_number(self, number: str) -> Project | None:
        """Fetch the project with exactly this number; None if there is none."""
        found = self.project_id(number)
        return self.project(found) if found is not None else None

    def changed_customers(self, since: datetime | None) -> Iterator[Change]:
        """List customers changed at or after `since` (None = all)."""
        return self._changed("customers", since, {})

    def changed_projects(self, since: datetime | None) -> Iterator[Change]:
        """List projects changed at or after `since` (None = all)."""
        return self._changed("projects", since, {})

    def transferable_invoices(self, modified_from: date | None) -> Iterator[Change]:
        """List finalised invoices with status "to transfer" changed on or after the day (None = all).

        Finalising changes an invoice, so the day of the last change is a safe lower bound.
        """
        params = {"exportStatus": "toTransfer", "invoiceState": "finalized"}
        if modified_from is not None:
            params["lastModifiedDateFrom"] = (modified_from - timedelta(days=1)).isoformat()
        # The short form of a list has no status filter (the contract's listWithFields), so whole rows are requested.
        for change in map(change_of_invoice, self._read_list("invoices", params)):
            if change is not None and change.finalized and change.export_status == "toTransfer":
                yield change

    def finalised_invoices(self, changed_from: date | None) -> Iterator[Invoice | UnreadableInvoice]:
        """Yield each finalised invoice changed on or after the day (None = all), with lines, or why it cannot be read."""
        params = {"invoiceState": "finalized"}
        if changed_from is not None:
            params["lastModifiedDateFrom"] = (changed_from - timedelta(days=1)).isoformat()
        for row in self._read_list("invoices", params):
            try:
                whole = row if isinstance(row.get("lines"), list) else None
                about = name_of(row)
                read = self._invoice_from(parse(InvoiceWire, row, about)) if whole else self.invoice(_id_of(row))
            except Refused as refused:
                yield unreadable_invoice(row, refused.problems[0])
                continue
            if read is not None and read.finalized:
                yield read

    def recent_invoices(self, today: date, count: int) -> list[Change]:
        """Return the `count` finalised invoices with the highest numbers among those changed lately, highest first."""
        for days in RECENT_DAYS:
            params = {"invoiceState": "finalized"}
            if days is not None:
                params["lastModifiedDateFrom"] = (today - timedelta(days=days)).isoformat()
            rows = (change_of_invoice(row) for row in self._read_list("invoices", params))
            found = [change for change in rows if change is not None and change.finalized]
            if len(found) >= count:
                break
        return sorted(found, key=lambda change: int(change.number), reverse=True)[:count]

    def customer_states(self) -> list[str]:
        """Return the states a customer can have: Moment's known ones and those of the first customers."""
        rows = self._read_list("customers", {}, search_list)
        states = {row.get("customerState") for row in itertools.islice(rows, STATE_SAMPLE_SIZE)}
        return sorted(CUSTOMER_STATES | {state for state in states if isinstance(state, str) and state})

    def mark_transferred(self, invoice: Invoice, unchanged: Callable[[Invoice], bool]) -> Invoice:
        """Set the export status to "transferred" and return the invoice as Moment then has it: its status says whether the
        status was set. Idempotent.

        Changes "to transfer" only, never "do not transfer". An invoice that changed meanwhile, or has no version, is read
        again, and is marked only if it is `unchanged`. Raises `Unavailable` if the invoice changes again meanwhile.
        """
        about = f"invoice {invoice.number}"
        for again in range(2):
            if again or invoice.version is None:
                invoice = self._reload(invoice, about)
                if not unchanged(invoice):
                    return invoice
            if invoice.export_status != TO_TRANSFER:
                return invoice
            answer = self._patch_status(invoice, about)
            if answer is not None:
                return self._marked(invoice, answer, about)
        invoice = self._reload(invoice, about)
        if invoice.export_status != TO_TRANSFER or not unchanged(invoice):
            return invoice
        cause = {"cause": "the invoice is being changed by somebody else"}
        raise Unavailable(Problem("moment_unavailable", about, cause), outcome_known=True)

    def mark_not_to_transfer(self, invoice: Invoice) -> bool:
        """Set the export status to "do not transfer"; return whether Moment did. Changes an invoice "to transfer" only, in the
        version that was read."""
        answer = self._patch_status(invoice, f"invoice {invoice.number}", DO_NOT_TRANSFER)
        if answer is None:  # changed meanwhile
            return False
        after = self._reload(invoice, f"invoice {invoice.number}")
        return after.export_status == DO_NOT_TRANSFER

    def financial_accounts(self) -> list[FinancialAccountWire]:
        """List Moment's accounts in the category sales; the same number may exist in other categories."""
        rows = self._parse_list("financialAccounts", FinancialAccountWire)
        return [row for row in rows if row.financial_account_category == "sales"]

    def departments(self) -> list[DepartmentWire]:
        """List the company's departments."""
        return self._parse_list("departments", DepartmentWire)

    def user_accounts(self) -> list[UserAccountWire]:
        """List the company's users in Moment."""
        return self._parse_list("userAccounts", UserAccountWire)

    def project_numbers(self) -> list[str]:
        """List the numbers of all projects."""
        return [change.number for change in self._changes("projects", {})]

    def project_states(self) -> list[str]:
        """List the states a project can have; if Moment has no such list, collect them from the projects."""
        what = "projectStates"
        try:
            return [parse(ProjectStateWire, row, what).project_state for row in self._list(what, {})]
        except NotFound:
            states = {row.get("projectState") for row in self._read_list("projects", {})}
            return sorted(state for state in states if isinstance(state, str) and state)

    def _fetch(self, what: str, moment_id: int, kind: type[Wire], noun: str) -> Wire | None:
        try:
            value = self._session.get(f"{what}/{moment_id}")
        except HtmlNotFound as error:
            raise unexpected_page() from error
        except NotFound:
            return None
        return parse(kind, value, f"{noun} id {moment_id}")

    def _patch_status(self, invoice: Invoice, about: str, status: str = TRANSFERRED) -> Any:
        body: dict[str, Any] = {"exportStatus": status}
        if invoice.version is not None:
            body["version"] = invoice.version
        try:
            return self._session.patch(f"invoices/{invoice.moment_id}", body)
        except HtmlNotFound as error:
            raise unexpected_page() from error
        except NotFound as error:
            raise _invoice_gone(invoice, about) from error

    def _marked(self, invoice: Invoice, answer: Any, about: str) -> Invoice:
        """Return the invoice from Moment's answer to the new status; read it again if the answer does not prove the change."""
        after = self._invoice_from(parse(InvoiceWire, answer, about))
        is_set = after.moment_id == invoice.moment_id and after.export_status == TRANSFERRED
        return after if is_set else self._reload(invoice, about)

    def _reload(self, invoice: Invoice, about: str) -> Invoice:
        current = self.invoice(invoice.moment_id)
        if current is None:
            raise _invoice_gone(invoice, about)
        return current

    def _listed_invoice(self, moment_id: int, about: str) -> Invoice:
        """Return the invoice that a list names. If its id is not found, Moment contradicts itself: look again later."""
        found = self.invoice(moment_id)
        if found is None:
            cause = {"cause": "Moment lists it, and does not find it by its id"}
            raise Unavailable(Problem("moment_unavailable", about, cause), outcome_known=True)
        return found

    def _parse_list(self, what: str, kind: type[Wire]) -> list[Wire]:
        return [parse(kind, row, what) for row in self._read_list(what, {})]

    def _list(self, what: str, params: dict[str, str], reader: Reader = whole_list) -> Iterator[dict[str, Any]]:
        return reader(lambda page: self._session.get(what, {**params, **page}), what)

    def _read_list(self, what: str, params: dict[str, str], reader: Reader = whole_list) -> Iterator[dict[str, Any]]:
        """Read a list that always exists: if Moment answers 404, the company does not."""
        return read_list(self._session, what, params, reader)

    def _id_by_number(self, what: str, field: str, number: str) -> int | None:
        """Search with the free-text filter first, which may ignore numbers; then read the whole list."""
        number = clean_number(number)
        for params in ({"query": number}, {}):
            for row in self._list_fields(what, field, params, search_list):
                if clean_number(str(row.get(field) or "")) == number:
                    return _id_of(row)
        return None

    def _changed(self, what: str, since: datetime | None, params: dict[str, str]) -> Iterator[Change]:
        if since is not None:
            # The filter's time zone is unknown and it may ignore the time: ask for a day more, and filter here.
            params = {**params, "lastModifiedDateFrom": (since.date() - timedelta(days=1)).isoformat()}
        for change in self._changes(what, params):
            if since is None or change.modified_at is None or change.modified_at >= since:
                yield change

    def _changes(self, what: str, params: dict[str, str]) -> Iterator[Change]:
        for row in self._list_fields(what, CHANGE_FIELDS[what], params):
            change = change_of_master(what, row)
            if change is not None:
                yield change

    def _list_fields(
        self, what: str, fields: str, params: dict[str, str], reader: Reader = whole_list
    ) -> Iterator[dict[str, Any]]:
        """List rows with the given fields only, or whole rows if Moment lacks the short form."""
        first = True
        try:
            for row in self._list(f"{what}/include/{quote(fields, safe='+')}", params, reader):
                first = False
                yield row
        except (NotFound, Refused):
            if not first:
                raise
            yield from self._read_list(what, params, reader)


def _invoice_gone(invoice: Invoice, about: str) -> Refused:
    return Refused([Problem("not_in_moment", about, {"number": str(invoice.number)})])


def _id_of(row: dict[str, Any]) -> int:
    value = row.get("id")
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused([Problem("moment_malformed", "list", {"field": "id", "why": "a whole number is expected"})])
    return value
