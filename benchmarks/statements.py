"""Count the SQL statements of an invoice from the log of the embedded PostgreSQL, which has no pg_stat_statements."""

import re
from collections.abc import Callable
from pathlib import Path

from benchmarks.service import Service

_STATEMENT = re.compile(rb"LOG:  (?:statement|execute [^:]*): *(\w+)")
FRAMES = {b"BEGIN", b"COMMIT", b"ROLLBACK", b"SAVEPOINT", b"RELEASE", b"SET", b"LISTEN", b"START"}
"""What frames a transaction or sets up a session: no statement by itself."""


def count(bilag: Service, invoices: int, work: Callable[[], object]) -> dict[str, float]:
    """Have `work` done for so many invoices with every statement logged; gives for each invoice all statements, those without
    BEGIN and its like, and COMMITs."""
    words = words_logged(bilag.folder / "home" / "postgres" / "log", bilag.query_nothing, work)
    return {
        "statements": len(words) / invoices,
        "statements_in_frames": sum(word not in FRAMES for word in words) / invoices,
        "explicit_commits": words.count(b"COMMIT") / invoices,
    }


def words_logged(log: Path, execute: Callable[[str], object], work: Callable[[], object]) -> list[bytes]:
    """Have `work` done with every statement logged; gives the first word of each. `execute` runs a statement as the superuser."""
    execute("alter system set log_statement = 'all'")
    execute("select pg_reload_conf()")
    start = log.stat().st_size
    try:
        work()
        with log.open("rb") as file:
            file.seek(start)
            return [found[1].upper() for line in file if (found := _STATEMENT.search(line))]
    finally:
        execute("alter system reset log_statement")
        execute("select pg_reload_conf()")
