"""Tryton: an open-source ledger, reached over its REST API (version 8.0 and later).

Tryton is GPL software and runs as its own program: this folder knows its wire and imports nothing of it.
"""

from bilag.platforms.base import PlatformKind, PlatformStep, PostingWay, Said
from bilag.platforms.tryton.platform import TrytonPlatform
from bilag.platforms.tryton.setup import FIELDS, ledger_key, validate

PLATFORM = PlatformKind(
    name="tryton",
    label="Tryton",
    fields=FIELDS,
    open=TrytonPlatform,
    validate=validate,
    ledger_key=ledger_key,
    fields_of_steps={PlatformStep.SIGNED_IN: "application_key", PlatformStep.CLIENT_FOUND: "company"},
    ways=(
        PostingWay(
            TrytonPlatform.capabilities,
            Said(
                "Every test run posts the conformance kit to a real Tryton 8 over its REST API.",
                "Hver testkjøring bokfører hele kontrollsettet i en ekte Tryton 8 over REST-API-et.",
            ),
        ),
    ),
)
