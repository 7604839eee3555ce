"""Copy the documents of expenses to Moment: streamed through a file on disk, fetched once for all lines that share them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, BinaryIO, cast

from django.utils import timezone

from bilag.expenses.in_doubt import wait_if_sent
from bilag.expenses.models import ExpenseLine, LineState
from bilag.expenses.writes import write
from bilag.moment.client import MomentClient
from bilag.moment.expense import StoredDocument
from bilag.platforms.base import AccountingPlatform, FetchedDocument
from bilag.wire.errors import EdgeError, Refused, Unavailable

MAX_BYTES = 20 * 1024 * 1024
IN_MEMORY_BYTES = 1024 * 1024
NOTHING_TO_DO = "document_type_unknown"
"""XML invoices usually come with a PDF: the page says that the XML is left out, and nobody is notified."""
NOT_THERE_YET = "document_unknown"
MAY_COME_FOR = timedelta(days=30)


class Documents:
    """Fetch documents from accounting and upload them to Moment. The last one is kept, because lines of a voucher share it."""

    def __init__(self, moment: MomentClient, platform: AccountingPlatform) -> None:
        self._moment, self._platform = moment, platform
        self._kept: tuple[str, BinaryIO, FetchedDocument] | None = None

    def close(self) -> None:
        """Delete the file of the last document."""
        if self._kept is not None:
            self._kept[1].close()
            self._kept = None

    def attach(self, row: ExpenseLine) -> int:
        """Upload the documents that the expense lacks. Return their count.

        A later import uploads a document that is not available yet. One that Moment rejects becomes a problem. Raises
        `Unavailable`, `Misconfigured`, `Overtaken`, and `StillInDoubt` while an upload with a lost answer may still arrive.
        """
        given = 0
        for place, one in enumerate(row.documents):
            if one.get("attachment_id") is not None or one.get("problem") is not None:
                continue
            try:
                row.documents[place] = {"id": one["id"], **self._attached(row, place)}
                given += 1
            except Refused as error:
                young = row.done_at is not None and row.done_at > timezone.now() - MAY_COME_FOR
                if error.problems[0].code == NOT_THERE_YET and young:
                    continue
                row.documents[place] = {**one, "problem": error.problems[0].as_json()}
                row.needs_review = row.needs_review or error.problems[0].code != NOTHING_TO_DO
            self._save(row)
        self._save(row)
        return given

    def _attached(self, row: ExpenseLine, place: int) -> dict[str, Any]:
        one = row.documents[place]
        with self._fetched(str(one["id"])) as (file, document):
            expense_id = int(row.moment_id or 0)
            # Moment would accept a second upload, so look for one whose answer was lost.
            there = [
                held
                for held in self._moment.expenses.documents(expense_id)
                if (held.file_name, held.size) == (document.file_name, document.size)
                and held.moment_id not in {other.get("attachment_id") for other in row.documents}
            ]
            held = there[0] if there else self._uploaded(row, place, file, document)
            return {"name": document.file_name, "size": document.size, "attachment_id": held.moment_id}

    def _uploaded(self, row: ExpenseLine, place: int, file: BinaryIO, document: FetchedDocument) -> StoredDocument:
        """Upload the document once: the intent is committed before the request."""
        one = row.documents[place]
        wait_if_sent(one.get("sent_at"))
        row.documents[place] = {**one, "sent_at": timezone.now().isoformat()}
        self._save(row)
        try:
            return self._moment.expenses.attach(
                int(row.moment_id or 0), document.file_name, file, document.content_type
            )
        except EdgeError as error:
            if not isinstance(error, Unavailable) or error.outcome_known:
                row.documents[place] = {name: value for name, value in one.items() if name != "sent_at"}
                self._save(row)
            raise

    @contextmanager
    def _fetched(self, document_id: str) -> Iterator[tuple[BinaryIO, FetchedDocument]]:
        if self._kept is None or self._kept[0] != document_id:
            self.close()
            spooled = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - kept for the next line
            file = cast(BinaryIO, spooled)
            try:
                document = self._platform.fetch_document(document_id, file, max_bytes=MAX_BYTES)
            except BaseException:
                file.close()
                raise
            self._kept = document_id, file, document
        _id, file, document = self._kept
        file.seek(0)
        yield file, document

    @staticmethod
    def _save(row: ExpenseLine) -> None:
        due = row.lacks_documents and row.state == LineState.DONE
        write(row, documents=row.documents, documents_due=due, needs_review=row.needs_review)
