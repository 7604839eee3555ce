"""Steps of daily work: what users of Moment, accountants, the schedule and webhooks do."""

from decimal import Decimal
from typing import Any

from bilag.expenses.enqueue import ask_import
from bilag.notifications import sweep
from bilag.transfers.activation.save_setup import check_saved
from bilag.transfers.intake import accept
from bilag.transfers.intake import poll as intake
from bilag.web.webhooks.endpoint import token_of
from bilag.web.webhooks.receive import Received, receive
from simulation import books
from simulation.firms import Firm
from simulation.steps import step
from simulation.world import World

LINES: tuple[tuple[str, str | None, int, int], ...] = (
    ("3000", "3", 25, 10000),
    ("3000", "3", 25, 333),
    ("3100", "5", 0, 1250),
    ("3000", "3", 25, -700),
)
"""Account, VAT code, VAT percent and unit price."""


def webhook(firm: Firm, body: str, kind: str = "") -> int:
    """Send a webhook to the firm's address; return the HTTP status of the answer."""
    token = token_of(f"{firm.hook}/{kind}" if kind else firm.hook)
    assert token is not None
    [status] = receive([Received(token, "POST", body.encode())])
    return int(status)


def _line(world: World, firm: Firm, number: int) -> dict[str, Any]:
    account, code, rate, price = world.chance.choice(LINES if number else LINES[:3])
    quantity = world.chance.randint(1, 12)
    net = price * quantity
    project = world.chance.choice(firm.office.projects) if world.chance.random() < 0.3 else None
    return {
        "id": number + 1,
        "text": f"Honorar {number + 1}",
        "accountNumber": account,
        "vatCode": code,
        "vatRate": rate,
        "quantity": quantity,
        "unitPrice": price,
        "discountPercent": 0,
        "netAmount": net,
        "vatAmount": round(net * rate / 100, 2),
        "project": project and {"id": project["id"], "projectNumber": project["projectNumber"]},
        "department": None,
        "accrualFrom": None,
        "accrualTo": None,
    }


def invoice(world: World, firm: Firm, project: dict[str, Any] | None = None, **changes: Any) -> int:
    """Finalise an invoice on a project, by chance one of the office's; return its number. `changes` are of each line."""
    office = firm.office
    project = project or world.chance.choice(office.projects)
    lines = [{**_line(world, firm, number), **changes} for number in range(world.chance.randint(1, 4))]
    lines = world.accounting.spread(lines)
    net, vat = sum(one["netAmount"] for one in lines), round(sum(one["vatAmount"] for one in lines), 2)
    body = {
        "customer": project["customer"],
        "project": {"id": project["id"], "projectNumber": project["projectNumber"]},
        "lines": lines,
        "netAmount": net,
        "vatAmount": vat,
        "totalAmount": round(net + vat, 2),
        "paymentId": None,
    }
    if len(firm.offices) > 1:  # the accountant lets the new Moment count where the old one stopped
        taken = [one for at in firm.offices for one in books.numbers(world, at)]
        body["invoiceNumber"] = max(taken, default=5000) + 1
    created = world.ask(office.side, "POST", "/admin/invoices/insert", body)
    number = int(created["invoiceNumber"])
    world.note(f" invoice {number}, {created['totalAmount']}")
    return number


@step(24)
def finalise(world: World, firm: Firm) -> None:
    """Finalise one to three invoices, as a user does."""
    for _ in range(world.chance.randint(1, 3)):
        invoice(world, firm)


@step(2)
def finalise_a_bad_one(world: World, firm: Firm) -> None:
    """Finalise an invoice on an account the ledger lacks, as a user may."""
    firm.office.bad.add(invoice(world, firm, accountNumber="3999"))


@step(8, "decisions")
def finalise_another_bad_one(world: World, firm: Firm) -> None:
    """Finalise a bad invoice more often, where people decide what happens to it."""
    finalise_a_bad_one(world, firm)


@step(4)
def credit(world: World, firm: Firm) -> None:
    """Credit an invoice, as a user does."""
    office = firm.office
    numbers = [n for n in books.numbers(world, office) if n not in office.bad]
    if numbers:
        number = world.chance.choice(numbers)
        try:
            created = world.ask(office.side, "POST", f"/admin/invoices/number:{number}/credit", {})
        except AssertionError as error:  # a credit note cannot be credited
            assert "409" in str(error), error  # noqa: PT017 - not a test
            return
        world.note(f" credit note {created['invoiceNumber']} for {number}")
        if Decimal(str(created["totalAmount"])) > 0:  # of a negative invoice: type and total contradict each other
            office.contradictory.add(int(created["invoiceNumber"]))


@step(6)
def rename_customer(world: World, firm: Firm) -> None:
    """Rename a customer, as a user does."""
    customer = world.chance.choice(firm.office.customers)
    name = f"{customer['name'].split(' (')[0]} ({world.chance.randint(2, 99)})"
    world.ask(firm.office.side, "PATCH", f"/admin/customers/{customer['id']}", {"name": name})
    world.note(f" customer {customer['customerNumber']} is now {name}")


@step(3)
def rename_project(world: World, firm: Firm) -> None:
    """Rename a project, as a user does."""
    project = world.chance.choice(firm.office.projects)
    name = f"Navn {world.chance.randint(1, 99)}"
    world.ask(firm.office.side, "PATCH", f"/admin/projects/{project['id']}", {"name": name})


@step(5)
def change_setup(world: World, firm: Firm) -> None:
    """Save another setup while work is in progress, as a user may."""
    changes: list[dict[str, Any]] = [
        {"company": {"language": "en"}},
        {"company": {"language": "nb"}},
        {"export": {"customers": False}},
        {"export": {"customers": True}},
        {"export": {"projects": False}},
        {"export": {}},
        {"password": "wrong"},
        {"password": world.accounting.password},
        {"expenses": {"import": True, "activity": "Reiseutlegg"}},
    ]
    change = world.chance.choice(changes)
    world.note(f" setup: {change}")
    outcome = check_saved(firm.apply(**change)).outcome
    world.note(f" the company is {outcome or 'as it was'}")


@step(12)
def post_supplier_invoice(world: World, firm: Firm) -> None:
    """Post a supplier invoice on projects, with or without a document, as an accountant does."""
    lines = [
        {
            "account": world.chance.choice(("4300", "6300")),
            "net": f"{world.chance.randint(1, 9000)}.{world.chance.randint(0, 99):02}",
            "vatCode": "1",
            "text": "Modellmateriell",
            "project": world.chance.choice([*firm.office.projects, {"projectNumber": "99999"}])["projectNumber"],
        }
        for _ in range(world.chance.randint(1, 3))
    ]
    body: dict[str, Any] = {"supplierName": "Byggvare Øst AS", "lines": lines}
    if world.chance.random() < 0.4:
        body["documents"] = [
            {"fileName": "F-1.pdf", "contentType": "application/pdf", "base64": "JVBERi0xLjcKJSVFT0YK"}
        ]
    world.note(f" supplier invoice, journal {world.accounting.post_supplier_invoice(world, firm.client, body)}")


@step(12)
def webhooks_arrive(world: World, firm: Firm) -> None:
    """Deliver some pending webhooks in any order; deliver some twice, lose others."""
    former = len(firm.offices) > 1 and world.chance.random() < 0.2  # a Moment that was left still sends some
    hints = (firm.offices[0] if former else firm.office).hints
    world.chance.shuffle(hints)
    for _ in range(min(len(hints), world.chance.randint(1, 6))):
        kind, body = hints.pop()
        fate = world.chance.random()
        if fate < 0.15:
            world.adversary.count("webhook lost")
            continue
        copies = 2 if fate < 0.35 else 1
        if copies == 2:
            world.adversary.count("webhook delivered twice")
        for _ in range(copies):
            world.note(f" webhook of a {kind}: {webhook(firm, body, kind)}")


@step(2)
def odd_webhook(world: World, firm: Firm) -> None:
    """Send an invalid webhook, or one that names an unknown object."""
    bodies = ("", "{", '{"invoice": {"id": 99, "invoiceNumber": 424242}}', '{"customer": {"id": 1}}')
    webhook(firm, world.chance.choice(bodies))
    world.adversary.count("forged or odd webhook")


@step(6)
def poll(world: World, firm: Firm) -> None:
    """Start the polls, as the schedule does."""
    intake.poll_now()


@step(9)
def import_expenses(world: World, firm: Firm) -> None:
    """Start an import of expenses, as the schedule does."""
    ask_import(firm.company_id)


@step(5)
def hub_misbehaves(world: World, firm: Firm) -> None:
    """Make the accounting system skip, delay, fail or misreport the next posting, or an accountant change what it needs."""
    world.accounting.misbehave(world, firm)


@step(3)
def repair_books(world: World, firm: Firm) -> None:
    """Reopen the period and reactivate the account, as an accountant does."""
    for client in dict.fromkeys(firm.clients):
        world.accounting.repair(world, client)


@step(3)
def user_retries(world: World, firm: Firm) -> None:
    """Retry everything that needs attention, waits or is in doubt, as a user does."""
    accept.retry(firm.company_id, origin="simulation")


def fix_invoice(world: World, firm: Firm, number: int) -> None:
    """Put a bad invoice on an account that the ledger has. Moment sends a webhook."""
    at = f"/admin/invoices/number:{number}"
    found = world.ask(firm.office.side, "PATCH", at, {})
    lines = [{**line, "accountNumber": "3000"} for line in found["lines"]]
    world.ask(firm.office.side, "PATCH", at, {"lines": lines})
    world.note(f" invoice {number} is fixed")


@step(2)
def user_fixes_invoice(world: World, firm: Firm) -> None:
    """Fix a bad invoice in Moment, as a user does."""
    office = firm.office
    if office.bad:
        number = world.chance.choice(sorted(office.bad))
        fix_invoice(world, firm, number)
        office.bad.discard(number)


@step(10, "letters")
def look_for_problems(world: World, firm: Firm) -> None:
    """Look for problems that nobody was told of, as the schedule does each minute."""
    sweep.notify_all()
