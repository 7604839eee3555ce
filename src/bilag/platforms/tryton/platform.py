"""Tryton as an accounting platform: what the rest of Bilag meets. `posting.py` has the way of a voucher."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO, TypeVar
from weakref import WeakValueDictionary

from bilag.platforms.base import Capabilities, CheckStep, Connection, FetchedDocument, PostedPage, PostingStatus
from bilag.platforms.tryton.books import Books, find_company, read_books
from bilag.platforms.tryton.checking import check
from bilag.platforms.tryton.client import Gone, TrytonClient
from bilag.platforms.tryton.documents import fetch_document
from bilag.platforms.tryton.lines import Lines, require_standard
from bilag.platforms.tryton.moves import Moves
from bilag.platforms.tryton.parties import customer_content, put_customer
from bilag.platforms.tryton.posting import Posting
from bilag.platforms.tryton.rows import CompanyRow
from bilag.platforms.tryton.values import put_value, value_content
from bilag.platforms.tryton.wire import TrytonRow
from bilag.posting.chart import Chart
from bilag.posting.dimensions import unit_value
from bilag.posting.master import Customer, Department, Project
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher
from bilag.wire.errors import Misconfigured, Refused, Unavailable

T = TypeVar("T")
BOOKS_SECONDS = 600.0
SHORTEST_BOOKS_SECONDS = 5.0
READ_SECONDS = 60.0
SHORTEST_READ_SECONDS = 10.0


class Turns:
    """One at a time for each key, in this process. Across processes Bilag's own lock on the transfer holds."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: WeakValueDictionary[str, _Turn] = WeakValueDictionary()

    def of(self, key: str) -> "_Turn":
        """The turn of this key, to be taken with `with`."""
        with self._guard:
            return self._locks.setdefault(key, _Turn())


class _Turn:
    """A lock that can be referred to weakly."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class TrytonPlatform:
    """One company in one Tryton database, as `AccountingPlatform` says. Safe for several threads."""

    capabilities = Capabilities(own_voucher_numbers=False, units=True, expenses=True, lines_by_journal=False)

    def __init__(self, connection: Connection) -> None:
        scale = connection.time_scale
        self._values = {"journal": "REV", "receivable_account": "1500", **_given(connection.values)}
        self._dimensions = connection.dimensions
        self._client = TrytonClient(
            self._values,
            read_timeout=max(SHORTEST_READ_SECONDS, READ_SECONDS * scale),
        )
        self._seconds = max(SHORTEST_BOOKS_SECONDS, BOOKS_SECONDS * scale)
        self._kept: Books | None = None
        self._read_at = 0.0
        self._until = 0.0
        self._lock = threading.Lock()
        self._turns = Turns()

    def __repr__(self) -> str:
        return "TrytonPlatform()"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def check(self) -> list[CheckStep]:
        """Sign in, find the company, read its chart, look at units and periods. What fails is a step."""
        return check(self._sign_in, self._company, lambda: self._books(True), self._dimensions)

    def chart(self, *, fresh: bool = False) -> Chart:
        """Accounts, VAT codes, periods and dimensions; kept for ten minutes unless `fresh`, anew after a refusal."""
        return self._books(fresh).chart

    def _books(self, fresh: bool = False) -> Books:
        asked_at = time.monotonic()
        if not fresh and self._kept is not None and asked_at < self._until:
            return self._kept
        with self._lock:
            began = time.monotonic()
            if self._kept is not None and began < self._until and (not fresh or self._read_at >= asked_at):
                return self._kept  # somebody read it while we waited
            books = read_books(self._client, self._values)
            self._kept, self._read_at, self._until = books, began, began + self._seconds
            return books

    def _last_books(self) -> Books:
        """For reading moves the last books will do: ids, roots and currencies stay what they are."""
        kept = self._kept
        return kept if kept is not None else self._books()

    def _sign_in(self) -> int:
        return len(self._client.rows("company.company", TrytonRow, []))

    def _company(self) -> CompanyRow:
        return find_company(self._client, self._values["company"])

    def customer_content(self, customer: Customer) -> Mapping[str, Any]:
        """What `put_customer` would send."""
        return customer_content(customer)

    def project_content(self, project: Project) -> Mapping[str, Any]:
        """What `put_project` would send, with the unit it would go to; empty where projects are not sent."""
        unit = self._dimensions.project
        return {} if unit is None else {"unit": unit, **value_content(project.number, project.name)}

    def put_customer(self, customer: Customer) -> None:
        """Create or change the customer by its number."""
        with self._turns.of(f"customer {customer.number}"):
            self._guarded(lambda: put_customer(self._client, customer))

    def put_project(self, project: Project) -> None:
        """Create or change the project under its root; nothing where no unit is chosen."""
        self._put_value(self._dimensions.project, project.number, project.name, "project")

    def put_department(self, department: Department) -> None:
        """Create or change the department under its root; nothing where no unit is chosen."""
        self._put_value(self._dimensions.department, department.number, department.name, "department")

    def _put_value(self, unit: int | None, number: str, name: str, noun: str) -> None:
        if unit is None:
            return
        books = self._root_of(unit, noun)
        value = unit_value(unit, number, books.chart.units.get(unit), subject=f"{noun} {number}")
        if isinstance(value, Problem) or not value.strip():
            told = value if isinstance(value, Problem) else Problem("field_required", f"{noun} {number}")
            raise Refused([told])
        with self._turns.of(f"unit {unit} {value}"):
            content = value_content(value, name)
            self._guarded(lambda: put_value(self._client, books, unit, content, f"{noun} {number}"))

    def _root_of(self, unit: int, noun: str) -> Books:
        """The books, if they have a root for the unit: looked at anew before a fault of the setup is told."""
        books = self._books()
        if unit not in books.roots:
            books = self._books(True)
        if unit not in books.roots:
            raise Misconfigured([Problem("tryton_root_missing", f"setup dimensions.{noun}", {"unit": str(unit)})])
        return books

    def find_voucher(self, voucher: Voucher, external_id: str, *, thorough: bool = True) -> PostingStatus:
        """Where the voucher stands: in the journal, and if `thorough` among the drafts."""
        return self._guarded(
            lambda: Moves(self._client, self._last_books()).find(voucher.number, external_id, thorough=thorough)
        )

    def post_voucher(self, vouchers: Sequence[Voucher], external_id: str) -> PostingStatus:
        """Post the vouchers, the invoice's own last, or go on with the drafts that are there.

        One at a time: Tryton numbers them without gaps, so that of two at once one fails, after some tries of its own.
        """
        with self._turns.of("vouchers"):
            return self._guarded(Posting(self._client, self._books, vouchers, external_id).run)

    def list_vouchers(self, first: date, last: date) -> Iterator[Posted]:
        """Vouchers by date, both days included, a page at a time."""
        yield from Moves(self._client, self._last_books()).listed(first, last)

    def list_posted_lines(
        self, report: str, *, after: str | None = None, first: date | None = None
    ) -> Iterator[PostedPage]:
        """Posted lines by the moves that they are in; there is but the standard report."""
        require_standard(report)
        yield from Lines(self._client, self._books()).pages(after, first)

    def fetch_document(self, document_id: str, into: BinaryIO, *, max_bytes: int) -> FetchedDocument:
        """A document beside a move or a supplier's invoice."""
        return fetch_document(self._client, document_id, into, max_bytes)

    def expense_key(self, journal: int, entry: int) -> str:
        """Ids of moves and lines are given once in a database, whichever company they are of."""
        return f"tryton:{self._values['database']}:{journal}:{entry}"

    def _guarded(self, ask: Callable[[], T]) -> T:
        """After a refusal the books are read anew, for then something was not as it was thought to be."""
        try:
            return ask()
        except (Refused, Misconfigured):
            self._until = 0.0
            raise
        except Gone as gone:  # somebody removed it between two requests
            raise Unavailable(Problem("tryton_busy"), outcome_known=True) from gone


def _given(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
