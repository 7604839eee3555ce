"""The heading of a column by which a list can be sorted (`bilag/heading.html`)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `address` sorts by its column, or the other way round when the list is sorted by it already."""

    text: str
    address: str = ""
    """Empty for a column by which nothing is sorted."""
    order: str = ""
    """What aria-sort says of the column that the list is sorted by: descending or ascending."""
    shape: str = ""
    """CSS classes: the width, `number` for right-aligned, `wide-only` for what only a wide window shows."""
