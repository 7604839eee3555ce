"""The addresses."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from bilag.web import health, hooks

urlpatterns = [
    path("hooks/moment/<str:token>", hooks.moment, name="moment-webhook"),
    path("hooks/moment/<str:token>/<str:kind>", hooks.moment, name="moment-webhook-of-kind"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing here, said without telling what else there is."""
    return HttpResponse("Not found\n", status=404, content_type="text/plain; charset=utf-8")


handler404 = "bilag.web.urls.not_found"
