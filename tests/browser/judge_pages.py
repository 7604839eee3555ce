"""`make lighthouse`: Google's Lighthouse judges speed and good practice of every page; each has at least 95 of 100.

Not a test of each run, for a page takes it ten seconds: pytest collects it only when it is named. ONLY="transfers setup" takes the
pages whose address holds a word. Lighthouse comes from the npm registry on first use; without npm it is skipped.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.test_accessibility import COMPANY, GUIDE, SIGNED_OUT, about_one, lived_in  # noqa: F401 - a fixture
from tests.support.browser import CHROMIUM_FLAGS, OPERATOR, OWNER, address, chromium
from tests.support.npm import installed
from tests.support.paths import ROOT
from tests.support.service import Service

ONLY = os.environ.get("ONLY", "").split()
FOLDER = ROOT / ".lighthouse"
VERSION = "lighthouse@12"
"""The last one that runs on Node.js 20."""
CATEGORIES = ("performance", "best-practices")
LEAST = 95
SIGNED_OUT_AGAIN = 4
"""Lighthouse now and then sends its own cookies instead of those that it was given, and judges the sign-in page."""
NOT_OF_THE_PAGE = ("is-on-https", "redirects-http", "uses-http2")
"""Judgements of a server on loopback: TLS and HTTP/2 are the proxy's (docs/operating.md)."""


def lighthouse() -> str:
    """Where Lighthouse is; installed from npm when missing and possible. Skips with the reason otherwise."""
    return str(installed(FOLDER, VERSION, "Lighthouse") / ".bin" / "lighthouse")


def judged(program: str, page: Page, url: str, folder: Path) -> dict[str, Any]:
    """Lighthouse's report on a page, as the one who is signed in there sees it, on a desk."""
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    report = folder / "report.json"
    command = [
        program, url, "--quiet", "--preset=desktop", "--output=json", f"--output-path={report}",
        f"--only-categories={','.join(CATEGORIES)}", f"--skip-audits={','.join(NOT_OF_THE_PAGE)}",
        f"--chrome-path={chromium()}", f"--chrome-flags=--headless {' '.join(CHROMIUM_FLAGS)}",
        f"--extra-headers={json.dumps({'Cookie': cookies})}",
    ]  # fmt: skip
    for _ in range(SIGNED_OUT_AGAIN):
        done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
        assert report.exists(), done.stderr[-2000:]
        found: dict[str, Any] = json.loads(report.read_text())
        report.unlink()
        if found["finalDisplayedUrl"] == url:
            return found
    raise AssertionError(f"{url} was never shown: {found['finalDisplayedUrl']} was")


def faults(report: dict[str, Any]) -> list[str]:
    """The categories that are below `LEAST`, each with what costs it points."""
    said = []
    for name in CATEGORIES:
        category = report["categories"][name]
        score = round((category["score"] or 0) * 100)
        sys.stdout.write(f"{report['finalDisplayedUrl']} {name}: {score}\n")
        if score < LEAST:
            costs = [
                report["audits"][one["id"]]["title"]
                for one in category["auditRefs"]
                if one["weight"] and (report["audits"][one["id"]]["score"] or 0) < 0.9
            ]
            said.append(f"{report['finalDisplayedUrl']}: {name} {score}: {', '.join(costs)}")
    return said


def judge_all(open_as: Callable[..., Page], lived_in: Service, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    program = lighthouse()
    owner, operator, out = open_as(lived_in, OWNER), open_as(lived_in, OPERATOR), open_as(lived_in, None)
    pages = [(out, path) for path in SIGNED_OUT] + [
        (operator, path) for path in ("/", "/new-company/", "/accounting-systems/")
    ]
    pages += [(owner, f"/c/fjell/{path}") for path in (*COMPANY, *GUIDE)] + [(owner, path) for path in about_one(owner)]
    chosen = [(who, path) for who, path in pages if not ONLY or any(word in path for word in ONLY)]
    said = [fault for who, path in chosen for fault in faults(judged(program, who, address(lived_in) + path, tmp_path))]
    assert said == []
