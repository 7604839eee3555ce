"""`python -m benchmarks.expenses`: measure the import of expenses against a bare loop over the same calls in the same run.

bare loop   reads the report, and for each line looks up its key and creates the expense, one after another, without storage
import      the same lines of another company, imported by Bilag; ratio = the bare loop's time / the import's time
again       the same lines read again, without creating anything
left        lines without a project, which are read and left in accounting
memory      the growth of the importing process at each of these
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx2
import psutil

from benchmarks.figures import Figures, write_json
from benchmarks.service import Service, service, stand_ins, stop_at_signals

DAYS_BACK = 30
BARE, IMPORTING = 0, 1
"""The places of the two companies."""


def main(arguments: Sequence[str] | None = None) -> list[Figures]:
    """Run the benchmark and print the table."""
    stop_at_signals()
    given = parser().parse_args(arguments)
    with stand_ins(2) as around, service(around, workers=0) as bilag:
        rounds = measure(bilag, given)
    bare = rounds[0]["per_second"]
    for one in rounds:
        ratio = f"ratio {one['per_second'] / bare:.2f}" if one["name"] in ("bare loop", "import") else ""
        memory = f"{one['memory_mb']:.0f} MB more" if "memory_mb" in one else ""
        print(
            f"{one['name']:<12}{one['lines']:>8} lines{one['seconds']:>10.1f} s{one['per_second']:>10.0f} a second"
            f"{ratio:>14}{memory:>14}"
        )
    write_json(given.json, given, rounds)
    return rounds


def measure(bilag: Service, given: argparse.Namespace, places: tuple[int, int] = (BARE, IMPORTING)) -> list[Figures]:
    """Measure on two companies without expenses."""
    around = bilag.stand_ins
    bare, importing = (bilag.companies[place]["id"] for place in places)
    for place in places:
        around.tell("costs", count=given.lines, company=place, with_project=True)
    rounds = [{"name": "bare loop", **bilag.do("benchmarks.expenses:bare_loop", bare)}]
    for name in ("import", "again"):
        rounds.append({"name": name, **bilag.do("benchmarks.expenses:run_import", importing)})
    around.tell("costs", count=given.most_lines, company=places[1], with_project=False)
    rounds.append({"name": "left", **bilag.do("benchmarks.expenses:run_import", importing)})
    assert [one["created"] for one in rounds] == [given.lines, given.lines, 0, 0], rounds
    for one in rounds:
        one["per_second"] = one["lines"] / one["seconds"]
    return rounds


def run_import(company_id: int) -> dict[str, Any]:
    """Run one import, in the operator's process; gives lines read and created, seconds and growth of memory."""
    from bilag.expenses.importer import import_expenses

    process = psutil.Process()
    before, memory = process.memory_info().rss, [0]
    began = time.perf_counter()
    run = import_expenses(company_id, days_back=DAYS_BACK, progress=lambda *_: memory.append(process.memory_info().rss))
    seconds = time.perf_counter() - began
    assert run.problem is None, run.problem
    return {
        "lines": run.counts["read"],
        "created": run.counts.get("done", 0),
        "seconds": seconds,
        "memory_mb": max(0, max(memory) - before) / 1e6,
    }


def bare_loop(company_id: int) -> dict[str, Any]:
    """Make the same calls in a loop, in the operator's process, with Bilag's own reader of the report."""
    from bilag.companies import store
    from bilag.companies.gateways import platform_for

    setup = store.load_setup(company_id)
    platform = platform_for(setup)
    root = f"{setup.moment.base_url}/api/1.0/companies/{setup.moment.company_id}/"
    made = 0
    with httpx2.Client(base_url=root, auth=("apikey", "example-moment-key"), trust_env=False) as moment:
        rows = moment.get("projects", params={"size": "200"}).raise_for_status().json()["content"]
        activity_of = {row["projectNumber"]: (row["id"], _activity(moment, row["id"])) for row in rows}
        began = time.perf_counter()
        for page in platform.list_posted_lines(""):
            for line in page.lines:
                project, activity = activity_of[line.unit(2) or ""]
                key = platform.expense_key(line.journal, line.entry)
                found = moment.get("projectExpenses", params={"externalKey": key}).raise_for_status().json()
                assert not found["content"]
                body = {
                    "projectId": project,
                    "projectExtensionId": activity,
                    "title": line.text,
                    "date": line.voucher_date.isoformat(),
                    "quantity": 1,
                    "unitPrice": int(line.net),
                    "currency": "NOK",
                    "billable": True,
                    "externalKey": key,
                }
                moment.post("projectExpenses", json=body).raise_for_status()
                made += 1
        return {"lines": made, "created": made, "seconds": time.perf_counter() - began}


def _activity(moment: httpx2.Client, project: int) -> int:
    body = {"projectId": project, "name": "Utlegg", "projectExtensionState": "inProgress", "priceModelId": None}
    created: int = moment.post("projectExtensions", json=body).raise_for_status().json()["id"]
    return created


def parser() -> argparse.ArgumentParser:
    """Return the parser of its arguments."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.expenses", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--lines", type=int, default=10_000)
    made.add_argument("--most-lines", type=int, default=50_000)
    made.add_argument("--json", type=Path)
    return made


if __name__ == "__main__":
    main()
