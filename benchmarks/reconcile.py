"""`python -m benchmarks.reconcile`: measure the reconciliation of a month against a bare loop over the same calls.

The baseline reads the same posted invoices from both stand-ins with the same clients and discards them. Both take turns; the
figures are medians. Memory is the largest growth of the process, which does nothing else.
"""

import argparse
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil

from benchmarks.figures import Figures, write_json
from benchmarks.service import Service, service, stand_ins, stop_at_signals


def main(arguments: Sequence[str] | None = None) -> list[Figures]:
    """Run the benchmark for each size, a company each, and print a line of each."""
    stop_at_signals()
    given = parser().parse_args(arguments)
    with stand_ins(len(given.counts)) as around, service(around, workers=0) as bilag:
        rounds = [measure(bilag, place, count, given.rounds) for place, count in enumerate(given.counts)]
    for one in rounds:
        print(
            f"{one['invoices']:>7} invoices: {one['seconds']:6.1f} s, {one['invoices'] / one['seconds'] * 60:>7.0f} a minute; "
            f"bare loop {one['bare_seconds']:6.1f} s, ratio {one['ratio']:.2f}; memory grew by {one['memory_mb']:.0f} MB"
        )
    write_json(given.json, given, rounds)
    return rounds


def measure(bilag: Service, place: int, count: int, rounds: int) -> Figures:
    """Post `count` invoices of a company that has none yet, and reconcile them."""
    bilag.stand_ins.tell("master-data")
    bilag.stand_ins.tell("finalise", count=count, company=place)
    company = bilag.companies[place]["id"]
    bilag.do("benchmarks.export:post_all", company)
    figures: Figures = bilag.do("benchmarks.reconcile:compare", company, count, rounds)
    return {"name": "reconcile", "invoices": count, **figures}


def compare(company_id: int, count: int, rounds: int) -> dict[str, Any]:
    """Read both systems and discard what was read, then reconcile, in turns; runs in the operator's process."""
    from bilag.companies import store
    from bilag.companies.gateways import moment_for, platform_for
    from bilag.reconciliation.runner import reconcile

    setup, process = store.load_setup(company_id), psutil.Process()
    last = datetime.now(UTC).date()
    first = last.replace(day=1)
    bare, own = [], []
    before, memory = process.memory_info().rss, [0]
    for _ in range(rounds):
        began = time.perf_counter()
        read = sum(1 for _ in moment_for(setup).finalised_invoices(first))
        read += sum(1 for _ in platform_for(setup).list_vouchers(first, last))
        bare.append(time.perf_counter() - began)
        assert read == 2 * count, read
        began = time.perf_counter()
        run = reconcile(company_id, first, last, progress=lambda _: memory.append(process.memory_info().rss))
        own.append(time.perf_counter() - began)
        assert run.counts["matched"] == count, run.counts
        assert Decimal(run.sums["NOK"]["difference"]) == 0
    seconds, bare_seconds = statistics.median(own), statistics.median(bare)
    grown = max(0, max(memory) - before) / 1024**2
    return {"seconds": seconds, "bare_seconds": bare_seconds, "ratio": bare_seconds / seconds, "memory_mb": grown}


def parser() -> argparse.ArgumentParser:
    """Return the parser of its arguments."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.reconcile")
    made.add_argument("--counts", type=int, nargs="+", default=[1_000, 10_000], help="invoices of each company")
    made.add_argument("--rounds", type=int, default=3)
    made.add_argument("--json", type=Path)
    return made


if __name__ == "__main__":
    main()
