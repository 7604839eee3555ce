"""`python -m simulation.exhaust`: every fault at every point of one small scenario, and every ordered pair of faults.

Exit status: 0 all invariants held, 1 some did not, 2 invalid arguments.
"""

import argparse
import json
import os
import pickle
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

FAILED, INVALID = 1, 2
TELL_EVERY = 20.0
"""Seconds between two lines of progress."""


def main() -> int:
    """Run the command; returns its exit status."""
    given = parsed(sys.argv[1:])
    complaint = _complaint(given)
    if complaint is not None:
        print(complaint, file=sys.stderr)
        return INVALID
    if os.environ.get("PYTHONHASHSEED") != "0":  # set order must be reproducible
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "simulation.exhaust", *sys.argv[1:]])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(FAILED))  # the database is stopped and removed
    from simulation.database import own_database  # sets the environment up before Django is imported

    with own_database():
        return play(given)


def parsed(arguments: list[str]) -> argparse.Namespace:
    """Parse the arguments. Exits with status 2 if they are invalid."""
    parser = argparse.ArgumentParser(prog="simulation.exhaust", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--depth", type=int, choices=(1, 2), default=2, help="single faults, or pairs too (default 2)")
    parser.add_argument("--part", default="1/1", help="the third of eight parts: 3/8; with depth 2 of the pairs")
    parser.add_argument("--keep", type=Path, help="with depth 1: write down in this file what the single faults did")
    parser.add_argument("--singles", type=Path, nargs="+", help="read that from these files instead of running them")
    parser.add_argument(
        "--destination", choices=("hub", "poweroffice_go", "poweroffice_go_manual"), default="hub",
        help="the accounting system (default hub)",
    )  # fmt: skip
    parser.add_argument("--minutes", type=float, help="stop after so many minutes, whatever is left")
    parser.add_argument("--sample", type=int, help="so many cases at random instead of all")
    parser.add_argument(
        "--seed", type=int, default=1, help="chooses the sample, and the order of the pairs (default 1)"
    )
    parser.add_argument("--case", help="run this case alone, and print its trace")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    parser.add_argument("--quiet", action="store_true", help="no trace, no progress")
    return parser.parse_args(arguments)


def _complaint(given: argparse.Namespace) -> str | None:
    """What is wrong with the arguments; None if nothing is."""
    number, _, parts = given.part.partition("/")
    if not (number.isdecimal() and parts.isdecimal() and 1 <= int(number) <= int(parts)):
        return "part is a number and a count, such as 3/8"
    if (given.minutes is not None and given.minutes <= 0) or (given.sample is not None and given.sample < 1):
        return "minutes and sample are 1 or more"
    return None


def play(given: argparse.Namespace) -> int:
    """Run the cases and print the results; returns the exit status."""
    from simulation.exhaustive.search import search

    with search(destination=given.destination) as found:
        if given.case is not None:
            from simulation.exhaustive.faults import parsed as plan_of  # imports models, so Django must be ready

            try:
                plan = plan_of(given.case)
            except ValueError as error:
                print(error, file=sys.stderr)
                return INVALID
            return _replay(found, plan)
        run = _Run(found, given)
        figures: dict[str, Any] = {}
        if given.sample is not None:
            figures["sample"] = run.sample()
        else:
            singles = run.kept() if given.singles else run.depth_1(figures)
            if singles is None:
                print(
                    "the files of single faults are not of this version of Bilag, or not of all parts", file=sys.stderr
                )
                return INVALID
            if given.depth == 2:
                figures["depth 2"] = run.depth_2(singles)
        return _told(found, figures, as_json=given.json)


class _Run:
    """A run of the command, with its clock."""

    def __init__(self, found: Any, given: argparse.Namespace) -> None:
        self._search, self._given = found, given
        self._began = time.monotonic()

    def depth_1(self, figures: dict[str, Any]) -> list[Any]:
        """Run every single fault of this part; returns the outcomes."""
        began, plans = time.monotonic(), self._search.singles()
        total = len(plans)
        if self._given.depth == 1:
            number, parts = map(int, self._given.part.split("/"))
            plans = plans[total * (number - 1) // parts : total * number // parts]
        outcomes = list(self._outcomes("depth 1", plans))
        if self._given.keep is not None:
            self._given.keep.write_bytes(pickle.dumps((self._search.run({}).later, outcomes)))
        kinds = len({outcome.later for outcome in outcomes})
        figures["depth 1"] = self._figures(began, len(outcomes), cases=total, different=kinds)
        self._say(f"depth 1: {figures['depth 1']}")
        return outcomes

    def kept(self) -> list[Any] | None:
        """Return what the single faults did, by the files of an earlier run; None if they are not of this code, or not of all."""
        outcomes, this = [], self._search.run({}).later
        for file in self._given.singles:
            of_version, found = pickle.loads(file.read_bytes())
            if of_version != this:
                return None
            outcomes += found
        return outcomes if [dict(one.plan) for one in outcomes] == self._search.singles() else None

    def depth_2(self, singles: list[Any]) -> dict[str, Any]:
        """Run the pairs of this part."""
        from simulation.exhaustive.equal import pairs_of

        pairs = pairs_of(singles)
        number, parts = map(int, self._given.part.split("/"))
        Random(self._given.seed).shuffle(pairs.plans)  # whoever stops early has seen some of everything
        part = pairs.plans[number - 1 :: parts]
        began, left_out = time.monotonic(), dict(pairs.left_out.most_common())
        self._say(f"depth 2: {pairs.total} pairs, {len(pairs.plans)} to run; left out: {left_out}")
        count = sum(1 for _ in self._outcomes("depth 2", part))
        return self._figures(
            began, count, pairs=pairs.total, left_out=left_out, to_run=len(pairs.plans), of_this_part=len(part)
        )

    def sample(self) -> dict[str, Any]:
        """Run a sample: of the single faults, or of the pairs."""
        chance, singles = Random(self._given.seed), self._search.singles()
        began, wanted = time.monotonic(), self._given.sample
        if self._given.depth == 1:
            plans: Iterable[Any] = chance.sample(singles, min(wanted, len(singles)))
        else:
            plans = (self._search.random_pair(chance, singles) for _ in range(wanted))
        count = sum(1 for _ in self._outcomes("sample", plans, wanted))
        return self._figures(began, count, cases=wanted)

    def _outcomes(self, what: str, plans: Iterable[Any], total: int | None = None) -> Iterator[Any]:
        total = len(plans) if total is None else total  # type: ignore[arg-type]
        began = told = time.monotonic()
        for count, plan in enumerate(plans, start=1):
            outcome = self._search.run(plan)
            if outcome.broken and not self._given.json:
                _print_failure(outcome, self._search.destination, trace=not self._given.quiet)
            yield outcome
            now = time.monotonic()
            if now - told > TELL_EVERY:
                told, each = now, (now - began) / count
                state = f"{what}: {count} of {total}, {len(self._search.failed)} failed"
                self._say(f"{state}, {each * 1000:.0f} ms each, {each * (total - count) / 60:.0f} minutes left")
            if self._given.minutes is not None and now - self._began > self._given.minutes * 60:
                return

    def _say(self, what: str) -> None:
        if not self._given.json and not self._given.quiet:
            print(what, flush=True)

    def _figures(self, began: float, count: int, **more: Any) -> dict[str, Any]:
        return {
            **more,
            "run": count,
            "different_ends": len(self._search.held),
            "seconds": round(time.monotonic() - began, 1),
        }


def _replay(found: Any, plan: Any) -> int:
    """Run one case with its trace."""
    outcome = found.run(plan, verbose=True)
    print("\n".join(outcome.trace))
    if outcome.broken:
        _print_failure(outcome, found.destination, trace=False)
        return FAILED
    print("every invariant held")
    return 0


def _print_failure(outcome: Any, destination: str, *, trace: bool) -> None:
    from simulation.exhaustive.search import command

    if trace:
        print("\n".join(outcome.trace))
    print("FAILED:")
    for sentence in outcome.broken:
        print(f"  {sentence}")
    print(f"  replay: {command(outcome, destination)}", flush=True)


def _told(found: Any, figures: dict[str, Any], *, as_json: bool) -> int:
    from simulation.exhaustive.search import command

    failed = [{"broken": one.broken, "replay": command(one, found.destination)} for one in found.failed]
    if as_json:
        print(json.dumps({**figures, "failed": failed}, indent=2, ensure_ascii=False))
        return FAILED if failed else 0
    for name, values in figures.items():
        print(name)
        for key, value in values.items():
            if isinstance(value, dict):
                print(f"  {key.replace('_', ' ')}")
                for reason, count in value.items():
                    print(f"{count:>12}  {reason}")
            else:
                print(f"{value:>12}  {key.replace('_', ' ')}")
    print(f"{len(failed)} cases failed" if failed else "every invariant held")
    return FAILED if failed else 0


if __name__ == "__main__":
    sys.exit(main())
