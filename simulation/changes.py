"""Steps that change what is around a transfer: ledgers, companies of Moment, people's decisions, and numbers."""

from datetime import date

from bilag.companies.refusals import SetupRefused
from bilag.transfers.activation.change_ledger import change_ledger
from bilag.transfers.activation.save_setup import check_saved, save_setup
from bilag.transfers.in_accounting import may_be_in_accounting
from bilag.transfers.intake import accept
from bilag.transfers.intake.exclude import AlreadyPostedOrInFlight, exclude
from bilag.transfers.models import Kind, State, Transfer
from simulation import books, people
from simulation.firms import Firm, Office
from simulation.steps import step
from simulation.world import World

LONG_AGO, FAR_OFF = date(2020, 1, 1), date(2099, 1, 1)
BOOKED = 900_000
"""Voucher numbers of what accountants post by hand begin here."""


def _rows(firm: Firm) -> "dict[int, Transfer]":
    """Return the transfers of the present office's invoices, by number."""
    rows = Transfer.objects.filter(source__key=firm.office.key, kind=Kind.INVOICE)
    return {int(row.number): row for row in rows if row.number.isdecimal()}


@step(4, "ledgers")
def change_client(world: World, firm: Firm) -> None:
    """Change to another client, or back, as a person decides; invoices go there from now on, or from a later day."""
    spare = {"fjell": ("123", "777"), "vidde": ("456", "888")}[firm.slug]
    client = spare[0] if firm.client == spare[1] else spare[1]
    first = world.chance.choice((LONG_AGO, LONG_AGO, FAR_OFF))
    saved = change_ledger(firm.file(client=client), invoices_from=first, origin="simulation")
    firm.clients.append(client)
    firm.setup["export"] = {**firm.setup.get("export", {}), "invoices_from": first}
    firm.changes.add("ledger")
    world.backup = None  # one of before would point to the other ledger
    world.note(f" {firm.slug} posts to client {client} from {first}: {check_saved(saved).outcome or 'no check'}")
    world.adversary.count("ledger changed")


@step(1, "ledgers")
def change_moment(world: World, firm: Firm) -> None:
    """Change to another company of Moment, as from a test to production."""
    office = world.open_office(f"{firm.office.number}{len(firm.offices)}")
    saved = change_ledger(firm.file(office=office), invoices_from=LONG_AGO, origin="simulation")
    firm.offices.append(office)
    firm.setup["export"] = {**firm.setup.get("export", {}), "invoices_from": LONG_AGO}
    firm.changes.add("moment")
    world.backup = None
    world.fill_office(office)
    world.note(f" {firm.slug} reads {office.key}: {check_saved(saved).outcome or 'no check'}")
    world.adversary.count("company of Moment changed")


@step(3, "ledgers")
def set_up_carelessly(world: World, firm: Firm) -> None:
    """Save a setup that names another firm's client or Moment, or another client without saying so. Each is refused."""
    wrong = (
        [firm.file(client="777" if firm.client != "777" else "123")]
        if Transfer.objects.filter(company=firm.company_id, ledger__isnull=False).exists()
        and "ledger" not in firm.changes
        else []
    )
    for other in world.firms:
        if other is not firm:
            wrong += [firm.file(client=world.accounting.disguised(other.client)), firm.file(office=other.office)]
    for file in wrong:
        try:
            save_setup(file, origin="simulation")
        except SetupRefused as refused:
            world.adversary.count(f"refused: {type(refused).__name__}")
        else:
            raise AssertionError(f"{firm.slug} was set up with what it may not have: {file.settings}")


@step(10, "decisions")
def book_by_hand(world: World, firm: Firm) -> None:
    """Post an invoice by hand that Bilag could not post, and set it to transferred in Moment, as an accountant does."""
    waiting = [
        number
        for number, row in sorted(_rows(firm).items())
        if row.state == State.NEEDS_ATTENTION and not may_be_in_accounting(row) and number in _untouched(firm.office)
    ]
    if not waiting or world.wires.late:
        return
    number = world.chance.choice(waiting)
    found = next(one for one in books.invoices(world, firm.office) if int(one["invoiceNumber"]) == number)
    world.accounting.post_by_hand(world, firm.client, BOOKED + number, number, found["totalAmount"])
    world.ask(
        firm.office.side, "PUT", f"/admin/invoices/number:{number}/export-status", {"exportStatus": "transferred"}
    )
    firm.office.booked.add(number)
    firm.office.bad.discard(number)
    world.note(f" invoice {number} is booked by hand")
    if world.chance.random() < 0.7:  # somebody corrects it all the same
        people.fix_invoice(world, firm, number)
    world.adversary.count("booked by hand")


def _untouched(office: Office) -> set[int]:
    """Return the bad invoices that nobody decided on."""
    return (office.bad | office.contradictory) - office.booked - office.excluded


@step(4, "decisions")
def exclude_invoice(world: World, firm: Firm) -> None:
    """Exclude an invoice from transfer, whatever its state, as a user tries."""
    rows = _rows(firm)
    if not rows:
        return
    number = world.chance.choice(sorted(rows))
    try:
        exclude(firm.company_id, rows[number].pk, origin="simulation")
    except AlreadyPostedOrInFlight:
        world.note(f" invoice {number} cannot be excluded: {rows[number].state}")
        return
    firm.office.excluded.add(number)
    world.note(f" invoice {number} is excluded")
    world.adversary.count("excluded")


@step(5, "decisions")
def ask_again(world: World, firm: Firm) -> None:
    """Ask for one invoice, whatever its state, as a user who retries it on its page."""
    rows = _rows(firm)
    chosen = [number for number in sorted(rows) if number not in firm.office.booked]
    if chosen:
        number = world.chance.choice(chosen)
        accept.retry(firm.company_id, Kind.INVOICE, [str(number)], origin="simulation")
        firm.office.excluded.discard(number)
        world.note(f" invoice {number} is asked for again")


@step(6, "decisions")
def forge_webhook(world: World, firm: Firm) -> None:
    """Send a webhook that names the id of another object, or of none, with a number that exists."""
    found = books.invoices(world, firm.office)
    if not found:
        return
    one, other = world.chance.choice(found), world.chance.choice(found)
    wrong = world.chance.choice((other["id"], 987_654, 0, -1))
    number = one["invoiceNumber"]
    bodies = (
        f'{{"event": "UPDATE", "invoice": {{"id": {wrong}, "invoiceNumber": {number}}}}}',
        f'{{"event": "UPDATE", "invoice": {{"id": {wrong}, "invoiceNumber": "{number}"}}}}',
        f'{{"event": "DELETE", "invoice": {{"id": {one["id"]}, "invoiceNumber": {number}}}}}',
        f'{{"event": "UPDATE", "invoice": {{"id": {one["id"]}}}}}',
    )
    world.note(f" forged webhook of invoice {number}: {people.webhook(firm, world.chance.choice(bodies), 'invoice')}")
    world.adversary.count("forged or odd webhook")


@step(3, "numbers")
def hand_over_customer(world: World, firm: Firm) -> None:
    """Give a customer's number to a new customer; its owner until now gets another."""
    office = firm.office
    place = world.chance.randrange(len(office.customers))
    owner = office.customers[place]
    number = owner["customerNumber"]
    if int(number) > 15_000:
        return
    unposted = _never_sent(world, firm, owner["id"])
    free = str(15_000 + len(office.customers))
    changed = world.ask(office.side, "PATCH", f"/admin/customers/{owner['id']}", {"customerNumber": free})
    new = world.ask(office.side, "POST", "/admin/customers", {"name": f"Ny eier {number} AS", "customerNumber": number})
    office.given_away |= dict.fromkeys(unposted, number)
    office.customers[place] = new
    office.customers.append(changed)
    project = {"name": f"Nytt {number}", "customer": {"id": new["id"]}}
    office.projects.append(world.ask(office.side, "POST", "/admin/projects", project))
    firm.changes.add("numbers")
    world.note(f" customer number {number} is another's now; unposted of the first: {unposted}")
    world.adversary.count("customer number given to another")


def _never_sent(world: World, firm: Firm, customer: int) -> list[int]:
    """Return the customer's invoices of which nothing can be in accounting."""
    rows = _rows(firm)
    return [
        int(one["invoiceNumber"])
        for one in books.invoices(world, firm.office)
        if one["customer"]["id"] == customer
        and (
            (row := rows.get(int(one["invoiceNumber"]))) is None
            or (row.state not in (State.DONE, State.SENDING) and not may_be_in_accounting(row))
        )
    ]


@step(4, "numbers")
def correct_project_number(world: World, firm: Firm) -> None:
    """Write a project's number with zeros in front, or without, as a user who corrects it; and invoice the project."""
    office = firm.office
    if not office.renumbered:
        customer = world.chance.choice(office.customers)
        made = world.ask(office.side, "POST", "/admin/projects", {"name": "Nummer", "customer": {"id": customer["id"]}})
        office.renumbered.append(made)
    project = office.renumbered[0]
    number = project["projectNumber"]
    number = number.lstrip("0") if number.startswith("0") else f"00{number}"
    office.renumbered[0] = world.ask(
        office.side, "PATCH", f"/admin/projects/{project['id']}", {"projectNumber": number}
    )
    world.note(f" project {project['projectNumber']} is {number} now")
    people.invoice(world, firm, office.renumbered[0])
    firm.changes.add("numbers")
    world.adversary.count("project number corrected")
