"""Commands as an operator types them: real processes, on one running `bilag serve` between both sandboxes.

The company takes no invoice by itself (`invoices_from` is far away), so that each test says what is transferred.
"""

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bilag_sandbox import hub, moment
from bilag_sandbox.common import running
from tests.service.conftest import COMPANY, Service

ROOT = Path(__file__).resolve().parents[2]
BILAG = Path(sys.executable).with_name("bilag")
Done = subprocess.CompletedProcess[str]
BY_HAND_ONLY = "[export]\ninvoices_from = 2099-01-01\n"
AT_ONCE = 4
SECONDS = 60


def typed(
    arguments: Sequence[str], environment: dict[str, str], cwd: Path | None = None, stdin: str | None = None
) -> Done:
    """What `bilag` with these arguments answers."""
    return subprocess.run(
        [str(BILAG), *arguments],
        env=environment,
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@dataclass
class Bilag(Service):
    """A running Bilag with its commands."""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "COLUMNS": "200", "BILAG_TIME_SCALE": "1"}

    @property
    def folder(self) -> Path:
        return self.home.parent

    def company_file(self, slug: str, **replaced: str) -> Path:
        """The company's file under another name, with parts of it replaced."""
        text = COMPANY.format(moment=self.moment, hub=self.hub).replace('"fjell"', f'"{slug}"') + BY_HAND_ONLY
        for old, new in replaced.items():
            text = text.replace(old, new)
        file = self.folder / f"{slug}.toml"
        file.write_text(text)
        return file

    def typed(self, *arguments: str, stdin: str | None = None, **variables: str) -> Done:
        """What a command answers, whatever its exit status."""
        return typed(arguments, self.environment | variables, stdin=stdin)

    def all_typed(
        self, commands: Sequence[Sequence[str]], variables: Sequence[dict[str, str]] | None = None
    ) -> list[Done]:
        """What commands answer that several people type at the same time, each with variables of their own."""
        own = variables or [{} for _ in commands]
        with ThreadPoolExecutor(AT_ONCE) as people:
            return list(people.map(lambda arguments, more: self.typed(*arguments, **more), commands, own))

    def finalise(self, count: int) -> list[str]:
        """Finalise the next drafts in Moment; give their numbers."""
        made = self.ask("moment", "POST", "/admin/invoices/finalize", {"count": count})["invoices"]
        return [str(invoice["invoiceNumber"]) for invoice in made]

    def vouchers(self, *numbers: str) -> list[dict[str, Any]]:
        """The vouchers with these numbers in the hub's ledger."""
        ledger: list[dict[str, Any]] = self.ask("hub", "GET", "/admin/clients/123/ledger")
        return [voucher for voucher in ledger if str(voucher["voucherNumber"]) in numbers]

    def export_status(self, number: str) -> str:
        path = f"{self.moment}/api/1.0/companies/4021/invoices?invoiceNumber={number}"
        answer = httpx2.get(path, auth=("apikey", "example-moment-key"), trust_env=False, timeout=30)
        return str(answer.json()["content"][0]["exportStatus"])


def open_to_the_database(folder: Path) -> None:
    """Under root the embedded PostgreSQL runs as a user of its own, who must get into the folder."""
    for place in (folder, *folder.parents):
        if place != Path("/"):
            with contextlib.suppress(PermissionError):
                place.chmod(place.stat().st_mode | 0o055)


@pytest.fixture(scope="session")
def no_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator["subprocess.Popen[str]"]:
    """A command whose database is away. It waits for it a while, and we do other things meanwhile."""
    away = Bilag(tmp_path_factory.mktemp("away") / "home", "", "").environment
    process = subprocess.Popen(
        [str(BILAG), "company", "list"],
        env=away | {"DATABASE_URL": "postgresql://bilag:geheim@127.0.0.1:1/bilag"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.wait(SECONDS)


@pytest.fixture(scope="session")
def bilag(tmp_path_factory: pytest.TempPathFactory, no_database: object) -> Iterator[Bilag]:
    folder = tmp_path_factory.mktemp("cli")
    open_to_the_database(folder)
    with (
        running(hub.app(requests_per_minute=1_000_000)) as hub_url,
        running(moment.app(sample="drafts")) as moment_url,
    ):
        made = Bilag(folder / "home", moment_url, hub_url)
        made.start()
        try:
            applied = made.typed("company", "apply", str(made.company_file("fjell")))
            assert applied.returncode == 0, applied.stderr
            yield made
        finally:
            assert made.stop() == 0


@pytest.fixture(scope="module")
def plain(bilag: Bilag) -> None:
    """The company as its file says, whatever another file of tests made of it."""
    applied = bilag.typed("company", "apply", str(bilag.company_file("fjell")))
    assert applied.returncode == 0, applied.stderr
