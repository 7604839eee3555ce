"""Endpoints for monitoring: liveness, readiness and metrics."""

import psycopg
from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bilag.jobs.worker_health import health as worker_health
from bilag.web.metrics import REGISTRY

TEXT = "text/plain; charset=utf-8"
CONNECT_SECONDS = 2


def livez(request: HttpRequest) -> HttpResponse:
    """Report that the process answers."""
    return HttpResponse("ok\n", content_type=TEXT)


def readyz(request: HttpRequest) -> HttpResponse:
    """Report whether the database answers and the workers of this process work.

    Uses its own connection, because waiting for one from the pool takes longer.
    """
    parameters = {name: value for name, value in connection.get_connection_params().items() if name != "pool"}
    try:
        with psycopg.connect(**{**parameters, "connect_timeout": CONNECT_SECONDS}) as own:
            own.execute("select 1 from transfers_transfer limit 1")
    except psycopg.Error:
        return HttpResponse("the database does not answer, or is not migrated\n", status=503, content_type=TEXT)
    if problem := worker_health.problem():
        return HttpResponse(f"{problem}\n", status=503, content_type=TEXT)
    return HttpResponse("ok\n", content_type=TEXT)


def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics for Prometheus."""
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
