"""The steps of a run: what users of Moment and accounting, webhooks, polls, workers, clocks and machines do.

Each step is a function of the world; its weight is its relative frequency.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client

from bilag.expenses.enqueue import ask_import
from bilag.transfers import enqueue
from bilag.transfers.activation.save_setup import check_saved
from bilag.transfers.intake import accept, requeue_stuck
from bilag.transfers.intake import poll as intake
from bilag.transfers.models import ACTIVE, Transfer
from bilag_sandbox import hub
from simulation import books, queue, restarting, workers
from simulation.clock import CLOCK
from simulation.world import World

Step = Callable[[World], None]
STEPS: dict[str, tuple[int, Step]] = {}
LEDGER = f"/admin/clients/{hub.VISMA_CLIENT}"
LINES: tuple[tuple[str, str | None, int, int], ...] = (
    ("3000", "3", 25, 10000),
    ("3000", "3", 25, 333),
    ("3100", "5", 0, 1250),
    ("3000", "3", 25, -700),
)
"""Account, VAT code, VAT percent and unit price."""


def step(weight: int) -> Callable[[Step], Step]:
    """Register a function as a step of runs."""

    def named(function: Step) -> Step:
        STEPS[function.__name__] = (weight, function)
        return function

    return named


def _moment_calls() -> Client:
    return Client(SERVER_NAME="localhost")


def _line(world: World, number: int) -> dict[str, Any]:
    account, code, rate, price = world.chance.choice(LINES if number else LINES[:3])
    quantity = world.chance.randint(1, 12)
    net = price * quantity
    project = world.chance.choice(world.projects) if world.chance.random() < 0.3 else None
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


def _invoice(world: World, **changes: Any) -> int:
    project = world.chance.choice(world.projects)
    lines = [{**_line(world, number), **changes} for number in range(world.chance.randint(1, 4))]
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
    created = world.ask("moment", "POST", "/admin/invoices/insert", body)
    number = int(created["invoiceNumber"])
    world.note(f" invoice {number}, {created['totalAmount']}")
    return number


@step(24)
def finalise(world: World) -> None:
    """Finalise one to three invoices, as a user does."""
    for _ in range(world.chance.randint(1, 3)):
        _invoice(world)


@step(2)
def finalise_a_bad_one(world: World) -> None:
    """Finalise an invoice on an account the ledger lacks, as a user may."""
    world.bad_invoices.add(_invoice(world, accountNumber="3999"))


@step(4)
def credit(world: World) -> None:
    """Credit an invoice, as a user does."""
    numbers = [n for n in finalised(world) if n not in world.bad_invoices]
    if numbers:
        number = world.chance.choice(numbers)
        try:
            created = world.ask("moment", "POST", f"/admin/invoices/number:{number}/credit", {})
        except AssertionError as error:  # a credit note cannot be credited
            assert "409" in str(error), error  # noqa: PT017 - not a test
            return
        world.note(f" credit note {created['invoiceNumber']} for {number}")
        if Decimal(str(created["totalAmount"])) > 0:  # of a negative invoice: type and total contradict each other
            world.bad_invoices.add(created["invoiceNumber"])


@step(6)
def rename_customer(world: World) -> None:
    """Rename a customer, as a user does."""
    customer = world.chance.choice(world.customers)
    name = f"{customer['name'].split(' (')[0]} ({world.chance.randint(2, 99)})"
    world.ask("moment", "PATCH", f"/admin/customers/{customer['id']}", {"name": name})
    world.note(f" customer {customer['customerNumber']} is now {name}")


@step(3)
def rename_project(world: World) -> None:
    """Rename a project, as a user does."""
    project = world.chance.choice(world.projects)
    world.ask("moment", "PATCH", f"/admin/projects/{project['id']}", {"name": f"Navn {world.chance.randint(1, 99)}"})


@step(5)
def change_setup(world: World) -> None:
    """Save another setup while work is in progress, as a user may."""
    changes: list[dict[str, Any]] = [
        {"company": {"slug": "fjell", "name": "Fjell Arkitekter AS", "language": "en"}},
        {"company": {"slug": "fjell", "name": "Fjell Arkitekter AS", "language": "nb"}},
        {"export": {"customers": False}},
        {"export": {"customers": True}},
        {"export": {"projects": False}},
        {"export": {}},
        {"password": "wrong"},
        {"password": hub.PASSWORD},
        {"expenses": {"import": True, "activity": "Reiseutlegg"}},
    ]
    change = world.chance.choice(changes)
    world.note(f" setup: {change}")
    outcome = check_saved(world.apply(**change)).outcome
    world.note(f" the company is {outcome or 'as it was'}")


@step(12)
def post_supplier_invoice(world: World) -> None:
    """Post a supplier invoice on projects, with or without a document, as an accountant does."""
    lines = [
        {
            "account": world.chance.choice(("4300", "6300")),
            "net": f"{world.chance.randint(1, 9000)}.{world.chance.randint(0, 99):02}",
            "vatCode": "1",
            "text": "Modellmateriell",
            "project": world.chance.choice([*world.projects, {"projectNumber": "99999"}])["projectNumber"],
        }
        for _ in range(world.chance.randint(1, 3))
    ]
    body: dict[str, Any] = {"supplierName": "Byggvare Øst AS", "lines": lines}
    if world.chance.random() < 0.4:
        body["documents"] = [
            {"fileName": "F-1.pdf", "contentType": "application/pdf", "base64": "JVBERi0xLjcKJSVFT0YK"}
        ]
    posted = world.ask("hub", "POST", f"{LEDGER}/supplier-invoices", body)
    world.note(f" supplier invoice, journal {posted['journalNumber']}")


@step(12)
def webhooks_arrive(world: World) -> None:
    """Deliver some pending webhooks in any order; deliver some twice, lose others."""
    world.chance.shuffle(world.hints)
    for _ in range(min(len(world.hints), world.chance.randint(1, 6))):
        kind, body = world.hints.pop()
        fate = world.chance.random()
        if fate < 0.15:
            world.adversary.count("webhook lost")
            continue
        copies = 2 if fate < 0.35 else 1
        if copies == 2:
            world.adversary.count("webhook delivered twice")
        for _ in range(copies):
            answer = _moment_calls().post(f"{world.hook}/{kind}", body, content_type="application/json")
            world.note(f" webhook of a {kind}: {answer.status_code}")


@step(2)
def odd_webhook(world: World) -> None:
    """Send an invalid webhook, or one that names an unknown object."""
    body = world.chance.choice(("", "{", '{"invoice": {"id": 99, "invoiceNumber": 424242}}', '{"customer": {"id": 1}}'))
    _moment_calls().post(world.hook, body, content_type="application/json")
    world.adversary.count("forged or odd webhook")


@step(6)
def poll(world: World) -> None:
    """Start the polls, as the schedule does."""
    intake.poll_now()


@step(9)
def import_expenses(world: World) -> None:
    """Start an import of expenses, as the schedule does."""
    ask_import(world.company_id)


@step(24)
def work(world: World) -> None:
    """Let a worker perform some jobs."""
    workers.run_here(world.chance.randint(1, 8), world.wires, world.note)


CONCURRENT_STEPS = (
    "rename_customer",
    "rename_project",
    "change_setup",
    "finalise",
    "webhooks_arrive",
    "poll",
    "user_retries",
)


def _forked(world: World, count: int, limit: int, kills: dict[int, int]) -> int:
    """Run workers in processes of their own while users act."""

    def meanwhile() -> None:
        name = world.chance.choice(CONCURRENT_STEPS)
        world.note(f"  in mid-flight: {name}")
        world.adversary.count(f"in mid-flight: {name.replace('_', ' ')}")
        STEPS[name][1](world)

    return workers.forked(count, limit, world.wires, world.note, world.chance, kills, meanwhile)


@step(12)
def work_and_die(world: World) -> None:
    """Kill a worker with SIGKILL at a request or a commit."""
    point = world.chance.randint(1, 60)
    world.kills += _forked(world, 1, 6, {0: point})


@step(7)
def two_workers(world: World) -> None:
    """Run two workers at once, both woken for the same transfers; perhaps kill one."""
    active = Transfer.objects.filter(state__in=ACTIVE).order_by("id")
    for pk in active.values_list("pk", flat=True)[:3]:
        enqueue.wake(pk)
    kills = {world.chance.randint(0, 1): world.chance.randint(1, 60)} if world.chance.random() < 0.3 else {}
    world.adversary.count("two workers at once")
    world.kills += _forked(world, 2, 4, kills)


@step(14)
def time_passes(world: World) -> None:
    """Let seconds to minutes pass, sometimes an hour."""
    seconds = world.chance.choice((1, 3, 5, 20, 61, 300, 3600))
    CLOCK.pass_time(timedelta(seconds=seconds))
    CLOCK.sync_database()
    world.note(f" {seconds} s")
    world.wires.deliver_late()
    if seconds >= 20:
        taken = queue.requeue_abandoned(20)
        if taken:
            world.note(f" {taken} jobs of dead workers are queued again")
        requeue_stuck.requeue_stuck()


@step(3)
def clock_jumps(world: World) -> None:
    """Correct the machine's clock, forward or back."""
    seconds = world.chance.choice((-300, -30, -2, 2, 30, 600))
    if seconds > 0:  # a late request arrives within a minute of true time, which a jump would skip
        world.wires.deliver_late(all_of_them=True)
    CLOCK.jump(timedelta(seconds=seconds))
    CLOCK.sync_database()
    world.adversary.count("clock jumped")


@step(5)
def hub_misbehaves(world: World) -> None:
    """Make the hub skip, delay, fail or misreport the next posting."""
    effects: tuple[dict[str, Any], ...] = (
        {"effect": "notTried", "on": "create"},
        {"effect": "notTried"},
        {"effect": "locked"},
        {"effect": "delay", "seconds": 20},
        {"effect": "misreport", "posted": True, "errorCode": "batch_update_failed", "errorMessage": "Ukjent feil"},
        {"effect": "misreport", "posted": False, "errorMessage": "Noe gikk galt"},
        {"effect": "misreport", "posted": True},
        {"effect": "closePeriod"},
        {"effect": "deactivateAccount", "accountNumber": "3000"},
        {"effect": "refused", "errorCode": "period_closed", "errorMessage": "Perioden er avsluttet."},
    )
    effect = world.chance.choice(effects)
    world.ask("hub", "POST", f"{LEDGER}/posting", effect)
    world.adversary.count(EFFECT_NAMES[effect["effect"]])


EFFECT_NAMES = {
    "notTried": "batch created but not updated",
    "locked": "ledger locked",
    "delay": "batch under way for 20 s",
    "misreport": "200 with an error inside, or half an answer",
    "refused": "refused by the ledger",
    "closePeriod": "period closed between check and posting",
    "deactivateAccount": "account made inactive between check and posting",
}


@step(3)
def repair_books(world: World) -> None:
    """Reopen the period and reactivate the account, as an accountant does."""
    world.ask("hub", "PUT", f"{LEDGER}/periods/2026/11", {"state": "open"})
    world.ask("hub", "PUT", f"{LEDGER}/accounts/3000", {"active": 1})


@step(3)
def user_retries(world: World) -> None:
    """Retry everything that needs attention, waits or is in doubt, as a user does."""
    accept.retry(world.company_id, origin="simulation")


@step(2)
def user_fixes_invoice(world: World) -> None:
    """Fix a bad invoice in Moment, as a user does."""
    if world.bad_invoices:
        number = world.chance.choice(sorted(world.bad_invoices))
        invoice = world.ask("moment", "PATCH", f"/admin/invoices/number:{number}", {})
        lines = [{**line, "accountNumber": "3000"} for line in invoice["lines"]]
        world.ask("moment", "PATCH", f"/admin/invoices/number:{number}", {"lines": lines})
        world.bad_invoices.discard(number)
        world.note(f" invoice {number} is fixed")


def restart_database(world: World) -> None:
    """Restart PostgreSQL under a worker. Only some runs do, because it takes a second."""
    point = world.chance.randint(1, 40)
    how = world.chance.choice(("fast", "immediate"))

    def at(passed: int) -> None:
        if passed == point:
            restarting.restart(how)
            world.adversary.count("PostgreSQL restarted")
            world.note(f"  PostgreSQL restarted ({how})")

    workers.run_here(6, world.wires, world.note, at=at)
    connection.close()


def finalised(world: World) -> list[int]:
    """Return the numbers of the finalised invoices and credit notes in Moment."""
    return [int(one["invoiceNumber"]) for one in books.invoices(world)]
