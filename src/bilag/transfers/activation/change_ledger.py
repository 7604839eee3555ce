"""Change a company's ledger or its company of Moment: a person's decision, with rules for transfers under way.

Posted vouchers stay in their ledger. Transfers in doubt are looked up there, as long as access to it is kept. Unsent invoices
go to the new ledger if they were finalised on or after the chosen day. From a company of Moment that is left, nothing more is
transferred (DESIGN, What belongs to which ledger).
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from bilag.companies import setup_writer
from bilag.companies.file import CompanyFile
from bilag.companies.models import Company, Ledger
from bilag.transfers.activation.save_setup import LedgerChange, SavedSetup, save_setup
from bilag.transfers.models import ACTIVE, SHIPPED, State, Transfer


class NothingChanges(Exception):
    """The setup names the ledger and the company of Moment that the company has already."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What belongs to the present ledger and Moment: counts of invoices and amounts of accrued income."""

    ledger: str
    source: str
    posted: int
    in_doubt: int
    """Sent, and the answer is unknown."""
    differing: int
    """In the ledger, and a person must look at them."""
    open: int
    """Never sent."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """The effect of a change: the counts before, and the ledger and Moment after."""

    before: Standing
    ledger: str
    source: str

    @property
    def ledger_changes(self) -> bool:
        return self.before.ledger != self.ledger

    @property
    def source_changes(self) -> bool:
        return self.before.source != self.source


def standing(company: Company) -> Standing:
    """Return what belongs to the company's present ledger and Moment."""
    setup = company.setup
    rows = Transfer.objects.filter(source=setup.source_id, kind__in=SHIPPED)
    here = rows.filter(ledger=setup.ledger_id)
    return Standing(
        ledger=setup.ledger.key,
        source=setup.source.key,
        posted=here.filter(state=State.DONE).count(),
        in_doubt=here.filter(state__in=ACTIVE).count(),
        differing=here.filter(state=State.NEEDS_ATTENTION).count(),
        open=rows.filter(ledger=None).exclude(state__in=(State.DONE, State.SKIPPED)).count(),
    )


def former_ledgers(company: Company) -> list[Ledger]:
    """Return the ledgers that the company has left, the last one first."""
    return list(company.ledgers.exclude(left_at=None).order_by("-left_at"))


def prospect(file: CompanyFile) -> Prospect:
    """Return what saving the file would change. Nothing is saved. Raises `NothingChanges` and `store.UnknownCompany`."""
    with transaction.atomic():
        comparison = setup_writer.compare(file)
        if comparison.row is None or not (comparison.ledger_changes or comparison.source_changes):
            raise NothingChanges
        return Prospect(standing(comparison.row.company), comparison.ledger_key, comparison.source_key)


def change_ledger(
    file: CompanyFile, *, invoices_from: date, origin: str, seen_version: int | None = None
) -> SavedSetup:
    """Save the file's setup, with another ledger or another company of Moment. `origin` is the person who decided.

    `invoices_from`: the first day of finalising (Oslo) whose invoices go to the new ledger automatically. The caller checks the
    saved setup with `check_saved`. Raises `NothingChanges`, and as `save_setup` does; then nothing was saved.
    """
    prospect(file)
    return save_setup(
        file, origin=origin, seen_version=seen_version, live=file.live or None, change=LedgerChange(invoices_from)
    )
