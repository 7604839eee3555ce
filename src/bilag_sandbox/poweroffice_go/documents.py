"""The documents of vouchers: one PDF from an integration, or an accountant's files; all in one zip file."""

import io
import zipfile
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from bilag_sandbox.poweroffice_go.call import MAX_DOCUMENT_BYTES, Answer, Call, listed
from bilag_sandbox.poweroffice_go.go import Client, Go
from bilag_sandbox.poweroffice_go.refusals import NOT_FOUND, bad_request

TITLE = "Voucher documentation validation error(s)"
PDF, IMAGES, EHF = "Pdf", "Images", "Ehf"
KINDS = {"application/pdf": PDF, "application/xml": EHF, "text/xml": EHF}
EPOCH = (1980, 1, 1, 0, 0, 0)


def kind_of(media_type: str) -> str:
    """Return the kind of documentation of a media type."""
    return KINDS.get(media_type, IMAGES)


def add_document(go: Go, client: Client, voucher: str, kind: str, name: str, content: bytes) -> None:
    """Store a document of a voucher."""
    with go.store.transaction() as connection:
        connection.execute(
            "insert into document values (null, ?, ?, ?, ?, ?)", (client.id, voucher, kind, name, content)
        )


def documents_of(go: Go, client: Client, voucher: str) -> list[Any]:
    """Return the documents of a voucher, in order."""
    return go.store.rows("select * from document where client = ? and voucher = ? order by id", client.id, voucher)


def list_documentation(call: Call) -> Answer:
    """Say which kinds of documents vouchers have."""
    where, values = ["client = ?"], [call.client.id]
    for name, column in (("id", "id"), ("voucherNo", "number")):
        if call.query.get(name) is not None:
            where.append(f"{column} = ?")
            values.append(str(call.query[name]).lower() if name == "id" else call.query[name])
    rows = call.go.store.rows(
        f"select * from voucher where {' and '.join(where)} order by number",  # noqa: S608 - fixed texts
        *values,
    )
    found = []
    for row in rows:
        kinds = {document["kind"] for document in documents_of(call.go, call.client, row["id"])}
        found.append(
            {
                "VoucherId": row["id"],
                "VoucherNo": row["number"],
                "VoucherType": row["type"],
                "HasPdf": PDF in kinds,
                "HasImages": IMAGES in kinds,
                "HasEhf": EHF in kinds,
                "HasSalesOrderAttachments": False,
                "IsImported": bool(row["imported"]),
            }
        )
    return listed(call, found)


def download(call: Call) -> Answer:
    """Return a voucher's documents as one zip file: 204 if it has none."""
    wanted = call.query.get("documentationType") or "All"
    _voucher(call)
    rows = documents_of(call.go, call.client, call.query["id"].lower())
    chosen = [row for row in rows if wanted in ("All", row["kind"])]
    if not chosen:
        return Answer(204)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, row in enumerate(chosen, start=1):
            taken = row["name"] in archive.namelist()
            name = f"{place}-{row['name']}" if taken else row["name"]
            archive.writestr(zipfile.ZipInfo(name, EPOCH), row["content"], zipfile.ZIP_DEFLATED)
    headers = {"Content-Disposition": f'attachment; filename="{call.query["id"]}.zip"'}
    return Answer(content=file.getvalue(), media_type="application/zip", headers=headers)


def _voucher(call: Call) -> Any:
    key = call.query["id"].lower()
    row = call.go.store.row("select * from voucher where client = ? and id = ?", call.client.id, key)
    if row is None:
        raise bad_request(NOT_FOUND, f"Voucher with id = {key} not found.")
    return row


async def put_document(call: Call) -> Answer:
    """Replace the document of a voucher that an integration posted; PDF, at most 30 MB."""
    row = _voucher(call)
    if not row["imported"]:
        detail = (
            f"Voucher with id = {row['id']} was not imported: documentation can only be added to imported vouchers."
        )
        raise bad_request(TITLE, detail)
    content, name = await _upload(call)
    with call.go.store.transaction() as connection:
        connection.execute(
            "delete from document where client = ? and voucher = ? and kind = ?", (call.client.id, row["id"], PDF)
        )
        add_document(call.go, call.client, row["id"], PDF, name, content)
    return Answer(204)


async def _upload(call: Call) -> tuple[bytes, str]:
    if call.media_type() != "multipart/form-data":
        raise bad_request(TITLE, "The body must be multipart/form-data.")
    upload = await _form(call)
    content = await upload.read()
    if len(content) > MAX_DOCUMENT_BYTES:
        raise bad_request(TITLE, "The file is larger than 30 MB.")
    if not content.startswith(b"%PDF-"):
        raise bad_request(TITLE, "Only PDF files can be imported.")
    return content, upload.filename or "document.pdf"


async def _form(call: Call) -> UploadFile:
    async def stream() -> Any:
        yield call.body

    try:
        form = await MultiPartParser(call.request.headers, stream()).parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise bad_request(TITLE, "The body is not multipart/form-data.") from error
    unknown = [name for name in form if name != "file"]
    upload = form.get("file")
    if unknown or not isinstance(upload, UploadFile) or len(form.getlist("file")) != 1:
        raise bad_request(TITLE, "The form has one part, file.")
    return upload
