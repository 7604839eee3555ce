"""The main job into Tryton: invoices finalised in Moment, carried by Bilag's own transfers, stand in a real ledger; what was
bought there comes back to Moment; and the journal is exported."""

import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree
from typer.testing import CliRunner

from bilag_sandbox import moment
from tests.support.exports import SAFT, signed
from tests.support.tryton.office import Office
from tests.support.tryton.purchases import PDF, Purchases
from tests.support.world import World


def owed(office: Office, number: int) -> Decimal:
    """What the customer owes of the invoice in Tryton."""
    (move,) = office.moves_with(number)
    rows: list[dict[str, Any]] = office.person.read(
        "account.move.line", [["move", "=", move], ["account.code", "=", "1500"]], "debit", "credit"
    )
    return sum((row["debit"] - row["credit"] for row in rows), Decimal(0))


def test_finalised_invoices_stand_in_tryton_once_and_moment_is_told(world: World, office: Office) -> None:
    made = [world.finalise() for _ in range(15)]
    for invoice in made:
        world.hint(invoice)
        world.hint(invoice)
    world.work(rounds=3)
    for invoice in made:
        number = invoice["invoiceNumber"]
        transfer = world.transfer(number)
        assert transfer.state == "done", (transfer.state, transfer.problems)
        assert office.count_vouchers(number) == 1
        assert owed(office, number) == Decimal(str(invoice["totalAmount"]))
        assert world.export_status(number) == "transferred"


def expenses_in(world: World, project: dict[str, Any]) -> list[dict[str, Any]]:
    """The expenses that Moment has on a project."""
    path = f"{world.moment.url}/api/1.0/companies/4021/projectExpenses"
    answer = world.moment.http.get(
        path, params={"projectId": project["id"], "size": 200}, auth=("apikey", moment.API_KEY)
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["content"])


def test_a_suppliers_invoice_in_tryton_ends_once_in_moment_with_its_document(
    world: World, office: Office, purchases: Purchases
) -> None:
    from bilag.expenses.importer import import_expenses

    world.hint(world.finalise())
    world.work(rounds=3)  # what Bilag posts itself must not come back
    project = world.any_project()
    number = project["projectNumber"]
    before = len(expenses_in(world, project))
    bought = {"net": "1000.00", "vat_code": "1", "project": number, "text": "Modellmateriell"}
    invoice = purchases.invoice(bought, supplier=purchases.supplier("Byggvare Øst AS"), reference="F-88")
    purchases.attach(f"account.invoice,{invoice}", name="F-88.pdf")
    run = import_expenses(world.company_id, days_back=3000)
    assert (run.counts.get("done"), run.problem) == (1, None)
    again = import_expenses(world.company_id, days_back=3000)
    assert (again.counts.get("done", 0), again.problem) == (0, None)
    (expense,) = expenses_in(world, project)[before:]
    assert (Decimal(str(expense["netAmount"])), Decimal(str(expense["grossAmount"]))) == (Decimal(1000), Decimal(1250))
    assert (expense["title"], expense["supplierName"]) == ("Modellmateriell", "Byggvare Øst AS")
    assert expense["externalKey"].startswith(f"tryton:{office.ledger.database}:{purchases.move_of(invoice)}:")
    (attached,) = expense["attachments"]
    assert (attached["fileName"], attached["size"]) == ("F-88.pdf", len(PDF))

    purchases.cancel_invoice(invoice)
    import_expenses(world.company_id)
    import_expenses(world.company_id)
    nets = [Decimal(str(one["netAmount"])) for one in expenses_in(world, project)[before:]]
    assert nets == [Decimal(1000), Decimal(-1000)]


def test_the_saft_file_of_a_journal_in_tryton_follows_the_schema_and_agrees_with_it(
    world: World, office: Office, shared: Path, tmp_path: Path
) -> None:
    from bilag.cli.main import app

    made = [world.finalise() for _ in range(15)]
    for invoice in made:
        world.hint(invoice)
    world.work(rounds=3)
    assert {world.transfer(one["invoiceNumber"]).state for one in made} == {"done"}
    file = tmp_path / "fjell.xml"
    period = ("--from", "2025-01-01", "--to", "2027-12-31")
    answer = CliRunner().invoke(app, ["export", "saft", "fjell", *period, "--out", str(file), "--json"])
    assert answer.exit_code == 0, answer.output
    root = etree.fromstring(file.read_bytes())
    schema = etree.XMLSchema(file=shared / "specs/saft/schema/Norwegian_SAF-T_Financial_Schema_v_1.30.xsd")
    schema.assertValid(root)
    told: dict[str, Decimal] = defaultdict(Decimal)
    for line in root.iter(f"{SAFT}Line"):
        told[line.findtext(f"{SAFT}AccountID") or ""] += signed(line)
    moves = [move for invoice in made for move in office.moves_with(invoice["invoiceNumber"])]
    rows = office.person.read("account.move.line", [["move", "in", moves]], "account.code", "debit", "credit")
    there: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        there[row["account."]["code"]] += row["debit"] - row["credit"]
    assert dict(told) == dict(there)
    debits = f"{sum((row['debit'] for row in rows), Decimal(0)):.2f}"
    summary = json.loads(answer.stdout)
    assert (summary["totalDebit"], summary["totalCredit"], summary["vouchers"]) == (debits, debits, len(made))
    assert root.findtext(f"{SAFT}GeneralLedgerEntries/{SAFT}TotalDebit") == debits
