"""Recover invoices that the ledger has and Bilag lacks, after its database was restored from a backup.

A voucher has the external id that Bilag gave it. If its invoice is not done in Bilag, it is stored as found and looked up like
one whose answer was lost: compared with the invoice, entry by entry, and never posted again. `recovery` reads the journal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from bilag.companies.setup import Setup
from bilag.posting.posted import Posted
from bilag.posting.voucher import INVOICE_KINDS
from bilag.transfers.external_ids import invoice_of
from bilag.transfers.locking import locked
from bilag.transfers.models import Kind, State, Transfer

CAUSE = "found in accounting"


@dataclass(frozen=True, slots=True)
class Found:
    """A voucher of an invoice that Bilag does not know as posted. `total` is signed, in `currency`."""

    number: int
    journal: int | None
    day: date
    total: Decimal | None
    currency: str


def unknown_invoices(setup: Setup, journal: Iterable[Posted]) -> list[Found]:
    """Return, by number, the vouchers that bear Bilag's external id of an invoice which is not done in Bilag."""
    known = known_journals(setup, Kind.INVOICE)
    found = {}
    for posted in journal:
        number = invoice_of(setup, posted.external_id) if posted.external_id and posted.kind in INVOICE_KINDS else None
        if number is not None and (str(number), posted.journal_number) not in known:
            found[number] = Found(number, posted.journal_number, posted.voucher_date, posted.total, posted.currency)
    return [found[number] for number in sorted(found)]


def known_journals(setup: Setup, kind: Kind) -> set[tuple[str, int | None]]:
    """Return number and journal of each transfer of the kind that is done in the present ledger, of whatever Moment."""
    assert setup.ledger is not None  # noqa: S101 - the setup is a saved one
    rows = Transfer.objects.filter(ledger=setup.ledger.id, kind=kind, state=State.DONE)
    return set(rows.filter(journal_number__isnull=False).values_list("number", "journal_number"))


def write_down(setup: Setup, found: Iterable[Found]) -> list[Transfer]:
    """Store the invoices as found, to be looked up; return those that need a job. Call it in a transaction."""
    by_number = {str(one.number): one for one in found}
    rows = write_rows(setup, Kind.INVOICE, list(by_number))
    for row in rows:
        voucher = by_number[row.number]
        row.voucher_number = voucher.number
        doubt(row, setup, voucher.journal)
        row.save()
    return rows


def write_rows(setup: Setup, kind: Kind, numbers: list[str]) -> list[Transfer]:
    """Create the transfers that are missing; return all of these numbers, locked, that are neither done nor being sent now."""
    now = timezone.now()
    rows = Transfer.objects.filter(source=setup.source_id, kind=kind, number__in=numbers)
    missing = sorted(set(numbers) - set(rows.values_list("number", flat=True)))
    Transfer.objects.bulk_create(
        (
            Transfer(
                company_id=setup.company_id,
                source_id=setup.source_id,
                kind=kind,
                number=number,
                hinted_at=now,
                requested_at=now,
            )
            for number in missing
        ),
        ignore_conflicts=True,
    )
    return [row for row in locked(rows) if row.state not in (State.DONE, State.SENDING)]


def doubt(row: Transfer, setup: Setup, journal: int | None) -> None:
    """Mark the row as in doubt in the present ledger, like one whose answer was lost. The caller saves it."""
    assert setup.ledger is not None  # noqa: S101 - the setup is a saved one
    row.state, row.reason, row.problems, row.next_at = State.IN_DOUBT, None, [], None
    row.ledger_id, row.journal_number = setup.ledger.id, journal
    row.doubt_since, row.blocked_by, row.cause = row.doubt_since or timezone.now(), None, CAUSE
    row.failures, row.failing_since = 0, None
    row.request_count += 1
