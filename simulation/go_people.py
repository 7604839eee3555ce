"""Steps of accountants in PowerOffice Go, beside those of every run: vouchers posted before Bilag, and vouchers reversed."""

from bilag.transfers.in_accounting import may_be_in_accounting
from bilag.transfers.models import Kind, State, Transfer
from simulation import books
from simulation.accounting import GoAccounting
from simulation.firms import Firm
from simulation.steps import step
from simulation.world import World

FEATURE = "poweroffice go"


def _go(world: World) -> GoAccounting:
    assert isinstance(world.accounting, GoAccounting)
    return world.accounting


@step(5, FEATURE)
def accountant_takes_number(world: World, firm: Firm) -> None:
    """Post an invoice in Go under its own number before Bilag has sent anything of it."""
    go, office = _go(world), firm.office
    if firm.client in go.delayed or world.wires.late:
        return  # Bilag could not see it in time
    rows = Transfer.objects.filter(source__key=office.key, kind=Kind.INVOICE)
    touched = {
        row.number
        for row in rows
        if row.state in (State.DONE, State.SENDING, State.SKIPPED) or may_be_in_accounting(row)
    }
    free = [
        one
        for one in books.invoices(world, office)
        if str(one["invoiceNumber"]) not in touched
        and (firm.client, int(one["invoiceNumber"])) not in go.taken
        and int(one["invoiceNumber"]) not in office.bad | office.contradictory | office.booked | office.excluded
        and one["totalAmount"] > 0
    ]
    if not free:
        return
    one = world.chance.choice(free)
    number, customer = int(one["invoiceNumber"]), one["customer"]["customerNumber"]
    voucher = go.take_number(world, firm.client, number, customer, one["totalAmount"])
    world.note(f" invoice {number} is posted in Go by hand, voucher {voucher}")
    world.adversary.count("in Go: invoice number used by hand")


@step(4, FEATURE)
def accountant_reverses(world: World, firm: Firm) -> None:
    """Reverse everything that Bilag posted of an invoice that is done."""
    go = _go(world)
    rows = Transfer.objects.filter(source__key=firm.office.key, kind=Kind.INVOICE, state=State.DONE)
    done = {int(row.number) for row in rows if row.number.isdecimal()}
    standing = [
        one
        for one in books.ledger(world, firm.client)
        if one["voucherNumber"] in done and one["type"] in books.INVOICE_TYPES
    ]
    if not standing:
        return
    number = world.chance.choice(standing)["voucherNumber"]
    reference = f"moment-{firm.office.number}-invoice-{number}"
    for one in go.raw(world, firm.client):
        if (one["reference"] or "").removesuffix("/2") == reference and not one["isReversed"]:
            go.reverse(world, firm.client, one["voucherNo"])
            world.note(f" voucher {one['voucherNo']} of invoice {number} is reversed in Go")
    go.reversed.add((firm.client, number))
    world.adversary.count("in Go: voucher reversed")
