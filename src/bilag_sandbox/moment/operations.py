"""The contract's operations on lists, single objects, export status and attachments."""

from typing import Any

from bilag_sandbox.moment import exact
from bilag_sandbox.moment.attachments import content_of
from bilag_sandbox.moment.call import Answer, Call, Operation
from bilag_sandbox.moment.company import CHANGED, Company
from bilag_sandbox.moment.entities import ENTITIES, EXPORT_STATUSES
from bilag_sandbox.moment.lists import answer_list, fields_from, selection_from
from bilag_sandbox.moment.records import Record
from bilag_sandbox.moment.refusals import conflict, invalid, not_found, wrong

NOT_INCLUDABLE = ("projectStates",)


def list_of(name: str) -> Operation:
    """Return the operation that lists objects of one kind."""

    def operation(call: Call) -> Answer:
        chosen = selection_from(call.company, ENTITIES[name], call.request.query_params, own_filters=True)
        return Answer(text=answer_list(call.company, chosen))

    return operation


def one_of(name: str) -> Operation:
    """Return the operation that fetches one object."""

    def operation(call: Call) -> Answer:
        row = call.company.store.row("select body from object where entity = ? and id = ?", name, call.id())
        if row is None:
            raise not_found()
        return Answer(text=row["body"])

    return operation


def list_with_fields(call: Call) -> Answer:
    """List objects with chosen fields only. Accepts the parameters common to all lists and no others (contract)."""
    entity = ENTITIES.get(call.path("entity"))
    if entity is None or entity.name in NOT_INCLUDABLE:
        raise not_found()
    fields = fields_from(entity, call.path("fields"))
    chosen = selection_from(call.company, entity, call.request.query_params, own_filters=False)
    return Answer(text=answer_list(call.company, chosen, fields))


async def patch_invoice(call: Call) -> Answer:
    """Set the export status. Idempotent; a stale version gives 409."""
    number = call.id()
    body = await call.body()
    if not isinstance(body, dict):
        raise wrong("body", "an object is expected")
    for name in body:
        if name not in ("exportStatus", "version"):
            raise wrong(name[:60], "Unknown field")
    version = body.get("version")
    if "version" in body and type(version) is not int:
        raise wrong("version", "a whole number is expected")
    if not isinstance(body.get("exportStatus"), str):
        raise wrong("exportStatus", "a text is expected")
    with call.company.store.transaction():
        record = call.company.records.get("invoices", number)
        if version is not None and version != record.version:
            raise conflict()
        changed = with_export_status(call.company, record, body["exportStatus"])
    if changed is not record and call.company.settings["exportStatusEvents"]:
        call.company.notify(changed, CHANGED)
    return Answer(text=exact.dumps(changed.body))


def with_export_status(company: Company, record: Record, status: Any) -> Record:
    """Return the invoice with this status; the same record if unchanged. Raises 422."""
    if status not in EXPORT_STATUSES:
        raise invalid("exportStatus", f"one of {', '.join(EXPORT_STATUSES)} is expected")
    if record.body["exportStatus"] == status:
        return record
    return company.records.change(record, {"exportStatus": status})


def get_attachment(call: Call) -> Answer:
    """Return the content of an invoice's attachment."""
    found = content_of(call.company.store, "invoices", call.id(), call.id("attachmentId"))
    if found is None:
        raise not_found()
    media_type, content = found
    if media_type != "application/pdf":
        media_type = "application/octet-stream"
    return Answer(content=content, media_type=media_type)
