"""`python -m benchmarks.backlog`: how fast invoices that were finalised without a webhook are posted and marked.

Bilag and its rivals take turns in one run, each between stand-ins of its own: invoices are finalised, a poll (or the script)
is started, and the clock runs from the first question which invoices there are to the last one that is marked. Then everything
is verified: each invoice has exactly one voucher of its amount. Master data is transferred before.

    --webhooks      instead of a poll, a webhook for each invoice, all at once; the clock runs from the first that is finalised
    --statements    also counts the SQL statements of an invoice, in a round of its own, which the database's log slows down
    --profile       prints the process ids and waits for Enter before and after all rounds
"""

import argparse
from collections.abc import Sequence

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
    given = parser().parse_args(arguments)
    around = {"delay_ms": given.delay_ms, "requests_per_minute": given.requests_per_minute}
    with contenders.measured(given, **around) as (bilag, rivals):
        _profile(given, bilag)
        rounds = measure(bilag, rivals, given)
        _profile(given, bilag)
    _print(rounds)
    write_json(given.json, given, rounds)
    return rounds


def measure(bilag: Bilag, rivals: Sequence[Contender], given: argparse.Namespace) -> list[Figures]:
    """Measure everybody in turns; Bilag is the first."""
    rounds: list[Figures] = []
    for _ in range(given.rounds):
        rounds.append(_round_of_bilag(bilag, given))
        rounds += [
            _round(rival, _fitting(given, rival.name), given.companies, webhooks=given.webhooks) for rival in rivals
        ]
    if given.statements:
        rounds[0] |= statements.count(bilag.service, given.invoices, lambda: _round_of_bilag(bilag, given))
    return rounds


def _fitting(given: argparse.Namespace, name: str) -> int:
    """How many invoices a rival gets in a round."""
    invoices, companies = int(given.invoices), int(given.companies)
    seconds = HUB_REQUESTS * given.delay_ms / 1000 / int(name.split()[-1])
    fitting = int(RIVAL_ROUND_SECONDS / seconds) if seconds else invoices
    return max(companies, min(invoices, fitting))


def _round_of_bilag(bilag: Bilag, given: argparse.Namespace) -> Figures:
    before = bilag.service.costs()
    figures = _round(bilag, given.invoices, given.companies, webhooks=given.webhooks)
    figures |= bilag.service.costs().since(before, given.invoices)
    figures["memory_mb"] = processes.memory_mb(bilag.service.pids)
    figures["postgres_memory_mb"] = processes.memory_mb([bilag.service.postgres], unshared=True)
    return figures


def _round(contender: Contender, invoices: int, companies: int, *, webhooks: bool) -> Figures:
    """Finalise invoices in turn over so many companies, have them transferred, verify, and give the figures."""
    around = contender.around
    around.tell("begin")
    hinted = webhooks and contender.webhooks
    made = around.tell("finalise", count=invoices, companies=companies, webhooks=hinted)
    if webhooks:
        for one in made:
            contender.tell(one)
    else:
        contender.drain()
    state = around.await_transferred(invoices, contender.check)
    exactly_once(state, invoices)
    began = state["finalised_at" if webhooks else "listed_at"]
    first, last = state["first_transferred_at"], state["last_transferred_at"]
    hub = sum(count for name, count in state["requests"].items() if name.startswith("hub"))
    return {
        "name": contender.name,
        "invoices": invoices,
        "seconds": last - began,
        "per_second": invoices / (last - began),
        "first_after": first - began,
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


def parser() -> argparse.ArgumentParser:
    """Return the parser of its arguments."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.backlog", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--delay-ms", type=float, default=0.0, help="of each request to the hub")
    made.add_argument("--requests-per-minute", type=int, help="that the hub allows; none = no limit")
    made.add_argument("--invoices", type=int, default=600, help="a round")
    made.add_argument("--rounds", type=int, default=3)
    made.add_argument("--webhooks", action="store_true")
    made.add_argument("--statements", action="store_true")
    made.add_argument("--profile", action="store_true")
    contenders.add_arguments(made, rivals=contenders.RIVALS)
    return made


if __name__ == "__main__":
    main()
