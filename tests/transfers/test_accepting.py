"""Many requests are accepted in a few statements, with the same result as one by one, whoever else asks meanwhile."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.accept_one_by_one import accept_one_by_one
from tests.support.bare_company import bare_company
from tests.support.transfers import source_of, store_transfer
from tests.transfers.test_many_at_once import at_once

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=1)
NUMBERS = ("1", "2", "10")
KINDS = ("customer", "invoice")
IDS = st.none() | st.integers(1, 2)
STATES = ("queued", "sending", "in_doubt", "waiting", "needs_attention", "skipped", "done")
REASONS = (None, "excluded", "cancelled_before_posting", "do_not_transfer", "state_filtered")
ROWS = st.fixed_dictionaries(
    {
        "state": st.sampled_from(STATES),
        "reason": st.sampled_from(REASONS),
        "moment_id": IDS,
        "moment_version": IDS,
        "cause": st.sampled_from(("", "webhook")),
        "manual": st.booleans(),
        "export_status": st.sampled_from((None, "toTransfer", "transferred")),
        "next_at": st.sampled_from((None, NOW + timedelta(minutes=2))),
        "failures": st.integers(0, 3),
        "failing_since": st.sampled_from((None, BEFORE)),
    }
)
KEYS = st.tuples(st.sampled_from(KINDS), st.sampled_from(NUMBERS))
REQUESTS = st.lists(st.tuples(KEYS, IDS, IDS), min_size=1, max_size=6)
SHOWN = (
    "kind", "number", "moment_id", "moment_version", "state", "reason", "request_count", "cause", "manual", "manual_at",
    "export_status", "next_at", "failures", "failing_since", "hinted_at", "requested_at", "problems", "company_id",
    "source_id", "created_at", "updated_at", "blocked_by_id", "doubt_since",
)  # fmt: skip


@pytest.fixture
def company(database: None) -> int:
    from bilag.companies import lifecycle

    made = bare_company()
    lifecycle.set_live(made.pk, NOW.date())
    return int(made.pk)


class _Undone(Exception):
    pass


@contextmanager
def undone() -> Iterator[None]:
    """Undo what the block wrote."""
    try:
        with transaction.atomic():
            yield
            raise _Undone
    except _Undone:
        pass


def requests_of(asked: list[Any]) -> list[Any]:
    from bilag.transfers.intake.accept import TransferRequest
    from bilag.transfers.models import Kind

    return [TransferRequest(Kind(kind), number, moment_id, version) for (kind, number), moment_id, version in asked]


def written() -> tuple[list[Any], list[Any]]:
    """The rows, and which transfers each job has, in order."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    from bilag.transfers.models import Transfer

    rows = Transfer.objects.order_by("kind", "number").values(*SHOWN)
    names = {pk: (kind, number) for pk, kind, number in Transfer.objects.values_list("pk", "kind", "number")}
    jobs = ProcrastinateJob.objects.order_by("id").values_list("args", flat=True)
    return list(rows), [[names[pk] for pk in job["transfer_ids"]] for job in jobs]


@settings(max_examples=150)
@given(
    rows=st.dictionaries(KEYS, ROWS),
    asked=REQUESTS,
    manual=st.booleans(),
    as_known=st.booleans(),
    cause=st.sampled_from(("", "poll", "x" * 400)),
    is_open=st.booleans(),
)
def _same_as_one_by_one(company: int, **drawn: Any) -> None:
    from bilag.companies.models import Company
    from bilag.transfers.intake.accept import accept_of_many

    given_flags = {name: drawn[name] for name in ("manual", "as_known", "cause")}
    results = []
    for way in ("one by one", "in bulk"):
        with undone(), patch("django.utils.timezone.now", lambda: BEFORE):
            Company.objects.filter(pk=company).update(live=drawn["is_open"])
            for (kind, number), fields in drawn["rows"].items():
                store_transfer(company, kind=kind, number=number, hinted_at=BEFORE, requested_at=BEFORE, **fields)
            asked = requests_of(drawn["asked"])
            with patch("django.utils.timezone.now", lambda: NOW):
                if way == "one by one":
                    ids = accept_one_by_one(company, asked, **given_flags)
                else:
                    ids = accept_of_many({company: asked}, **given_flags)[company]
            names = [one.key for one in asked]
            assert len(ids) == len(names)
            results.append(written())
    assert results[0] == results[1]


def test_requests_in_bulk_write_what_they_write_one_by_one(company: int) -> None:
    _same_as_one_by_one(company)


def many(count: int, first: int = 100_000) -> list[Any]:
    return requests_of([(("invoice", str(number)), number, None) for number in range(first, first + count)])


@pytest.mark.parametrize("manual", [False, True])
@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
def test_five_hundred_requests_cost_a_few_statements(company: int, known: bool, manual: bool) -> None:
    from bilag.transfers.intake.accept import accept

    if known:
        accept(company, many(500))
    with CaptureQueriesContext(connection) as ran:
        ids = accept(company, many(500), manual=manual)
    assert len(set(ids)) == 500
    assert len(ran) <= 6, [one["sql"][:80] for one in ran]


def test_requests_of_several_companies_are_each_companys_own(company: int) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from bilag.transfers.intake.accept import accept_of_many
    from bilag.transfers.models import Transfer

    other = bare_company("vann", name="Vann AS", moment_company="2", secrets={})
    with CaptureQueriesContext(connection) as ran:
        ids = accept_of_many({company: many(3), other.pk: many(2)}, cause="webhook")
    assert len(ran) <= 4
    for pk, count in ((company, 3), (other.pk, 2)):
        rows = Transfer.objects.in_bulk(ids[pk])
        assert len(rows) == count
        assert {(row.company_id, row.source_id) for row in rows.values()} == {(pk, source_of(pk))}
    jobs = ProcrastinateJob.objects.values_list("args", flat=True)
    assert sorted(pk for job in jobs for pk in job["transfer_ids"]) == ids[company], "the other is not live"


def test_request_for_a_company_without_a_moment_writes_nothing(company: int) -> None:
    from bilag.companies.models import Source
    from bilag.transfers.intake.accept import accept
    from bilag.transfers.models import Transfer

    Source.objects.filter(company_id=company).update(left_at=NOW)
    with pytest.raises(Source.DoesNotExist):
        accept(company, many(1))
    assert not Transfer.objects.exists()


@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
def test_lists_at_once_lose_no_request_and_no_job(company: int, known: bool) -> None:
    """In opposite orders, with the same object twice, by webhook, poll and hand: each request is counted once."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    from bilag.transfers.intake.accept import accept, accept_of_many
    from bilag.transfers.models import Transfer

    chance, count = random.Random(4), 60
    before = 1 if known else 0
    if known:
        accept(company, many(count))
    lists = [many(count), many(count)[::-1], many(count) + many(count), many(count), many(count)]
    chance.shuffle(lists[3])
    faults = at_once(
        lambda: accept(company, lists[0], cause="poll"),
        lambda: accept(company, lists[1], cause="webhook"),
        lambda: accept_of_many({company: lists[2]}, cause="webhook"),
        lambda: [accept(company, [one], cause="webhook") for one in lists[3]],
        lambda: accept(company, lists[4], manual=True, cause="kari"),
    )
    assert faults == []
    assert set(Transfer.objects.values_list("request_count", flat=True)) == {6 + before}
    assert set(Transfer.objects.values_list("manual", flat=True)) == {True}
    jobs = ProcrastinateJob.objects.values_list("args", flat=True)
    with_job = [pk for job in jobs for pk in job["transfer_ids"]]
    assert set(with_job) == set(Transfer.objects.values_list("pk", flat=True))
    assert len(with_job) <= 2 * count, "one for the first request, and one for the person's"
