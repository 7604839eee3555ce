"""Documents of vouchers: those that Go has come as a zip, the invoice's goes there as a PDF."""

import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, BinaryIO, cast
from uuid import UUID

from bilag.platforms.base import Attachment, FetchedDocument
from bilag.platforms.file_kinds import HEAD_BYTES, MEGABYTE, format_size, safe_name, type_of
from bilag.platforms.poweroffice_go import operations as go
from bilag.platforms.poweroffice_go.client import GoClient
from bilag.platforms.poweroffice_go.problems import About
from bilag.platforms.poweroffice_go.wire import DocumentationWire
from bilag.posting.problem import Problem
from bilag.wire.errors import Refused
from bilag.wire.http import TooLarge, UploadedFile

PDF, IMAGES = "Pdf", "Images"
KINDS = (PDF, IMAGES)
BETWEEN = ":"
PIECE = 64 * 1024
MOST_FILES = 200
LARGEST_ZIP = 64 * MEGABYTE
UNREADABLE = (zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError)
"""What `zipfile` raises beside `BadZipFile`: torn inside, compressed in an unknown way, encrypted (a `RuntimeError`)."""


def documents_of(client: GoClient, voucher_id: str) -> Sequence[str]:
    """Return the ids of a voucher's documents: each file of its PDF, or of its images if it has none."""
    rows = client.rows(go.DOCUMENTATION, DocumentationWire, {"id": voucher_id})
    found = next((row for row in rows if row.voucher_id == voucher_id), None)
    kind = PDF if found is not None and found.has_pdf else IMAGES if found is not None and found.has_images else None
    if kind is None:
        return ()
    if kind == PDF:
        return (BETWEEN.join((voucher_id, PDF, "0")),)
    with tempfile.TemporaryFile() as file:  # how many images there are, only the zip tells
        try:
            if not _download(client, voucher_id, kind, cast(BinaryIO, file), LARGEST_ZIP, About()):
                return ()
            count = len(_files(file))
        except (TooLarge, zipfile.BadZipFile):
            count = 1  # `fetch_document` reports that it cannot be read
    return tuple(BETWEEN.join((voucher_id, kind, str(place))) for place in range(count))


def fetch_document(client: GoClient, document_id: str, into: BinaryIO, max_bytes: int) -> FetchedDocument:
    """See `AccountingPlatform.fetch_document`. After an error, `into` may hold part of the document."""
    about = About(f"document {document_id}", {"document": document_id, "value": document_id})
    voucher_id, kind, place = _parts(document_id, about)
    with tempfile.TemporaryFile() as file:
        try:
            if not _download(client, voucher_id, kind, cast(BinaryIO, file), max_bytes + MEGABYTE, about):
                raise _refused("document_unknown", about)
            files = _files(file)
            if place >= len(files):
                raise _refused("document_unknown", about)
            return _unpack(file, files[place], into, max_bytes, about)
        except TooLarge as error:
            raise _refused("document_too_large", about, limit=format_size(max_bytes)) from error
        except zipfile.BadZipFile as error:
            raise _refused("document_type_unknown", about) from error


def attach_document(
    client: GoClient, voucher_id: str, number: int, document: Attachment, content: BinaryIO, largest: int
) -> None:
    """Attach a PDF to a voucher. Go keeps one from an integration, so sending it again attaches nothing twice."""
    about = About(f"invoice {number}", {"document": document.file_name, "number": str(number)})
    if document.content_type != "application/pdf":
        raise _refused("document_type_unknown", about, type=document.content_type)
    if document.size > largest:
        raise _refused("document_too_large", about, limit=format_size(largest))
    file = UploadedFile(document.file_name, content, document.content_type)
    client.attach(go.ATTACHING, {"id": voucher_id}, file, about)


def _parts(document_id: str, about: About) -> tuple[str, str, int]:
    voucher_id, _, rest = document_id.partition(BETWEEN)
    kind, _, place = rest.partition(BETWEEN)
    try:
        known = str(UUID(voucher_id)) == voucher_id.lower() and kind in KINDS and place.isascii() and place.isdigit()
    except ValueError:
        known = False
    if not known:
        raise _refused("document_unknown", about)
    return voucher_id, kind, int(place)


def _download(client: GoClient, voucher_id: str, kind: str, file: BinaryIO, max_bytes: int, about: About) -> bool:
    query = {"id": voucher_id, "documentationType": kind}
    try:
        return client.download(go.DOWNLOAD, query, file, max_bytes=max_bytes, about=about)
    except Refused as error:  # Go refuses a voucher that it does not have with 400
        raise _refused("document_unknown", about) from error


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """The zip in a file. Whatever its reader raises of one that is torn, encrypted or no zip is `BadZipFile`."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except UNREADABLE as error:
        raise zipfile.BadZipFile(str(error)) from error


def _files(file: IO[bytes]) -> list[zipfile.ZipInfo]:
    """Return the files in a zip, in order of name."""
    with _opened(file) as archive:
        return sorted((one for one in archive.infolist() if not one.is_dir()), key=lambda one: one.filename)[
            :MOST_FILES
        ]


def _unpack(file: IO[bytes], one: zipfile.ZipInfo, into: BinaryIO, max_bytes: int, about: About) -> FetchedDocument:
    """Write a file of a zip, at most `max_bytes` of it, whatever size the zip tells."""
    head, size = b"", 0
    with _opened(file) as archive, archive.open(one) as content:
        while piece := content.read(PIECE):
            size += len(piece)
            if size > max_bytes:
                raise _refused("document_too_large", about, limit=format_size(max_bytes))
            head += piece[: HEAD_BYTES - len(head)]
            into.write(piece)
    if size == 0:
        raise _refused("document_empty", about)
    media_type = type_of(head)
    if media_type is None:
        raise _refused("document_type_unknown", about)
    return FetchedDocument(safe_name(one.filename, media_type, "document"), media_type, size)


def _refused(code: str, about: About, **facts: str) -> Refused:
    return Refused([Problem(code, about.subject, {**about.facts, **facts})])
