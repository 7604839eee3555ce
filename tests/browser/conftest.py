"""The real service between both sandboxes, and Debian's Chromium that clicks."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from bilag_sandbox import hub, moment
from bilag_sandbox.common import running
from tests.service.conftest import Service

PASSWORD = "Fjell-og-Vann-2026"
OPERATOR, OWNER, VIEWER = "drift@bilag.example", "kari@fjell.example", "regnskap@fjell.example"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ADD_PEOPLE = """
from bilag.cli.django_ready import make_ready
make_ready()
from bilag.cli.demo.users import add_people
add_people()
"""


def chromium() -> str:
    """Where Chromium is; installed from Debian's packages when missing and possible. Skips with the reason otherwise."""
    for _ in range(2):
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        if found:
            return found
        if not shutil.which("apt-get") or os.geteuid() != 0:
            pytest.skip("Chromium is not installed, and only root can install it: apt-get install chromium")
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
            done = subprocess.run(["apt-get", *command], capture_output=True, text=True, timeout=400, check=False)
            if done.returncode:
                pytest.skip(f"Chromium cannot be installed here: {done.stderr.strip()[-200:]}")
    pytest.skip("Chromium was installed, but is not on the PATH")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file of tests; not for others, as its event loop lets Django do nothing in this thread."""
    path = chromium()
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield found
        found.close()


@contextlib.contextmanager
def a_site(folder: Path) -> Iterator[Service]:
    """`bilag serve` between both sandboxes; no company and no people yet."""
    for one in (folder, folder.parent, folder.parent.parent):
        one.chmod(0o755)  # the embedded server runs as another user where the tests run as root
    with (
        running(hub.app(requests_per_minute=100_000)) as hub_url,
        running(moment.app(sample="drafts")) as moment_url,
    ):
        service = Service(folder / "home", moment_url, hub_url)
        service.start()
        try:
            yield service
        finally:
            service.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with its sample company and people."""
    with a_site(tmp_path_factory.mktemp("site")) as service:
        url = service.apply()["webhookUrl"]
        service.ask("moment", "PUT", "/admin/webhooks", dict.fromkeys(("invoice", "customer", "project"), url))
        python(service, ADD_PEOPLE)
        yield service


@pytest.fixture
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service as it is on the first day: an operator, and nothing else."""
    with a_site(tmp_path_factory.mktemp("empty")) as service:
        python(service, ADD_PEOPLE)
        yield service


def python(service: Service, code: str) -> None:
    """Run code on the service's database."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=service.environment | {"DJANGO_SETTINGS_MODULE": "bilag.service.settings"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def open_as(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A page of somebody who has signed in; what the console complains of fails the test."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def opened(
        service: Service, who: str | None, *, language: str = "en-GB", width: int = 1280, scheme: Any = "light"
    ) -> Page:
        context = browser.new_context(
            locale=language,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",  # a colour that is on its way to another is neither, and no contrast to judge
            base_url=address(service),
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if who is not None:
            page.goto("/accounts/login/")
            page.fill("input[name=login]", who)
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "/accounts/login" not in url)
        return page

    yield opened
    for context in contexts:
        context.close()
    # A form that was refused answers 422 or 409, which Chromium reports as an error of the page too.
    assert [text for text in complaints if "status of 4" not in text] == []


def address(service: Service) -> str:
    return f"http://127.0.0.1:{service.port}"
