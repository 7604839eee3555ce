"""Read the report page by page: store each page's lines, and whether they are imported, in one transaction."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from bilag.companies.setup import Setup
from bilag.expenses import line_json
from bilag.expenses.left_behind import adopt
from bilag.expenses.linked_lines import linked_keys
from bilag.expenses.models import ExpenseImport, ExpenseLine, ExpenseMark, LineState
from bilag.expenses.projects import Projects
from bilag.expenses.route import Route
from bilag.expenses.writes import write, write_mark
from bilag.jobs import lease
from bilag.moment.client import MomentClient
from bilag.platforms.base import AccountingPlatform, PostedPage, UnreadableLine
from bilag.posting.expense import ExpenseRules, Ignored, IgnoredReason, PostedLine, Selected, select
from bilag.posting.reversals import Key, Verdict, chains, settle
from bilag.transfers.models import Kind, Transfer

CHANGED = [
    "state", "reason", "problems", "line", "voucher_date", "voucher_number", "account", "net", "supplier", "text",
    "project", "billable", "reverses", "reverses_journal", "reverses_entry", "documents", "documents_due", "settle_again",
]  # fmt: skip
AT_ONCE = 200
LEFT_OUT_BY_CHAIN = {Ignored(IgnoredReason.REVERSED), Ignored(IgnoredReason.REVERSAL_OF_UNKNOWN)}
Alone = tuple[Verdict, str]
"""The verdict of the rules on the line alone, and the project that it names."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Lines with their complete chains, the rules' verdict on each line alone, and the lines that only Moment knows."""

    lines: Mapping[Key, PostedLine]
    alone: Mapping[Key, Alone]
    only_in_moment: AbstractSet[Key]


@dataclass
class Reading:
    """The reading side of an import. `seen` is called with the count of lines read so far."""

    setup: Setup
    route: Route
    run: ExpenseImport
    mark: ExpenseMark
    projects: Projects
    moment: MomentClient
    platform: AccountingPlatform
    seen: Callable[[int], None] = lambda _count: None
    counts: Counter[str] = field(default_factory=Counter)

    def pages(self, pages: Iterable[PostedPage], *, moves_mark: bool) -> None:
        """Store all pages. `moves_mark`: they were read by the cursor, which is stored with them."""
        for page in pages:
            self._page(page, moves_mark)
            self.seen(self.counts["read"])

    def reversals(self, pages: Iterable[PostedPage], *, before: date) -> None:
        """Store the lines dated before that day which reverse a stored line, and those that reverse them. Pages come in order
        of posting, so a reversal comes after its original.
        """
        for page in pages:
            older = [line for line in page.lines if line.reverses is not None and line.value_date < before]
            known = set(self._rows(line.reverses for line in older if line.reverses is not None))
            found: dict[Key, PostedLine] = {}
            for line in older:
                if line.reverses in known or line.reverses in found:
                    found[line.key] = line
            if found:
                asked = self._ask(found)
                with transaction.atomic():
                    self._store(asked, page_lines=list(found.values()))

    def settle_again(self) -> None:
        """Decide again on the chains of lines that a person excluded or retried since the last import."""
        touched, last = self._mine().filter(settle_again=True).exclude(line={}).order_by("pk"), 0
        while some := list(touched.filter(pk__gt=last)[:AT_ONCE]):
            asked = self._ask({line.key: line for line in map(_stored_line, some) if line is not None})
            with transaction.atomic():
                self._store(asked)
            last = some[-1].pk

    def _page(self, page: PostedPage, moves_mark: bool) -> None:
        lines = {line.key: line for line in page.lines}
        adopt(self.route, lines.values())
        asked = self._ask(lines)
        with transaction.atomic():
            lease.confirm()  # a frozen process may have decided by an outdated setup
            self._store(asked, page_lines=list(lines.values()))
            self._odd(page.unreadable)
            if moves_mark and page.cursor is not None:
                write_mark(self.mark, cursor=page.cursor)

    def _ask(self, lines: Mapping[Key, PostedLine]) -> _Asked:
        """Add the stored lines of their chains, and look up in Moment which of them it has."""
        whole = self._with_chains(lines)
        alone = self._decided(whole.values())
        return _Asked(whole, alone, self._only_in_moment(whole, alone))

    def _store(self, asked: _Asked, page_lines: Iterable[PostedLine] = ()) -> None:
        """Decide on the lines and store what changes. Count `page_lines`."""
        rows = self._rows(asked.lines, lock=True)
        before = {row.pk: _standing(row) for row in rows.values()}
        counted = [line for line in page_lines if not self._counted_before(rows.get(line.key))]
        settled = self._settled(asked, rows)
        for key, line in asked.lines.items():
            rows[key] = self._row(rows.get(key), line, settled.get(key), asked.alone[key][1])
        _save(rows, before)
        for line in counted:
            row = rows[line.key]
            self.counts["read"] += 1
            if row.state == LineState.IGNORED:
                self.counts[f"ignored.{row.reason}"] += 1
            elif row.state == LineState.DONE:
                self.counts["known"] += 1

    def _decided(self, lines: Iterable[PostedLine]) -> dict[Key, Alone]:
        """Return the rules' verdict on each line alone."""
        given, every = self.setup.expenses, list(lines)
        rules = ExpenseRules(
            project_unit=self.setup.dimensions.project,
            billability_unit=self.setup.dimensions.billability,
            account_above=given.account_above,
            from_date=given.from_date,
            own_journals=self._own_journals({line.journal for line in every}),
        )
        found: dict[Key, Alone] = {}
        for line in every:
            verdict = select(line, rules)
            if isinstance(verdict, Ignored):
                found[line.key] = verdict, ""
            elif self.projects.project(verdict.project) is None:
                found[line.key] = Ignored(IgnoredReason.PROJECT_UNKNOWN), verdict.project
            else:
                found[line.key] = verdict, verdict.project
        return found

    def _own_journals(self, journals: set[int]) -> frozenset[int]:
        """Return the journal numbers that Bilag posted in this ledger, on platforms whose lines name their voucher's journal."""
        if not self.platform.capabilities.lines_by_journal:
            return frozenset()
        own = Transfer.objects.filter(
            company_id=self.setup.company_id,
            kind__in=(Kind.INVOICE, Kind.ACCRUED),
            ledger=self.setup.ledger.id if self.setup.ledger is not None else None,
            journal_number__in=journals,
        )
        return frozenset(number for number in own.values_list("journal_number", flat=True) if number)

    def _settled(self, asked: _Asked, rows: Mapping[Key, ExpenseLine]) -> dict[Key, Verdict]:
        """Return the verdict of each line that Bilag does not know to be in Moment. A line that only Moment knows is selected:
        the sender finds its expense by the key.
        """
        verdicts = {key: verdict for key, (verdict, _project) in asked.alone.items()}
        for key in asked.only_in_moment & verdicts.keys():
            if not isinstance(verdicts[key], Selected):
                verdicts[key] = Selected(asked.lines[key].unit(self.setup.dimensions.project) or "", None)
        known = {key for key, row in rows.items() if row.may_be_in_moment}
        for key, row in rows.items():
            if key in known:
                verdicts[key] = Selected(row.project, row.billable)
            elif row.state == LineState.IGNORED and row.reason == IgnoredReason.EXCLUDED:
                verdicts[key] = Ignored(IgnoredReason.EXCLUDED)
        found = {key: verdicts[key] for key in (asked.only_in_moment & verdicts.keys()) - known}
        return settle(asked.lines.values(), verdicts, known | asked.only_in_moment) | found

    def _only_in_moment(self, lines: Mapping[Key, PostedLine], alone: Mapping[Key, Alone]) -> set[Key]:
        """Return the lines of chains that are in Moment although Bilag does not know it, because its own record was lost or is
        older.

        Only a chain that would leave lines out needs the look-up, and only when that is news.
        """
        by_chain = chains(lines.values())
        if not by_chain:
            return set()
        rows = self._rows(lines)
        settled = self._settled(_Asked(lines, alone, set()), rows)
        found: set[Key] = set()
        for chain in by_chain:
            verdicts = {line.key: settled[line.key] for line in chain if line.key in settled}
            news = any(_is_news(rows.get(key), verdict) for key, verdict in verdicts.items())
            if not news or not LEFT_OUT_BY_CHAIN & set(verdicts.values()):
                continue
            asked = {key for key, one in verdicts.items() if isinstance(one, Selected) or one in LEFT_OUT_BY_CHAIN}
            asked |= {line.reverses for line in chain if line.reverses is not None} - lines.keys()
            found |= {key for key in sorted(asked) if self._in_moment(key)}
        return found

    def _in_moment(self, key: Key) -> bool:
        return self.moment.expenses.find(self.platform.expense_key(*key)) != ()

    def _mine(self) -> QuerySet[ExpenseLine]:
        """Return the stored lines that this import may read and change."""
        return ExpenseLine.objects.filter(**self.route.columns)

    def _rows(self, keys: Iterable[Key], *, lock: bool = False) -> dict[Key, ExpenseLine]:
        """Return the stored rows of these lines."""
        wanted = set(keys)
        rows = self._mine().filter(journal__in={key[0] for key in wanted})
        found = {_key(row): row for row in (rows.select_for_update().order_by("pk") if lock else rows)}
        return {key: row for key, row in found.items() if key in wanted}

    def _with_chains(self, lines: Mapping[Key, PostedLine]) -> dict[Key, PostedLine]:
        """These lines and the stored ones of their chains."""
        starts = {*lines, *(line.reverses for line in lines.values() if line.reverses is not None)}
        further = linked_keys(self.route, starts) - lines.keys()
        stored = (_stored_line(row) for row in self._rows(further).values())
        return {**lines, **{line.key: line for line in stored if line is not None}}

    def _counted_before(self, row: ExpenseLine | None) -> bool:
        """Return whether this import has already read the line: by the cursor, before the look-back."""
        return row is not None and row.created_at is not None and row.created_at >= self.run.began_at

    def _row(self, row: ExpenseLine | None, line: PostedLine, verdict: Verdict | None, project: str) -> ExpenseLine:
        """Return the row of the line to store. `verdict` None: it is in Moment, or may be, so it only gets documents that it
        lacks.
        """
        row = row or ExpenseLine(**self.route.columns, journal=line.journal, entry=line.entry, state="")
        _add_documents(row, line)
        if line.reverses is not None:
            row.reverses_journal, row.reverses_entry = line.reverses
        row.settle_again = False
        if verdict is None:
            return row
        row.line = line_json.to_json(line)
        row.voucher_date, row.voucher_number, row.account = line.voucher_date, line.voucher_number, line.account[:50]
        row.net, row.supplier, row.text = line.net, (line.supplier_name or "")[:200], line.text[:300]
        if isinstance(verdict, Ignored):
            row.project, row.billable, row.reason = project[:200], None, verdict.reason
            row.state, row.problems, row.documents_due = LineState.IGNORED, [], False
        else:
            row.project, row.billable, row.reason = verdict.project[:200], verdict.billable, None
            row.documents_due = row.lacks_documents
            if row.state != LineState.NEEDS_ATTENTION:
                row.state, row.problems = LineState.WAITING, []
        return row

    def _odd(self, odd: Iterable[UnreadableLine]) -> None:
        """Store a line that cannot be read as a problem, once; the other lines are imported."""
        for one in odd:
            where: dict[str, Any] = (
                {"journal": one.key[0], "entry": one.key[1]} if one.key else {"journal": None, "place": one.where[:200]}
            )
            _row, new = ExpenseLine.objects.get_or_create(
                **self.route.columns,
                **where,
                defaults={"state": LineState.NEEDS_ATTENTION, "problems": [one.problem.as_json()]},
            )
            if new:
                self.counts["read"] += 1
                self.counts["needs_attention"] += 1


def _key(row: ExpenseLine) -> Key:
    return int(row.journal or 0), int(row.entry or 0)


def _stored_line(row: ExpenseLine) -> PostedLine | None:
    """Return the line as it was read; None for one that could not be read."""
    return line_json.from_json(row.line) if row.line else None


def _is_news(row: ExpenseLine | None, verdict: Verdict) -> bool:
    """Return whether the verdict differs from what is stored."""
    ignored = row.reason if row is not None and row.state == LineState.IGNORED else None
    return row is None or ignored != (verdict.reason if isinstance(verdict, Ignored) else None)


def _standing(row: ExpenseLine) -> tuple[object, ...]:
    """Return the columns that reading a line again may change."""
    return (row.state, row.reason, row.project, row.billable, row.reverses_id, len(row.documents), bool(row.line), row.settle_again,
            row.reverses_journal, row.reverses_entry)  # fmt: skip


def _save(rows: Mapping[Key, ExpenseLine], before: Mapping[int, tuple[object, ...]]) -> None:
    """Store rows that are new or changed. New ones first, because a reversal names the row of its original."""
    new = [row for row in rows.values() if row.pk is None]
    ExpenseLine.objects.bulk_create(new)
    for row in rows.values():
        if row.reverses_journal is not None and row.reverses_entry is not None:
            row.reverses = rows.get((row.reverses_journal, row.reverses_entry), row.reverses)
    changed = [row for row in rows.values() if row.pk in before and before[row.pk] != _standing(row)]
    changed += [row for row in new if row.reverses_id is not None]
    for row in changed:
        write(row, **{name: getattr(row, name) for name in CHANGED})


def _add_documents(row: ExpenseLine, line: PostedLine) -> None:
    """Add documents that appeared after their line."""
    known = {one["id"] for one in row.documents}
    fresh = [{"id": one} for one in dict.fromkeys(line.documents) if one not in known]
    if fresh:
        row.documents = [*row.documents, *fresh]
        row.documents_due = True
