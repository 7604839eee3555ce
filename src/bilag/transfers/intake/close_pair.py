"""Close an unposted invoice and the credit notes that cancel it as a pair: neither will be posted.

Only facts count: the credit notes credit exactly that invoice, all of it, in its currency, and no ledger has or may have
either.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from bilag.companies import store
from bilag.companies.gateways import moment_for, platform_for
from bilag.companies.setup import Setup
from bilag.events.record import EventName, record_numbers
from bilag.jobs.lease import Busy, held
from bilag.moment.client import MomentClient
from bilag.platforms.base import PostingState, Said
from bilag.posting.invoice import Invoice
from bilag.posting.lookup import lookup_voucher
from bilag.posting.selection import TO_TRANSFER, SkipReason
from bilag.transfers.external_ids import external_id
from bilag.transfers.in_accounting import may_be_in_accounting
from bilag.transfers.intake.exclude import EXCLUDABLE, skip
from bilag.transfers.locking import locked
from bilag.transfers.models import Kind, State, Transfer
from bilag.wire.errors import EdgeError

MOST_CREDIT_NOTES = 50
NOT_THERE = (PostingState.ABSENT, PostingState.FAILED)


class CannotClose(Exception):
    """The documents are no such pair, or not now. `said` explains it."""

    def __init__(self, en: str, nb: str) -> None:
        self.said = Said(en, nb)
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Closed:
    """The closed transfers, the invoice's first; and the numbers whose export status in Moment could not be set."""

    rows: tuple[Transfer, ...]
    not_set_in_moment: tuple[str, ...] = ()

    @property
    def numbers(self) -> list[str]:
        return [row.number for row in self.rows]


def is_offered(row: Transfer) -> bool:
    """Return whether a page offers to close the document with its counterpart, by what Bilag last read of both. Sends no
    request.
    """
    if row.state not in EXCLUDABLE or row.reason == SkipReason.CANCELLED_BEFORE_POSTING:
        return False
    invoice = _invoice_of(row)
    if invoice is None:
        return False
    notes = _credit_notes_of(invoice)
    return bool(notes) and all(one.state in EXCLUDABLE and not may_be_in_accounting(one) for one in (invoice, *notes))


def close_pair(company_id: int, number: str, *, in_moment: bool = False, origin: str) -> Closed:
    """Close the invoice or credit note with this number, and its counterpart. Idempotent; either number closes both.

    `in_moment` also sets the documents to "do not transfer" in Moment. Raises `Transfer.DoesNotExist`, and `CannotClose` for
    documents that are no unposted pair, and the errors of both other systems: then nothing was closed.
    """
    setup = store.load_setup(company_id)
    row = Transfer.objects.get(source=setup.source_id, kind=Kind.INVOICE, number=number)
    rows = _pair_of(setup, row)
    moment = moment_for(setup)
    with _all_held(rows):
        documents = [_read(moment, one) for one in rows]
        if any(one.state != State.SKIPPED or one.reason != SkipReason.CANCELLED_BEFORE_POSTING for one in rows):
            _check(documents)
            for document in documents:
                _look_up(setup, document)
            rows = _close(rows, documents, origin)
        return Closed(tuple(rows), _set_in_moment(moment, documents) if in_moment else ())


def _pair_of(setup: Setup, row: Transfer) -> list[Transfer]:
    """Return the invoice and its credit notes. Raises `CannotClose`."""
    invoice = _invoice_of(row)
    notes = _credit_notes_of(invoice) if invoice is not None else []
    if invoice is None or not notes:
        raise CannotClose(
            f"Bilag has received no credit note that credits invoice {row.number}. Credit the invoice in Moment first.",
            f"Bilag har ikke mottatt noen kreditnota som krediterer faktura {row.number}. Krediter fakturaen i Moment først.",
        )
    return [invoice, *notes]


def _invoice_of(row: Transfer) -> Transfer | None:
    """Return the transfer of the invoice: this one, or the one that it credits."""
    if row.kind != Kind.INVOICE or row.source.left_at is not None:
        return None
    if row.credited_number is None:
        return row
    return Transfer.objects.filter(source=row.source_id, kind=Kind.INVOICE, number=row.credited_number).first()


def _credit_notes_of(invoice: Transfer) -> list[Transfer]:
    """Return the transfers of its credit notes, as Bilag last read them; oldest first."""
    rows = Transfer.objects.filter(source=invoice.source_id, kind=Kind.INVOICE, company=invoice.company_id, total__lt=0)
    same = rows.filter(customer_number=invoice.customer_number, credited_number=invoice.number)
    return list(same.exclude(pk=invoice.pk).order_by("id")[:MOST_CREDIT_NOTES])


@contextmanager
def _all_held(rows: Sequence[Transfer]) -> Iterator[None]:
    """Hold the leases of the transfers, in one order. Raises `CannotClose` while one of them runs."""
    with ExitStack() as leases:
        try:
            for one in sorted(rows, key=lambda row: row.pk):
                leases.enter_context(held("transfer", one.pk))
        except Busy as error:
            raise CannotClose(
                "One of the two is being transferred now. Wait a minute, and try again.",
                "En av de to overføres akkurat nå. Vent et minutt, og prøv igjen.",
            ) from error
        yield


def _read(moment: MomentClient, row: Transfer) -> Invoice:
    """Read the document as Moment has it now."""
    found = moment.invoice(row.moment_id) if row.moment_id is not None else None
    if found is None or str(found.number) != row.number:
        found = moment.invoice_by_number(int(row.number))
    if found is None or not found.finalized:
        raise CannotClose(
            f'{row.number} was not found in Moment. Select "Do not transfer" on its page instead.',
            f"{row.number} ble ikke funnet i Moment. Velg «Ikke overfør» på siden for den i stedet.",
        )
    return found


def _check(documents: Sequence[Invoice]) -> None:
    """Raise `CannotClose` unless the credit notes cancel the invoice, by what Moment says now."""
    invoice, *notes = documents
    for note in notes:
        if not note.is_credit_note or note.credited_number != invoice.number or invoice.is_credit_note:
            raise CannotClose(
                f"{note.number} is not a credit note for invoice {invoice.number} in Moment. "
                "Retry it, so that Bilag reads it again.",
                f"{note.number} er ikke en kreditnota for faktura {invoice.number} i Moment. "
                "Prøv den igjen, så leser Bilag den på nytt.",
            )
        if note.currency != invoice.currency or note.customer != invoice.customer:
            raise CannotClose(
                f"Credit note {note.number} and invoice {invoice.number} have different customers or currencies. "
                'Correct the one that is wrong in Moment, or select "Do not transfer" on the page of each.',
                f"Kreditnota {note.number} og faktura {invoice.number} har ulik kunde eller valuta. "
                "Rett den som er feil, i Moment, eller velg «Ikke overfør» på siden til hver av dem.",
            )
    credited = [sum((_amounts(note)[at] for note in notes), Decimal(0)) for at in range(3)]
    if [-one for one in credited] != list(_amounts(invoice)):
        raise CannotClose(
            f"Invoice {invoice.number} is {invoice.total:.2f} {invoice.currency}, and {-credited[-1]:.2f} of it is credited. "
            "Let the credit notes cancel it exactly in Moment, then close them.",
            f"Faktura {invoice.number} er på {invoice.total:.2f} {invoice.currency}, og {-credited[-1]:.2f} av den er kreditert. "
            "Sørg for at kreditnotaene opphever den nøyaktig i Moment, og avslutt dem deretter.",
        )


def _amounts(invoice: Invoice) -> tuple[Decimal, Decimal, Decimal]:
    return invoice.net, invoice.vat, invoice.total


def _look_up(setup: Setup, document: Invoice) -> None:
    """Make sure that accounting has no voucher with the document's number. Raises `CannotClose`, and as the platform does."""
    sought = lookup_voucher(document)
    found = platform_for(setup).find_voucher(sought, external_id(setup, sought.number), every_date=True)
    if found.state not in NOT_THERE:
        raise _in_accounting(str(sought.number))


def _in_accounting(number: str) -> CannotClose:
    return CannotClose(
        f"The accounting system has a voucher with number {number}, or may get one. If it is this document, set it to "
        '"Do not transfer" in Moment. Only documents that are not posted can be closed.',
        f"Regnskapssystemet har et bilag med nummer {number}, eller kan få et. Er det dette dokumentet, setter du det til "
        "«Ikke overfør» i Moment. Bare dokumenter som ikke er bokført, kan avsluttes.",
    )


@transaction.atomic
def _close(rows: Sequence[Transfer], documents: Sequence[Invoice], origin: str) -> list[Transfer]:
    """Skip all of them. Raises `CannotClose` if one is posted, or may be."""
    order = [row.pk for row in rows]
    fresh = sorted(locked(Transfer.objects.filter(pk__in=order)), key=lambda row: order.index(row.pk))
    for row in fresh:
        if row.state not in EXCLUDABLE or may_be_in_accounting(row):
            raise _in_accounting(row.number)
    invoice = fresh[0]
    for row in fresh:
        skip(row, SkipReason.CANCELLED_BEFORE_POSTING)
        row.blocked_by_id = None if row is invoice else invoice.pk
        row.save()
    record_numbers(
        invoice.company_id, EventName.CANCELLED, [row.number for row in fresh], origin=origin, kind=Kind.INVOICE
    )
    return fresh


def _set_in_moment(moment: MomentClient, documents: Sequence[Invoice]) -> tuple[str, ...]:
    """Set the documents to "do not transfer", and return the numbers of those that Moment did not change."""
    left = []
    for document in documents:
        try:
            if document.export_status == TO_TRANSFER and not moment.mark_not_to_transfer(document):
                left.append(str(document.number))
        except EdgeError:  # the pair is closed whatever Moment answers, and the person is notified
            left.append(str(document.number))
    return tuple(left)
