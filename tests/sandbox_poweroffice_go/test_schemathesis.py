"""Schemathesis invents requests from the published file, right and wrong ones, and holds the stand-in's answers against it."""

from copy import deepcopy
from typing import Any

import pytest
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from bilag_sandbox import poweroffice_go as go
from bilag_sandbox.common import HeldClock
from bilag_sandbox.common.fault_board import FaultyApp
from bilag_sandbox.poweroffice_go.api import OPERATIONS, go_app
from bilag_sandbox.poweroffice_go.defaults import PRIVILEGES
from bilag_sandbox.poweroffice_go.go import Go
from tests.support.poweroffice_go.published import ABSENT, SLICE, judged

pytestmark = pytest.mark.skipif(not SLICE.exists(), reason=ABSENT)
EXAMPLES = 3
"""Random ones of each operation, besides those that Schemathesis always tries: enough for what is odd, within seconds."""
WIDE = ("POST /Customers", "POST /Projects", "POST /Suppliers")
"""Their bodies have so many fields that to try each in every way takes half of the time, and shows what the others show."""
EXPECTED = ["2xx", "400", "404"]
"""A right request may still name an account of nobody."""
DOCUMENT = "/openapi.json"


def served() -> dict[str, Any]:
    """The published file, of those operations that the stand-in has."""
    document = deepcopy(judged())
    document["servers"] = [{"url": go.BASE}]
    wanted = {(one.path, one.method.lower()) for one in OPERATIONS}
    document["paths"] = {
        path: {method: one for method, one in methods.items() if (path, method) in wanted}
        for path, methods in document["paths"].items()
        if any(path == one.path for one in OPERATIONS)
    }
    return document


class WithDocument:
    """The stand-in, and the file at an address, as Schemathesis wants it."""

    def __init__(self, app: FaultyApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") == DOCUMENT:
            await JSONResponse(served())(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def test_schemathesis_finds_nothing() -> None:
    schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not here")
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema

    stand_in = Go.open(None, HeldClock(), requestsPerSecond=1_000_000)
    client = stand_in.client(go.CLIENT)
    stand_in.change_client(client, {**client.config, "privileges": [*PRIVILEGES, "Supplier_Full"]})
    token = stand_in.new_token(go.APPLICATION_KEY, go.CLIENT_KEY)

    config = SchemathesisConfig.from_dict(
        {
            "headers": {"Authorization": f"Bearer {token}", "Ocp-Apim-Subscription-Key": go.SUBSCRIPTION_KEY},
            "seed": 1,
            "workers": 1,
            "generation": {"max-examples": EXAMPLES, "deterministic": True, "database": "none"},
            "phases": {"stateful": {"enabled": False}},
            "checks": {"positive_data_acceptance": {"expected-statuses": EXPECTED}},
            "operations": [{"include-name": name, "phases": {"coverage": {"enabled": False}}} for name in WIDE],
        }
    )
    schema = schemathesis.openapi.from_asgi(DOCUMENT, app=WithDocument(go_app(stand_in)), config=config)
    found: list[str] = []
    checks = 0
    operations = set()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            operations.add(event.recorder.label)
            for made in event.recorder.checks.values():
                for check in made:
                    checks += 1
                    if check.failure_info is not None:
                        failure = check.failure_info.failure
                        found.append(
                            f"{check.name}: {failure.title}: {failure.message} {check.failure_info.code_sample}"
                        )
        elif isinstance(event, events.NonFatalError | events.FatalError):
            found.append(f"{event}: {event.info}" if isinstance(event, events.NonFatalError) else str(event.exception))
    assert sorted(set(found)) == []
    assert operations == {f"{one.method} {one.path}" for one in OPERATIONS}
    assert checks > 1000
