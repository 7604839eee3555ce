"""The payment id: vectors from background/accounting-rules.md, B2."""

import pytest

from bilag.posting.chart import PaymentIdRule
from bilag.posting.kid import passes_mod10, passes_mod11, payment_id_is_right

MOD10, MOD11, ANY, NONE = (PaymentIdRule(method) for method in ("mod10", "mod11", "any", "none"))


@pytest.mark.parametrize("kid", ["602243", "1234567897", "0050013", "0050039", "0008805"])
def test_right_mod10(kid: str) -> None:
    assert passes_mod10(kid)
    assert payment_id_is_right(kid, MOD10)
    assert payment_id_is_right(kid, ANY)


@pytest.mark.parametrize("kid", ["1234567892", "6-", "23-", "37-", "40-", "54-"])
def test_right_mod11(kid: str) -> None:
    assert passes_mod11(kid)
    assert payment_id_is_right(kid, MOD11)
    assert payment_id_is_right(kid, ANY)
    assert not payment_id_is_right(kid, MOD10)


@pytest.mark.parametrize("body", ["60224", "123456789", "0005001", "7", "99999"])
def test_exactly_one_check_digit_is_right(body: str) -> None:
    assert sum(passes_mod10(body + digit) for digit in "0123456789") == 1
    assert sum(passes_mod11(body + digit) for digit in "0123456789-") == 1


@pytest.mark.parametrize(
    "kid", ["602244", "602243 ", " 602243", "60 2243", "", "-", "6", "abc", "６０２２４３", "6022-43", "²3"]
)
def test_what_is_no_kid_is_refused_by_each_method(kid: str) -> None:
    assert not payment_id_is_right(kid, MOD10)
    assert not payment_id_is_right(kid, MOD11)


def test_length_counts_with_zeros_in_front() -> None:
    assert payment_id_is_right("0050013", PaymentIdRule("mod10", min_length=7, max_length=7))
    assert not payment_id_is_right("50013", PaymentIdRule("mod10", min_length=7, max_length=7))
    assert not payment_id_is_right("0" * 26, MOD10)


def test_method_none_looks_at_characters_and_length_only() -> None:
    assert payment_id_is_right("602244", NONE)
    assert not payment_id_is_right("60224x", NONE)
