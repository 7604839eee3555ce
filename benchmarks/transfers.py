"""`make benchmark`: measure the posting of invoices against a bare loop over the same calls in the same run.

    backlog   300 finalised invoices, posted by the service; ratio = the bare loop's time / the service's time
    latency   from finalising (the webhook leaves at once) to done, at 5 invoices a second
    memory    of the service's process; of the embedded database's processes separately

The bare loop makes the same HTTP calls one after another, without storage: read the invoice, look for the voucher, post
the batch, read it back, set the export status.
"""

import contextlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import psutil
import psycopg

from bilag.cli.demo.command import COMPANY_FILE
from bilag.cli.demo.processes import Parts, free_port
from bilag.moment.client import MomentClient
from bilag.platforms.azets.mapping import batch_body
from bilag.platforms.base import Connection
from bilag.platforms.registry import platform_kinds
from bilag.posting.dimensions import Dimensions
from bilag.posting.master import Department
from bilag.posting.plan import Rules, plan_invoice

BACKLOG = 300
LATENCY_INVOICES = 60
PER_SECOND = 5.0


def main() -> None:
    """Run the benchmark and print the table."""
    folder = Path(tempfile.mkdtemp(prefix="bilag-benchmark-"))
    folder.chmod(0o755)
    try:
        bare = bare_loop(folder / "bare")
        with service(folder / "service") as world:
            backlog, latencies, memory = measure(world)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    p50 = statistics.median(latencies)
    p90 = sorted(latencies)[int(len(latencies) * 0.9)]
    rows = [
        (f"bare loop, {BACKLOG} invoices", f"{bare:.2f} s", f"{BACKLOG / bare:.1f} a second", "ratio 1.00"),
        (
            f"service, backlog of {BACKLOG}",
            f"{backlog:.2f} s",
            f"{BACKLOG / backlog:.1f} a second",
            f"ratio {bare / backlog:.2f}",
        ),
        (
            f"finalised to done at {PER_SECOND:.0f} a second",
            f"median {p50:.0f} ms",
            f"90th percentile {p90:.0f} ms",
            "",
        ),
        ("memory of the service", f"{memory['service']:.0f} MB", "", ""),
        ("memory of the embedded PostgreSQL, unshared", f"{memory['database']:.0f} MB", "", ""),
    ]
    for name, *figures in rows:
        print(f"{name:<46}" + "".join(f"{figure:>22}" for figure in figures))


@contextlib.contextmanager
def sandboxes(folder: Path, *, sample: str) -> Iterator[dict[str, str]]:
    """Run both sandboxes as processes of their own; yields addresses and the environment for Bilag."""
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    ports = {name: free_port(0, lambda _: None) for name in ("moment", "hub", "bilag")}
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BILAG_")}
    environment |= {
        "BILAG_HOME": str(folder / "home"),
        "BILAG_LISTEN": f"127.0.0.1:{ports['bilag']}",
        "BILAG_BASE_URL": urls["bilag"],
        "DJANGO_SETTINGS_MODULE": "bilag.service.settings",
    }
    with Parts(folder, environment) as parts:
        moment = (
            "sandbox",
            "moment",
            "--port",
            str(ports["moment"]),
            "--data",
            str(folder / "moment"),
            "--sample",
            sample,
        )
        hub = (
            "sandbox",
            "azets",
            "--port",
            str(ports["hub"]),
            "--data",
            str(folder / "hub"),
            "--requests-per-minute",
            "10000000",
        )
        parts.start("moment", *moment, says=urls["moment"], answers=f"{urls['moment']}/admin/state")
        parts.start("hub", *hub, says=urls["hub"], answers=f"{urls['hub']}/admin/state")
        yield {**urls, "folder": str(folder), "environment": json.dumps(environment), "parts": ""}


def bare_loop(folder: Path) -> float:
    """Make the same calls in a loop; returns the seconds. Master data is sent before the clock starts."""
    with sandboxes(folder, sample="finalized") as urls:
        moment = httpx2.Client(
            base_url=f"{urls['moment']}/api/1.0/companies/4021/", auth=("apikey", "example-moment-key"), trust_env=False
        )
        values = hub_values(urls["hub"])
        platform = platform_kinds()["azets"].open(Connection(values, Dimensions(project=2, department=1)))
        client = MomentClient(urls["moment"], "4021", "example-moment-key")
        chart = platform.chart()
        rules = Rules(chart=chart, dimensions=Dimensions(project=2, department=1))
        invoices = [
            invoice for change in client.transferable_invoices(None) if (invoice := client.invoice(change.moment_id))
        ]
        put_master_data(platform, client, invoices)
        token = httpx2.post(
            f"{urls['hub']}/v1/token", json={"username": values["username"], "password": values["password"]}
        ).json()
        hub = httpx2.Client(
            base_url=f"{urls['hub']}/v1/parents/S2041/clients/123/",
            headers={"Authorization": f"Bearer {token['access_token']}"},
            trust_env=False,
        )
        began = time.perf_counter()
        for invoice in invoices[:BACKLOG]:
            moment.get(f"invoices/{invoice.moment_id}").raise_for_status()
            voucher = plan_invoice(invoice, rules).vouchers[0]
            hub.get("vouchers", params={"voucherNumber": voucher.number}).raise_for_status()
            body = batch_body([voucher], f"moment-4021-invoice-{voucher.number}", None)
            posted = hub.post("batches", json=body).raise_for_status().json()
            assert posted["status"] == "updated", posted
            assert hub.get("vouchers", params={"voucherNumber": voucher.number}).raise_for_status().json()["items"]
            moment.patch(
                f"invoices/{invoice.moment_id}", json={"exportStatus": "transferred", "version": invoice.version}
            ).raise_for_status()
        return time.perf_counter() - began


def put_master_data(platform: Any, client: Any, invoices: list[Any]) -> None:
    """Send the customers, projects and departments the invoices refer to."""
    customers = {invoice.customer_moment_id for invoice in invoices}
    projects = {moment_id for invoice in invoices for _, moment_id in invoice.project_moment_ids}
    for number, name in {place for invoice in invoices for place in invoice.departments}:
        platform.put_department(Department(number, name))
    for moment_id in customers:
        platform.put_customer(client.customer(moment_id))
    for moment_id in projects:
        platform.put_project(client.project(moment_id))


def hub_values(hub: str) -> dict[str, str]:
    """Return the hub's setup fields for the sandbox's default client."""
    return {
        "base_url": f"{hub}/v1",
        "username": "moment-fjellvann",
        "password": "example-password",
        "source_client_id": "123",
        "parent_client_id": "S2041",
    }


@contextlib.contextmanager
def service(folder: Path) -> Iterator[dict[str, Any]]:
    """Run the service between both sandboxes, with the company set up and its master data transferred."""
    with sandboxes(folder, sample="drafts") as urls:
        environment = json.loads(urls["environment"])
        log = (folder / "serve.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "bilag.cli", "serve"], env=environment, stdout=log, stderr=log
        )
        try:
            wait_for(lambda: httpx2.get(f"{urls['bilag']}/readyz").status_code == 200)
            file = folder / "fjell.toml"
            file.write_text(COMPANY_FILE.format(moment=urls["moment"], hub=urls["hub"]), encoding="utf-8")
            applied = json.loads(bilag(environment, "company", "apply", str(file), "--json"))
            wait_for(lambda: all_done(environment, {"customer", "project"}))
            yield {**urls, "environment": environment, "process": process, "webhook": applied["webhookUrl"]}
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            log.close()


def measure(world: dict[str, Any]) -> tuple[float, list[float], dict[str, float]]:
    """Return the backlog's seconds, each invoice's latency in milliseconds, and memory in MB."""
    environment = world["environment"]
    httpx2.put(
        f"{world['moment']}/admin/webhooks", json=dict.fromkeys(("invoice", "customer", "project"), world["webhook"])
    )
    finalised_at: dict[str, float] = {}
    for _ in range(LATENCY_INVOICES):
        began = time.perf_counter()
        answer = httpx2.post(f"{world['moment']}/admin/invoices/finalize", json={"count": 1}, timeout=30).json()
        for invoice in answer["invoices"]:
            finalised_at[str(invoice["invoiceNumber"])] = datetime.fromisoformat(invoice["finalizedDate"]).timestamp()
        time.sleep(max(0.0, 1 / PER_SECOND - (time.perf_counter() - began)))
    wait_for(lambda: done_count(environment) >= LATENCY_INVOICES)
    latencies = [
        (at - finalised_at[number]) * 1000 for number, at in done_times(environment).items() if number in finalised_at
    ]
    # The backlog: finalised without webhooks, then found by one poll.
    httpx2.put(f"{world['moment']}/admin/webhooks", json=dict.fromkeys(("invoice", "customer", "project")))
    left = BACKLOG - LATENCY_INVOICES
    httpx2.post(f"{world['moment']}/admin/invoices/finalize", json={"count": left}, timeout=120).raise_for_status()
    bilag(environment, "poll", "fjell")
    wait_for(lambda: done_count(environment) >= BACKLOG, every=0.1)
    times = sorted(done_times(environment).values())
    drained = (times[-1] - times[LATENCY_INVOICES]) * BACKLOG / (left - 1)
    own = psutil.Process(world["process"].pid)
    database = [
        p for p in psutil.process_iter(["name", "cmdline"]) if p.info["name"] == "postgres" and belongs(p, world)
    ]
    return (
        drained,
        latencies,
        {
            "service": own.memory_info().rss / 1e6,
            "database": sum(p.memory_full_info().uss for p in database) / 1e6,
        },
    )


def belongs(process: psutil.Process, world: dict[str, Any]) -> bool:
    """Tell whether the process belongs to the service's folder."""
    with contextlib.suppress(psutil.Error):
        return any(world["folder"] in " ".join(one.cmdline()) for one in (process, *process.parents()))
    return False


def bilag(environment: dict[str, str], *arguments: str) -> str:
    """Run a `bilag` command; returns its output."""
    command = [sys.executable, "-m", "bilag.cli", *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


_connection: dict[str, Any] = {}


def query(environment: dict[str, str], sql: str) -> list[tuple[Any, ...]]:
    """Query the database directly, so that measuring does not load the service."""
    if not _connection:
        socket = str(Path(environment["BILAG_HOME"]) / "postgres")
        _connection["it"] = psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True)
    rows: list[tuple[Any, ...]] = _connection["it"].execute(sql).fetchall()
    return rows


def all_done(environment: dict[str, str], kinds: set[str]) -> bool:
    """Tell whether all transfers of these kinds are done, and there are some."""
    rows = query(
        environment, "select kind, count(*) filter (where state <> 'done'), count(*) from transfers_transfer group by 1"
    )
    counts = {kind: (left, total) for kind, left, total in rows}
    return all(kind in counts and counts[kind][0] == 0 and counts[kind][1] > 0 for kind in kinds)


def done_count(environment: dict[str, str]) -> int:
    """Return the number of invoices done."""
    return int(
        query(environment, "select count(*) from transfers_transfer where kind = 'invoice' and state = 'done'")[0][0]
    )


def done_times(environment: dict[str, str]) -> dict[str, float]:
    """Return the time each invoice was done, by number, in seconds since 1970."""
    rows = query(
        environment, "select number, done_at from transfers_transfer where kind = 'invoice' and done_at is not null"
    )
    return {number: at.timestamp() for number, at in rows}


def wait_for(condition: Any, *, seconds: float = 180, every: float = 0.2) -> None:
    """Wait until the condition holds. Exits after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx2.HTTPError, Exception):
            if condition():
                return
        time.sleep(every)
    raise SystemExit("the service did not finish in time")


if __name__ == "__main__":
    main()
