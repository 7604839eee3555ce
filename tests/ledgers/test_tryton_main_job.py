"""The main job into Tryton: invoices finalised in Moment, carried by Bilag's own transfers, stand in a real ledger."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bilag.sandbox import moment
from bilag.sandbox.common import running
from tests.ledgers.office import Office
from tests.transfers.conftest import LAST_DAY, Side, World, company_document


@pytest.fixture
def world(database: None, office: Office) -> Iterator[World]:
    """Moment's sandbox with its sample of drafts, Tryton, and the company set live between them."""
    from bilag.companies import gateways, store
    from bilag.companies.applying import apply_file
    from bilag.companies.file import parse_company_file

    gateways.forget_all()
    with running(moment.app(sample="drafts", last_day=LAST_DAY)) as moment_url:
        document = company_document(moment_url, "", {})
        document["platform"] = {"kind": "tryton", "tryton": office.setup}
        parsed = parse_company_file(document, {}, Path())
        applied = apply_file(parsed, origin="test")
        store.set_live(applied.company_id, date(2020, 1, 1))
        yield World(Side(moment_url), Side(office.ledger.address), applied.company_id, lambda **_: None)
    gateways.forget_all()


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
        assert office.vouchers_with(number) == 1
        assert owed(office, number) == Decimal(str(invoice["totalAmount"]))
        assert world.export_status(number) == "transferred"
