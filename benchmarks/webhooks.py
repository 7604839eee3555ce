"""`python -m benchmarks.webhooks`: how many webhooks a second Bilag's web process takes in, and how long each waits.

The baseline is a bare endpoint of Starlette that inserts one row with psycopg and commits, in a process of its own on the same
database. Both are sent the same bodies over the same count of connections, in turns. No worker runs meanwhile. Every webhook
that was answered with 202 must have its transfer.
"""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from benchmarks.transfers import query, wait_for
from bilag.cli.demo.processes import free_port

CONNECTIONS = 16
SECONDS = 4.0
TURNS = 2
BARE = """
import sys
import psycopg, psycopg_pool, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

with psycopg.connect(sys.argv[2]) as made:
    made.execute("create table bare_hooks (id bigserial primary key, body bytea)")
pool = psycopg_pool.AsyncConnectionPool(sys.argv[2], max_size=16, open=False)

async def hook(request):
    body = await request.body()
    await pool.open()
    async with pool.connection() as connection:
        await connection.execute("insert into bare_hooks (body) values (%s)", [body])
    return Response(status_code=202)

app = Starlette(routes=[Route("/hook", hook, methods=["POST"])])
uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False)
"""
COMPANY = """
from datetime import date
from bilag.cli.django_ready import make_ready
make_ready()
from bilag.companies import lifecycle, store
from bilag.companies.file import CompanyFile
from bilag.companies.models import Company
from bilag.transfers.activation.save_setup import save_setup

nowhere = "http://127.0.0.1:9"
azets = {"base_url": nowhere, "username": "user", "source_client_id": "123", "parent_client_id": "S2041"}
settings = {"moment": {"base_url": nowhere, "company_id": "1"}, "platform": {"kind": "azets", "azets": azets}}
values = {"name": "Fjell AS", "language": "nb", "organisation_number": None}
file = CompanyFile(slug="fjell", live=False, company_values=values, settings=settings, secrets={"moment.api_key": "a-key"})
company = Company.objects.get(pk=save_setup(file, origin="benchmark").company_id)
lifecycle.set_live(company.pk, date(2020, 1, 1))
print(store.webhook_url(company))
"""
_numbers = count(1)


def main() -> None:
    """Run the benchmark and print the table."""
    folder = Path(tempfile.mkdtemp(prefix="bilag-benchmark-"))
    folder.chmod(0o755)
    try:
        with web(folder / "service") as (environment, webhook), bare(environment) as endpoint:
            runs: dict[str, list[list[float]]] = {endpoint: [], webhook: []}
            for _ in range(TURNS):
                for url, taken in runs.items():
                    taken.append(asyncio.run(send(url, SECONDS)))
            accepted = sum(map(len, runs[webhook]))
            stored = int(query(environment, "select count(*) from transfers_transfer where kind = 'invoice'")[0][0])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    baseline = rate(runs[endpoint])
    for name, url in (("bare Starlette and psycopg", endpoint), ("Bilag", webhook)):
        latencies = sorted(latency * 1000 for run in runs[url] for latency in run)
        p50, p99 = (latencies[int(len(latencies) * share)] for share in (0.5, 0.99))
        found = rate(runs[url])
        figures = (f"{found:.0f} a second", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", f"ratio {found / baseline:.2f}")
        print(f"{f'{name}, {CONNECTIONS} connections':<46}" + "".join(f"{one:>26}" for one in figures))
    print(f"accepted {accepted}, stored {stored}")
    if accepted != stored:
        raise SystemExit("webhooks were lost")


def rate(runs: list[list[float]]) -> float:
    """Return the webhooks a second of the best turn: other work on the machine makes the others slower."""
    return max(map(len, runs)) / SECONDS


@contextlib.contextmanager
def web(folder: Path) -> Iterator[tuple[dict[str, str], str]]:
    """Run `bilag web` with one live company; yields its environment and the company's webhook address."""
    folder.mkdir()
    folder.chmod(0o755)
    listen = f"127.0.0.1:{free_port(0, lambda _: None)}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BILAG_")}
    environment |= {"BILAG_HOME": str(folder / "home"), "BILAG_LISTEN": listen, "BILAG_BASE_URL": f"http://{listen}"}
    with (folder / "web.log").open("wb") as log, process([sys.executable, "-m", "bilag.cli", "web"], environment, log):
        wait_for(lambda: httpx2.get(f"http://{listen}/livez").status_code == 200)
        made = subprocess.run(
            [sys.executable, "-c", COMPANY], env=environment, check=True, stdout=subprocess.PIPE, text=True
        )
        yield environment, made.stdout.split()[-1]


@contextlib.contextmanager
def bare(environment: dict[str, str]) -> Iterator[str]:
    """Run the bare endpoint; yields its address."""
    port = free_port(0, lambda _: None)
    database = f"host={environment['BILAG_HOME']}/postgres user=postgres dbname=postgres"
    with process([sys.executable, "-c", BARE, str(port), database], environment, None):
        url = f"http://127.0.0.1:{port}/hook"
        wait_for(lambda: httpx2.get(url).status_code == 405)
        yield url


@contextlib.contextmanager
def process(command: list[str], environment: dict[str, str], log: Any) -> Iterator[None]:
    """Run a process until the end of the block."""
    running = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        running.terminate()
        running.wait(60)


async def send(url: str, seconds: float) -> list[float]:
    """Send webhooks for so long; return how long each waited, in seconds. The client is as thin as it can be."""
    parts, waited = urlsplit(url), list[float]()
    end = time.perf_counter() + seconds

    async def connection() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        while time.perf_counter() < end:
            number = next(_numbers)
            body = json.dumps({"event": "UPDATE", "invoice": {"id": number, "invoiceNumber": number}})
            head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: {len(body)}\r\n\r\n"
            began = time.perf_counter()
            writer.write((head + body).encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            waited.append(time.perf_counter() - began)
            assert answer.startswith(b"HTTP/1.1 202"), answer
        writer.close()

    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    return waited


if __name__ == "__main__":
    main()
