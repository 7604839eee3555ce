"""An accountant's month: reconcile it, enter what is earned and not invoiced, look at what came in from accounting."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bilag_sandbox import hub
from tests.support.browser import OWNER, faults_of, finalise_one_with_the_code
from tests.support.service import Service

MORE_SETUP = """
[accrued_income]
enabled = true
debit_account = "1530"
credit_account = "3090"
"""
RUNNING = """
from datetime import date, timedelta
from django.utils import timezone
from bilag.companies.models import Company
from bilag.jobs.models import Lease
from bilag.reconciliation.models import Reconciliation
company = Company.objects.get(slug="fjell")
# The lease is ours, so no comparison of the night begins and ends this one.
Lease.objects.update_or_create(
    name=f"reconciliation {company.pk}",
    defaults={"generation": -1, "holder": "test", "expires_at": timezone.now() + timedelta(hours=1)},
)
Reconciliation.objects.filter(first=date(2024, 2, 1)).delete()
Reconciliation.objects.create(
    company=company, first=date(2024, 2, 1), last=date(2024, 2, 29),
    began_at=timezone.now(), phase="invoices", compared=1200,
)
"""
FURTHER = """
from datetime import date
from bilag.reconciliation.models import Reconciliation
Reconciliation.objects.filter(first=date(2024, 2, 1)).update(compared=1400)
"""
ENDED = """
from datetime import date
from django.utils import timezone
from bilag.jobs.models import Lease
from bilag.reconciliation.models import Reconciliation
Reconciliation.objects.filter(first=date(2024, 2, 1)).update(ended_at=timezone.now(), counts={"matched": 1400})
Lease.objects.filter(holder="test").delete()
"""


@pytest.fixture
def month(site: Service) -> str:
    """The month of a posted invoice."""
    file = site.home.parent / "fjell.toml"
    if "[accrued_income]" not in file.read_text():
        file.write_text(file.read_text() + MORE_SETUP)
        site.run("company", "apply", str(file))
    number = finalise_one_with_the_code(site)
    site.run("transfer", "fjell", "invoices", str(number), "--wait")
    ledger = site.ask("hub", "GET", f"/admin/clients/{hub.VISMA_CLIENT}/ledger")
    (day,) = {one["voucherDate"] for one in ledger if one["voucherNumber"] == number}
    return str(day[:7])


def test_a_month_is_compared_and_stays_chosen(open_as: Callable[..., Page], site: Service, month: str) -> None:
    page = open_as(site, OWNER)
    page.goto("/c/fjell/reconciliation/")
    page.fill("#month", month)
    page.press("#month", "Enter")
    page.wait_for_url(re.compile(r"/c/fjell/reconciliation/\d+/$"))
    expect(page.locator(".tabs")).to_be_visible()
    assert faults_of(page, page.url) == []
    old = page.url
    page.goto("/c/fjell/reconciliation/")
    expect(page.locator("#month")).to_have_value(month)
    site.run("reconcile", "fjell", "--month", month, check=False)
    page.goto(old)
    assert page.url != old, "the address of the earlier result leads to the newer one"
    expect(page.locator(".tabs")).to_be_visible()


@pytest.mark.parametrize(("language", "words"), [
    ("en-GB", ("Comparing invoices", "1,200 invoices compared", "1,400 invoices compared", "February 2024")),
    ("nb-NO", ("Sammenligner fakturaer", "1 200 fakturaer sammenlignet", "1 400 fakturaer sammenlignet", "Februar 2024")),
])  # fmt: skip
def test_progress_is_seen_by_rows_then_the_result_without_a_reload(
    open_as: Callable[..., Page], site: Service, language: str, words: tuple[str, ...]
) -> None:
    title, some, more, heading = words
    site.python(RUNNING)
    page = open_as(site, OWNER, language=language)
    page.goto("/c/fjell/reconciliation/period/2024-02-01/2024-02-29/")
    expect(page.locator("#running h2")).to_have_text(title)
    expect(page.locator("#running")).to_contain_text(some)
    assert faults_of(page, page.url) == []
    page.evaluate("window.sameDocument = true")
    site.python(FURTHER)
    expect(page.locator("#running")).to_contain_text(more)
    site.python(ENDED)
    page.wait_for_url(re.compile(r"/c/fjell/reconciliation/\d+/$"))
    expect(page.locator("h1")).to_have_text(heading)
    expect(page.locator(".tabs")).to_be_visible()
    assert page.evaluate("window.sameDocument"), "the page was loaded anew"


def test_accrued_income_is_previewed_while_it_is_typed_then_posted(
    open_as: Callable[..., Page], site: Service, month: str
) -> None:
    project = str(site.json("transfers", "fjell", "--kind", "project")[0]["number"])
    page = open_as(site, OWNER)
    page.goto("/c/fjell/accruals/")
    page.get_by_role("button", name="More rows").click()
    expect(page.locator("input[name=project]")).to_have_count(8)
    expect(page.get_by_label("Project, row 4")).to_be_focused()
    page.get_by_label("Project, row 1").fill(project)
    page.get_by_label("Amount, row 1").fill("1250,50")
    expect(page.locator("table.preview")).to_contain_text("1,250.50")
    expect(page.locator("table.preview")).to_contain_text("debit 1530, credit 3090")
    assert site.json("accruals", "list", "fjell") == []
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.locator("#amounts")).to_contain_text("Done")  # it follows by itself
    assert [(one["project"], one["amount"]) for one in site.json("accruals", "list", "fjell")] == [(project, "1250.50")]


def test_a_file_with_faults_is_told_line_by_line_before_it_is_sent(
    open_as: Callable[..., Page], site: Service, month: str
) -> None:
    before = site.json("accruals", "list", "fjell")
    page = open_as(site, OWNER, language="nb-NO", width=390)
    page.goto("/c/fjell/accruals/")
    file = {"name": "opptjent.csv", "mimeType": "text/csv", "buffer": "prosjekt;beløp\n1;mange\n;2\n".encode()}
    page.set_input_files("#file", file)  # type: ignore[arg-type]
    found = page.locator("#file-preview")
    expect(found).to_contain_text("2 feil må rettes først")
    expect(found).to_contain_text("mange er ikke et beløp")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_role("button", name="Importer og bokfør").click()
    expect(found).to_contain_text("Ingenting ble bokført")
    assert site.json("accruals", "list", "fjell") == before
