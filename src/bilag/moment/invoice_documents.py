"""The documents of invoices in Moment: the PDF that the customer got, and its attachments."""

from typing import BinaryIO

from bilag.moment.expense import StoredDocument
from bilag.moment.lists import unexpected_page
from bilag.moment.session import HtmlNotFound, MomentSession, NotFound
from bilag.moment.wire import InvoiceDocumentsWire, parse
from bilag.posting.problem import Problem
from bilag.wire.errors import Refused
from bilag.wire.http import TooLarge


class InvoiceDocuments:
    """Lists and downloads the documents of invoices. Raises the errors of `bilag.wire.errors`."""

    def __init__(self, session: MomentSession) -> None:
        self._session = session

    def of(self, moment_id: int) -> tuple[StoredDocument, ...]:
        """Return the documents of an invoice; none if Moment does not have the invoice any more."""
        try:
            value = self._session.get(f"invoices/{moment_id}")
        except HtmlNotFound as error:
            raise unexpected_page() from error
        except NotFound:
            return ()
        wire = parse(InvoiceDocumentsWire, value, f"invoice id {moment_id}")
        return tuple(
            StoredDocument(one.id, one.file_name, one.content_type or "", one.size) for one in wire.attachments or ()
        )

    def download(self, moment_id: int, document: StoredDocument, into: BinaryIO, *, max_bytes: int) -> None:
        """Write a document into a file. Raises `Refused` with `document_unknown` or `document_too_large`; after an error, the
        file may hold part of it.
        """
        facts = {"document": document.file_name}
        try:
            path = f"invoices/{moment_id}/attachments/{document.moment_id}"
            self._session.download(path, into, max_bytes=max_bytes)
        except HtmlNotFound as error:
            raise unexpected_page() from error
        except NotFound as error:
            raise Refused([Problem("document_unknown", f"document {document.file_name}", facts)]) from error
        except TooLarge as error:
            raise Refused([Problem("document_too_large", f"document {document.file_name}", facts)]) from error
