"""Chromium, the real service between both sandboxes, and steps that several browser tests take."""

import os
import shutil
import subprocess
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from bilag_sandbox import hub
from tests.support.service import Service

PASSWORD = "Fjell-og-Vann-2026"
OPERATOR, OWNER = "drift@bilag.example", "kari@fjell.example"
ACCOUNTANT, VIEWER = "regnskap@fjell.example", "leder@fjell.example"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PARTED = b"-" * 79
ADD_PEOPLE = """
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


def address(service: Service) -> str:
    return f"http://127.0.0.1:{service.port}"


def letters(site: Service) -> list[str]:
    """The texts of all letters. Without EMAIL_URL they are kept in files, of which one may have several, parted by dashes."""
    files = sorted(Path(site.home, "mail").glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
    whole = [part.strip() for file in files for part in file.read_bytes().split(PARTED)[:-1]]
    bodies = [message_from_bytes(part, policy=default).get_body(("plain",)) for part in whole]
    return [str(body.get_content()) for body in bodies if body is not None]


AXE = Axe().axe_script
NARROW = 800
SCHEMES: dict[Literal["light", "dark"], dict[str, Any]] = {
    "light": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "dark": {"type": "rule", "values": ["color-contrast"]},
}
"""The rules in each; the dark differs in its colours only."""


def faults_of(page: Page, path: str) -> list[str]:
    """What axe finds on the page, its colours in the dark too, and whether it scrolls sideways.

    A phone shows the same in the same colours as a desk, so there it is looked at in the light alone.
    """
    page.goto(path)
    page.evaluate(AXE)
    said = []
    size = page.viewport_size
    on_a_phone = size is not None and size["width"] < NARROW
    for scheme, rules in SCHEMES.items():
        if on_a_phone and scheme == "dark":
            continue
        page.emulate_media(color_scheme=scheme)
        # Of what is in order axe would list every element, which takes longer than to look at it.
        options = {"runOnly": rules, "resultTypes": ["violations"]}
        found: list[dict[str, Any]] = page.evaluate(
            "async options => (await axe.run(document, options)).violations", options
        )
        said += [
            f"{path} ({scheme}): {one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]} ({len(one['nodes'])})"
            for one in found
        ]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return said + ([f"{path}: scrolls sideways by {wide} px"] if wide > 0 else [])


def switch_vat_code(site: Service, *, active: bool) -> None:
    """Somebody in accounting makes VAT code 3 inactive, or active again."""
    site.ask("hub", "PUT", f"/admin/clients/{hub.VISMA_CLIENT}/vat-codes/3", {"active": active})


def finalise_one_with_the_code(site: Service) -> int:
    """The number of an invoice with a line of VAT code 3."""
    for _ in range(20):
        invoice = site.ask("moment", "POST", "/admin/invoices/finalize", {"count": 1})["invoices"][0]
        if "3" in {line["vatCode"] for line in invoice["lines"]}:
            return int(invoice["invoiceNumber"])
    raise AssertionError("no invoice of the sample has VAT code 3")
