"""The limit of open files, which connections count against: raised as far as the system allows, and checked at start."""

import resource

from bilag.service.environment import EnvironmentFault, environment

OTHERS = 64
"""Files, logs, the event loop, sockets that are being closed, and browsers."""


def needed(concurrency: int) -> int:
    """Return how many files a process may have open at a time: its database, a socket for each job, and the others."""
    return environment.database_connections + concurrency + OTHERS


def raise_limit() -> int:
    """Raise the limit to what the system allows this process; return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        return soft
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def check_limit(concurrency: int) -> None:
    """Raise `EnvironmentFault` when this process may open fewer files than it may need."""
    limit = raise_limit()
    if limit < needed(concurrency):
        raise EnvironmentFault(too_low(limit, concurrency))


def too_low(limit: int, concurrency: int) -> str:
    """Return what is wrong with the limit and what to do."""
    return (
        f"This process may open {limit} files, and may need {needed(concurrency)}. Raise the limit (ulimit -n 1024, or "
        "LimitNOFILE=1024 in the systemd unit), or lower --concurrency or BILAG_DATABASE_CONNECTIONS"
    )
