"""Say in one sentence why the database cannot be used, and what to do about it."""

import re

import psycopg


class DatabaseAway(Exception):
    """The database cannot be used; the message says why and what to do."""


_WHY = (
    (
        r"password authentication failed for user \"(.*?)\"",
        "The database refuses the password of the user {0}. Check DATABASE_URL.",
    ),
    (r"role \"(.*?)\" does not exist", "The database has no user {0}. Create it, or check the user in DATABASE_URL."),
    (
        r"database \"(.*?)\" does not exist",
        "There is no database {0} on this server. Create it, or check its name in DATABASE_URL.",
    ),
    (
        r"no such database: (\S+)",
        "The connection pooler knows no database {0}. Check the name in DATABASE_URL, and the pooler's own list.",
    ),
    (
        r"no pg_hba.conf entry for (.*?)(?:\n|$)",
        "The database admits nobody from here ({0}). Add a line to its pg_hba.conf.",
    ),
    (
        r"(too many clients|too many connections|remaining connection slots|no more connections allowed)",
        "The database has no free connection. Raise max_connections, put a pooler in front, or lower "
        "BILAG_DATABASE_CONNECTIONS; bilag doctor shows the sum.",
    ),
    (
        r"unsupported startup parameter.*?: (\S+)",
        "The connection pooler refuses the parameter {0}. Remove it from DATABASE_URL, or allow it in the pooler's "
        "ignore_startup_parameters.",
    ),
    (
        r"failed to resolve host '(.*?)'|could not translate host name \"(.*?)\"",
        "The name {0} of the database server cannot be resolved. Check the host in DATABASE_URL.",
    ),
    (r"(starting up|shutting down|in recovery mode)", "The database is {0}. Try again in a moment."),
    (
        r"timeout expired|couldn.t get a connection",
        "The database does not answer in time. Check that it is running and can be reached from "
        "here, and check the address in DATABASE_URL.",
    ),
)
"""Messages of PostgreSQL, libpq and pgbouncer, and what Bilag says instead."""
_REASONS = tuple((re.compile(pattern, re.IGNORECASE), sentence) for pattern, sentence in _WHY)


def sentence(error: BaseException) -> str:
    """Return why the database cannot be used and what to do. Contains no password: libpq never repeats it."""
    text = _text(error)
    for pattern, reason in _REASONS:
        found = pattern.search(text)
        if found:
            return reason.format(next((group for group in found.groups() if group), ""))
    first_line = next(iter(text.splitlines()), "").rstrip(".") or type(error).__name__
    return (
        f"The database does not answer: {first_line}. Check that it is running, and check the address in DATABASE_URL."
    )


def _text(error: BaseException) -> str:
    """Return the words of the error and of what caused it: the pool hides why it has no connection."""
    said = [str(error)]
    cause = error.__cause__
    if isinstance(cause, psycopg.Error) and str(cause) not in said[0]:
        said.append(str(cause))
    return "\n".join(said)
