"""For the machine that watches: alive, ready, and the figures."""

from collections.abc import Callable

import psycopg
from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bilag.web.measures import REGISTRY

TEXT = "text/plain; charset=utf-8"
CONNECT_SECONDS = 2
process_checks: list[Callable[[], str | None]] = []
"""What else must work in this process for it to be ready; each gives a problem or None. `bilag serve` adds its worker."""


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type=TEXT)


def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers on a connection of its own (the pool would wait much longer), and `process_checks` find nothing."""
    parameters = {name: value for name, value in connection.get_connection_params().items() if name != "pool"}
    try:
        with psycopg.connect(**{**parameters, "connect_timeout": CONNECT_SECONDS}) as own:
            own.execute("select 1 from transfers_transfer limit 1")
    except psycopg.Error:
        return HttpResponse("the database does not answer, or is not migrated\n", status=503, content_type=TEXT)
    if problems := [problem for check in process_checks if (problem := check())]:
        return HttpResponse("\n".join(problems) + "\n", status=503, content_type=TEXT)
    return HttpResponse("ok\n", content_type=TEXT)


def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for Prometheus."""
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
