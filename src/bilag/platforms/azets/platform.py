"""Azets as an accounting platform: what the rest of Bilag meets. `posting.py` holds the way of a batch."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote

from bilag.platforms.azets.batches import Batches
from bilag.platforms.azets.client import HubClient, HubError
from bilag.platforms.azets.mapping import (
    chart_from,
    customer_body,
    department_body,
    posted_from,
    project_body,
)
from bilag.platforms.azets.wire import AccountWire, PeriodsWire, PostedVoucherWire, ProfileWire, VatCodeWire
from bilag.platforms.base import Capabilities, CheckStep, Connection, Standing
from bilag.posting.chart import Chart
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


class AzetsPlatform:
    """One client company behind the hub. Safe for several threads."""

    capabilities = Capabilities(own_voucher_numbers=True, units=True, expenses=True)

    def __init__(self, connection: Connection) -> None:
        scale = connection.time_scale
        self._dimensions = connection.dimensions
        self._client = HubClient(connection.values, read_timeout=max(SHORTEST_READ_SECONDS, READ_SECONDS * scale))
        self._batches = Batches(self._client, connection.values.get("voucher_series") or None)
        self._chart_seconds = max(SHORTEST_CHART_SECONDS, CHART_SECONDS * scale)
        self._chart: Chart | None = None
        self._chart_until = 0.0
        self._chart_lock = threading.Lock()

    def __repr__(self) -> str:
        return "AzetsPlatform()"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def check(self) -> list[CheckStep]:
        """Sign in, find the client, read its chart, look at units and periods. Raises `Unavailable` only."""
        steps: list[CheckStep] = []
        for name, look in (("signed_in", self._check_sign_in), ("client_found", self._check_client)):
            try:
                steps.append(CheckStep(name, True, look()))
            except (Misconfigured, Refused) as error:
                return [*steps, CheckStep(name, False, "", error.problems)]
        chart = self.chart(fresh=True)
        active = sum(account.active for account in chart.accounts.values())
        steps.append(CheckStep("chart", True, f"{active} accounts and {len(chart.vat_codes)} VAT codes in use"))
        steps.append(self._check_units(chart))
        open_periods = sum(period.open for period in chart.periods)
        locked = f", locked until {chart.lock_date}" if chart.lock_date else ""
        steps.append(CheckStep("periods", True, f"{open_periods} open periods{locked}"))
        return steps

    def _check_sign_in(self) -> str:
        self._client.sign_in()
        return "the hub takes the credentials"

    def _check_client(self) -> str:
        profile = self._profile()
        return f"{profile.company_name} on {profile.accounting_system}"

    def _check_units(self, chart: Chart) -> CheckStep:
        chosen = {"project": self._dimensions.project, "department": self._dimensions.department}
        problems, told = [], []
        for noun, unit in chosen.items():
            if unit is None:
                continue
            definition = chart.units.get(unit)
            if definition is None or not definition.used:
                facts = {"unit": str(unit), "name": definition.name if definition else "", "value": ""}
                problems.append(Problem("org_unit_not_used", f"setup dimensions.{noun}", facts))
            else:
                told.append(f"{noun}s go to unit {unit} {definition.name}")
        return CheckStep("units", not problems, ", ".join(told) or "no dimension is used", tuple(problems))

    def chart(self, *, fresh: bool = False) -> Chart:
        """Accounts, VAT codes, periods, units and limits of the client; kept for ten minutes unless `fresh`."""
        kept = self._chart
        if not fresh and kept is not None and time.monotonic() < self._chart_until:
            return kept
        asked_at = time.monotonic()
        with self._chart_lock:
            if self._chart is not None and self._chart_until - self._chart_seconds > asked_at:
                return self._chart  # somebody read it while we waited
            chart = chart_from(
                self._profile(),
                list(self._client.items("accounts", AccountWire)),
                list(self._client.items("vat-codes", VatCodeWire)),
                self._client.parsed(PeriodsWire, self._client.read("periods")),
            )
            self._chart, self._chart_until = chart, time.monotonic() + self._chart_seconds
            return chart

    def _profile(self) -> ProfileWire:
        return self._client.parsed(ProfileWire, self._client.read("profile"))

    def customer_content(self, customer: Customer) -> Mapping[str, Any]:
        """What `put_customer` would send."""
        return customer_body(customer)

    def project_content(self, project: Project) -> Mapping[str, Any]:
        """What `put_project` would send, with the unit it would go to; empty where projects are not sent."""
        unit = self._dimensions.project
        return {} if unit is None else {"unit": unit, **project_body(project, self._department_of(project))}

    def put_customer(self, customer: Customer) -> None:
        """Create or change the customer by its number."""
        self._put(
            f"customers/{quote(customer.number, safe='')}", customer_body(customer), f"customer {customer.number}"
        )

    def put_project(self, project: Project) -> None:
        """Create or change the project in its unit; nothing where none is chosen."""
        self._put_value(
            self._dimensions.project, project.number, project_body(project, self._department_of(project)), "project"
        )

    def put_department(self, department: Department) -> None:
        """Create or change the department in its unit; nothing where none is chosen."""
        self._put_value(self._dimensions.department, department.number, department_body(department), "department")

    def _department_of(self, project: Project) -> str | None:
        """The department proposed for a project, as its unit holds it; none where departments are not sent."""
        unit = self._dimensions.department
        if unit is None or project.department is None:
            return None
        value = unit_value(unit, project.department, self.chart().units.get(unit), subject=f"project {project.number}")
        return None if isinstance(value, Problem) else value

    def _put_value(self, unit: int | None, number: str, body: dict[str, Any], noun: str) -> None:
        if unit is None:
            return
        about = f"{noun} {number}"
        value = unit_value(unit, number, self.chart().units.get(unit), subject=about)
        if isinstance(value, Problem):
            raise Refused([value])
        self._put(f"organizational-units/{unit}/{quote(value, safe='')}", body, about)

    def _put(self, path: str, body: dict[str, Any], about: str) -> None:
        self._guarded(lambda: self._client.ask("PUT", path, body=body, about=about))

    def find_voucher(self, voucher: Voucher, external_id: str, *, thorough: bool = True) -> Standing:
        """Where the voucher stands: in the journal, and if `thorough` among the batches that are not posted."""
        return self._guarded(lambda: self._batches.find(voucher, external_id, thorough=thorough))

    def post_voucher(self, vouchers: Sequence[Voucher], external_id: str) -> Standing:
        """Post the vouchers as one batch, or go on with the batch that is there."""
        return self._guarded(lambda: self._batches.post(vouchers, external_id))

    def list_vouchers(self, first: date, last: date) -> Iterator[Posted]:
        """Vouchers by posting date, a page at a time."""
        dates = {"fromDate": first.isoformat(), "toDate": last.isoformat()}
        for wire in self._client.items("vouchers", PostedVoucherWire, dates):
            yield posted_from(wire)

    def _guarded(self, ask: Callable[[], T]) -> T:
        """Errors of the wire as the rest of Bilag knows them; after a refusal the chart is read anew."""
        try:
            return ask()
        except HubError as error:
            if isinstance(error.error, Refused):
                self._chart_until = 0.0
            raise error.error from error
        except Refused:
            self._chart_until = 0.0
            raise
