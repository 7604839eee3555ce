"""An operator with 200 companies finds the one that needs attention, and is led to what to do."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import OPERATOR, faults_of
from tests.support.service import Service

MANY = """
from datetime import UTC, datetime, timedelta
from bilag.companies.file import CompanyFile
from bilag.companies.models import Company, Source
from bilag.transfers.activation.save_setup import save_setup
from bilag.transfers.models import PollMark, Transfer
now = datetime.now(UTC)

def set_up(slug, name):
    client = {"base_url": "http://127.0.0.1:9/v1", "source_client_id": "143", "parent_client_id": "S1"}
    settings = {"moment": {"base_url": "http://127.0.0.1:9", "company_id": "143"}, "platform": {"kind": "azets", "azets": client}}
    values = {"name": name, "language": "nb", "organisation_number": None}
    file = CompanyFile(slug=slug, live=False, company_values=values, settings=settings, secrets={"moment.api_key": "key"})
    company = Company.objects.get(pk=save_setup(file, origin="test").company_id)
    Company.objects.filter(pk=company.pk).update(live=True, live_since=now.date(), paused=None)
    return company, Source.objects.get(company=company)

def bare(number):
    company = Company.objects.create(
        slug=f"firma-{number}", name=f"Firma {number:03} AS", live=True, live_since=now.date(), webhook_token="-",
        webhook_digest=f"digest-{number}", organisation_number=f"9{number:08}",
    )
    return company, Source.objects.create(company=company, key=f"moment-{number}")

for number in range(200):
    company, source = set_up("firma-143", "Ønskebrønn Økonomi AS") if number == 143 else bare(number)
    PollMark.objects.create(company=company, kind="invoice", polled_at=now - timedelta(minutes=number % 5))
    Transfer.objects.create(
        company=company, source=source, kind="invoice", number="1001", state="done", hinted_at=now, done_at=now,
    )
problem = {"code": "vat_code_unknown", "subject": "line 1", "facts": {"vat_code": "3"}}
Transfer.objects.create(
    company=Company.objects.get(slug="firma-143"), source=Source.objects.get(company__slug="firma-143"), kind="invoice",
    number="1002", state="needs_attention", problems=[problem], hinted_at=now - timedelta(hours=5),
)
"""
WORDS = {
    "en-GB": ("1 Needs attention", "1 transfer", "5 h ago", "1–100 of 200", "1–1 of 1"),
    "nb-NO": ("1 Krever handling", "1 overføring", "for 5 t siden", "1–100 av 200", "1–1 av 1"),
}


def test_the_one_of_two_hundred_is_found(open_as: Callable[..., Page], empty_site: Service) -> None:
    empty_site.python(MANY)
    for language, (attention, transfer, since, pages, one) in WORDS.items():
        page = open_as(empty_site, OPERATOR, language=language)
        page.goto("/")
        first = page.locator("tbody tr").first
        expect(first).to_contain_text("Ønskebrønn Økonomi AS")
        expect(first).to_contain_text(since)
        expect(page.locator(".pager")).to_contain_text(pages)
        page.get_by_role("link", name=attention).click()
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator(".pager")).to_contain_text(one)
        page.get_by_role("link", name=transfer).click()
        expect(page).to_have_url(f"http://127.0.0.1:{empty_site.port}/c/firma-143/attention/")
        expect(page.locator("main")).to_contain_text(re.compile("VAT code 3|[Mm]va-kode 3"))
        page.goto("/")
        page.fill("#q", "ønskeBRØNN")
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page).to_have_url(re.compile("q="))
        page.goto("/?sort=name")
        page.locator("[aria-sort] a").press("Enter")
        expect(page.locator("tbody tr").first).to_contain_text("Ønskebrønn")  # the order is reversed: Ø was last


@pytest.mark.parametrize("width", [390, 1280])
def test_the_list_shuts_nobody_out(open_as: Callable[..., Page], empty_site: Service, width: int) -> None:
    empty_site.python(MANY)
    page = open_as(empty_site, OPERATOR, width=width)
    assert [fault for path in ("/", "/?attention=yes", "/?q=nobody") for fault in faults_of(page, path)] == []
