"""Run one seed from start to verdict."""

import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from bilag.jobs.registry import register_tasks
from simulation import books, changes, go_people, invariants, machines, people, quiet
from simulation.accounting import HUB
from simulation.clock import CLOCK
from simulation.steps import STEPS
from simulation.world import World, create_world

SHARE_ON_SOCKETS = 20
"""One seed in this many uses real sockets to the sandboxes."""
SHARE_WITH_RESTARTS = 40
"""One seed in this many restarts PostgreSQL under a worker."""
RATES = (0.02, 0.06, 0.12, 0.25)
FEATURES = ("backups", "decisions", "ledgers", "letters", "machines", "numbers", "two firms")
"""What only some runs have; each has each with a chance of `SHARE_OF_A_FEATURE`."""
SHARE_OF_A_FEATURE = 0.35
REGISTERED = (people, machines, changes, go_people)
"""The modules whose steps runs take."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a seed. `broken` lists the broken invariants; empty if all held."""

    seed: int
    steps: int
    broken: list[str]
    trace: list[str] = field(repr=False, default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    invoices: int = 0
    vouchers: int = 0
    expenses: int = 0
    kills: int = 0
    seconds: float = 0.0
    destination: str = HUB

    @property
    def command(self) -> str:
        """The command that replays the run."""
        to = "" if self.destination == HUB else f" DESTINATION={self.destination}"
        return f"make simulate SEED={self.seed} STEPS={self.steps}{to}"


def run(
    seed: int,
    count: int,
    *,
    planted: Callable[[World], None] | None = None,
    rate: float | None = None,
    features: frozenset[str] | None = None,
    destination: str = HUB,
) -> Result:
    """Run a seed with `count` steps. `planted` plants a bug in Bilag; `rate` replaces the seed's own share of faults,
    `features` what may happen besides the steps of every run (`FEATURES`). `destination` is the accounting system.

    Nothing is raised: whatever stops the run counts as a broken invariant, with its traceback in the trace.
    """
    register_tasks()  # before clock and wires are replaced: a module imported later would keep the replacements
    began = time.perf_counter()
    shape = Random(f"shape {seed}")
    sockets, restarts = shape.randrange(SHARE_ON_SOCKETS) == 0, shape.randrange(SHARE_WITH_RESTARTS) == 0
    own_rate = shape.choice(RATES)
    rate = own_rate if rate is None else rate
    own_features = frozenset(name for name in FEATURES if shape.random() < SHARE_OF_A_FEATURE)
    features = own_features if features is None else features
    restart_at = shape.randrange(count) if restarts and count else -1
    made = create_world(seed, rate=rate, sockets=sockets, durable=restarts, features=features, destination=destination)
    with made as world:
        world.trace[:] = [
            f"seed {seed}, {count} steps, {rate:.0%} of requests meet a fault, sockets {sockets}, {sorted(features)}"
            f"{world.accounting.told}"
        ]
        wrong: list[str] = []
        try:
            if planted is not None:
                planted(world)
            _steps(world, count, restart_at)
            quiet.settle_down(world)
            wrong = invariants.broken(world)
        except Exception as error:  # noqa: BLE001 - anything that stops a run is a finding
            world.trace += traceback.format_exc().splitlines()
            wrong = [f"the run was stopped by {type(error).__name__}: {error}"]
        clients = sorted({client for firm in world.firms for client in firm.clients})
        offices = [office for firm in world.firms for office in firm.offices]
        vouchers = [v for at in clients for v in books.ledger(world, at) if v["type"] in books.INVOICE_TYPES]
        return Result(
            seed=seed,
            steps=count,
            broken=wrong,
            trace=world.trace,
            faults=world.adversary.counts,
            requests=world.adversary.requests,
            invoices=sum(len(books.invoices(world, office)) for office in offices),
            vouchers=len(vouchers),
            expenses=sum(len(books.in_moment(world, office, "projectExpenses")) for office in offices),
            kills=world.kills,
            seconds=time.perf_counter() - began,
            destination=destination,
        )


def _steps(world: World, count: int, restart_at: int) -> None:
    names = [name for name, one in STEPS.items() if one.feature in ("", *world.features)]
    weights = [STEPS[name].weight for name in names]
    for number in range(count):
        name = world.chance.choices(names, weights)[0]
        firm = world.firms[0] if len(world.firms) == 1 else world.chance.choice(world.firms)
        CLOCK.sync_database()
        if number == restart_at:
            world.note(f"{number} restart_database")
            machines.restart_database(world)
        world.note(f"{number} {name}{f' of {firm.slug}' if len(world.firms) > 1 else ''}")
        STEPS[name].act(world, firm)
