"""`bilag doctor` says where traces go, whether the collector takes them, and what to do if not."""

import json
import re
from typing import Any

import pytest

from tests.support.collector import collecting
from tests.support.commands import Bilag

pytestmark = pytest.mark.service
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


def finding(bilag: Bilag, status: int, **variables: str) -> dict[str, Any]:
    done = bilag.typed("doctor", "--json", **variables)
    assert done.returncode == status, done.stdout
    assert "geheim" not in done.stdout + done.stderr
    (found,) = [one for one in json.loads(done.stdout)["findings"] if one["name"] == "Traces"]
    return dict(found)


def test_without_a_setting_traces_go_nowhere_and_nothing_is_wrong(bilag: Bilag) -> None:
    found = finding(bilag, 0)
    assert (found["state"], found["message"]) == (
        "ok",
        f"No traces are sent. To send them, set {ENDPOINT} to the address of a collector.",
    )


def test_a_collector_that_takes_traces_is_named_without_its_secrets(bilag: Bilag) -> None:
    with collecting() as collector:
        address = collector.url.replace("http://", "http://user:geheim@")
        found = finding(bilag, 0, **{ENDPOINT: address, "OTEL_EXPORTER_OTLP_HEADERS": "x-key=geheim"})
        assert (collector.headers["x-key"], collector.spans) == ("geheim", [])
    assert (found["state"], found["message"]) == ("ok", f"Traces go to {collector.url}, which takes them.")


@pytest.mark.parametrize(
    ("address", "answer", "said"),
    [("http://127.0.0.1:1", 200, "does not answer"), ("", 401, "answers with status 401"), ("", 503, "status 503")],
)
def test_a_collector_that_does_not_take_them_is_wrong(bilag: Bilag, address: str, answer: int, said: str) -> None:
    with collecting() as collector:
        collector.answer = answer
        found = finding(bilag, 1, **{ENDPOINT: address or collector.url})
    assert (found["state"], said in found["message"], ENDPOINT in found["remedy"]) == ("error", True, True), found


def test_a_collector_that_hangs_is_given_up(bilag: Bilag) -> None:
    with collecting(hang=True) as collector:
        found = finding(bilag, 1, **{ENDPOINT: collector.url})
    assert "does not answer" in found["message"]


@pytest.mark.parametrize(
    ("variables", "said", "remedy"),
    [
        ({ENDPOINT: "collector:4317"}, "no web address", "http://127.0.0.1:4318"),
        ({ENDPOINT: "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "does not speak", "http/protobuf"),
    ],
)
def test_variables_that_cannot_be_used_are_wrong(
    bilag: Bilag, variables: dict[str, str], said: str, remedy: str
) -> None:
    found = finding(bilag, 1, **variables)
    assert (found["state"], said in found["message"], remedy in found["remedy"]) == ("error", True, True), found


@pytest.mark.parametrize("variables", [{}, {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}], ids=["away", "wrong"])
def test_a_command_whose_traces_nobody_takes_works_and_says_nothing_of_them(
    bilag: Bilag, variables: dict[str, str]
) -> None:
    done = bilag.typed_as_a_process("poll", "fjell", **{ENDPOINT: "http://127.0.0.1:1", **variables})
    assert (done.returncode, done.stdout) == (0, "")
    assert {line.partition(" ")[2] for line in done.stderr.splitlines()} >= {"invoices checked, 0 to transfer"}
    assert not {"Traceback", "traces", "opentelemetry", "level"} & set(re.findall(r"\w+", done.stderr))


def test_a_request_by_a_command_is_the_first_span_of_its_trace(bilag: Bilag) -> None:
    (number,) = bilag.finalise(1)
    with collecting() as collector:
        done = bilag.typed_as_a_process("transfer", "fjell", "invoices", number, **{ENDPOINT: collector.url})
        assert done.returncode in (0, 1), done.stderr
    (request,) = collector.named("accept", kind="invoice", number=number)
    assert (request.parent, request.attributes["bilag.asked_by"]) == ("", "person")
