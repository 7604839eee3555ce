"""The main job into PowerOffice Go, through the front door: a company file, an invoice of Moment, its voucher; and a cost back."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bilag.platforms.poweroffice_go import client
from bilag_sandbox import moment
from bilag_sandbox import poweroffice_go as go
from bilag_sandbox.common import HeldClock, running
from tests.support.poweroffice_go.company import INSTALLATION, MANUAL, OUTGOING, Company, pdf
from tests.support.poweroffice_go.judge import Judge
from tests.support.poweroffice_go.published import SLICE
from tests.support.sandboxes import LAST_DAY, Stage, new_moment
from tests.support.world import Side, World

FILE = """
[company]
slug = "fjell"
name = "Fjord Arkitekter AS"

[moment]
base_url = "{moment}"
company_id = "4021"
api_key = "{moment_key}"

[platform]
kind = "poweroffice_go"

[platform.poweroffice_go]
base_url = "{go}"
client = "Fjord Arkitekter AS"
client_key = "{client_key}"

[dimensions]
project = 2
department = 1

[expenses]
import = true
activity = "Utlegg"

[accrual]
enabled = true
debit_account = 3910
credit_account = 2965
"""
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(go.app(requests_per_second=100_000))


@pytest.fixture(scope="module")
def address(judge: Judge) -> Iterator[str]:
    with running(judge if SLICE.exists() else judge.app) as url:
        yield url


numbers = iter(range(500, 600))


@pytest.fixture(params=[(OUTGOING, MANUAL), (MANUAL,)], ids=["outgoing", "manual"])
def company(address: str, request: pytest.FixtureRequest) -> Iterator[Company]:
    with ExitStack() as opened:
        yield Company(address, next(numbers), opened, request.param)


@pytest.fixture
def go_world(
    database: None, company: Company, moment_stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judge: Judge
) -> Iterator[World]:
    """Moment's sandbox, the company in Go, and Bilag between them, set up by its company file."""
    from bilag.cli.main import app
    from bilag.companies import gateways, lifecycle
    from bilag.companies.models import Company as Row

    for name, value in INSTALLATION.items():
        monkeypatch.setenv(f"BILAG_POWEROFFICE_GO_{name.upper()}", value)
    monkeypatch.setattr(client, "REQUESTS_A_SECOND", 1_000_000)
    gateways.forget_all()
    clock = HeldClock()
    moment_url = moment_stage.show(new_moment(clock))
    file = tmp_path / "fjell.toml"
    given = {"go": company.values["base_url"], "client_key": company.client_key}
    file.write_text(FILE.format(moment=moment_url, moment_key=moment.API_KEY, **given))
    answer = CliRunner().invoke(app, ["company", "apply", str(file), "--json"])
    assert answer.exit_code == 0, answer.output
    row = Row.objects.get(slug="fjell")
    lifecycle.set_live(row.pk, date(2020, 1, 1))
    with Side(moment_url) as moment_side, Side(company.address) as go_side:
        yield World(moment_side, go_side, row.pk, lambda **_: None, clock)
    gateways.forget_all()
    judge.verdict()
    judge.exchanges.clear()


def owed(voucher: dict[str, Any]) -> Decimal:
    """What the customer owes by a voucher."""
    rows = [row for row in voucher["transactions"] if row.get("CustomerAccountNo")]
    return sum((Decimal(str(row["Amount"])) for row in rows), Decimal(0))


def own(company: Company, number: int) -> dict[str, Any]:
    """The invoice's own voucher, of which there must be one."""
    (voucher,) = [one for one in company.vouchers(number) if not one["reference"].endswith("/2")]
    return voucher


def test_finalised_invoices_stand_in_go_once_and_moment_is_told(go_world: World, company: Company) -> None:
    made = [go_world.finalise() for _ in range(8)]
    for invoice in made:
        go_world.hint(invoice)
        go_world.hint(invoice)
    go_world.work(rounds=3)
    for invoice in made:
        number = invoice["invoiceNumber"]
        transfer = go_world.transfer(number)
        assert transfer.state == "done", (transfer.state, transfer.problems)
        assert owed(own(company, number)) == Decimal(str(invoice["totalAmount"]))
        assert go_world.export_status(number) == "transferred"


def test_income_of_later_months_is_spread_and_proven(go_world: World, company: Company) -> None:
    first = LAST_DAY.replace(day=1)
    period = {"accrualFrom": str(first), "accrualTo": str(first + timedelta(days=80))}
    number = go_world.insert_invoice({"line": period})
    go_world.retry(number)
    go_world.work(rounds=3)
    transfer = go_world.transfer(number)
    assert transfer.state == "done", (transfer.state, transfer.problems)
    by_month: dict[str, Decimal] = {}
    for voucher in company.vouchers(number):
        for row in voucher["transactions"]:
            if row["AccountNo"] in (3000, 3910):
                month = row["PostingDate"][:7]
                by_month[month] = by_month.get(month, Decimal(0)) - Decimal(str(row["Amount"]))
    assert list(by_month.values()) == [Decimal("3333.33"), Decimal("3333.34"), Decimal("3333.33")]


def expenses_in(world: World, project: dict[str, Any]) -> list[dict[str, Any]]:
    path = f"{world.moment.url}/api/1.0/companies/4021/projectExpenses"
    query = {"projectId": project["id"], "size": 200}
    answer = world.moment.http.get(path, params=query, auth=("apikey", moment.API_KEY))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["content"])


def test_a_suppliers_invoice_in_go_ends_once_in_moment_with_its_document(go_world: World, company: Company) -> None:
    from bilag.expenses.importer import import_expenses

    go_world.hint(go_world.finalise())
    go_world.work(rounds=3)  # what Bilag posts itself must not come back
    project = go_world.any_project()
    before = len(expenses_in(go_world, project))
    line = {"account": 4300, "net": "1000.00", "vatCode": "1", "text": "Modell", "project": project["projectNumber"]}
    bought = company.person(
        "POST",
        "/supplier-invoices",
        supplierName="Byggvare Øst AS",
        date=str(LAST_DAY),
        lines=[line],
        documents=[pdf(PDF)],
    )
    run = import_expenses(go_world.company_id, days_back=3000)
    assert (run.counts.get("done"), run.problem) == (1, None), run.counts
    again = import_expenses(go_world.company_id, days_back=3000)
    assert (again.counts.get("done", 0), again.problem) == (0, None)
    (expense,) = expenses_in(go_world, project)[before:]
    assert (Decimal(str(expense["netAmount"])), Decimal(str(expense["grossAmount"]))) == (Decimal(1000), Decimal(1250))
    assert (expense["title"], expense["supplierName"]) == ("Modell", "Byggvare Øst AS")
    assert expense["externalKey"].startswith(f"poweroffice_go:{company.client_id}:{bought['voucherNo']}:")
    (attached,) = expense["attachments"]
    assert (attached["fileName"], attached["size"]) == ("F-88.pdf", len(PDF))

    company.person("POST", f"/vouchers/{bought['voucherNo']}/reverse")
    import_expenses(go_world.company_id)
    import_expenses(go_world.company_id)
    nets = [Decimal(str(one["netAmount"])) for one in expenses_in(go_world, project)[before:]]
    assert nets == [Decimal(1000), Decimal(-1000)]


def test_the_check_says_how_vouchers_are_posted(go_world: World, company: Company) -> None:
    from bilag.cli.main import app

    answer = CliRunner().invoke(app, ["company", "check", "fjell", "--json"])
    told = json.loads(answer.stdout)
    found = next(step for step in told["steps"] if step["name"] == "client_found")
    assert "vouchers" in found["detail"], found
    assert company.client_key not in answer.output
