"""Fetch a voucher's document from the hub into a file, with bounded size and detected type."""

from typing import BinaryIO, cast
from urllib.parse import quote

from bilag.platforms.azets.client import HubClient
from bilag.platforms.azets.problems import About, malformed
from bilag.platforms.base import FetchedDocument
from bilag.platforms.file_kinds import HEAD_BYTES, format_size, name_from_header, safe_name, type_of
from bilag.posting.problem import Problem
from bilag.wire.errors import Refused
from bilag.wire.http import TooLarge

PAGE_TYPES = frozenset({"text/html", "application/json", "application/problem+json"})
"""Content types of a proxy's page. No accepted document has one of them."""
EQUIVALENT_CODES = {"request_too_large": "document_too_large", "not_found": "document_unknown"}
"""A proxy's 413 means the document is too large; a 404 means its id has a slash in it."""
NOT_IN_ADDRESSES = ("", ".", "..")
"""Ids that cannot be the last part of a URL."""


class _InspectedFile:
    """Passes writes on to a file, and keeps the beginning and the size."""

    def __init__(self, into: BinaryIO) -> None:
        self._into = into
        self.head = b""
        self.size = 0

    def write(self, piece: bytes) -> int:
        if len(self.head) < HEAD_BYTES:
            self.head += piece[: HEAD_BYTES - len(self.head)]
        self.size += len(piece)
        return self._into.write(piece)


def fetch_document(client: HubClient, document_id: str, into: BinaryIO, max_bytes: int) -> FetchedDocument:
    """See `AccountingPlatform.fetch_document`. After an error, `into` may hold part of the document."""
    about = About(f"document {document_id}", {"document": document_id, "value": document_id})
    if document_id in NOT_IN_ADDRESSES:
        raise _refused("document_unknown", about)
    inspected = _InspectedFile(into)
    path = f"documents/{quote(document_id, safe='')}"
    try:
        headers = client.download(path, cast(BinaryIO, inspected), max_bytes=max_bytes, about=about)
    except TooLarge as error:
        raise _refused("document_too_large", about, limit=format_size(max_bytes)) from error
    except Refused as error:
        code = EQUIVALENT_CODES.get(error.problems[0].code)
        if code is None:
            raise
        raise _refused(code, about) from error
    declared = headers.get("content-type", "").partition(";")[0].strip().lower()
    media_type = type_of(inspected.head)
    if media_type is None and declared in PAGE_TYPES:
        raise malformed(f"document {document_id}: the answer is a page instead", writing=False)
    if inspected.size == 0:
        raise _refused("document_empty", about)
    if media_type is None:
        raise _refused("document_type_unknown", about, type=declared)
    name = safe_name(name_from_header(headers.get("content-disposition", "")), media_type, f"document-{document_id}")
    return FetchedDocument(name, media_type, inspected.size)


def _refused(code: str, about: About, **facts: str) -> Refused:
    return Refused([Problem(code, about.subject, {**about.facts, **facts})])
