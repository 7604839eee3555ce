"""A skip keeps its reason, and is looked at again when the setting that gave the reason changes."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.support.accrued_income import ACCOUNTS, give_one
from tests.support.sandboxes import LAST_DAY
from tests.support.transfers import begun_try, store_transfer
from tests.support.world import World

LATER = LAST_DAY + timedelta(days=400)


def hint(world: World, number: int) -> None:
    world.hint(world.invoices[number])
    world.work()


def standing(world: World, number: object, kind: str = "invoice") -> tuple[str, str | None]:
    row = world.transfer(number, kind)
    return row.state, row.reason


@pytest.mark.parametrize(
    ("export", "reason"),
    [({"invoices": False}, "switch_off"), ({"invoices_from": LATER}, "before_invoices_from")],
)
@pytest.mark.parametrize("version_known", [True, False])
def test_invoice_that_a_setting_kept_back_goes_when_it_changes(
    world: World, export: dict[str, Any], reason: str, version_known: bool
) -> None:
    from bilag.transfers.models import Transfer

    world.apply(export=export)
    number = world.insert_invoice({})
    hint(world, number)
    assert standing(world, number) == ("skipped", reason)
    if not version_known:
        Transfer.objects.update(moment_version=None)
    world.apply(export={"customer_states": ["active"]} | export)
    world.work()
    assert standing(world, number) == ("skipped", reason), "that was not it"
    world.apply()
    world.work()
    assert standing(world, number) == ("done", None)


def test_only_what_the_setting_made_skip_is_looked_at_again(world: World) -> None:
    from bilag.transfers.models import Transfer

    world.apply(export={"invoices": False})
    numbers = {
        reason: world.transfer(number).pk
        for reason, number in ((reason, put(world, reason)) for reason in ("switch_off", "excluded", "do_not_transfer"))
    }
    world.apply()
    queued = set(Transfer.objects.filter(kind="invoice", state="queued").values_list("pk", flat=True))
    assert queued == {numbers["switch_off"]}


def put(world: World, reason: str) -> str:
    from django.utils import timezone

    values = {"state": "skipped", "reason": reason, "hinted_at": timezone.now()}
    store_transfer(world.company_id, kind="invoice", number=f"9{len(reason)}", **values)
    return f"9{len(reason)}"


def test_invoice_that_a_worker_skips_while_the_setting_is_saved_is_looked_at_again(world: World) -> None:
    """It was read under the earlier setup, and its end is committed after the new one."""
    from bilag.transfers.delivery import commit, runner

    world.apply(export={"invoices": False})
    number = world.insert_invoice({})
    world.hint(world.invoices[number])
    run = begun_try(world.transfer(number).pk)
    assert run is not None
    outcome = runner._try(run)
    world.apply()
    commit.commit_outcome(run, outcome)
    assert standing(world, number)[0] == "queued"
    world.work()
    assert standing(world, number) == ("done", None)


@pytest.mark.parametrize(
    ("kind", "before", "reason"),
    [
        ("customer", {"export": {"customers": False}}, "switch_off"),
        ("customer", {"export": {"customer_states": ["blocked"]}}, "state_filtered"),
        ("project", {"export": {"projects": False}}, "switch_off"),
        ("project", {"export": {"project_states": ["no-such-state"]}}, "state_filtered"),
        ("project", {"dimensions": {"project": None}}, "no_project_dimension"),
    ],
)
def test_customer_and_project_go_when_what_kept_them_back_changes(
    world: World, kind: str, before: dict[str, Any], reason: str
) -> None:
    from bilag.transfers.intake import accept
    from bilag.transfers.models import Kind

    world.apply(**before)
    project = world.any_project()
    number = project["projectNumber"] if kind == "project" else project["customer"]["customerNumber"]
    accept.accept(world.company_id, [accept.TransferRequest(Kind(kind), number)])
    world.work()
    assert standing(world, number, kind) == ("skipped", reason)
    world.apply()
    world.work()
    assert standing(world, number, kind) == ("done", None)


def test_accrued_income_goes_when_it_is_switched_on_again(world: World) -> None:
    world.apply(accrued_income=ACCOUNTS)
    project = str(world.any_project()["projectNumber"])
    [row] = give_one(world, project, 1000, work=False)
    world.apply(accrued_income={**ACCOUNTS, "enabled": False})
    world.hurry()
    assert standing(world, row.transfer.number, "accrued") == ("skipped", "switch_off")
    world.apply(accrued_income=ACCOUNTS)
    world.work()
    assert standing(world, row.transfer.number, "accrued") == ("done", None)


def test_going_live_looks_again_at_invoices_before_the_first_day(world: World) -> None:
    """Without a day of its own, the first day live is the first day of invoices: it may have been set later before."""
    from bilag.companies.models import Company
    from bilag.transfers.activation import switch

    world.apply(notify={"emails": ["kari@fjell.example"]})
    Company.objects.update(live_since=LATER)
    number = world.insert_invoice({})
    hint(world, number)
    assert standing(world, number) == ("skipped", "before_invoices_from")
    Company.objects.update(live=False, live_since=date(2020, 1, 1))
    assert switch.activate(world.company_id, origin="kari").refusal is None
    world.work()
    assert standing(world, number) == ("done", None)
