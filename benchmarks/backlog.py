"""`python -m benchmarks.backlog`: how fast invoices that were finalised without a webhook are posted and marked.

Bilag and its rivals take turns in one run, each between stand-ins of its own: invoices are finalised, a poll (or the script)
is started, and the clock runs from the first question which invoices there are to the last one that is marked. Then everything
is verified: each invoice has exactly one voucher of its amount. Master data is transferred before.

    --statements    also counts the SQL statements of an invoice, in a round of its own, which the database's log slows down
    --profile       prints the process ids and waits for Enter before and after all rounds
"""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack

from benchmarks import contenders, processes, statements
from benchmarks.contenders import Bilag, Contender
from benchmarks.figures import Figures, medians, write_json
from benchmarks.service import stop_at_signals
from benchmarks.verify import exactly_once

HUB_REQUESTS = 3
"""Of an invoice, by a rival."""
RIVAL_ROUND_SECONDS = 30.0
"""About the longest that one round of a rival may take: a slow one gets fewer invoices."""


def main(arguments: Sequence[str] | None = None) -> list[Figures]:
    """Run the benchmark, print its table, and give the figures of each round."""
    stop_at_signals()
    given = _parser().parse_args(arguments)
    rounds = run(given)
    _print(rounds)
    write_json(given.json, given, rounds)
    return rounds


def run(given: argparse.Namespace) -> list[Figures]:
    """Measure everybody in turns; Bilag is the first."""
    rounds: list[Figures] = []
    with ExitStack() as stack:
        bilag, rivals = contenders.start(
            stack, given, delay_ms=given.delay_ms, requests_per_minute=given.requests_per_minute
        )
        _profile(given, bilag)
        for _ in range(given.rounds):
            rounds.append(_round_of_bilag(bilag, given.invoices))
            rounds += [_round(rival, _fitting(given, rival.name)) for rival in rivals]
        if given.statements:
            rounds[0] |= statements.count(bilag.service, given.invoices, lambda: _round_of_bilag(bilag, given.invoices))
        _profile(given, bilag)
    return rounds


def _fitting(given: argparse.Namespace, name: str) -> int:
    """How many invoices a rival gets in a round."""
    seconds = HUB_REQUESTS * given.delay_ms / 1000 / int(name.split()[-1])
    fitting = int(RIVAL_ROUND_SECONDS / seconds) if seconds else given.invoices
    return max(given.companies, min(given.invoices, fitting))


def _round_of_bilag(bilag: Bilag, invoices: int) -> Figures:
    before = bilag.service.costs()
    figures = _round(bilag, invoices)
    figures |= bilag.service.costs().since(before, invoices)
    figures["memory_mb"] = processes.memory_mb(bilag.service.pids)
    figures["postgres_memory_mb"] = processes.memory_mb([bilag.service.postgres], unshared=True)
    return figures


def _round(contender: Contender, invoices: int) -> Figures:
    """Finalise invoices, have them transferred, verify, and give the figures."""
    around = contender.around
    around.tell("begin")
    around.tell("finalise", count=invoices)
    contender.drain()
    state = around.await_transferred(invoices)
    exactly_once(state, invoices)
    first, last = state["first_transferred_at"], state["last_transferred_at"]
    hub = sum(count for name, count in state["requests"].items() if name.startswith("hub"))
    return {
        "name": contender.name,
        "invoices": invoices,
        "seconds": last - state["listed_at"],
        "per_second": invoices / (last - state["listed_at"]),
        "first_after": first - state["listed_at"],
        "longest_pause": state["longest_pause"],
        "hub_requests": hub / invoices,
        "refused_429": state["refused_429"],
    }


def _profile(given: argparse.Namespace, bilag: Bilag) -> None:
    if given.profile:
        running = bilag.service
        input(f"Bilag: {running.pids}; PostgreSQL: {running.postgres}; folder: {running.folder}. Enter goes on. ")


def _print(rounds: list[Figures]) -> None:
    found = {name: medians(rounds, name) for name in dict.fromkeys(one["name"] for one in rounds)}
    speeds = {name: figures["per_second"] for name, figures in found.items()}
    columns = ["invoices/s", *(f"of {name}" for name in speeds if name != "Bilag")]
    print(f"{'':<12}" + "".join(f"{column:>14}" for column in columns))
    for name, speed in speeds.items():
        ratios = "".join(f"{speed / other:>14.2f}" for rival, other in speeds.items() if rival != "Bilag")
        print(f"{name:<12}{speed:>14.1f}{ratios}")
    for name, figure in found["Bilag"].items():
        print(f"  {name:<24}{figure:>14.2f}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.backlog", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--delay-ms", type=float, default=0.0, help="of each request to the hub")
    parser.add_argument("--requests-per-minute", type=int, help="that the hub allows; none = no limit")
    parser.add_argument("--invoices", type=int, default=600, help="a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--statements", action="store_true")
    parser.add_argument("--profile", action="store_true")
    contenders.add_arguments(parser, rivals=contenders.RIVALS)
    return parser


if __name__ == "__main__":
    main()
