"""A year that another integration posted, and its rehearsal."""

import json
import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from bilag_sandbox import moment
from tests.support import local_http
from tests.support.sandboxes import LAST_DAY
from tests.support.world import World

FIRST, LAST = LAST_DAY - timedelta(days=365), LAST_DAY
USUAL = {"projectUnit": 2, "departmentUnit": 1}
"""Habits that are those of `World`'s company: units 2 and 1, rounding on 7740, no accrual, Moment's numbers and texts."""


def finalised(world: World) -> list[dict[str, Any]]:
    """Moment's finalised invoices, as its API has them."""
    return finalised_at(world.moment.url)


def finalised_at(moment_url: str) -> list[dict[str, Any]]:
    """The finalised invoices of the Moment at this address."""
    found: list[dict[str, Any]] = []
    address, page = f"{moment_url}/api/1.0/companies/4021/invoices", 1
    while True:
        params = {"invoiceState": "finalized", "size": 200, "page": page}
        answer = local_http.client().get(address, params=params, auth=("apikey", moment.API_KEY)).json()
        found += answer["content"]
        if page >= answer["page"]["totalPages"]:
            return found
        page += 1


def insert_spread(world: World, count: int, seed: int = 1) -> list[int]:
    """Insert invoices whose service reaches into later months; their numbers."""
    rng, numbers = random.Random(seed), []
    for place in range(count):
        day = FIRST + timedelta(days=20 + 11 * place)
        net = rng.randint(1000, 90000)
        begin = day + timedelta(days=rng.randint(0, 20))
        end = begin + timedelta(days=rng.randint(45, 200))
        line = {"netAmount": net, "vatAmount": net / 4, "unitPrice": net, "quantity": 1}
        period = {"accrualFrom": str(begin), "accrualTo": str(end)}
        header = {"netAmount": net, "vatAmount": net / 4, "totalAmount": net * 1.25}
        dates = {"issueDate": str(day), "dueDate": str(day + timedelta(days=14))}
        numbers.append(world.insert_invoice({**header, **dates, "line": {**line, **period}}))
    return numbers


def post_history(world: World, **given: Any) -> dict[str, Any]:
    """Let the other integration post Moment's invoices with its habits; what the hub's stand-in answers."""
    invoices = given.pop("invoices", None) or finalised(world)
    body = {"invoices": invoices, "mistakes": {}, **given}
    return dict(world.hub.ask("POST", "/admin/clients/123/history", body))


def rehearsed(world: World, first: date = FIRST, last: date = LAST, **given: Any) -> Any:
    """Rehearse the period, to its end."""
    from bilag.rehearsal.runner import rehearse

    run = rehearse(world.company_id, first, last, **given)
    assert run.problem is None, run.problem
    return run


def proposals(run: Any) -> dict[str, tuple[str, str]]:
    """Standing and value of what a rehearsal says of each habit."""
    return {one["habit"]: (one["standing"], one["value"]) for one in run.proposals}


def causes(run: Any, *, without: Iterable[str] = ()) -> dict[tuple[str, str], int]:
    """How often each cause was found, by its kind and facts."""
    left_out = set(without)
    return {
        (one["kind"], json.dumps(one["facts"], sort_keys=True)): one["count"]
        for one in run.causes
        if one["kind"] not in left_out
    }
