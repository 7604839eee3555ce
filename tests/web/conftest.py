"""Bilag's own web server on a free port, as `bilag web` runs it, with one company; and Bilags with another environment."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bilag_sandbox.common import running
from tests.support.bare_company import bare_company
from tests.support.patience import PATIENCE
from tests.support.site import Site


@pytest.fixture
def site(database: None) -> Iterator[Site]:
    """The web server and a live company; no worker, so what was accepted stays as it was written."""
    from datetime import date

    from bilag.companies import lifecycle, store
    from bilag.web.application import application

    company = bare_company()
    lifecycle.set_live(company.pk, date(2020, 1, 1))
    with running(application()) as url:
        yield Site(url, company.pk, store.webhook_url(company).rpartition("/")[2])


@pytest.fixture
def elsewhere(database: None) -> Callable[..., Any]:
    """Runs a few lines in a Bilag of its own, on the same database, with other environment variables.

    The lines leave their result in `result`; what is given back is that, by way of JSON.
    """
    head = (
        "import json, logging\n"
        "from bilag.cli.django_ready import make_ready\n"
        "make_ready(level=logging.CRITICAL, migrated=False)\n"
    )

    def run(lines: str, **variables: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-c", f"{head}{lines}\nprint('=> ' + json.dumps(result))"],
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.rpartition("=> ")[2])

    return run
