"""A worker that is a real process, killed with SIGKILL, to compare with those that are killed in this one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection

from simulation import workers
from simulation.clock import CLOCK
from simulation.exhaustive.process import Killed


def live(jobs: int, gate: Callable[[str, Any], Any], note: Callable[[str], None]) -> None:
    """Fork a worker and let it work until no job is due. Where `gate` raises `Killed`, it is killed, and `Killed` raised."""
    connection.close()
    worker = workers._fork(0, jobs)
    while True:
        workers._listen(worker, [worker])
        if worker.waiting_at is None:
            return
        kind, given = worker.waiting_at
        worker.waiting_at = reply = None
        if kind == "died":
            raise workers.Stuck(f"a worker died of {given}")
        if kind == "note":
            note(given)
        elif kind == "sleep":
            CLOCK.pass_time(timedelta(seconds=given))
            CLOCK.sync_database()
        else:
            try:
                reply = gate(kind, given)
            except Killed:
                workers._answer(worker, workers.DIE)
                workers._reap(worker)
                raise
        workers._answer(worker, reply)
