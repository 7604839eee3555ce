"""The stand-ins as a process, and Bilag between them: `stand_ins()` and `service()` are what every benchmark starts with."""

import contextlib
import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any

import httpx2
import psycopg

from benchmarks import processes
from benchmarks.servers.sample import organisation_number
from bilag.cli.demo.processes import free_port

PATIENCE_SECONDS = 900.0
LOOK_EVERY_SECONDS = 0.02


@dataclass
class StandIns:
    """Moment and the hub. `address` is both's."""

    address: str
    process: "Popen[str]"
    companies: int
    http: httpx2.Client = field(default_factory=lambda: httpx2.Client(trust_env=False, timeout=60))

    def tell(self, what: str, **body: Any) -> Any:
        """Give a command of `benchmarks.servers.control`."""
        return self._control("POST", what, json=body)

    def ask(self, what: str) -> Any:
        """Ask for `state` or `invoices`."""
        return self._control("GET", what)

    def _control(self, method: str, what: str, **more: Any) -> Any:
        try:
            return self.http.request(method, f"{self.address}/control/{what}", **more).raise_for_status().json()
        except httpx2.TransportError as error:
            status = self.process.poll()
            raise RuntimeError(f"the stand-ins do not answer; their process's exit status is {status}") from error

    def await_transferred(self, count: int, check: Callable[[], None]) -> dict[str, Any]:
        """Wait until so many invoices of this measurement are transferred; gives the state. Raises `TimeoutError`, and what
        `check` raises when nobody is there any more who could transfer them."""
        state: dict[str, Any] = {}

        def done() -> bool:
            nonlocal state
            check()
            state = self.ask("state")
            return bool(state["transferred"] >= count)

        wait_for(done, lambda: f"{count} transferred invoices, got {state}")
        return state


@contextlib.contextmanager
def stand_ins(companies: int, *, delay_ms: float = 0.0, requests_per_minute: int | None = None) -> Iterator[StandIns]:
    """Run the stand-ins while the context lasts."""
    limit = () if requests_per_minute is None else ("--requests-per-minute", str(requests_per_minute))
    arguments = ("-m", "benchmarks.servers", "--companies", str(companies), "--delay-ms", str(delay_ms), *limit)
    with processes.python(*arguments) as process:
        made = StandIns(processes.hear(process), process, companies)
        with made.http:
            yield made


@dataclass
class Service:
    """Bilag, with its companies set up and their master data transferred. `started`: web, then the workers, or `serve` alone."""

    folder: Path
    stand_ins: StandIns
    address: str
    started: "list[Popen[str]]"
    workers: int
    operator: "Popen[str]"
    database: psycopg.Connection[Any]
    environment: Mapping[str, str]
    companies: list[dict[str, Any]] = field(default_factory=list)

    def do(self, function: str, *given: Any) -> Any:
        """Call a function "module:name" in the operator's process."""
        return _do(self.operator, function, *given)

    def poll(self) -> None:
        """Enqueue a poll of every company."""
        self.do("benchmarks.operator_process:poll", [company["id"] for company in self.companies])

    def check(self) -> None:
        """Raise `RuntimeError` if one of its processes has ended."""
        if any(one.poll() is not None for one in self.started):
            raise RuntimeError(f"Bilag has ended: {[one.args for one in self.started]}")

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Query the database directly, so that measuring does not load the service."""
        return self.database.execute(sql).fetchall()

    def query_nothing(self, sql: str) -> None:
        """Run a statement whose result is of no interest."""
        self.database.execute(sql)

    @property
    def pids(self) -> list[int]:
        """The process ids: of `serve`, or of web and the workers."""
        return [one.pid for one in self.started]

    @property
    def socket(self) -> Path:
        """The folder of its PostgreSQL: data and socket."""
        return self.folder / "home" / "postgres"

    @property
    def postgres(self) -> int:
        """The process id of its PostgreSQL."""
        return processes.postmaster(self.socket)

    def costs(self) -> "Costs":
        """What it has used so far."""
        [[commits]] = self.query("select sum(xact_commit) from pg_stat_database")
        [[syncs]] = self.query("select coalesce(sum(fsyncs), 0) from pg_stat_io where object = 'wal'")
        [[updates, hot]] = self.query(
            "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'transfers_transfer'"
        )
        return Costs(
            processes.cpu_seconds(self.pids),
            processes.cpu_seconds([self.postgres]),
            int(commits),
            int(syncs),
            updates,
            hot,
        )


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU seconds, commits (every transaction, those that only read too), syncs of the write-ahead log, updates of a
    transfer's row and those of them that touched no index."""

    service_cpu: float
    postgres_cpu: float
    commits: int
    syncs: int
    updates: int
    hot_updates: int

    def since(self, before: "Costs", invoices: int) -> dict[str, float]:
        """What one invoice used."""
        updates = self.updates - before.updates
        return {
            "service_cpu_ms": (self.service_cpu - before.service_cpu) / invoices * 1000,
            "postgres_cpu_ms": (self.postgres_cpu - before.postgres_cpu) / invoices * 1000,
            "commits": (self.commits - before.commits) / invoices,
            "wal_syncs": (self.syncs - before.syncs) / invoices,
            "row_updates": updates / invoices,
            "hot_share": (self.hot_updates - before.hot_updates) / updates if updates else 0.0,
        }


@contextlib.contextmanager
def service(
    around: StandIns,
    *,
    workers: int = 1,
    concurrency: int | None = None,
    prepare: Callable[[Path], None] | None = None,
    folder: Path | None = None,
) -> Iterator[Service]:
    """Run Bilag while the context lasts: `bilag serve` for one worker, else `bilag web` and so many `bilag worker`; without a
    worker, no master data is transferred.

    `prepare` may fill the data folder before the first start. A `folder` that is given stays.
    """
    with tempfile.TemporaryDirectory(prefix="bilag-benchmark-") as name, contextlib.ExitStack() as stack:
        folder = folder or Path(name)
        folder.chmod(0o755)
        if prepare is not None:
            prepare(folder / "home")
        environment = _environment(folder)
        log = stack.enter_context((folder / "service.log").open("wb"))
        operator = _operator(stack, environment)
        socket = str(folder / "home" / "postgres")
        database = stack.enter_context(
            psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True)
        )
        more = () if concurrency is None else ("--concurrency", str(concurrency))
        if workers == 1:
            commands = [("serve", *more)]
        else:  # several workers share no data folder, but a database
            environment["DATABASE_URL"] = f"postgresql://postgres@/postgres?host={socket}"
            commands = [("web",), *(("worker", *more) for _ in range(workers))]
        started = [
            stack.enter_context(processes.python("-m", "bilag.cli", *command, environment=environment, log=log))
            for command in commands
        ]
        address = environment["BILAG_BASE_URL"]
        try:
            wait_for(lambda: is_ready(address, started), lambda: f"{address}/readyz")
            made = Service(folder, around, address, started, workers, operator, database, environment)
            made.companies = made.do(
                "benchmarks.operator_process:set_up",
                [_company(around.address, place) for place in range(around.companies)],
            )
            around.tell("webhooks", companies={place: one["webhook"] for place, one in enumerate(made.companies)})
            if workers:
                _transfer_master_data(made)
            yield made
        except BaseException:
            print((folder / "service.log").read_text(errors="replace")[-5000:])
            raise


def _operator(stack: contextlib.ExitStack, environment: Mapping[str, str]) -> "Popen[str]":
    """Start the operator's process: it makes the database, and ends after everything else."""
    operator = stack.enter_context(processes.python("-m", "benchmarks.operator_process", environment=environment))
    _do(operator, "benchmarks.operator_process:poll", [])
    return operator


def _do(operator: "Popen[str]", function: str, *given: Any) -> Any:
    processes.say(operator, json.dumps({"do": function, "with": given}))
    return json.loads(processes.hear(operator))


def _environment(folder: Path) -> dict[str, str]:
    port = free_port(0, lambda _: None)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BILAG_", "DATABASE_URL"))}
    return kept | {
        "BILAG_HOME": str(folder / "home"),
        "BILAG_LISTEN": f"127.0.0.1:{port}",
        "BILAG_BASE_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "bilag.service.settings",
    }


def _company(address: str, place: int) -> dict[str, Any]:
    return {
        "company": {
            "slug": f"fjell-{place + 1}" if place else "fjell",
            "name": f"Fjell Arkitekter {place + 1} AS",
            "organisation_number": organisation_number(place),
        },
        "moment": {"base_url": address, "company_id": str(4021 + place), "api_key": "example-moment-key"},
        "platform": {
            "kind": "azets",
            "azets": {
                "base_url": f"{address}/v1",
                "username": f"moment-{123 + place}",
                "password": "example-password",
                "source_client_id": str(123 + place),
                "parent_client_id": "S2041",
            },
        },
        "dimensions": {"project": 2, "department": 1},
        "expenses": {"import": True, "activity": "Utlegg"},
    }


def _transfer_master_data(made: Service) -> None:
    """Transfer all customers and projects, without the hub's delay."""
    around = made.stand_ins
    delay = around.tell("delay", ms=0)["was"]
    made.poll()
    wanted = around.ask("state")["master_data"]
    wait_for(lambda: all_done(made.database, ("customer", "project"), wanted), lambda: "the master data")
    around.tell("delay", ms=delay)


def all_done(database: psycopg.Connection[Any], kinds: tuple[str, ...], count: int) -> bool:
    """Whether there are at least so many transfers of these kinds, and all are done."""
    sql = "select count(*), count(*) filter (where state = 'done') from transfers_transfer where kind = any(%s)"
    [(total, done)] = database.execute(sql, [list(kinds)]).fetchall()
    return bool(total >= count and done == total)


def is_ready(address: str, started: "list[Popen[str]]") -> bool:
    """Whether the service answers that it can work. Raises `RuntimeError` if one of its processes ended."""
    ended = [one.args for one in started if one.poll() is not None]
    if ended:
        raise RuntimeError(f"ended at its start: {ended}")
    try:
        return httpx2.get(f"{address}/readyz", trust_env=False).status_code == 200
    except httpx2.HTTPError:
        return False


def wait_for(condition: Callable[[], bool], what: Callable[[], str]) -> None:
    """Wait until the condition holds. Raises `TimeoutError` after `PATIENCE_SECONDS`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE_SECONDS:.0f} s for {what()}")
        time.sleep(LOOK_EVERY_SECONDS)


def stop_at_signals() -> None:
    """Turn SIGTERM into an ordinary exit, so that everything that was started is ended."""

    def leave(_number: int, _frame: object) -> None:
        raise SystemExit(143)

    signal.signal(signal.SIGTERM, leave)
