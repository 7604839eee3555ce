"""For the machine that watches: alive, ready, and the figures."""

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bilag.web.measures import REGISTRY

TEXT = "text/plain; charset=utf-8"


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type=TEXT)


def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers too."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1 from transfers_transfer limit 1")
    except Error:
        return HttpResponse("the database does not answer, or is not migrated\n", status=503, content_type=TEXT)
    return HttpResponse("ok\n", content_type=TEXT)


def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for Prometheus."""
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
