"""PowerOffice Go: a Norwegian accounting system, reached over its own published API, version 2.

Vouchers are posted in one of two ways, by what the client allows: see `ways.py`.
"""

from bilag.platforms.base import PlatformKind, PlatformStep
from bilag.platforms.poweroffice_go.platform import PowerOfficeGoPlatform
from bilag.platforms.poweroffice_go.setup import FIELDS, INSTALLATION_FIELDS, ledger_key, validate
from bilag.platforms.poweroffice_go.spoken import SPOKEN
from bilag.platforms.poweroffice_go.ways import WAYS

PLATFORM = PlatformKind(
    name="poweroffice_go",
    label="PowerOffice Go",
    fields=FIELDS,
    installation_fields=INSTALLATION_FIELDS,
    open=PowerOfficeGoPlatform,
    validate=validate,
    ledger_key=ledger_key,
    fields_of_steps={PlatformStep.SIGNED_IN: "client_key", PlatformStep.CLIENT_FOUND: "client_key"},
    ways=WAYS,
    spoken=SPOKEN,
)
