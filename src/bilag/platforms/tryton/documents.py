"""Fetch a document of a move or an invoice into a file, with bounded size and detected type.

Tryton's REST API returns a document as base64 within JSON, so it is held in memory until it is written.
"""

import base64
import binascii
import json
import tempfile
from collections.abc import Sequence
from typing import BinaryIO, cast

from bilag.platforms.base import FetchedDocument
from bilag.platforms.file_kinds import HEAD_BYTES, MEGABYTE, format_size, safe_name, type_of
from bilag.platforms.tryton.client import TrytonClient
from bilag.platforms.tryton.cost_rows import AttachmentRow
from bilag.platforms.tryton.lines import ATTACHMENTS
from bilag.platforms.tryton.problems import malformed
from bilag.posting.problem import Problem
from bilag.wire.errors import Refused
from bilag.wire.http import TooLarge

LARGEST_ID = 2**63 - 1


def fetch_document(client: TrytonClient, document_id: str, into: BinaryIO, max_bytes: int) -> FetchedDocument:
    """See `AccountingPlatform.fetch_document`. After an error, nothing has been written to `into`."""
    number = int(document_id) if document_id.isascii() and document_id.isdigit() else 0
    if not 0 < number <= LARGEST_ID:
        raise _refused("document_unknown", document_id)
    query: list[list[object]] = [["id", "=", number], ["type", "=", "data"]]
    rows = client.rows(ATTACHMENTS, AttachmentRow, query, limit=1)
    if not rows:
        raise _refused("document_unknown", document_id)
    if (rows[0].data_size or 0) > max_bytes:
        raise _too_large(document_id, max_bytes)
    content = _content(client, query, document_id, max_bytes)
    if not content:
        raise _refused("document_empty", document_id)
    media_type = type_of(content[:HEAD_BYTES])
    if media_type is None:
        _name, dot, ending = rows[0].name.rpartition(".")
        raise _refused("document_type_unknown", document_id, **({"type": ending[:20]} if dot and ending else {}))
    into.write(content)
    return FetchedDocument(safe_name(rows[0].name, media_type, f"document-{document_id}"), media_type, len(content))


def _content(client: TrytonClient, query: Sequence[Sequence[object]], document_id: str, max_bytes: int) -> bytes:
    with tempfile.TemporaryFile() as answer:
        try:
            # Base64 in lines of 76 characters, each line end escaped as two; plus room for the JSON around it.
            client.read_into(
                ATTACHMENTS, query, "data", cast(BinaryIO, answer), max_bytes=max_bytes * 7 // 5 + MEGABYTE
            )
        except TooLarge as error:
            raise _too_large(document_id, max_bytes) from error
        answer.seek(0)
        try:
            value = json.load(answer)
            data = value[0]["data"] if value else None
            content = base64.b64decode(data["base64"]) if data is not None else b""
        except (ValueError, TypeError, KeyError, IndexError, RecursionError, binascii.Error) as error:
            raise malformed(f"document {document_id}: the answer has no content", writing=False) from error
    if len(content) > max_bytes:
        raise _too_large(document_id, max_bytes)
    return content


def _too_large(document_id: str, max_bytes: int) -> Refused:
    return _refused("document_too_large", document_id, limit=format_size(max_bytes))


def _refused(code: str, document_id: str, **facts: str) -> Refused:
    return Refused([Problem(code, f"document {document_id}", {"document": document_id, "value": document_id, **facts})])
