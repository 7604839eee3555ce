"""The OpenAPI document: whole, with true examples, and kept by every operation for whatever Schemathesis sends."""

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.asgi import get_asgi_application
from openapi_schema_validator import OAS31Validator

from tests.support.people import People
from tests.support.program import Program
from tests.support.world import World

EXAMPLES = 5
"""Random ones of each operation, besides those that Schemathesis always tries: enough for what is odd, within seconds."""
EXPECTED = ["2xx", "401", "403", "404", "409", "412", "422", "503"]
"""A document may be right by the schema and still name an account of nobody, a company of others, or two ways at once."""


def document() -> dict[str, Any]:
    from bilag.api.api import api

    return dict(api.get_openapi_schema())


def problems_of(schema: Any, value: Any) -> list[str]:
    whole = {**schema, "components": document()["components"]}
    return [error.message for error in OAS31Validator(whole).iter_errors(value)]


def test_each_operation_has_true_examples_its_scope_and_its_errors(people: People) -> None:
    count = 0
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            count += 1
            name = operation["operationId"]
            assert operation["summary"], name
            assert "Scope: `" in operation["description"], name
            for answer in operation["responses"].values():
                for media in answer.get("content", {}).values():
                    assert problems_of(media["schema"], media["example"]) == [], name
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body:
                assert problems_of(body["schema"], body["example"]) == [], name
            assert {401, 403, 429, 500} <= set(operation["responses"]), path
            keyed = any(one["name"] == "Idempotency-Key" for one in operation["parameters"])
            assert keyed == (method in ("post", "put")), name
    assert count == 25
    for response in document()["components"]["responses"].values():
        media = response["content"]["application/problem+json"]
        assert problems_of(media["schema"], media["example"]) == []


def test_the_scope_that_is_told_is_the_one_that_is_asked_for(people: People) -> None:
    from bilag.api.api import api

    told = {
        operation["operationId"]: "write" if "Scope: `write`" in operation["description"] else "read"
        for methods in document()["paths"].values()
        for operation in methods.values()
    }
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            for operation in view.operations:
                assert operation.auth_callbacks[0].scope == told[operation.operation_id]


def test_the_page_has_no_script_or_style_in_it_and_nothing_from_elsewhere(people: People) -> None:
    answer = Program(None).get("/api/docs")
    assert "://" not in answer.text
    assert "<style" not in answer.text
    assert all("src=" in part for part in answer.text.split("<script")[1:])
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    for kind in ("setup-changed", "unavailable"):
        assert f'id="{kind}"' in answer.text


def test_what_the_page_needs_is_served() -> None:
    from starlette.testclient import TestClient

    from bilag.web.application import application

    client = TestClient(application())
    for name in ("ninja/swagger-ui.css", "ninja/swagger-ui-bundle.js", "bilag/api-docs.css", "bilag/api-docs.js"):
        assert client.get(f"/static/{name}").status_code == 200, name


def test_schemathesis_finds_nothing(
    writer: Program, world: World, monkeypatch: pytest.MonkeyPatch, made_transfers: Any
) -> None:
    schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not here")
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema

    from bilag.api import limits

    monkeypatch.setattr(limits, "REQUESTS_A_MINUTE", 1_000_000)
    made_transfers(5, first=10040)
    config = SchemathesisConfig.from_dict(
        {
            "headers": {"Authorization": f"Bearer {writer.token}"},
            "seed": 1,
            "workers": 1,
            "generation": {"max-examples": EXAMPLES, "deterministic": True, "database": "none"},
            "phases": {"stateful": {"enabled": False}},
            "checks": {"positive_data_acceptance": {"expected-statuses": EXPECTED}},
        }
    )
    monkeypatch.setattr(django_settings, "ALLOWED_HOSTS", ["testserver"])
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app=get_asgi_application(), config=config)
    found: list[str] = []
    calls = 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            for checks in event.recorder.checks.values():
                for check in checks:
                    calls += 1
                    if check.failure_info is not None:
                        failure = check.failure_info.failure
                        sample = check.failure_info.code_sample
                        found.append(f"{check.name}: {failure.title}: {failure.message} {sample}")
        elif isinstance(event, events.NonFatalError | events.FatalError):
            found.append(f"{event}: {event.info}" if isinstance(event, events.NonFatalError) else str(event.exception))
    assert sorted(set(found)) == []
    assert calls > 1000
