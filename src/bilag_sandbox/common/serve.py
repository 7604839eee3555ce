"""Run one ASGI application on loopback with uvicorn: as a blocking process, or in a thread of a test.

The server can refuse connections for a while, as a stopped hub does. It writes nothing to stdout or stderr; a callback
receives the address.
"""

import asyncio
import contextlib
import errno
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bilag_sandbox.common.clock import Clock

KEEP_ALIVE_SECONDS = 30
SHUTDOWN_SECONDS = 1
START_SECONDS = 30.0
TICK_SECONDS = 0.1


class PortTaken(OSError):
    """The requested port is in use; the message names it."""


class SandboxServer(uvicorn.Server):
    """A uvicorn server that can close its listening socket for a while, and ends quietly on SIGINT and SIGTERM."""

    def __init__(self, app: ASGIApp, listening: socket.socket) -> None:
        self.address: tuple[str, int] = listening.getsockname()
        self._listening = listening
        self._reopening: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._abort_connections = False
        super().__init__(
            uvicorn.Config(
                app,
                http=self._protocol_class(),
                ws="none",
                loop="asyncio",
                lifespan="on",
                access_log=False,
                log_config=None,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            )
        )

    def _protocol_class(self) -> type[H11Protocol]:
        """Return a protocol that gives the application its transport and this server, for faults on the connection."""
        server = self

        class Protocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                self.app_state = {**self.app_state, "transport": transport, "server": server}
                super().connection_made(transport)

        return Protocol

    @property
    def url(self) -> str:
        """`http://host:port`, without a final slash."""
        return f"http://{self.address[0]}:{self.address[1]}"

    def serve_until_stopped(self) -> None:
        """Serve on the given socket until SIGINT, SIGTERM (in the main thread) or `should_exit`."""
        self.run(sockets=[self._listening])

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on SIGINT and SIGTERM. Unlike uvicorn, do not raise them again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        earlier = {number: signal.signal(number, self._request_stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in earlier.items():
                signal.signal(number, handler)

    async def main_loop(self) -> None:
        """uvicorn's main loop, except that `end_now` interrupts the wait for the next tick."""
        self._loop, self._stop_requested = asyncio.get_running_loop(), asyncio.Event()
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop_requested.wait(), TICK_SECONDS)

    def end_now(self) -> None:
        """End without waiting for open requests. Thread-safe."""
        self.should_exit = self._abort_connections = True
        with contextlib.suppress(RuntimeError):  # the loop has already ended
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._stop_requested.set)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish open requests first, as uvicorn does; after `end_now`, abort every connection."""
        if not self._abort_connections:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await self.lifespan.shutdown()

    def _request_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True

    def refuse_connections(self, seconds: float, clock: Clock) -> None:
        """Shortly after this call, close the listening socket and all connections; listen again after `seconds`
        by the clock.

        Call it from the server's event loop.
        """
        if self._reopening is None:
            self._reopening = asyncio.get_running_loop().create_task(self._refuse(clock.sleep(seconds)))

    @property
    def refusing(self) -> bool:
        """Return whether the server was told to refuse connections and is not listening again yet."""
        return self._reopening is not None

    async def _refuse(self, pause: Awaitable[object]) -> None:
        await asyncio.sleep(0.02)  # let the answer to this request go out first
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await pause
        if not self.should_exit:
            loop = asyncio.get_running_loop()
            self.servers = [await loop.create_server(self._new_protocol, sock=_bind(*self.address))]
        self._reopening = None

    def _new_protocol(self) -> asyncio.Protocol:
        protocol_class: Any = self.config.http_protocol_class
        protocol: asyncio.Protocol = protocol_class(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol


def _bind(host: str, port: int) -> socket.socket:
    # asyncio sets TCP_NODELAY only if the protocol is given; without it each answer takes 40 ms longer.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise PortTaken(f"port {port} on {host} cannot be used: {error.strerror}; choose another port") from error
        raise
    return listening


def serve(
    app: ASGIApp, *, port: int = 0, host: str = "127.0.0.1", started: Callable[[str], None] | None = None
) -> None:
    """Serve `app` until SIGINT or SIGTERM. Port 0 takes any free one; `started` is called with the base address.

    Raises `PortTaken` before anything is served.
    """
    server = SandboxServer(app, _bind(host, port))
    if started is not None:
        started(server.url)
    server.serve_until_stopped()


@contextlib.contextmanager
def running(app: ASGIApp, *, port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve `app` in a thread while the block runs; yields the base address. Raises whatever prevents the start."""
    server = SandboxServer(app, _bind(host, port))
    failures: list[BaseException] = []

    def work() -> None:
        try:
            server.serve_until_stopped()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for the start
            failures.append(error)

    thread = threading.Thread(target=work, name=f"sandbox-{server.address[1]}", daemon=True)
    thread.start()
    pause = threading.Event()
    for _ in range(int(START_SECONDS / 0.01)):
        if server.started or failures or not thread.is_alive():
            break
        pause.wait(0.01)
    if not server.started:
        server.should_exit = True
        raise RuntimeError("the sandbox did not start") from (failures[0] if failures else None)
    try:
        yield server.url
    finally:
        server.end_now()
        thread.join(timeout=START_SECONDS)
