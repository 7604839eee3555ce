"""Run one reconciliation: read both systems page by page, match by number in PostgreSQL, and store a finding for every number."""

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from bilag.companies import store
from bilag.companies.gateways import moment_for, platform_for
from bilag.companies.setup import Setup
from bilag.jobs import lease
from bilag.moment.client import MomentClient
from bilag.moment.unreadable import UnreadableInvoice
from bilag.platforms.base import AccountingPlatform, PostingStatus
from bilag.posting.invoice import Invoice
from bilag.posting.plan import PostingPlan
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.selection import finalised_on, oslo_date
from bilag.posting.standing import still_standing
from bilag.posting.voucher import INVOICE_KINDS, ZERO
from bilag.reconciliation import number_gaps, totals
from bilag.reconciliation.causes import cause_of
from bilag.reconciliation.chunks import chunks
from bilag.reconciliation.compare_invoice import Judge, Judgement, total_of
from bilag.reconciliation.copying import copy_rows
from bilag.reconciliation.models import (
    NO_LONGER_POSTED,
    Finding,
    Found,
    Phase,
    Reconciliation,
    ReplacedRun,
    StagedVoucher,
    Why,
)
from bilag.reconciliation.sent import NOTHING_KEPT, Sent, sent_for
from bilag.reconciliation.staging import dates_of, stage, staged, without_finding
from bilag.transfers.external_ids import external_id, with_document_number
from bilag.transfers.intake.ahead import Watch, notice
from bilag.transfers.ledger_ahead import How
from bilag.transfers.models import Kind, Transfer
from bilag.wire.errors import EdgeError, Refused

log = structlog.get_logger(__name__)
Progress = Callable[[int], None]
"""Called with the count of invoices compared so far."""
TOGETHER = 200
EARLIER = timedelta(days=92)
"""The longest time that an invoice may be finalised before its own date. One finalised earlier is looked up by number if the
journal has it.
"""
MOST_LOOKED_UP = 500
"""The most vouchers without an invoice that are looked up in Moment one by one."""
LARGEST = Decimal(10) ** 15
LONGEST_CURRENCY = 3
NO_NUMBER = Problem("moment_malformed", "invoice", {"field": "invoiceNumber", "why": "it is missing"})
AHEAD = timedelta(days=31)
"""How far after the end of a recent period vouchers that correct it may be dated."""
WRONG_BY_VOUCHERS = Q(found__in=(Found.DUPLICATE, Found.DIFFERING, Found.UNKNOWN)) | Q(
    found=Found.MISSING, reason__in=NO_LONGER_POSTED
)
"""Findings that vouchers of other months may correct."""
KEPT_FOR = timedelta(days=30)
REMEMBERED_FOR = timedelta(days=730)
"""How long the address of a replaced run leads to its replacement."""
FINDING_COLUMNS = [field.attname for field in Finding._meta.concrete_fields if not field.primary_key]


def reconcile(
    company_id: int, first: date, last: date, *, origin: str = "", progress: Progress = lambda _count: None
) -> Reconciliation:
    """Compare all invoices dated in the period (both days included) with the journal, and store the findings.

    A system that cannot be read ends the run with its `problem`; earlier findings of the period are kept then. Changes nothing
    in either system. Raises `ValueError` for a period that ends before it begins, and `bilag.jobs.lease.Busy` while the
    company's reconciliation is running.
    """
    if last < first:
        raise ValueError(f"{last} is before {first}")
    setup = store.load_setup(company_id)
    with lease.held("reconciliation", company_id):
        now = timezone.now()
        interrupted = Problem("reconciliation_interrupted").as_json()
        left = Reconciliation.objects.filter(company_id=company_id, ended_at=None)
        StagedVoucher.objects.filter(run__in=left).delete()
        left.update(ended_at=now, problem=interrupted)
        run = Reconciliation.objects.create(company_id=company_id, first=first, last=last, origin=origin, began_at=now)
        try:
            _Comparison(setup, run, moment_for(setup), platform_for(setup), progress).run()
        except EdgeError as error:
            run.problem = error.problems[0].as_json()
            Finding.objects.filter(run=run).delete()
            log.warning("reconciliation.stopped", company=company_id, code=error.problems[0].code)
        except BaseException:  # an error in Bilag, or the end of this process: the run has no result
            run.problem = interrupted
            Finding.objects.filter(run=run).delete()
            _end(run)
            raise
        _end(run)
    return run


def _end(run: Reconciliation) -> None:
    """End the run. A completed run replaces earlier runs of its period. Raises `LeaseLost` if this process was frozen, and
    another process ended the run and removed the rows that it compares with.
    """
    with transaction.atomic():
        if run.problem is None:
            lease.confirm()
        StagedVoucher.objects.filter(run=run).delete()
        if run.problem is None:
            run.counts, run.sums, run.digest = totals.counts(run), totals.sums(run), totals.digest(run)
        now = run.ended_at = timezone.now()
        run.save()
        earlier = Reconciliation.objects.filter(company_id=run.company_id, pk__lt=run.pk)
        earlier.filter(began_at__lt=now - KEPT_FOR, sums={}).delete()
        if run.problem is None:
            _replace(run, earlier.filter(first=run.first, last=run.last), now)


def _replace(run: Reconciliation, earlier: QuerySet[Reconciliation], now: datetime) -> None:
    """Remove the earlier runs of the period, and keep their ids: their addresses lead to this run from now on."""
    ReplacedRun.objects.filter(company_id=run.company_id, replaced_at__lt=now - REMEMBERED_FOR).delete()
    ReplacedRun.objects.bulk_create(
        ReplacedRun(id=pk, company_id=run.company_id, first=run.first, last=run.last, replaced_at=now)
        for pk in earlier.values_list("pk", flat=True)
    )
    earlier.delete()


@dataclass
class _Comparison:
    """The state of one run."""

    setup: Setup
    record: Reconciliation
    moment: MomentClient
    platform: AccountingPlatform
    progress: Progress
    compared: int = 0
    before: int | None = None
    """The highest number dated before the period."""
    lowest: int | None = None
    highest: int | None = None
    judge: Judge = field(init=False)

    def run(self) -> None:
        """Read the journal, then Moment, then the vouchers that remain. Raises the errors of both systems."""
        self.judge = Judge(self.setup, self.platform.chart(fresh=True))
        watch = Watch(self.setup)
        vouchers = watch.passing(self.platform.list_vouchers(self.record.first, self.record.last))
        numbered = filter(None, (with_document_number(self.setup, one) for one in vouchers))
        stage(self.record, numbered, lambda count: self._note(vouchers_read=count))
        notice(self.setup, watch.unknown(), How.NIGHT)
        self._note(phase=Phase.INVOICES)
        with closing(chunks(self._invoices(), TOGETHER)) as each:
            for some in each:
                self._compare(some)
                self.compared += len(some)
                self._note(compared=self.compared)
                self.progress(self.compared)
        self._note(phase=Phase.REST)
        self._left_over()
        self._put_right_elsewhere()
        number_gaps.find_gaps(self.record, self.moment, before=self.before)

    def _note(self, **progress: int | str) -> None:
        """Store the run's progress for its page."""
        for name, value in progress.items():
            setattr(self.record, name, value)
        Reconciliation.objects.filter(pk=self.record.pk).update(**progress)

    def _invoices(self) -> Iterator[Invoice | UnreadableInvoice]:
        """Yield the invoices of the period. The numbers of other invoices are only noted."""
        for one in self.moment.finalised_invoices(self.record.first - EARLIER):
            day = _day(one)
            if one.number is not None:
                self.lowest = min(one.number, self.lowest or one.number)
                self.highest = max(one.number, self.highest or one.number)
                if day is not None and day < self.record.first:
                    self.before = max(one.number, self.before or one.number)
            if day is None or self.record.first <= day <= self.record.last:
                yield one

    def _compare(self, some: list[Invoice | UnreadableInvoice]) -> None:
        numbers = [one.number for one in some if one.number is not None]
        vouchers = staged(self.record, numbers)
        transfers = self._transfers(numbers)
        found = [
            self._finding(one, vouchers.get(one.number or 0, []), *transfers.get(one.number or 0, (None, NOTHING_KEPT)))
            for one in some
        ]
        copy_rows(Finding, FINDING_COLUMNS, map(_columns, found))

    def _transfers(self, numbers: Iterable[int]) -> dict[int, tuple[Transfer, Sent]]:
        """Return the transfers of these numbers, with the vouchers that they sent."""
        rows = Transfer.objects.filter(
            source_id=self.setup.source_id, kind=Kind.INVOICE, number__in=[str(number) for number in numbers]
        )
        found = [row for row in rows if row.number.isdecimal()]
        sent = sent_for(found)
        return {int(row.number): (row, sent.get(row.pk, NOTHING_KEPT)) for row in found}

    def _finding(
        self, one: Invoice | UnreadableInvoice, vouchers: list[Posted], transfer: Transfer | None, sent: Sent
    ) -> Finding:
        if isinstance(one, UnreadableInvoice) or one.number is None:
            return self._unread(one, vouchers)
        if _day(one) is None and not vouchers:
            return self._kept(one.number, one, [], Judgement(Found.UNDATED))
        plan = self.judge.plan(one, sent)
        judgement = self.judge.judge(one, plan, vouchers, transfer, sent=sent)
        accrued = judgement.found is Found.MATCHED and len(plan.vouchers) > 1
        if accrued or (judgement.reason == Why.GONE and not vouchers):
            standing = self._looked_up(plan)
            if standing is not None and standing.posted is not None:
                vouchers = vouchers or [standing.posted]
                judgement = self.judge.judge(one, plan, vouchers, transfer, standing.others, sent)
        return self._kept(one.number, one, vouchers, judgement)

    def _unread(self, one: Invoice | UnreadableInvoice, vouchers: list[Posted]) -> Finding:
        """Return the finding of an invoice without readable content or number, which the sums lack.

        Its month is that of its readable date, else of its voucher; with neither, it counts for every month.
        """
        problem = one.problem if isinstance(one, UnreadableInvoice) else NO_NUMBER
        if vouchers:
            judgement = Judgement(Found.DIFFERING, "", (problem,))
        elif _day(one) is None:
            judgement = Judgement(Found.UNDATED, "", (problem,))
        else:
            judgement = Judgement(Found.MISSING, Why.NEEDS_PERSON, (problem,))
        row = self._kept(one.number, None, vouchers, judgement)
        row.invoice_date, row.unread, row.cause = one.invoice_date, True, cause_of(Found.UNDATED, "", (problem,))
        row.customer = fitting(one.customer or row.customer, 50)
        row.name = fitting(one.customer_name or "", 200)
        return row

    def _looked_up(self, plan: PostingPlan) -> PostingStatus | None:
        """Look the voucher up by number, with the vouchers of its batch in other months: accruals are dated in later months,
        and somebody may have changed the voucher's date."""
        number = plan.invoice.number
        if not plan.vouchers or number is None:
            return None
        return self.platform.find_voucher(
            plan.vouchers[0], external_id(self.setup, number), thorough=False, every_date=True
        )

    def _kept(
        self, number: int | None, invoice: Invoice | None, vouchers: list[Posted], judgement: Judgement
    ) -> Finding:
        totals = [total_of(one) for one in vouchers]
        currency = invoice.currency if invoice else vouchers[0].currency if vouchers else ""
        total = storable(invoice.total) if invoice else None
        in_sums = total is not None and 0 < len(currency) <= LONGEST_CURRENCY and judgement.found is not Found.UNDATED
        return Finding(
            run=self.record,
            found=judgement.found,
            number=number,
            invoice_date=invoice.invoice_date if invoice else None,
            customer=fitting((invoice.customer if invoice else vouchers[0].customer if vouchers else "") or "", 50),
            name=fitting((invoice.customer_name if invoice else "") or "", 200),
            currency=currency if len(currency) <= LONGEST_CURRENCY else "",
            total=total if in_sums else None,
            unread=invoice is not None and not in_sums,
            posted_total=storable(sum(totals, ZERO)) if totals else None,
            voucher_date=dates_of(vouchers),
            journals=[one.journal_number for one in vouchers if one.journal_number is not None],
            reason=judgement.reason,
            problems=[problem.as_json() for problem in judgement.problems],
            cause=cause_of(judgement.found, judgement.reason, judgement.problems),
        )

    def _left_over(self) -> None:
        """Compare the vouchers of the period that no invoice of the period matched: of another date, or unknown to Moment.

        A voucher that is unknown to Moment and was reversed needs no finding.
        """
        ours = groupby(
            (one for one in without_finding(self.record) if self._in_series(one)), key=lambda one: one.number
        )
        for count, (number, same) in enumerate(ours):
            vouchers = list(same)
            try:
                invoice = self.moment.invoice_by_number(number) if count < MOST_LOOKED_UP else None
            except Refused as refused:
                self._unread(UnreadableInvoice(number, refused.problems[0]), vouchers).save()
                continue
            if invoice is not None and invoice.finalized:
                _transfer, sent = self._transfers([number]).get(number, (None, NOTHING_KEPT))
                judgement = self.judge.judge(invoice, self.judge.plan(invoice, sent), vouchers, None, sent=sent)
                self._kept(number, invoice, vouchers, judgement).save()
            elif still_standing(vouchers):
                self._kept(number, None, vouchers, Judgement(Found.UNKNOWN)).save()

    def _put_right_elsewhere(self) -> None:
        """Judge wrong findings again, including the vouchers of their numbers that are dated outside the period.

        An error in a closed month is corrected in a later one, where the later voucher alone would be wrong too.
        """
        wrong = Finding.objects.filter(WRONG_BY_VOUCHERS, run=self.record, unread=False)
        rows = {row.number: row for row in wrong if row.number is not None}
        elsewhere = self._dated_elsewhere(rows)
        for number, (before, after) in elsewhere.items():
            row, here = rows[number], staged(self.record, [number]).get(number, [])
            vouchers = [*before, *here, *after]
            if row.found == Found.UNKNOWN:
                if not still_standing(vouchers):
                    row.delete()
                continue
            try:
                invoice = self.moment.invoice_by_number(number)
            except Refused:  # it was changed in Moment meanwhile and is unreadable: the finding stays
                continue
            if invoice is not None and invoice.finalized:
                row.delete()
                self._finding(invoice, vouchers, *self._transfers([number]).get(number, (None, NOTHING_KEPT))).save()

    def _dated_elsewhere(self, rows: Mapping[int, Finding]) -> dict[int, tuple[list[Posted], list[Posted]]]:
        """Return the vouchers of these numbers that are dated before the period, since the oldest of the invoices, and after
        it.

        The invoice of an unknown voucher may be older still: `EARLIER` is the limit.
        """
        if not rows:
            return {}
        a_day, today = timedelta(days=1), oslo_date(timezone.now())
        day_before, day_after = self.record.first - a_day, self.record.last + a_day
        oldest = min(row.invoice_date or self.record.first - EARLIER for row in rows.values())
        before = self._of_numbers(rows, oldest, day_before) if oldest <= day_before else {}
        after = self._of_numbers(rows, day_after, max(today, day_after + AHEAD))
        return {number: (before.get(number, []), after.get(number, [])) for number in before.keys() | after.keys()}

    def _of_numbers(self, numbers: Container[int], first: date, last: date) -> dict[int, list[Posted]]:
        """Return the journal's invoices and credit notes of these numbers that are dated in these days, by number."""
        found: dict[int, list[Posted]] = {}
        for posted in self.platform.list_vouchers(first, last):
            numbered = with_document_number(self.setup, posted) if posted.kind in INVOICE_KINDS else None
            if numbered is not None and numbered.number in numbers:
                found.setdefault(numbered.number, []).append(numbered)
        return found

    def _in_series(self, posted: Posted) -> bool:
        """Return whether the voucher claims to come from Moment: by its external id, or by a number within Moment's series."""
        ours = external_id(self.setup, posted.number)
        if posted.external_id == ours:
            return True
        return self.lowest is not None and self.highest is not None and self.lowest <= posted.number <= self.highest


def _columns(row: Finding) -> list[object]:
    """Return the values of a finding for `copy_rows`."""
    return [json.dumps(value) if isinstance(value := getattr(row, name), list) else value for name in FINDING_COLUMNS]


def _day(one: Invoice | UnreadableInvoice) -> date | None:
    """Return the day that decides the invoice's month: its date, else the day on which it was finalised."""
    return one.day if isinstance(one, UnreadableInvoice) else one.invoice_date or finalised_on(one)


def storable(amount: Decimal) -> Decimal | None:
    return amount.quantize(ZERO) if amount.is_finite() and abs(amount) < LARGEST else None


def fitting(text: str, longest: int) -> str:
    return text.replace("\x00", "")[:longest]


def missing_numbers(run: Reconciliation, whys: Iterable[Why]) -> list[str]:
    """Return the numbers that are missing for these reasons."""
    rows = run.findings.filter(found=Found.MISSING, reason__in=list(whys)).exclude(number=None).order_by("number")
    return [str(number) for number in rows.values_list("number", flat=True)]
