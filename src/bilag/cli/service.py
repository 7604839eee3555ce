"""`bilag serve`, `web`, `worker` and `migrate`."""

import logging
from typing import Annotated

import typer

from bilag.cli.errors import guarded
from bilag.cli.output import say

Concurrency = Annotated[int, typer.Option(min=1, max=64, help="How many transfers are worked on at the same time.")]
DEFAULT_CONCURRENCY = 16


@guarded
def serve(concurrency: Concurrency = DEFAULT_CONCURRENCY) -> None:
    """Run web, API and worker in one process.

    Example: BILAG_LISTEN=127.0.0.1:8080 bilag serve
    """
    _run(web=True, worker=True, concurrency=concurrency)


@guarded
def web() -> None:
    """Run web and API only; workers run elsewhere on the same DATABASE_URL.

    Example: DATABASE_URL=postgresql://bilag@db/bilag bilag web
    """
    _run(web=True, worker=False, concurrency=1)


@guarded
def worker(concurrency: Concurrency = DEFAULT_CONCURRENCY) -> None:
    """Run a worker only; any number of them share the work.

    Example: DATABASE_URL=postgresql://bilag@db/bilag bilag worker --concurrency 16
    """
    _run(web=False, worker=True, concurrency=concurrency)


def _run(*, web: bool, worker: bool, concurrency: int) -> None:
    from bilag.cli.django_ready import make_ready
    from bilag.service.database import sole

    roles = [name for name, wanted in (("web", web), ("worker", worker)) if wanted]
    for role in roles:  # said before anything is started
        with sole(role):
            pass
    make_ready(level=logging.INFO)
    from bilag.service import serve as server

    def ready(address: str) -> None:
        say(f"Bilag serves {address}" if address else "Bilag works")

    server.run(web=web, worker=worker, concurrency=concurrency, ready=ready)


@guarded
def migrate() -> None:
    """Bring the database up to date. Every other command does it by itself when it is needed.

    Example: bilag migrate
    """
    from bilag.cli.django_ready import bring_up_to_date, make_ready

    make_ready(migrated=False)
    bring_up_to_date()
    say("The database is up to date.")
