"""The addresses below /api/."""

from typing import Any

from django.urls import URLPattern, path, re_path

from bilag.api.api import api
from bilag.api.error_handling import api_view, nowhere


def _told(patterns: list[Any]) -> list[Any]:
    """Return the same addresses, with every error as a problem document."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = api_view(pattern.callback)
    return patterns


_patterns, _app, _namespace = api.urls
urlpatterns = [
    path("", (_told(_patterns), _app, _namespace)),
    re_path(r"", api_view(nowhere)),
]
