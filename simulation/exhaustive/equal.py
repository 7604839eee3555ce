"""Cases that nobody can tell apart, of which one is run: found by running every single fault, and counted with their reason.

Two single faults are equal if from the fault on the run was the same in every detail: each request with its content and answer,
each statement to the database, the time of each, and what the rows say in the end. Then what happens later meets the same world.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from simulation.exhaustive.case import Outcome
from simulation.exhaustive.faults import CUT, FROZEN, FROZEN_AND_CUT, KILLED, PROCESS, Plan, Point, possible

FIRST = "the first fault is equal to another"
SECOND = "the second fault was equal to another wherever the same request met both alone"
NOTHING_SINCE = "killed where nothing had changed since the point before"
BEFORE_ANSWER = "session cut before a request, equal to after it"


@dataclass
class Pairs:
    """The pairs to run, and how many there are in all; `left_out` by reason."""

    plans: list[Plan] = field(default_factory=list)
    total: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def pairs_of(singles: Sequence[Outcome]) -> Pairs:
    """Return the ordered pairs of faults: each second fault is at a later point that the run passes after the first."""
    representatives = _representatives(singles)
    pairs, seen = Pairs(), set[str]()
    for single in singles:
        number, fault = next(iter(single.plan.items()))
        later = [point for point in single.points if point.number > number]
        possibilities = sum(len(possible(point)) for point in later)
        pairs.total += possibilities
        if single.later in seen and not single.broken:
            pairs.left_out[FIRST] += possibilities
            continue
        seen.add(single.later)
        alone = fault not in (FROZEN, FROZEN_AND_CUT)
        for point, second in _seconds(later, representatives, pairs.left_out, alone=alone):
            pairs.plans.append({number: fault, point.number: second})
    return pairs


def _seconds(
    points: Iterable[Point], representatives: dict[str, dict[str, str]], left_out: Counter[str], *, alone: bool
) -> Iterator[tuple[Point, str]]:
    """The second faults to run. `alone`: all points are of one process; of two, each has its own death."""
    first = True
    for point in points:
        for fault in possible(point):
            reason = _reason_to_leave_out(point, fault, representatives.get(point.what, {}), first=first)
            if reason is None:
                yield point, fault
            else:
                left_out[reason] += 1
        first = not alone


def _reason_to_leave_out(point: Point, fault: str, equal: dict[str, str], *, first: bool) -> str | None:
    if fault == KILLED and not point.changes and not first:
        return NOTHING_SINCE
    if fault == CUT and point.kind == "request":
        return BEFORE_ANSWER
    if point.kind == "request" and fault not in PROCESS and equal.get(fault, fault) != fault:
        return SECOND
    return None


def _representatives(singles: Iterable[Outcome]) -> dict[str, dict[str, str]]:
    """By request, the fault that stands for each fault: those were equal wherever this request met them."""
    signatures: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for single in singles:
        number, fault = next(iter(single.plan.items()))
        point = single.points[number - 1]
        if point.kind == "request" and fault not in PROCESS:
            signatures[point.what][fault].append(single.later)
    found: dict[str, dict[str, str]] = {}
    for what, by_fault in signatures.items():
        stands: dict[tuple[str, ...], str] = {}
        found[what] = {fault: stands.setdefault(tuple(later), fault) for fault, later in by_fault.items()}
    return found
