"""Processes of Bilag as on several machines: each with its own environment and log, on one database."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.support import local_http
from tests.support.commands import BILAG
from tests.support.patience import PATIENCE
from tests.support.service import Service, free_port


@dataclass
class Process:
    """A process of Bilag, and its log."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def said(self, *words: str) -> bool:
        return any(all(word in line for word in words) for line in self.log.read_text().splitlines())


@contextlib.contextmanager
def started(log: Path, environment: dict[str, str], *arguments: str) -> Iterator[Process]:
    with log.open("wb") as file:
        made = Process(subprocess.Popen([str(BILAG), *arguments], env=environment, stdout=file, stderr=file), log)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait(PATIENCE)


def shared(service: Service, url: str, **variables: str) -> dict[str, str]:
    """The environment of one of several machines."""
    return service.environment | {"DATABASE_URL": url, "BILAG_LISTEN": f"127.0.0.1:{free_port()}"} | variables


def folder(tmp_path: Path) -> Path:
    """The folder of a service."""
    made = tmp_path / "service"
    made.mkdir()
    return made


def is_ready(environment: dict[str, str], variable: str = "BILAG_LISTEN") -> bool:
    """Whether the process that listens there says so."""
    with contextlib.suppress(httpx2.HTTPError):
        return local_http.get(f"http://{environment[variable]}/readyz").status_code == 200
    return False
