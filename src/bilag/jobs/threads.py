"""Threads that a request or a job begins for itself."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
R = TypeVar("R")


def giving_back(work: Callable[P, R]) -> Callable[P, R]:
    """Return `work` for another thread: when it ends, the thread gives its database connection back.

    Also work that only asks another system may need one, for its place in the rate limit or its lease. A thread that ends with a
    connection takes it along, and the process has one less for ever.
    """

    @wraps(work)
    def run(*args: P.args, **given: P.kwargs) -> R:
        try:
            return work(*args, **given)
        finally:
            connection.close()

    return run
