"""Run cases one after another in one world, and keep count."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random

from bilag.jobs.registry import register_tasks
from simulation.accounting import HUB
from simulation.exhaustive import process
from simulation.exhaustive.case import Case, Outcome
from simulation.exhaustive.faults import Plan, Point, name_of, possible
from simulation.exhaustive.scenario import scenario
from simulation.exhaustive.snapshot import Snapshot
from simulation.world import World

TIDY_EVERY = 300
"""Cases after which the database and this process throw away what is no longer needed."""


@dataclass
class Search:
    """The scenario, ready for one case after another. `failed`: the cases with a broken invariant. `held`: the states of others."""

    world: World
    snapshot: Snapshot
    destination: str = HUB
    failed: list[Outcome] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    run_count: int = 0

    def run(self, plan: Plan, *, verbose: bool = False, forked: bool = False) -> Outcome:
        """Run one case. A case that holds gives no trace, unless it is `verbose`."""
        outcome = Case(self.world, self.snapshot, plan, self.held, verbose=verbose, forked=forked).run()
        self.run_count += 1
        if self.run_count % TIDY_EVERY == 0:
            self.snapshot.vacuum()
            gc.collect()
        if outcome.broken:
            self.failed.append(outcome)
        return outcome if outcome.broken or verbose else replace(outcome, trace=())

    def singles(self) -> list[Plan]:
        """Return every single fault at every point of the run without faults."""
        return [{point.number: fault} for point in self.run({}).points for fault in possible(point)]

    def random_pair(self, chance: Random, singles: list[Plan]) -> Plan:
        """Return a pair: any first fault, and any second one at a later point that the run then passes."""
        while True:
            first = chance.choice(singles)
            number = next(iter(first))
            later = [point for point in self.run(first).points if point.number > number]
            seconds = [(point.number, fault) for point in later for fault in possible(point)]
            if seconds:
                at, fault = chance.choice(seconds)
                return {**first, at: fault}


@contextmanager
def search(planted: Callable[[], None] | None = None, destination: str = HUB) -> Iterator[Search]:
    """Yield a search. `planted` plants a fault in Bilag once the scenario stands. `destination` is the accounting system."""
    register_tasks()  # before clock and wires are replaced: a module imported later would keep the replacements
    with scenario(destination) as world, process.mortal():
        snapshot = Snapshot(world)
        gc.collect()
        gc.freeze()
        gc.disable()
        try:
            if planted is not None:
                planted()
            yield Search(world, snapshot, destination)
        finally:
            gc.enable()
            gc.unfreeze()
            snapshot.restore()
            snapshot.close()


def command(outcome: Outcome, destination: str = HUB) -> str:
    """Return the command that replays a case."""
    to = "" if destination == HUB else f" DESTINATION={destination}"
    points: dict[int, Point] = {point.number: point for point in outcome.points}
    return f'make exhaust{to} CASE="{name_of(outcome.plan, points)}"'
