"""Attach a document to a posted voucher (contracts/azets-hub.openapi.yaml, addVoucherDocument; an optional capability).

The hub keeps one document for each key, so sending it again after a lost answer attaches nothing twice.
"""

from typing import BinaryIO

from bilag.platforms.azets.client import HubClient
from bilag.platforms.azets.problems import About
from bilag.platforms.base import Attachment
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher
from bilag.wire.errors import Misconfigured, Refused
from bilag.wire.http import UploadedFile

EQUIVALENT_CODES = {"request_too_large": "document_too_large", "document_type_not_allowed": "document_type_unknown"}


def attach_document(
    client: HubClient, voucher: Voucher, external_id: str, document: Attachment, content: BinaryIO
) -> None:
    """See `AccountingPlatform.attach_document`."""
    about = About(f"invoice {voucher.number}", {"document": document.file_name, "number": str(voucher.number)})
    fields = {"externalId": external_id, "externalDocumentId": document.key}
    file = UploadedFile(document.file_name, content, document.content_type, fields)
    try:
        client.upload(f"vouchers/{voucher.number}/documents", file, about=about)
    except Misconfigured as error:
        if error.problems[0].code != "attachments_not_supported":
            raise
        raise Refused(error.problems) from error
    except Refused as error:
        problems = [
            Problem(EQUIVALENT_CODES.get(one.code, one.code), one.subject, one.facts, one.said)
            for one in error.problems
        ]
        raise Refused(problems) from error
