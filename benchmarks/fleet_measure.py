"""Measure a fleet's database: pages and `/metrics` of a real `bilag web`, webhooks, tries, letters, and what retention does.

What is measured leaves the database as it was, so that it can be measured again: rows that were added are removed, and the month
that is dropped is made for it.
"""

import contextlib
import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.fleet_rows import SLUG, careless, places, say, token_of
from benchmarks.page_load import web
from benchmarks.statements import words_logged

TIMES = 40
HINTS = 500
ROUNDS = 8
TRIES = 200
SLOW_TIMES = 5
YEARS_BEFORE = 10
"""The month that is dropped comes so long before all others: no younger one may be dropped."""
COMPANY_PAGES = {
    "list": f"/c/{SLUG}/transfers/",
    "list, one state": f"/c/{SLUG}/transfers/?state=needs_attention",
    "list, a number": f"/c/{SLUG}/transfers/?q=100007",
    "list, a customer's name": f"/c/{SLUG}/transfers/?q=%s",
    "overview": f"/c/{SLUG}/",
    "log": f"/c/{SLUG}/log/",
    "log, only what went wrong": f"/c/{SLUG}/log/?sort=bad",
}
CONSOLE_PAGES = {
    "console": "/",
    "console, a company's name": "/?q=Nordlys",
    "console, last posted first": "/?sort=posted",
}
TO_DROP = """
insert into {table} (began_at, ended_at, verdict, setup_version, cause, source_hash, problems, voucher_number, journal_number,
    company_id, transfer_id, ledger_id, source, exchanges, plan)
select %(begin)s + (began_at - %(source)s), %(begin)s + (ended_at - %(source)s), verdict, setup_version, cause, source_hash,
    problems, voucher_number, journal_number, company_id, transfer_id, ledger_id, source, exchanges, plan
from {copied} where %(begin)s + (began_at - %(source)s) < %(end)s
"""
OBJECTS = ("transfers_transfer", "procrastinate_jobs", "procrastinate_events", "events_event", "transfers_attempt")
"""Tables to which measuring adds rows."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one thing took, in milliseconds: the first time, when nothing of it was in memory, and afterwards."""

    first: float
    p50: float
    p95: float

    @classmethod
    def of(cls, milliseconds: Sequence[float]) -> "Taken":
        """Sum up measurements; the first is left out of the others if there are any."""
        later = sorted(milliseconds[1:] or milliseconds)
        return cls(milliseconds[0], statistics.median(later), later[min(len(later) - 1, int(len(later) * 0.95))])


@dataclass
class Measured:
    """Everything that was measured on one size of the database."""

    times: dict[str, Taken] = field(default_factory=dict)
    counts: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, milliseconds: Sequence[float]) -> None:
        """Add what one thing took."""
        self.times[name] = Taken.of(milliseconds)
        say(
            f"  {name}: {self.times[name].p50:.1f} ms, p95 {self.times[name].p95:.1f}, first {self.times[name].first:.1f}"
        )


def measure(database: psycopg.Connection[Any], home: Path, *, times: int = TIMES) -> Measured:
    """Measure everything on the database as it is."""
    measured = Measured()
    database.execute("update transfers_pollmark set polled_at = now()")
    with web(home) as (port, _process):
        _pages(measured, database, port, times)
    with _as_it_was(database):
        _webhooks(measured, database, home)
    with _as_it_was(database):
        _tries(measured)
    _queue(measured, database, times)
    _letters(measured)
    _retention(measured)
    _drop_a_month(measured, database)
    return measured


def _pages(measured: Measured, database: psycopg.Connection[Any], port: int, times: int) -> None:
    row = database.execute(
        "select name from transfers_transfer where company_id = %s and kind = 'customer' order by id offset 20 limit 1",
        [places()[0].company],
    ).fetchone()
    name = "+".join((row[0] if row else "Nordlys").split()[1:3])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    with contextlib.closing(connection):
        owner, operator = _cookie(operator=False), _cookie(operator=True)
        for pages, cookie in ((COMPANY_PAGES, owner), (CONSOLE_PAGES, operator), ({"/metrics": "/metrics"}, "")):
            for page, path in pages.items():
                asked = path.replace("%s", name)
                measured.add(page, [_get(connection, asked, cookie) for _ in range(times + 1)])


def _get(connection: http.client.HTTPConnection, path: str, cookie: str) -> float:
    began = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    text = answer.read()
    taken = (time.perf_counter() - began) * 1000
    assert answer.status == 200, (path, answer.status)
    assert path != "/metrics" or b"bilag_workers" in text, "the figures came too late"
    return taken


def _cookie(*, operator: bool) -> str:
    """The session of an owner of the measured company, or of an operator."""
    # Imported here, because models need Django to be ready.
    from django.test import Client

    from bilag.members.models import Membership, User

    email = f"{'operator' if operator else 'owner'}@fleet.example"
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, is_operator=operator)
    if not operator:
        Membership.objects.get_or_create(company_id=places()[0].company, user=user, defaults={"role": "owner"})
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return f"bilag_session={client.cookies['bilag_session'].value}"


@contextlib.contextmanager
def _as_it_was(database: psycopg.Connection[Any]) -> Iterator[None]:
    """Remove the rows that are added meanwhile."""
    before = {table: _newest(database, table) for table in OBJECTS}
    try:
        yield
    finally:
        database.execute("set session_replication_role = replica")  # no trigger keeps these rows
        for table, newest in before.items():
            database.execute(f"delete from {table} where id > %s", [newest])
        database.execute("reset session_replication_role")


def _newest(database: psycopg.Connection[Any], table: str) -> int:
    [(newest,)] = database.execute(f"select coalesce(max(id), 0) from {table}").fetchall()
    return int(newest)


def _webhooks(measured: Measured, database: psycopg.Connection[Any], home: Path) -> None:
    """Accept so many webhooks, of so many companies as there are."""
    # Imported here, because it needs Django to be ready.
    from bilag.web.webhooks.group_commit import MOST_TOGETHER
    from bilag.web.webhooks.receive import Received, receive

    others = len(places()) - 1

    def accept(number: int) -> float:
        bodies = [
            json.dumps({"event": "update", "invoice": {"id": n, "invoiceNumber": n}}).encode()
            for n in range(number, number + HINTS)
        ]
        received = [Received(token_of(1 + n % others), "POST", body) for n, body in enumerate(bodies)]
        began = time.perf_counter()
        for begin in range(0, HINTS, MOST_TOGETHER):
            assert set(receive(received[begin : begin + MOST_TOGETHER])) == {202}
        return (time.perf_counter() - began) * 1000

    first = 900_000_000
    measured.add(f"{HINTS} webhooks", [accept(first + round_ * HINTS) for round_ in range(ROUNDS + 1)])
    words = words_logged(home / "postgres" / "log", database.execute, lambda: accept(first - HINTS))
    measured.counts[f"{HINTS} webhooks, statements"] = len(words)


def _tries(measured: Measured) -> None:
    """Take transfers, commit the intent of each, and commit that it is done."""
    # Imported here, because models need Django to be ready.
    from bilag.jobs.lease import held
    from bilag.transfers import plan_json
    from bilag.transfers.delivery import runner, statements
    from bilag.transfers.delivery.commit import commit_outcome
    from bilag.transfers.delivery.outcome import done
    from bilag.transfers.intake.accept import TransferRequest, accept
    from bilag.transfers.models import Attempt, Kind
    from bilag.wire.recording import Exchange

    company = places()[0].company
    pattern = Attempt.objects.filter(company_id=company, plan__isnull=False).order_by("pk")[:1].get()
    vouchers = plan_json.from_json(pattern.plan)
    exchanges = [Exchange(**{**one, "began_at": datetime.fromisoformat(one["began_at"])}) for one in pattern.exchanges]
    ids = accept(company, [TransferRequest(Kind.INVOICE, str(950_000_000 + n)) for n in range(TRIES)], cause="webhook")
    takes, commits = [], []
    for number, pk in enumerate(ids):
        began = time.perf_counter()
        with held("transfer", pk, query=statements.query_of(pk)) as lease:
            run = runner._take(statements.taken(lease), False, None)
            took = time.perf_counter()
            assert run is not None
            run.source, run.source_hash, run.exchanges = pattern.source, pattern.source_hash, exchanges
            run.begin(vouchers)
            commit_outcome(
                run, done(voucher_number=number, journal_number=number, total=100, currency="NOK", name="Fleet AS")
            )
        takes.append((took - began) * 1000)
        commits.append((time.perf_counter() - took) * 1000)
    measured.add("a transfer, taken", takes)
    measured.add("a transfer, its try committed", commits)


def _queue(measured: Measured, database: psycopg.Connection[Any], times: int) -> None:
    """Look for the next job, as a worker does, and find none that is due."""
    [(worker,)] = database.execute("select worker_id from procrastinate_register_worker_v1()").fetchall()
    taken = []
    for _ in range(times + 1):
        with database.transaction(force_rollback=True):
            began = time.perf_counter()
            database.execute("select id from procrastinate_fetch_job_v2(null, %s)", [worker]).fetchall()
            taken.append((time.perf_counter() - began) * 1000)
    database.execute("select procrastinate_unregister_worker_v1(%s)", [worker])
    measured.add("a job, looked for", taken)


def _letters(measured: Measured) -> None:
    """Make rounds of letters in which nothing has changed since the round before."""
    # Imported here, because it needs Django to be ready.
    from bilag.notifications.changes import find_changed
    from bilag.notifications.sweep import notify_all

    began = time.perf_counter()
    notify_all()  # tells of everything there is
    say(f"  the first round of letters: {time.perf_counter() - began:.1f} s")
    notify_all()
    measured.add("letters, what changed", [_timed(find_changed) for _ in range(SLOW_TIMES + 1)])
    notify_all()
    measured.add("letters, a round", [_timed(notify_all) for _ in range(SLOW_TIMES + 1)])
    measured.counts["letters, companies that changed"] = len(find_changed())


def _retention(measured: Measured) -> None:
    """Look for what is too old in every company, and find nothing."""
    # Imported here, because it needs Django to be ready.
    from bilag.audit.retention import tidy_all

    measured.add("retention, nothing to remove", [_timed(tidy_all)])


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _drop_a_month(measured: Measured, database: psycopg.Connection[Any]) -> None:
    """Make a month long before all others, delete one company's attempts of it one by one as `tidy` does, and drop it."""
    # Imported here, because models need Django to be ready.
    from bilag.audit.retention import _remove, drop_months
    from bilag.posting.selection import OSLO
    from bilag.transfers import attempt_months
    from bilag.transfers.models import Attempt

    first, newest, company = attempt_months.existing()[0], _newest(database, "events_event"), places()[0].company
    copied = max(attempt_months.existing(), key=lambda month: _rows(database, month))
    month = copied.replace(year=copied.year - YEARS_BEFORE)
    begin, source = (datetime(one.year, one.month, 1, tzinfo=OSLO).astimezone(UTC) for one in (month, copied))
    end = datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=OSLO)
    database.execute("select bilag_add_attempt_month(%s)", [month])
    with careless(database):
        given = {"begin": begin, "source": source, "end": end}
        rows = database.execute(TO_DROP.format(table=_table(month), copied=_table(copied)), given).rowcount
    database.execute(f"vacuum (analyze) {_table(month)}")
    size, until = _size(database, month), datetime.combine(first, datetime.min.time(), OSLO)
    own = Attempt.objects.filter(company_id=company, began_at__lt=until)
    some = own.count()
    deleted = _timed(lambda: _remove(company, own))
    with _longest_wait(database) as waits:
        dropped = _timed(lambda: drop_months(until))
    assert month not in attempt_months.existing(), f"{month} was not dropped"
    database.execute("set session_replication_role = replica")
    database.execute("delete from events_event where id > %s", [newest])
    database.execute("reset session_replication_role")
    measured.add("a month of attempts, dropped", [dropped])
    measured.add("as many attempts, deleted one by one", [deleted / max(1, some) * rows])
    measured.add("a month of attempts, longest wait of another meanwhile", [max(waits, default=0.0)])
    measured.counts |= {"a month of attempts, rows": rows, "a month of attempts, MB": size / 1e6}


def _table(month: date) -> str:
    return f"transfers_attempt_{month:%Y_%m}"


def _rows(database: psycopg.Connection[Any], month: date) -> float:
    """About how many attempts a month has, as it was when it was last vacuumed."""
    [(rows,)] = database.execute("select reltuples from pg_class where oid = %s::regclass", [_table(month)]).fetchall()
    return float(rows)


def _size(database: psycopg.Connection[Any], month: date) -> int:
    """Bytes of a month of attempts, with its indexes."""
    [(size,)] = database.execute("select pg_total_relation_size(%s::regclass)", [_table(month)]).fetchall()
    return int(size)


@contextlib.contextmanager
def _longest_wait(database: psycopg.Connection[Any]) -> Iterator[list[float]]:
    """Let another session read transfers and attempts meanwhile; gives the milliseconds of its reads."""
    waits: list[float] = []
    over = threading.Event()

    def read() -> None:
        with psycopg.connect(database.info.dsn, autocommit=True) as other:
            while not over.is_set():
                waits.append(
                    _timed(
                        lambda: other.execute(
                            "select (select max(id) from transfers_transfer), max(began_at) from transfers_attempt where id = 0"
                        )
                    )
                )

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield waits
    finally:
        over.set()
        reader.join()
