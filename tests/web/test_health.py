"""For the machine that watches: alive without the database, ready only with it, figures without names."""

from collections.abc import Callable
from typing import Any

from tests.support.site import Site

ASK = """
from django.test import Client
answer = Client(SERVER_NAME="localhost").get("{path}")
result = [answer.status_code, answer.headers["Content-Type"], answer.content.decode()]
"""
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none"
TEXT = "text/plain; charset=utf-8"


def test_alive_and_ready(site: Site) -> None:
    for path in ("/livez", "/readyz"):
        answer = site.get(path)
        assert (answer.status_code, answer.text, answer.headers["content-type"]) == (200, "ok\n", TEXT)
        assert "set-cookie" not in answer.headers


def test_without_its_database_it_is_alive_and_not_ready(elsewhere: Callable[..., Any]) -> None:
    assert elsewhere(ASK.format(path="/livez"), DATABASE_URL=NO_DATABASE) == [200, TEXT, "ok\n"]
    status, _, text = elsewhere(ASK.format(path="/readyz"), DATABASE_URL=NO_DATABASE)
    assert (status, text) == (503, "the database does not answer, or is not migrated\n")


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


def test_figures_count_transfers_and_webhooks_and_name_nobody(site: Site) -> None:
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
