"""Record that a company's data left Bilag as a file: who exported what, in which form, and how many rows."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import TypeVar

from django.utils.translation import gettext_noop as _

from bilag.events.record import EventName, record
from bilag.jobs.threads import giving_back

Item = TypeVar("Item")
RECORDER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="exports")
"""Records interrupted downloads: a generator is closed where no SQL statement may be sent."""


class Exported(StrEnum):
    """An export: its kind, form and subject."""

    TRANSFERS = "transfers"
    LOG = "log"
    EXPENSES = "expenses"
    RECONCILIATION = "reconciliation"
    REHEARSAL = "rehearsal"
    JOURNAL = "journal"
    TRAIL = "trail"
    ARCHIVE = "archive"


WORDS: dict[str, str] = {
    Exported.TRANSFERS: _("Transfers"),
    Exported.LOG: _("Log"),
    Exported.EXPENSES: _("Expenses"),
    Exported.RECONCILIATION: _("Reconciliation"),
    Exported.REHEARSAL: _("Rehearsal"),
    Exported.JOURNAL: _("Journal"),
    Exported.TRAIL: _("Control trail"),
    Exported.ARCHIVE: _("All data of the company"),
}
"""The export's subject in English, which pages translate."""


def record_export(company_id: int, what: Exported, form: str, rows: int, *, origin: str) -> None:
    """Record an export in `form`, such as csv or SAF-T."""
    record(company_id, EventName.EXPORTED, origin=origin, what=str(what), form=form, count=str(rows))


def recorded(rows: Iterator[Item], company_id: int, what: Exported, form: str, *, origin: str) -> Iterator[Item]:
    """Yield the rows. At the end, or if the reader disconnects, record the export with the number of rows sent."""
    count = 0
    try:
        for row in rows:
            count += 1
            yield row
    finally:
        _record_here_or_apart(lambda: record_export(company_id, what, form, count, origin=origin))


def _record_here_or_apart(do: Callable[[], None]) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        do()
    else:
        RECORDER.submit(giving_back(do))
