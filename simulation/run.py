"""`python -m simulation.run`: check seeds against the invariants; show progress, figures and the trace of each failure.

Exit status: 0 all invariants held, 1 some did not, 2 invalid arguments.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from typing import Any

STEPS, SEEDS = 60, 20
FAILED, INVALID = 1, 2


def main() -> int:
    """Run the command; returns its exit status."""
    given = parsed(sys.argv[1:])
    if given.steps < 1 or given.seeds < 1 or (given.minutes is not None and given.minutes <= 0):
        print("steps, seeds and minutes are 1 or more", file=sys.stderr)
        return INVALID
    if os.environ.get("PYTHONHASHSEED") != "0":  # set order must be reproducible
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "simulation.run", *sys.argv[1:]])
    first, count = (given.seed, 1) if given.seed is not None else (given.first, given.seeds)
    from simulation.database import own_database  # sets the environment up before Django is imported

    with own_database():
        return play(range(first, first + count), given)


def parsed(arguments: list[str]) -> argparse.Namespace:
    """Parse the arguments. Exits with status 2 if they are invalid."""
    return _parser().parse_args(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulation.run", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seed", type=int, help="run this seed alone, and print its trace")
    parser.add_argument("--first", type=int, default=1, help="the first of several seeds (default 1)")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"how many seeds (default {SEEDS})")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"steps of each seed (default {STEPS})")
    parser.add_argument(
        "--destination", choices=("hub", "poweroffice_go"), default="hub", help="the accounting system (default hub)"
    )
    parser.add_argument("--minutes", type=float, help="stop after so many minutes, whatever seeds are left")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    parser.add_argument("--quiet", action="store_true", help="no trace, no progress")
    return parser


def play(numbers: range, given: argparse.Namespace) -> int:
    """Run the seeds and print the results; returns the exit status."""
    from simulation import seeds  # imports models, so Django must be ready

    began, results, failed = time.monotonic(), list[Any](), list[Any]()
    sums: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    for seed in numbers:
        result = seeds.run(seed, given.steps, destination=given.destination)
        faults += result.faults
        for name in ("requests", "invoices", "vouchers", "expenses", "kills"):
            sums[name] += getattr(result, name)
        results.append(result)
        if result.broken:
            failed.append(result)
        if given.seed is not None and not given.json and not given.quiet:
            print("\n".join(result.trace))
        if result.broken and not given.json:
            _print_failure(result, trace=given.seed is None and not given.quiet)
        elif not given.json and not given.quiet:
            print(
                f"seed {seed}: {result.vouchers} vouchers, {sum(result.faults.values())} faults, {result.seconds:.1f} s",
                flush=True,
            )
        if given.minutes is not None and time.monotonic() - began > given.minutes * 60:
            break
    figures = {
        "seeds": len(results),
        "steps": given.steps,
        "destination": given.destination,
        **sums,
        "faults": dict(faults.most_common()),
        "seconds": round(time.monotonic() - began, 1),
        "failed": [{"seed": one.seed, "broken": one.broken, "replay": one.command} for one in failed],
    }
    _print_figures(figures, as_json=given.json)
    return FAILED if failed else 0


def _print_failure(result: Any, *, trace: bool) -> None:
    if trace:
        print("\n".join(result.trace))
    print(f"seed {result.seed} FAILED:")
    for sentence in result.broken:
        print(f"  {sentence}")
    print(f"  replay: {result.command}", flush=True)


def _print_figures(figures: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(figures, indent=2, ensure_ascii=False))
        return
    names = ("destination", "seeds", "steps", "requests", "invoices", "vouchers", "expenses", "kills", "seconds")
    for name in names:
        print(f"{name:<12}{figures[name]:>15}")
    for name, count in figures["faults"].items():
        print(f"{count:>8}  {name}")
    print(f"{len(figures['failed'])} seeds failed" if figures["failed"] else "every invariant held")


if __name__ == "__main__":
    sys.exit(main())
