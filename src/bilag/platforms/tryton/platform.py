"""Tryton as an `AccountingPlatform`. `posting.py` posts the vouchers."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO, TypeVar
from weakref import WeakValueDictionary

from bilag.platforms.base import (
    Attachment,
    Capabilities,
    CheckStep,
    Connection,
    FetchedDocument,
    PostedPage,
    PostingStatus,
    refused_attachment,
)
from bilag.platforms.tryton.books import Books, find_company, read_books
from bilag.platforms.tryton.checking import check
from bilag.platforms.tryton.client import Gone, TrytonClient
from bilag.platforms.tryton.documents import fetch_document
from bilag.platforms.tryton.lines import Lines, require_standard
from bilag.platforms.tryton.moves import Moves
from bilag.platforms.tryton.parties import customer_content, put_customer
from bilag.platforms.tryton.posting import Posting
from bilag.platforms.tryton.rows import CompanyRow, CreatedRow
from bilag.platforms.tryton.values import put_value, value_content
from bilag.platforms.tryton.wire import TrytonRow
from bilag.posting.chart import Chart
from bilag.posting.dimensions import unit_value
from bilag.posting.master import Customer, Department, Project
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher
from bilag.wire.errors import Misconfigured, Refused, Unavailable
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

    def of(self, key: str) -> "RequestLock":
        """Return the lock of this key, a context manager."""
        with self._guard:
            return self._locks.setdefault(key, RequestLock())


class TrytonPlatform:
    """One company in one Tryton database. Thread-safe. See `AccountingPlatform`."""

    capabilities = Capabilities(expenses=True, lines_by_journal=False)

    def __init__(self, connection: Connection) -> None:
        scale = connection.time_scale
        self._values = {"journal": "REV", "receivable_account": "1500", **_without_blanks(connection.values)}
        self._dimensions = connection.dimensions
        self._client = TrytonClient(
            self._values,
            read_timeout=max(SHORTEST_READ_SECONDS, READ_SECONDS * scale),
        )
        self._seconds = max(SHORTEST_BOOKS_SECONDS, BOOKS_SECONDS * scale)
        self._cached: Books | None = None
        self._read_at = 0.0
        self._until = 0.0
        self._lock = RequestLock()
        self._locks_by_key = KeyedLocks()

    def __repr__(self) -> str:
        return "TrytonPlatform()"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def check(self) -> Iterator[CheckStep]:
        """Sign in, find the company, read its chart, check units and periods. A failure is a step."""
        return check(self._sign_in, self._company, self._identity, lambda: self._books(True), self._dimensions)

    def chart(self, *, fresh: bool = False) -> Chart:
        """Return the company's chart; cached for ten minutes unless `fresh`, and read again after a refusal."""
        return self._books(fresh).chart

    def _books(self, fresh: bool = False) -> Books:
        asked_at = time.monotonic()
        if not fresh and self._cached is not None and asked_at < self._until:
            return self._cached
        with self._lock:
            began = time.monotonic()
            if self._cached is not None and began < self._until and (not fresh or self._read_at >= asked_at):
                return self._cached  # another thread read it while this one waited
            books = read_books(self._client, self._values)
            self._cached, self._read_at, self._until = books, began, began + self._seconds
            return books

    def _last_books(self) -> Books:
        """Return any earlier books: ids, roots and currencies do not change, so they will do for reading moves."""
        cached = self._cached
        return cached if cached is not None else self._books()

    def _sign_in(self) -> int:
        return len(self._client.rows("company.company", TrytonRow, []))

    def _company(self) -> CompanyRow:
        return find_company(self._client, self._values["company"])

    def _identity(self, company: int) -> str | None:
        """Tell the company's books from those of every other database: by when the company was made there."""
        (row,) = self._client.rows("company.company", CreatedRow, [["id", "=", company]])
        made = json.dumps(row.create_date, sort_keys=True)
        return f"tryton:{company}:{hashlib.sha256(made.encode()).hexdigest()[:32]}" if row.create_date else None

    def customer_content(self, customer: Customer) -> Mapping[str, Any]:
        """Return what `put_customer` would send."""
        return customer_content(customer)

    def project_content(self, project: Project) -> Mapping[str, Any]:
        """Return what `put_project` would send, with its unit; empty if projects are not sent."""
        unit = self._dimensions.project
        return {} if unit is None else {"unit": unit, **value_content(project.number, project.name)}

    def put_customer(self, customer: Customer) -> None:
        """Create or update the customer by its number."""
        with self._locks_by_key.of(f"customer {customer.number}"):
            self._invalidate_on_refusal(lambda: put_customer(self._client, customer))

    def put_project(self, project: Project) -> None:
        """Create or update the project under its root; do nothing if no unit is chosen."""
        self._put_value(self._dimensions.project, project.number, project.name, "project")

    def put_department(self, department: Department) -> None:
        """Create or update the department under its root; do nothing if no unit is chosen."""
        self._put_value(self._dimensions.department, department.number, department.name, "department")

    def _put_value(self, unit: int | None, number: str, name: str, noun: str) -> None:
        if unit is None:
            return
        books = self._books_with_root(unit, noun)
        value = unit_value(unit, number, books.chart.units.get(unit), subject=f"{noun} {number}")
        if isinstance(value, Problem) or not value.strip():
            problem = value if isinstance(value, Problem) else Problem("field_required", f"{noun} {number}")
            raise Refused([problem])
        with self._locks_by_key.of(f"unit {unit} {value}"):
            content = value_content(value, name)
            self._invalidate_on_refusal(lambda: put_value(self._client, books, unit, content, f"{noun} {number}"))

    def _books_with_root(self, unit: int, noun: str) -> Books:
        """Return books with a root for the unit, read again before the setup is blamed. Raises `Misconfigured`."""
        books = self._books()
        if unit not in books.roots:
            books = self._books(True)
        if unit not in books.roots:
            raise Misconfigured([Problem("tryton_root_missing", f"setup dimensions.{noun}", {"unit": str(unit)})])
        return books

    def find_voucher(
        self, voucher: Voucher, external_id: str, *, thorough: bool = True, every_date: bool = False
    ) -> PostingStatus:
        """Look up the voucher in the journal and, if `thorough`, among drafts; on every date."""
        return self._invalidate_on_refusal(
            lambda: Moves(self._client, self._last_books()).find(voucher.number, external_id, thorough=thorough)
        )

    def post_voucher(self, vouchers: Sequence[Voucher], external_id: str) -> PostingStatus:
        """Post the vouchers, the invoice's own last, or resume the drafts that exist.

        Serialised: Tryton numbers moves without gaps, so of two concurrent posts one fails, after retries of its own.
        """
        with self._locks_by_key.of("vouchers"):
            return self._invalidate_on_refusal(Posting(self._client, self._books, vouchers, external_id).run)

    def list_vouchers(self, first: date, last: date) -> Iterator[Posted]:
        """Yield vouchers by date, both days included; pages are read as needed."""
        yield from Moves(self._client, self._last_books()).list_posted(first, last)

    def list_posted_lines(
        self, report: str, *, after: str | None = None, first: date | None = None
    ) -> Iterator[PostedPage]:
        """Yield posted lines, by move. There is only the standard report."""
        require_standard(report)
        yield from Lines(self._client, self._books()).pages(after, first)

    def fetch_document(self, document_id: str, into: BinaryIO, *, max_bytes: int) -> FetchedDocument:
        """Fetch a document of a move or a supplier's invoice."""
        return fetch_document(self._client, document_id, into, max_bytes)

    def attach_document(self, voucher: Voucher, external_id: str, document: Attachment, content: BinaryIO) -> None:
        """Refuse: Bilag puts no documents into Tryton."""
        raise refused_attachment(voucher, document)

    def expense_key(self, journal: int, entry: int) -> str:
        """Return `tryton:{database}:{move}:{line}`: ids are unique in a database, across companies."""
        return f"tryton:{self._values['database']}:{journal}:{entry}"

    def _invalidate_on_refusal(self, ask: Callable[[], T]) -> T:
        """Run `ask`. A refusal invalidates the books, because they may be out of date."""
        try:
            return ask()
        except (Refused, Misconfigured):
            self._until = 0.0
            raise
        except Gone as gone:  # deleted between two requests
            raise Unavailable(Problem("tryton_busy"), outcome_known=True) from gone


def _without_blanks(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
