"""PowerOffice Go as an `AccountingPlatform`. `posting.py` posts the vouchers."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, BinaryIO, TypeVar
from weakref import WeakValueDictionary

from bilag.platforms.base import (
    Attachment,
    Capabilities,
    CheckStep,
    Connection,
    FetchedDocument,
    PostedPage,
    PostingState,
    PostingStatus,
    refused_attachment,
)
from bilag.platforms.poweroffice_go.books import (
    DEPARTMENT,
    PROJECT,
    Books,
    read_books,
    read_integration,
    way_allowed,
)
from bilag.platforms.poweroffice_go.checking import check
from bilag.platforms.poweroffice_go.client import GoClient
from bilag.platforms.poweroffice_go.documents import attach_document, fetch_document
from bilag.platforms.poweroffice_go.lines import Lines, require_standard
from bilag.platforms.poweroffice_go.lookup import Journal
from bilag.platforms.poweroffice_go.parties import Parties, customer_content, project_content
from bilag.platforms.poweroffice_go.posting import Posting
from bilag.platforms.poweroffice_go.setup import PRODUCTION
from bilag.platforms.poweroffice_go.ways import capabilities_of
from bilag.platforms.poweroffice_go.wire import IntegrationWire
from bilag.posting.chart import Chart
from bilag.posting.dimensions import unit_value
from bilag.posting.master import Customer, Department, Project
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.selection import oslo_date
from bilag.posting.voucher import Voucher
from bilag.wire.errors import Misconfigured, Refused
from bilag.wire.fence import RequestLock

T = TypeVar("T")
BOOKS_SECONDS = 600.0
SHORTEST_BOOKS_SECONDS = 5.0
READ_SECONDS = 60.0
SHORTEST_READ_SECONDS = 10.0


class KeyedLocks:
    """A lock for each key, within this process. Between processes the transfer's lease protects."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: WeakValueDictionary[str, RequestLock] = WeakValueDictionary()

    def of(self, key: str) -> RequestLock:
        """Return the lock of this key, a context manager."""
        with self._guard:
            return self._locks.setdefault(key, RequestLock())


class PowerOfficeGoPlatform:
    """One client of PowerOffice Go. Thread-safe. See `AccountingPlatform`."""

    def __init__(self, connection: Connection) -> None:
        scale = connection.time_scale
        given = {name: text for name, text in connection.values.items() if text}
        values = {"base_url": PRODUCTION, **connection.installation, **given}
        self._dimensions = connection.dimensions
        self._name = values["client"]
        timeout = max(SHORTEST_READ_SECONDS, READ_SECONDS * scale)
        self._client = GoClient(values, read_timeout=timeout, rate_limits=connection.rate_limits)
        self._parties = Parties(self._client)
        self._seconds = max(SHORTEST_BOOKS_SECONDS, BOOKS_SECONDS * scale)
        self._cached: Books | None = None
        self._read_at = 0.0
        self._until = 0.0
        self._lock = RequestLock()
        self._locks_by_key = KeyedLocks()
        self._integration: IntegrationWire | None = None

    def __repr__(self) -> str:
        return "PowerOfficeGoPlatform()"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @property
    def capabilities(self) -> Capabilities:
        """What the client's privileges allow. Asks Go the first time."""
        cached = self._cached
        return capabilities_of(cached.way if cached is not None else way_allowed(self._client_itself()))

    def check(self) -> Iterator[CheckStep]:
        """Sign in, find the client and how it lets vouchers be posted, read its chart. A failure is a step."""
        return check(
            self._client.sign_in,
            lambda: read_integration(self._client, self._name),
            lambda: self._books(True),
            _identity,
            self._dimensions,
        )

    def chart(self, *, fresh: bool = False) -> Chart:
        """Return the client's chart; cached for ten minutes unless `fresh`, and read again after a refusal."""
        return self._books(fresh).chart

    def _books(self, fresh: bool = False) -> Books:
        asked_at = time.monotonic()
        if not fresh and self._cached is not None and asked_at < self._until:
            return self._cached
        with self._lock:
            began = time.monotonic()
            if self._cached is not None and began < self._until and (not fresh or self._read_at >= asked_at):
                return self._cached  # another thread read it while this one waited
            books = read_books(self._client, self._name, oslo_date(datetime.now(UTC)))
            self._cached, self._read_at, self._until = books, began, began + self._seconds
            return books

    def _last_books(self) -> Books:
        """Return any earlier books: ids and currencies do not change, so they will do for reading vouchers."""
        cached = self._cached
        return cached if cached is not None else self._books()

    def _client_itself(self) -> IntegrationWire:
        """Return who the client is. That never changes for a key."""
        if self._integration is None:
            self._integration = read_integration(self._client, self._name)
        return self._integration

    def customer_content(self, customer: Customer) -> Mapping[str, Any]:
        """Return what `put_customer` would send."""
        return customer_content(customer)

    def project_content(self, project: Project) -> Mapping[str, Any]:
        """Return what `put_project` would send, with its unit; empty if projects are not sent."""
        unit = self._dimensions.project
        return {} if unit is None else {"unit": unit, **project_content(project, self._department_of(project))}

    def put_customer(self, customer: Customer) -> None:
        """Create or update the customer by its number."""
        with self._locks_by_key.of(f"customer {customer.number}"):
            self._invalidate_on_refusal(lambda: self._parties.put_customer(customer))

    def put_project(self, project: Project) -> None:
        """Create or update the project; do nothing if no unit is chosen. In a dimension, it is a value without a customer."""
        unit = self._dimensions.project
        if unit is None:
            return
        subject = f"project {project.number}"
        with self._locks_by_key.of(f"unit {unit} {self._value(unit, project.number, subject)}"):
            if unit == PROJECT:
                department = self._department_of(project)
                self._invalidate_on_refusal(lambda: self._parties.put_project(project, department))
            else:
                self._put_value(unit, project.number, project.name, subject)

    def put_department(self, department: Department) -> None:
        """Create or update the department; do nothing if no unit is chosen."""
        unit = self._dimensions.department
        if unit is None:
            return
        subject = f"department {department.number}"
        with self._locks_by_key.of(f"unit {unit} {self._value(unit, department.number, subject)}"):
            if unit == DEPARTMENT:
                self._invalidate_on_refusal(lambda: self._parties.put_department(department))
            else:
                self._put_value(unit, department.number, department.name, subject)

    def _put_value(self, unit: int, number: str, name: str, subject: str) -> None:
        if unit in (DEPARTMENT, PROJECT):  # projects kept as departments, or the other way round
            put = self._parties.put_department if unit == DEPARTMENT else self._parties.put_plain_project
            self._invalidate_on_refusal(lambda: put(Department(number, name)))
        else:
            self._invalidate_on_refusal(lambda: self._parties.put_dimension(unit, number, name, subject))

    def _value(self, unit: int, number: str, subject: str) -> str:
        """Return the number as the unit's value. Raises `Refused`; `Misconfigured` for a unit that is not in use."""
        value = unit_value(unit, number, self.chart().units.get(unit), subject=subject)
        if isinstance(value, Problem):
            if value.code == "org_unit_not_used":
                noun = subject.partition(" ")[0]
                raise Misconfigured([value.about(f"setup dimensions.{noun}")])
            raise Refused([value])
        if not value.strip():
            raise Refused([Problem("field_required", subject)])
        return value

    def _department_of(self, project: Project) -> str | None:
        """Return the code of the project's department; None if departments are not sent as Go's departments."""
        return project.department if self._dimensions.department == DEPARTMENT else None

    def find_voucher(
        self, voucher: Voucher, external_id: str, *, thorough: bool = True, every_date: bool = False
    ) -> PostingStatus:
        """Look up the voucher by our reference and by its number. Go keeps nothing that is not posted."""
        journal = Journal(self._client, self._last_books())
        return self._invalidate_on_refusal(
            lambda: journal.find(voucher, external_id, thorough=thorough, every_date=every_date)
        )

    def post_voucher(self, vouchers: Sequence[Voucher], external_id: str) -> PostingStatus:
        """Post the vouchers. Go itself refuses a second voucher with the same reference."""
        posting = Posting(self._client, self._parties, self._books, vouchers, external_id)
        return self._invalidate_on_refusal(posting.run)

    def list_vouchers(self, first: date, last: date) -> Iterator[Posted]:
        """Yield vouchers by posting date, both days included; a month is read at a time."""
        yield from Journal(self._client, self._last_books()).list_posted(first, last)

    def list_posted_lines(
        self, report: str, *, after: str | None = None, first: date | None = None
    ) -> Iterator[PostedPage]:
        """Yield posted lines, by voucher. There is only the standard report."""
        require_standard(report)
        yield from Lines(self._client, self._books()).pages(after, first)

    def fetch_document(self, document_id: str, into: BinaryIO, *, max_bytes: int) -> FetchedDocument:
        """Fetch a document of a voucher out of the zip in which Go gives it."""
        return fetch_document(self._client, document_id, into, max_bytes)

    def attach_document(self, voucher: Voucher, external_id: str, document: Attachment, content: BinaryIO) -> None:
        """Attach a PDF of at most 30 MB to the posted voucher, in place of one that Bilag attached earlier."""
        books = self._books()
        if not books.chart.largest_attachment:
            raise refused_attachment(voucher, document)
        journal = Journal(self._client, books)
        status = journal.find(voucher, external_id)
        number = status.journal_number if status.state == PostingState.POSTED else None
        key = journal.id_of(number) if number is not None else None
        if key is None:
            facts = {"number": str(voucher.number), "document": document.file_name}
            raise Refused([Problem("voucher_unknown", f"invoice {voucher.number}", facts)])
        attach_document(self._client, key, voucher.number, document, content, books.chart.largest_attachment)

    def expense_key(self, journal: int, entry: int) -> str:
        """Return `poweroffice_go:{client}:{voucher}:{transaction}`. The client's id stays, whatever key opens it."""
        return f"poweroffice_go:{self._client_itself().client_id}:{journal}:{entry}"

    def _invalidate_on_refusal(self, ask: Callable[[], T]) -> T:
        """Run `ask`. A refusal invalidates the books and the known ids, because they may be out of date."""
        try:
            return ask()
        except (Refused, Misconfigured):
            self._until = 0.0
            self._parties.forget()
            raise


def _identity(client_id: str) -> str:
    """Tell the client's books from those of every other client."""
    return f"poweroffice_go:{client_id.lower()}"
