"""A person's day: three kinds of trouble found from the letter, understood and resolved; and a list walked by its keys."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bilag_sandbox import hub
from tests.support.browser import ACCOUNTANT, address, faults_of, finalise_one_with_the_code, letters, switch_vat_code
from tests.support.patience import wait_for
from tests.support.service import Service

LANGUAGES = ["en-GB", "nb-NO"]
MORE_SETUP = '[expenses]\nimport = true\nactivity = "Utlegg"\n[notify]\nemails = ["{to}"]\n'
COST = {"account": "4300", "net": "1000.00", "vatCode": "1", "text": "Modellmateriell"}
MOMENT_ID = """
from bilag.transfers.models import Transfer
print(Transfer.objects.get(kind="project", number="{number}").moment_id)
"""
WORDS = {
    "inactive": ("VAT code 3", "Mva-kode 3"),
    "retry": ("Retry this document", "Prøv dette dokumentet igjen"),
    "resolved": ("Resolved", "Løst"),
    "exclude": ("Do not transfer the selected documents", "Ikke overfør de valgte dokumentene"),
    "not for books": ("It does not belong in the books", "Den hører ikke hjemme i regnskapet"),
    "do not": ("Do not transfer", "Ikke overfør"),
    "done": ("Done", "Ferdig"),
    "comment": ("Add comment", "Legg til kommentar"),
}


def told(site: Service, seen: list[str], *, of_trouble: bool = True) -> str:
    """The page that the button of the next letter about trouble opens, without the host; or wait until all is well again."""
    found: list[str] = []

    def came() -> bool:
        for text in letters(site)[len(seen) :]:
            seen.append(text)
            links = re.findall(r"http://\S+/attention/[0-9a-f]{16}/", text)
            if bool(links) is of_trouble:
                found.extend(links[:1] or ["/"])
                return True
        return False

    wait_for(came, "a letter about trouble" if of_trouble else "a letter that all is well")
    return found[0].removeprefix(address(site))


@pytest.mark.parametrize("language", LANGUAGES)
def test_trouble_is_found_from_the_letter_understood_and_resolved(
    open_as: Callable[..., Page], site: Service, language: str
) -> None:
    def word(key: str) -> str:
        return WORDS[key][LANGUAGES.index(language)]

    file = site.home.parent / "fjell.toml"
    if "[notify]" not in file.read_text():
        file.write_text(file.read_text() + MORE_SETUP.format(to=ACCOUNTANT))
        site.run("company", "apply", str(file))
    seen = letters(site)
    page = open_as(site, ACCOUNTANT, language=language, width=1280 if language == "en-GB" else 390)

    # The VAT code was made inactive in accounting: it is activated again, and the invoice retried.
    switch_vat_code(site, active=False)
    number = finalise_one_with_the_code(site)
    path = told(site, seen)
    assert faults_of(page, path) == []
    expect(page.locator("h1")).to_contain_text(word("inactive"))
    expect(page.locator("main")).to_contain_text(str(number))
    page.locator("#comment").fill("Aktivert igjen i Visma")
    page.get_by_role("button", name=word("comment")).click()
    expect(page.locator(".quote").first).to_have_text("Aktivert igjen i Visma")
    switch_vat_code(site, active=True)
    page.get_by_role("button", name=word("retry")).click()
    wait_for(lambda: site.json("transfers", "fjell", "--state", "needs_attention") == [], "the invoice to be posted")
    page.goto(path)
    expect(page.locator(".pill.good")).to_have_text(word("resolved"))

    told(site, seen, of_trouble=False)
    # The next invoice was a mistake: it is excluded, with the reason.
    switch_vat_code(site, active=False)
    number = finalise_one_with_the_code(site)
    page.goto(told(site, seen))
    page.get_by_role("checkbox", name=str(number)).check()
    page.get_by_text(word("exclude")).click()
    page.get_by_label(word("not for books")).check()
    page.get_by_role("button", name=word("do not"), exact=True).click()
    expect(page.locator("main")).to_contain_text(str(number))
    wait_for(lambda: site.json("transfers", "fjell", "--state", "skipped") != [], "the invoice to be excluded")
    switch_vat_code(site, active=True)
    told(site, seen, of_trouble=False)

    # A cost whose activity is closed in Moment: it is opened there, and the line retried.
    project = site.json("transfers", "fjell", "--kind", "project", "--state", "done")[LANGUAGES.index(language)][
        "number"
    ]
    moment_id = int(site.python(MOMENT_ID.format(number=project)))
    closed = {"projectId": moment_id, "name": "Utlegg", "projectExtensionState": "closed"}
    activity = site.ask("moment", "POST", "/admin/projectExtensions", closed)
    bought = {"supplierName": "Byggvare Øst AS", "invoiceNumber": "F-88", "lines": [{**COST, "project": project}]}
    site.ask("hub", "POST", f"/admin/clients/{hub.VISMA_CLIENT}/supplier-invoices", bought)
    site.run("expenses", "import", "fjell", check=False)
    page.goto(told(site, seen))
    expect(page.locator("main")).to_contain_text("Utlegg")
    page.locator("main .btn.primary").click()
    expect(page.locator("main")).to_contain_text("Byggvare Øst AS")
    assert faults_of(page, page.url.removeprefix(address(site))) == []
    site.ask("moment", "PATCH", f"/admin/projectExtensions/{activity['id']}", {"projectExtensionState": "inProgress"})
    page.locator("main table a[href*='/expenses/']").first.click()
    page.locator("form[action$='/again/'] button").click()
    wait_for(lambda: site.json("expenses", "list", "fjell", "--state", "needs_attention") == [], "the line to come in")
    page.goto("/c/fjell/attention/")
    expect(page.locator(".empty h2")).to_be_visible()


def test_keys_move_through_the_list_and_retry_a_row(open_as: Callable[..., Page], site: Service) -> None:
    switch_vat_code(site, active=False)
    number = finalise_one_with_the_code(site)
    site.run("transfer", "fjell", "invoices", str(number), "--wait", check=False)
    switch_vat_code(site, active=True)
    page = open_as(site, ACCOUNTANT)
    page.goto("/c/fjell/transfers/?kind=invoice")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == str(number)
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("x")
    assert page.locator("input[name=id]:checked").count() == 1
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(str(number))
    page.go_back()
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.locator(".notice.good")).to_be_visible()
    wait_for(
        lambda: site.json("transfers", "fjell", "--kind", "invoice", "--state", "needs_attention") == [],
        "the invoice to be posted",
    )
