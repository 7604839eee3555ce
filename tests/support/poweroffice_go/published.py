"""The published OpenAPI file of PowerOffice Go, read from ../shared, with a small overlay whose every entry has its reason."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.support.paths import SHARED

FOLDER = SHARED / "specs" / "poweroffice-go-v2"
SLICE = FOLDER / "openapi-slice.json"
TOKEN_FILE = FOLDER / "auth-token-openapi.json"
INVOICE_JOURNALS = "/Vouchers/OutgoingInvoiceJournals"
METHODS = ("get", "post", "put", "patch", "delete")
NOT_GIVEN = ("Id", "CreatedDateTimeOffset", "VoucherNo", "IsReversed")
ABSENT = f"{FOLDER} is not here"

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of the published file: its name, why it is needed, and the change."""

    name: str
    reason: str
    change: Callable[[Document], None]


def _any_value(document: Document) -> None:
    schema = document["components"]["schemas"]["Operation"]["properties"]["value"]
    assert schema["type"] == "object", "the published file has changed: this entry may no longer be needed"
    document["components"]["schemas"]["Operation"]["properties"]["value"] = {}


def _invoice_post(document: Document) -> None:
    path = document["paths"][f"{INVOICE_JOURNALS}/{{id}}"]
    assert INVOICE_JOURNALS not in document["paths"], (
        "the published file has changed: this entry may no longer be needed"
    )
    schemas = document["components"]["schemas"]
    body = deepcopy(schemas["OutgoingInvoiceVoucherDto"])
    for name in NOT_GIVEN:
        del body["properties"][name]
    body["required"] = ["InvoiceNo", "VoucherDate", "CustomerAccountId", "CurrencyAmount", "OutgoingInvoiceLines"]
    schemas["OutgoingInvoiceVoucherPostDto"] = body
    responses = deepcopy(path["get"]["responses"])
    responses["201"] = responses.pop("200")
    responses["400"] = deepcopy(document["paths"]["/Vouchers/ManualJournals"]["post"]["responses"]["400"])
    document["paths"][INVOICE_JOURNALS] = {
        "post": {
            "description": "ASSUMED",
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/OutgoingInvoiceVoucherPostDto"}}
                },
            },
            "responses": responses,
        }
    }


OVERLAY = (
    Entry(
        "Operation.value has any type",
        "The file says that the value of a JSON Patch operation is an object, and its own examples give texts and lists.",
        _any_value,
    ),
    Entry(
        "POST /Vouchers/OutgoingInvoiceJournals, assumed",
        "The text of GET says that integrations create these by POST; the file has no such path. The body is the published "
        "object less what Go gives (ids, numbers, times, IsReversed), with what its text calls required.",
        _invoice_post,
    ),
)


@cache
def published() -> Document:
    """The file as it is published."""
    document: Document = json.loads(SLICE.read_text())
    return document


@cache
def judged() -> Document:
    """The file with the overlay."""
    document = deepcopy(published())
    for entry in OVERLAY:
        entry.change(document)
    return document


@cache
def token_document() -> Document:
    """The file of the token."""
    document: Document = json.loads(TOKEN_FILE.read_text())
    return document


def operation_of(document: Document, path: str, method: str) -> tuple[str, dict[str, Any]] | None:
    """The path template and the operation of a request, None if the file has none. Fixed paths come first."""
    asked = path.strip("/").split("/")
    for template in sorted(document["paths"], key=lambda one: one.count("{")):
        parts = template.strip("/").split("/")
        fits = len(parts) == len(asked) and all(
            part.startswith("{") or part == given for part, given in zip(parts, asked, strict=True)
        )
        if fits and method.lower() in document["paths"][template]:
            return template, document["paths"][template][method.lower()]
    return None


def query_names(document: Document, operation: dict[str, Any]) -> set[str]:
    """The names of an operation's query parameters, an object's members each by its own."""
    names: set[str] = set()
    for parameter in operation.get("parameters", []):
        if parameter["in"] != "query":
            continue
        reference = parameter["schema"].get("$ref", "").rsplit("/", 1)[-1]
        members = document["components"]["schemas"].get(reference, {}).get("properties")
        if members:
            names |= {name for name, schema in members.items() if not schema.get("readOnly")}
        else:
            names.add(parameter["name"])
    return names
