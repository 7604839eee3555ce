"""Rows of a list of changes: just enough to decide whether to transfer the object.

Reading is lenient: a row with one bad field must neither stop the poll nor be skipped. A field that cannot be read is
None; fetching the object later reports what is wrong with it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bilag.posting.texts import clean_number

NUMBER_OF = {"customers": "customerNumber", "projects": "projectNumber", "invoices": "invoiceNumber"}
LONGEST_NUMBER = 200


@dataclass(frozen=True, slots=True)
class Change:
    """An object in a list of changes."""

    kind: str
    moment_id: int
    number: str
    version: int | None = None
    modified_at: datetime | None = None
    finalized: bool | None = None
    export_status: str | None = None
    finalized_at: datetime | None = None


def change_of_master(what: str, row: dict[str, Any]) -> Change | None:
    """Read a customer or project row (`what` is "customers" or "projects"); None if it identifies no object."""
    moment_id, number = _id(row.get("id")), _number(row.get(NUMBER_OF[what]))
    if moment_id is None or number is None:
        return None
    modified_at = parse_time(row.get("lastModifiedDate"))
    return Change(what.removesuffix("s"), moment_id, number, whole_number(row.get("version")), modified_at)


def change_of_invoice(row: dict[str, Any]) -> Change | None:
    """Read an invoice or credit note row; None if it identifies no object or is a draft without number."""
    moment_id, number = _id(row.get("id")), _number(row.get("invoiceNumber"))
    if moment_id is None or number is None or not (number.isascii() and number.isdigit()):
        return None
    status = row.get("exportStatus")
    return Change(
        kind="invoice",
        moment_id=moment_id,
        number=str(int(number)),
        version=whole_number(row.get("version")),
        modified_at=parse_time(row.get("lastModifiedDate")),
        finalized=row.get("invoiceState") == "finalized",
        export_status=status if isinstance(status, str) else None,
        finalized_at=parse_time(row.get("finalizedDate")),
    )


def whole_number(value: Any) -> int | None:
    """Return `value` if it is a whole number within 64 bits, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def _id(value: Any) -> int | None:
    """Return an id that can be fetched: a positive whole number."""
    found = whole_number(value)
    return found if found is not None and found > 0 else None


def parse_time(value: Any) -> datetime | None:
    """Parse an ISO 8601 time with offset; None if it is anything else."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return read if read is not None and read.tzinfo is not None else None


def _number(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**20 else ""
    text = clean_number(value) if isinstance(value, str) else ""
    return text if text and len(text) <= LONGEST_NUMBER and text.isprintable() else None
