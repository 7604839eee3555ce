"""Run workers in this process, or forked, where each point waits for permission to continue or to be killed.

Two forked workers take turns at random, one at a time, so that the same seed gives the same interleaving. One that
waits for a lock in PostgreSQL is skipped until the other has released it.
"""

import os
import pickle
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from django.db import connection

from bilag.companies import gateways
from simulation import queue
from simulation.clock import CLOCK
from simulation.points import Points
from simulation.wires import Wires

DIE = "die"
MAX_POINTS = 2000
"""The most points a worker may pass; beyond this it is considered endless."""
MAX_SILENCE_SECONDS = 60.0
SHARE_IN_MID_FLIGHT = 0.06
"""The share of forked workers' requests during which users change something."""
LOOK_SECONDS = 0.005


CREATING = ("createBatch", "createProject", "addProject", "postManual", "postOutgoing")
"""Prefixes of operations of which a second request makes a second object, or might."""
NOT_SENT_YET = ("sending", "answered", "committed")
"""Points at which a worker holds no row, so that others can work while it is frozen."""


@dataclass(frozen=True, slots=True)
class Accidents:
    """What happens to forked workers, by the worker's index and the number of the point.

    `kills`: SIGKILL. `cuts`: its database session is ended. `freezes`: it stands still while `while_frozen` runs, with its
    session ended if `cut_frozen`. A freeze waits for a point at which the worker may be frozen: never between the fence and
    the request behind it, which no client can guard.
    """

    kills: dict[int, int] = field(default_factory=dict)
    cuts: dict[int, int] = field(default_factory=dict)
    freezes: dict[int, int] = field(default_factory=dict)
    freeze_to_create: bool = False
    """Freeze later still: at the next request that creates something."""
    cut_frozen: bool = False
    while_frozen: Callable[[], None] = lambda: None

    def freezes_at(self, place: int, passed: int, point: str, operation: str) -> bool:
        """Tell whether the worker is to be frozen at this point, or at the first possible one after it. `operation`: of the
        request that is to be sent, if one is."""
        due = self.freezes.get(place)
        if due is None or passed < due:
            return False
        if self.freeze_to_create:
            return point == "sending" and operation.startswith(CREATING)
        return point != "request" if self.cut_frozen else point in NOT_SENT_YET


class Stuck(AssertionError):
    """A worker neither continues nor waits for a lock."""


@dataclass
class Forked:
    """A worker in its own process. `waiting_at` is the point where it waits for permission; None while it runs."""

    name: str
    pid: int
    pipe: Connection
    backend: int = 0
    waiting_at: tuple[str, Any] | None = None
    passed: int = 0
    over: bool = False


def run_here(limit: int, wires: Wires, note: Callable[[str], None], *, at: Callable[[int], None] | None = None) -> int:
    """Run a worker in this process. `at` is called at each point with the number of points passed."""
    passed = 0

    def gate(point: str, given: Any) -> Any:
        nonlocal passed
        passed += 1
        if at is not None:
            at(passed)
        return wires.pass_point(point, given)

    with gated(gate):
        return queue.work(limit, note)


class gated:  # noqa: N801 - used like a function
    """Set the gate while the block runs."""

    def __init__(self, gate: Callable[[str, Any], Any]) -> None:
        self._gate = gate

    def __enter__(self) -> None:
        self._before = Points.gate
        Points.gate = staticmethod(self._gate)

    def __exit__(self, *_: object) -> None:
        Points.gate = staticmethod(self._before)


def forked(
    count: int,
    limit: int,
    wires: Wires,
    note: Callable[[str], None],
    chance: Random,
    accidents: Accidents,
    meanwhile: Callable[[], None],
) -> int:
    """Run `count` workers side by side, each in its own process; returns how many were killed.

    `meanwhile` is what users do during a request.
    """
    connection.close()
    workers = [_fork(place, limit) for place in range(count)]
    try:
        return _take_turns(workers, wires, note, chance, accidents, meanwhile)
    finally:  # whatever ends the run leaves no worker behind
        for worker in workers:
            if not worker.over:
                os.kill(worker.pid, signal.SIGKILL)
                _reap(worker)


def _take_turns(
    workers: list["Forked"],
    wires: Wires,
    note: Callable[[str], None],
    chance: Random,
    accidents: Accidents,
    meanwhile: Callable[[], None],
) -> int:
    """Let the workers go from point to point until all are over; returns how many were killed."""
    killed = 0
    frozen = False
    for worker in workers:
        _listen(worker, workers)
    while True:
        ready = [worker for worker in workers if worker.waiting_at is not None]
        if not ready:
            if all(worker.over for worker in workers):
                return killed
            for worker in workers:
                _listen(worker, workers, patient=True)
            continue
        worker = ready[0] if len(ready) == 1 else chance.choice(ready)
        place = workers.index(worker)
        worker.passed += 1
        assert worker.waiting_at is not None
        point, given = worker.waiting_at
        worker.waiting_at = None
        if worker.passed > MAX_POINTS:
            raise Stuck(f"worker {worker.name} does not end")
        if point == "died":
            raise Stuck(f"worker {worker.name} died of {given}")
        if accidents.cuts.get(place) == worker.passed:
            note(f" {worker.name}: its session is cut at point {worker.passed}, {point}")
            wires.adversary.count("database session cut")
            _cut(worker)
        operation = wires.operation(given) if point == "sending" else ""
        if not frozen and accidents.freezes_at(place, worker.passed, point, operation):
            frozen = True
            cut = ", session cut" if accidents.cut_frozen else ""
            note(f" {worker.name}: frozen at point {worker.passed}, {point} {operation}{cut}")
            if accidents.cut_frozen:
                _cut(worker)
            accidents.while_frozen()
            note(f" {worker.name}: woken")
        if point == "sleep":
            CLOCK.pass_time(timedelta(seconds=given))
            CLOCK.sync_database()
            _answer(worker, None)
        elif point == "note":
            note(f" {worker.name}:{given}")
            _answer(worker, None)
        elif accidents.kills.get(place) == worker.passed:
            note(f" {worker.name}: killed with SIGKILL at point {worker.passed}, {point}")
            wires.adversary.count("worker killed with SIGKILL")
            killed += 1
            _answer(worker, DIE)
            _reap(worker)
        elif point in ("request", "mail"):
            reply = wires.pass_point(point, given)
            if (
                point == "request"
                and chance.random() < SHARE_IN_MID_FLIGHT
                and all(_holds_no_row(other) for other in workers)
            ):
                meanwhile()
            _answer(worker, reply)
        else:
            _answer(worker, None)
        for other in workers:
            _listen(other, workers)


def _cut(worker: Forked) -> None:
    """End the worker's database session."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(%s, 5000)", [worker.backend])


def _holds_no_row(worker: Forked) -> bool:
    """Tell whether users can change anything now: the worker is in no transaction."""
    return worker.over or worker.waiting_at is None or worker.waiting_at[0] in ("sending", "request", "answered")


def _fork(place: int, limit: int) -> Forked:
    ours, theirs = Pipe()
    pid = os.fork()
    if pid == 0:
        _run_worker(theirs, limit)
    theirs.close()
    return Forked("AB"[place], pid, ours)


def _run_worker(pipe: Connection, limit: int) -> None:
    """Run the worker in the forked process; never returns."""
    code = 1
    try:
        gateways.forget_all()

        def gate(point: str, given: Any) -> Any:
            pipe.send((point, given))
            reply, wall, seconds = pipe.recv()
            if reply == DIE:
                os.kill(os.getpid(), signal.SIGKILL)
            CLOCK.wall, CLOCK.seconds = wall, seconds
            return reply

        CLOCK.asleep = lambda seconds: gate("sleep", seconds)
        with gated(gate):
            with connection.cursor() as cursor:
                cursor.execute("select pg_backend_pid()")
                gate("note", f" a worker, {cursor.fetchone()[0]}")
            queue.work(limit, lambda text: gate("note", text))
        connection.close()
        code = 0
    except BaseException as error:  # noqa: BLE001 - the parent must learn of any error
        pipe.send(("died", repr(error)))
        pipe.recv()
    finally:
        os._exit(code)


def _answer(worker: Forked, reply: Any) -> None:
    wall: datetime = CLOCK.wall
    worker.pipe.send((reply, wall, CLOCK.seconds))


def _reap(worker: Forked) -> None:
    os.waitpid(worker.pid, 0)
    worker.pipe.close()
    worker.over = True


def _listen(worker: Forked, workers: list[Forked], *, patient: bool = False) -> None:
    """Wait until the worker reaches its next point, ends, or waits for a lock that another worker holds."""
    waited = 0.0
    while worker.waiting_at is None and not worker.over:
        try:
            if worker.pipe.poll(LOOK_SECONDS):
                point, given = worker.pipe.recv()
                if point == "note" and given.startswith(" a worker, "):
                    worker.backend = int(given.rpartition(" ")[2])
                    given = " a worker"
                worker.waiting_at = (point, given)
                return
        except (EOFError, ConnectionError, pickle.UnpicklingError):
            _reap(worker)
            return
        waited += LOOK_SECONDS
        if len(workers) > 1 and not patient and worker.backend and _waits_for_lock(worker.backend):
            return
        if waited > MAX_SILENCE_SECONDS:
            raise Stuck(f"worker {worker.name} is silent")


def _waits_for_lock(backend: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_stat_activity where pid = %s and wait_event_type = 'Lock'", [backend])
        return cursor.fetchone() is not None
