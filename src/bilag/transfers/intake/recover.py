"""Take in what the ledger knows and Bilag does not: after its database was restored from a backup.

A voucher carries the external id that Bilag gave it. One whose invoice is not done in Bilag is written down as found and looked up
like one whose answer was lost: compared with the invoice, entry by entry, and never posted again. Expenses need nothing of the
kind: each import looks an expense up by its key before it makes one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from bilag.companies import lifecycle, store
from bilag.companies.gateways import platform_for
from bilag.companies.setup import Setup
from bilag.events.record import EventName, record_numbers
from bilag.posting.voucher import VoucherKind
from bilag.transfers import enqueue
from bilag.transfers.external_ids import invoice_of
from bilag.transfers.locking import locked
from bilag.transfers.models import Kind, State, Transfer

DOCUMENTS = (VoucherKind.INVOICE, VoucherKind.CREDIT_NOTE)
SETTLED = (State.DONE,)


@dataclass(frozen=True, slots=True)
class Found:
    """A voucher of an invoice that Bilag does not know as posted. `total` is signed, in `currency`."""

    number: int
    journal: int | None
    day: date
    total: Decimal | None
    currency: str
    transfer_id: int | None = None
    """The transfer that was written down; None in a rehearsal."""


def unknown_vouchers(setup: Setup, first: date, last: date) -> Iterator[Found]:
    """Yield the vouchers dated from `first` to `last` that bear Bilag's external id of an invoice which is not done in Bilag.

    Raises the errors of the platform.
    """
    assert setup.ledger is not None  # noqa: S101 - the setup is a saved one
    done = Transfer.objects.filter(
        source=setup.source_id,
        ledger=setup.ledger.id,
        kind=Kind.INVOICE,
        state__in=SETTLED,
        journal_number__isnull=False,
    )
    known = set(done.values_list("number", "journal_number"))
    for posted in platform_for(setup).list_vouchers(first, last):
        number = invoice_of(setup, posted.external_id) if posted.external_id and posted.kind in DOCUMENTS else None
        if number is not None and (str(number), posted.journal_number) not in known:
            yield Found(number, posted.journal_number, posted.voucher_date, posted.total, posted.currency)


def recover(company_id: int, first: date, last: date, *, origin: str) -> list[Found]:
    """Write down every voucher that `unknown_vouchers` finds, and enqueue its look-up; return them by number.

    `origin` is the person who asked. Raises the errors of the platform; then nothing was written.
    """
    setup = store.load_setup(company_id)
    found = {one.number: one for one in unknown_vouchers(setup, first, last)}
    if not found:
        return []
    assert setup.ledger is not None  # noqa: S101 - the setup is a saved one
    now = timezone.now()
    with transaction.atomic():
        rows = Transfer.objects.filter(source=setup.source_id, kind=Kind.INVOICE, number__in=map(str, found))
        missing = {str(number) for number in found} - set(rows.values_list("number", flat=True))
        Transfer.objects.bulk_create(
            (
                Transfer(
                    company_id=company_id,
                    source_id=setup.source_id,
                    kind=Kind.INVOICE,
                    number=number,
                    hinted_at=now,
                    requested_at=now,
                )
                for number in sorted(missing)
            ),
            ignore_conflicts=True,
        )
        held = [row for row in locked(rows) if row.state not in (*SETTLED, State.SENDING)]
        for row in held:
            voucher = found[int(row.number)]
            row.state, row.reason, row.problems, row.next_at = State.IN_DOUBT, None, [], None
            row.ledger_id, row.journal_number, row.voucher_number = setup.ledger.id, voucher.journal, voucher.number
            row.doubt_since, row.blocked_by, row.cause = row.doubt_since or now, None, "found in accounting"
            row.failures, row.failing_since = 0, None
            row.request_count += 1
            row.save()
        record_numbers(company_id, EventName.RECOVERED, [row.number for row in held], origin=origin, kind=Kind.INVOICE)
        if lifecycle.is_open(company_id):
            enqueue.wake_all([row.pk for row in held])
    ids = {int(row.number): row.pk for row in held}
    return [
        Found(one.number, one.journal, one.day, one.total, one.currency, ids.get(number))
        for number, one in sorted(found.items())
    ]
