"""Serve style sheets and scripts (Bilag's, htmx's, allauth's and ninja's) outside Django."""

import os
from typing import Any

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

PACKAGES: list[str | tuple[str, str]] = [
    ("bilag.web", "static"),
    ("django_htmx", "static"),
    ("allauth.account", "static"),
    ("allauth.mfa", "static"),
    ("ninja", "static"),
]


class _Checked(StaticFiles):
    """Static files that browsers revalidate every time, so that an update takes effect at once."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def with_static_files(django: Any) -> ASGIApp:
    """Mount /static/ beside the Django application."""
    files = _Checked(directory=None, packages=PACKAGES, check_dir=False)
    return Starlette(routes=[Mount("/static", files), Mount("/", django)])
