"""Is anyone waiting, since when, and why? The metrics say so; alerts and the dashboard ask for metrics that there are."""

import asyncio
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.support.paths import ROOT
from tests.support.patience import PATIENCE
from tests.support.world import World

DEPLOY = ROOT / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yaml"
NAME = re.compile(r"\bbilag_[a-z_]+")
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples() -> Samples:
    """What Prometheus would read now."""
    from bilag.web import metrics

    text = metrics.render(metrics.of_database()).decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    return found.get((name, frozenset(labels.items())), 0.0)


def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(ALERTS.read_text())["groups"]
    return list(group["rules"])


def test_an_invoice_that_is_posted_is_counted_with_its_time(world: World) -> None:
    before = samples()
    number = world.finalise()["invoiceNumber"]
    world.poll()
    world.work()
    assert world.transfer(number).state == "done"
    after = samples()

    def more(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert more("bilag_tries_total", kind="invoice", verdict="done") == 1
    assert more("bilag_transfer_seconds_count", kind="invoice") == 1
    assert more("bilag_transfer_seconds_bucket", kind="invoice", le="+Inf") == 1
    assert more("bilag_request_seconds_count", system="moment", outcome="2xx") >= 1
    assert value(after, "bilag_companies", state="live", cause="") == 1
    assert value(after, "bilag_database_up") == 1
    assert value(after, "bilag_poll_lag_seconds") < PATIENCE
    assert not any(name == "bilag_transfers" and ("state", "done") in labels for name, labels in after), "not counted"


def test_what_waits_is_told_with_its_cause_and_age(world: World) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from bilag.transfers.models import Transfer

    number = world.finalise()["invoiceNumber"]
    world.hub.fault(operation="listVouchers", kind="hub_unavailable")
    before = samples()
    world.poll()
    world.work(rounds=1)
    row = world.transfer(number)
    assert row.state == "waiting"
    Transfer.objects.filter(pk=row.pk).update(failing_since=timezone.now() - timedelta(hours=2))
    found = samples()
    assert value(found, "bilag_transfers", kind="invoice", state="waiting") == 1
    assert 7200 <= value(found, "bilag_oldest_seconds", state="waiting", cause="hub_unavailable") < 7200 + PATIENCE
    assert any(name == "bilag_request_seconds_count" and ("outcome", "5xx") in labels for name, labels in found)
    assert value(found, "bilag_tries_total", kind="invoice", verdict="unavailable") > value(
        before, "bilag_tries_total", kind="invoice", verdict="unavailable"
    )


def test_labels_are_bounded(world: World) -> None:
    """A code that the catalogue does not know, which a hub may invent, becomes one label with all of its kind."""
    from bilag.companies.models import Company
    from bilag.transfers.models import Transfer

    number = world.finalise()["invoiceNumber"]
    world.poll()
    for code in ("invented_by_a_hub", "another_invention"):
        problems = [{"code": code, "subject": "", "facts": {}}]
        Transfer.objects.filter(number=number).update(state="needs_attention", problems=problems)
        Company.objects.update(paused=problems[0])
        found = samples()
        assert ("bilag_oldest_seconds", frozenset({("state", "needs_attention"), ("cause", "other")})) in found
        assert value(found, "bilag_companies", state="paused", cause="other") == 1
        assert not any(code in dict(labels).values() for _, labels in found)


def test_settled_transfers_cost_nothing(world: World) -> None:
    """The statement reads the index of what is not settled, and no row that is done."""
    from django.db import connection

    from bilag.transfers.queries.waiting import WAITING

    with connection.cursor() as cursor:
        cursor.execute(
            "insert into transfers_transfer (company_id, source_id, kind, number, state, problems, request_count, manual, "
            "hinted_at, cause, failures, created_at, updated_at) select company_id, id, 'invoice', 'n' || n, 'done', '[]', 1, "
            "false, now(), '', 0, now(), now() from companies_source, generate_series(1, 20000) n"
        )
        cursor.execute("analyze transfers_transfer")
        cursor.execute(f"explain (analyze, buffers, format json) {WAITING}")
        text = cursor.fetchone()[0]
        (plan,) = json.loads(text) if isinstance(text, str) else text
    assert "transfer_open" in json.dumps(plan["Plan"]), plan
    assert plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] < 100


def test_the_log_of_a_try_names_company_transfer_and_attempt(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import structlog
    from structlog.contextvars import merge_contextvars
    from structlog.testing import capture_logs

    from bilag.transfers.delivery import runner

    # A logger that was used before a command configured the logs again keeps what it had, and would not be captured.
    monkeypatch.setattr(runner, "log", structlog.get_logger())

    number = world.finalise()["invoiceNumber"]
    world.poll()
    world.hub.fault(operation="createBatch", kind="lost_answer")
    with capture_logs(processors=[merge_contextvars]) as lines:
        world.work(rounds=1)
    (line,) = [one for one in lines if one["event"] == "transfer.not_done" and one["kind"] == "invoice"]
    row = world.transfer(number)
    attempt = row.attempts.order_by("-id").first()
    assert (line["company"], line["transfer"], line["attempt"]) == (world.company_id, row.pk, attempt.pk)
    assert (line["verdict"], line["state"]) == ("in_doubt", "in_doubt")


@pytest.fixture(scope="module")
def names() -> set[str]:
    """The metrics that there are, with the suffixes that Prometheus sees."""
    from bilag.web import metrics
    from bilag.wire import counters

    histograms = {
        f"{one.name}_{end}" for one in (counters.REQUESTS, counters.POSTED) for end in ("bucket", "count", "sum")
    }
    source = (ROOT / "src" / "bilag" / "web" / "metrics.py").read_text()
    gauges = set(re.findall(r'"(bilag_[a-z_]+)"', source))
    assert metrics.WEBHOOKS
    return histograms | gauges | {f"{counters.TRIES.name}_total", "bilag_webhooks_total"}


def test_alerts_ask_for_metrics_that_there_are_and_have_a_runbook(names: set[str]) -> None:
    sections = {
        line[3:].lower() for line in (ROOT / "docs" / "runbook.md").read_text().splitlines() if line.startswith("## ")
    }
    assert len(rules()) >= 10
    for rule in rules():
        assert set(NAME.findall(rule["expr"])) <= names, rule["alert"]
        path, _, section = rule["annotations"]["runbook"].partition("#")
        assert (path, section) == ("docs/runbook.md", rule["alert"].lower())
        assert section in sections
    assert sections == {rule["alert"].lower() for rule in rules()}


def test_the_dashboard_asks_for_metrics_that_there_are(names: set[str]) -> None:
    board = json.loads((DEPLOY / "grafana" / "bilag.json").read_text())
    asked = {name for panel in board["panels"] for target in panel["targets"] for name in NAME.findall(target["expr"])}
    assert asked <= names
    gauges = {name for name in names if not name.startswith(("bilag_transfer_seconds", "bilag_request_seconds"))}
    assert gauges - {"bilag_webhooks"} <= asked, "every metric is on the dashboard"
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian's package prometheus)")
@pytest.mark.parametrize("arguments", [("check", "rules", "alerts.yaml"), ("test", "rules", "alerts_test.yaml")])
def test_prometheus_reads_the_rules(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        ["promtool", *arguments], cwd=ALERTS.parent, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian's package prometheus)")
def test_prometheus_finds_nothing_to_say_about_the_metrics(world: World) -> None:
    from bilag.web import metrics

    world.finalise()
    world.poll()
    world.work()
    done = subprocess.run(
        ["promtool", "check", "metrics"],
        input=metrics.render(metrics.of_database()), capture_output=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


def scraped(app: Any) -> str:
    """What the application answers to Prometheus."""
    body = bytearray()

    async def send(message: Any) -> None:
        body.extend(message.get("body", b""))

    asyncio.run(app({"type": "http", "path": "/metrics"}, None, send))
    return body.decode()


@pytest.fixture
def slow() -> Iterator[Callable[[], Any]]:
    """A count of what the database has that takes until the test is over."""
    from bilag.web import metrics

    goes_on, counted = threading.Event(), threading.Event()
    begun: list[bool] = []
    quick = metrics.of_database

    def count() -> Any:
        begun.append(True)
        goes_on.wait()
        found = quick()
        counted.set()
        return found

    yield count
    goes_on.set()
    assert begun
    assert counted.wait(PATIENCE)


@pytest.mark.usefixtures("world")
def test_figures_that_take_long_to_count_are_the_last_ones_and_no_database_that_is_away(
    monkeypatch: pytest.MonkeyPatch, slow: Callable[[], Any]
) -> None:
    """At the end of a month very much waits: that is when they are asked for."""
    from bilag.web import metrics, probes

    app = probes.with_probes(probes.nothing_else)
    first = scraped(app)
    assert "bilag_database_up 1.0" in first
    assert "bilag_workers 0.0" in first
    monkeypatch.setattr(probes, "ANSWER_WITHIN_SECONDS", 0.5)
    monkeypatch.setattr(metrics, "of_database", slow)
    late = scraped(app)
    assert "bilag_database_up 1.0" in late
    assert "bilag_workers 0.0" in late
    monkeypatch.setattr(probes, "LATEST_SECONDS", -1.0)
    assert "bilag_workers" not in scraped(app), "figures that are too old are none"
    monkeypatch.setattr(probes, "database_problem", lambda: "away")
    away = scraped(probes.with_probes(probes.nothing_else))
    assert "bilag_database_up 0.0" in away
    assert "bilag_workers" not in away


@pytest.mark.usefixtures("world")
def test_figures_of_a_moment_ago_are_shown_at_once_when_counting_takes_long(
    monkeypatch: pytest.MonkeyPatch, slow: Callable[[], Any]
) -> None:
    from bilag.web import metrics, probes

    problems = [""]
    monkeypatch.setattr(probes, "database_problem", lambda: problems[0])
    app = probes.with_probes(probes.nothing_else)
    scraped(app)
    monkeypatch.setattr(metrics, "of_database", slow)
    monkeypatch.setattr(probes, "ANSWER_WITHIN_SECONDS", 3600.0)
    assert "bilag_workers 0.0" in scraped(app), "nobody waited for the count"
    monkeypatch.setattr(probes, "FRESH_ENOUGH_SECONDS", -1.0)
    monkeypatch.setattr(probes, "ANSWER_WITHIN_SECONDS", 0.2)
    assert "bilag_workers 0.0" in scraped(app), "older ones are shown when a probe can wait no longer"
    problems[0] = "away"
    assert "bilag_workers" not in scraped(app), "none are shown of a database that is away"
