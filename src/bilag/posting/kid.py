"""Check the payment id (KID). Bilag never builds or alters one.

MOD10 is Luhn's algorithm. MOD11 uses weights 2 to 7 from the right and writes remainder 10 as `-`
(background/accounting-rules.md, B2).
"""

import re

from bilag.posting.chart import PaymentIdRule

_FORM = re.compile(r"[0-9]+[0-9-]")


def is_valid_payment_id(payment_id: str, rule: PaymentIdRule) -> bool:
    """Return whether the client accepts the KID's length and check digit.

    Method `any` accepts a valid check digit of either method; `none` checks length and characters only.
    """
    if not rule.min_length <= len(payment_id) <= rule.max_length or not _FORM.fullmatch(payment_id):
        return False
    match rule.method:
        case "mod10":
            return passes_mod10(payment_id)
        case "mod11":
            return passes_mod11(payment_id)
        case "none":
            return True
        case _:
            return passes_mod10(payment_id) or passes_mod11(payment_id)


def passes_mod10(payment_id: str) -> bool:
    """Check the last digit by Luhn's algorithm. `payment_id` is digits, or digits and a final `-`."""
    if payment_id.endswith("-"):
        return False
    total = 0
    for place, digit in enumerate(reversed(payment_id)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def passes_mod11(payment_id: str) -> bool:
    """Check the last character by MOD11. `payment_id` is digits, or digits and a final `-`."""
    body, check = payment_id[:-1], payment_id[-1]
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(body)))
    expected = (11 - total % 11) % 11
    return check == ("-" if expected == 10 else str(expected))
