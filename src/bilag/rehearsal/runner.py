"""Run a rehearsal: read the invoices, then the journal, compare, and conclude. Each phase is committed in steps.

A rehearsal that was interrupted, or that a system stopped, continues where it was: invoices are read again unless all were,
the journal from the month that was not finished, the comparison from the next two hundred.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from bilag.companies import store
from bilag.companies.gateways import moment_for, platform_for
from bilag.companies.setup import Setup
from bilag.jobs import lease
from bilag.moment.unreadable import UnreadableInvoice
from bilag.posting.accrual import is_usable
from bilag.posting.invoice import Invoice
from bilag.posting.months import last_day
from bilag.posting.problem import Problem
from bilag.posting.selection import finalised_on
from bilag.rehearsal import conclude, left_over, staging
from bilag.rehearsal.compare import Comparer
from bilag.rehearsal.customers import Customers
from bilag.rehearsal.models import Phase, Rehearsal, RehearsedInvoice, StagedInvoice, StagedPosting
from bilag.rehearsal.read_only import ReadingMoment, ReadingPlatform, read_only_moment, read_only_platform
from bilag.rehearsal.results import result_row, unread_row
from bilag.wire.errors import EdgeError

log = structlog.get_logger(__name__)
Progress = Callable[[Rehearsal], None]
"""Called with the run after each step that was committed."""
TOGETHER = 200
EARLIER = timedelta(days=92)
"""An invoice is finalised, and so changed, at most so long before its own date (as in reconciliation)."""
AROUND = timedelta(days=31)
"""The journal is read so long before and after the period too: for vouchers that are dated otherwise than their invoices."""
LONGEST_AFTER = timedelta(days=31 * 61)
LARGEST_NUMBER = 2**62
NO_NUMBER = Problem("moment_malformed", "invoice", {"field": "invoiceNumber", "why": "it is missing"})
KEPT = 5
"""So many completed rehearsals of a company are kept."""


def rehearse(
    company_id: int, first: date, last: date, *, origin: str = "", progress: Progress = lambda _run: None
) -> Rehearsal:
    """Rehearse the period (both days included) by the company's present setup; continue one of it that did not end.

    A system that cannot be read leaves the run unfinished, with its `problem`. Changes nothing in either system. Raises
    `ValueError` for a period that ends before it begins, and `bilag.jobs.lease.Busy` while the company's rehearsal runs.
    """
    if last < first:
        raise ValueError(f"{last} is before {first}")
    setup = store.load_setup(company_id)
    with lease.held("rehearsal", company_id) as mine:
        run = _unfinished(setup, first, last) or _begin(setup, first, last, origin)
        try:
            moment, platform = read_only_moment(moment_for(setup)), read_only_platform(platform_for(setup))
            _Run(setup, run, moment, platform, mine, progress).run()
        except EdgeError as error:
            _stop(run, error.problems[0])
            log.warning("rehearsal.stopped", company=company_id, code=error.problems[0].code)
        except lease.LeaseLost:  # another process continues it
            raise
        except BaseException:  # a fault of Bilag, or the end of this process: it can be continued
            _stop(run, Problem("rehearsal_interrupted"))
            raise
    return run


def _stop(run: Rehearsal, problem: Problem) -> None:
    run.refresh_from_db()
    run.problem = problem.as_json()
    run.save(update_fields=["problem"])


def _unfinished(setup: Setup, first: date, last: date) -> Rehearsal | None:
    """Return the run of this period and setup that did not end, if it is the newest."""
    newest = Rehearsal.objects.filter(company_id=setup.company_id).order_by("-id").first()
    if newest is None or newest.ended_at is not None or newest.setup_version != setup.version:
        return None
    if (newest.first, newest.last) != (first, last):
        return None
    if newest.problem is not None:
        newest.problem = None
        newest.save(update_fields=["problem"])
    return newest


def _begin(setup: Setup, first: date, last: date, origin: str) -> Rehearsal:
    """Create a run, and remove what others of the company left unfinished."""
    with transaction.atomic():
        Rehearsal.objects.filter(company_id=setup.company_id, ended_at=None).delete()
        return Rehearsal.objects.create(
            company_id=setup.company_id,
            first=first,
            last=last,
            origin=origin,
            setup_version=setup.version,
            read_to=last,
            began_at=timezone.now(),
        )


@dataclass
class _Run:
    """The state of one run in this process; all that must last is in its row."""

    setup: Setup
    record: Rehearsal
    moment: ReadingMoment
    platform: ReadingPlatform
    mine: lease.Lease
    progress: Progress
    comparer: Comparer = field(init=False)

    def run(self) -> None:
        """Go through the phases that are left. Raises the errors of both systems."""
        record = self.record
        if record.phase == Phase.INVOICES:
            self._read_invoices()
        if record.phase == Phase.JOURNAL:
            self._read_journal()
        chart = self.platform.chart(fresh=True)
        self.comparer = Comparer(self.setup, chart, record.numbering)
        if record.phase == Phase.COMPARING:
            self._compare()
        if record.phase == Phase.CONCLUDING:
            conclude.conclude(record, self.setup, chart, self.moment, self.platform)
            self._end()
        self.progress(record)

    def _save(self, **values: object) -> None:
        """Store values of the run's row, in the transaction of the step. Raises `LeaseLost`."""
        self.mine.keep()  # comparing asks no other system, which would extend it
        lease.confirm()
        for name, value in values.items():
            setattr(self.record, name, value)
        self.record.save(update_fields=list(values))

    def _read_invoices(self) -> None:
        """Stage the period's invoices. What cannot be read gets its result at once."""
        record = self.record
        with transaction.atomic():
            lease.confirm()
            StagedInvoice.objects.filter(run=record).delete()
            RehearsedInvoice.objects.filter(run=record).delete()
        count, end = 0, record.last
        invoices = self._invoices()
        while some := list(islice(invoices, TOGETHER)):
            readable = [one for one in some if isinstance(one, Invoice) and one.number is not None]
            others = [one for one in some if one not in readable]
            count += len(some)
            end = max([end, *(_spread_to(one) for one in readable)])
            with transaction.atomic():
                staging.stage_invoices(record, readable)
                RehearsedInvoice.objects.bulk_create(unread_row(record, one, _problem_of(one)) for one in others)
                self._save(invoices=count)
            self.progress(record)
        read_to = min(max(end, record.last + AROUND), record.last + LONGEST_AFTER)
        with transaction.atomic():
            self._save(phase=Phase.JOURNAL, read_to=read_to)

    def _invoices(self) -> Iterator[Invoice | UnreadableInvoice]:
        for one in self.moment.finalised_invoices(self.record.first - EARLIER):
            day = one.day if isinstance(one, UnreadableInvoice) else one.invoice_date or finalised_on(one)
            is_read = one.number is None or abs(one.number) < LARGEST_NUMBER
            if is_read and (day is None or self.record.first <= day <= self.record.last):
                yield one

    def _read_journal(self) -> None:
        """Stage the journal month by month. What an interrupted process staged of a month is read again."""
        record = self.record
        with transaction.atomic():
            lease.confirm()
            StagedPosting.objects.filter(run=record, pk__gt=record.cursor).delete()
        begin = record.journal_read_to + timedelta(days=1) if record.journal_read_to else record.first - AROUND
        for first, last in _months(begin, record.read_to):
            count = staging.stage_journal(record, self.platform.list_vouchers(first, last))
            newest = StagedPosting.objects.filter(run=record).aggregate(newest=Max("pk"))["newest"]
            with transaction.atomic():
                self._save(journal_read_to=last, vouchers=record.vouchers + count, cursor=newest or 0)
            self.progress(record)
        with transaction.atomic():
            self._save(phase=Phase.COMPARING, cursor=0, voucher_numbers=staging.number_vouchers(record).spelled)

    def _compare(self) -> None:
        """Compare the staged invoices, two hundred at a time, then the vouchers that none of them met."""
        record = self.record
        customers = Customers(self.moment)
        while some := staging.next_invoices(record, TOGETHER):
            refused = [customers.problem(invoice) for _, _, invoice in some]
            with transaction.atomic():
                found = staging.staged(record, [invoice for _, _, invoice in some])
                results = []
                for (_, number, invoice), problem in zip(some, refused, strict=True):
                    of_it = found.get(number, staging.Staged())
                    compared = self.comparer.compare(invoice, of_it.vouchers, of_it.accruals, problem)
                    results.append(result_row(record, number, invoice, of_it.vouchers, compared))
                RehearsedInvoice.objects.bulk_create(results)
                self._save(cursor=some[-1][0], compared=record.compared + len(some))
            self.progress(record)
        self._compare_left_over()

    def _compare_left_over(self) -> None:
        """Compare the vouchers that no invoice met. Interrupted, this begins again."""
        record = self.record
        with transaction.atomic():
            lease.confirm()
            left_over.forget_results(record)
        left = left_over.vouchers_without_invoice(record, self.setup)
        results = left_over.results(left, record, self.moment, self.comparer)
        while some := list(islice(results, TOGETHER)):
            with transaction.atomic():
                RehearsedInvoice.objects.bulk_create(some)
                self._save(compared=record.compared)
        with transaction.atomic():
            self._save(phase=Phase.CONCLUDING)

    def _end(self) -> None:
        """End the run: remove what was staged, and rehearsals beyond those that are kept."""
        with transaction.atomic():
            staging.forget(self.record)
            self._save(phase=Phase.DONE, ended_at=timezone.now(), problem=None)
            done = Rehearsal.objects.filter(company_id=self.setup.company_id, ended_at__isnull=False).order_by("-id")
            Rehearsal.objects.filter(pk__in=list(done.values_list("pk", flat=True)[KEPT:])).delete()


def _problem_of(one: Invoice | UnreadableInvoice) -> Problem:
    return one.problem if isinstance(one, UnreadableInvoice) else NO_NUMBER


def _spread_to(invoice: Invoice) -> date:
    """Return the last day on which the invoice's income can be posted."""
    ends = [
        line.service_period.last for line in invoice.lines if line.service_period and is_usable(line.service_period)
    ]
    day = max(ends, default=None)
    return last_day(day.year, day.month) if day is not None else date.min


def _months(first: date, last: date) -> Iterable[tuple[date, date]]:
    """Yield the first and the last day of each month, cut to the days given."""
    begin = first
    while begin <= last:
        end = min(last_day(begin.year, begin.month), last)
        yield begin, end
        begin = end + timedelta(days=1)
