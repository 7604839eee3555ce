"""Runs one ASGI application on loopback with uvicorn: as a blocking process, or in a thread beside a test.

The server can be told to refuse connections for a while, which is how a stopped hub looks from outside. It writes
nothing to stdout or stderr; who wants to tell the address gives a callback.
"""

import asyncio
import contextlib
import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator
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
    """The port that was asked for is in use; the message names it."""


class SandboxServer(uvicorn.Server):
    """A uvicorn server that can close its listening socket for a while, and ends quietly on SIGINT and SIGTERM."""

    def __init__(self, app: ASGIApp, listening: socket.socket) -> None:
        self.address: tuple[str, int] = listening.getsockname()
        self._listening = listening
        self._reopening: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._at_once = False
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
        """A protocol that hands its transport and this server to the application, for faults on the connection."""
        server = self

        class Protocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                self.app_state = {**self.app_state, "transport": transport, "server": server}
                super().connection_made(transport)

        return Protocol

    @property
    def url(self) -> str:
        """`http://host:port`, without a slash at the end."""
        return f"http://{self.address[0]}:{self.address[1]}"

    def serve_until_told(self) -> None:
        """Serve on the socket given; returns after SIGINT, SIGTERM (in the main thread) or `should_exit`."""
        self.run(sockets=[self._listening])

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM as a wish to end; unlike uvicorn's own, do not raise them again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        earlier = {number: signal.signal(number, self._told_to_end) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in earlier.items():
                signal.signal(number, handler)

    async def main_loop(self) -> None:
        """uvicorn's own, but for that `end_now` need not wait for the next tick."""
        self._loop, self._told = asyncio.get_running_loop(), asyncio.Event()
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), TICK_SECONDS)

    def end_now(self) -> None:
        """End without waiting for anybody; from any thread."""
        self.should_exit = self._at_once = True
        with contextlib.suppress(RuntimeError):  # it has ended by itself
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._told.set)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what was asked first, as uvicorn does; after `end_now`, close every connection as it is."""
        if not self._at_once:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await self.lifespan.shutdown()

    def _told_to_end(self, _number: int, _frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True

    def refuse_connections(self, seconds: float, clock: Clock) -> None:
        """Close the listening socket and every connection shortly after this call; listen again after `seconds`
        by the clock.

        Call it from the server's own event loop.
        """
        if self._reopening is None:
            self._reopening = asyncio.get_running_loop().create_task(self._refuse(seconds, clock))

    @property
    def refuses(self) -> bool:
        """Whether it was told to refuse connections and does not listen again yet."""
        return self._reopening is not None

    async def _refuse(self, seconds: float, clock: Clock) -> None:
        await asyncio.sleep(0.02)  # the answer to whoever asked for this goes out first
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await clock.sleep(seconds)
        if not self.should_exit:
            loop = asyncio.get_running_loop()
            self.servers = [await loop.create_server(self._new_protocol, sock=_bind(*self.address))]
        self._reopening = None

    def _new_protocol(self) -> asyncio.Protocol:
        protocol_class: Any = self.config.http_protocol_class
        made: asyncio.Protocol = protocol_class(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made


def _bind(host: str, port: int) -> socket.socket:
    # IPPROTO_TCP is said aloud: asyncio sets TCP_NODELAY only then, and without it each answer waits 40 ms.
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

    Raises `PortTaken`, before anything is served.
    """
    server = SandboxServer(app, _bind(host, port))
    if started is not None:
        started(server.url)
    server.serve_until_told()


@contextlib.contextmanager
def running(app: ASGIApp, *, port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve `app` in a thread while the block runs; gives the base address. Raises what stopped the start."""
    server = SandboxServer(app, _bind(host, port))
    died: list[BaseException] = []

    def work() -> None:
        try:
            server.serve_until_told()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for the start
            died.append(error)

    thread = threading.Thread(target=work, name=f"sandbox-{server.address[1]}", daemon=True)
    thread.start()
    waited = threading.Event()
    for _ in range(int(START_SECONDS / 0.01)):
        if server.started or died or not thread.is_alive():
            break
        waited.wait(0.01)
    if not server.started:
        server.should_exit = True
        raise RuntimeError("the sandbox did not start") from (died[0] if died else None)
    try:
        yield server.url
    finally:
        server.end_now()
        thread.join(timeout=START_SECONDS)
