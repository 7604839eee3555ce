"""Processes of Bilag as on several machines: each with its own environment and log, on one database."""

import contextlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.support import local_http
from tests.support.commands import BILAG
from tests.support.patience import PATIENCE, wait_for
from tests.support.service import COMPANY, Service, free_port


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


def post(service: Service, environment: dict[str, str], count: int) -> None:
    """Finalise invoices in Moment, whose webhooks reach Bilag, and wait until each is posted once."""
    file = service.home.parent / "fjell.toml"
    file.write_text(COMPANY.format(moment=service.moment, hub=service.hub))
    done = subprocess.run(
        [str(BILAG), "company", "apply", str(file), "--json"],
        env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    token = json.loads(done.stdout)["webhookUrl"].rpartition("/")[2]
    url = f"http://{environment['BILAG_LISTEN']}/hooks/moment/{token}"
    service.ask("moment", "PUT", "/admin/webhooks", {"invoice": url, "customer": url, "project": url})
    made: list[dict[str, Any]] = service.ask("moment", "POST", "/admin/invoices/finalize", {"count": count})["invoices"]
    numbers = sorted(one["invoiceNumber"] for one in made)

    def posted() -> list[int]:
        ledger = service.ask("hub", "GET", "/admin/clients/123/ledger")
        return sorted(one["voucherNumber"] for one in ledger if one["voucherNumber"] in numbers)

    wait_for(lambda: len(posted()) >= len(numbers), f"{numbers} are posted")
    wait_for(
        lambda: service.ask("moment", "GET", "/admin/webhooks")["counts"]["invoice"]["delivered"], "a webhook arrives"
    )
    assert posted() == numbers
