"""Limit the requests a minute of each token, counted in the database for all processes."""

import time

from django.core.cache import cache
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

A_MINUTE = 60
REQUESTS_A_MINUTE = 600


class PerToken(BaseThrottle):
    """Counts the requests of a token in each minute of the clock."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Count the request. Return whether it is within the limit."""
        minute = int(time.time() // A_MINUTE)
        key = f"api-requests:{request.auth.token.pk}:{minute}"  # type: ignore[attr-defined]
        count = int(cache.get(key, 0)) + 1
        cache.set(key, count, A_MINUTE * 2)
        return count <= REQUESTS_A_MINUTE

    def wait(self) -> float | None:
        """Return the seconds until the next minute."""
        return A_MINUTE - time.time() % A_MINUTE
