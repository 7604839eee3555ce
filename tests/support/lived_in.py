"""A company with a few days behind it, so that every list, table and page has something of each kind to show."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from tests.support.books import Books
from tests.support.earlier_books import post_history
from tests.support.sandboxes import LAST_DAY
from tests.support.world import World, work_off

EMAIL = "regnskap@fjell.example"


def live_through_a_month(world: World) -> None:
    """Post invoices, let others stop, wait or be excluded; import expenses; post accrued income; reconcile."""
    books = Books(world)
    books.configure()
    world.apply(
        expenses=books.setup,
        notify={"emails": [EMAIL]},
        accrual={"enabled": True, "debit_account": "3910", "credit_account": "2965"},
        accrued_income={"enabled": True, "debit_account": "1530", "credit_account": "3090"},
        moment={"rates_per_hundred": ["SEK"]},
    )
    _expenses(books)
    _accrued_income(world)
    _transfers(world)
    _reconciliation(world)
    _rehearsal(world)
    _log(world)


def _transfers(world: World) -> None:
    from bilag.companies import store
    from bilag.companies.gateways import platform_for

    for _ in range(2):
        world.hint(world.finalise())
    world.work()
    accrued = world.insert_invoice({"line": {"accrualFrom": "2026-11-01", "accrualTo": "2027-01-31"}})
    world.hint(world.invoices[accrued])
    excluded = world.insert_invoice({"exportStatus": "doNotTransfer"})
    world.hint(world.invoices[excluded])
    world.work()
    world.hub.ask("PUT", "/admin/clients/123/accounts/3000", {"active": False})
    platform_for(store.load_setup(world.company_id)).chart(fresh=True)
    stopped = world.insert_invoice({"description": "Stoppet"})
    world.hint(world.invoices[stopped])
    world.work()
    world.hub.ask("PUT", "/admin/clients/123/accounts/3000", {"active": True})
    platform_for(store.load_setup(world.company_id)).chart(fresh=True)
    world.hub.fault(kind="unavailable", times=None)
    waiting = world.insert_invoice({"description": "Venter"})
    world.hint(world.invoices[waiting])
    world.work()
    world.hub.ask("DELETE", "/admin/faults")


def _expenses(books: Books) -> None:
    project = books.project()["projectNumber"]
    books.post({"project": project, "net": "1000.00"})
    books.post({"project": "99999999"})
    books.post({"net": "500.00"})
    books.post({"account": "1700", "project": project, "vat": "0"})
    books.bring_in(origin="bilag expenses import")


def _accrued_income(world: World) -> None:
    from bilag.companies import store
    from bilag.transfers.accrued_income import amounts

    project = str(world.any_project()["projectNumber"])
    given = [amounts.Given(project, Decimal("12000.50"))]
    amounts.give(store.load_setup(world.company_id), date(2026, 10, 1), given, origin="bilag accruals post")
    work_off()


def _reconciliation(world: World) -> None:
    from bilag.reconciliation import runner

    runner.reconcile(world.company_id, LAST_DAY.replace(day=1), LAST_DAY.replace(day=30), origin="bilag reconcile")


def _rehearsal(world: World) -> None:
    """A month that another integration posted too, and its rehearsal by the company's own setup."""
    from bilag.rehearsal import actions, runner

    habits = {"departmentUnit": 3, "roundingAccount": "7745", "numberOffset": 100_000, "text": "moment"}
    post_history(world, habits=habits, mistakes={"wrongVatCode": 1, "missing": 1, "twice": 1, "oreOff": 1})
    run = runner.rehearse(world.company_id, LAST_DAY.replace(day=1), LAST_DAY.replace(day=30), origin="bilag rehearse")
    actions.sign_off(run, by="kari@fjell.example", remark="Avklart.")


def _log(world: World) -> None:
    from bilag.events.record import EventName, record
    from bilag.notifications import alerts
    from bilag.posting.problem import Problem

    world.poll()
    alerts.notify_new_problems(world.company_id)
    for name in EventName:
        record(world.company_id, name, origin=EMAIL)
    problem = Problem("moment_unavailable", "", {"cause": "no connection: [Errno 111] Connection refused"})
    record(world.company_id, EventName.POLL_FAILED, good=False, problem=problem)


def foreign_texts(world: World) -> str:
    """A regular expression of the texts that Moment and the accounting system hold: names, descriptions, addresses."""
    from bilag.companies import store
    from bilag.companies.gateways import platform_for
    from bilag.expenses.models import ExpenseLine
    from bilag.notifications.models import Letter
    from bilag.transfers.models import Attempt, Transfer

    chart = platform_for(store.load_setup(world.company_id)).chart()
    found = {one.name for table in (chart.accounts, chart.vat_codes, chart.units) for one in table.values()}
    found |= {name or "" for name in Transfer.objects.values_list("name", flat=True)}
    found |= set(texts_in(list(Attempt.objects.values_list("exchanges", flat=True))))
    found |= set(texts_in(list(Attempt.objects.values_list("source", flat=True))))
    for line in ExpenseLine.objects.values():
        found |= {value for value in line.values() if isinstance(value, str) and " " in value}
        found |= set(texts_in([value for value in line.values() if isinstance(value, dict | list)]))
    found |= set(Letter.objects.values_list("subject", flat=True))
    found |= {world.moment.url, world.hub.url, "Byggvare Øst AS", "Modellmateriell"}
    known = sorted({text for text in found if text and len(text) > 3}, key=len, reverse=True)
    return "|".join(re.escape(text) for text in known)


def texts_in(value: Any) -> Iterator[str]:
    """All texts in a JSON value that are not names of its fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner)
