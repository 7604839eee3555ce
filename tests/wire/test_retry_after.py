"""How long the other side asks us to wait: seconds or a date, and nothing that it can write there is a fault of ours."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bilag.wire.http import Answer, WireClient
from tests.support.raw_server import RawServer, answer

DAY = 24 * 3600


def asked(text: str) -> int | None:
    return Answer(429, {"retry-after": text}, b"").retry_after


@pytest.mark.parametrize(("text", "seconds"), [("0", 0), ("7", 7), (" 120 ", 120), ("999999", DAY), ("9" * 6000, DAY)])
def test_seconds(text: str, seconds: int) -> None:
    assert asked(text) == seconds


@pytest.mark.parametrize(("ahead", "at_least", "at_most"), [(90, 88, 91), (-90, 0, 0), (10 * DAY, DAY, DAY)])
def test_a_date_is_told_in_seconds_from_now(ahead: int, at_least: int, at_most: int) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=ahead)
    for text in (
        format_datetime(moment, usegmt=True),
        format_datetime(moment.replace(tzinfo=None)),
        format_datetime(moment.astimezone(tz=None)),
    ):
        found = asked(text)
        assert found is not None
        assert at_least <= found <= at_most, text


@pytest.mark.parametrize(
    "text",
    ["", "soon", "-5", "1.5", "²", "٣", "Mon, 99 Foo 2026 99:99:99 GMT", "Mon, 23 Nov 2026 14:00:00 +99999999999999"],
)
def test_what_is_not_understood_asks_for_nothing(text: str) -> None:
    assert asked(text) is None


def test_without_the_header_nothing_is_asked() -> None:
    assert Answer(503, {}, b"").retry_after is None


def test_it_is_read_from_a_real_answer(server: RawServer, client: WireClient) -> None:
    server.says(answer(b"", "retry-AFTER: 30", status="429 Too Many Requests"))
    got = client.send("GET", "x")
    assert (got.status, got.retry_after) == (429, 30)
