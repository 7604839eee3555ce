"""A year that another integration posted, and its rehearsal."""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
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
        params: dict[str, str | int] = {"invoiceState": "finalized", "size": 200, "page": page}
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


def post_history(world: World, *, client: str = "123", **given: Any) -> dict[str, Any]:
    """Let the other integration post Moment's invoices with its habits; what the hub's stand-in answers."""
    invoices = given.pop("invoices", None) or finalised(world)
    body = {"invoices": invoices, "mistakes": {}, **given}
    return dict(world.hub.ask("POST", f"/admin/clients/{client}/history", body))


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


TEXTS = {
    "description": "{description}",
    "number": "Faktura {number}",
    "customer": "{number} {customer}",
    "moment": "Moment-faktura {number} til {customer}",
    "account": "Salg",
}
"""The form of each named text habit."""
AS_HABITS = "as the habits"
"""Stands for ranges of voucher numbers by which every voucher of the year is found: their limits may lie anywhere between two
invoices."""
AS_THE_SETUP = {
    "dimensions.project": "2",
    "dimensions.department": "1",
    "accrual": "off",
    "rounding.account": "7740",
    "numbers.voucher": "0",
    "texts.voucher": "{description}",
    "texts.entry": "{text}",
    "numbers.customer": "same",
    "numbers.project": "same",
    "numbers.department": "same",
}


def truth(habits: dict[str, Any]) -> dict[str, str]:
    """The value of each habit as evidence spells it."""
    accrual = f"{habits['accrualDebit']}/{habits['accrualCredit']}/{habits['accrual']}"
    return {
        "dimensions.project": str(habits["projectUnit"] or "none"),
        "dimensions.department": str(habits["departmentUnit"] or "none"),
        "accrual": "off" if habits["accrual"] == "off" else accrual,
        "rounding.account": habits["roundingAccount"],
        "numbers.voucher": AS_HABITS if has_ranges(habits) else str(habits["numberOffset"]),
        "texts.voucher": voucher_text(habits),
        "texts.entry": {
            "line": "{text}",
            "voucher": voucher_text(habits),
            "account": "{account}",
            "numbered": "{number} {text}",
        }[habits["entryText"]],
        "numbers.customer": f"zeros:{habits['customerZeros']}" if habits["customerZeros"] else "same",
        "numbers.project": f"zeros:{habits['projectZeros']}" if habits["projectZeros"] else "same",
        "numbers.department": "same",
    }


def voucher_text(habits: dict[str, Any]) -> str:
    """The form of the vouchers' texts, as the setup has it."""
    parts = [part.replace("customerNumber", "customer number") for part in habits["textParts"]]
    return str(habits["textSeparator"]).join(parts) if parts else TEXTS[habits["text"]]


def has_ranges(habits: dict[str, Any]) -> bool:
    """Whether vouchers have more than one range of numbers."""
    return habits["creditNoteOffset"] is not None or habits["offsetFrom"] is not None


def number_by(habits: dict[str, Any], number: int, *, credit_note: bool) -> int:
    """The number of an invoice's voucher."""
    if credit_note and habits["creditNoteOffset"] is not None:
        return number + int(habits["creditNoteOffset"])
    later = habits["laterOffset"] if habits["offsetFrom"] is not None and number >= habits["offsetFrom"] else 0
    return number + int(habits["numberOffset"]) + int(later)


def numbers_as_habits(run: Any, habits: dict[str, Any]) -> bool:
    """Whether the ranges that were found give every voucher of the year its number."""
    rows = list(run.results.exclude(total=None).exclude(total=0))
    numbering = run.numbering
    return all(
        row.number + numbering.offset(row.number, credit_note=row.total < 0)
        == number_by(habits, row.number, credit_note=row.total < 0)
        for row in rows
    )


def told(run: Any) -> dict[str, str]:
    """What the rehearsal says is otherwise than the setup has it."""
    return {habit: value for habit, (standing, value) in proposals(run).items() if standing in ("proposed", "noted")}


def mistakes(run: Any) -> set[tuple[str, int]]:
    """The mistakes that the rehearsal finds, each with its invoice."""
    found = {("missing", row.number) for row in run.results.filter(result="missing")}
    found |= {("twice", row.number) for row in run.results.filter(result="duplicate")}
    for row in run.results.exclude(causes=[]):
        kinds = {cause["kind"] for cause in row.causes}
        found |= {
            (name, row.number)
            for kind, name in (("vat_code", "wrongVatCode"), ("amount_ore", "oreOff"))
            if kind in kinds
        }
    return found


@dataclass(frozen=True, slots=True)
class Score:
    """What a rehearsal found of habits and mistakes, and what it should have found."""

    found: set[tuple[str, object]]
    expected: set[tuple[str, object]]

    @property
    def false(self) -> set[tuple[str, object]]:
        return self.found - self.expected

    @property
    def missed(self) -> set[tuple[str, object]]:
        return self.expected - self.found

    @property
    def precision(self) -> float:
        return 1 - len(self.false) / max(1, len(self.found))

    @property
    def recall(self) -> float:
        return 1 - len(self.missed) / max(1, len(self.expected))

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}, recall {self.recall:.3f} of {len(self.expected)}"


def score_of(run: Any, answer: dict[str, Any]) -> Score:
    """Score a rehearsal by what the hub's stand-in answered: the habits that differ from the setup, and the mistakes."""
    expected = {habit: value for habit, value in truth(answer["habits"]).items() if value != AS_THE_SETUP[habit]}
    planted = {(one["kind"], one["invoiceNumber"]) for one in answer["mistakes"]}
    found = told(run)
    if has_ranges(answer["habits"]) and numbers_as_habits(run, answer["habits"]):
        found["numbers.voucher"] = AS_HABITS
    return Score({*found.items(), *mistakes(run)}, {*expected.items(), *planted})
