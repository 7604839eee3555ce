"""A document of a posted voucher, from the hub into a file: its size is bounded and its type looked at, never believed."""

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
"""What a proxy says in place of a document. No document that is taken has one of these types."""
EQUIVALENT_CODES = {"request_too_large": "document_too_large", "not_found": "document_unknown"}
"""413 from a proxy: what is too large is the document. Nothing at this address: an id with a slash in it."""
NOT_IN_ADDRESSES = ("", ".", "..")


class _InspectedFile:
    """Writes on to a file, and remembers the beginning and the size of what was written."""

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
    """As `AccountingPlatform.fetch_document` says. After an error part of the document may stand in `into`."""
    about = About(f"document {document_id}", {"document": document_id, "value": document_id})
    if document_id in NOT_IN_ADDRESSES:
        raise _refused("document_unknown", about)
    looked = _InspectedFile(into)
    path = f"documents/{quote(document_id, safe='')}"
    try:
        headers = client.download(path, cast(BinaryIO, looked), max_bytes=max_bytes, about=about)
    except TooLarge as error:
        raise _refused("document_too_large", about, limit=format_size(max_bytes)) from error
    except Refused as error:
        code = EQUIVALENT_CODES.get(error.problems[0].code)
        if code is None:
            raise
        raise _refused(code, about) from error
    told = headers.get("content-type", "").partition(";")[0].strip().lower()
    media_type = type_of(looked.head)
    if media_type is None and told in PAGE_TYPES:
        raise malformed(f"document {document_id}: a page came in its place", writing=False)
    if looked.size == 0:
        raise _refused("document_empty", about)
    if media_type is None:
        raise _refused("document_type_unknown", about, type=told)
    name = safe_name(name_from_header(headers.get("content-disposition", "")), media_type, f"document-{document_id}")
    return FetchedDocument(name, media_type, looked.size)


def _refused(code: str, about: About, **facts: str) -> Refused:
    return Refused([Problem(code, about.subject, {**about.facts, **facts})])
