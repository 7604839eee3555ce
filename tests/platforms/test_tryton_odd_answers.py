"""A Tryton that answers as it should not, or something in front of it: what is retried, and what a person must mend."""

from typing import Any

import pytest

from bilag.platforms.base import Connection
from bilag.platforms.tryton import PLATFORM
from bilag.platforms.tryton.client import TrytonClient
from bilag.platforms.tryton.rows import CodeRow
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable
from bilag.wire.recording import recording
from tests.support.tryton.answering import KEY, Answering


def error_of(client: TrytonClient, *, writing: bool) -> EdgeError:
    with pytest.raises(EdgeError) as error:
        client.create("party.party", {}) if writing else client.rows("party.party", CodeRow, [])
    return error.value


@pytest.mark.parametrize("status", [400, 500, 502, 503, 504])
def test_after_a_page_to_a_change_nobody_knows_what_happened(
    status: int, tryton: Answering, client: TrytonClient
) -> None:
    tryton.page(status)
    error = error_of(client, writing=True)
    assert isinstance(error, Unavailable)
    assert not error.outcome_known
    assert error.problems[0].code == ("tryton_busy" if status == 503 else "tryton_fault")
    reading = error_of(client, writing=False)
    assert isinstance(reading, Unavailable)
    assert reading.outcome_known


def test_too_many_requests_wait_as_long_as_they_are_told_to(tryton: Answering, client: TrytonClient) -> None:
    tryton.page(429)
    tryton.headers = {"Retry-After": "17"}
    error = error_of(client, writing=True)
    assert isinstance(error, Unavailable)
    assert (error.outcome_known, error.retry_after) == (True, 17)


@pytest.mark.parametrize(
    ("status", "code", "field"),
    [
        (401, "tryton_key_refused", "application_key"),
        (403, "tryton_rights_missing", "application_key"),
        (404, "tryton_not_there", "base_url"),
        (302, "tryton_not_there", "base_url"),
    ],
)
def test_who_and_where_are_the_setups(
    status: int, code: str, field: str, tryton: Answering, client: TrytonClient
) -> None:
    tryton.page(status)
    error = error_of(client, writing=False)
    assert isinstance(error, Misconfigured)
    assert (error.problems[0].code, error.problems[0].subject) == (code, f"setup platform.tryton.{field}")


def test_a_page_with_200_is_no_answer(tryton: Answering, client: TrytonClient) -> None:
    tryton.page(200)
    error = error_of(client, writing=True)
    assert isinstance(error, Unavailable)
    assert (error.problems[0].code, error.outcome_known) == ("tryton_malformed", False)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"rows": []}, "a list of rows is expected"),
        ([{"id": 1}], "CodeRow code"),
        ([{"id": "1", "code": "a"}], "CodeRow id"),
        ([{"id": 1, "code": {"__class__": "date", "year": 2026, "month": 13, "day": 1}}], "date cannot be read"),
    ],
)
def test_rows_that_cannot_be_read_are_told_by_their_field(
    body: Any, why: str, tryton: Answering, client: TrytonClient
) -> None:
    tryton.body = body
    error = error_of(client, writing=False)
    assert isinstance(error, Unavailable)
    assert why in error.problems[0].facts["why"]


def test_pages_that_never_end_are_noticed(tryton: Answering, client: TrytonClient) -> None:
    tryton.body = [{"id": 7, "code": "a"}]
    with pytest.raises(Unavailable) as error:
        list(client.each("party.party", CodeRow, [], page=1))
    assert "do not end" in error.value.problems[0].facts["why"]
    assert len(tryton.asked) == 2


def test_what_tryton_says_is_carried_not_read(tryton: Answering, client: TrytonClient) -> None:
    tryton.status, tryton.body = 400, {"status": 400, "message": "Nei.", "description": "Fordi."}
    error = error_of(client, writing=True)
    assert isinstance(error, Refused)
    assert (error.problems[0].code, error.problems[0].said) == ("tryton_refused", "Nei. Fordi.")
    assert isinstance(error_of(client, writing=False), Misconfigured)


def test_the_key_is_in_no_record_and_no_error(tryton: Answering, client: TrytonClient) -> None:
    tryton.status, tryton.body = 400, {"status": 400, "message": f"Key {KEY}", "description": ""}
    with recording() as exchanges:
        error = error_of(client, writing=True)
    assert exchanges
    assert error.problems[0].said == "Key [removed]"
    assert KEY not in repr(exchanges)
    assert KEY not in repr(PLATFORM.open(Connection(tryton.values)))
