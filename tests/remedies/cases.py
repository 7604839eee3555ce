"""The register of remedies: for each code of the catalogue, each way that its remedy names, carried out literally."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.remedies.person import Person

CarriedOut = Callable[[Person], None]


@dataclass(frozen=True, slots=True)
class Case:
    """One way that the remedy of a code names. `carry_out` brings a document or the company into the state, and out of it."""

    code: str
    way: str
    steps: CarriedOut

    def __str__(self) -> str:
        return f"{self.code}: {self.way}"

    def carry_out(self, person: Person) -> None:
        """Do it, and make sure that the problem was there and that it ended well."""
        person.seen, person.ended = set(), 0
        self.steps(person)
        assert self.code in person.seen, f"{self.code} was never seen, but {sorted(person.seen)}"
        assert person.ended, "nothing ended well"


class Cases(list[Case]):
    """The cases of one file."""

    def add(self, code: str, way: str, steps: CarriedOut) -> None:
        self.append(Case(code, way, steps))

    def of(self, code: str, way: str) -> Callable[[CarriedOut], CarriedOut]:
        """Register the decorated function as this code's case."""

        def registered(steps: CarriedOut) -> CarriedOut:
            self.add(code, way, steps)
            return steps

        return registered
