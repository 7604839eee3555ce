"""The payment id: vectors from background/accounting-rules.md, B2."""

import pytest

from bilag.posting.chart import PaymentIdRule
from bilag.posting.kid import is_valid_payment_id, passes_mod10, passes_mod11

MOD10, MOD11, ANY, NONE = (PaymentIdRule(method) for method in ("mod10", "mod11", "any", "none"))


@pytest.mark.parametrize("kid", ["602243", "1234567897", "0050013", "0050039", "0008805"])
def test_right_mod10(kid: str) -> None:
    assert passes_mod10(kid)
    assert is_valid_payment_id(kid, MOD10)
    assert is_valid_payment_id(kid, ANY)


@pytest.mark.parametrize("kid", ["1234567892", "6-", "23-", "37-", "40-", "54-"])
def test_right_mod11(kid: str) -> None:
    assert passes_mod11(kid)
    assert is_valid_payment_id(kid, MOD11)
    assert is_valid_payment_id(kid, ANY)
    assert not is_valid_payment_id(kid, MOD10)


@pytest.mark.parametrize("body", ["60224", "123456789", "0005001", "7", "99999"])
def test_exactly_one_check_digit_is_right(body: str) -> None:
    assert sum(passes_mod10(body + digit) for digit in "0123456789") == 1
    assert sum(passes_mod11(body + digit) for digit in "0123456789-") == 1


@pytest.mark.parametrize(
    "kid", ["602244", "602243 ", " 602243", "60 2243", "", "-", "6", "abc", "６０２２４３", "6022-43", "²3"]
)
def test_what_is_no_kid_is_refused_by_each_method(kid: str) -> None:
    assert not is_valid_payment_id(kid, MOD10)
    assert not is_valid_payment_id(kid, MOD11)


def test_length_counts_with_zeros_in_front() -> None:
    assert is_valid_payment_id("0050013", PaymentIdRule("mod10", min_length=7, max_length=7))
    assert not is_valid_payment_id("50013", PaymentIdRule("mod10", min_length=7, max_length=7))
    assert not is_valid_payment_id("0" * 26, MOD10)


def test_method_none_looks_at_characters_and_length_only() -> None:
    assert is_valid_payment_id("602244", NONE)
    assert not is_valid_payment_id("60224x", NONE)


def test_mod11_writes_remainder_0_as_0() -> None:
    """14: 4 times 2 and 1 times 3 is 11. 190: 9 times 2 and 1 times 3 is 21, whose digit is 1."""
    assert passes_mod11("140")
    assert not passes_mod11("14-")
    assert passes_mod11("191")
    assert not passes_mod11("190")
