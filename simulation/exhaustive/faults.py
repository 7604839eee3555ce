"""Points, the faults that can happen at each, and the names of cases."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from simulation.accounting import OF_ONE_SHAPE, Accounting
from simulation.adversary import FAULTS, READS, Adversary

KILLED, CUT, FROZEN, FROZEN_AND_CUT = "killed", "session cut", "frozen", "frozen, session cut"
PROCESS = (KILLED, CUT, FROZEN, FROZEN_AND_CUT)
LATER, LAST_MOMENT = "time-out, the work later", "time-out, the work at the last moment"
LAG, IGNORED = "what was posted is not readable yet", "200, and nothing was changed"
OWN: dict[str, type[Accounting]] = {one.side: one for one in OF_ONE_SHAPE.values()}
"""The accounting systems, with faults of their own, by the sides of their sandboxes."""
NAMES = {*FAULTS, *PROCESS, LAST_MOMENT, LAG, IGNORED}
NAMES |= {fault for one in OWN.values() for faults in one.own_faults.values() for fault in faults}
"""Every fault, by its name."""
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
    of_wire = [name for name in (*FAULTS, LAST_MOMENT) if Adversary._possible(name, side, operation, with_tokens(side))]
    lag = [LAG] if side in OWN and operation in OWN[side].lagging else []
    ignored = [IGNORED] if operation in UNAPPLIED else []
    return [*of_wire, *own_faults(side, operation), *lag, *ignored, *of_process]


def with_tokens(side: str) -> str:
    """Return the side itself if it is an accounting system, whose tokens expire; else none."""
    return side if side in OWN else ""


def own_faults(side: str, operation: str) -> tuple[str, ...]:
    """Return what can go wrong in the accounting system itself while it carries out the operation."""
    return OWN[side].own_faults.get(operation, ()) if side in OWN else ()


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
        if fault not in NAMES:
            raise ValueError(f"{fault!r} is no fault")
        plan[number] = fault
    return plan
