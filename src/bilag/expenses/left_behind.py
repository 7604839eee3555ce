"""Lines of a ledger or Moment that the setup no longer names: they keep their rows, and only a person decides on them."""

from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Q, QuerySet

from bilag.expenses import line_json
from bilag.expenses.models import ExpenseLine, LineState
from bilag.expenses.route import OTHER_LEDGER, OTHER_MOMENT, Route
from bilag.expenses.writes import write
from bilag.posting.expense import PostedLine
from bilag.posting.problem import Problem

DUE = (LineState.WAITING, LineState.SENDING, LineState.NEEDS_ATTENTION)
AT_ONCE = 200
IDENTITY = ("voucher_number", "voucher_date", "account", "net", "vat", "gross")


def leave_behind(route: Route) -> None:
    """Give every line that is due on another route to a person, and its missing documents too.

    When the setup names a line's ledger and Moment again, the next import tries the line again.
    """
    others = ExpenseLine.objects.filter(company_id=route.company_id).exclude(
        ledger_key=route.ledger_key, source_key=route.source_key
    )
    for row in _each(others.filter(state__in=DUE).exclude(line={})):
        if not any(problem.get("code") in (OTHER_LEDGER, OTHER_MOMENT) for problem in row.problems):
            write(row, state=LineState.NEEDS_ATTENTION, problems=[route.problem_of_other(row).as_json()])
    for row in _each(others.filter(state=LineState.DONE, documents_due=True)):
        documents = [_left_out(one) for one in row.documents]
        write(row, documents=documents, documents_due=False, needs_review=True)


def adopt(route: Route, lines: Iterable[PostedLine]) -> None:
    """Take over the rows of these lines that were never sent: those of this ledger that were read for another Moment, and those
    whose ledger an earlier version of Bilag did not store, if they are the same lines. So the line keeps its exclusion and its
    history.
    """
    by_key = {line.key: line for line in lines}
    unsent = ExpenseLine.objects.filter(
        Q(ledger_key=route.ledger_key) | Q(ledger_key=""),
        company_id=route.company_id,
        journal__in={journal for journal, _entry in by_key},
        sent_at=None,
    )
    elsewhere = unsent.exclude(state=LineState.DONE).exclude(source_key=route.source_key, ledger_key=route.ledger_key)
    with transaction.atomic():
        for row in elsewhere.select_for_update().order_by("-pk"):
            line = by_key.get((int(row.journal or 0), int(row.entry or 0)))
            here = ExpenseLine.objects.filter(**route.columns, journal=row.journal, entry=row.entry)
            if line is not None and (row.ledger_key or _same(row, line)) and not here.exists():
                write(row, ledger_key=route.ledger_key, source_key=route.source_key)


def _same(row: ExpenseLine, line: PostedLine) -> bool:
    """Return whether the stored line is this one: the same voucher, account and amounts."""
    stored = line_json.from_json(row.line) if row.line else None
    return stored is not None and all(getattr(stored, name) == getattr(line, name) for name in IDENTITY)


def _left_out(document: dict[str, object]) -> dict[str, object]:
    if document.get("attachment_id") is not None or document.get("problem") is not None:
        return document
    return {**document, "problem": Problem("document_unknown", "", {"value": str(document["id"])}).as_json()}


def _each(rows: QuerySet[ExpenseLine]) -> Iterator[ExpenseLine]:
    """Yield the rows in order of id, locked in groups."""
    last = 0
    while True:
        with transaction.atomic():
            found = list(rows.filter(pk__gt=last).select_for_update().order_by("pk")[:AT_ONCE])
            yield from found
        if not found:
            return
        last = found[-1].pk
