"""`bilag serve` as a process of its own, on its own data folder, between both sandboxes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from starlette.types import ASGIApp, Receive, Scope, Send

from bilag_sandbox import hub, moment
from bilag_sandbox.common import HeldClock, running
from tests.support import local_http
from tests.support.homes import stop_postgres
from tests.support.patience import PATIENCE, wait_for
from tests.support.template import fill
from tests.support.zygote import Forked, Zygote, communicate

COMPANY = """
[company]
slug = "fjell"
name = "Fjell Arkitekter AS"
[moment]
base_url = "{moment}"
company_id = "4021"
api_key = "example-moment-key"
[platform]
kind = "azets"
[platform.azets]
base_url = "{hub}/v1"
username = "moment-fjellvann"
password = "example-password"
source_client_id = "123"
parent_client_id = "S2041"
[dimensions]
project = 2
department = 1
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Counted:
    """Counts the requests to a sandbox, without those of its operator."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count and serve one request."""
        if scope["type"] == "http" and not scope["path"].startswith("/admin"):
            self.count += 1
        await self._app(scope, receive, send)


@dataclass
class Service:
    """A `bilag serve` that can be killed and started again, and commands on its database.

    With a zygote its processes are forked from one that has imported everything; without, each is started from nothing.
    """

    home: Path
    moment: str
    hub: str
    zygote: Zygote | None = None
    port: int = field(default_factory=free_port)
    time_scale: str = "0.02"
    process: "subprocess.Popen[bytes] | Forked | None" = None
    hub_clock: HeldClock = field(default_factory=HeldClock)
    """The hub's time: what it delays or refuses lasts until somebody moves it on."""
    hub_requests: "Counted | None" = None
    variables: dict[str, str] = field(default_factory=dict)
    """More of its environment."""

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("BILAG_") and name != "DATABASE_URL"
        }
        own = {
            "BILAG_HOME": str(self.home),
            "BILAG_LISTEN": f"127.0.0.1:{self.port}",
            "BILAG_TIME_SCALE": self.time_scale,
        }
        return kept | own | self.variables

    @property
    def log(self) -> Path:
        return self.home.parent / "serve.log"

    def start(self) -> None:
        """Start it on a migrated database, and wait until it is ready."""
        fill(self.home)
        with self.log.open("ab") as log:
            if self.zygote is None:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "bilag.cli", "serve"], env=self.environment, stdout=log, stderr=log
                )
            else:
                with open(os.devnull) as nothing:
                    streams = (nothing.fileno(), log.fileno(), log.fileno())
                    grown = self.zygote.grown(self.environment)
                    self.process = grown.command(["serve"], self.environment, streams=streams)
        wait_for(self._is_ready, "bilag serve to be ready")

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        with contextlib.suppress(httpx2.HTTPError):
            answer = local_http.get(f"http://127.0.0.1:{self.port}/readyz")
            return answer.status_code == 200
        return False

    def await_hub_requests(self, count: int) -> None:
        """Wait until Bilag has asked the hub so many times more."""
        counted = self.hub_requests
        assert counted is not None
        wanted = counted.count + count
        wait_for(lambda: counted.count >= wanted, f"{count} requests to the hub")

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def end(self) -> None:
        """Stop what still runs, the database too: a killed Bilag leaves it running, as it should."""
        if self.process is not None and self.process.poll() is None:
            self.stop()
        stop_postgres(self.home / "postgres")

    def run(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """What a command answers."""
        if self.zygote is None:
            done = process([sys.executable, "-m", "bilag.cli", *arguments], self.environment)
        else:
            done = forked(self.zygote.grown(self.environment), arguments, self.environment)
        assert not check or done.returncode == 0, done.stderr + done.stdout
        return done

    def python(self, code: str) -> str:
        """Run code on its database; what it printed."""
        assert self.zygote is not None
        grown = self.zygote.grown(self.environment)
        done = communicate(lambda streams: grown.python(code, self.environment, streams=streams))
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json").stdout)

    def status(self) -> Any:
        """The status of the company, whether or not anything needs attention."""
        return json.loads(self.run("status", "fjell", "--json", check=False).stdout)

    def apply(self, more: str = "") -> Any:
        """Apply the company file, with `more` sections."""
        file = self.home.parent / "fjell.toml"
        file.write_text(COMPANY.format(moment=self.moment, hub=self.hub) + more)
        return self.json("company", "apply", str(file))

    def ask(self, side: str, method: str, path: str, body: Any = None) -> Any:
        answer = local_http.request(method, f"{getattr(self, side)}{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None


@contextlib.contextmanager
def service_in(folder: Path, zygote: Zygote | None = None) -> Iterator[Service]:
    """A service between both sandboxes that is not started yet; it ends with its database."""
    open_to_the_database(folder)
    clock = HeldClock()
    counted = Counted(hub.app(requests_per_minute=1_000_000, clock=clock))
    with running(counted) as hub_url, running(moment.app(sample="drafts")) as moment_url:
        made = Service(folder / "home", moment_url, hub_url, zygote, hub_clock=clock, hub_requests=counted)
        try:
            yield made
        finally:
            made.end()


def process(
    command: Sequence[str], environment: Mapping[str, str], *, cwd: Path | None = None, stdin: str | None = None
) -> "subprocess.CompletedProcess[str]":
    """What a process of its own answers."""
    return subprocess.run(
        command, env=environment, cwd=cwd, input=stdin, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def forked(
    zygote: Zygote, arguments: Sequence[str], environment: Mapping[str, str], *, stdin: str | None = None
) -> "subprocess.CompletedProcess[str]":
    """What `bilag` with these arguments answers, forked from a zygote."""
    return communicate(lambda streams: zygote.command(arguments, environment, streams=streams), stdin)


def open_to_the_database(folder: Path) -> None:
    """Under root the embedded PostgreSQL runs as a user of its own, who must get into the folder."""
    for place in (folder, *folder.parents):
        if place != Path("/"):
            with contextlib.suppress(PermissionError):
                place.chmod(place.stat().st_mode | 0o055)
