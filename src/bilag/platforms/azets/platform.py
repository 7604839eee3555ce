"""Azets as an `AccountingPlatform`. `posting.py` posts the batches."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, BinaryIO, TypeVar
from urllib.parse import quote

from bilag.platforms.azets.attachments import attach_document
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
from bilag.platforms.azets.setup import ledger_key
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
from bilag.platforms.base import (
    Attachment,
    Capabilities,
    CheckStep,
    Connection,
    FetchedDocument,
    PostedPage,
    PostingStatus,
)
from bilag.platforms.organisation_numbers import is_invalid
from bilag.posting.chart import Chart, UnitDefinition
from bilag.posting.dimensions import unit_value
from bilag.posting.master import Customer, Department, Project
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher
from bilag.wire.errors import Misconfigured, Refused
from bilag.wire.fence import RequestLock

T = TypeVar("T")
CHART_SECONDS = 600.0
SHORTEST_CHART_SECONDS = 5.0
READ_SECONDS = 30.0
SHORTEST_READ_SECONDS = 5.0
_CUSTOMER_NUMBER = re.compile(r"[0-9A-Za-z._-]{1,20}")
_UNIT_VALUE = re.compile(r"[^/\s](?:[^/]{0,38}[^/\s])?")
_UNADDRESSABLE = (".", "..")
"""A URL cannot end in these: they mean the folder and its parent."""


class AzetsPlatform:
    """One client company behind the hub. Thread-safe. See `AccountingPlatform`."""

    capabilities = Capabilities(expenses=True, line_accrual=True, attachments=True)

    def __init__(self, connection: Connection) -> None:
        scale = connection.time_scale
        self._dimensions = connection.dimensions
        timeout = max(SHORTEST_READ_SECONDS, READ_SECONDS * scale)
        self._client = HubClient(connection.values, read_timeout=timeout, rate_limits=connection.rate_limits)
        self._batches = Batches(self._client, self._unit_definitions)
        self._series = connection.values.get("voucher_series") or None
        self._expenses_of = ledger_key(connection.values)
        self._chart_seconds = max(SHORTEST_CHART_SECONDS, CHART_SECONDS * scale)
        self._chart: Chart | None = None
        self._chart_read_at = 0.0
        self._chart_until = 0.0
        self._chart_lock = RequestLock()

    def __repr__(self) -> str:
        return "AzetsPlatform()"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def check(self) -> Iterator[CheckStep]:
        """Sign in, find the client, read its chart, check units and periods. A failure is a step."""
        return check(self._client.sign_in, self._profile, lambda: self.chart(fresh=True), self._dimensions)

    def chart(self, *, fresh: bool = False) -> Chart:
        """Return the client's chart; cached for ten minutes unless `fresh`.

        A refusal invalidates the cache, because the chart may be out of date.
        """
        asked_at = time.monotonic()
        cached = None if fresh else self._cached_chart()
        if cached is not None:
            return cached
        with self._chart_lock:
            cached = self._cached_chart()
            if cached is not None and (not fresh or self._chart_read_at >= asked_at):
                return cached  # another thread read it while this one waited
            began = time.monotonic()
            chart = chart_from(
                self._profile(),
                list(self._client.items("accounts", AccountWire)),
                list(self._client.items("vat-codes", VatCodeWire)),
                self._client.parse(PeriodsWire, self._client.read("periods")),
            )
            self._chart, self._chart_read_at = chart, began
            self._chart_until = began + self._chart_seconds
            return chart

    def _cached_chart(self) -> Chart | None:
        return self._chart if time.monotonic() < self._chart_until else None

    def _profile(self) -> ProfileWire:
        profile = self._client.parse(ProfileWire, self._client.read("profile"))
        self._client.adopt_profile_limit(profile.limits.requests_per_minute)
        return profile

    def _unit_definitions(self) -> Mapping[int, UnitDefinition]:
        """Return the client's units from any earlier chart, because they seldom change."""
        cached = self._chart
        return (cached if cached is not None else self.chart()).units

    def customer_content(self, customer: Customer) -> Mapping[str, Any]:
        """Return what `put_customer` would send."""
        return customer_body(customer)

    def project_content(self, project: Project) -> Mapping[str, Any]:
        """Return what `put_project` would send, with its unit; empty if projects are not sent."""
        unit = self._dimensions.project
        return {} if unit is None else {"unit": unit, **project_body(project, self._department_of(project))}

    def put_customer(self, customer: Customer) -> None:
        """Create or update the customer by its number. Raises `Refused` for a number the hub cannot take."""
        number = customer.number
        about = About(f"customer {number}", {"customer": number}, customer_body(customer))
        if number in _UNADDRESSABLE or not _CUSTOMER_NUMBER.fullmatch(number):
            raise Refused([Problem("customer_number_invalid", about.subject, about.facts)])
        if is_invalid(customer.organisation_number, customer.country):
            facts = {"customer": number, "value": customer.organisation_number or ""}
            raise Refused([Problem("organisation_number_invalid", about.subject, facts)])
        self._put(f"customers/{quote(number, safe='')}", about, CustomerWire)

    def put_project(self, project: Project) -> None:
        """Create or update the project in its unit; do nothing if none is chosen."""
        unit = self._dimensions.project
        if unit is not None:
            self._put_value(unit, project.number, project_body(project, self._department_of(project)), "project")

    def put_department(self, department: Department) -> None:
        """Create or update the department in its unit; do nothing if none is chosen."""
        unit = self._dimensions.department
        if unit is not None:
            self._put_value(unit, department.number, department_body(department), "department")

    def _department_of(self, project: Project) -> str | None:
        """Return the project's department as a unit value; None if departments are not sent or the value does not fit."""
        unit = self._dimensions.department
        if unit is None or not project.department:
            return None
        value = unit_value(unit, project.department, self._unit_definitions().get(unit))
        return None if isinstance(value, Problem) else value

    def _put_value(self, unit: int, number: str, body: dict[str, Any], noun: str) -> None:
        subject = f"{noun} {number}"
        value = unit_value(unit, number, self.chart().units.get(unit), subject=subject)
        if isinstance(value, Problem):
            raise self._blame_setup(Refused([value]))
        about = About(subject, {"unit": str(unit), "value": value}, body)
        if value in _UNADDRESSABLE or not _UNIT_VALUE.fullmatch(value):
            raise Refused([Problem("field_invalid", subject, {**about.facts, "field": noun})])
        self._put(f"organizational-units/{unit}/{quote(value, safe='')}", about, UnitValueWire)

    def _put(self, path: str, about: About, stored: type[HubObject]) -> None:
        def put() -> None:
            self._client.parse(stored, self._client.ask("PUT", path, about=about).value, writing=True)

        self._invalidate_on_refusal(put)

    def find_voucher(
        self, voucher: Voucher, external_id: str, *, thorough: bool = True, every_date: bool = False
    ) -> PostingStatus:
        """Look up the voucher in the journal and, if `thorough`, among batches not yet posted; on every date."""
        return self._invalidate_on_refusal(lambda: self._batches.find(voucher, external_id, thorough=thorough))

    def post_voucher(self, vouchers: Sequence[Voucher], external_id: str) -> PostingStatus:
        """Post the vouchers as one batch, or resume the batch that exists."""
        return self._invalidate_on_refusal(
            Posting(self._client, self._batches, vouchers, external_id, self._series).run
        )

    def list_vouchers(self, first: date, last: date) -> Iterator[Posted]:
        """Yield vouchers by posting date, both days included; pages are read as needed."""
        units = self._unit_definitions()
        dates = {"fromDate": first.isoformat(), "toDate": last.isoformat()}
        for wire in self._client.items("vouchers", PostedVoucherWire, dates):
            yield posted_from(wire, units)

    def list_posted_lines(
        self, report: str, *, after: str | None = None, first: date | None = None
    ) -> Iterator[PostedPage]:
        """Yield a report's pages. If the hub no longer knows the cursor, reading restarts from `first`."""
        yield from Report(self._client, report, first, self._unit_definitions()).pages(after)

    def fetch_document(self, document_id: str, into: BinaryIO, *, max_bytes: int) -> FetchedDocument:
        """Stream a document into a file. After an error, the file may hold part of it."""
        return fetch_document(self._client, document_id, into, max_bytes)

    def attach_document(self, voucher: Voucher, external_id: str, document: Attachment, content: BinaryIO) -> None:
        """Attach a document to the posted voucher, once by its key."""
        self._invalidate_on_refusal(lambda: attach_document(self._client, voucher, external_id, document, content))

    def expense_key(self, journal: int, entry: int) -> str:
        """Return `azets:{parent}:{client}:{journal}:{entry}` (contracts/decisions.md)."""
        return f"{self._expenses_of}:{journal}:{entry}"

    def _invalidate_on_refusal(self, ask: Callable[[], T]) -> T:
        """Run `ask`. A refusal invalidates the chart, and a unit not in use is reported as a setup problem."""
        try:
            return ask()
        except (Refused, Misconfigured) as error:
            self._chart_until = 0.0
            raise self._blame_setup(error) from error

    def _blame_setup(self, error: Refused | Misconfigured) -> Refused | Misconfigured:
        """Change the subject of org_unit_not_used to the setup, whatever object met it first."""
        chosen = {str(self._dimensions.project): "project", str(self._dimensions.department): "department"}
        problems = [
            replace(problem, subject=f"setup dimensions.{noun}")
            if problem.code == "org_unit_not_used" and (noun := chosen.get(problem.facts.get("unit", "")))
            else problem
            for problem in error.problems
        ]
        only_setup = all(problem.code == "org_unit_not_used" for problem in problems)
        return Misconfigured(problems) if only_setup else type(error)(problems)
