"""Assemble the API."""

import json
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from bilag import __version__
from bilag.api import accruals, company, expenses, tools, transfers
from bilag.api.docs import Docs
from bilag.api.error_handling import handle_all
from bilag.api.limits import PerToken
from bilag.api.openapi import ABOUT, described


class StrictParser(Parser):
    """Strict JSON: no NaN, no Infinity."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the answer as JSON."""
        return json.loads(request.body, parse_constant=_no_number)


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


class BilagApi(NinjaAPI):
    """The API, with every error and an example of each operation in its OpenAPI document."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        """Return the OpenAPI document."""
        return described(super().get_openapi_schema(*args, **kwargs))


api = BilagApi(
    title="Bilag",
    version=__version__,
    description=ABOUT,
    docs=Docs(),
    parser=StrictParser(),
    throttle=PerToken(),
    urls_namespace="api",
)
handle_all(api)
for one in (company, transfers, expenses, tools, accruals):
    api.add_router("/v1", one.router)
