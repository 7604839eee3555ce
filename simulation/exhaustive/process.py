"""A worker's process in this one: killed, cut off from the database, or frozen while another process takes over.

Killed: `Killed` is raised, which nothing in Bilag catches, and whatever cleans up on the way cannot reach the database or another
system any more, as if the process were gone. Its memory is forgotten. `simulation.workers` kills real processes; a test compares.
"""

import contextvars
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from bilag.companies import allowances, gateways, store, who
from bilag.jobs.fair_share import fair_share
from bilag.wire import circuit_breaker
from simulation import points, queue


class Killed(BaseException):
    """The process was killed here."""


class Stuck(BaseException):
    """A process waits for another that does not go on."""


class _Fate(threading.local):
    dead = False


_fate = _Fate()
NEEDED_ALIVE = ("_cursor", "ensure_connection", "set_autocommit")
"""What reaches the database; a dead process reaches nothing."""
LONGEST_SECONDS = 120.0
Memory = tuple[dict[Any, Any], ...]


def check_alive() -> None:
    """Raise `Killed` again if something of a dead process still runs."""
    if _fate.dead:
        raise Killed


def kill() -> None:
    """Kill this process: its session ends, and nothing of it reaches anything any more."""
    if connection.connection is not None:
        connection.connection.close()
    _fate.dead = True
    raise Killed


@contextmanager
def mortal() -> Iterator[None]:
    """Let processes die while the block runs."""
    with ExitStack() as stack:
        for name in NEEDED_ALIVE:
            stack.enter_context(
                patch.object(BaseDatabaseWrapper, name, _alive_only(getattr(BaseDatabaseWrapper, name)))
            )
        yield


def _alive_only(original: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, *given: Any, **named: Any) -> Any:
        check_alive()
        return original(self, *given, **named)

    return method


def live(work: Callable[[], None]) -> None:
    """Let a process work until it has done all, is killed, or loses the database."""
    try:
        contextvars.copy_context().run(work)
    except Killed:
        _fate.dead = False
        forget_all()
        _new_session()
    except queue.LOST:
        connection.close()
    if connection.connection is not None and not connection.is_usable():
        connection.close()  # it was cut off after its last statement


def backend() -> int | None:
    """The process id of this thread's session; None without one."""
    session = connection.connection
    return None if session is None or session.closed else int(session.info.backend_pid)


def while_frozen(another: Callable[[], None], wrapper: Callable[..., Any]) -> None:
    """Run another process, with memory and session of its own, while this one stands still. `wrapper` sees its statements.

    Raises what ended the other.
    """
    ended_by: list[BaseException] = []

    def run() -> None:
        try:
            with points.reported_statements(), connection.execute_wrapper(wrapper):
                another()
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            ended_by.append(error)
        finally:
            connection.close()

    mine = _taken_memory()
    thread = threading.Thread(target=run, name="another process", daemon=True)
    thread.start()
    thread.join(LONGEST_SECONDS)
    if thread.is_alive():
        raise Stuck("another process waits for one that is frozen")
    _put_back(mine)
    if ended_by:
        raise ended_by[0]


def forget_all() -> None:
    """Forget what a process of Bilag keeps in memory."""
    _taken_memory()


def _memories() -> Memory:
    return (
        gateways._open,
        gateways._former,
        circuit_breaker._address_breakers,
        allowances._meters,
        fair_share._companies,
        store._kept,
        who._judged,
    )


def _taken_memory() -> Memory:
    kept = tuple(dict(one) for one in _memories())
    for one in _memories():
        one.clear()
    return kept


def _put_back(kept: Memory) -> None:
    for one, values in zip(_memories(), kept, strict=True):
        one.clear()
        one.update(values)


def _new_session() -> None:
    """Forget the session of the dead process, in whatever state it was."""
    connection.connection = None
    connection.in_atomic_block = connection.needs_rollback = connection.closed_in_transaction = False
    connection.savepoint_ids.clear()
    connection.atomic_blocks.clear()
    connection.run_on_commit.clear()
    connection.commit_on_exit = True
