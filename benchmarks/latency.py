"""`python -m benchmarks.latency`: how long after it is finalised an invoice is posted and marked, at a steady pace.

Each invoice is hinted at by a webhook, as Moment does; a rival is told of it through a pipe. Bilag and its rivals take
turns, each between stand-ins of its own, with a few invoices before the clock starts. The times are those of the stand-ins.
"""

import argparse
import time
from collections.abc import Sequence
from contextlib import ExitStack

from benchmarks import contenders, statements
from benchmarks.contenders import Bilag, Contender
from benchmarks.figures import Figures, medians, quantiles, write_json
from benchmarks.service import stop_at_signals
from benchmarks.verify import exactly_once

WARM_UP = 8
"""Invoices before the measurement, which open connections and read the chart."""
STATEMENTS_PACE = 5.0
COLUMNS = ("posted_p50_ms", "posted_p99_ms", "marked_p50_ms", "marked_p99_ms")
COSTS = ("service_cpu_ms", "postgres_cpu_ms", "commits", "wal_syncs", "statements", "statements_in_frames")


def main(arguments: Sequence[str] | None = None) -> list[Figures]:
    """Run the benchmark, print its table, and give the figures of each round."""
    stop_at_signals()
    given = _parser().parse_args(arguments)
    rounds = run(given)
    _print(rounds)
    write_json(given.json, given, rounds)
    return rounds


def run(given: argparse.Namespace) -> list[Figures]:
    """Measure each delay and each pace; gives one set of figures for each contender's round."""
    rounds: list[Figures] = []
    with ExitStack() as stack:
        bilag, rivals = contenders.start(stack, given)
        for delay in given.delay_ms:
            for pace in given.per_second:
                for _ in range(given.rounds):
                    for contender in (bilag, *rivals):
                        contender.around.tell("delay", ms=delay)
                        rounds.append({"delay_ms": delay, "pace": pace, **_round(contender, pace, given.seconds)})
        if given.statements:
            bilag.around.tell("delay", ms=0)
            count = WARM_UP + _count(STATEMENTS_PACE, given.seconds)
            work = lambda: _round(bilag, STATEMENTS_PACE, given.seconds)  # noqa: E731
            rounds[0] |= statements.count(bilag.service, count, work)
    return rounds


def _count(pace: float, seconds: float) -> int:
    return max(1, round(pace * seconds))


def _round(contender: Contender, pace: float, seconds: float) -> Figures:
    """Finalise invoices at a steady pace, wait until all are marked, verify, and give the figures in milliseconds."""
    around = contender.around

    def finalise() -> None:
        [made] = around.tell("finalise", count=1, webhooks=contender.webhooks)
        contender.tell(made)

    around.tell("begin")
    for _ in range(WARM_UP):
        finalise()
    around.await_transferred(WARM_UP)
    around.tell("begin")
    before = contender.service.costs() if isinstance(contender, Bilag) else None
    count, began = _count(pace, seconds), time.monotonic()
    for place in range(count):
        time.sleep(max(0.0, began + place / pace - time.monotonic()))
        finalise()
    exactly_once(around.await_transferred(count), count)
    figures: Figures = {"name": contender.name, "invoices": count}
    for name, column in (("posted", "posted_at"), ("marked", "transferred_at")):
        taken = [1000 * (one[column] - one["finalised_at"]) for one in around.ask("invoices")]
        figures[f"{name}_p50_ms"], figures[f"{name}_p99_ms"] = quantiles(taken)
    if before is not None and isinstance(contender, Bilag):
        figures |= contender.service.costs().since(before, count)
    return figures


def _print(rounds: list[Figures]) -> None:
    print(f"{'':<12}{'hub ms':>8}{'a second':>10}" + "".join(f"{column:>16}" for column in COLUMNS))
    for delay, pace in dict.fromkeys((one["delay_ms"], one["pace"]) for one in rounds):
        here = [one for one in rounds if (one["delay_ms"], one["pace"]) == (delay, pace)]
        own = medians(here, "Bilag")
        for name in dict.fromkeys(one["name"] for one in here):
            found = medians(here, name)
            print(f"{name:<12}{delay:>8.0f}{pace:>10.1f}" + "".join(f"{found[column]:>16.0f}" for column in COLUMNS))
            if name != "Bilag":
                ratios = (f"{own[column] / found[column]:.2f} x" for column in COLUMNS)
                print(f"{'':<12}{'Bilag takes':>18}" + "".join(f"{ratio:>16}" for ratio in ratios))
    found = medians(rounds, "Bilag")
    for name in COSTS:
        if name in found:
            print(f"  {name:<24}{found[name]:>10.2f} an invoice")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.latency", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--delay-ms", type=float, nargs="+", default=[0.0, 300.0], help="of each request to the hub")
    parser.add_argument("--per-second", type=float, nargs="+", default=[1.0, 5.0])
    parser.add_argument("--seconds", type=float, default=30.0, help="a round")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--statements", action="store_true", help="count SQL statements in a round more")
    contenders.add_arguments(parser, rivals=("bare-8", "celery-16"))
    return parser


if __name__ == "__main__":
    main()
