"""Workers: in this process, or forked, where they are held at each point until the run lets them go on, or kills them.

Two forked workers are let on in turns, by chance, one at a time: the run knows each interleaving it made, and makes it
again from the same seed. One that waits for a lock in PostgreSQL is left waiting until the other has given it back.
"""

import os
import pickle
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
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
STARVED = 2000
"""So many points a worker passes at most: more is a worker that never ends."""
LONGEST_SILENCE = 60.0
SHARE_IN_MID_FLIGHT = 0.06
"""Of the requests of forked workers: so many are under way while people change something."""
LOOK_SECONDS = 0.005


class Stuck(AssertionError):
    """A worker neither goes on nor waits for a lock."""


@dataclass
class Forked:
    """A worker in a process of its own. `said` is where it stands and waits for leave; None while it runs."""

    name: str
    pid: int
    line: Connection
    backend: int = 0
    said: tuple[str, Any] | None = None
    passed: int = 0
    over: bool = False


def here(most: int, wires: Wires, note: Callable[[str], None], *, at: Callable[[int], None] | None = None) -> int:
    """A worker in this process. `at` is called with the count of points passed, at each."""
    passed = 0

    def gate(point: str, given: Any) -> Any:
        nonlocal passed
        passed += 1
        if at is not None:
            at(passed)
        return wires.exchange(given) if point == "request" else None

    with gated(gate):
        return queue.live(most, note)


class gated:  # noqa: N801 - used like a function
    """Points pass `gate` while the block runs."""

    def __init__(self, gate: Callable[[str, Any], Any]) -> None:
        self._gate = gate

    def __enter__(self) -> None:
        self._before = Points.gate
        Points.gate = staticmethod(self._gate)

    def __exit__(self, *_: object) -> None:
        Points.gate = staticmethod(self._before)


def forked(
    count: int,
    most: int,
    wires: Wires,
    note: Callable[[str], None],
    chance: Random,
    kills: dict[int, int],
    meanwhile: Callable[[], None],
) -> int:
    """So many workers side by side, each in a process of its own; gives how many were killed.

    `kills`: by the worker's place, the number of the point at which it is killed. `meanwhile` is what people do while a
    request is under way.
    """
    connection.close()
    workers = [_fork(place, most) for place in range(count)]
    killed = 0
    for worker in workers:
        _listen(worker, workers)
    while True:
        standing = [worker for worker in workers if worker.said is not None]
        if not standing:
            if all(worker.over for worker in workers):
                return killed
            for worker in workers:
                _listen(worker, workers, patient=True)
            continue
        worker = standing[0] if len(standing) == 1 else chance.choice(standing)
        place = workers.index(worker)
        worker.passed += 1
        assert worker.said is not None
        point, given = worker.said
        worker.said = None
        if worker.passed > STARVED:
            raise Stuck(f"worker {worker.name} does not end")
        if point == "died":
            raise Stuck(f"worker {worker.name} died of {given}")
        if point == "note":
            note(f" {worker.name}:{given}")
            _answer(worker, None)
        elif kills.get(place) == worker.passed:
            note(f" {worker.name}: killed with SIGKILL at point {worker.passed}, {point}")
            wires.adversary.count("worker killed with SIGKILL")
            killed += 1
            _answer(worker, DIE)
            _bury(worker)
        elif point == "request":
            reply = wires.exchange(given)
            if chance.random() < SHARE_IN_MID_FLIGHT and all(_holds_no_row(other) for other in workers):
                meanwhile()
            _answer(worker, reply)
        else:
            _answer(worker, None)
        for other in workers:
            _listen(other, workers)


def _holds_no_row(worker: Forked) -> bool:
    """Whether people can change anything while the worker stands where it does: it is in no transaction."""
    return worker.over or worker.said is None or worker.said[0] in ("request", "answered")


def _fork(place: int, most: int) -> Forked:
    ours, theirs = Pipe()
    pid = os.fork()
    if pid == 0:
        _be_worker(theirs, most)
    theirs.close()
    return Forked("AB"[place], pid, ours)


def _be_worker(line: Connection, most: int) -> None:
    """The forked process: it never returns."""
    code = 1
    try:
        gateways.forget_all()

        def gate(point: str, given: Any) -> Any:
            line.send((point, given))
            reply, wall, seconds = line.recv()
            if reply == DIE:
                os.kill(os.getpid(), signal.SIGKILL)
            CLOCK.wall, CLOCK.seconds = wall, seconds
            return reply

        with gated(gate):
            with connection.cursor() as cursor:
                cursor.execute("select pg_backend_pid()")
                gate("note", f" a worker, {cursor.fetchone()[0]}")
            queue.live(most, lambda text: gate("note", text))
        connection.close()
        code = 0
    except BaseException as error:  # noqa: BLE001 - the parent must hear of it, whatever it is
        line.send(("died", repr(error)))
        line.recv()
    finally:
        os._exit(code)


def _answer(worker: Forked, reply: Any) -> None:
    wall: datetime = CLOCK.wall
    worker.line.send((reply, wall, CLOCK.seconds))


def _bury(worker: Forked) -> None:
    os.waitpid(worker.pid, 0)
    worker.line.close()
    worker.over = True


def _listen(worker: Forked, workers: list[Forked], *, patient: bool = False) -> None:
    """Wait until the worker stands at its next point, has ended, or waits for a lock that another one holds."""
    waited = 0.0
    while worker.said is None and not worker.over:
        try:
            if worker.line.poll(LOOK_SECONDS):
                point, given = worker.line.recv()
                if point == "note" and given.startswith(" a worker, "):
                    worker.backend = int(given.rpartition(" ")[2])
                    given = " a worker"
                worker.said = (point, given)
                return
        except (EOFError, ConnectionError, pickle.UnpicklingError):
            _bury(worker)
            return
        waited += LOOK_SECONDS
        if len(workers) > 1 and not patient and worker.backend and _waits_for_lock(worker.backend):
            return
        if waited > LONGEST_SILENCE:
            raise Stuck(f"worker {worker.name} is silent")


def _waits_for_lock(backend: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_stat_activity where pid = %s and wait_event_type = 'Lock'", [backend])
        return cursor.fetchone() is not None
