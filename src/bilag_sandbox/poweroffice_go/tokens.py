"""The token: client credentials, the keys as user name and password."""

import base64
import binascii
from urllib.parse import parse_qs

from bilag_sandbox.poweroffice_go.call import Answer, Call
from bilag_sandbox.poweroffice_go.refusals import Refusal

FORM = "application/x-www-form-urlencoded"


def create_token(call: Call) -> Answer:
    """Give a token to an integration that has both keys of a client."""
    if call.media_type() != FORM:
        raise _refused("invalid_request", f"The content type must be {FORM}.")
    try:
        form = parse_qs(call.body.decode("ascii"), strict_parsing=bool(call.body))
    except ValueError as error:
        raise _refused("invalid_request", "The body cannot be read.") from error
    if set(form) - {"grant_type", "scope"}:
        raise _refused("invalid_request", "The body has parameters that are not known.")
    if form.get("grant_type") != ["client_credentials"]:
        raise _refused("unsupported_grant_type", "Only client_credentials is supported.")
    scheme, _, text = call.request.headers.get("authorization", "").partition(" ")
    try:
        keys = base64.b64decode(text.strip(), validate=True).decode("utf-8") if scheme.lower() == "basic" else ""
    except (binascii.Error, ValueError):
        keys = ""
    application_key, _, client_key = keys.partition(":")
    token = call.go.new_token(application_key, client_key)
    body = {"access_token": token, "token_type": "Bearer", "expires_in": call.go.settings["tokenSeconds"]}
    return Answer(value=body, headers={"Cache-Control": "no-store"})


def _refused(error: str, description: str) -> Refusal:
    return Refusal(400, gateway={"error": error, "error_description": description})
