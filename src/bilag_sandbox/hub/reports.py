"""Reports of posted rows, from which clients import expenses, and documents to and from the accounting system."""

import base64
import json
import re
from typing import Any
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from bilag_sandbox.hub.amounts import shown
from bilag_sandbox.hub.call import Answer, Call
from bilag_sandbox.hub.forms import LARGEST_INTEGER, query_date, query_integer
from bilag_sandbox.hub.refusals import Detail, Refusal, invalid, malformed, not_found

MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png", "application/xml", "text/xml")
AFTER = re.compile(r"j([0-9]{1,15})\.([0-9]{1,15})")


def get_report(call: Call) -> Answer:
    """Return posted rows after `after`, ordered by (journal number, entry number)."""
    name = call.path("name")
    query = call.query("fromDate", "toDate", "after", "limit")
    first, last = query_date(query["fromDate"], "fromDate"), query_date(query["toDate"], "toDate")
    limit = query_integer(query["limit"], "limit", 1, 1000) or 200
    if name not in call.client.config["reports"]:
        raise not_found("report_unknown", f"Report {name[:60]} does not exist.")
    place = _position(query["after"])
    rows = call.hub.store.rows(
        "select e.*, v.type, v.voucher_number, v.id as voucher, json_extract(v.header, '$.voucherDate') as voucher_date,"
        " json_extract(v.header, '$.currency') as currency, json_extract(v.header, '$.exchangeRate') as rate,"
        " json_extract(v.header, '$._supplierNumber') as supplier_number,"
        " json_extract(v.header, '$._supplierInvoiceNumber') as supplier_invoice, s.name as supplier_name"
        " from entry e join voucher v on v.id = e.voucher_id"
        " left join supplier s on s.client = e.client and s.number = json_extract(v.header, '$._supplierNumber')"
        " where e.client = ? and (e.journal_number, e.entry_number) > (?, ?) and e.value_date >= ? and e.value_date <= ?"
        " and v.posted_at <= ? order by e.journal_number, e.entry_number limit ?",
        call.client.id, *place, first or "", last or "9999",
        call.books.now.timestamp() - float(call.client.config["readBackLagSeconds"]), limit + 1,
    )  # fmt: skip
    found = [_row(call, row) for row in rows[:limit]]
    cursor = query["after"]
    if found:
        position = f"j{found[-1]['journalNumber']}.{found[-1]['entryNumber']}"
        cursor = base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")
    return Answer(value={"rows": found, "nextCursor": cursor, "hasMore": len(rows) > limit})


def _position(after: str | None) -> tuple[int, int]:
    if after is None:
        return 0, 0
    try:
        text = base64.b64decode(after + "=" * (-len(after) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        text = ""
    found = AFTER.fullmatch(text)
    if found is None:
        message = "`after` is unknown; start again without it."
        raise Refusal(400, "cursor_invalid", message, (Detail("after", "cursor_invalid", message),))
    return int(found[1]), int(found[2])


def _row(call: Call, row: Any) -> dict[str, Any]:
    documents = call.hub.store.rows(
        "select id from document where client = ? and journal_number = ? and voucher_number = ? order by id",
        call.client.id, row["journal_number"], row["voucher_number"],
    )  # fmt: skip
    reverses = [int(part) for part in row["reverses"].split(".")] if row["reverses"] else None
    return {
        "journalNumber": row["journal_number"],
        "entryNumber": row["entry_number"],
        "accountNumber": row["account"],
        "voucherNumber": row["voucher_number"],
        "voucherDate": row["voucher_date"],
        "valueDate": row["value_date"],
        "voucherType": row["type"],
        "text": row["text"],
        "currency": row["currency"],
        "exchangeRate": row["rate"],
        "currencyAmount": shown(row["currency_amount"] + row["vat_currency_amount"]),
        "netAmount": shown(row["amount"]),
        "vatAmount": shown(row["vat_amount"]),
        "grossAmount": shown(row["amount"] + row["vat_amount"]),
        "vatCode": row["vat_code"],
        "quantity": None,
        "supplierNumber": row["supplier_number"],
        "supplierName": row["supplier_name"],
        "supplierInvoiceNumber": row["supplier_invoice"],
        "orgUnits": json.loads(row["org_units"]),
        "documentIds": [str(document["id"]) for document in documents],
        "reverses": reverses and {"journalNumber": reverses[0], "entryNumber": reverses[1]},
    }


def get_document(call: Call) -> Answer:
    """Return the content of a document."""
    number = call.path("documentId")
    row = None
    if number.isascii() and number.isdigit() and len(number) <= 18:
        row = call.hub.store.row("select * from document where client = ? and id = ?", call.client.id, int(number))
    if row is None:
        raise not_found("document_unknown", f"Document {number[:60]} does not exist.")
    plain = re.sub(r'[^ -~]|["\\]', "_", row["file_name"])
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(row['file_name'])}"
    return Answer(content=row["content"], media_type=row["content_type"], headers={"Content-Disposition": disposition})


async def add_document(call: Call) -> Answer:
    """Attach a document to a posted voucher, if the client supports it."""
    if not call.client.config["capabilities"]["attachments"]:
        raise invalid_as("attachments_not_supported", "The profile says attachments false.")
    number = query_integer(call.path("voucherNumber"), "voucherNumber", 1, LARGEST_INTEGER)
    upload, texts = await _form(call)
    content = await upload.read()
    limit = call.client.config["limits"]["maxDocumentBytes"]
    if len(content) > limit:
        raise Refusal(413, "document_too_large", f"The limit is {limit} bytes.")
    media = (upload.content_type or "").partition(";")[0].strip().lower()
    if media not in MEDIA_TYPES:
        message = f"Media type {media[:60] or 'none'} is not taken."
        raise Refusal(
            422, "document_type_not_allowed", message, (Detail("file", "document_type_not_allowed", message),)
        )
    store = call.hub.store
    with store.transaction() as connection:
        voucher = store.row(
            "select journal_number from voucher where client = ? and voucher_number = ? and external_id = ?",
            call.client.id, number, texts["externalId"],
        )  # fmt: skip
        if voucher is None:
            raise not_found("voucher_unknown", f"No posted voucher {number} with externalId {texts['externalId']}.")
        existing = store.row(
            "select * from document where client = ? and external_document_id = ?",
            call.client.id, texts["externalDocumentId"],
        )  # fmt: skip
        if existing is None:
            connection.execute(
                "insert into document values (null, ?, ?, ?, ?, ?, ?, ?)",
                (
                    call.client.id, voucher["journal_number"], number, texts["externalDocumentId"],
                    upload.filename or "document", media, content,
                ),
            )  # fmt: skip
        row = store.row(
            "select *, length(content) as size from document where client = ? and external_document_id = ?",
            call.client.id, texts["externalDocumentId"],
        )  # fmt: skip
    if row is None:
        raise LookupError(texts["externalDocumentId"])
    value = {
        "id": str(row["id"]),
        "fileName": row["file_name"],
        "contentType": row["content_type"],
        "size": row["size"],
    }
    return Answer(201 if existing is None else 200, value)


def invalid_as(code: str, message: str) -> Refusal:
    """Build a 422 whose outer code is that of its only fault."""
    return Refusal(422, code, message, (Detail("", code, message),))


async def _form(call: Call) -> tuple[UploadFile, dict[str, str]]:
    async def stream() -> Any:
        yield call.body

    try:
        form = await MultiPartParser(call.request.headers, stream()).parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise malformed("The body is not multipart/form-data.") from error
    details = [
        Detail(name[:60], "field_not_allowed", f"Unknown field {name[:60]}.")
        for name in form
        if name not in ("file", "externalId", "externalDocumentId")
    ]
    upload = form.get("file")
    if not isinstance(upload, UploadFile):
        details.append(Detail("file", "field_required", "file is missing."))
    texts = {}
    for name in ("externalId", "externalDocumentId"):
        value = form.get(name)
        if not isinstance(value, str) or not 1 <= len(value) <= 50:
            details.append(Detail(name, "field_required", f"{name} must be a text of 1 to 50 characters."))
        else:
            texts[name] = value
    if details or not isinstance(upload, UploadFile):
        raise invalid(*details)
    return upload, texts
