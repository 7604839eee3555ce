"""By clicking only: a company is set up from nothing in the guided setup, to its first posted invoice."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bilag_sandbox import hub, moment
from tests.support.browser import OPERATOR, OWNER, faults_of
from tests.support.patience import wait_for
from tests.support.service import Service

LANGUAGES = ["en-GB", "nb-NO"]
WORDS = {
    "new": ("New company", "Nytt firma"),
    "check": ("Save and check", "Lagre og kontroller"),
    "save": ("Save and continue", "Lagre og fortsett"),
    "on": ("Switch on", "Slå på"),
    "onward": ("Continue", "Fortsett"),
    "skip": ("Skip for now", "Hopp over foreløpig"),
    "replace": ("Replace", "Erstatt"),
    "works": ("The connection works", "Tilkoblingen virker"),
    "step works": ("This step works", "Dette steget virker"),
    "missing": ("Source client id is missing.", "Klient-id mangler."),
    "key": ("Moment does not accept the API key", "Moment godtar ikke API-nøkkelen"),
    "waiting": ("Waiting for the first call", "Venter på det første kallet"),
    "seen": ("Moment uses the address", "Moment bruker adressen"),
    "posted": ("is posted in accounting", "er bokført i regnskapet"),
    "done": ("12 of 12 done", "12 av 12 ferdig"),
    "guide": ("Continue the guided setup", "Fortsett i veiviseren"),
}
GUIDE = "/c/fjell-arkitekter-as/guide"
STEPS = (
    *("moment", "accounting", "transfer", "dimensions", "expenses", "accrual", "notify", "webhook", "check"),
    *("rehearse", "on"),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_company_is_set_up_from_nothing_to_its_first_posted_invoice(
    open_as: Callable[..., Page], empty_site: Service, language: str
) -> None:
    page = open_as(empty_site, OPERATOR, language=language)

    def word(key: str) -> str:
        return WORDS[key][LANGUAGES.index(language)]

    def press(key: str) -> None:
        page.get_by_role("button", name=word(key), exact=True).last.click()

    def onward(step: str) -> None:
        page.locator("#checked").get_by_role("link", name=word("onward"), exact=True).click()
        expect(page).to_have_url(re.compile(f"{GUIDE}/{step}/"))

    page.get_by_role("link", name=word("new")).first.click()
    page.fill("[name=name]", "Fjell Arkitekter AS")
    press("save")
    expect(page).to_have_url(re.compile(f"{GUIDE}/moment/$"))

    page.locator("details.secret summary").click()
    page.fill("[name=moment__base_url]", empty_site.moment)
    page.fill("[name=moment__company_id]", "4021")
    page.fill("[name=moment__api_key]", "a-wrong-key")
    press("check")
    expect(page.locator("#checked")).to_contain_text(word("key"))
    page.locator("#field-moment__api_key summary").click()
    page.fill("[name=moment__api_key]", moment.API_KEY)
    press("check")
    expect(page.locator("#checked-title")).to_have_text(word("step works"))
    onward("accounting")

    page.fill("[name=platform__azets__base_url]", f"{empty_site.hub}/v1")
    page.fill("[name=platform__azets__username]", hub.USERNAME)
    page.fill("[name=platform__azets__password]", hub.PASSWORD)
    page.fill("[name=platform__azets__parent_client_id]", hub.PARENT)
    press("check")
    expect(page.get_by_role("alert")).to_contain_text(word("missing"))
    expect(page.locator("[name=platform__azets__password]")).to_have_value(hub.PASSWORD)
    page.fill("[name=platform__azets__source_client_id]", "F123")
    press("check")
    expect(page.locator("#checked .parties")).to_contain_text("999999999")
    assert hub.PASSWORD not in page.evaluate("JSON.stringify(sessionStorage)"), "it is forgotten when it is saved"
    onward("transfer")

    page.goto("/c/fjell-arkitekter-as/")  # it can be left and resumed
    page.get_by_role("link", name=word("guide")).click()
    expect(page).to_have_url(re.compile(f"{GUIDE}/transfer/$"))
    press("save")
    page.select_option("[name=dimensions__project]", "2")
    page.select_option("[name=dimensions__department]", "1")
    press("check")
    onward("expenses")
    press("save")
    press("save")
    page.fill("[name=notify__emails]", "regnskap@fjell.example")
    press("save")

    expect(page.locator("#webhook-seen")).to_contain_text(word("waiting"))
    url = page.locator("#webhook-url").inner_text()
    empty_site.ask("moment", "PUT", "/admin/webhooks", dict.fromkeys(("invoice", "customer", "project"), url))
    empty_site.ask("moment", "POST", "/admin/invoices/finalize", {"count": 1})
    expect(page.locator("#webhook-seen")).to_contain_text(word("seen"))
    press("onward")

    expect(page.locator("#check-outcome")).to_contain_text(word("works"))
    assert page.locator("#check-steps > li").count() == 10
    page.locator("#check-outcome").get_by_role("link").click()
    press("skip")
    press("on")
    invoice = empty_site.ask("moment", "POST", "/admin/invoices/finalize", {"count": 1})["invoices"][0]
    expect(page.locator("#first-title")).to_contain_text(word("posted"))
    page.goto(f"{GUIDE}/")
    expect(page.locator(".guide-progress")).to_contain_text(word("done"))
    expect_posted(empty_site, int(invoice["invoiceNumber"]))


def expect_posted(site: Service, number: int) -> None:
    """The invoice has exactly one voucher in the journal."""
    site.run("transfer", "fjell-arkitekter-as", "invoices", str(number), "--wait")
    ledger = site.ask("hub", "GET", f"/admin/clients/{hub.VISMA_CLIENT}/ledger")
    assert len({one["journalNumber"] for one in ledger if one["voucherNumber"] == number}) == 1


@pytest.mark.parametrize("width", [390, 1280])
def test_no_step_of_the_guide_shuts_anybody_out(open_as: Callable[..., Page], site: Service, width: int) -> None:
    site.run("company", "live", "fjell", "off", check=False)
    owner = open_as(site, OWNER, width=width)
    assert [fault for step in STEPS for fault in faults_of(owner, f"/c/fjell/guide/{step}/")] == []


@pytest.mark.parametrize("width", [390, 1280])
def test_no_field_is_behind_the_save_bar(open_as: Callable[..., Page], site: Service, width: int) -> None:
    page = open_as(site, OWNER, width=width)
    page.goto("/c/fjell/setup/")
    page.locator("#setup input:not([type=hidden])").first.focus()
    covered, seen = [], 0
    for _ in range(200):
        page.keyboard.press("Tab")
        one = page.evaluate(UNDER_THE_BAR)
        if one is None:
            break
        seen += 1
        covered += [one["name"]] if one["under"] else []
    assert seen > 30
    assert covered == []


UNDER_THE_BAR = """() => {
  const field = document.activeElement, bar = document.querySelector(".savebar");
  if (!field || !field.closest("#setup") || field.closest(".savebar")) return null;
  const at = field.getBoundingClientRect(), top = bar.getBoundingClientRect().top;
  return { name: field.name || field.textContent, under: at.bottom > top };
}"""


def test_the_check_is_a_page_of_its_own_without_scripts(open_as: Callable[..., Page], site: Service) -> None:
    page = open_as(site, OWNER)
    cookies = page.context.cookies()
    plain = page.context.browser.new_context(java_script_enabled=False, base_url=page.url.split("/c/")[0])  # type: ignore[union-attr]
    plain.add_cookies(cookies)  # type: ignore[arg-type]
    bare = plain.new_page()
    bare.goto("/c/fjell/setup/")
    bare.get_by_role("button", name="Check connection").click()
    expect(bare.locator("#check-outcome")).to_contain_text("The connection works")
    bare.goto("/c/fjell/guide/accounting/")
    bare.get_by_role("link", name="Check now").click()
    expect(bare.locator("#checked .parties")).to_be_visible()
    plain.close()


def test_each_step_of_the_check_is_shown_while_the_next_one_waits(
    open_as: Callable[..., Page], patient_site: Service
) -> None:
    page = open_as(patient_site, OWNER)
    page.goto("/c/fjell/setup/")
    patient_site.ask("hub", "POST", "/admin/faults", {"kind": "slow", "path": "*/profile", "seconds": 600})
    page.get_by_role("button", name="Check connection").click()
    expect(page.locator("#check-steps")).to_contain_text("Connected to Moment")
    expect(page.locator("#check-outcome")).to_have_count(0)
    wait_for(lambda: patient_site.hub_clock.sleeping, "the question to reach the hub")
    patient_site.hub_clock.advance(600)
    expect(page.locator("#check-outcome")).to_contain_text("The connection works")
