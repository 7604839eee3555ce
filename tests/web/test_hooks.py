"""Moment's webhooks: stored and answered at once; what is odd makes Moment be asked; nothing in a body is believed."""

import json
from typing import Any

import pytest

from tests.support.bare_company import bare_company
from tests.support.logs import logged
from tests.support.site import Site

INVOICE = {"event": "invoiceFinalized", "invoice": {"id": 66001, "invoiceNumber": 10042}}


def body(value: Any) -> bytes:
    return json.dumps(value).encode()


def transfers(site: Site) -> list[tuple[str, str, int | None, str]]:
    from bilag.transfers.models import Transfer

    rows = Transfer.objects.filter(company_id=site.company_id).order_by("id")
    return list(rows.values_list("kind", "number", "moment_id", "state"))


def jobs() -> list[str]:
    from procrastinate.contrib.django.models import ProcrastinateJob

    return list(ProcrastinateJob.objects.order_by("id").values_list("task_name", flat=True))


def test_hint_is_stored_with_its_job_and_answered_202(site: Site) -> None:
    answer = site.hook(body(INVOICE))
    assert (answer.status_code, answer.content) == (202, b"")
    assert transfers(site) == [("invoice", "10042", 66001, "queued")]
    assert jobs() == ["transfers.work"]


@pytest.mark.parametrize(
    ("kind", "number"), [("customer", {"customerNumber": "10001"}), ("project", {"projectNumber": "1207"})]
)
def test_each_kind_has_an_address_of_its_own_and_may_use_any(site: Site, kind: str, number: dict[str, str]) -> None:
    hint = body({"event": "changed", kind: {"id": 7, **number}})
    assert site.hook(hint, kind=kind).status_code == 202
    assert site.hook(hint, kind="invoice").status_code == 202, "the body says what it is about, not the address"
    assert transfers(site) == [(kind, next(iter(number.values())), 7, "queued")]


def test_the_same_hint_twice_is_one_transfer_and_one_job(site: Site) -> None:
    from bilag.transfers.models import Transfer

    for _ in range(5):
        assert site.hook(body(INVOICE)).status_code == 202
    assert len(transfers(site)) == 1
    assert jobs() == ["transfers.work"]
    assert Transfer.objects.get().request_count == 5, "a worker that has it in hand sees that there is more to it"


@pytest.mark.parametrize("token", ["wrong", "x" * 43, "%00", "%2e%2e%2f", "æøå", "' or 1=1 --"])
def test_wrong_secret_is_not_found_and_leaves_no_trace(site: Site, token: str) -> None:
    answer = site.hook(body(INVOICE), token=token)
    assert answer.status_code == 404
    assert "text/plain" in answer.headers["content-type"]
    assert answer.text == "Not found\n"
    assert transfers(site) == []
    assert jobs() == []


def test_wrong_secret_is_not_told_apart_by_method(site: Site) -> None:
    """Whoever guesses learns nothing: only the right secret tells that a POST is expected."""
    assert site.get("/hooks/moment/wrong").status_code == 404
    answer = site.get(f"/hooks/moment/{site.token}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_secret_of_one_company_makes_nothing_for_another(site: Site) -> None:
    from bilag.companies import store
    from bilag.transfers.models import Transfer

    other = bare_company("vann", name="Vann AS", moment_company="2", secrets={})
    site.hook(body(INVOICE), token=store.webhook_url(other).rpartition("/")[2])
    assert transfers(site) == []
    assert Transfer.objects.filter(company=other).count() == 1
    assert jobs() == [], "it is not live: written down, and not worked on"


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"not json",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b"{}",
        b'{"invoice": 10042}',
        b'{"invoice": {"id": "66001"}}',
        b'{"invoice": {"id": -1}}',
        b'{"invoice": {"id": 1e30}}',
        b'{"invoice": {"id": true}}',
        b'{"invoice": {"id": 9223372036854775808}}',
        b"[" * 5000,
        b'{"expense": {"id": 1}}',
    ],
)
def test_what_cannot_be_read_makes_moment_be_asked(site: Site, odd: bytes) -> None:
    assert site.hook(odd).status_code == 202
    assert transfers(site) == []
    assert jobs() == ["transfers.poll"]


def test_oversized_bodies_are_not_read_into_hints(site: Site) -> None:
    """A megabyte is no hint, whatever its first bytes say; but something happened."""
    padded = body({**INVOICE, "padding": "x" * 70_000})
    assert site.hook(padded).status_code == 202
    huge = body({**INVOICE, "padding": "x" * 3_000_000})
    assert site.hook(huge).status_code == 202
    assert transfers(site) == []
    assert set(jobs()) == {"transfers.poll"}
    assert len(jobs()) == 1


@pytest.mark.parametrize("number", [None, "", "10 042", "-5", "abc", "9" * 60, 1.5, [], "10042\n;"])
def test_invoice_without_a_usable_number_is_looked_up_by_its_id(site: Site, number: Any) -> None:
    assert site.hook(body({"invoice": {"id": 66001, "invoiceNumber": number}})).status_code == 202
    assert transfers(site) == []
    assert jobs() == ["transfers.look"]


def test_another_content_type_is_no_reason_to_lose_a_hint(site: Site) -> None:
    assert site.hook(body(INVOICE), **{"Content-Type": "text/plain"}).status_code == 202
    assert site.hook(b"a=1&b=2", **{"Content-Type": "application/x-www-form-urlencoded"}).status_code == 202
    assert transfers(site) == [("invoice", "10042", 66001, "queued")]


def test_webhook_needs_no_session_and_gets_no_cookie(site: Site) -> None:
    answer = site.hook(body(INVOICE), Origin="https://evil.example")
    assert answer.status_code == 202
    assert "set-cookie" not in answer.headers


def test_webhook_of_a_paused_company_is_written_down(site: Site) -> None:
    from bilag.companies import lifecycle
    from bilag.posting.problem import Problem

    lifecycle.pause(site.company_id, Problem("invalid_credentials", "setup"))
    assert site.hook(body(INVOICE)).status_code == 202
    assert transfers(site) == [("invoice", "10042", 66001, "queued")]
    assert jobs() == []


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_secret_stands_in_no_log(site: Site, form: str) -> None:
    """Django logs the path of each request that is refused, so they are what is sent here, besides what is taken."""
    with logged(form) as log:
        for sent in (body(INVOICE), b"odd", b"x" * 3_000_000):
            site.hook(sent)
        assert site.get(f"/hooks/moment/{site.token}").status_code == 405
        assert site.get(f"/hooks/moment/{site.token}/invoice/more?x={site.token}").status_code == 404
    assert "Not Found: /hooks/moment/…/invoice/more" in log.getvalue()
    assert site.token not in log.getvalue()


def test_the_secret_is_kept_encrypted(site: Site) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select webhook_token, webhook_digest from companies_company where id = %s", [site.company_id])
        assert site.token not in str(cursor.fetchone())
