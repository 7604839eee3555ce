"""Keyset paging: a cursor names the last row of the page before, so that new rows cause no gaps and no repetitions."""

import base64
import binascii
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from bilag.api.problems import invalid

BAD = "is no cursor of this list: send `next` of an earlier answer as it came"
LARGEST_ID = 2**63 - 1
Row = TypeVar("Row", bound=Model)


def page_by_id(rows: QuerySet[Row], cursor: str | None, limit: int) -> tuple[list[Row], str | None]:
    """Return the next rows, newest first, and the cursor of the rows after them."""
    if cursor is not None:
        (before,) = _read(cursor, 1)
        rows = rows.filter(pk__lt=before)
    return _cut(list(rows.order_by("-pk")[: limit + 1]), limit, lambda row: [row.pk])


def page_by_time(rows: QuerySet[Row], cursor: str | None, limit: int) -> tuple[list[Row], str | None]:
    """Return the same, ordered by the column `at`; of rows with equal times, the one written last is first."""
    if cursor is not None:
        before, at = _read(cursor, 2)
        try:
            moment = datetime.fromisoformat(str(at))
        except ValueError:
            raise invalid("cursor", BAD) from None
        if moment.tzinfo is None:
            raise invalid("cursor", BAD)
        rows = rows.filter(at__lte=moment).filter(Q(at__lt=moment) | Q(pk__lt=before))
    return _cut(list(rows.order_by("-at", "-pk")[: limit + 1]), limit, _place_in_time)


def _place_in_time(row: Any) -> list[Any]:
    return [row.pk, row.at.isoformat()]


def _cut(found: list[Row], limit: int, place: Callable[[Row], list[Any]]) -> tuple[list[Row], str | None]:
    if len(found) <= limit:
        return found, None
    text = json.dumps(place(found[limit - 1]), separators=(",", ":"))
    return found[:limit], base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> list[Any]:
    """Return the values in a cursor; the first is always an id."""
    try:
        place = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise invalid("cursor", BAD) from None
    if not isinstance(place, list) or len(place) != length or type(place[0]) is not int:
        raise invalid("cursor", BAD)
    if not 0 <= place[0] <= LARGEST_ID:
        raise invalid("cursor", BAD)
    return place
