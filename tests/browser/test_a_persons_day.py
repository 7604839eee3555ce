"""A person's day: three kinds of trouble found from the letter, understood and resolved; and a list walked by its keys."""

import re
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bilag_sandbox import hub
from tests.support.browser import ACCOUNTANT, address, faults_of, finalise_one_with_the_code, switch_vat_code
from tests.support.patience import wait_for
from tests.support.service import Service

LANGUAGES = ["en-GB", "nb-NO"]
MORE_SETUP = '[expenses]\nimport = true\nactivity = "Utlegg"\n[notify]\nemails = ["{to}"]\n'
COST = {"account": "4300", "net": "1000.00", "vatCode": "1", "text": "Modellmateriell"}
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


def told(site: Service, seen: set[Path]) -> Any:
    """The next letter."""
    found: list[Path] = []

    def came() -> bool:
        found[:] = [file for file in Path(site.home, "mail").glob("*.log") if file not in seen]
        return bool(found)

    wait_for(came, "a letter")
    [file] = sorted(found)[:1]
    seen.add(file)
    return message_from_bytes(file.read_bytes(), policy=default)


def link_of(letter: Any, site: Service) -> str:
    """The address of the page that the letter's button opens, without the host."""
    body = letter.get_body(("plain",))
    assert body is not None
    [link] = re.findall(r"http://\S+/attention/[0-9a-f]{16}/", body.get_content())[:1]
    return str(link).removeprefix(address(site))


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
    seen = set(Path(site.home, "mail").glob("*.log"))
    page = open_as(site, ACCOUNTANT, language=language, width=1280 if language == "en-GB" else 390)

    # The VAT code was made inactive in accounting: it is activated again, and the invoice retried.
    switch_vat_code(site, active=False)
    number = finalise_one_with_the_code(site)
    path = link_of(told(site, seen), site)
    assert faults_of(page, path) == []
    expect(page.locator("h1")).to_contain_text(word("inactive"))
    expect(page.locator("main")).to_contain_text(str(number))
    page.locator("#comment").fill("Aktivert igjen i Visma")
    page.get_by_role("button", name=word("comment")).click()
    expect(page.locator(".quote")).to_have_text("Aktivert igjen i Visma")
    switch_vat_code(site, active=True)
    page.get_by_role("button", name=word("retry")).click()
    wait_for(lambda: site.json("transfers", "fjell", "--state", "needs_attention") == [], "the invoice to be posted")
    page.goto(path)
    expect(page.locator(".pill.good")).to_have_text(word("resolved"))

    # An invoice to a customer that accounting has blocked was a mistake: it is excluded, with the reason.
    told(site, seen)  # all is well
    switch_vat_code(site, active=False)
    number = finalise_one_with_the_code(site)
    page.goto(link_of(told(site, seen), site))
    page.get_by_role("checkbox", name=str(number)).check()
    page.get_by_text(word("exclude")).click()
    page.get_by_label(word("not for books")).check()
    page.get_by_role("button", name=word("do not"), exact=True).click()
    expect(page.locator("main")).to_contain_text(str(number))
    wait_for(lambda: site.json("transfers", "fjell", "--state", "skipped") != [], "the invoice to be excluded")
    switch_vat_code(site, active=True)
    told(site, seen)

    # A cost whose activity is closed in Moment: it is opened there, and the line retried.
    project = site.json("transfers", "fjell", "--kind", "project", "--state", "done")[LANGUAGES.index(language)][
        "number"
    ]
    of_moment = {str(one["projectNumber"]): one["id"] for one in site.ask("moment", "GET", "/admin/projects")}
    closed = {"projectId": of_moment[project], "name": "Utlegg", "projectExtensionState": "closed"}
    activity = site.ask("moment", "POST", "/admin/projectExtensions", closed)
    bought = {"supplierName": "Byggvare Øst AS", "invoiceNumber": "F-88", "lines": [{**COST, "project": project}]}
    site.ask("hub", "POST", f"/admin/clients/{hub.VISMA_CLIENT}/supplier-invoices", bought)
    site.run("expenses", "import", "fjell", check=False)
    page.goto(link_of(told(site, seen), site))
    expect(page.locator("h1")).to_contain_text("Utlegg")
    page.locator("main .btn.primary").click()
    expect(page.locator("main")).to_contain_text("Byggvare Øst AS")
    assert faults_of(page, page.url.removeprefix(address(site))) == []
    site.ask("moment", "PATCH", f"/admin/projectExtensions/{activity['id']}", {"projectExtensionState": "inProgress"})
    [line] = site.json("expenses", "list", "fjell", "--state", "needs_attention")
    page.get_by_role("link", name=str(line["number"])).first.click()
    page.locator("form[action*='/retry/'] button").click()
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
