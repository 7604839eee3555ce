"""Parse the numbers that a user typed or pasted."""

import re
from dataclasses import dataclass

from bilag.transfers.models import Kind

MOST_NUMBERS = 500
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
    parts = [part for part in _BETWEEN.split(text) if part]
    fits = _INVOICE_NUMBER if kind == Kind.INVOICE else _NUMBER
    invalid = [part for part in parts if len(part) > LONGEST_NUMBER or not fits.fullmatch(part)]
    numbers = [part.lstrip("0") if kind == Kind.INVOICE else part for part in parts]  # 007 is invoice 7
    return Typed(tuple(dict.fromkeys(numbers)), tuple(dict.fromkeys(invalid)))
