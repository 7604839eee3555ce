"""`python -m benchmarks.export`: measure the export of a month's journal against a bare loop over the same calls.

The baseline reads the same journal with the same client and discards it. Memory is the largest growth of the process, which does
nothing else.
"""

import argparse
import time
from collections.abc import Sequence
from datetime import UTC, datetime
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
        rounds = [measure(bilag, place, count) for place, count in enumerate(given.counts)]
    for one in rounds:
        print(
            f"{one['invoices']:>7} invoices: read and kept in {one['seconds']:.2f} s, bare loop {one['bare_seconds']:.2f} s, "
            f"ratio {one['ratio']:.2f}; SAF-T {one['saft_seconds']:.2f} s for {one['saft_mb']:.1f} MB, "
            f"beancount {one['beancount_seconds']:.2f} s for {one['beancount_mb']:.1f} MB; "
            f"memory grew by {one['memory_mb']:.0f} MB"
        )
    write_json(given.json, given, rounds)
    return rounds


def measure(bilag: Service, place: int, count: int) -> Figures:
    """Post `count` invoices of a company that has none yet, and export them."""
    bilag.stand_ins.tell("master-data")
    bilag.stand_ins.tell("finalise", count=count, company=place)
    company = bilag.companies[place]["id"]
    bilag.do("benchmarks.export:post_all", company)
    figures: Figures = bilag.do("benchmarks.export:export", company, count)
    return {"name": "export", "invoices": count, **figures}


def post_all(company_id: int) -> None:
    """Post every finalised invoice through the adapter, in the operator's process; posting is measured elsewhere."""
    from bilag.companies import store
    from bilag.companies.gateways import moment_for, platform_for
    from bilag.posting.invoice import Invoice
    from bilag.posting.plan import plan_invoice
    from bilag.transfers.external_ids import external_id
    from bilag.transfers.rules import rules_for

    setup = store.load_setup(company_id)
    platform = platform_for(setup)
    rules = rules_for(setup, platform.chart())
    for invoice in moment_for(setup).finalised_invoices(None):
        assert isinstance(invoice, Invoice)
        assert invoice.number is not None
        plan = plan_invoice(invoice, rules)
        platform.post_voucher(plan.vouchers, external_id(setup, invoice.number))


def export(company_id: int, count: int) -> dict[str, Any]:
    """Read the month's journal and discard it, then export it in each format; runs in the operator's process."""
    from bilag.companies import store
    from bilag.companies.gateways import platform_for
    from bilag.exports import beancount, saft
    from bilag.exports.journal import read_journal

    setup, process = store.load_setup(company_id), psutil.Process()
    last = datetime.now(UTC).date()
    first = last.replace(day=1)
    began = time.perf_counter()
    assert sum(1 for _ in platform_for(setup).list_vouchers(first, last)) == count
    figures = {"bare_seconds": time.perf_counter() - began}
    before, memory = process.memory_info().rss, [0]
    began = time.perf_counter()
    with read_journal(setup, first, last, progress=lambda _: memory.append(process.memory_info().rss)) as journal:
        figures["seconds"] = time.perf_counter() - began
        assert journal.vouchers_count == count
        for name, pieces in (("saft", saft.pieces(journal, last)), ("beancount", beancount.pieces(journal))):
            began = time.perf_counter()
            figures[f"{name}_mb"] = sum(len(piece.encode()) for piece in pieces) / 1024**2
            figures[f"{name}_seconds"] = time.perf_counter() - began
            memory.append(process.memory_info().rss)
    figures["ratio"] = figures["bare_seconds"] / figures["seconds"]
    figures["memory_mb"] = max(0, max(memory) - before) / 1024**2
    return figures


def parser() -> argparse.ArgumentParser:
    """Return the parser of its arguments."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.export")
    made.add_argument("--counts", type=int, nargs="+", default=[1_000, 5_000], help="invoices of each company")
    made.add_argument("--json", type=Path)
    return made


if __name__ == "__main__":
    main()
