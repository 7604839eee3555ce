"""A row of a list of changes: just enough to tell whether the object is to be transferred.

Read leniently: a row that is odd in one field must neither stop the poll nor be passed over. What cannot be read is
None, and the object itself, fetched later, tells what is wrong with it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

NUMBER_OF = {"customers": "customerNumber", "projects": "projectNumber", "invoices": "invoiceNumber"}
LONGEST_NUMBER = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """An object in a list of changes."""

    kind: str
    moment_id: int
    number: str
    version: int | None = None
    modified_at: datetime | None = None
    finalized: bool | None = None
    export_status: str | None = None
    finalized_at: datetime | None = None


def seen_master(what: str, row: dict[str, Any]) -> Seen | None:
    """A customer or project; None for a row that names no object."""
    moment_id, number = _id(row.get("id")), _number(row.get(NUMBER_OF[what]))
    if moment_id is None or number is None:
        return None
    modified_at = moment(row.get("lastModifiedDate"))
    return Seen(what.removesuffix("s"), moment_id, number, whole(row.get("version")), modified_at)


def seen_invoice(row: dict[str, Any]) -> Seen | None:
    """An invoice or credit note; None for a row that names no object, or a draft without number."""
    moment_id, number = _id(row.get("id")), _number(row.get("invoiceNumber"))
    if moment_id is None or number is None or not (number.isascii() and number.isdigit()):
        return None
    status = row.get("exportStatus")
    return Seen(
        kind="invoice",
        moment_id=moment_id,
        number=str(int(number)),
        version=whole(row.get("version")),
        modified_at=moment(row.get("lastModifiedDate")),
        finalized=row.get("invoiceState") == "finalized",
        export_status=status if isinstance(status, str) else None,
        finalized_at=moment(row.get("finalizedDate")),
    )


def whole(value: Any) -> int | None:
    """A whole number that a database can hold."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def _id(value: Any) -> int | None:
    """An id by which an object can be asked for."""
    found = whole(value)
    return found if found is not None and found > 0 else None


def moment(value: Any) -> datetime | None:
    """A point in time with its offset."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return read if read is not None and read.tzinfo is not None else None


def _number(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**20 else ""
    text = value.strip() if isinstance(value, str) else ""
    return text if text and len(text) <= LONGEST_NUMBER and text.isprintable() else None
