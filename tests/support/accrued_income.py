"""Accrued income: give amounts of a month, and read the journals that Bilag posted for them."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.support.world import World, money, work_off

ACCOUNTS = {"enabled": True, "debit_account": "1530", "credit_account": "3090"}
OCTOBER = date(2026, 10, 1)


def give(world: World, month: date = OCTOBER, *, work: bool = True, **amounts: object) -> list[Any]:
    """Give amounts by project (p1207 is project 1207)."""
    from bilag.companies import store
    from bilag.transfers.accrued_income import amounts as accrued_income

    given = [accrued_income.Given(name.removeprefix("p"), money(amount)) for name, amount in amounts.items()]
    rows = accrued_income.give(store.load_setup(world.company_id), month, given, origin="test")
    if work:
        work_off()
    return rows


def give_one(world: World, project: str, amount: object, *, work: bool = True) -> list[Any]:
    """Give October's amount of one project."""
    amounts: dict[str, Any] = {f"p{project}": amount}
    return give(world, work=work, **amounts)


def journals(world: World) -> list[dict[str, Any]]:
    ledger = world.hub.ask("GET", "/admin/clients/123/ledger")
    return [one for one in ledger if one["type"] == "journal"]


def posted(world: World) -> list[tuple[str, str, Decimal]]:
    return [
        (one["voucherDate"], entry["accountNumber"], money(entry["amount"]))
        for one in journals(world)
        for entry in one["entries"]
    ]
