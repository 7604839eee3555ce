"""What people read of a company in PowerOffice Go, and what they switch: pages, commands, API and emails name no other system."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from lxml import html
from typer.testing import CliRunner

from tests.platforms.test_poweroffice_go_main_job import address, company, go_world, judge, own  # noqa: F401 - fixtures
from tests.support.poweroffice_go.company import Company
from tests.support.sandboxes import LAST_DAY
from tests.support.world import World

OTHERS = re.compile(r"Azets|Visma|Tryton|ledger file|integration platform")


def locked_out(world: World, company: Company) -> int:  # noqa: F811
    """An invoice whose date is locked in Go."""
    company.configure(lockDate=str(LAST_DAY + timedelta(days=400)))
    number = world.insert_invoice({})
    world.retry(number)
    world.work(rounds=2)
    assert world.codes(number) == ["date_locked"], world.transfer(number).problems
    return number


def operator() -> Client:
    from bilag.members.models import User

    user = User.objects.create_user("drift@fjell.example", is_operator=True)
    client = Client(SERVER_NAME="localhost", headers={"accept-language": "en"})
    client.force_login(user)
    return client


def main_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    text = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_a_problem_is_told_of_go_wherever_it_is_read(go_world: World, company: Company) -> None:  # noqa: F811
    from bilag.cli.main import app
    from bilag.companies import store
    from bilag.companies.models import IntegrationSetup
    from bilag.members import tokens
    from bilag.notifications import alerts
    from bilag.notifications.models import Letter

    number = locked_out(go_world, company)
    remedy = "Move the lock date back in PowerOffice Go"
    client = operator()
    transfer = go_world.transfer(number)
    read = {path: main_of(client, f"/c/fjell/{path}") for path in ("", "attention/", f"transfers/{transfer.pk}/")}
    assert [path for path, text in read.items() if remedy not in text] == []
    assert [path for path, text in read.items() if OTHERS.search(text)] == []

    shown = CliRunner().invoke(app, ["show", "fjell", "invoice", str(number)])
    assert remedy in " ".join(shown.output.split())
    _, token = tokens.make(store.companies()[0], "x", ["read"], by="test")
    headers = {"authorization": f"Bearer {token}"}
    answer = Client(SERVER_NAME="localhost").get("/api/v1/transfers?state=needs_attention", headers=headers)
    assert answer.status_code == 200, answer.content
    assert remedy in json.dumps(answer.json())

    setup = IntegrationSetup.objects.get(company_id=go_world.company_id)
    IntegrationSetup.objects.update(settings={**setup.settings, "notify": {"emails": ["regnskap@fjell.example"]}})
    alerts.notify_new_problems(go_world.company_id)
    letters = list(Letter.objects.filter(company_id=go_world.company_id))
    assert letters
    assert all("Flytt låsedatoen tilbake i PowerOffice Go" in one.text for one in letters)
    assert [one.subject for one in letters if OTHERS.search(one.text)] == []


@pytest.mark.parametrize("path", ["", "setup/", "expenses/", "transfers/", "attention/", "reconciliation/", "tools/"])
def test_pages_of_the_company_name_no_other_system(path: str, go_world: World) -> None:  # noqa: F811
    text = main_of(operator(), f"/c/fjell/{path}")
    text = re.sub(r"(?<=Accounting system ).{0,80}?PowerOffice Go Tryton", "", text)  # the choice of another
    assert OTHERS.findall(text) == []


def attach(world: World) -> None:
    from bilag.transfers import documents
    from bilag.transfers.models import VoucherDocument

    VoucherDocument.objects.filter(next_at__isnull=False).update(next_at=None)
    documents.ask_all()
    world.work()


def posted(world: World) -> int:
    number = world.insert_invoice({})
    world.retry(number)
    world.work(rounds=2)
    assert world.transfer(number).state == "done", world.transfer(number).problems
    return number


def switch_attachments(client: Client, *, on: bool) -> None:
    """Switch it on the setup page, and leave all else as the page has it."""
    page = html.fromstring(client.get("/c/fjell/setup/").content.decode())
    form = next(form for form in page.forms if "export__attachments" in form.fields)
    given: dict[str, Any] = {}
    for name, value in form.form_values():
        given.setdefault(name, []).append(value)
    assert bool(given.pop("export__attachments", None)) == (not on)
    if on:
        given["export__attachments"] = "on"
    answer = client.post("/c/fjell/setup/", given)
    assert answer.status_code in (200, 302), answer.content[:500]


def test_the_invoices_document_goes_to_go_unless_the_setup_page_says_otherwise(
    go_world: World,  # noqa: F811
    company: Company,  # noqa: F811
) -> None:
    from bilag.companies import store

    client = operator()
    assert "Attach the invoice to its voucher" in main_of(client, "/c/fjell/setup/")
    first = posted(go_world)
    attach(go_world)
    assert len(company.attached(first)) == 1

    switch_attachments(client, on=False)
    assert not store.load_setup(go_world.company_id).export.attachments
    second = posted(go_world)
    attach(go_world)
    assert company.attached(second) == []

    switch_attachments(client, on=True)
    third = posted(go_world)
    attach(go_world)
    assert (len(company.attached(third)), company.attached(second)) == (1, [])
