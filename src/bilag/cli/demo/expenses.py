"""The second half of the demo: import posted costs as expenses, and invoice one of them."""

import base64
import json
import subprocess
import sys
import threading
import time
from decimal import Decimal
from typing import Any

import httpx2

from bilag.cli.output import say
from bilag.companies import store
from bilag.companies.gateways import moment_for
from bilag_sandbox.moment.pdf import page_of

SLUG, CLIENT = "fjell", "123"
MARKUP_PERCENT = 10
SETTLE_SECONDS = 60.0
PURCHASES: tuple[dict[str, Any], ...] = (
    {
        "supplierName": "Byggvare Øst AS",
        "invoiceNumber": "F-88",
        "lines": [{"account": "4300", "net": "1000.00", "vatCode": "1", "text": "Modellmateriell", "project": 0}],
    },
    {
        "supplierName": "Kopisentralen AS",
        "invoiceNumber": "2026-4471",
        "lines": [
            {"account": "4500", "net": "640.00", "vatCode": "1", "text": "Plotting A1", "project": 0},
            {"account": "4500", "net": "320.00", "vatCode": "1", "text": "Plotting A1", "project": 1},
        ],
    },
    {
        "supplierName": "Kraftlaget",
        "invoiceNumber": "778120",
        "lines": [{"account": "6340", "net": "2150.00", "vatCode": "1", "text": "Strøm kontor"}],
    },
)
"""The invoices that the accountant posts. `project` is the index of a sample project; the electricity bill has none."""


def bring_expenses_back(moment: str, hub: str, environment: dict[str, str]) -> tuple[list[int], list[str]]:
    """Post the supplier invoices, import them, invoice one expense, and check both systems.

    Returns the number of the invoice, and every fault.
    """
    say("\nSupplier invoices posted in the accounting system are imported as project expenses:")
    projects = _projects()
    posted = [_post(hub, one, projects) for one in PURCHASES]
    expected = sum(len([line for line in one["lines"] if "project" in line]) for one in PURCHASES)
    say(f"$ bilag expenses import {SLUG}")
    command = [sys.executable, "-m", "bilag.cli", "expenses", "import", SLUG, "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        return [], [f"the import of expenses failed: {done.stderr.strip()}"]
    run = json.loads(done.stdout)
    ignored = sum(run["ignored"].values())
    say(f"  {run['read']} lines read, {run['imported']} imported, {run['documents']} documents, {ignored} not imported")
    broken = []
    if run["imported"] != expected:
        broken.append(f"{expected} costs were posted on projects, but {run['imported']} were imported")
    keys = [f"azets:S2041:{CLIENT}:{journal}:{entry}" for journal, entries in posted for entry in entries]
    made = {key: moment_for(store.load_setup_by_slug(SLUG)).expenses.find(key) for key in keys}
    broken += [f"the cost {key} is {len(found)} times in Moment" for key, found in made.items() if len(found) != 1]
    broken += [f"the expense {key} has no document" for key, found in made.items() if found and not found[0].documents]
    if not made[keys[0]]:
        return [], broken
    number, late = _invoice_on(moment, hub, made[keys[0]][0].moment_id)
    return [number], broken + late


def _projects() -> list[str]:
    """Return two sample projects whose numbers fit the project unit."""
    numbers = moment_for(store.load_setup_by_slug(SLUG)).project_numbers()
    return [number for number in numbers if number.isdigit()][:2]


def _post(hub: str, purchase: dict[str, Any], projects: list[str]) -> tuple[int, list[int]]:
    """Post an invoice with a receipt. Return its journal number, and its entries on projects."""
    lines = [
        {**line, "project": projects[line["project"]]} if "project" in line else line for line in purchase["lines"]
    ]
    receipt = page_of([str(purchase["supplierName"]), f"Faktura {purchase['invoiceNumber']}"])
    name = {"fileName": f"{purchase['invoiceNumber']}.pdf", "contentType": "application/pdf"}
    body = {**purchase, "lines": lines, "documents": [{**name, "base64": base64.b64encode(receipt).decode()}]}
    answer = httpx2.post(f"{hub}/admin/clients/{CLIENT}/supplier-invoices", json=body, timeout=30)
    voucher = answer.raise_for_status().json()
    on_project = [
        entry["entryNumber"]
        for entry in voucher["entries"]
        if entry["orgUnits"].get("2") and entry["accountNumber"] != "2710"
    ]
    say(
        f"  voucher {voucher['voucherNumber']}  {purchase['supplierName']:<18} "
        + ", ".join(f"{line['account']} {line['net']}" for line in lines)
    )
    return voucher["journalNumber"], on_project


def _invoice_on(moment: str, hub: str, expense_id: int) -> tuple[int, list[str]]:
    """Invoice the expense with a markup, and wait for the voucher. Return the invoice number, and every fault."""
    answer = httpx2.post(
        f"{moment}/admin/projectExpenses/{expense_id}/invoice", json={"markupPercent": MARKUP_PERCENT}, timeout=30
    )
    invoice = answer.raise_for_status().json()
    number = invoice["invoiceNumber"]
    until, pause = time.monotonic() + SETTLE_SECONDS, threading.Event()
    while time.monotonic() < until:
        ledger = httpx2.get(f"{hub}/admin/clients/{CLIENT}/ledger", timeout=60).json()
        found = [one for one in ledger if one["voucherNumber"] == number and one["type"] == "outgoingInvoice"]
        if found:
            say(
                f"\nOne expense invoiced with {MARKUP_PERCENT} % markup: cost 1000.00, invoice {number} {_money(invoice)}"
            )
            return number, []
        pause.wait(0.1)
    return number, [f"invoice {number}, which includes an expense, has no voucher"]


def _money(invoice: dict[str, Any]) -> str:
    return f"{Decimal(str(invoice['netAmount'])):.2f}"
