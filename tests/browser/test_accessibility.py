"""Every page: no violation that axe-core finds, no sideways scroll; light and dark, on a phone and on a desk."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import OPERATOR, OWNER
from tests.service.conftest import Service

SIGNED_OUT = ["/accounts/login/", "/accounts/password/reset/"]
COMPANY = [
    "",
    "transfers/",
    "transfers/?state=done",
    "setup/",
    "setup/try/",
    "setup/changes/",
    "tools/",
    "log/",
    "company/",
    "expenses/",
    "expenses/imports/",
    "reconciliation/",
    "accruals/",
]
ACCOUNT = ["/accounts/2fa/", "/accounts/password/change/", "/no-such-page/"]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


def faults_of(page: Page, path: str) -> list[str]:
    """What axe finds on the page in light and in dark, and whether it scrolls sideways."""
    page.goto(path)
    said = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found: dict[str, Any] = Axe().run(page, options=RULES).response
        said += [
            f"{path} ({scheme}): {one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]} ({len(one['nodes'])})"
            for one in found["violations"]
        ]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return said + ([f"{path}: scrolls sideways by {wide} px"] if wide > 0 else [])


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_shuts_anybody_out(open_as: Callable[..., Page], site: Service, width: int) -> None:
    out = open_as(site, None, width=width)
    faults = [fault for path in SIGNED_OUT for fault in faults_of(out, path)]
    owner = open_as(site, OWNER, width=width)
    faults += [fault for path in COMPANY for fault in faults_of(owner, f"/c/fjell/{path}")]
    faults += [fault for path in ACCOUNT for fault in faults_of(owner, path)]
    operator = open_as(site, OPERATOR, width=width, language="nb-NO")
    faults += [fault for path in ("/", "/new-company/") for fault in faults_of(operator, path)]
    assert faults == []


def test_a_page_is_used_with_the_keyboard_alone(open_as: Callable[..., Page], site: Service) -> None:
    page = open_as(site, OWNER)
    page.goto("/c/fjell/setup/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    for _ in range(60):
        if page.evaluate("document.activeElement.name") == "expenses__import":
            break
        page.keyboard.press("Tab")
    assert page.locator("#expenses-opened").is_hidden()
    page.keyboard.press("Space")
    assert page.locator("#expenses-opened").is_visible()
