"""Read whole numbers from an address or a form: ids, pages, days. They may contain anything."""

LARGEST = 2**63 - 1
"""The largest id that PostgreSQL has."""


def whole_number(text: str, largest: int = LARGEST) -> int | None:
    """Return the number that the digits say; None for anything else, and for a number above `largest`."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(largest))):
        return None
    number = int(text)
    return number if number <= largest else None
