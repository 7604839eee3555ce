"""Detect that the ledger has vouchers that the database does not know: Bilag was restored from a backup.

A voucher with the external id of one of the company's documents was posted by Bilag. If no transfer of the company is in that
ledger under its number, the database has lost it. Bilag warns people until `recover` has recovered everything.

Detection is nearly free: the nightly reconciliation reads the journal anyway, a start reads the last days, and a send finds its
own voucher in its look-up. Only if the database itself shows that it was restored (`bilag.service.restored`) is a year read,
because an invoice may be dated long before it was posted.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Set
from datetime import timedelta
from itertools import chain, islice

import structlog
from django.db import transaction
from django.utils import timezone

from bilag.companies import lifecycle, store
from bilag.companies.gateways import platform_for
from bilag.companies.models import Ledger
from bilag.companies.setup import Setup
from bilag.events.record import EventName, record
from bilag.jobs import backoff
from bilag.posting.posted import Posted
from bilag.posting.selection import OSLO
from bilag.posting.voucher import INVOICE_KINDS
from bilag.transfers import enqueue
from bilag.transfers.external_ids import AccruedNames, invoice_of
from bilag.transfers.ledger_ahead import How, problem_of
from bilag.transfers.models import AccruedAmount, Kind, Transfer
from bilag.wire.errors import EdgeError

log = structlog.get_logger(__name__)
WINDOWS = ((7, -31), (62, 8))
"""The voucher dates that a start of Bilag reads, in days back: the last days first. An invoice may be dated ahead."""
WINDOWS_AFTER_RESTORE = ((7, -62), (62, 8), (400, 63))
"""The voucher dates of `recover`, the last days first."""
AGAIN_AFTER = timedelta(minutes=15)
"""If accounting did not answer after a restore, it is read again after this time."""
MOST_READ = 1000
"""The most vouchers that a start reads for one company, in a few requests. The nightly run reads the rest."""
MOST_NUMBERS = 50
TOGETHER = 500
Document = tuple[Kind, str]
"""Kind and number of its transfer."""


class Watch:
    """Collects, of a journal that passes by, the documents that Bilag posted."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._accrued = AccruedNames(setup, known_projects(setup))
        self._found: set[Document] = set()

    def passing(self, vouchers: Iterable[Posted]) -> Iterator[Posted]:
        """Yield the vouchers unchanged, and note those that Bilag posted."""
        for one in vouchers:
            name = self._document_of(one)
            if name is not None:
                self._found.add(name)
            yield one

    def _document_of(self, posted: Posted) -> Document | None:
        """Return the document that a voucher was posted for by Bilag; None for any other voucher."""
        if not posted.external_id:
            return None
        if posted.kind in INVOICE_KINDS:
            number = invoice_of(self._setup, posted.external_id)
            return (Kind.INVOICE, str(number)) if number is not None else None
        if not self._accrued.is_ours(posted.external_id):
            return None
        name = self._accrued.read(posted.external_id, posted.voucher_date)
        return (Kind.ACCRUED, name.number) if name is not None else None

    def unknown(self) -> list[str]:
        """Return the documents that the database does not know, as "invoice 10042"."""
        return [f"{kind} {number}" for kind, number in sorted(self._found - _known(self._setup, self._found))]


def look(company_id: int, *, after_restore: bool = False) -> None:
    """Read the journal of the last days, and note the vouchers that the database does not know.

    If accounting does not answer, the nightly run reads it. `after_restore`: read all of the last year, and retry until
    accounting answers.
    """
    setup = store.load_setup(company_id)
    today = timezone.now().astimezone(OSLO).date()
    watch = Watch(setup)
    try:
        windows = WINDOWS_AFTER_RESTORE if after_restore else WINDOWS
        days = ((today - timedelta(days=first), today - timedelta(days=last)) for first, last in windows)
        journal = chain.from_iterable(platform_for(setup).list_vouchers(first, last) for first, last in days)
        deque(islice(watch.passing(journal), None if after_restore else MOST_READ), maxlen=0)
    except EdgeError as error:
        log.info("ahead.not_read", company=setup.slug, code=error.problems[0].code)
        if after_restore:
            enqueue.ask_ahead(company_id, backoff.scaled(AGAIN_AFTER), after_restore=True)
    notice(setup, watch.unknown(), How.START)


def look_at_all(*, after_restore: bool = False) -> None:
    """Enqueue a look at each open company's journal."""
    for company_id in lifecycle.open_companies():
        enqueue.ask_ahead(company_id, after_restore=after_restore)


def notice(setup: Setup, documents: list[str], how: How) -> None:
    """Keep that the ledger has these documents and the database has not, and write it into the control trail, once."""
    if not documents or setup.ledger is None:
        return
    with transaction.atomic():
        row = Ledger.objects.select_for_update().get(pk=setup.ledger.id)
        before = row.ahead or {}
        known = before.get("documents", [])
        shown = sorted({*known, *documents})
        row.ahead = {
            "since": before.get("since") or timezone.now().isoformat(timespec="seconds"),
            "how": before.get("how") or how.value,
            "count": max(len(shown), before.get("count", 0)),
            "documents": shown[:MOST_NUMBERS],
        }
        row.save(update_fields=["ahead"])
        if not before:
            problem = problem_of(row.ahead)
            record(setup.company_id, EventName.LEDGER_AHEAD, good=False, problem=problem, count=str(len(shown)))
    log.warning("ledger.ahead", company=setup.slug, count=len(documents), how=how.value)


def settle(setup: Setup, *, complete: bool) -> None:
    """Remove the warning when everything is recovered, in the transaction that recovered it.

    `complete`: all of the journal was read. Otherwise only if every document that was noticed is known now.
    """
    assert setup.ledger is not None  # noqa: S101 - the setup is a saved one
    row = Ledger.objects.select_for_update().get(pk=setup.ledger.id)
    if not row.ahead:
        return
    named = [text.partition(" ") for text in row.ahead["documents"]]
    noticed = {(Kind(kind), number) for kind, _space, number in named}
    if complete or (len(noticed) == row.ahead["count"] and noticed <= _known(setup, noticed)):
        row.ahead = None
        row.save(update_fields=["ahead"])


def _known(setup: Setup, documents: Set[Document]) -> set[Document]:
    """Return those documents that have a transfer in the present ledger, or may have one, of whatever Moment."""
    assert setup.ledger is not None  # noqa: S101 - the setup is a saved one
    rows = Transfer.objects.filter(ledger=setup.ledger.id)
    known: set[Document] = set()
    for kind in {kind for kind, _number in documents}:
        numbers = iter([number for of, number in documents if of == kind])
        while some := list(islice(numbers, TOGETHER)):
            known |= {(kind, one) for one in rows.filter(kind=kind, number__in=some).values_list("number", flat=True)}
    return known


def known_projects(setup: Setup) -> list[str]:
    """Return the numbers of all projects that the database knows."""
    rows = Transfer.objects.filter(source=setup.source_id, kind=Kind.PROJECT)
    given = AccruedAmount.objects.filter(company_id=setup.company_id)
    return sorted({*rows.values_list("number", flat=True), *given.values_list("project", flat=True)})
