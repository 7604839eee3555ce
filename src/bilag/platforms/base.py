"""What every accounting platform is to the rest of Bilag. Its three ways to fail stand in `bilag.wire.errors`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, BinaryIO, Literal, Protocol

from bilag.posting.chart import Chart
from bilag.posting.dimensions import Dimensions
from bilag.posting.expense import PostedLine
from bilag.posting.master import Customer, Department, Project
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher
from bilag.wire.rate_limit import RateLimits, own_rate_limit


class Said(str):
    """A sentence for a person: English as text, with its Norwegian beside it."""

    __slots__ = ("nb",)
    nb: str

    def __new__(cls, en: str, nb: str) -> "Said":
        """The sentence in both languages."""
        said = super().__new__(cls, en)
        said.nb = nb
        return said

    def in_language(self, language: str) -> str:
        """The sentence in `language` ("nb", else English)."""
        return self.nb if language == "nb" else str(self)


FieldKind = Literal["text", "secret", "url", "integer", "choice"]


@dataclass(frozen=True, slots=True)
class SetupField:
    """One thing that a platform must be told. The Integration setup page and the company file are drawn from these.

    `clean` takes the text given and returns what is kept and a remark for the person (None = nothing to say);
    it raises `ValueError` with a sentence that says what is wrong and what to write instead. Sentences are `Said`, and go
    on from the name of the field: "is missing", "is 'F12'. Give …".
    """

    name: str
    label: Mapping[str, str]
    help: Mapping[str, str]
    kind: FieldKind = "text"
    required: bool = False
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    max_length: int = 200
    clean: Callable[[str], tuple[str, str | None]] | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the platform can do beyond posting vouchers."""

    attachments: bool = False
    own_voucher_numbers: bool = False
    line_accrual: bool = False
    """It can spread a line's income itself (`Entry.accrual`), at clients whose `Chart.line_accrual` says so."""
    units: bool = True
    expenses: bool = False
    lines_by_journal: bool = True
    """`PostedLine.journal` is the journal number of its voucher, so that lines of our own vouchers are known by it."""


@dataclass(frozen=True, slots=True)
class Connection:
    """What an adapter is made from. `values` are the platform's setup fields, secrets in clear: never shown."""

    values: Mapping[str, str] = field(repr=False)
    dimensions: Dimensions = Dimensions()
    language: str = "nb"
    time_scale: float = 1.0
    """Multiplies waiting times, cache lives included (BILAG_TIME_SCALE)."""
    meters: RateLimits = own_rate_limit
    """Counts the requests of all who share an allowance at the platform."""


@dataclass(frozen=True, slots=True)
class CheckStep:
    """One step of the connection check. `name` is a key: signed_in, client_found, chart, units, periods."""

    name: str
    ok: bool
    detail: str = ""
    problems: tuple[Problem, ...] = ()
    unavailable: bool = False
    """It failed because the accounting system did not answer."""


class PostingState(StrEnum):
    """Where a voucher stands at the destination."""

    ABSENT = "absent"
    """Nothing is known of it."""
    CREATED = "created"
    """It is stored and not posted; `post_voucher` resumes."""
    IN_PROGRESS = "in_progress"
    """It is being posted now: look again."""
    FAILED = "failed"
    """It is stored; posting was refused."""
    POSTED = "posted"
    """It is in the journal."""
    CONFLICT = "conflict"
    """Its number is used by a voucher that is not this one."""


@dataclass(frozen=True, slots=True)
class PostingStatus:
    """The answer of `find_voucher` and `post_voucher`. `posted` is the voucher as it was read back from the journal; `problems`
    say why it failed, or what the conflict is with."""

    state: PostingState
    posted: Posted | None = None
    journal_number: int | None = None
    batch_number: int | None = None
    problems: tuple[Problem, ...] = ()
    same_content: bool | None = None
    others: tuple[Posted, ...] = ()
    """What was posted with it in one batch, as it was read back with `posted`: such as journals that spread its income."""


@dataclass(frozen=True, slots=True)
class OddLine:
    """A row of a report that cannot be read. `where` is its identity or its place on the page, `why` goes on from it."""

    where: str
    why: Said
    key: tuple[int, int] | None = None

    @property
    def problem(self) -> Problem:
        """It as a problem that can be kept and told in both languages."""
        facts = {"line": self.where, "why": str(self.why), "why_nb": self.why.nb}
        return Problem("expense_line_unreadable", f"expense {self.where}", facts)


@dataclass(frozen=True, slots=True)
class PostedPage:
    """A page of a report: its lines in order, those that cannot be read, and the cursor behind the last."""

    lines: tuple[PostedLine, ...]
    odd: tuple[OddLine, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class FetchedDocument:
    """A document that was written to a file. `content_type` is by its first bytes, not by what its header says."""

    file_name: str
    content_type: str
    size: int


class AccountingPlatform(Protocol):
    """An accounting system, for one client company. Methods raise the three errors above and nothing else.

    Safe for several threads. Repeating any method is harmless, except `post_voucher` with another `external_id`.
    """

    capabilities: Capabilities

    def check(self) -> list[CheckStep]:
        """Sign in, find the client, read chart and periods: each step with its cure. Raises nothing: what fails is a step."""
        ...

    def chart(self, *, fresh: bool = False) -> Chart:
        """Accounts, VAT codes, periods, units and limits; kept for some minutes unless `fresh`."""
        ...

    def put_customer(self, customer: Customer) -> None:
        """Create or change the customer by its number."""
        ...

    def put_project(self, project: Project) -> None:
        """Create or change the project, in the unit chosen for projects; nothing where none is chosen."""
        ...

    def put_department(self, department: Department) -> None:
        """Create or change the department, in the unit chosen for departments; nothing where none is chosen."""
        ...

    def customer_content(self, customer: Customer) -> Mapping[str, Any]:
        """What `put_customer` would send, to tell whether anything changed since it was last accepted."""
        ...

    def project_content(self, project: Project) -> Mapping[str, Any]:
        """What `put_project` would send; empty where projects are not sent."""
        ...

    def find_voucher(self, voucher: Voucher, external_id: str, *, thorough: bool = True) -> PostingStatus:
        """Where the voucher stands now. Never changes anything.

        `thorough` also asks for a voucher stored but not posted; without it only the journal is asked, which is
        enough before a first send.
        """
        ...

    def post_voucher(self, vouchers: Sequence[Voucher], external_id: str) -> PostingStatus:
        """Post the vouchers as one, the first being the invoice's, all or none; resume if they are stored already.

        Returns posted (with what was read back where it can be read yet), created, in_progress, or conflict.
        Raises `Refused` when the accounting system said no: then nothing of it is left behind there.
        """
        ...

    def list_vouchers(self, first: date, last: date) -> Iterator[Posted]:
        """Every voucher in the journal dated within the days, both included, a page at a time."""
        ...

    def list_posted_lines(
        self, report: str, *, after: str | None = None, first: date | None = None
    ) -> Iterator[PostedPage]:
        """Posted lines of the report (blank = the standard one), page by page.

        `after` is a cursor that an earlier page gave: only lines posted later come, whatever their dates. `first` is the
        earliest value date. A row may come twice, all of them where the cursor is not known any more. Raises `Refused`
        with `report_unknown` when there is no such report, when the first page is asked for.
        """
        ...

    def fetch_document(self, document_id: str, into: BinaryIO, *, max_bytes: int) -> FetchedDocument:
        """Write a document's content to `into`, a piece at a time. Raises `Refused` with `document_unknown`,
        `document_too_large`, `document_empty` or `document_type_unknown` (neither PDF nor picture). After an error part
        of it may stand in `into`."""
        ...

    def expense_key(self, journal: int, entry: int) -> str:
        """The external key of an expense made from a posted line: the same for ever, and of this client only."""
        ...


@dataclass(frozen=True, slots=True)
class PlatformKind:
    """A platform as the rest of Bilag meets it: `PLATFORM` of a folder under `platforms/` is one of these.

    `name` is the `kind` in the company file, and the table of its fields there is `[platform.NAME]`.
    `validate` looks at all fields together and gives what is wrong by field name (empty = nothing).
    """

    name: str
    label: str
    fields: tuple[SetupField, ...]
    open: Callable[[Connection], AccountingPlatform]
    validate: Callable[[Mapping[str, str]], Mapping[str, str]]
