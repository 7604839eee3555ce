"""One case: the scenario from its start, faults at given points, quiet, and the invariants."""

import hashlib
import re
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit

from django.db import OperationalError, connection

from bilag.expenses import enqueue
from bilag.expenses.doubles import DOUBLED
from bilag.expenses.models import ExpenseImport, ExpenseLine
from bilag.transfers.models import Attempt, Transfer
from simulation import invariants, queue, quiet
from simulation.adversary import CREATES, FAULTS, Adversary
from simulation.clock import CLOCK
from simulation.exhaustive import forked as forks
from simulation.exhaustive import process
from simulation.exhaustive.faults import (
    CUT,
    FROZEN,
    FROZEN_AND_CUT,
    IGNORED,
    KILLED,
    LAG,
    LAST_MOMENT,
    LATER,
    Plan,
    Point,
    own_faults,
)
from simulation.exhaustive.snapshot import TIMES, Snapshot
from simulation.wires import Request
from simulation.workers import gated
from simulation.world import World

A_DAY = timedelta(hours=25)
SCHEDULE = timedelta(minutes=30)
"""Between two imports that the schedule asks for."""
FROZEN_FOR = timedelta(seconds=120)
"""Longer than a lease lasts and than a worker may be silent."""
ROUNDS_MEANWHILE = 3
MOST_POINTS = 4000
SOON = 0.2
LAG_SECONDS = 3600
DOWN = ("502", "503", "504", "refused", "time-out", "cut", "slow")
TWICE = re.compile(r"expense (\S+) (?:is in Moment 2 times|has 0 documents of 1)")
SECOND = re.compile(r"project \d+ has 2 activities .*|expense \S+ has 2 documents of 1")
SAVEPOINTS = re.compile(r'"s\d+_x\d+"')


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a case ended. `broken`: a sentence for each broken invariant. `points`: those that the run passed.

    `rows`: what Bilag's rows say in the end. `later`: a digest of these and of all that happened after the last fault, equal for
    cases that nobody can tell apart.
    """

    plan: Plan
    broken: tuple[str, ...]
    points: tuple[Point, ...]
    later: str
    rows: tuple[str, ...]
    trace: tuple[str, ...] = field(repr=False, default=())


class _Planned(Adversary):
    """An adversary that does as it is told, once."""

    told: str | None = None

    def fault(self, side: str, operation: str) -> str | None:
        self.requests += 1
        told, self.told = self.told, None
        if told is not None:
            self.counts[told] += 1
        return told


class _Arrival(Random):
    """When a late request arrives: a moment after the client gave up, or as late as it can."""

    share = SOON

    def uniform(self, a: float, b: float) -> float:
        return a + (b - a) * self.share


class Case:
    """A run of the scenario with the faults of a plan.

    `held`: the digests of states in which the invariants held; it grows. `forked`: workers are real processes, killed with SIGKILL;
    no other fault of a process can happen then.
    """

    def __init__(
        self,
        world: World,
        snapshot: Snapshot,
        plan: Plan,
        held: set[str],
        *,
        verbose: bool = False,
        forked: bool = False,
    ) -> None:
        self._held = held
        self._world, self._snapshot, self._plan, self._verbose, self._forked = world, snapshot, plan, verbose, forked
        self._points: list[Point] = []
        self._later: list[str] = []
        self._job = "worker"
        self._statement = ""
        self._last = max(plan, default=0)
        self._since = 0.0
        self._arrival = _Arrival()
        self._made_twice = False
        self._adversary = _Planned(self._arrival, 0.0)
        world.adversary = world.wires.adversary = self._adversary

    def run(self) -> Outcome:
        """Run the case. Whatever stops it counts as a broken invariant."""
        self._snapshot.restore()
        world, points, rows, later = self._world, tuple[Point, ...](), tuple[str, ...](), ""
        try:
            with connection.execute_wrapper(self.saw_statement):
                self._until_quiet()
            points, rows = tuple(self._points), tuple(_rows())
            later = hashlib.sha256("\n".join([*self._later, *rows]).encode("utf-8", "replace")).hexdigest()
            broken = self._examined()
            if self._last > len(points):
                broken.append(f"the run has {len(points)} points, and the case names {self._last}")
        except (Exception, process.Stuck) as error:  # noqa: BLE001 - anything that stops a run is a finding
            world.trace += traceback.format_exc().splitlines()
            broken = [f"the run was stopped by {type(error).__name__}: {error}"]
            connection.close()
        return Outcome(self._plan, tuple(broken), points or tuple(self._points), later, rows, tuple(world.trace))

    def _examined(self) -> list[str]:
        """Let all be quiet, and return the broken invariants. What holds in a state holds in the same state of another case."""
        state = None if self._verbose or self._world.wires.late else self._snapshot.state()
        if state in self._held:
            return []
        process.forget_all()
        self._world.accounting.repair(self._world, self._world.firm.client)
        CLOCK.pass_time(
            SCHEDULE
        )  # an import that is asked for at once could meet the lease of a process that has just died
        quiet.settle_down(self._world)
        broken = self._unavoidable(invariants.broken(self._world))
        if not broken and state is not None and not self._made_twice:
            self._held.add(state)
        return broken

    def _until_quiet(self) -> None:
        """Let workers live, one after another, until nothing is left to do. Raises `NeverQuiet`."""
        deadline = CLOCK.wall + quiet.LONGEST
        for _ in range(quiet.MOST_ROUNDS):
            CLOCK.sync_database()
            self._world.wires.deliver_late()
            with gated(self.gate):
                process.live(self._life)
            if quiet._is_quiet(self._world):
                return
            self._pass_time()
            if deadline < CLOCK.wall:
                break
        raise quiet.NeverQuiet(f"not at rest after {quiet.LONGEST.days} days")

    def _life(self) -> None:
        """What a worker does: it takes up what a dead one left, and works until no job is due."""
        queue.requeue_abandoned(20)
        queue.tend()
        if self._forked:
            self._statement = ""
            forks.live(quiet.JOBS_OF_A_ROUND, self.gate, self._note)
        else:
            queue.work(quiet.JOBS_OF_A_ROUND, self._note)

    def _pass_time(self) -> None:
        due = queue.next_due()
        CLOCK.pass_time(max(quiet.ROUND, due - CLOCK.wall) if due is not None else quiet.ROUND)

    def _another_process(self) -> None:
        """What another worker does while this one is frozen."""
        CLOCK.pass_time(FROZEN_FOR)
        for _ in range(ROUNDS_MEANWHILE):
            CLOCK.sync_database()
            self._world.wires.deliver_late()
            process.live(self._life)
            if queue.next_due() is None:
                break
            self._pass_time()
        CLOCK.sync_database()

    def gate(self, kind: str, given: Any) -> Any:
        """Answer a request, and let the plan's fault happen, at each point."""
        process.check_alive()
        if kind.startswith("commit") and "simulation.clock" in self._statement:
            return None  # the run's own
        point = self._passed(kind, given)
        fault = self._plan.get(point.number)
        if fault is not None:
            self._note(f"  {point.number} {point.what}, {kind}  <- {fault}")
            self._since = CLOCK.seconds
        elif point.number > self._last:
            self._later.append(f"{kind} {point.what} {CLOCK.seconds - self._since:.0f}")
        elif self._verbose:
            self._note(f"  {point.number} {point.what}, {kind}")
        if fault in (KILLED, CUT, FROZEN, FROZEN_AND_CUT):
            self._meet(fault, kind)
        if kind == "request":
            return self._answered(point, given, fault)
        return self._world.wires.pass_point(kind, given)

    def _passed(self, kind: str, given: Any) -> Point:
        number = len(self._points) + 1
        if number > MOST_POINTS:
            raise quiet.NeverQuiet(f"{MOST_POINTS} points, and no end")
        if kind == "request":
            what = self._what(given)
        elif kind == "answered":
            what = self._points[-1].what if self._points[-1].kind == "request" else self._job
        else:
            what = self._job
        free = kind != "committing" and not connection.in_atomic_block
        point = Point(number, kind, what, free)
        self._points.append(point)
        return point

    def _what(self, request: Request) -> str:
        side = next(one for one in self._world.wires.sides.values() if request.url.startswith(one.url))
        return f"{side.name} {side.operation(request)}"

    def _meet(self, fault: str, kind: str) -> None:
        """Let a fault of the process happen."""
        if fault == KILLED:
            process.kill()
        session = process.backend()
        if fault in (CUT, FROZEN_AND_CUT) and session is not None:
            self._snapshot.admin.execute("select pg_terminate_backend(%s, 5000)", [session])
        if fault in (FROZEN, FROZEN_AND_CUT):
            process.while_frozen(self._another_process, self.saw_statement)
        if fault in (CUT, FROZEN_AND_CUT) and kind == "committed":
            raise OperationalError("the connection was lost while the commit was answered")

    def _answered(self, point: Point, request: Request, fault: str | None) -> Any:
        world, operation = self._world, point.what.partition(" ")[2]
        accounting, client = world.accounting, world.firm.client
        is_own = fault in own_faults(point.what.partition(" ")[0], operation)
        if is_own:
            accounting.begin_fault(world, client, operation, str(fault))
        if fault in FAULTS or fault == LAST_MOMENT:
            self._adversary.told = LATER if fault == LAST_MOMENT else fault
            self._arrival.share = 1.0 if fault == LAST_MOMENT else SOON
        if fault == LAG:
            accounting.lag(world, client, LAG_SECONDS)
        carried_out = replace(request, method="GET", body=b"") if fault == IGNORED else request
        reply = world.wires.exchange(carried_out)
        if fault == LAG:
            accounting.lag(world, client, 0)
        if is_own:
            accounting.end_fault(world, client)
        if point.number == self._last:
            self._later.append("down" if str(fault).startswith(DOWN) else "up")
        elif point.number > self._last:
            address = urlsplit(request.url)
            body = b"" if b"form-data" in request.body[:200] else request.body
            sent = f"{request.method} {address.path}?{address.query} {body.decode('utf-8', 'replace')}"
            self._later.append(f"{TIMES.sub('', sent)} -> {reply.error or reply.status}")
        return reply

    def saw_statement(self, execute: Callable[..., Any], statement: Any, *given: Any) -> Any:
        """Remember a statement, for the digest."""
        process.check_alive()
        self._statement = text = str(statement)
        if len(self._points) >= self._last:
            self._later.append(SAVEPOINTS.sub("", text))
        return execute(statement, *given)

    def _note(self, text: str) -> None:
        if text.startswith(" job "):
            self._job = text.split(" ")[2]
        self._world.note(f"[another] {text}" if threading.current_thread() is not threading.main_thread() else text)

    def _unavoidable(self, broken: list[str]) -> list[str]:
        """Drop what no client can prevent, provided that a person is told.

        Moment accepts the same object again. A process that is frozen after its last look at its lease, immediately before it
        writes, creates a second one when it wakes. Bilag counts expenses a day later; what is there twice is told. A second
        activity or document of the same name is not counted.
        """
        self._made_twice = bool(broken) and any(self._froze_before_creating(number) for number in self._plan)
        if not self._made_twice:
            return broken
        CLOCK.pass_time(A_DAY)
        enqueue.ask_import(self._world.firm.company_id)
        self._until_quiet()
        told = {row.external_key for row in ExpenseLine.objects.filter(problems__0__code=DOUBLED, needs_review=True)}
        return [one for one in broken if not _accepted_twice(one, told)]

    def _froze_before_creating(self, number: int) -> bool:
        point = self._points[number - 1]
        frozen = self._plan[number] in (FROZEN, FROZEN_AND_CUT) and point.kind == "request"
        return frozen and point.what.partition(" ")[2] in CREATES


def _rows() -> Iterator[str]:
    """What Bilag's rows say, apart from times and other systems' words."""
    rows: list[Any] = [
        *Transfer.objects.order_by("pk").values_list("kind", "number", "state", "reason", "problems", "failures"),
        *Attempt.objects.order_by("pk").values_list("transfer", "verdict", "problems"),
        *ExpenseLine.objects.order_by("pk").values_list("external_key", "state", "problems", "documents"),
        *ExpenseImport.objects.order_by("pk").values_list("problem", "counts"),
    ]
    yield from (TIMES.sub("", str([*map(_codes, row)])) for row in rows)


def _codes(value: Any) -> Any:
    """Problems by their codes: the other system's own words make no difference to what Bilag does."""
    if isinstance(value, dict) and "code" in value:
        return value["code"]
    return [*map(_codes, value)] if isinstance(value, list) else value


def _accepted_twice(sentence: str, told: set[str]) -> bool:
    """Whether the sentence says that an object is there twice: an activity, a document, or an expense that a person was told of."""
    match = TWICE.fullmatch(sentence)
    return SECOND.fullmatch(sentence) is not None or (match is not None and match[1] in told)
