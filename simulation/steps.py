"""The steps of a run: each is a function of the world and of the firm that it concerns, with its relative frequency."""

from collections.abc import Callable
from dataclasses import dataclass

from simulation.firms import Firm
from simulation.world import World

Action = Callable[[World, Firm], None]


@dataclass(frozen=True, slots=True)
class Step:
    """What a run may do. `weight`: its relative frequency. `feature`: only runs that have it take the step; "" = every run."""

    weight: int
    feature: str
    act: Action


STEPS: dict[str, Step] = {}


def step(weight: int, feature: str = "") -> Callable[[Action], Action]:
    """Register a function as a step of runs."""

    def named(function: Action) -> Action:
        STEPS[function.__name__] = Step(weight, feature, function)
        return function

    return named
