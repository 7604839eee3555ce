"""Complete the OpenAPI document: ninja's routes, with scopes, headers, errors and examples."""

from typing import Any

from ninja.openapi.schema import OpenAPISchema

from bilag.api.examples import ANSWERS, REQUESTS
from bilag.api.problems import CONTENT_TYPE, TYPES
from bilag.api.schemas import ProblemDocument

ABOUT = """\
One company's accounting integration for programs. Each token belongs to one company, and is sent as
`Authorization: Bearer bilag_…`; an owner creates it on the company's page. The scope `write` includes `read`.

Lists go page by page: send `next` as `cursor` until it is null. Errors are `application/problem+json` (RFC 9457).
`Idempotency-Key` on POST and PUT makes it safe to send a request again whose answer was lost: for 24 hours the same
request with the same key is answered as before and not done again. Each token may send 600 requests a minute.

The messages of problems and the titles of events are in the language of `Accept-Language`: English or Norwegian (`nb`).
"""
WRITING = {
    "putSetup",
    "setLive",
    "confirmParties",
    "transferByHand",
    "retryTransfer",
    "confirmExchangeRate",
    "closePair",
    "retryTransfers",
    "pollMoment",
    "importExpenses",
    "decideOnExpense",
    "postAccruals",
}
ASKS_OTHERS = {
    *("putSetup", "checkSetup", "setLive", "confirmParties"),
    *("transferByHand", "closePair", "pollMoment", "previewInvoice"),
}
NAMES_ONE = {
    *("getTransfer", "retryTransfer", "confirmExchangeRate", "closePair", "previewInvoice"),
    *("getExpense", "decideOnExpense"),
}
REPLAYED = {"description": "true: answered as before, not done again.", "schema": {"type": "string"}}
KEY: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "A text of your own for this request, such as a UUID.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
    "example": "6f9d2c1e-5f0b-4a55-9d2b-0d6f0f4b7a11",
}
IF_MATCH: dict[str, Any] = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "The version of the setup that you have seen; 412 when it was changed meanwhile.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    "example": '"7"',
}


def described(schema: OpenAPISchema) -> OpenAPISchema:
    """Return the completed document."""
    components = schema["components"]
    components["schemas"]["Problem"] = _problem_schema(components["schemas"])
    components["responses"] = {str(status): _problem_response(status) for status in sorted(_statuses())}
    components["securitySchemes"] = {
        "Token": {"type": "http", "scheme": "bearer", "description": "A token of one company: bilag_…"}
    }
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            _complete(method, operation)
    return schema


def _statuses() -> set[int]:
    return {status for status, _, _ in TYPES.values()}


def _problem_schema(schemas: dict[str, Any]) -> dict[str, Any]:
    found = ProblemDocument.model_json_schema(by_alias=True, ref_template="#/components/schemas/{model}")
    schemas.update(found.pop("$defs", {}))
    return found


def _problem_response(status: int) -> dict[str, Any]:
    name, (_, title, remedy) = next((name, facts) for name, facts in TYPES.items() if facts[0] == status)
    titles = [title for code, title, _ in TYPES.values() if code == status]
    example = {"type": f"/api/docs#{name}", "title": title, "status": status, "detail": remedy}
    media = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    headers = {"Retry-After": {"schema": {"type": "integer"}}} if status in (429, 503) else {}
    return {"description": "; or: ".join(titles), "content": {CONTENT_TYPE: media}, "headers": headers}


def _complete(method: str, operation: dict[str, Any]) -> None:
    name, unsafe = operation["operationId"], method in ("post", "put")
    scope = "write" if name in WRITING else "read"
    operation["security"] = [{"Token": []}]
    operation["description"] = f"{operation.get('description', '').strip()}\n\nScope: `{scope}`."
    statuses = {401, 403, 422, 429, 500, 503} | ({400, 409, 413} if unsafe else set())
    if name in NAMES_ONE:
        statuses.add(404)
    if name in ASKS_OTHERS:
        statuses.add(409)
    if name == "putSetup":
        statuses.add(412)
        operation["parameters"].append(IF_MATCH)
    if unsafe:
        operation["parameters"].append(KEY)
    if name in REQUESTS:
        operation["requestBody"]["content"]["application/json"]["example"] = REQUESTS[name]
    for answer in operation["responses"].values():
        answer["content"]["application/json"]["example"] = ANSWERS[name]
        if unsafe:
            answer["headers"] = {"Idempotent-Replayed": REPLAYED}
    operation["responses"] |= {status: {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)}
