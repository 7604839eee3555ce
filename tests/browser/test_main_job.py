"""By clicking only: a failed invoice is found, understood and mended."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import OWNER, finalise_one_with_the_code, switch_vat_code
from tests.support.service import Service

LANGUAGES = ["en-GB", "nb-NO"]
WORDS = {
    "done": ("Done", "Ferdig"),
    "needs": ("Needs attention", "Må følges opp"),
    "retry": ("Retry", "Prøv igjen"),
}


def word(key: str, language: str) -> str:
    return WORDS[key][LANGUAGES.index(language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invoice_that_fails_is_found_understood_mended_and_retried(
    open_as: Callable[..., Page], site: Service, language: str
) -> None:
    switch_vat_code(site, active=False)
    invoice = finalise_one_with_the_code(site)
    page = open_as(site, OWNER, language=language)
    wait_for_state(page, "/c/fjell", invoice, word("needs", language))
    page.get_by_role("link", name=str(invoice), exact=True).first.click()
    cause = r"VAT code 3 .*is inactive in the accounting system" if language == "en-GB" else r"mva-kode 3 er inaktiv"
    expect(page.locator("main")).to_contain_text(re.compile(cause, re.IGNORECASE))
    switch_vat_code(site, active=True)
    page.get_by_role("button", name=word("retry", language), exact=True).first.click()
    wait_for_state(page, "/c/fjell", invoice, word("done", language))


def wait_for_state(page: Page, base: str, number: int, state: str) -> None:
    """Load the list until the invoice stands so."""
    row = page.locator("tr", has=page.get_by_role("link", name=str(number), exact=True)).first
    for _ in range(40):
        page.goto(f"{base}/transfers/?q={number}")
        if row.count() and state in row.inner_text():
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"invoice {number} is not {state!r}: {page.locator('main').inner_text()[:1500]}")
