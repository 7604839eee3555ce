"""Read the report page by page: store each page's lines, and whether they are imported, in one transaction."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from bilag.companies.setup import Setup
from bilag.expenses import line_json
from bilag.expenses.models import ExpenseImport, ExpenseLine, ExpenseMark, LineState
from bilag.expenses.projects import Projects
from bilag.platforms.base import PostedPage, UnreadableLine
from bilag.posting.expense import ExpenseRules, Ignored, IgnoredReason, PostedLine, select
from bilag.transfers.models import Kind, Transfer

SETTLED_IGNORED = (IgnoredReason.REVERSED, IgnoredReason.EXCLUDED)
"""Reasons that reading a line again does not change."""
CHANGED = [
    "state", "reason", "problems", "line", "voucher_date", "voucher_number", "account", "net", "supplier", "text",
    "project", "billable", "reverses", "documents", "documents_due", "updated_at",
]  # fmt: skip


@dataclass
class Reading:
    """The reading side of an import. `seen` is called with the count of lines read so far; `by_journal` is the platform's
    `Capabilities.lines_by_journal`."""

    setup: Setup
    run: ExpenseImport
    mark: ExpenseMark
    projects: Projects
    by_journal: bool
    seen: Callable[[int], None] = lambda _count: None
    counts: Counter[str] = field(default_factory=Counter)

    def pages(self, pages: Iterable[PostedPage], *, moves_mark: bool) -> None:
        """Store all pages. `moves_mark`: they were read by the cursor, which is stored with them."""
        for page in pages:
            self._page(page, moves_mark)
            self.seen(self.counts["read"])

    def _page(self, page: PostedPage, moves_mark: bool) -> None:
        lines = list({line.key: line for line in page.lines}.values())
        decided = self._decided(lines)
        with transaction.atomic():
            rows = self._rows(line.key for line in lines)
            before = {row.pk: _standing(row) for row in rows.values()}
            counted = [line for line in lines if not self._counted_before(rows.get(line.key))]
            for line in lines:
                rows[line.key] = self._row(rows.get(line.key), line, *decided[line.key])
            self._reversals(rows, lines)
            _save(rows.values(), before)
            for line in counted:
                row = rows[line.key]
                self.counts["read"] += 1
                if row.state == LineState.IGNORED:
                    self.counts[f"ignored.{row.reason}"] += 1
                elif row.state == LineState.DONE:
                    self.counts["known"] += 1
            self._odd(page.unreadable)
            if moves_mark and page.cursor is not None:
                self.mark.cursor = page.cursor
                self.mark.save(update_fields=["cursor"])

    def _decided(self, lines: Iterable[PostedLine]) -> dict[tuple[int, int], tuple[str | None, str, bool | None]]:
        """For each line: why it is ignored (None: it is imported), its project, and whether it is billable."""
        given = self.setup.expenses
        rules = ExpenseRules(
            project_unit=self.setup.dimensions.project,
            billability_unit=self.setup.dimensions.billability,
            account_above=given.account_above,
            from_date=given.from_date,
            own_journals=self._own_journals({line.journal for line in lines}),
        )
        found: dict[tuple[int, int], tuple[str | None, str, bool | None]] = {}
        for line in lines:
            verdict = select(line, rules)
            if isinstance(verdict, Ignored):
                found[line.key] = verdict.reason, "", None
            else:
                known = self.projects.project(verdict.project) is not None
                found[line.key] = None if known else IgnoredReason.PROJECT_UNKNOWN, verdict.project, verdict.billable
        return found

    def _own_journals(self, journals: set[int]) -> frozenset[int]:
        """The journal numbers that Bilag posted, on platforms whose lines name their voucher's journal."""
        if not self.by_journal:
            return frozenset()
        own = Transfer.objects.filter(
            company_id=self.setup.company_id,
            kind__in=(Kind.INVOICE, Kind.ACCRUED),
            ledger=self.setup.ledger.id if self.setup.ledger is not None else None,
            journal_number__in=journals,
        )
        return frozenset(number for number in own.values_list("journal_number", flat=True) if number)

    def _rows(self, keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], ExpenseLine]:
        """The stored rows of these lines."""
        wanted = set(keys)
        rows = ExpenseLine.objects.filter(company_id=self.setup.company_id, journal__in={key[0] for key in wanted})
        found = {(int(row.journal or 0), int(row.entry or 0)): row for row in rows}
        return {key: row for key, row in found.items() if key in wanted}

    def _counted_before(self, row: ExpenseLine | None) -> bool:
        """Whether this import read the line already: by the cursor, before the look-back."""
        return row is not None and row.created_at is not None and row.created_at >= self.run.began_at

    def _row(
        self, row: ExpenseLine | None, line: PostedLine, reason: str | None, project: str, billable: bool | None
    ) -> ExpenseLine:
        """The row of the line to store. A line that was imported or sent only gets documents that it lacks."""
        row = row or ExpenseLine(company_id=self.setup.company_id, journal=line.journal, entry=line.entry, state="")
        _add_documents(row, line)
        if row.state in (LineState.DONE, LineState.SENDING) or row.reason in SETTLED_IGNORED:
            return row
        row.line = line_json.to_json(line)
        row.voucher_date, row.voucher_number, row.account = line.voucher_date, line.voucher_number, line.account[:50]
        row.net, row.supplier, row.text = line.net, (line.supplier_name or "")[:200], line.text[:300]
        row.project, row.billable, row.reason = project[:200], billable, reason
        if reason is not None:
            row.state, row.problems = LineState.IGNORED, []
        elif row.state != LineState.NEEDS_ATTENTION:
            row.state, row.problems = LineState.WAITING, []
        return row

    def _reversals(self, rows: dict[tuple[int, int], ExpenseLine], lines: Iterable[PostedLine]) -> None:
        """Match reversals: a line and its reversal read before either was imported are both ignored; a later reversal is
        imported as a negative expense."""
        back = {line.key: line.reverses for line in lines if line.reverses is not None}
        taken_back = self._rows(key for key in back.values() if key not in rows) | rows
        for key, original in back.items():
            row, first = rows[key], taken_back.get(original)
            if row.state in (LineState.DONE, LineState.SENDING) or row.reason in SETTLED_IGNORED:
                continue
            if first is None:
                _ignore(row, IgnoredReason.REVERSAL_OF_UNKNOWN)
                continue
            if first.pk is None:
                first.save()  # on the same page: the reversal names it
            row.reverses = first
            if first.state in (LineState.DONE, LineState.SENDING):
                row.project, row.billable, row.reason = first.project, first.billable, None
                row.state = row.state if row.state == LineState.NEEDS_ATTENTION else LineState.WAITING
            elif first.state == LineState.IGNORED:
                _ignore(row, first.reason or IgnoredReason.REVERSED)
            else:
                _ignore(first, IgnoredReason.REVERSED)
                _ignore(row, IgnoredReason.REVERSED)
                rows[original] = first
        again = {row.pk: row for row in rows.values() if row.state == LineState.WAITING and row.pk is not None}
        for pk in ExpenseLine.objects.filter(reverses__in=again).values_list("reverses", flat=True):
            _ignore(
                again[int(pk or 0)], IgnoredReason.REVERSED
            )  # its reversal was ignored with it by an earlier import

    def _odd(self, odd: Iterable[UnreadableLine]) -> None:
        """Store a line that cannot be read as a problem, once; the other lines are imported."""
        for one in odd:
            where: dict[str, Any] = (
                {"journal": one.key[0], "entry": one.key[1]} if one.key else {"journal": None, "place": one.where[:200]}
            )
            _row, new = ExpenseLine.objects.get_or_create(
                company_id=self.setup.company_id,
                **where,
                defaults={"state": LineState.NEEDS_ATTENTION, "problems": [one.problem.as_json()]},
            )
            if new:
                self.counts["read"] += 1
                self.counts["needs_attention"] += 1


def _standing(row: ExpenseLine) -> tuple[object, ...]:
    """Columns that reading a line again may change."""
    return (row.state, row.reason, row.project, row.billable, row.reverses_id, len(row.documents), bool(row.line))


def _save(rows: Iterable[ExpenseLine], before: dict[int, tuple[object, ...]]) -> None:
    """Store rows that are new or changed."""
    found = list(rows)
    changed = [row for row in found if row.pk is not None and before.get(row.pk) != _standing(row)]
    for row in changed:
        row.updated_at = timezone.now()
    ExpenseLine.objects.bulk_create([row for row in found if row.pk is None])
    ExpenseLine.objects.bulk_update(changed, CHANGED, batch_size=200)


def _ignore(row: ExpenseLine, reason: str) -> None:
    row.state, row.reason, row.problems, row.documents_due = LineState.IGNORED, reason, [], False


def _add_documents(row: ExpenseLine, line: PostedLine) -> None:
    """Add documents that came later than their line."""
    known = {one["id"] for one in row.documents}
    fresh = [{"id": one} for one in dict.fromkeys(line.documents) if one not in known]
    if fresh:
        row.documents = [*row.documents, *fresh]
        row.documents_due = True
