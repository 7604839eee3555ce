"""The setup fields of PowerOffice Go: where its API is, and the keys that open one client there."""

import re
from collections.abc import Mapping

from bilag.platforms.addresses import clean_address
from bilag.platforms.base import FieldKind, Said, SetupField
from bilag.wire.http import canonical_host

PRODUCTION = "https://goapi.poweroffice.net/v2"
DEMO = "https://goapi.poweroffice.net/Demo/v2"
VERSION = "/v2"
_KEY = re.compile(r"[\x21-\x39\x3b-\x7e]{8,200}")
"""Visible ASCII without the colon, which separates the keys where Bilag signs in."""


def clean_base_url(text: str) -> tuple[str, str | None]:
    """Check the API's address; /v2 is added at its end if it is missing. See `clean_address`."""
    address, _ = clean_address(
        text,
        Said(
            f"Give the address of the API, such as {PRODUCTION}",
            f"Oppgi adressen til API-et, for eksempel {PRODUCTION}",
        ),
    )
    if address.lower().endswith(VERSION):
        return address[: -len(VERSION)] + VERSION, None
    return address + VERSION, Said("/v2 was added at the end", "/v2 er lagt til på slutten")


def clean_key(text: str) -> tuple[str, str | None]:
    """Strip a key. One with blanks or other characters that no key has was not copied whole."""
    key = text.strip()
    if _KEY.fullmatch(key) is None:
        raise ValueError(
            Said(
                "is not a key from PowerOffice. Copy the whole key again",
                "er ikke en nøkkel fra PowerOffice. Kopier hele nøkkelen på nytt",
            )
        )
    return key, None


def validate(_values: Mapping[str, str]) -> Mapping[str, str]:
    """Check the fields together; each has been checked alone."""
    return {}


def clean_client(text: str) -> tuple[str, str | None]:
    """Put the client's name on one line, without surrounding blanks."""
    return " ".join(text.split()), None


def same_client(given: str, found: str) -> bool:
    """Tell whether the name in the setup is the client's, whatever its capital letters and blanks."""
    return " ".join(given.split()).casefold() == " ".join(found.split()).casefold()


def ledger_key(values: Mapping[str, str]) -> str:
    """Return the name of a client's books: where the API is, and the client's name there. Its keys may be replaced."""
    address = values.get("base_url") or PRODUCTION
    environment = "demo:" if address.lower().endswith("/demo/v2") else ""
    client = " ".join(values["client"].split()).casefold()
    return f"poweroffice_go:{canonical_host(address)}:{environment}{client}"


FIELDS = (
    SetupField(
        "base_url",
        {"en": "Address of the PowerOffice Go API", "nb": "Adressen til API-et i PowerOffice Go"},
        {
            "en": f"Keep {PRODUCTION}, unless you test against PowerOffice's demo environment: {DEMO}.",
            "nb": f"Behold {PRODUCTION}, med mindre du tester mot demomiljøet til PowerOffice: {DEMO}.",
        },
        kind=FieldKind.URL,
        default=PRODUCTION,
        max_length=500,
        clean=clean_base_url,
        offered=lambda: PRODUCTION,
    ),
    SetupField(
        "client",
        {"en": "Client", "nb": "Klient"},
        {
            "en": "The name of the client, as PowerOffice Go shows it. Bilag posts nothing to a client with another name.",
            "nb": "Navnet på klienten, slik PowerOffice Go viser det. Bilag bokfører ingenting hos en klient med et annet navn.",
        },
        required=True,
        clean=clean_client,
    ),
    SetupField(
        "client_key",
        {"en": "Client key", "nb": "Klientnøkkel"},
        {
            "en": "In PowerOffice Go, open Settings, Extensions, Add extension. Select Bilag, and copy the client key.",
            "nb": "Åpne Innstillinger, Utvidelser, Legg til utvidelse i PowerOffice Go. Velg Bilag, og kopier klientnøkkelen.",
        },
        kind=FieldKind.SECRET,
        required=True,
        clean=clean_key,
    ),
)
INSTALLATION_FIELDS = (
    SetupField(
        "application_key",
        {"en": "Application key", "nb": "Applikasjonsnøkkel"},
        {
            "en": "PowerOffice gives it to whoever operates Bilag, when the integration is registered.",
            "nb": "PowerOffice gir den til den som drifter Bilag, når integrasjonen registreres.",
        },
        kind=FieldKind.SECRET,
        required=True,
        clean=clean_key,
    ),
    SetupField(
        "subscription_key",
        {"en": "Subscription key", "nb": "Abonnementsnøkkel"},
        {
            "en": "From the profile in the developer portal of PowerOffice (Ocp-Apim-Subscription-Key).",
            "nb": "Fra profilen i utviklerportalen til PowerOffice (Ocp-Apim-Subscription-Key).",
        },
        kind=FieldKind.SECRET,
        required=True,
        clean=clean_key,
    ),
)
"""The integrator's keys, the same for all clients: PowerOffice gives them to whoever operates Bilag."""
