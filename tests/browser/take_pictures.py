"""`make pictures`: a picture of every page, in both languages, on a phone and on a desk, in light and dark, to be looked at.

Not a test: pytest collects it only when it is named. ONLY="transfers setup" takes the pages whose address holds a word.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.test_accessibility import ACCOUNT, COMPANY, GUIDE, SIGNED_OUT, about_one, lived_in  # noqa: F401 - a fixture
from tests.support.browser import OPERATOR, OWNER
from tests.support.service import Service

FOLDER = Path(os.environ.get("BILAG_PICTURES", ".pictures"))
ONLY = os.environ.get("ONLY", "").split()
LANGUAGES = {"en": "en-GB", "nb": "nb-NO"}


def take(page: Page, path: str, name: str) -> None:
    """Save a picture of the whole page."""
    if ONLY and not any(word in (path if path != "/c/fjell/" else "overview") for word in ONLY):
        return
    page.goto(path)
    page.wait_for_load_state("networkidle")
    FOLDER.mkdir(parents=True, exist_ok=True)
    address = re.sub(r"[^a-z0-9]+", "-", path.removeprefix("/c/fjell/")).strip("-") or "overview"
    page.screenshot(path=FOLDER / f"{address}-{name}.png", full_page=True)


@pytest.mark.parametrize("language", os.environ.get("LANGUAGES_TAKEN", "en nb").split())
@pytest.mark.parametrize("width", [int(width) for width in os.environ.get("WIDTHS", "390 1280").split()])
@pytest.mark.parametrize("scheme", os.environ.get("SCHEMES", "light dark").split())
def take_all(
    open_as: Callable[..., Page],
    lived_in: Service,  # noqa: F811 - the fixture
    language: str,
    width: int,
    scheme: str,
) -> None:
    name = f"{language}-{width}-{scheme}"
    seen = {"language": LANGUAGES[language], "width": width, "scheme": scheme}
    out = open_as(lived_in, None, **seen)
    for path in SIGNED_OUT:
        take(out, path, name)
    owner = open_as(lived_in, OWNER, **seen)
    for path in (*(f"/c/fjell/{path}" for path in (*COMPANY, *GUIDE)), *about_one(owner), *ACCOUNT):
        take(owner, path, name)
    operator = open_as(lived_in, OPERATOR, **seen)
    for path in ("/", "/new-company/", "/accounting-systems/"):
        take(operator, path, f"operator-{name}")
