"""Parse the numbers that a person or a program gave, on a page, at a command line or in a request of the API."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

INVOICE = "invoice"
LONGEST_NUMBER = 50
_BETWEEN = re.compile(r"[\s,;]+")
_NUMBER = re.compile(r"[\w./+&:#()-]*\w[\w./+&:#()-]*")
_INVOICE_NUMBER = re.compile(r"0*[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Typed:
    """The numbers without duplicates, in the order typed, and the texts that are not numbers."""

    numbers: tuple[str, ...]
    invalid: tuple[str, ...]


def typed_numbers(kind: str, text: str) -> Typed:
    """Split the text at commas, semicolons, spaces and line breaks. An invoice number must be a whole number."""
    return given_numbers(kind, [part for part in _BETWEEN.split(text) if part])


def given_numbers(kind: str, parts: Iterable[str]) -> Typed:
    """Read numbers that are apart already, as the API takes them."""
    fits = _INVOICE_NUMBER if kind == INVOICE else _NUMBER
    numbers, invalid = [], []
    for part in parts:
        if len(part) > LONGEST_NUMBER or not fits.fullmatch(part):
            invalid.append(part)
        numbers.append(part.lstrip("0") if kind == INVOICE else part)  # 007 is invoice 7
    return Typed(tuple(dict.fromkeys(numbers)), tuple(dict.fromkeys(invalid)))
