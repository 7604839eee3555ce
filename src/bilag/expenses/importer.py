"""Run one import: read the report, send the due lines to Moment, upload documents. One import of a company at a time."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from bilag.companies import store
from bilag.companies.gateways import moment_for, platform_for
from bilag.companies.models import IntegrationSetup, Ledger
from bilag.companies.setup import Setup
from bilag.events.record import EventName, record
from bilag.expenses.documents import Documents
from bilag.expenses.in_doubt import StillInDoubt
from bilag.expenses.in_flight import InFlight
from bilag.expenses.left_behind import leave_behind
from bilag.expenses.models import ExpenseImport, ExpenseLine, ExpenseMark, LineState
from bilag.expenses.moment_writer import TOGETHER, Outcome, Sender
from bilag.expenses.projects import Projects
from bilag.expenses.report_reader import Reading
from bilag.expenses.route import Route, route_of
from bilag.expenses.writes import Overtaken, count_at, write, write_mark
from bilag.jobs import backoff
from bilag.jobs.lease import LeaseLost, held
from bilag.platforms.base import AccountingPlatform
from bilag.posting.problem import Problem
from bilag.posting.selection import oslo_date
from bilag.transfers.activation import pausing
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable

log = structlog.get_logger(__name__)
Progress = Callable[[str, int, int | None], None]
"""Called with the phase (reading, sending or documents), the count done, and the total (None: not known)."""
CHUNK = 200
FAILURES_IN_A_ROW = 3
"""After so many unanswered requests in a row, the other system counts as down."""
LONGEST_DAYS_BACK = 3660
REVERSED_EARLIER = timedelta(days=400)
"""How long before the first day read a reversal may be dated although it was posted after its original."""
COUNT_AGAIN = timedelta(hours=1)
MOST_COUNTED = 1000
"""The most lines that one import counts in Moment; the next import counts those that have waited longest."""

VERSIONS = """
select version, (select generation from expenses_expenseline where id = %s)
from companies_integrationsetup where company_id = %s
"""


class NotPossible(Exception):
    """The company's expenses cannot be imported now; `problem` says what to do."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


def import_expenses(
    company_id: int,
    *,
    days_back: int | None = None,
    origin: str = "",
    progress: Progress = lambda _phase, _done, _total: None,
) -> ExpenseImport:
    """Import the posted lines. Return the import with its counts, and with its problem if it stopped early.

    `days_back`: read so many days again; None: the setup's number, once a day. `origin`: the person who requested it, if any.
    Raises `NotPossible` if the company may not import, and `bilag.jobs.lease.Busy` while an import is running.
    """
    _importable(company_id)
    with held("expenses", company_id):
        setup = _importable(company_id)  # read it again: the setup may have been saved while another import was running
        now = timezone.now()
        interrupted = Problem("import_interrupted").as_json()
        ExpenseImport.objects.filter(company_id=company_id, ended_at=None).update(ended_at=now, problem=interrupted)
        run = ExpenseImport.objects.create(
            company_id=company_id, origin=origin, report=setup.expenses.report_name, began_at=now
        )
        route = route_of(setup)
        mark = _mark(setup, route)
        Ledger.objects.filter(setup__company_id=company_id, used_at=None).update(used_at=now)
        moment, platform = moment_for(setup), platform_for(setup)
        projects = Projects(setup, moment, mark)
        reading = Reading(
            setup,
            route,
            run,
            mark,
            projects,
            moment,
            platform,
            seen=lambda count: progress("reading", count, None),
        )
        try:
            reading.settle_again()
            _read(reading, days_back)
            leave_behind(route)
            with InFlight() as in_flight:
                sender = Sender(setup, moment, platform, projects, in_flight, platform.chart().base_currency)
                _send(reading, sender, progress)
            _documents(reading, Documents(moment, platform), progress)
            _count(reading, sender)
        except EdgeError as error:
            run.problem = error.problems[0].as_json()
            if isinstance(error, Misconfigured):
                with transaction.atomic():
                    pausing.pause(setup, error.problems[0])
        except (Overtaken, LeaseLost) as error:
            log.warning("expenses.import_overtaken", company=company_id, by=str(error))
            run.problem = interrupted
        _end(reading)
    return run


def _importable(company_id: int) -> Setup:
    """Return the company's setup. Raises `NotPossible`."""
    setup = store.load_setup(company_id)
    problem = may_import(setup)
    if problem is not None:
        raise NotPossible(problem)
    return setup


def may_import(setup: Setup) -> Problem | None:
    """Return the problem that prevents any import, or None."""
    if not setup.expenses.enabled:
        return Problem("expenses_switched_off")
    try:
        if not platform_for(setup).capabilities.expenses:
            return Problem("expenses_not_supported")
    except EdgeError as error:  # its capabilities depend on the client, and it does not answer
        return error.problems[0]
    return setup.paused if setup.live else Problem("expenses_not_live")


@transaction.atomic
def _mark(setup: Setup, route: Route) -> ExpenseMark:
    """Return the position in the report; the start for a new report, ledger or Moment."""
    ExpenseMark.objects.get_or_create(company_id=setup.company_id)
    mark = ExpenseMark.objects.select_for_update().get(company_id=setup.company_id)
    mark.generation += 1
    if (
        not mark.ledger_key and mark.setup_version == setup.version
    ):  # stored by an earlier version of Bilag, without a ledger
        mark.ledger_key, mark.source_key = route.ledger_key, route.source_key
    if not route.has(mark):
        if mark.source_key != route.source_key:
            mark.activities_sent = {}
        mark.cursor, mark.positioned = None, False
        mark.ledger_key, mark.source_key = route.ledger_key, route.source_key
    if mark.report != setup.expenses.report_name:
        mark.report, mark.cursor, mark.positioned = setup.expenses.report_name, None, False
    if mark.setup_version != setup.version:
        mark.setup_version, mark.looked_back_on = setup.version, None
    mark.save()
    return mark


def _read(reading: Reading, days_back: int | None) -> None:
    """Read the lines posted since the last import, by the cursor; when the look-back is due, read its days again."""
    setup, mark, platform = reading.setup, reading.mark, platform_for(reading.setup)
    today = oslo_date(timezone.now())
    first = _first_day(setup, today, setup.expenses.days_back if days_back is None else days_back)
    new, report = not mark.positioned, setup.expenses.report_name
    if not new:
        reading.pages(platform.list_posted_lines(report, after=mark.cursor), moves_mark=True)
    else:
        reading.pages(platform.list_posted_lines(report, first=first), moves_mark=True)
        _position(mark, platform)
    if days_back is not None or mark.looked_back_on != today:
        reading.run.first_day = first
        if not new:
            reading.pages(platform.list_posted_lines(report, first=first), moves_mark=False)
        if new or days_back is not None:  # reversals of the new lines may have been posted long ago, with an older date
            older = platform.list_posted_lines(report, first=first - REVERSED_EARLIER)
            reading.reversals(older, before=first)
        write_mark(mark, looked_back_on=today)


def _position(mark: ExpenseMark, platform: AccountingPlatform) -> None:
    """Return the cursor after everything posted so far: later postings follow it, whatever their date."""
    cursor = mark.cursor
    if cursor is None:
        for page in platform.list_posted_lines(mark.report):
            cursor = page.cursor
    write_mark(mark, cursor=cursor, positioned=True)


def _first_day(setup: Setup, today: date, days_back: int) -> date:
    first = today - timedelta(days=min(days_back, LONGEST_DAYS_BACK))
    return max(first, setup.expenses.from_date) if setup.expenses.from_date else first


def _send(reading: Reading, sender: Sender, progress: Progress) -> None:
    """Send all due lines, including those that need attention: their cause may be gone. A line without an answer does not stop
    the others; several in a row end the import.
    """
    due = ExpenseLine.objects.filter(
        **reading.route.columns,
        state__in=(LineState.WAITING, LineState.SENDING, LineState.NEEDS_ATTENTION),
    ).exclude(line={})
    total, done, failures = due.count(), 0, 0

    def report(row: ExpenseLine, outcome: Outcome) -> None:
        nonlocal done, failures
        if not isinstance(outcome, Unavailable):
            failures = 0
        if outcome is None:
            return
        done += 1
        _counted(reading, row, outcome)
        if isinstance(outcome, Unavailable):
            failures += 1
            if failures == FAILURES_IN_A_ROW:
                raise outcome
        progress("sending", done, total)

    rows = _each(due.select_related("reverses"))
    while some := list(islice(rows, TOGETHER)):
        _confirm_route(reading)
        sender.send(some, confirm=lambda row: _confirm(reading, row), report=report)


def _counted(reading: Reading, row: ExpenseLine, outcome: str | EdgeError | StillInDoubt | Overtaken) -> None:
    """Count a line, and store why it waits."""
    if isinstance(outcome, str):
        reading.counts[outcome] += 1
    elif isinstance(outcome, StillInDoubt):
        reading.counts["waiting"] += 1
    elif isinstance(outcome, Overtaken):
        log.warning("expenses.overtaken", company=row.company_id, line=row.number)
    else:
        reading.counts["waiting"] += 1
        with contextlib.suppress(Overtaken):
            _keep_waiting(row, outcome)


def _confirm(reading: Reading, row: ExpenseLine) -> bool:
    """Return whether the line is unchanged since it was read. Raises `Overtaken` like `_confirm_route`. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, [row.pk, reading.setup.company_id])
        found = cursor.fetchone()
    if found is None or found[0] != reading.setup.version:
        _confirm_route(reading)
    return found is not None and found[1] == row.generation


def _confirm_route(reading: Reading) -> None:
    """Raise `Overtaken` if the setup was saved with another ledger or Moment since the import began."""
    saved = IntegrationSetup.objects.filter(company_id=reading.setup.company_id)
    if saved.values_list("version", flat=True).first() == reading.setup.version:
        return
    if route_of(store.load_setup(reading.setup.company_id)) != reading.route:
        raise Overtaken("another ledger or Moment in the setup")


def _count(reading: Reading, sender: Sender) -> None:
    """Count in Moment the expenses that were sent a short while ago, and a day ago: each must be there once."""
    sent = ExpenseLine.objects.filter(**reading.route.columns, state=LineState.DONE, count_at__lte=timezone.now())
    for row in sent.order_by("count_at", "pk")[:MOST_COUNTED]:
        try:
            if sender.count(row):
                reading.counts["needs_attention"] += 1
        except Overtaken:
            log.info("expenses.overtaken", company=row.company_id, line=row.number)
        except Refused as error:  # this list of Moment cannot be read; the next ones may be readable
            log.warning("expenses.not_counted", company=row.company_id, line=row.number, code=error.problems[0].code)
            count_at(row, timezone.now() + backoff.scaled(COUNT_AGAIN))


def _keep_waiting(row: ExpenseLine, error: EdgeError) -> None:
    """Store why the line waits. After three days it needs attention, and every import still tries it."""
    gives_up = row.state == LineState.WAITING and row.created_at < timezone.now() - backoff.GIVE_UP_AFTER
    state = LineState.NEEDS_ATTENTION if gives_up else row.state
    write(row, problems=[one.as_json() for one in error.problems], state=state)


def _documents(reading: Reading, documents: Documents, progress: Progress) -> None:
    due = ExpenseLine.objects.filter(**reading.route.columns, state=LineState.DONE, documents_due=True)
    total, failures = due.count(), 0
    try:
        for done, row in enumerate(_each(due), start=1):
            _confirm_route(reading)
            try:
                reading.counts["documents"] += documents.attach(row)
                failures = 0
            except StillInDoubt:
                reading.counts["waiting"] += 1
            except Overtaken:
                log.warning("expenses.overtaken", company=row.company_id, line=row.number)
            except Unavailable:
                failures += 1
                if failures == FAILURES_IN_A_ROW:
                    raise
            progress("documents", done, total)
    finally:
        documents.close()


def _each(rows: QuerySet[ExpenseLine]) -> Iterator[ExpenseLine]:
    """Yield the rows in order of id, in chunks, because each row changes while later ones are still unread."""
    last = 0
    while True:
        chunk = list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK])
        if not chunk:
            return
        yield from chunk
        last = chunk[-1].pk


def _end(reading: Reading) -> None:
    """Store the result, and log an import that is worth a line in the log."""
    run = reading.run
    run.ended_at = timezone.now()
    run.counts = dict(reading.counts)
    problem = Problem.from_json(run.problem) if run.problem else None
    with transaction.atomic():
        run.save()
        company_id, imported = reading.setup.company_id, reading.counts["done"]
        if problem is not None and (run.origin or not _told_lately(run)):
            record(company_id, EventName.EXPENSES_FAILED, origin=run.origin, good=False, problem=problem)
        elif problem is None and (run.origin or imported or reading.counts["documents"]):
            counts = reading.counts
            record(
                company_id,
                EventName.EXPENSES_IMPORTED,
                origin=run.origin,
                read=str(counts["read"]),
                done=str(counts["done"]),
                documents=str(counts["documents"]),
                needs_attention=str(counts["needs_attention"]),
            )


def _told_lately(run: ExpenseImport) -> bool:
    """Return whether the previous import failed with the same problem."""
    before = ExpenseImport.objects.filter(company_id=run.company_id, pk__lt=run.pk).order_by("-pk").first()
    return bool(before and before.problem and run.problem and before.problem.get("code") == run.problem.get("code"))
