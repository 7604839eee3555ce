"""By clicking only: a company is set up from nothing to its first posted invoice, and a failed invoice is mended."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bilag_sandbox import hub, moment
from tests.support.browser import OPERATOR, OWNER, finalise_one_with_the_code, switch_vat_code
from tests.support.service import Service

LANGUAGES = ["en-GB", "nb-NO"]
WORDS = {
    "new": ("New company", "Nytt firma"),
    "save": ("Save", "Lagre"),
    "saved": ("Saved.", "Lagret."),
    "check": ("Check connection", "Kontroller tilkoblingen"),
    "works": ("The connection works", "Tilkoblingen virker"),
    "on": ("Switch on", "Slå på"),
    "transfers": ("Transfers", "Overføringer"),
    "tools": ("Tools", "Verktøy"),
    "poll": ("Check Moment now", "Hent fra Moment nå"),
    "done": ("Done", "Ferdig"),
    "needs": ("Needs attention", "Må følges opp"),
    "retry": ("Retry", "Prøv igjen"),
}


def word(key: str, language: str) -> str:
    return WORDS[key][LANGUAGES.index(language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_company_is_set_up_from_nothing_to_its_first_posted_invoice(
    open_as: Callable[..., Page], empty_site: Service, language: str
) -> None:
    page = open_as(empty_site, OPERATOR, language=language)

    def press(key: str) -> None:
        page.get_by_role("button", name=word(key, language), exact=True).first.click()

    page.get_by_role("link", name=word("new", language)).first.click()
    page.fill("[name=name]", "Fjell Arkitekter AS")
    page.fill("[name=moment__base_url]", empty_site.moment)
    page.fill("[name=moment__company_id]", "4021")
    page.fill("[name=moment__api_key]", moment.API_KEY)
    page.fill("[name=platform__azets__base_url]", f"{empty_site.hub}/v1")
    page.fill("[name=platform__azets__username]", hub.USERNAME)
    page.fill("[name=platform__azets__password]", hub.PASSWORD)
    page.fill("[name=platform__azets__source_client_id]", "F123")
    page.fill("[name=platform__azets__parent_client_id]", hub.PARENT)
    expect(page.locator("#id_platform__azets__source_client_id_said")).to_contain_text("123")
    press("save")
    expect(page).to_have_url(re.compile("/c/fjell-arkitekter-as/setup/$"))
    page.select_option("[name=dimensions__project]", "2")
    page.select_option("[name=dimensions__department]", "1")
    page.fill("[name=notify__emails]", "regnskap@fjell.example")
    press("check")
    expect(page.locator("#check-title")).to_have_text(word("works", language))
    press("save")
    expect(page.get_by_role("status").first).to_contain_text(word("saved", language))
    press("on")
    expect(page).to_have_url(re.compile("/c/fjell-arkitekter-as/$"))
    invoice = empty_site.ask("moment", "POST", "/admin/invoices/finalize", {"count": 1})["invoices"][0]
    page.get_by_role("link", name=word("tools", language), exact=True).click()
    press("poll")
    wait_for_state(page, "/c/fjell-arkitekter-as", invoice["invoiceNumber"], word("done", language))
    posted = empty_site.ask("hub", "GET", f"/admin/clients/{hub.VISMA_CLIENT}/ledger")
    assert str(invoice["invoiceNumber"]) in str(posted)


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
