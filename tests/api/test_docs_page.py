"""/api/docs in a browser: it works under the strict content policy, and an operation can be tried with a token."""

import os
import shutil
from typing import Any

import pytest

from bilag_sandbox.common import running
from tests.support.people import People
from tests.support.program import TokenMaker

CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def test_the_page_shows_and_tries_the_operations(people: People, make_token: TokenMaker) -> None:
    playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not here")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    from bilag.web.application import application

    token, complaints = make_token("read"), []
    with running(application()) as url, playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        page = browser.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{url}/api/docs#unavailable")
        page.wait_for_selector(".opblock")
        assert page.locator(".opblock").count() == 25
        assert page.locator("dt#unavailable").is_visible()
        page.click("button.authorize")
        page.fill(".auth-container input", token)
        page.click(".auth-btn-wrapper .authorize")
        page.click(".auth-btn-wrapper .btn-done")
        page.click("#operations-Tools-getStatus .opblock-summary-control")
        page.click("button.try-out__btn")
        page.click("button.execute")
        page.wait_for_selector(".live-responses-table .response-col_status >> text=200")
        assert '"fjell"' in page.locator(".live-responses-table").inner_text()
        browser.close()
    assert complaints == []
    assert [one for one in asked if not one.startswith((url, "data:"))] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_light_or_dark_as_the_system_is_and_leads_back(people: People, scheme: str) -> None:
    playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not here")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    from bilag.web.application import application

    with running(application()) as url, playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        for width in (390, 1280):
            page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
            page.goto(f"{url}/api/docs")
            page.wait_for_selector(".opblock")
            page.click("#operations-Tools-getStatus .opblock-summary-control")
            page.wait_for_selector(".opblock-body")
            light, dark = (luminance(page, one) for one in ("body", ".opblock-body"))
            assert (light > 0.5, dark > 0.5) == (scheme == "light",) * 2
            assert page.evaluate(CONTRASTS) == [], (scheme, width)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            if shots := os.environ.get("BILAG_SHOTS"):
                page.screenshot(path=f"{shots}/api-{scheme}-{width}.png", full_page=True)
        page.click("text=Back to Bilag")
        page.wait_for_url(f"{url}/accounts/login/**")
        browser.close()


LUMINANCE = """
const parts = (color) => color.match(/[\\d.]+/g).map(Number);
const luminance = ([r, g, b]) => [r, g, b].map((one) => one / 255)
  .map((one) => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
  .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
const behind = (element) => {
  for (let one = element; one; one = one.parentElement) {
    const color = parts(getComputedStyle(one).backgroundColor);
    if (color.length === 3 || color[3] > 0.5) return color;
  }
  return [255, 255, 255];
};
"""
CONTRASTS = f"""() => {{
{LUMINANCE}
const found = new Set();
const read = "p, td, th, h1, h2, h3, h4, dt, dd, label, .opblock-summary-description, .bar a";
for (const element of document.querySelectorAll(read)) {{
  const text = [...element.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
  if (!text || !element.checkVisibility()) continue;
  const [a, b] = [luminance(parts(getComputedStyle(element).color)), luminance(behind(element))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 3) found.add([element.tagName, element.className, element.textContent.trim().slice(0, 40), ratio].join(" "));
}}
return [...found];
}}"""
"""The texts that can hardly be read."""


def luminance(page: Any, selector: str) -> float:
    """How light the background of an element is, from 0 to 1."""
    return float(
        page.evaluate(
            f"(selector) => {{ {LUMINANCE} return luminance(behind(document.querySelector(selector))); }}", selector
        )
    )
