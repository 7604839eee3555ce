"""For the machine that watches: alive without the database, ready only with it, figures without names."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.site import Site

ASK = """
import asyncio
from bilag.web.application import probes
sent = []
async def send(message):
    sent.append(message)
asyncio.run(probes()({{"type": "http", "path": "{path}"}}, None, send))
headers = dict(sent[0]["headers"])
result = [sent[0]["status"], headers[b"content-type"].decode(), sent[1]["body"].decode()]
"""
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none"
TEXT = "text/plain; charset=utf-8"


def test_alive_and_ready(site: Site) -> None:
    for path in ("/livez", "/readyz"):
        answer = site.get(path)
        assert (answer.status_code, answer.text, answer.headers["content-type"]) == (200, "ok\n", TEXT)
        assert "set-cookie" not in answer.headers
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("host", ["10.0.3.7:8000", "bilag.namespace.svc", "[fd00::1]", "evil.example"])
def test_probes_answer_by_any_host(site: Site, host: str) -> None:
    """A probe asks a pod by its address, which nobody knows before it exists."""
    for path in ("/livez", "/readyz", "/metrics"):
        assert site.get(path, Host=host).status_code == 200
    assert site.get("/accounts/login/", Host=host).status_code == 400


def test_without_its_database_it_is_alive_and_not_ready(elsewhere: Callable[..., Any]) -> None:
    assert elsewhere(ASK.format(path="/livez"), DATABASE_URL=NO_DATABASE) == [200, TEXT, "ok\n"]
    status, _, text = elsewhere(ASK.format(path="/readyz"), DATABASE_URL=NO_DATABASE)
    assert (status, text) == (503, "the database does not answer, or is not migrated\n")
    status, _, text = elsewhere(ASK.format(path="/metrics"), DATABASE_URL=NO_DATABASE)
    assert (status, "bilag_database_up 0.0" in text, "bilag_transfers{" in text) == (200, True, False)


def test_a_database_that_swallows_every_packet_keeps_no_probe_waiting(elsewhere: Callable[..., Any]) -> None:
    """Its server accepts connections and never says a word: only a limit of our own ends the wait."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(16)
        away = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/none"
        timed = (
            f"import time\nbegan = time.monotonic()\n{ASK}result.append(time.monotonic() - began)\nimport os, json\n"
        )
        timed += "print('=> ' + json.dumps(result), flush=True)\nos._exit(0)\n"
        for path, status in (("/readyz", 503), ("/metrics", 200)):
            found = elsewhere(timed.format(path=path), DATABASE_URL=away)
            assert found[0] == status
            assert found[3] < 2.5, "the limit is 0.8 s; connecting alone would take 15 s"


def test_database_that_was_never_migrated_is_not_ready(elsewhere: Callable[..., Any]) -> None:
    from django.conf import settings
    from django.db import connection
    from psycopg.conninfo import make_conninfo

    with connection.cursor() as cursor:
        cursor.execute("create database not_migrated")
    try:
        given = settings.DATABASES["default"]
        known = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
        address = make_conninfo(dbname="not_migrated", **{name: value for name, value in known.items() if value})
        assert elsewhere(ASK.format(path="/readyz"), DATABASE_URL=address)[0] == 503
    finally:
        with connection.cursor() as cursor:
            cursor.execute("drop database not_migrated with (force)")


def test_figures_count_transfers_and_webhooks_and_name_nobody(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.web import probes

    monkeypatch.setattr(
        probes, "FRESH_WITHIN_SECONDS", probes.ANSWER_WITHIN_SECONDS
    )  # none of a moment ago on a slow machine

    def figure(line: str) -> float:
        text = site.get("/metrics").text
        return next((float(one.rpartition(" ")[2]) for one in text.splitlines() if one.startswith(line)), 0.0)

    invoices, unknown = 'bilag_webhooks_total{kind="invoice"}', 'bilag_webhooks_total{kind="unknown_token"}'
    before = figure(invoices), figure(unknown)
    site.hook(b'{"invoice": {"id": 66001, "invoiceNumber": 10042}}')
    site.hook(b"{}", token="wrong")
    assert (figure(invoices), figure(unknown)) == (before[0] + 1, before[1] + 1)
    assert figure('bilag_transfers{kind="invoice",state="queued"}') == 1
    assert figure('bilag_jobs{status="todo"}') == 1
    text = site.get("/metrics").text
    assert "fjell" not in text.lower()
    assert site.token not in text


def test_figures_are_what_prometheus_reads(site: Site) -> None:
    answer = site.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    from prometheus_client.parser import text_string_to_metric_families

    names = {family.name for family in text_string_to_metric_families(answer.text)}
    assert {"bilag_transfers", "bilag_jobs", "bilag_webhooks"} <= names
