"""Whether traces are wanted, what is wrong with the variables, and that nothing of OpenTelemetry is imported without them."""

import subprocess
import sys

import pytest

from bilag.service import traces
from bilag.wire.spans import route_of
from tests.support.patience import PATIENCE

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
OF_TRACES = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
HERE = "http://127.0.0.1:4318"


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({}, None),
        ({ENDPOINT: ""}, None),
        ({ENDPOINT: HERE}, f"{HERE}/v1/traces"),
        ({ENDPOINT: f"{HERE}/tempo/"}, f"{HERE}/tempo/v1/traces"),
        ({OF_TRACES: f"{HERE}/only"}, f"{HERE}/only"),
        ({ENDPOINT: HERE, OF_TRACES: "http://other:1/x"}, "http://other:1/x"),
        ({ENDPOINT: HERE, "OTEL_SDK_DISABLED": "true"}, None),
        ({ENDPOINT: HERE, "OTEL_SDK_DISABLED": "false"}, f"{HERE}/v1/traces"),
        ({ENDPOINT: HERE, "OTEL_TRACES_EXPORTER": "none"}, None),
    ],
)
def test_the_standard_variables_say_where_traces_go(variables: dict[str, str], address: str | None) -> None:
    wanted = traces.endpoint(variables)
    assert (wanted[1] if wanted is not None else None) == address


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({ENDPOINT: HERE}, ""),
        ({ENDPOINT: HERE, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, ""),
        ({ENDPOINT: "collector:4317"}, "is no web address"),
        ({ENDPOINT: "http://[::1"}, "is no web address"),
        ({ENDPOINT: "http://host:port"}, "is no web address"),
        ({ENDPOINT: HERE, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "'grpc', which Bilag does not speak"),
        (
            {OF_TRACES: HERE, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json"},
            "'http/json', which Bilag does not speak",
        ),
    ],
)
def test_a_variable_that_cannot_be_used_is_told(variables: dict[str, str], said: str) -> None:
    fault = traces.fault(variables)
    assert bool(fault) == bool(said)
    assert said in fault


def test_the_extra_that_is_missing_is_told_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "NEEDED", ("opentelemetry.not_there", "not_there.at_all"))
    assert "pip install 'bilag[traces]'" in traces.fault({ENDPOINT: HERE})


def test_an_address_is_shown_without_what_may_be_secret() -> None:
    assert traces.shown("https://user:geheim@tempo.example:443/otlp/geheim?key=geheim") == "https://tempo.example:443"


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("invoices/10042?name=Ola", "/invoices/10042"),
        ("/OutgoingInvoices/17/documents", "/OutgoingInvoices/17/documents"),
        ("parents/S2041/clients/123/customers/Ola%20Nordmann", "/parents/…/clients/123/customers/…"),
        ("invoices/Nordmann", "/invoices/…"),
        ("a@b.example/x", "/…/x"),
        ("", "/…"),
    ],
)
def test_a_path_is_told_by_its_words_and_numbers(path: str, route: str) -> None:
    assert route_of(path) == route


CODE = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bilag.service.settings")
import django
django.setup()
from bilag.service import serve, traces, worker
from bilag.jobs.registry import register_tasks
from bilag.web.application import application
from bilag.wire import spans
register_tasks()
application()
traces.start()
traces.warm_up()
print(spans.is_on(), sorted(name for name in sys.modules if name.startswith(("opentelemetry", "google.protobuf"))) != [])
"""


@pytest.mark.parametrize(("endpoint", "said"), [("", "False False"), (HERE, "True True")], ids=["off", "on"])
def test_nothing_of_opentelemetry_is_imported_while_nobody_wants_traces(endpoint: str, said: str) -> None:
    """By all that `bilag serve` imports, for pages and for jobs."""
    variables = {"PATH": "/usr/bin:/bin", "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", ENDPOINT: endpoint}
    variables["BILAG_SECRET_KEYS"] = "rWe9Kj0hTz0Xw1Hq3vQ7m0mYgq8oZ5dT5o6P1g2k3n4="
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=variables, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.stdout.splitlines()[-1:] == [said], done.stderr
