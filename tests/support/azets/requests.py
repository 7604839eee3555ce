"""Checks each request to the hub against the published contract: path, query and body."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from bilag.wire.recording import Exchange


class Requests:
    """The contract's operations, held against what was sent."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        resource = Resource(contents=document, specification=DRAFT202012)  # type: ignore[call-arg]
        self.registry: Registry[Any] = Registry().with_resource("urn:hub", resource)
        self.paths = {
            path: re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$") for path in document["paths"]
        }

    def check(self, exchange: Exchange) -> str:
        """The operationId of a request; fails where it is not as described."""
        parts = urlsplit("/" + exchange.path)
        path = min((p for p, form in self.paths.items() if form.match(parts.path)), key=lambda found: found.count("{"))
        described = self.document["paths"][path]
        operation = described[exchange.method.lower()]
        known = {self._resolved(one)["name"]: self._resolved(one) for one in operation.get("parameters", [])}
        for name, values in parse_qs(parts.query).items():
            assert name in known, f"{name} is no parameter of {path}"
            schema = self._resolved(known[name]["schema"])
            value = int(values[0]) if schema.get("type") == "integer" else values[0]
            self._validator(schema).validate(value)
        body = operation.get("requestBody")
        if body is None:
            assert exchange.request is None
        else:
            [(media_type, described_body)] = body["content"].items()
            sent = exchange.request
            if media_type == "multipart/form-data":  # its content type stands in a header of the part
                sent = {name: value for name, value in sent.items() if name != "contentType"}
            self._validator(described_body["schema"]).validate(sent)
        return str(operation["operationId"])

    def _resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in part:
            return part
        found: Any = self.document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return dict(found)

    def _validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        absolute = yaml.safe_load(yaml.safe_dump(schema).replace("#/components", "urn:hub#/components"))
        return Draft202012Validator(absolute, registry=self.registry, format_checker=FormatChecker())
