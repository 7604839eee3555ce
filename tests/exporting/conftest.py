"""A company that has posted one of each, and what `bilag export` makes of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bilag.posting.posted import Posted
from tests.support.books import Books
from tests.support.exports import ACCRUAL, ACCRUED, ODD_NAME, Exports
from tests.support.world import World


@pytest.fixture
def exports(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Exports:
    monkeypatch.chdir(tmp_path)
    return Exports(world, tmp_path)


@pytest.fixture
def posted(world: World) -> World:
    """An invoice over two lines, its like in euro, a credit note, an accrued invoice, accrued income, and a cost."""
    from tests.support.accrued_income import OCTOBER, give

    books = Books(world)
    world.apply(
        accrual=ACCRUAL, accrued_income=ACCRUED, expenses=books.setup, company={"organisation_number": "310123455"}
    )
    project = world.any_project()
    customer = project["customer"]["id"]
    world.moment.ask("PATCH", f"/admin/customers/{customer}", {"name": ODD_NAME})
    tax_free = {"vatCode": "52", "accountNumber": "3105", "vatRate": 0, "netAmount": 333.33, "vatAmount": 0}
    foreign = {"currency": "EUR", "exchangeRate": 11.80345, "netAmount": 333.33, "vatAmount": 0, "totalAmount": 333.33}
    credit = {
        "netAmount": -5000,
        "vatAmount": -1250,
        "totalAmount": -6250,
        "invoiceType": "creditNote",
        "dueDate": None,
    }
    numbers = [
        world.insert_invoice({}),
        world.insert_invoice({**foreign, "line": {**tax_free, "quantity": 1, "unitPrice": 333.33}}),
        world.insert_invoice({**credit, "line": {"netAmount": -5000, "vatAmount": -1250}}),
        world.insert_invoice({"line": {"accrualFrom": "2026-11-01", "accrualTo": "2027-02-28"}}),
    ]
    for number in numbers:
        world.retry(number)
        assert world.transfer(number).state == "done", world.transfer(number).problems
    give(world, OCTOBER, **{f"p{project['projectNumber']}": "1200.50"})
    books.post({"project": project["projectNumber"]}, voucherDate="2026-11-20")
    assert books.bring_in().counts["done"] == 1
    return world


@pytest.fixture
def unbalanced(world: World, monkeypatch: pytest.MonkeyPatch) -> int:
    """An invoice that the accounting system gives back with 0.01 too much; its number."""
    from bilag.platforms.azets.platform import AzetsPlatform

    number = world.insert_invoice({})
    world.retry(number)
    listed = AzetsPlatform.list_vouchers

    def with_a_rest(self: AzetsPlatform, first: date, last: date) -> Iterator[Posted]:
        for one in listed(self, first, last):
            customer = one.entries[0]
            yield replace(one, entries=(replace(customer, amount=customer.amount + Decimal("0.01")), *one.entries[1:]))

    monkeypatch.setattr(AzetsPlatform, "list_vouchers", with_a_rest)
    return number
