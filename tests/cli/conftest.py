"""Commands as an operator types them: real processes, on one running `bilag serve` between both sandboxes.

The company takes no invoice by itself (`invoices_from` is far away), so that each test says what is transferred.
"""

import subprocess
from collections.abc import Iterator

import pytest

from bilag_sandbox import hub, moment
from bilag_sandbox.common import running
from tests.support.commands import BILAG, Bilag
from tests.support.patience import PATIENCE
from tests.support.service import open_to_the_database
from tests.support.zygote import Zygote


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
    process.wait(PATIENCE)


@pytest.fixture(scope="session")
def bilag(tmp_path_factory: pytest.TempPathFactory, no_database: object, zygote: Zygote) -> Iterator[Bilag]:
    folder = tmp_path_factory.mktemp("cli")
    open_to_the_database(folder)
    with (
        running(hub.app(requests_per_minute=1_000_000)) as hub_url,
        running(moment.app(sample="drafts")) as moment_url,
    ):
        made = Bilag(folder / "home", moment_url, hub_url, zygote)
        made.start()
        try:
            applied = made.typed("company", "apply", str(made.company_file("fjell")))
            assert applied.returncode == 0, applied.stderr
            yield made
            assert made.stop() == 0
        finally:
            made.end()


@pytest.fixture(scope="module")
def plain(bilag: Bilag) -> None:
    """The company as its file says, whatever another file of tests made of it."""
    applied = bilag.typed("company", "apply", str(bilag.company_file("fjell")))
    assert applied.returncode == 0, applied.stderr
