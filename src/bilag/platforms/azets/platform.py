"""Azets as an accounting platform: what the rest of Bilag meets. `posting.py` has the way of a batch."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, BinaryIO, TypeVar
from urllib.parse import quote

from bilag.platforms.azets.batches import Batches
from bilag.platforms.azets.checking import check
from bilag.platforms.azets.client import HubClient
from bilag.platforms.azets.documents import fetch_document
from bilag.platforms.azets.mapping import (
    chart_from,
    customer_body,
    department_body,
    posted_from,
    project_body,
)
from bilag.platforms.azets.posting import Posting
from bilag.platforms.azets.problems import About
from bilag.platforms.azets.reports import Report
from bilag.platforms.azets.wire import (
    AccountWire,
    CustomerWire,
    HubObject,
    PeriodsWire,
    PostedVoucherWire,
    ProfileWire,
    UnitValueWire,
    VatCodeWire,
)
from bilag.platforms.base import Capabilities, CheckStep, Connection, FetchedDocument, PostedPage, PostingStatus
from bilag.platforms.organisation_numbers import is_wrong
from bilag.posting.chart import Chart, UnitDefinition
from bilag.posting.dimensions import unit_value
from bilag.posting.master import Customer, Department, Project
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher
from bilag.wire.errors import Misconfigured, Refused

T = TypeVar("T")
CHART_SECONDS = 600.0
SHORTEST_CHART_SECONDS = 5.0
READ_SECONDS = 30.0
SHORTEST_READ_SECONDS = 5.0
_CUSTOMER_NUMBER = re.compile(r"[0-9A-Za-z._-]{1,20}")
_UNIT_VALUE = re.compile(r"[^/\s](?:[^/]{0,38}[^/\s])?")
_UNADDRESSABLE = (".", "..")
"""An address cannot end in these: they mean the folder and the one above."""


class AzetsPlatform:
    """One client company behind the hub, as `AccountingPlatform` says. Safe for several threads."""

    capabilities = Capabilities(own_voucher_numbers=True, line_accrual=True, units=True, expenses=True)

    def __init__(self, connection: Connection) -> None:
        scale = connection.time_scale
        self._dimensions = connection.dimensions
        timeout = max(SHORTEST_READ_SECONDS, READ_SECONDS * scale)
        self._client = HubClient(connection.values, read_timeout=timeout, meters=connection.meters)
        self._batches = Batches(self._client, self._unit_definitions)
        self._series = connection.values.get("voucher_series") or None
        self._expenses_of = expense_scope(connection.values)
        self._chart_seconds = max(SHORTEST_CHART_SECONDS, CHART_SECONDS * scale)
        self._chart: Chart | None = None
        self._chart_read_at = 0.0
        self._chart_until = 0.0
        self._chart_lock = threading.Lock()

    def __repr__(self) -> str:
        return "AzetsPlatform()"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def check(self) -> list[CheckStep]:
        """Sign in, find the client, read its chart, look at units and periods. What fails is a step."""
        return check(self._client.sign_in, self._profile, lambda: self.chart(fresh=True), self._dimensions)

    def chart(self, *, fresh: bool = False) -> Chart:
        """Accounts, VAT codes, periods, units and limits of the client; kept for ten minutes unless `fresh`.

        Read anew after every refusal, for then something was not as it was thought to be.
        """
        asked_at = time.monotonic()
        kept = None if fresh else self._kept_chart()
        if kept is not None:
            return kept
        with self._chart_lock:
            kept = self._kept_chart()
            if kept is not None and (not fresh or self._chart_read_at >= asked_at):
                return kept  # somebody read it while we waited
            began = time.monotonic()
            chart = chart_from(
                self._profile(),
                list(self._client.items("accounts", AccountWire)),
                list(self._client.items("vat-codes", VatCodeWire)),
                self._client.parsed(PeriodsWire, self._client.read("periods")),
            )
            self._chart, self._chart_read_at = chart, began
            self._chart_until = began + self._chart_seconds
            return chart

    def _kept_chart(self) -> Chart | None:
        return self._chart if time.monotonic() < self._chart_until else None

    def _profile(self) -> ProfileWire:
        return self._client.parsed(ProfileWire, self._client.read("profile"))

    def _unit_definitions(self) -> Mapping[int, UnitDefinition]:
        """The client's units, which change so seldom that the last chart will do."""
        kept = self._chart
        return (kept if kept is not None else self.chart()).units

    def customer_content(self, customer: Customer) -> Mapping[str, Any]:
        """What `put_customer` would send."""
        return customer_body(customer)

    def project_content(self, project: Project) -> Mapping[str, Any]:
        """What `put_project` would send, with the unit it would go to; empty where projects are not sent."""
        unit = self._dimensions.project
        return {} if unit is None else {"unit": unit, **project_body(project, self._department_of(project))}

    def put_customer(self, customer: Customer) -> None:
        """Create or change the customer by its number."""
        number = customer.number
        about = About(f"customer {number}", {"customer": number}, customer_body(customer))
        if number in _UNADDRESSABLE or not _CUSTOMER_NUMBER.fullmatch(number):
            raise Refused([Problem("customer_number_invalid", about.subject, about.facts)])
        if is_wrong(customer.organisation_number, customer.country):
            facts = {"customer": number, "value": customer.organisation_number or ""}
            raise Refused([Problem("organisation_number_invalid", about.subject, facts)])
        self._put(f"customers/{quote(number, safe='')}", about, CustomerWire)

    def put_project(self, project: Project) -> None:
        """Create or change the project in its unit; nothing where none is chosen."""
        unit = self._dimensions.project
        if unit is not None:
            self._put_value(unit, project.number, project_body(project, self._department_of(project)), "project")

    def put_department(self, department: Department) -> None:
        """Create or change the department in its unit; nothing where none is chosen."""
        unit = self._dimensions.department
        if unit is not None:
            self._put_value(unit, department.number, department_body(department), "department")

    def _department_of(self, project: Project) -> str | None:
        """The project's department as its unit keeps it; None where departments are not sent, or it would not fit."""
        unit = self._dimensions.department
        if unit is None or not project.department:
            return None
        value = unit_value(unit, project.department, self._unit_definitions().get(unit))
        return None if isinstance(value, Problem) else value

    def _put_value(self, unit: int, number: str, body: dict[str, Any], noun: str) -> None:
        subject = f"{noun} {number}"
        value = unit_value(unit, number, self.chart().units.get(unit), subject=subject)
        if isinstance(value, Problem):
            raise self._told_of_setup(Refused([value]))
        about = About(subject, {"unit": str(unit), "value": value}, body)
        if value in _UNADDRESSABLE or not _UNIT_VALUE.fullmatch(value):
            raise Refused([Problem("field_invalid", subject, {**about.facts, "field": noun})])
        self._put(f"organizational-units/{unit}/{quote(value, safe='')}", about, UnitValueWire)

    def _put(self, path: str, about: About, stored: type[HubObject]) -> None:
        def put() -> None:
            self._client.parsed(stored, self._client.ask("PUT", path, about=about).value, writing=True)

        self._guarded(put)

    def find_voucher(self, voucher: Voucher, external_id: str, *, thorough: bool = True) -> PostingStatus:
        """Where the voucher stands: in the journal, and if `thorough` among the batches that are not posted."""
        return self._guarded(lambda: self._batches.find(voucher, external_id, thorough=thorough))

    def post_voucher(self, vouchers: Sequence[Voucher], external_id: str) -> PostingStatus:
        """Post the vouchers as one batch, or go on with the batch that is there."""
        return self._guarded(Posting(self._client, self._batches, vouchers, external_id, self._series).run)

    def list_vouchers(self, first: date, last: date) -> Iterator[Posted]:
        """Vouchers by posting date, both days included, a page at a time."""
        units = self._unit_definitions()
        dates = {"fromDate": first.isoformat(), "toDate": last.isoformat()}
        for wire in self._client.items("vouchers", PostedVoucherWire, dates):
            yield posted_from(wire, units)

    def list_posted_lines(
        self, report: str, *, after: str | None = None, first: date | None = None
    ) -> Iterator[PostedPage]:
        """Posted lines of a report, a page at a time. A cursor that the hub forgot costs a reading from `first` on."""
        yield from Report(self._client, report, first, self._unit_definitions()).pages(after)

    def fetch_document(self, document_id: str, into: BinaryIO, *, max_bytes: int) -> FetchedDocument:
        """A document's content into a file. After an error part of it may stand there."""
        return fetch_document(self._client, document_id, into, max_bytes)

    def expense_key(self, journal: int, entry: int) -> str:
        """`azets:{parent}:{client}:{journal}:{entry}` (contracts/decisions.md)."""
        return f"{self._expenses_of}:{journal}:{entry}"

    def _guarded(self, ask: Callable[[], T]) -> T:
        """After a refusal the chart is read anew; a unit that is not in use is told of the setup."""
        try:
            return ask()
        except (Refused, Misconfigured) as error:
            self._chart_until = 0.0
            raise self._told_of_setup(error) from error

    def _told_of_setup(self, error: Refused | Misconfigured) -> Refused | Misconfigured:
        """A unit that is not in use is a fault of the setup, whatever object met it first."""
        chosen = {str(self._dimensions.project): "project", str(self._dimensions.department): "department"}
        problems = [
            replace(problem, subject=f"setup dimensions.{noun}")
            if problem.code == "org_unit_not_used" and (noun := chosen.get(problem.facts.get("unit", "")))
            else problem
            for problem in error.problems
        ]
        only_setup = all(problem.code == "org_unit_not_used" for problem in problems)
        return Misconfigured(problems) if only_setup else type(error)(problems)


def expense_scope(values: Mapping[str, str]) -> str:
    """What an expense key begins with. Client 0123 is 123 (azets-hub.md, section 1): both spellings give one key."""
    client = values["source_client_id"].lstrip("0") or "0"
    return f"azets:{values['parent_client_id'].upper()}:{client}"
