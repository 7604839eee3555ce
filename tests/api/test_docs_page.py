"""/api/docs in a browser: it works under the strict content policy, and an operation can be tried with a token."""

import shutil

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
