"""Let users read pages at the same time from a real `bilag web`, each over one connection that stays open."""

import contextlib
import http.client
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.page_rows import SLUG, signed_in
from bilag.cli.demo.processes import free_port

PAGES = {
    "list": f"/c/{SLUG}/transfers/",
    "overview": f"/c/{SLUG}/",
    "list of one state": f"/c/{SLUG}/transfers/?state=needs_attention",
    "log": f"/c/{SLUG}/log/",
}
START_SECONDS = 60


@dataclass
class Load:
    """What the users met: milliseconds of each page, and the CPU seconds of the server and of its database."""

    seconds: float = 0.0
    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    server_cpu: float = 0.0
    database_cpu: float = 0.0

    @property
    def pages(self) -> int:
        """How many pages were read."""
        return sum(map(len, self.milliseconds.values()))


def measure_load(home: Path, company_id: int, *, users: int, seconds: float) -> Load:
    """Read all `PAGES` in turns, as so many signed-in users for so long, without a pause between two pages."""
    cookies = [signed_in(company_id, place + 1).cookies["bilag_session"].value for place in range(users)]
    load = Load()
    with web(home) as (port, process):
        _read(
            port, cookies[0], load={}, until=0.0, ready=threading.Barrier(1)
        )  # warm: templates and translations are loaded
        ready = threading.Barrier(users + 1)
        until = time.monotonic() + seconds
        each: list[dict[str, list[float]]] = [{} for _ in range(users)]
        readers = [
            threading.Thread(target=_read, args=(port, cookie), kwargs={"load": own, "until": until, "ready": ready})
            for cookie, own in zip(cookies, each, strict=True)
        ]
        for reader in readers:
            reader.start()
        ready.wait()
        before, began = _cpu(home, process), time.monotonic()
        for reader in readers:
            reader.join()
        load.seconds = time.monotonic() - began
        after = _cpu(home, process)
        load.server_cpu, load.database_cpu = (late - early for late, early in zip(after, before, strict=True))
    for name in PAGES:
        load.milliseconds[name] = [one for own in each for one in own.get(name, ())]
    return load


def print_load(load: Load, users: int) -> None:
    """Print the table."""
    everything = sorted(one for some in load.milliseconds.values() for one in some)
    for name, some in [*load.milliseconds.items(), ("all pages", everything)]:
        p50, p95 = statistics.median(some), statistics.quantiles(some, n=20)[-1]
        print(f"{f'{users} users: {name}':<32}{p50:>10.0f} ms  median{p95:>10.0f} ms  95th percentile")
    print(
        f"{load.pages / load.seconds:.0f} pages a second; CPU a page: "
        f"{load.server_cpu / load.pages * 1000:.1f} ms of the server, {load.database_cpu / load.pages * 1000:.1f} ms of PostgreSQL"
    )


@contextlib.contextmanager
def web(home: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Run `bilag web` on this folder; yields its port and its process."""
    port = free_port(0, lambda _: None)
    environment = os.environ | {"BILAG_HOME": str(home), "BILAG_LISTEN": f"127.0.0.1:{port}"}
    with (home / "web.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "bilag.cli", "web"], env=environment, stdout=log, stderr=log)
        try:
            _wait(port)
            yield port, process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(START_SECONDS)


def _wait(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        with contextlib.suppress(OSError), contextlib.closing(connection):
            connection.request("GET", "/livez")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise SystemExit("bilag web did not start")


def _read(port: int, cookie: str, *, load: dict[str, list[float]], until: float, ready: threading.Barrier) -> None:
    """Read each page once, at least, and go on until the time has come."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        ready.wait()
        while True:
            for name, path in PAGES.items():
                began = time.perf_counter()
                connection.request("GET", path, headers={"Cookie": f"bilag_session={cookie}"})
                answer = connection.getresponse()
                answer.read()
                load.setdefault(name, []).append((time.perf_counter() - began) * 1000)
                assert answer.status == 200, (path, answer.status)
            if time.monotonic() >= until:
                return


def _cpu(home: Path, process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """CPU seconds of the server and of its database so far."""
    server = psutil.Process(process.pid)
    pid = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
    return _cpu_of(server), _cpu_of(psutil.Process(pid))


def _cpu_of(process: psutil.Process) -> float:
    """CPU seconds of a process and its children, ended ones too."""
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    ended = process.cpu_times()
    return sum(one.user + one.system for one in times) + ended.children_user + ended.children_system
