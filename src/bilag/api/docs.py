"""The page that documents the API: Swagger UI from our own files, and every type of problem."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

from bilag.api.problems import TYPES


class Docs(DocsBase):
    """Content security policy of the page: only our own files, no inline script."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """Return the page."""
        problems = [
            {"type": name, "status": s, "title": title, "remedy": remedy} for name, (s, title, remedy) in TYPES.items()
        ]
        context = {"openapi_url": self.get_openapi_url(api, kwargs), "problems": problems}
        return render(request, "bilag/api_docs.html", context)
