"""Activities (projectExtensions) and project expenses, as the client creates them.

Duplicates are accepted, as by Moment: two activities of one name, or one external key twice, are the client's concern.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from bilag_sandbox.moment.attachments import attach
from bilag_sandbox.moment.call import Answer, Call
from bilag_sandbox.moment.records import Record
from bilag_sandbox.moment.refusals import Refusal, invalid, wrong
from bilag_sandbox.sample import rounded

EXPENSE_TYPES = ("actual", "planned")
LONGEST_KEY = 100
FORM_ROOM_BYTES = 64 * 1024
_CURRENCY = re.compile(r"[A-Z]{3}")
_WHOLE, _NUMBER, _TEXT, _FLAG = "a whole number", "a number", "a text", "true or false"
INPUT: dict[str, tuple[str, bool]] = {
    "projectId": (_WHOLE, False),
    "projectExtensionId": (_WHOLE, False),
    "title": (_TEXT, False),
    "description": (_TEXT, True),
    "date": (_TEXT, False),
    "quantity": (_NUMBER, False),
    "unitPrice": (_NUMBER, False),
    "currency": (_TEXT, False),
    "netAmount": (_NUMBER, False),
    "vatAmount": (_NUMBER, False),
    "grossAmount": (_NUMBER, False),
    "financialAccountId": (_WHOLE, True),
    "accountNumber": (_TEXT, True),
    "supplierName": (_TEXT, True),
    "supplierInvoiceNumber": (_TEXT, True),
    "userAccountId": (_WHOLE, True),
    "billable": (_FLAG, False),
    "expenseType": (_TEXT, False),
    "invoicedState": (_TEXT, False),
    "externalKey": (_TEXT, False),
}
"""Each field's type, and whether null is accepted."""
REQUIRED = (
    "projectId", "projectExtensionId", "title", "date", "quantity", "unitPrice", "currency", "billable", "externalKey",
)  # fmt: skip


def _is(kind: str, value: Any) -> bool:
    match kind:
        case "a whole number":
            return type(value) is int
        case "a number":
            return type(value) is int or isinstance(value, Decimal)
        case "a text":
            return isinstance(value, str)
        case _:
            return isinstance(value, bool)


def _typed(body: Any, fields: Mapping[str, tuple[str, bool]], required: tuple[str, ...]) -> dict[str, Any]:
    """Return the known fields of a body; unknown ones are ignored.

    Raises 400 for a wrong type, 422 for a missing field.
    """
    if not isinstance(body, dict):
        raise wrong("body", "an object is expected")
    for name, (kind, nullable) in fields.items():
        if name in body and not _is(kind, body[name]) and not (nullable and body[name] is None):
            raise wrong(name, f"{kind} is expected")
    for name in required:
        if name not in body:
            raise invalid(name, "Required")
    return {name: body[name] for name in fields if name in body}


def _known(call: Call, entity: str, field: str, number: int) -> Record:
    found = call.company.records.find(entity, number)
    if found is None:
        raise invalid(field, f"Unknown {field.removesuffix('Id')}")
    return found


async def create_activity(call: Call) -> Answer:
    """Create an activity in a project; without a price model it gets the project's first."""
    fields = {
        "projectId": (_WHOLE, False),
        "name": (_TEXT, False),
        "projectExtensionState": (_TEXT, False),
        "priceModelId": (_WHOLE, True),
    }
    given = _typed(await call.body(), fields, ("projectId", "name"))
    project = _known(call, "projects", "projectId", given["projectId"])
    if not given["name"].strip():
        raise invalid("name", "Required")
    models = [model["id"] for model in project.body.get("priceModels") or ()]
    model = given.get("priceModelId")
    if model is not None and model not in models:
        raise invalid("priceModelId", "Unknown priceModel")
    body = {
        "name": given["name"],
        "projectId": project.id,
        "projectExtensionState": given.get("projectExtensionState", "inProgress"),
        "priceModelId": model if model is not None else next(iter(models), None),
    }
    return Answer(call.company.records.add("projectExtensions", body).body, 201)


async def create_expense(call: Call) -> Answer:
    """Create an expense on an activity of a project."""
    given = _typed(await call.body(), INPUT, REQUIRED)
    _check_expense(call, given)
    net = given.get("netAmount")
    body = dict.fromkeys(INPUT) | {
        "netAmount": net if net is not None else rounded(Decimal(given["quantity"]) * given["unitPrice"]),
        "vatAmount": Decimal("0.00"),
        "expenseType": "actual",
        "invoicedState": "notApprovedForInvoicing",
        "attachments": [],
    }
    body |= given
    if "grossAmount" not in given:
        body["grossAmount"] = body["netAmount"] + body["vatAmount"]
    return Answer(call.company.records.add("projectExpenses", body).body, 201)


def _check_expense(call: Call, given: dict[str, Any]) -> None:
    project = _known(call, "projects", "projectId", given["projectId"])
    activity = _known(call, "projectExtensions", "projectExtensionId", given["projectExtensionId"])
    if activity.body["projectId"] != project.id:
        raise invalid("projectExtensionId", "The activity belongs to another project")
    for field, entity in (("userAccountId", "userAccounts"), ("financialAccountId", "financialAccounts")):
        if given.get(field) is not None:
            _known(call, entity, field, given[field])
    if not given["title"].strip():
        raise invalid("title", "Required")
    try:
        date.fromisoformat(given["date"])
    except ValueError as error:
        raise invalid("date", "A date such as 2026-05-11 is expected") from error
    if not _CURRENCY.fullmatch(given["currency"]):
        raise invalid("currency", "A currency code is expected")
    if not 0 < len(given["externalKey"]) <= LONGEST_KEY:
        raise invalid("externalKey", f"1 to {LONGEST_KEY} characters are expected")
    if given.get("expenseType", "actual") not in EXPENSE_TYPES:
        raise invalid("expenseType", f"One of {', '.join(EXPENSE_TYPES)} is expected")


async def add_expense_attachment(call: Call) -> Answer:
    """Store an uploaded file with an expense. Uploading it twice stores it twice."""
    record = call.company.records.get("projectExpenses", call.id())
    limit = call.company.settings["maxAttachmentBytes"]
    media = call.request.headers.get("content-type", "")
    if not media.lower().startswith("multipart/form-data"):
        raise wrong("body", "multipart/form-data is expected")
    if int(call.request.headers.get("content-length", "0") or 0) > limit + FORM_ROOM_BYTES:
        raise Refusal(413, "File too large")
    try:
        async with call.request.form(max_files=1, max_fields=10, max_part_size=limit) as form:
            upload = form.get("file")
            if not isinstance(upload, UploadFile):
                raise invalid("file", "Required")
            content = await upload.read()
            name, content_type = upload.filename or "file", upload.content_type or "application/octet-stream"
    except (HTTPException, MultiPartException) as error:
        raise wrong("body", "the form cannot be read") from error
    if len(content) > limit:
        raise Refusal(413, "File too large")
    with call.company.store.transaction():
        record = call.company.records.get("projectExpenses", record.id)
        _, shown = attach(call.company.records, record, name, content_type, content, touch=True)
    return Answer(shown, 201)
