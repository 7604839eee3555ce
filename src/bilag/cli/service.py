"""`bilag serve`, `web`, `worker` and `migrate`."""

import logging
from typing import Annotated

import typer

from bilag.cli.errors import guarded
from bilag.cli.output import say

Concurrency = Annotated[int, typer.Option(min=1, max=256, help="The number of transfers that run at the same time.")]
DEFAULT_CONCURRENCY = 64


@guarded
def serve(concurrency: Concurrency = DEFAULT_CONCURRENCY) -> None:
    """Run the web pages, the API and a worker in one process.

    Example: BILAG_LISTEN=127.0.0.1:8080 bilag serve
    """
    _run(web=True, worker=True, concurrency=concurrency)


@guarded
def web() -> None:
    """Run the web pages and the API only. Workers run elsewhere with the same DATABASE_URL.

    Example: DATABASE_URL=postgresql://bilag@db/bilag bilag web
    """
    _run(web=True, worker=False, concurrency=1)


@guarded
def worker(concurrency: Concurrency = DEFAULT_CONCURRENCY) -> None:
    """Run a worker only. Any number of workers share the work.

    Example: DATABASE_URL=postgresql://bilag@db/bilag bilag worker --concurrency 64
    """
    _run(web=False, worker=True, concurrency=concurrency)


def _run(*, web: bool, worker: bool, concurrency: int) -> None:
    from bilag.cli.django_ready import make_ready
    from bilag.service.database import sole

    roles = [name for name, chosen in (("web", web), ("worker", worker)) if chosen]
    for role in roles:  # fail before anything is started
        with sole(role):
            pass
    from bilag.service.limits import check_limit

    check_limit(concurrency)
    make_ready(level=logging.INFO, role="serve" if len(roles) > 1 else roles[0])
    from bilag.service import serve as server
    from bilag.service.start_report import report

    report()

    def ready(address: str) -> None:
        say(f"Bilag serves {address}" if address else "Bilag works on the queue of transfers.")

    server.run(web=web, worker=worker, concurrency=concurrency, ready=ready)


@guarded
def migrate() -> None:
    """Update the database schema. With DATABASE_URL no other command does it: run this once for each new version, first.

    Example: bilag migrate
    """
    from bilag.cli.django_ready import bring_up_to_date, make_ready

    make_ready(migrated=False)
    from bilag.service import admission
    from bilag.service.environment import environment

    found = admission.look()
    newer = admission.newer(found)
    if newer is not None:
        raise newer
    admission.compare_keys(found)  # before changing anything: the database may belong to another Bilag
    had_key = environment.has_key
    bring_up_to_date()
    if environment.database_url is not None:
        admission.check_keys(admission.look())
        if not had_key:
            say(
                f"Created the key {environment.key_file}. Copy it to every machine, and back it up: it opens all secrets."
            )
    from datetime import UTC, datetime

    from bilag.posting.selection import oslo_date
    from bilag.transfers import attempt_months

    today = oslo_date(datetime.now(UTC))
    attempt_months.add_coming(today)
    if attempt_months.missing(today):
        say("Months of attempts could not be added, because the database is busy. Run: bilag migrate")
    say("The database is up to date.")
