"""The filters of lists: a comma separates values, a hyphen makes a range of numbers, and -1 asks for those without."""

import re
from collections.abc import Callable
from typing import Any

from bilag_sandbox.poweroffice_go.refusals import BAD_CAST, bad_request

RANGE = re.compile(r"(?P<first>[0-9]{1,18})(?P<hyphen>-(?P<last>[0-9]{1,18})?)?")
Test = Callable[[Any], bool]


def number_filter(text: str | None, name: str) -> Test | None:
    """Read `1000-1999, 2500, 3000-`; None if there is no filter. Raises 400."""
    if text is None or not text.strip():
        return None
    ranges: list[tuple[int, int]] = []
    for part in text.split(","):
        found = RANGE.fullmatch(part.strip())
        if found is None:
            raise bad_request(
                BAD_CAST, f"{name} contains '{part.strip()[:60]}', which is no number or range of numbers."
            )
        first = int(found["first"])
        last = int(found["last"]) if found["last"] else (2**63 if found["hyphen"] else first)
        ranges.append((first, last))
    return lambda value: value is not None and any(first <= value <= last for first, last in ranges)


def code_filter(text: str | None) -> Test | None:
    """Read `1, ABC, 10B`, or `-1` for those without; None if there is no filter."""
    if text is None or not text.strip():
        return None
    codes = {part.strip().lower() for part in text.split(",")}
    return lambda value: ("-1" in codes) if value is None else str(value).lower() in codes


def group_filter(text: str | None, name: str) -> Test | None:
    """Read ids of contact groups, of which this sandbox has none. Raises 400."""
    if text is None or not text.strip():
        return None
    if re.fullmatch(r"\s*[0-9]+\s*(,\s*[0-9]+\s*)*", text) is None:
        detail = (
            f"{name} contains negative numbers and/or range of numbers. '-' is not allowed, only comma ',' separated "
            "single positive numbers are allowed."
        )
        raise bad_request(BAD_CAST, detail)
    return lambda value: False


def passes(value: Any, test: Test | None) -> bool:
    """Apply a filter that may not be there."""
    return test is None or test(value)
