"""`bilag serve`, `web` and `worker`: run the web server and the worker, together in one process or apart."""

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import ExitStack

import structlog
import uvicorn
from starlette.types import ASGIApp

from bilag.jobs.worker_health import health as worker_health
from bilag.service import traces
from bilag.service.database import sole
from bilag.service.environment import EnvironmentFault, environment
from bilag.service.worker import work
from bilag.web.application import application, probes

log = structlog.get_logger(__name__)


def run(*, web: bool, worker: bool, concurrency: int, ready: Callable[[str], None] | None = None) -> None:
    """Serve until SIGINT or SIGTERM. Call `ready` with the address when it answers.

    Raises `FolderInUse` if another Bilag serves this data folder, `EnvironmentFault` if the address is taken.
    """
    traces.warm_up()
    with ExitStack() as stack:
        if web:
            stack.enter_context(sole("web"))
        if worker:
            stack.enter_context(sole("worker"))
        asyncio.run(_run(web=web, worker=worker, concurrency=concurrency, ready=ready))


class _Server(uvicorn.Server):
    """A server that leaves the signals to `_run`, which stops web and worker together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


async def _run(*, web: bool, worker: bool, concurrency: int, ready: Callable[[str], None] | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    tasks: list[asyncio.Task[None]] = []
    if worker:
        worker_health.starting()
    if web:
        tasks.append(await _start_web(application(), listening("BILAG_LISTEN", *environment.listen), stop))
    elif environment.probes is not None:
        tasks.append(await _start_web(probes(), listening("BILAG_PROBES", *environment.probes), stop))
    if worker:
        alone = environment.database_url is None
        tasks.append(asyncio.create_task(work(concurrency, stop, alone=alone)))
    if ready is not None:
        ready(environment.base_url if web else "")
    await asyncio.wait([*tasks, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await asyncio.gather(*tasks)


async def _start_web(app: ASGIApp, listener: socket.socket, stop: asyncio.Event) -> "asyncio.Task[None]":
    """Start the web server and return its task when it answers."""
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_keep_alive=30,
            timeout_graceful_shutdown=10,
            server_header=False,
        )
    )
    serving = asyncio.create_task(_serve_web(server, listener, stop))
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    return serving


async def _serve_web(server: uvicorn.Server, listener: socket.socket, stop: asyncio.Event) -> None:
    with listener:
        serving = asyncio.create_task(server.serve([listener]))
        await asyncio.wait([serving, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await serving


def listening(name: str, host: str, port: int) -> socket.socket:
    """Return a socket on the address in the variable `name`. Raises `EnvironmentFault` if it is taken or not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # IPPROTO_TCP is explicit: only then does asyncio set TCP_NODELAY, without which answers wait for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
    except OSError as error:
        listener.close()
        why = "is used by another program" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        raise EnvironmentFault(f"The address {host}:{port} {why}. Give another address in {name}.") from error
    listener.listen(256)
    listener.setblocking(False)
    return listener
