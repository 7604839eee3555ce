"""The fixed scenario. Nothing in it is random: one company that is live with accrual, three documents, one worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bilag.expenses import enqueue
from bilag.transfers.intake import poll
from simulation import invariants, quiet
from simulation.accounting import HUB, OF_ONE_SHAPE
from simulation.world import World, create_world

ACCRUAL = {"enabled": True, "debit_account": "3910", "credit_account": "2965", "by": "months"}
A_YEAR = ("2026-11-01", "2027-10-31")
NET, VAT = 12000, 3000
DOCUMENT = {"fileName": "F-1.pdf", "contentType": "application/pdf", "base64": "JVBERi0xLjcKJSVFT0YK"}


@contextmanager
def scenario(destination: str = HUB) -> Iterator[World]:
    """Yield the world in which the documents are made and nothing of them has been transferred. `destination` is the accounting
    system, one of `OF_ONE_SHAPE`.

    An earlier invoice is posted already. Then come a credit note of it, an invoice with a year's accrual of a customer and a
    project that accounting does not have yet, and a supplier's invoice on that project, with a document. The schedule has asked
    for a poll and an import: what follows is the worker's.
    """
    accounting = OF_ONE_SHAPE[destination](0)
    with create_world(0, rate=0.0, sockets=False, durable=False, destination=accounting) as world:
        world.adversary.active = False
        world.firm.apply(accrual={**ACCRUAL, **accounting.sections().get("accrual", {})})
        earlier = _invoice(world, world.firm.office.projects[0], None)
        quiet.settle_down(world)
        assert invariants.broken(world) == [], world.trace
        project = _new_project(world)
        _invoice(world, project, A_YEAR)
        world.ask("moment", "POST", f"/admin/invoices/number:{earlier}/credit", {})
        line = {
            "account": "4300",
            "net": "512.25",
            "vatCode": "1",
            "text": "Modellmateriell",
            "project": project["projectNumber"],
        }
        bought = {"supplierName": "Byggvare Øst AS", "lines": [line], "documents": [DOCUMENT]}
        accounting.post_supplier_invoice(world, world.firm.client, bought)
        world.firm.office.hints.clear()  # the poll finds what webhooks would tell
        poll.poll_now()
        enqueue.ask_import(world.firm.company_id)
        yield world


def _new_project(world: World) -> dict[str, Any]:
    customer = world.ask("moment", "POST", "/admin/customers", {"name": "Havnelageret AS"})
    of_a_customer = {
        "name": "Lager",
        "customer": {"id": customer["id"]},
        "department": world.firm.office.projects[0]["department"],
    }
    project: dict[str, Any] = world.ask("moment", "POST", "/admin/projects", of_a_customer)
    world.firm.office.customers.append(customer)
    world.firm.office.projects.append(project)
    return project


def _invoice(world: World, project: dict[str, Any], accrual: tuple[str, str] | None) -> int:
    of_project = {"id": project["id"], "projectNumber": project["projectNumber"]}
    line = {
        "id": 1,
        "text": "Serviceavtale",
        "accountNumber": "3010",
        "vatCode": "3",
        "vatRate": 25,
        "quantity": 12,
        "unitPrice": NET // 12,
        "discountPercent": 0,
        "netAmount": NET,
        "vatAmount": VAT,
        "project": of_project,
        "department": None,
        "accrualFrom": accrual and accrual[0],
        "accrualTo": accrual and accrual[1],
    }
    body = {
        "customer": project["customer"],
        "project": of_project,
        "lines": [line],
        "netAmount": NET,
        "vatAmount": VAT,
        "totalAmount": NET + VAT,
        "paymentId": None,
    }
    return int(world.ask("moment", "POST", "/admin/invoices/insert", body)["invoiceNumber"])
