"""Measure the import of expenses against a bare loop over the same calls in the same run.

    import    10,000 lines on 50 projects, imported by the command; ratio = the bare loop's time / the import's time
    again     the same lines read again, without creating anything
    memory    the importing process's peak, for 1,000, 10,000 and 50,000 lines read

The bare loop makes the same HTTP calls one after another, without storage: it reads the report page by page, and for
each line looks up the key and creates the expense.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.sandboxes import hub_values, sandboxes
from bilag.cli.demo.command import COMPANY_FILE
from bilag.platforms.base import Connection
from bilag.platforms.registry import platform_kinds
from bilag.posting.dimensions import Dimensions

LINES = int(os.environ.get("BENCHMARK_LINES", "10000"))
MOST_LINES = int(os.environ.get("BENCHMARK_MOST_LINES", "50000"))
PROJECTS = 50
LINES_OF_A_VOUCHER = 100
IMPORT = """
import json, resource, sys, time
from bilag.cli.django_ready import make_ready
make_ready()
from bilag.companies import store
from bilag.expenses.importer import import_expenses
company_id = store.load_setup_by_slug("fjell").company_id
began = time.perf_counter()
run = import_expenses(company_id, days_back=int(sys.argv[1]))
print(json.dumps({
    "seconds": time.perf_counter() - began,
    "counts": run.counts,
    "problem": run.problem,
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


def main() -> None:
    """Run the benchmark and print the table."""
    folder = Path(tempfile.mkdtemp(prefix="bilag-benchmark-"))
    folder.chmod(0o755)
    try:
        with sandboxes(folder / "bare", sample="drafts") as urls:
            projects = make_projects(urls["moment"])
            post_lines(urls["hub"], projects, LINES)
            bare = bare_loop(urls, projects)
        with sandboxes(folder / "service", sample="drafts") as urls:
            projects = make_projects(urls["moment"])
            environment = set_up(urls, folder)
            post_lines(urls["hub"], projects, LINES // 10)
            small = run_import(environment)
            post_lines(urls["hub"], projects, LINES - LINES // 10)
            large = run_import(environment)
            again = run_import(environment)
            post_lines(urls["hub"], [None], MOST_LINES)
            huge = run_import(environment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    done = small["counts"]["done"] + large["counts"]["done"]
    seconds = small["seconds"] + large["seconds"]
    assert done == LINES, (small, large)
    assert again["counts"].get("done", 0) == 0
    rows = [
        (f"bare loop, {LINES} lines", f"{bare:.1f} s", f"{LINES / bare:.0f} a second", "ratio 1.00"),
        (
            f"import, {LINES} lines",
            f"{seconds:.1f} s",
            f"{LINES / seconds:.0f} a second",
            f"ratio {bare / seconds:.2f}",
        ),
        (
            f"looked at again, {again['counts']['read']} lines read",
            f"{again['seconds']:.1f} s",
            f"{again['counts']['read'] / again['seconds']:.0f} a second",
            "",
        ),
        (
            f"read and left in accounting, {huge['counts']['read']} lines",
            f"{huge['seconds']:.1f} s",
            f"{huge['counts']['read'] / huge['seconds']:.0f} a second",
            "",
        ),
        *(
            (f"memory, {figures['counts']['read']} lines read", f"{figures['megabytes']:.0f} MB", "", "")
            for figures in (small, large, huge)
        ),
    ]
    for name, *figures in rows:
        print(f"{name:<46}" + "".join(f"{figure:>22}" for figure in figures))


def make_projects(moment: str) -> list[str]:
    """Create projects with one activity each; returns their numbers."""
    customers = httpx2.get(
        f"{moment}/api/1.0/companies/4021/customers", auth=("apikey", "example-moment-key"), trust_env=False
    ).json()
    customer = {"id": customers["content"][0]["id"]}
    numbers = []
    for number in range(70001, 70001 + PROJECTS):
        body = {"projectNumber": str(number), "name": f"Prosjekt {number}", "projectState": "inProgress"}
        created = httpx2.post(f"{moment}/admin/projects", json={**body, "customer": customer}).raise_for_status().json()
        activity = {"projectId": created["id"], "name": "Utlegg", "projectExtensionState": "inProgress"}
        httpx2.post(f"{moment}/admin/projectExtensions", json=activity).raise_for_status()
        numbers.append(str(number))
    return numbers


def post_lines(hub: str, projects: list[Any], count: int) -> None:
    """Post `count` lines in vouchers of a hundred; a project of None leaves the lines without project."""
    client = httpx2.Client(base_url=hub, timeout=60, trust_env=False)
    for start in range(0, count, LINES_OF_A_VOUCHER):
        lines = []
        for place in range(start, min(start + LINES_OF_A_VOUCHER, count)):
            project = projects[place % len(projects)]
            lines.append(
                {"account": "4300", "net": f"{place % 900 + 100}.00", "text": "Modellmateriell"}
                | ({"project": project} if project else {})
            )
        client.post(
            "/admin/clients/123/supplier-invoices", json={"supplierName": "Byggvare Øst AS", "lines": lines}
        ).raise_for_status()


def set_up(urls: dict[str, str], folder: Path) -> dict[str, str]:
    """Set up the company with expenses switched on; returns the environment for its commands."""
    environment: dict[str, str] = json.loads(urls["environment"])
    file = folder / "fjell.toml"
    file.write_text(COMPANY_FILE.format(moment=urls["moment"], hub=urls["hub"]), encoding="utf-8")
    command = [sys.executable, "-m", "bilag.cli", "company", "apply", str(file), "--json"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return environment


def run_import(environment: dict[str, str]) -> dict[str, Any]:
    """Run one import in a process of its own; returns its counts, seconds and peak memory."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, "30"], env=environment, check=True, capture_output=True, text=True
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    assert figures["problem"] is None, figures
    return figures


def bare_loop(urls: dict[str, str], projects: list[str]) -> float:
    """Make the same calls in a loop; returns the seconds."""
    platform = platform_kinds()["azets"].open(Connection(hub_values(urls["hub"]), Dimensions(project=2, department=1)))
    moment = httpx2.Client(
        base_url=f"{urls['moment']}/api/1.0/companies/4021/", auth=("apikey", "example-moment-key"), trust_env=False
    )
    activity_of_project = {}
    for number in projects:
        found = moment.get("projects", params={"query": number}).raise_for_status().json()["content"]
        project = next(row["id"] for row in found if row["projectNumber"] == number)
        activities = moment.get("projectExtensions", params={"projectId": project}).raise_for_status().json()
        activity_of_project[number] = project, activities["content"][0]["id"]
    began = time.perf_counter()
    for page in platform.list_posted_lines(""):
        for line in page.lines:
            value = line.unit(2)
            if value not in activity_of_project or line.account != "4300":
                continue
            key = platform.expense_key(line.journal, line.entry)
            moment.get("projectExpenses", params={"externalKey": key}).raise_for_status()
            project, activity = activity_of_project[value]
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
    return time.perf_counter() - began


if __name__ == "__main__":
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # the figure is there on this system
    main()
