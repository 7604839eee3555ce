"""Threads that a request or a job begins for itself."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
R = TypeVar("R")


def giving_back(work: Callable[P, R]) -> Callable[P, R]:
    """Wrap `work` for another thread: when it ends, the thread returns its database connection.

    Even work that only calls another system may need one, for the rate limit or its lease. A thread that ends with a connection
    would take it from the process for good.
    """

    @wraps(work)
    def run(*args: P.args, **given: P.kwargs) -> R:
        try:
            return work(*args, **given)
        finally:
            connection.close()

    return run
