"""Every page: no violation that axe-core finds, no sideways scroll; light and dark, on a phone and on a desk.

The company has a few days behind it, so that lists are full and each page about one thing has its thing.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from bilag_sandbox import hub
from tests.support.browser import OPERATOR, OWNER, faults_of, finalise_one_with_the_code, switch_vat_code
from tests.support.service import Service

SIGNED_OUT = ["/accounts/login/", "/accounts/password/reset/"]
COMPANY = [
    "",
    "attention/",
    "transfers/",
    "transfers/?state=done",
    "setup/",
    "setup/try/",
    "setup/changes/",
    "setup/parties/",
    "recover/",
    "tools/",
    "log/",
    "company/",
    "expenses/",
    "expenses/?state=all",
    "expenses/imports/",
    "reconciliation/",
    "rehearsal/",
    "accruals/",
]
GUIDE = [
    "guide/accounting/?check=1",
    "guide/webhook/",
    "guide/check/",
    "guide/rehearse/",
    "guide/on/",
]
"""Looked at by `test_guide.py`, of a company that is being set up."""
ABOUT_ONE = [
    ("attention/", r"/c/fjell/attention/[0-9a-f]{16}/"),
    ("transfers/?state=done", r"/c/fjell/transfers/\d+/"),
    ("transfers/?state=needs_attention", r"/c/fjell/transfers/\d+/"),
    ("transfers/?kind=customer", r"/c/fjell/transfers/\d+/"),
    ("expenses/", r"/c/fjell/expenses/\d+/"),
    ("reconciliation/", r"/c/fjell/reconciliation/\d+/"),
    ("rehearsal/", r"/c/fjell/rehearsal/\d+/"),
]
"""Lists, and what the pages about one of their things are called."""
NOTICED = """
from bilag.companies import store
from bilag.transfers.intake import ahead
from bilag.transfers.ledger_ahead import How
ahead.notice(store.load_setup_by_slug("fjell"), ["invoice 9001", "accrued 2026-10:1207:1"], How.NIGHT)
"""
MORE_SETUP = """
[expenses]
import = true
activity = "Utlegg"
[accrued_income]
enabled = true
debit_account = "1530"
credit_account = "3090"
[notify]
emails = ["regnskap@fjell.example"]
"""
COST = {"account": "4300", "net": "1000.00", "vatCode": "1", "text": "Modellmateriell til konkurranseutkastet"}
ACCOUNT = ["/accounts/2fa/", "/accounts/password/change/", "/no-such-page/"]


@pytest.fixture(scope="module")
def lived_in(site: Service) -> Service:
    """Posted invoices and one that waits for a person, a cost that came back, accrued income, a month compared."""
    file = site.home.parent / "fjell.toml"
    file.write_text(file.read_text() + MORE_SETUP)
    site.run("company", "apply", str(file))
    good = [finalise_one_with_the_code(site) for _ in range(3)]
    site.run("transfer", "fjell", "invoices", "--all", "--wait")
    switch_vat_code(site, active=False)
    bad = finalise_one_with_the_code(site)
    refused = site.run("transfer", "fjell", "invoices", str(bad), "--wait", check=False)
    assert refused.returncode == 1, refused.stderr
    switch_vat_code(site, active=True)
    project = str(site.json("transfers", "fjell", "--kind", "project")[0]["number"])
    bought = {"supplierName": "Byggvare Øst AS", "invoiceNumber": "F-88", "lines": [{**COST, "project": project}]}
    site.ask("hub", "POST", f"/admin/clients/{hub.VISMA_CLIENT}/supplier-invoices", bought)
    site.run("expenses", "import", "fjell")
    assert len(site.json("expenses", "list", "fjell", "--state", "done")) == 1
    amounts = site.home.parent / "earned.csv"
    amounts.write_text(f"project;amount\n{project};1000.00\n")
    site.run("accruals", "post", "fjell", str(amounts), "--month", "2026-10", "--wait")
    ledger = site.ask("hub", "GET", f"/admin/clients/{hub.VISMA_CLIENT}/ledger")
    (day,) = {one["voucherDate"] for one in ledger if one["voucherNumber"] == good[-1]}
    compared = site.run("reconcile", "fjell", "--month", day[:7], check=False)
    assert compared.returncode == 1, compared.stderr  # the bad one is missing
    file.write_text(file.read_text().replace("department = 1", "department = 3"))
    site.run("company", "apply", str(file))
    rehearsed = site.run("rehearse", "fjell", "--from", f"{day[:7]}-01", "--to", f"{day[:7]}-28", check=False)
    assert rehearsed.returncode == 1, rehearsed.stderr
    assert "Proposed: unit 1" in rehearsed.stdout
    site.ask("hub", "PATCH", f"/admin/clients/{hub.VISMA_CLIENT}", {"companyName": "Fjellvann Rådgivning AS"})
    site.python(NOTICED)
    return site


def about_one(page: Page) -> list[str]:
    """The first page of each kind that is about one thing; of a comparison and a rehearsal the sheet for printing too."""
    found = []
    for path, pattern in ABOUT_ONE:
        page.goto(f"/c/fjell/{path}")
        links = [link.get_attribute("href") or "" for link in page.locator("main a").all()]
        matching = [link for link in links if re.fullmatch(pattern, link)]
        assert matching, f"{path} leads to none: {links}"
        found += matching[:1]
    return [*found, f"{found[-2]}?found=missing", *(f"{one}print/" for one in found[-2:])]


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_shuts_anybody_out(open_as: Callable[..., Page], lived_in: Service, width: int) -> None:
    out = open_as(lived_in, None, width=width)
    faults = [fault for path in SIGNED_OUT for fault in faults_of(out, path)]
    owner = open_as(lived_in, OWNER, width=width)
    faults += [fault for path in COMPANY for fault in faults_of(owner, f"/c/fjell/{path}")]
    faults += [fault for path in (*ACCOUNT, *about_one(owner)) for fault in faults_of(owner, path)]
    operator = open_as(lived_in, OPERATOR, width=width, language="nb-NO")
    faults += [fault for path in ("/", "/new-company/", "/accounting-systems/") for fault in faults_of(operator, path)]
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
    for _ in range(120):
        if page.evaluate("document.activeElement.name") == "accrual__enabled":
            break
        page.keyboard.press("Tab")
    assert page.locator("#accrual-opened").is_hidden()
    page.keyboard.press("Space")
    assert page.locator("#accrual-opened").is_visible()
