"""A ledger in a folder as an `AccountingPlatform`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from bilag.platforms.base import (
    Attachment,
    Capabilities,
    CheckStep,
    Client,
    Connection,
    FetchedDocument,
    PlatformStep,
    PostedPage,
    PostingState,
    PostingStatus,
    Said,
    refused_attachment,
)
from bilag.platforms.check_steps import chart_step, periods_step, units_step
from bilag.platforms.ledger_file.books import RECEIVABLES, read_accounts, read_chart
from bilag.platforms.ledger_file.journal import Journal, unusable
from bilag.platforms.ledger_file.setup import ledger_key
from bilag.platforms.ledger_file.vouchers import Stored, read, vat_account, written
from bilag.platforms.voucher_problems import problems_in, problems_of_day
from bilag.posting.chart import Chart
from bilag.posting.master import Customer, Department, Project
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.read_back import batch_differences
from bilag.posting.selection import OSLO
from bilag.posting.standing import still_standing
from bilag.posting.voucher import INVOICE_KINDS, Voucher, VoucherKind
from bilag.wire.errors import EdgeError, Refused


class LedgerFilePlatform:
    """The books of one company. Thread-safe; several processes may use one folder. See `AccountingPlatform`."""

    capabilities = Capabilities()

    def __init__(self, connection: Connection) -> None:
        values = connection.values
        self._currency = values.get("currency") or "NOK"
        self._journal = Journal(Path(connection.installation["folder"]) / values["folder"], self._currency)
        self._dimensions = connection.dimensions
        self._key = ledger_key(values)

    def check(self) -> Iterator[CheckStep]:
        """Read the folder, its chart, units and lock date. A failure is a step."""
        try:
            chart = self.chart(fresh=True)
        except EdgeError as error:
            yield CheckStep(PlatformStep.SIGNED_IN, False, "", error.problems, unavailable=True)
            return
        yield CheckStep(PlatformStep.SIGNED_IN, True, Said("The folder can be used", "Mappen kan brukes"))
        client = Client(chart.company_name, chart.organisation_number)
        yield CheckStep(PlatformStep.CLIENT_FOUND, True, Said(chart.company_name, chart.company_name), client=client)
        yield from (chart_step(chart), units_step(chart, self._dimensions), periods_step(chart))

    def chart(self, *, fresh: bool = False) -> Chart:
        """Return the chart that `ledger.beancount` says. It is read each time."""
        with self._journal.reading() as (ledger, _journal):
            return self._chart(ledger)

    def _chart(self, ledger: str) -> Chart:
        try:
            return read_chart(ledger, self._currency, datetime.now(OSLO).date())
        except (ValueError, ArithmeticError) as error:
            raise unusable(f"ledger.beancount: {error}") from error

    def put_customer(self, customer: Customer) -> None:
        """Do nothing: a customer is a number in the vouchers."""

    def put_project(self, project: Project) -> None:
        """Do nothing: a project is a number in the vouchers."""

    def put_department(self, department: Department) -> None:
        """Do nothing: a department is a number in the vouchers."""

    def customer_content(self, customer: Customer) -> Mapping[str, Any]:
        """Return what would be sent, if the books had customers."""
        return {"number": customer.number, "name": customer.name}

    def project_content(self, project: Project) -> Mapping[str, Any]:
        """Return what would be sent, if the books had projects."""
        return {"number": project.number, "name": project.name} if self._dimensions.project is not None else {}

    def find_voucher(
        self, voucher: Voucher, external_id: str, *, thorough: bool = True, every_date: bool = False
    ) -> PostingStatus:
        """Look the voucher up in the whole journal. Everything in it is posted."""
        with self._journal.reading() as (ledger, journal):
            return self._find(voucher, external_id, self._read(ledger, journal))

    def _read(self, ledger: str, journal: str) -> list[Stored]:
        numbers = {name: number for number, (name, _account) in read_accounts(ledger).items()}
        try:
            return list(read(journal, self._currency, numbers))
        except (ValueError, ArithmeticError) as error:
            raise unusable(f"journal.beancount: {error}") from error

    def _find(self, voucher: Voucher, external_id: str, stored: Sequence[Stored]) -> PostingStatus:
        own = sorted((one for one in stored if one.posted.external_id == external_id), key=lambda one: one.part)
        if own:
            first, *others = [one.posted for one in own]
            return PostingStatus(PostingState.POSTED, first, first.journal_number, others=tuple(others))
        of_number = [one.posted for one in stored if one.posted.number == voucher.number != 0]
        in_the_way = still_standing([one for one in of_number if one.kind in INVOICE_KINDS])
        if voucher.kind is VoucherKind.JOURNAL or not in_the_way:
            return PostingStatus(PostingState.ABSENT)
        return PostingStatus(PostingState.CONFLICT, problems=tuple(_number_taken(one) for one in in_the_way))

    def post_voucher(self, vouchers: Sequence[Voucher], external_id: str) -> PostingStatus:
        """Append the vouchers as one batch, unless they are there."""
        first = vouchers[0]
        if not external_id or any(character.isspace() for character in external_id):
            raise ValueError(f"external id is empty or has blanks: {external_id!r}")
        with self._journal.writing() as (ledger, journal):
            chart, stored = self._chart(ledger), self._read(ledger, journal)
            status = self._find(first, external_id, stored)
            if status.posted is not None and batch_differences(vouchers, status.posted, status.others, chart):
                facts = {"number": str(first.number), "journal": str(status.journal_number)}
                problem = Problem("duplicate_content", f"invoice {first.number}", facts)
                return PostingStatus(PostingState.CONFLICT, problems=(problem,), same_content=False)
            if status.state is not PostingState.ABSENT:
                return status
            _refuse(vouchers, chart)
            names = {number: name for number, (name, _account) in read_accounts(ledger).items()}
            last = max((one.posted.journal_number or 0 for one in stored), default=0)
            texts = (
                written(voucher, external_id, part, last + part, chart.on(voucher.voucher_date), names)
                for part, voucher in enumerate(vouchers, start=1)
            )
            self._journal.append(external_id, "".join(texts))
        return self.find_voucher(first, external_id)

    def list_vouchers(self, first: date, last: date) -> Iterator[Posted]:
        """Yield the vouchers of these days, in the journal's order."""
        with self._journal.reading() as (ledger, journal):
            stored = self._read(ledger, journal)
        yield from (one.posted for one in stored if first <= one.posted.voucher_date <= last)

    def list_posted_lines(
        self, report: str, *, after: str | None = None, first: date | None = None
    ) -> Iterator[PostedPage]:
        """Refuse: Bilag reads no expenses from a ledger file (`capabilities`)."""
        _no_expenses()

    def fetch_document(self, document_id: str, into: BinaryIO, *, max_bytes: int) -> FetchedDocument:
        """Refuse, likewise."""
        _no_expenses()

    def attach_document(self, voucher: Voucher, external_id: str, document: Attachment, content: BinaryIO) -> None:
        """Refuse: the journal is text."""
        raise refused_attachment(voucher, document)

    def expense_key(self, journal: int, entry: int) -> str:
        """Return the key that an expense would have."""
        return f"{self._key}:{journal}:{entry}"


def _refuse(vouchers: Sequence[Voucher], chart: Chart) -> None:
    """Raise `Refused` with everything that the chart has against the vouchers."""
    problems: list[Problem] = []
    subject = f"invoice {vouchers[0].number}"
    for part, voucher in enumerate(vouchers):
        chart_then = chart.on(voucher.voucher_date)
        of_vat = {vat_account(entry, chart_then) for entry in voucher.entries if entry.vat}
        needed = of_vat | ({RECEIVABLES} if voucher.kind is not VoucherKind.JOURNAL else set())
        problems += [Problem("account_unknown", subject, {"account": one}) for one in needed - chart.accounts.keys()]
        problems += problems_of_day(voucher, chart, subject)
        problems += problems_in(voucher, chart, {voucher.currency}, "" if part == 0 else subject)
    if problems:
        raise Refused(problems)


def _number_taken(posted: Posted) -> Problem:
    facts = {
        "number": str(posted.number),
        "journal": str(posted.journal_number or ""),
        "other": posted.external_id or "",
    }
    facts |= {
        "date": posted.voucher_date.isoformat(),
        "customer": posted.customer or "",
        "total": f"{posted.total:.2f}",
    }
    return Problem(
        "voucher_number_taken", f"invoice {posted.number}", {name: one for name, one in facts.items() if one}
    )


def _no_expenses() -> NoReturn:
    raise Refused([Problem("expenses_not_supported")])
