"""Explain invalid values in plain words, because pydantic's messages are about its own types."""

import re

_PLAIN = (
    (r"Value error, (.+)", r"\1"),
    (r"Field required", "is missing"),
    (r"Extra inputs are not permitted", "is not known here"),
    (r"Input should be a valid integer.*", "give a whole number"),
    (r"Input should be a valid (?:number|decimal).*", "give a number"),
    (r"Input should be a finite number", "give a number"),
    (r"Decimal input should be an integer, float, string or Decimal object", "give a number"),
    (r"Decimal input should have no more than (\d+) decimal places?", r"give at most \1 decimals"),
    (r"Decimal input should have no more than (\d+) digits? .*", r"give at most \1 digits"),
    (r"Input should be a valid string.*", "give a text"),
    (r"Input should be a valid boolean.*", "give true or false"),
    (r"Input should be a valid (?:list|tuple|array).*", "give a list"),
    (r"Input should be a valid (?:dictionary|object|mapping).*", "give an object"),
    (
        r"(?:Input should be|Datetimes? provided to dates should have|Invalid) .*date.*",
        "give a date such as 2026-11-01",
    ),
    (r"Input should be greater than or equal to (\S+)", r"give a number of at least \1"),
    (r"Input should be less than or equal to (\S+)", r"give a number of at most \1"),
    (r"Input should be greater than (\S+)", r"give a number above \1"),
    (r"Input should be less than (\S+)", r"give a number below \1"),
    (r"Input should be ('.+)", r"give \1"),
    (r"String should have at least (\d+) characters?", r"give at least \1 characters"),
    (r"String should have at most (\d+) characters?", r"give at most \1 characters"),
    (r"String should match pattern .*", "has a form that is not accepted"),
    (r"\w+ should have at least (\d+) items? after validation.*", r"give at least \1"),
    (r"\w+ should have at most (\d+) items? after validation.*", r"give at most \1"),
    (r"Input should .*", "cannot be used here"),
)
_PATTERNS = [(re.compile(pattern, re.DOTALL), plain) for pattern, plain in _PLAIN]


def plain_words(message: str) -> str:
    """Return a message of a validation without the words of the library. Any other text stays as it is."""
    for pattern, plain in _PATTERNS:
        if (found := pattern.fullmatch(message)) is not None:
            return found.expand(plain)
    return message
