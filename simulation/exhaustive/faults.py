"""Points, the faults that can happen at each, and the names of cases."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulation.adversary import FAULTS, READS, Adversary

KILLED, CUT, FROZEN, FROZEN_AND_CUT = "killed", "session cut", "frozen", "frozen, session cut"
PROCESS = (KILLED, CUT, FROZEN, FROZEN_AND_CUT)
LATER, LAST_MOMENT = "time-out, the work later", "time-out, the work at the last moment"
EFFECTS: dict[str, dict[str, Any]] = {
    "batch created, not posted": {"effect": "notTried"},
    "ledger locked": {"effect": "locked"},
    "posting takes 20 s": {"effect": "delay", "seconds": 20},
    "refused by the ledger": {
        "effect": "refused",
        "errorCode": "period_closed",
        "errorMessage": "Perioden er avsluttet.",
    },
    "period closed between check and posting": {"effect": "closePeriod"},
    "account made inactive between check and posting": {"effect": "deactivateAccount"},
}
"""The hub's own states: what happens when it posts a batch."""
MISREPORTS: dict[str, dict[str, Any]] = {
    "200 with an error inside, posted": {
        "effect": "misreport",
        "posted": True,
        "errorCode": "batch_update_failed",
        "errorMessage": "Ukjent feil",
    },
    "200 with an error inside, not posted": {"effect": "misreport", "posted": False, "errorMessage": "Noe gikk galt"},
    "200 without a journal number, posted": {"effect": "misreport", "posted": True},
}
"""Only where a batch is posted by a request of its own."""
POSTING = {"createBatch": EFFECTS, "processBatches": {**EFFECTS, **MISREPORTS}}
ON = {"createBatch": "create", "processBatches": "process"}
LAG, IGNORED = "what was posted is not readable yet", "200, and nothing was changed"
LAGGING = ("listVouchers", "findBatches", "getBatch", "getReport")
UNAPPLIED = ("patchInvoice",)
STEP = re.compile(r"\s*(\d+)\b[^:]*:\s*(.+?)\s*")
Plan = Mapping[int, str]
"""The faults of a case, by the number of the point."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where a fault can happen: the nth point that workers pass. `what`: side and operation, or the job.

    `free`: the process is in no transaction, so that another needs no row that it holds.
    """

    number: int
    kind: str
    what: str
    free: bool

    @property
    def changes(self) -> bool:
        """Whether another system or the database is different after it: a process that dies later dies in another world."""
        if self.kind == "answered":
            return not self.what.partition(" ")[2].startswith(READS)
        return self.kind == "committed"


def possible(point: Point) -> list[str]:
    """Return the faults that can happen at the point."""
    frozen = [FROZEN_AND_CUT] if not point.free else [FROZEN, FROZEN_AND_CUT]
    of_process = [KILLED, CUT, *frozen]
    if point.kind != "request":
        return of_process
    side, _, operation = point.what.partition(" ")
    of_wire = [name for name in (*FAULTS, LAST_MOMENT) if Adversary._possible(name, side, operation)]
    lag = [LAG] if operation in LAGGING else []
    ignored = [IGNORED] if operation in UNAPPLIED else []
    return [*of_wire, *POSTING.get(operation, ()), *lag, *ignored, *of_process]


def effect_at(operation: str, fault: str) -> dict[str, Any] | None:
    """Return the hub's effect that a fault is; None for another fault."""
    spec = POSTING.get(operation, {}).get(fault)
    return None if spec is None else {**spec, "on": ON[operation]}


def name_of(plan: Plan, points: Mapping[int, Point]) -> str:
    """Return the case's name: `57 hub createBatch: refused; 63 transfers.work, committed: killed`."""
    return "; ".join(f"{number} {_where(points.get(number))}: {plan[number]}" for number in sorted(plan))


def _where(point: Point | None) -> str:
    if point is None:
        return "never reached"
    return point.what if point.kind == "request" else f"{point.what}, {point.kind}"


def parsed(name: str) -> dict[int, str]:
    """Return the plan that a case's name tells. Only numbers and faults count. Raises ValueError."""
    plan: dict[int, str] = {}
    for step in filter(str.strip, name.split(";")):
        match = STEP.fullmatch(step)
        if match is None:
            raise ValueError(f"{step.strip()!r} is no fault at a point, such as '57: refused'")
        number, fault = int(match[1]), match[2]
        if fault not in (*FAULTS, LAST_MOMENT, *EFFECTS, *MISREPORTS, LAG, IGNORED, *PROCESS):
            raise ValueError(f"{fault!r} is no fault")
        plan[number] = fault
    return plan
