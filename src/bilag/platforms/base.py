"""The interface that every accounting platform implements. Its errors are those of `bilag.wire.errors`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, BinaryIO, Protocol

from bilag.messages.accounting_system import AccountingSystem
from bilag.posting.chart import Chart
from bilag.posting.dimensions import Dimensions
from bilag.posting.expense import PostedLine
from bilag.posting.master import Customer, Department, Project
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher
from bilag.wire.errors import Refused
from bilag.wire.rate_limit import RateLimits, unshared_rate_limit


class Said(str):
    """A sentence for users: a `str` in English, with the Norwegian in `nb`."""

    __slots__ = ("nb",)
    nb: str

    def __new__(cls, en: str, nb: str) -> "Said":
        """Create the sentence in both languages."""
        said = super().__new__(cls, en)
        said.nb = nb
        return said

    def in_language(self, language: str) -> str:
        """Return the sentence in `language` ("nb", else English)."""
        return self.nb if language == "nb" else str(self)


class FieldKind(StrEnum):
    """What a setup field holds."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - a kind, not a secret
    URL = "url"
    INTEGER = "integer"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class SetupField:
    """One field of a platform's setup. The Integration setup page and the company file are generated from these.

    `clean` takes the text entered and returns the value to store and a remark to show (None = no remark). It raises
    `ValueError` if the text is wrong. Both are `Said` and continue from the field's name: "is missing", "is 'F12'. Give
    …".
    """

    name: str
    label: Mapping[str, str]
    help: Mapping[str, str]
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    max_length: int = 200
    clean: Callable[[str], tuple[str, str | None]] | None = None
    offered: Callable[[], str] | None = None
    """Returns the value that the form of a new company has already; empty if there is none."""
    same_for_all: bool = False
    """Whether all companies have the same value, such as the address of a server that the platform has one of."""

    @property
    def secret(self) -> bool:
        """Whether the field holds a secret."""
        return self.kind is FieldKind.SECRET


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the platform can do beyond posting vouchers, and what of a voucher it cannot carry.

    A class has those of every client as an attribute. Where they differ by client (a privilege, a module), `capabilities` is a
    property; it may ask the accounting system the first time, and then raises the errors of `bilag.wire.errors`.
    """

    expenses: bool = False
    """`list_posted_lines` and `fetch_document` work."""
    not_carried: frozenset[str] = frozenset()
    """Fields of a voucher (`posting.posted.CARRIED`) that the accounting system has no place for, or never returns. They
    cannot be proven; every other field is read back and compared. The check and the invoice's page name them."""
    lines_by_journal: bool = True
    """`PostedLine.journal` is the voucher's journal number, so lines of Bilag's own vouchers are recognised by it."""
    supplier_invoice_numbers: bool = True
    """Lines of suppliers' invoices have `PostedLine.supplier_invoice_number`."""
    line_accrual: bool = False
    """The chart may say that the accounting system accrues by line for a client (`Chart.line_accrual`)."""
    attachments: bool = False
    """`attach_document` works for clients whose chart says so (`Chart.largest_attachment`)."""


@dataclass(frozen=True, slots=True)
class PostingWay:
    """One way in which a platform posts, for people: what it carries, and how that was proved. `name` is empty if it is the only
    one; else it says when it is used."""

    capabilities: Capabilities
    proof: Said
    name: Said | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """Everything needed to open a platform. `values` holds the setup fields, `installation` the fields that the operator gave once
    for all companies (`PlatformKind.installation_fields`), both with secrets in clear: never show them."""

    values: Mapping[str, str] = field(repr=False)
    dimensions: Dimensions = Dimensions()
    time_scale: float = 1.0
    """Multiplies time-outs and cache lifetimes (BILAG_TIME_SCALE)."""
    rate_limits: RateLimits = unshared_rate_limit
    """Returns the rate limit shared by all users of an account at the platform."""
    installation: Mapping[str, str] = field(default_factory=dict, repr=False)


class PlatformStep(StrEnum):
    """The steps of a connection check."""

    SIGNED_IN = "signed_in"
    CLIENT_FOUND = "client_found"
    CHART = "chart"
    UNITS = "units"
    PERIODS = "periods"


@dataclass(frozen=True, slots=True)
class Client:
    """The client as the accounting system has it."""

    name: str
    organisation_number: str | None
    identity: str | None = None
    """What tells these books from all others whatever address leads to them; None: the ledger's key does."""


@dataclass(frozen=True, slots=True)
class CheckStep:
    """One step of the connection check, with its result."""

    name: PlatformStep
    ok: bool
    detail: str = ""
    problems: tuple[Problem, ...] = ()
    unavailable: bool = False
    """The step failed because the accounting system did not answer."""
    client: Client | None = None
    """The client, when the step found it."""


class PostingState(StrEnum):
    """The state of a voucher in the accounting system."""

    ABSENT = "absent"
    """The accounting system does not have it."""
    CREATED = "created"
    """It is stored but not posted; `post_voucher` resumes it."""
    IN_PROGRESS = "in_progress"
    """It is being posted now; look it up again later."""
    FAILED = "failed"
    """It is stored, and posting it was refused."""
    POSTED = "posted"
    """It is in the journal."""
    CONFLICT = "conflict"
    """Another voucher uses its number."""


@dataclass(frozen=True, slots=True)
class PostingStatus:
    """The answer of `find_voucher` and `post_voucher`.

    `posted` is the voucher as read back from the journal, None until it can be read. `problems` say why posting failed,
    or what the conflict is with.
    """

    state: PostingState
    posted: Posted | None = None
    journal_number: int | None = None
    batch_number: int | None = None
    problems: tuple[Problem, ...] = ()
    same_content: bool | None = None
    others: tuple[Posted, ...] = ()
    """What was posted in the same batch and read back with it, such as journals that spread its income."""


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A row of a report that cannot be read. `where` is its identity or its place on the page; `why` continues from it."""

    where: str
    why: Said
    key: tuple[int, int] | None = None

    @property
    def problem(self) -> Problem:
        """The row as a storable problem with both languages."""
        facts = {"line": self.where, "why": str(self.why), "why_nb": self.why.nb}
        return Problem("expense_line_unreadable", f"expense {self.where}", facts)


@dataclass(frozen=True, slots=True)
class PostedPage:
    """A page of a report: its lines in order, the rows that cannot be read, and the cursor after the last."""

    lines: tuple[PostedLine, ...]
    unreadable: tuple[UnreadableLine, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class FetchedDocument:
    """A document written to a file. `content_type` is determined from its first bytes, not from the header."""

    file_name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document to attach to a posted voucher. `key` is its permanent name: the same document is attached once."""

    key: str
    file_name: str
    content_type: str
    size: int


def refused_attachment(voucher: Voucher, document: Attachment) -> Refused:
    """Return the refusal of a platform, or of a client, that takes no documents."""
    facts = {"document": document.file_name, "number": str(voucher.number)}
    return Refused([Problem("attachments_not_supported", f"invoice {voucher.number}", facts)])


class AccountingPlatform(Protocol):
    """An accounting system, for one client company. Thread-safe.

    Methods raise the errors of `bilag.wire.errors` and nothing else. Every method is idempotent, except `post_voucher`
    with another `external_id`.
    """

    @property
    def capabilities(self) -> Capabilities:
        """What it can do and carry for this client."""
        ...

    def check(self) -> Iterator[CheckStep]:
        """Sign in, find the client, read chart and periods; yield each step when it is done.

        Raises nothing: a failure is a step with its problems, and the last.
        """
        ...

    def chart(self, *, fresh: bool = False) -> Chart:
        """Return accounts, VAT codes, periods, units and limits; cached for some minutes unless `fresh`."""
        ...

    def put_customer(self, customer: Customer) -> None:
        """Create or update the customer by its number."""
        ...

    def put_project(self, project: Project) -> None:
        """Create or update the project in the unit chosen for projects; do nothing if none is chosen."""
        ...

    def put_department(self, department: Department) -> None:
        """Create or update the department in the unit chosen for departments; do nothing if none is chosen."""
        ...

    def customer_content(self, customer: Customer) -> Mapping[str, Any]:
        """Return what `put_customer` would send, to detect changes since it was last accepted."""
        ...

    def project_content(self, project: Project) -> Mapping[str, Any]:
        """Return what `put_project` would send; empty if projects are not sent."""
        ...

    def find_voucher(
        self, voucher: Voucher, external_id: str, *, thorough: bool = True, every_date: bool = False
    ) -> PostingStatus:
        """Look up the voucher. Changes nothing.

        `thorough` also looks for a voucher stored but not posted. Without it only the journal is searched, which is
        enough before a first send. `every_date`: the voucher may have been posted with another date than it has now. Without it, a
        platform that cannot ask the accounting system for the external id or number may search the voucher's date only.
        """
        ...

    def post_voucher(self, vouchers: Sequence[Voucher], external_id: str) -> PostingStatus:
        """Post the vouchers as one unit, all or none; the first is the invoice's. Resume if they are already stored.

        Returns posted (with the read-back if it can be read yet), created, in_progress or conflict. Raises `Refused` if
        the accounting system rejected them; nothing of them is then left there. If it says that the external id is in use, that
        is an answer and no refusal: the voucher is looked up on every date, and is posted, or a conflict (`duplicate_content`) if
        it has other content.
        """
        ...

    def list_vouchers(self, first: date, last: date) -> Iterator[Posted]:
        """Yield every voucher in the journal dated from `first` to `last`, both included; pages are read as needed."""
        ...

    def list_posted_lines(
        self, report: str, *, after: str | None = None, first: date | None = None
    ) -> Iterator[PostedPage]:
        """Yield the pages of a report's posted lines (blank = the standard report).

        `after` is a cursor from an earlier page: only lines posted later come, whatever their dates. `first` is the
        earliest value date. A row may come twice, and all rows may if the cursor is no longer known. Raises `Refused`
        with `report_unknown` when the first page is requested, if there is no such report.
        """
        ...

    def fetch_document(self, document_id: str, into: BinaryIO, *, max_bytes: int) -> FetchedDocument:
        """Stream a document into `into`.

        Raises `Refused` with `document_unknown`, `document_too_large`, `document_empty` or `document_type_unknown`
        (neither PDF nor image). After an error, `into` may hold part of the document.
        """
        ...

    def attach_document(self, voucher: Voucher, external_id: str, document: Attachment, content: BinaryIO) -> None:
        """Attach a document to the posted voucher; do nothing if one with its key is attached already.

        Raises `Refused` with `attachments_not_supported`, `document_too_large`, `document_type_unknown` or `voucher_unknown`.
        """
        ...

    def expense_key(self, journal: int, entry: int) -> str:
        """Return the external key of an expense made from a posted line: permanent, and unique to this client."""
        ...


@dataclass(frozen=True, slots=True)
class PlatformKind:
    """A kind of platform: the `PLATFORM` of a folder under `platforms/`.

    `name` is the `kind` in the company file, and its fields are in the table `[platform.NAME]`. `validate` checks the
    fields together and returns the errors by field name (empty = none). `ledger_key` names the client's books as the
    accounting system identifies them, however the fields are spelled: "azets:S2041:123". It is permanent.
    """

    name: str
    label: str
    fields: tuple[SetupField, ...]
    open: Callable[[Connection], AccountingPlatform]
    validate: Callable[[Mapping[str, str]], Mapping[str, str]]
    ledger_key: Callable[[Mapping[str, str]], str]
    unit_prefix: str = ""
    """What the accounting system calls its organisational units, before their number: R for R1 to R12."""
    fields_of_steps: Mapping[PlatformStep, str] = field(default_factory=dict)
    """The field to look at when a step of the check fails without naming one."""
    installation_fields: tuple[SetupField, ...] = ()
    """What the operator gives once for all companies, such as an integrator's keys: in environment variables BILAG_NAME_FIELD
    (`platforms.installation`). Never shown, whatever their kind."""
    ways: tuple[PostingWay, ...] = ()
    """How it posts, for `bilag platforms`; the usual way first."""
    spoken: AccountingSystem | None = None
    """Its name in sentences, where that is not its label, and the remedies that differ from the catalogue's."""
    helps: Mapping[str, Said] = field(default_factory=dict)
    """The help texts of settings, by dotted name, which say something else for this platform."""
