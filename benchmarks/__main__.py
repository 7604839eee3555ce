"""`python -m benchmarks`, or `make benchmark`: run every benchmark, and print one table of ratios; the figures are written as JSON.

Each benchmark is a process of its own, one after another, and prints a table of its own too. The table at the end compares Bilag
with the rivals of the same run. `--only` chooses benchmarks; `--quick` makes all of them small, to see that they run.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.backlog import HUB_REQUESTS
from benchmarks.figures import Figures, medians
from benchmarks.service import stop_at_signals

REQUESTS_PER_MINUTE = 600
"""That the hub's contract allows."""
FOLDER = Path(".benchmarks")
Read = Callable[[list[Figures]], float | None]


@dataclass(frozen=True, slots=True)
class Case:
    """A run of a benchmark: its module, its arguments, those that make it small, and the rows it gives the table.

    Without `quick` arguments it is left out when all are to be small.
    """

    name: str
    module: str
    arguments: tuple[str, ...]
    quick: tuple[str, ...] | None
    rows: tuple[tuple[str, Read], ...] = ()


def of(figure: str, rival: str) -> Read:
    """Bilag's figure as a part of the rival's; None if there is no such rival in the run."""

    def read(rounds: list[Figures]) -> float | None:
        own, other = medians(rounds, "Bilag"), medians(rounds, rival)
        return own[figure] / other[figure] if other else None

    return read


def at(figure: str, rival: str, *, delay: float, pace: float) -> Read:
    """The same at one delay of the hub and one pace."""

    def read(rounds: list[Figures]) -> float | None:
        return of(figure, rival)([one for one in rounds if (one["delay_ms"], one["pace"]) == (delay, pace)])

    return read


def own(figure: str) -> Read:
    """Bilag's figure itself."""
    return lambda rounds: medians(rounds, "Bilag").get(figure)


def cpu(rounds: list[Figures]) -> float:
    """Milliseconds of CPU of service and PostgreSQL together for an invoice."""
    found = medians(rounds, "Bilag")
    return found["service_cpu_ms"] + found["postgres_cpu_ms"]


def intake(figure: str) -> Read:
    """The intake of `bilag web` as a part of the bare endpoint's."""
    return lambda rounds: medians(rounds, "bilag web")[figure] / medians(rounds, "bare")[figure]


def ratio(rounds: list[Figures]) -> float:
    """The ratio that the largest size gave."""
    return float(rounds[-1]["ratio"])


def expenses(rounds: list[Figures]) -> float:
    """The import's speed as a part of the bare loop's."""
    return float(medians(rounds, "import")["per_second"] / medians(rounds, "bare loop")["per_second"])


def fleet(figure: str) -> Read:
    """A figure of the whole fleet."""
    return lambda rounds: medians(rounds, "fleet").get(figure)


def backlog(name: str, arguments: str, *rows: tuple[str, Read]) -> Case:
    """A backlog with these arguments."""
    quick = ("--invoices", "20", "--companies", "2", "--rounds", "1", "--rivals", "bare-8")
    ratios = (("of bare 8", of("per_second", "bare 8")), ("of Celery", of("per_second", "celery 16")))
    return Case(f"backlog, {name}", "backlog", tuple(arguments.split()), quick, (*ratios, *rows))


def of_the_limit(rounds: list[Figures]) -> float:
    """The invoices that went through as a part of those that fit: at three requests each, and no more than all."""
    return min(1.0, medians(rounds, "Bilag")["per_second"] * HUB_REQUESTS * 60 / REQUESTS_PER_MINUTE)


CASES = (
    backlog(
        "0 ms",
        "--invoices 600 --statements",
        ("CPU ms an invoice", cpu),
        ("SQL statements", own("statements")),
        ("commits", own("commits")),
        ("memory MB", own("memory_mb")),
    ),
    backlog(
        "0 ms, by webhook",
        "--webhooks --invoices 600 --statements",
        ("CPU ms an invoice", cpu),
        ("SQL statements", own("statements")),
        ("commits", own("commits")),
    ),
    backlog("0 ms, two workers", "--invoices 600 --workers 2"),
    backlog("50 ms", "--delay-ms 50 --invoices 600"),
    backlog("300 ms", "--delay-ms 300 --invoices 600"),
    backlog("50 companies, 0 ms", "--companies 50 --invoices 1000"),
    backlog("50 companies, 300 ms", "--companies 50 --invoices 1000 --delay-ms 300", ("a second", own("per_second"))),
    backlog(
        "5,000 in one poll",
        "--invoices 5000 --rounds 1 --rivals bare-8",
        ("longest pause, s", own("longest_pause")),
        ("memory MB", own("memory_mb")),
    ),
    backlog(
        "600 requests a minute",
        f"--requests-per-minute {REQUESTS_PER_MINUTE} --invoices 600 --rounds 1 --rivals",
        ("of what fits", of_the_limit),
        ("answers 429", own("refused_429")),
    ),
    Case(
        "latency",
        "latency",
        (),
        ("--seconds", "2", "--delay-ms", "0", "300", "--rivals", "bare-8"),
        (
            ("1 a second, 0 ms, p50, of bare 8", at("marked_p50_ms", "bare 8", delay=0, pace=1)),
            ("5 a second, 300 ms, p99, of bare 8", at("marked_p99_ms", "bare 8", delay=300, pace=5)),
        ),
    ),
    Case(
        "webhooks",
        "webhooks",
        (),
        ("--seconds", "1", "--rounds", "1", "--enough", "500"),
        (
            ("a second", lambda rounds: medians(rounds, "bilag web")["per_second"]),
            ("a second, of bare", intake("per_second")),
            ("p99 ms", lambda rounds: medians(rounds, "bilag web")["p99_ms"]),
        ),
    ),
    Case("expenses", "expenses", (), ("--lines", "100", "--most-lines", "100"), (("of bare loop", expenses),)),
    Case("reconcile", "reconcile", (), ("--counts", "50"), (("of bare loop", ratio),)),
    Case("export", "export", (), ("--counts", "50"), (("of bare loop", ratio),)),
    Case("pages", "pages", ("--rows", "100000", "--users", "20"), ("--rows", "300", "--users", "2", "--seconds", "1")),
    Case("commands", "commands", (), ("--rows", "300")),
    Case("rehearsal", "rehearsal", (), None),
    Case(
        "fleet",
        "fleet",
        ("--companies", "500", "--transfers", "2000000"),
        ("--companies", "3", "--transfers", "2000", "--waiting", "60", "--times", "2"),
        (
            ("slowest page, p95 ms", fleet("worst_page_ms")),
            ("pages, p95 of those with ten thousand", fleet("worst_page_ratio")),
            ("/metrics, p95 ms", fleet("/metrics p95")),
            ("statements of 500 webhooks", fleet("500 webhooks, statements")),
        ),
    ),
)
WITHOUT_JSON = {"pages", "commands", "rehearsal"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the chosen cases, and print the table. Exits with 1 if one failed."""
    stop_at_signals()
    given = _parser().parse_args(arguments)
    folder = given.folder / time.strftime("%Y-%m-%d-%H%M%S")
    folder.mkdir(parents=True)
    chosen = [case for case in CASES if not given.only or case.module in given.only]
    if given.quick:
        chosen = [case for case in chosen if case.quick is not None]
    failed = [case.name for case in chosen if not _run(case, folder, quick=given.quick)]
    print(f"\n{'Bilag':<60}{'figure':>12}")
    document: dict[str, Any] = {}
    for case in chosen:
        rounds = _rounds(case, folder)
        for label, read in case.rows if rounds else ():
            figure = read(rounds)
            if figure is None:  # the rival was not asked for, or could not be installed
                continue
            document[f"{case.name}: {label}"] = figure
            print(f"{f'{case.name}: {label}':<60}{figure:>12.2f}")
    (folder / "table.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"\nAll figures: {folder}")
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


def _run(case: Case, folder: Path, *, quick: bool) -> bool:
    """Run a case; whether it ended well."""
    json_file = () if case.module in WITHOUT_JSON else ("--json", str(_file(case, folder)))
    command = [
        sys.executable,
        "-m",
        f"benchmarks.{case.module}",
        *case.arguments,
        *((case.quick or ()) if quick else ()),
        *json_file,
    ]
    print(f"\n{case.name}: {' '.join(command[1:])}", flush=True)
    return subprocess.run(command, check=False).returncode == 0


def _file(case: Case, folder: Path) -> Path:
    return folder / (case.name.replace(",", "").replace(" ", "-") + ".json")


def _rounds(case: Case, folder: Path) -> list[Figures]:
    """The rounds that a case wrote; none if it wrote none."""
    file = _file(case, folder)
    found: list[Figures] = json.loads(file.read_text())["rounds"] if file.exists() else []
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="*", default=[], choices=sorted({case.module for case in CASES}))
    parser.add_argument("--quick", action="store_true", help="run each very small")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="for the JSON files")
    return parser


if __name__ == "__main__":
    main()
