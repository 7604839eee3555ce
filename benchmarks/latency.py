"""`python -m benchmarks.latency`: how long after it is finalised an invoice is posted and marked, at a steady pace.

Each invoice is hinted at by a webhook, as Moment does; the bare script is told of it through a pipe. Bilag and the script take
turns, each between stand-ins of its own, with a few invoices before the clock starts. The times are those of the stand-ins.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks import processes, statements
from benchmarks.service import Service, StandIns, service, stand_ins, stop_at_signals
from benchmarks.verify import exactly_once

WARM_UP = 8
"""Invoices before the measurement, which open connections and read the chart."""
Tell = Callable[[dict[str, Any]], None]


def main(arguments: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Run the benchmark, print its table, and give the figures of each round."""
    stop_at_signals()
    given = _parser().parse_args(arguments)
    rounds = run(given)
    _print(rounds)
    if given.json is not None:
        given.json.write_text(json.dumps(rounds, indent=1))
    return rounds


def run(given: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure each delay and each pace; gives one set of figures for each contender's round."""
    rounds: list[dict[str, Any]] = []
    with ExitStack() as stack:
        ours = stack.enter_context(stand_ins(1))
        theirs = stack.enter_context(stand_ins(1))
        theirs.tell("master-data")
        bilag = stack.enter_context(service(ours, workers=given.workers, concurrency=given.concurrency))
        for delay in given.delay_ms:
            for side in (ours, theirs):
                side.tell("delay", ms=delay)
            for pace in given.per_second:
                about = {"delay_ms": delay, "per_second": pace}
                for _ in range(given.rounds):
                    rounds.append({"name": "Bilag", **about, **_round_of_bilag(bilag, pace, given)})
                    with _script(theirs, given.threads) as tell:
                        figures = _round(theirs, pace, given, tell, webhooks=False)
                    rounds.append({"name": f"bare {given.threads}", **about, **figures})
        if given.statements:
            ours.tell("delay", ms=0)
            rounds[0] |= statements.count(bilag, WARM_UP + _count(given, 5), lambda: _round_of_bilag(bilag, 5, given))
    return rounds


def _count(given: argparse.Namespace, pace: float) -> int:
    return max(1, round(pace * given.seconds))


def _round_of_bilag(bilag: Service, pace: float, given: argparse.Namespace) -> dict[str, float]:
    before: list[Any] = []
    figures = _round(
        bilag.stand_ins, pace, given, lambda _: None, webhooks=True, at_start=lambda: before.append(bilag.costs())
    )
    return figures | bilag.costs().since(before[0], _count(given, pace))


@contextmanager
def _script(around: StandIns, threads: int) -> Iterator[Tell]:
    """Run a bare script while the context lasts; it is told of each invoice."""
    with processes.python(
        "-m", "benchmarks.rivals.bare", around.address, "--threads", str(threads), "--told"
    ) as process:
        assert processes.hear(process) == "ready"
        yield lambda made: processes.say(process, f"{made['company']} {made['id']}")


def _round(
    around: StandIns,
    pace: float,
    given: argparse.Namespace,
    tell: Tell,
    *,
    webhooks: bool,
    at_start: Callable[[], object] = lambda: None,
) -> dict[str, float]:
    """Finalise invoices at a steady pace, wait until all are marked, verify, and give the figures in milliseconds."""

    def finalise() -> None:
        [made] = around.tell("finalise", count=1, webhooks=webhooks)
        tell(made)

    around.tell("begin")
    for _ in range(WARM_UP):
        finalise()
    around.await_transferred(WARM_UP)
    around.tell("begin")
    at_start()
    count, began = _count(given, pace), time.monotonic()
    for place in range(count):
        time.sleep(max(0.0, began + place / pace - time.monotonic()))
        finalise()
    exactly_once(around.await_transferred(count), count)
    invoices = around.ask("invoices")
    return {
        "invoices": count,
        **_quantiles("posted", [1000 * (one["posted_at"] - one["finalised_at"]) for one in invoices]),
        **_quantiles("marked", [1000 * (one["transferred_at"] - one["finalised_at"]) for one in invoices]),
    }


def _quantiles(name: str, milliseconds: list[float]) -> dict[str, float]:
    ordered = sorted(milliseconds)
    return {
        f"{name}_p50_ms": statistics.median(ordered),
        f"{name}_p99_ms": ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))],
    }


def _print(rounds: list[dict[str, Any]]) -> None:
    columns = ("posted_p50_ms", "posted_p99_ms", "marked_p50_ms", "marked_p99_ms")
    print(f"{'':<10}{'hub ms':>8}{'a second':>10}" + "".join(f"{column:>16}" for column in columns))
    keys = list(dict.fromkeys((one["name"], one["delay_ms"], one["per_second"]) for one in rounds))
    medians = {
        key: {
            column: statistics.median(
                one[column] for one in rounds if (one["name"], one["delay_ms"], one["per_second"]) == key
            )
            for column in columns
        }
        for key in keys
    }
    bare = {key[1:]: found for key, found in medians.items() if key[0] != "Bilag"}
    for (name, delay, pace), found in medians.items():
        print(f"{name:<10}{delay:>8.0f}{pace:>10.0f}" + "".join(f"{found[column]:>16.0f}" for column in columns))
        if name == "Bilag":
            ratios = (found[column] / bare[delay, pace][column] for column in columns)
            print(f"{'':<28}" + "".join(f"{f'x {ratio:.2f}':>16}" for ratio in ratios))
    own = [one for one in rounds if one["name"] == "Bilag"]
    for name in ("service_cpu_ms", "postgres_cpu_ms", "commits", "wal_syncs", "statements", "statements_in_frames"):
        found_in = [one[name] for one in own if name in one]
        if found_in:
            print(f"  {name:<24}{statistics.median(found_in):>10.2f} an invoice")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.latency", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--delay-ms", type=float, nargs="+", default=[0.0, 300.0], help="of each request to the hub")
    parser.add_argument("--per-second", type=float, nargs="+", default=[1.0, 5.0])
    parser.add_argument("--seconds", type=float, default=30.0, help="a round")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=8, help="of the bare script")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--concurrency", type=int)
    parser.add_argument("--statements", action="store_true", help="count SQL statements in a round more")
    parser.add_argument("--json", type=Path)
    return parser


if __name__ == "__main__":
    main()
