"""When an access token is used, renewed and withdrawn."""

from collections.abc import Iterator

import pytest

from bilag.wire import access_tokens
from bilag.wire.access_tokens import AccessTokens
from tests.support.held_time import HeldTime

MARGIN = 60.0


@pytest.fixture
def held_time(monkeypatch: pytest.MonkeyPatch) -> HeldTime:
    return HeldTime().rule(monkeypatch, access_tokens)


def tokens(lifetime: float, *more: float) -> AccessTokens:
    """Tokens "1", "2", … that live so many seconds; an error after the last."""
    given: Iterator[tuple[str, float]] = iter([(str(place), one) for place, one in enumerate((lifetime, *more), 1)])
    return AccessTokens(lambda: next(given), margin_seconds=MARGIN)


@pytest.mark.parametrize(
    ("lifetime", "used_for"), [(1200.0, 1140.0), (121.0, 61.0), (120.0, 60.0), (100.0, 50.0), (2.0, 1.0)]
)
def test_a_token_is_used_until_the_margin_and_at_least_half_its_life(
    lifetime: float, used_for: float, held_time: HeldTime
) -> None:
    held = tokens(lifetime, lifetime)
    assert held.valid() == "1"
    held_time.sleep(used_for - 0.5)
    assert held.valid() == "1"
    held_time.sleep(0.5)
    assert held.valid() == "2"


def test_a_token_that_expires_as_it_comes_is_used_for_nothing_more(held_time: HeldTime) -> None:
    held = tokens(0.0, 0.0)
    assert [held.valid(), held.valid()] == ["1", "2"]


def test_a_withdrawn_token_is_replaced(held_time: HeldTime) -> None:
    held = tokens(1200.0, 1200.0)
    held.withdraw(held.valid())
    assert held.current == "1"
    assert held.valid() == "2"


def test_who_withdraws_a_token_that_was_replaced_keeps_the_new_one(held_time: HeldTime) -> None:
    held = tokens(1200.0, 1200.0)
    old = held.valid()
    held.renew(old)
    held.withdraw(old)
    assert (held.renew(old), held.valid()) == ("2", "2")


def test_a_renewal_that_fails_leaves_the_token_that_was(held_time: HeldTime) -> None:
    held = tokens(1200.0)
    held.valid()
    with pytest.raises(StopIteration):
        held.renew("1")
    assert held.valid() == "1"
