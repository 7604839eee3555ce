"""One connection pool for each address, shared by all companies.

A pool closes its idle connections only when it is used again. A thread closes them in time, so that a worker's open files
depend on what it does now, and not on how many companies it has.
"""

import threading
import time
from weakref import WeakValueDictionary

import httpx2

from bilag.wire.guarded_transport import transport

KEEP_ALIVE_SECONDS = 2.0
"""Shorter than servers keep idle connections, so that a request rarely meets one just closed."""
LIMITS = httpx2.Limits(max_connections=512, max_keepalive_connections=32, keepalive_expiry=KEEP_ALIVE_SECONDS)
"""More connections than a worker has threads at most: no company's request waits for another's."""


class SharedTransport(httpx2.BaseTransport):
    """The transport of one client, on the pool of its address. Closing it closes nothing that others use."""

    def __init__(self, address: str) -> None:
        self._pool = _pool_of(address)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request on a connection of the pool."""
        try:
            return self._pool.handle_request(request)
        finally:
            _reaper.wake()  # only when the connection is in the pool: earlier, the thread might find none and end


def _pool_of(address: str) -> httpx2.HTTPTransport:
    """Return the pool of an address (scheme, host and port), which lives as long as a client has it."""
    with _lock:
        pool = _pools.get(address)
        if pool is None:
            pool = _pools[address] = transport(LIMITS)
        return pool


def open_connections() -> int:
    """Count the connections of all pools."""
    with _lock:
        pools = list(_pools.values())
    return sum(len(pool._pool.connections) for pool in pools)


class _Reaper:
    """The thread that closes idle connections. It ends when there is no connection, and begins with the next request."""

    def __init__(self) -> None:
        self._runs = False

    def wake(self) -> None:
        """Make sure that the thread runs."""
        with _lock:
            if self._runs:
                return
            self._runs = True
        threading.Thread(target=self._run, name="idle connections", daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(KEEP_ALIVE_SECONDS)
            self._close_idle()
            with _lock:  # counted under the lock, so that a later request sees that no thread runs
                if not any(pool._pool.connections for pool in list(_pools.values())):
                    self._runs = False
                    return

    @staticmethod
    def _close_idle() -> None:
        """Close the idle connections of every pool. The thread keeps no reference to a pool that nobody uses."""
        with _lock:
            pools = list(_pools.values())
        for pool in pools:
            _close_idle(pool)


def _close_idle(kept: httpx2.HTTPTransport) -> None:
    """Close idle connections as the pool does when it is used."""
    pool = kept._pool
    with pool._optional_thread_lock:
        closing = pool._assign_requests_to_connections()
    pool._close_connections(closing)


_lock = threading.Lock()
_pools: WeakValueDictionary[str, httpx2.HTTPTransport] = WeakValueDictionary()
_reaper = _Reaper()
