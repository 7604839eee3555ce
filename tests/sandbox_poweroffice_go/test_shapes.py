"""The stand-in's own tables against the published file: fields, types, query parameters, roles."""

import re
from typing import Any

import pytest

from bilag_sandbox.poweroffice_go.api import OPERATIONS
from bilag_sandbox.poweroffice_go.call import RESOURCE
from bilag_sandbox.poweroffice_go.shapes import ENUMS, SHAPES
from tests.support.poweroffice_go.published import (
    ABSENT,
    OVERLAY,
    SLICE,
    TOKEN_FILE,
    judged,
    operation_of,
    published,
    query_names,
)

pytestmark = pytest.mark.skipif(not SLICE.exists() or not TOKEN_FILE.exists(), reason=ABSENT)
RENAMED = {"AccrualBase": "AccrualBase_1"}
ASSUMED = "OutgoingInvoiceVoucherPostDto"


def schema_of(name: str) -> dict[str, Any]:
    schemas = judged()["components"]["schemas"]
    return dict(schemas[RENAMED.get(name, name)])


def kind_of(schema: dict[str, Any]) -> str:
    """The type of a published property, as `shapes` writes it."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        found = schema_of(name)
        if "enum" in found:
            return f"{name}?" if found.get("nullable") else name
        return f"{{{name.removesuffix('_1')}}}"
    null = "?" if schema.get("nullable") else ""
    if schema["type"] == "array":
        return f"{kind_of(schema['items'])}[]{null}"
    form = schema.get("format")
    if schema["type"] == "string":
        return (form or f"text{schema.get('maxLength', '')}") + null
    if schema["type"] == "integer":
        return form + (f"[{schema['minimum']}-{schema['maximum']}]" if "minimum" in schema else "") + null
    return {"number": "double", "boolean": "bool"}[schema["type"]] + null


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_the_published_object(name: str) -> None:
    schema = schema_of(name)
    assert schema["additionalProperties"] is False
    assert SHAPES[name].fields == {field: kind_of(one) for field, one in schema["properties"].items()}
    assert sorted(SHAPES[name].required) == sorted(schema.get("required", []))


@pytest.mark.parametrize("name", ENUMS)
def test_the_texts_of_an_enumeration_are_the_published_ones(name: str) -> None:
    assert schema_of(name)["enum"] == ENUMS[name]


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.name)
def test_an_operation_has_the_published_path_query_and_roles(one: Any) -> None:
    found = operation_of(judged(), one.path, one.method)
    assert found is not None
    path, operation = found
    assert path == one.path
    assert set(one.parameters()) == query_names(judged(), operation)
    if operation.get("description") == "ASSUMED":
        return
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "query" and parameter["name"] != "resourceParameter":
            kind, required = one.parameters()[parameter["name"]]
            assert (kind, required) == (kind_of(parameter["schema"]), bool(parameter.get("required")))
    words = re.sub(r"\s+", " ", operation.get("summary", "") + operation.get("description", ""))
    roles = re.search(r"Auth roles: ([\w,]+)\)", words)
    assert one.roles == (tuple(roles[1].split(",")) if roles else ())


def test_paging_is_the_published_one() -> None:
    members = published()["components"]["schemas"]["ResourceParameters"]["properties"]
    assert set(RESOURCE) == {name for name, one in members.items() if not one.get("readOnly")}
    assert "5000 by default" in members["PageSize"]["description"]
    assert "20 000 by default" in members["MaxPageSize"]["description"]


def test_each_entry_of_the_overlay_says_why_and_is_still_needed() -> None:
    assert len({entry.name for entry in OVERLAY}) == len(OVERLAY) == 2
    assert all(len(entry.reason) > 60 for entry in OVERLAY)
    untouched = set(published()["paths"]) ^ set(judged()["paths"])
    assert untouched == {"/Vouchers/OutgoingInvoiceJournals"}
    schemas = published()["components"]["schemas"]
    changed = {name for name, one in judged()["components"]["schemas"].items() if schemas.get(name) != one}
    assert changed == {"Operation", ASSUMED}
