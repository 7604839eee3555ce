"""`python -m benchmarks.backlog`: how fast invoices that were finalised without a webhook are posted and marked.

Bilag and its rivals take turns in one run, each between stand-ins of its own: invoices are finalised, a poll (or the script)
is started, and the clock runs from the first question which invoices there are to the last one that is marked. Then everything
is verified: each invoice has exactly one voucher of its amount. Master data is transferred before.

    --statements    also counts the SQL statements of an invoice, in a round of its own, which the database's log slows down
    --profile       prints the process ids and waits for Enter before and after Bilag's rounds
"""

import argparse
import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import processes, statements
from benchmarks.service import Service, StandIns, service, stand_ins, stop_at_signals
from benchmarks.verify import exactly_once

RIVAL_ROUND_SECONDS = 30.0
"""About the longest that one round of a rival may take: a slow one gets fewer invoices."""


@dataclass
class Result:
    """The rounds of one contender: invoices a second, and what else was measured in each round."""

    name: str
    rounds: list[dict[str, float]] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """The median of the rounds, the poll included."""
        return statistics.median(one["per_second"] for one in self.rounds)

    def median(self, name: str) -> float | None:
        """The median of a figure; None if it was not measured."""
        found = [one[name] for one in self.rounds if name in one]
        return statistics.median(found) if found else None


def main(arguments: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Run the benchmark, print its table, and give the figures."""
    stop_at_signals()
    given = _parser().parse_args(arguments)
    results = run(given)
    _print(results)
    document = [{"name": one.name, "per_second": one.per_second, "rounds": one.rounds} for one in results]
    if given.json is not None:
        given.json.write_text(json.dumps({"arguments": _plain(given), "results": document}, indent=1))
    return document


def run(given: argparse.Namespace) -> list[Result]:
    """Measure everybody in turns; Bilag is the first."""
    with ExitStack() as stack:

        def around() -> StandIns:
            return stack.enter_context(
                stand_ins(given.companies, delay_ms=given.delay_ms, requests_per_minute=given.requests_per_minute)
            )

        bilag = stack.enter_context(service(around(), workers=given.workers, concurrency=given.concurrency))
        results = [Result("Bilag")]
        scripts: list[tuple[Result, StandIns, int]] = []
        for threads in given.bare:
            side = around()
            side.tell("master-data")
            results.append(Result(f"bare {threads}"))
            scripts.append((results[-1], side, threads))
        _profile(given, bilag)
        for _ in range(given.rounds):
            results[0].rounds.append(_round_of_bilag(bilag, given.invoices))
            for result, side, threads in scripts:
                count = _fitting(given, threads)
                result.rounds.append(_round(side, count, lambda: _script(side, threads)))  # noqa: B023 - called at once
        if given.statements:
            results[0].rounds[-1] |= statements.count(bilag, given.invoices, _round_of_bilag)
        _profile(given, bilag)
    return results


def _fitting(given: argparse.Namespace, threads: int) -> int:
    """How many invoices a rival gets in a round: three requests to the hub for each take a while."""
    seconds = 3 * given.delay_ms / 1000 / threads
    fitting = int(RIVAL_ROUND_SECONDS / seconds) if seconds else given.invoices
    return max(given.companies, min(given.invoices, fitting))


def _round_of_bilag(bilag: Service, invoices: int) -> dict[str, float]:
    before = bilag.costs()

    @contextmanager
    def poll() -> Iterator[None]:
        bilag.poll()
        yield

    figures = _round(bilag.stand_ins, invoices, poll)
    figures |= bilag.costs().since(before, invoices)
    figures["memory_mb"] = processes.memory_mb(bilag.pids)
    figures["postgres_memory_mb"] = processes.memory_mb([bilag.postgres], unshared=True)
    return figures


@contextmanager
def _script(around: StandIns, threads: int) -> Iterator[None]:
    """Run a bare script while the context lasts; its connections are open before it begins."""
    arguments = (around.address, "--companies", str(around.companies), "--threads", str(threads))
    with processes.python("-m", "benchmarks.rivals.bare", *arguments) as process:
        assert processes.hear(process) == "ready"
        processes.say(process, "")
        yield
        processes.hear(process)


def _round(around: StandIns, invoices: int, transferring: Callable[[], Any]) -> dict[str, float]:
    """Finalise invoices, have them transferred, verify, and give the figures."""
    around.tell("begin")
    around.tell("finalise", count=invoices)
    with transferring():
        state = around.await_transferred(invoices)
    exactly_once(state, invoices)
    first, last = state["first_transferred_at"], state["last_transferred_at"]
    hub = sum(count for name, count in state["requests"].items() if name.startswith("hub"))
    return {
        "invoices": invoices,
        "seconds": last - state["listed_at"],
        "per_second": invoices / (last - state["listed_at"]),
        "first_after": first - state["listed_at"],
        "longest_pause": state["longest_pause"],
        "hub_requests": hub / invoices,
        "refused_429": state["refused_429"],
    }


def _profile(given: argparse.Namespace, bilag: Service) -> None:
    if given.profile:
        input(f"Bilag's processes: {bilag.pids}; PostgreSQL: {bilag.postgres}; folder: {bilag.folder}. Enter goes on. ")


def _print(results: list[Result]) -> None:
    bare = {one.name: one.per_second for one in results[1:]}
    columns = ["invoices/s", *(f"of {name}" for name in bare)]
    print(f"{'':<10}" + "".join(f"{column:>14}" for column in columns))
    for result in results:
        ratios = "".join(f"{result.per_second / per_second:>14.2f}" for per_second in bare.values())
        print(f"{result.name:<10}{result.per_second:>14.1f}{ratios}")
    for name in results[0].rounds[-1]:
        print(f"  {name:<24}{results[0].median(name):>14.2f}")


def _plain(given: argparse.Namespace) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Path) else value for name, value in vars(given).items()}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.backlog", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--delay-ms", type=float, default=0.0, help="of each request to the hub")
    parser.add_argument("--requests-per-minute", type=int, help="that the hub allows; none = no limit")
    parser.add_argument("--invoices", type=int, default=600, help="a round")
    parser.add_argument("--companies", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--concurrency", type=int, help="of each worker; none = Bilag's own default")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bare", type=int, nargs="*", default=[1, 8], help="threads of each bare script")
    parser.add_argument("--statements", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", type=Path)
    return parser


if __name__ == "__main__":
    main()
