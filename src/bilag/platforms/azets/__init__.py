"""Azets: the integration hub in front of Visma Business, Visma Business NXT and PowerOffice Go.

The hub publishes no API. Its contract is our reconstruction (contracts/azets-hub.md), and only this folder knows it.
"""

from bilag.platforms.azets.platform import AzetsPlatform
from bilag.platforms.azets.setup import FIELDS, ledger_key, validate
from bilag.platforms.azets.spoken import SPOKEN
from bilag.platforms.base import PlatformKind, PlatformStep, PostingWay, Said

PLATFORM = PlatformKind(
    name="azets",
    label="Azets",
    fields=FIELDS,
    open=AzetsPlatform,
    validate=validate,
    ledger_key=ledger_key,
    unit_prefix="R",
    spoken=SPOKEN,
    helps={
        "expenses.report_name": Said(
            "Leave blank to use the standard report, unless Azets or Moment informs otherwise.",
            "Tomt felt: standardrapporten brukes. Fyll bare ut hvis Azets eller Moment har gitt beskjed om det.",
        ),
    },
    fields_of_steps={PlatformStep.SIGNED_IN: "username", PlatformStep.CLIENT_FOUND: "source_client_id"},
    ways=(
        PostingWay(
            AzetsPlatform.capabilities,
            Said(
                "Every test run posts the conformance kit to a stand-in, written after our description of the platform, with "
                "Visma Business and PowerOffice Go behind it. It has not been tried with Azets' own platform.",
                "Hver testkjøring bokfører hele kontrollsettet i en etterlikning, laget etter vår beskrivelse av plattformen, "
                "med Visma Business og PowerOffice Go bak. Den er ikke prøvd mot plattformen hos Azets.",
            ),
        ),
    ),
)
