"""Files attached to invoices and expenses."""

from typing import Any

from bilag_sandbox.common import Store
from bilag_sandbox.moment.records import Record, Records

FIRST_ID = 6601


def attach(
    records: Records, record: Record, file_name: str, content_type: str, content: bytes, *, touch: bool
) -> tuple[Record, dict[str, Any]]:
    """Store a file with an object; returns the changed object and the attachment as Moment shows it."""
    with records.store.transaction() as connection:
        number = records.next_of("attachment", FIRST_ID)
        connection.execute(
            "insert into attachment values (?, ?, ?, ?, ?, ?)",
            (number, record.entity.name, record.id, file_name, content_type, content),
        )
        shown = {"id": number, "fileName": file_name, "contentType": content_type, "size": len(content)}
        attachments = [*record.body.get("attachments", ()), shown]
        return records.change(record, {"attachments": attachments}, touch=touch), shown


def content_of(store: Store, entity: str, owner: int, number: int) -> tuple[str, bytes] | None:
    """Return media type and content of an attachment of this object, None if there is none."""
    row = store.row(
        "select content_type, content from attachment where id = ? and entity = ? and owner_id = ?",
        number,
        entity,
        owner,
    )
    return None if row is None else (row["content_type"], row["content"])
