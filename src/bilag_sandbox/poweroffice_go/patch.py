"""JSON Patch (RFC 6902) on an object of the API. Paths name its fields in any case."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from bilag_sandbox.poweroffice_go.bodies import read_value
from bilag_sandbox.poweroffice_go.refusals import Faults, bad_request
from bilag_sandbox.poweroffice_go.shapes import SHAPES, Shape

VALUED = ("add", "replace", "test")
MOVING = ("move", "copy")


def apply_patch(record: Mapping[str, Any], operations: Any, shape: Shape, title: str) -> dict[str, Any]:
    """Return the record after all operations; if one is refused, none is applied. Raises 400."""
    changed = deepcopy(dict(record))
    name = shape.name.replace("PostDto", "PatchDto")
    if not isinstance(operations, list) or not operations:
        raise bad_request(title, "A JSON Patch is an array of operations.")
    for operation in operations:
        if not isinstance(operation, Mapping) or set(operation) - {"op", "path", "value", "from"}:
            raise bad_request(title, "An operation of a JSON Patch has op, path, value and from.")
        kind = operation.get("op")
        target, field, of = _place(changed, operation.get("path"), shape, title, name)
        if kind in MOVING:
            source, source_field, _shape = _place(changed, operation.get("from"), shape, title, name)
            target[field] = _checked(source.get(source_field), of.fields[field], field, title)
            if kind == "move":
                source[source_field] = None
        elif kind == "remove":
            target[field] = None
        elif kind in VALUED and "value" in operation:
            value = _checked(operation["value"], of.fields[field], field, title)
            if kind == "test":
                if target.get(field) != value:
                    detail = f"{name}: The current value '{target.get(field)}' at path '{field}' is not equal to the test value."
                    raise bad_request(title, detail)
            else:
                target[field] = value
        else:
            raise bad_request(title, f"{name}: The operation '{str(kind)[:20]}' is not a valid JSON Patch operation.")
    return changed


def _checked(value: Any, kind: str, field: str, title: str) -> Any:
    faults = Faults(title)
    found = read_value(value, kind if kind.endswith("?") else f"{kind}?", field, faults)
    faults.refuse()
    return found


def _place(record: dict[str, Any], path: Any, shape: Shape, title: str, name: str) -> tuple[dict[str, Any], str, Shape]:
    """Find the object and the field that a path names."""
    parts = path[1:].split("/") if isinstance(path, str) and path.startswith("/") else [str(path)[:60]]
    target = record
    for depth, part in enumerate(parts):
        fields = {field.lower(): field for field in shape.fields}
        found = fields.get(part.lower())
        if found is None:
            detail = f"{name}: The target location specified by path segment '{part.lower()[:60]}' was not found."
            raise bad_request(title, detail)
        if depth == len(parts) - 1:
            return target, found, shape
        kind = shape.fields[found]
        if not kind.startswith("{") or "[" in kind:
            raise bad_request(title, f"{name}: The path segment '{found}' has no members.")
        shape = SHAPES[kind.strip("{}?")]
        if not isinstance(target.get(found), dict):
            target[found] = {}
        target = target[found]
    raise LookupError(path)
