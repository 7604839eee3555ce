"""The setup fields for Azets, with labels that follow Azets' own setup page."""

import re
from collections.abc import Mapping

from bilag.platforms.addresses import clean_address
from bilag.platforms.base import Said, SetupField


def clean_base_url(text: str) -> tuple[str, str | None]:
    """Return the address of the hub without a trailing slash."""
    return clean_address(
        text,
        Said(
            "Enter the address from Azets, such as https://hub.example/v1",
            "Oppgi adressen fra Azets, for eksempel https://hub.example/v1",
        ),
    )


def clean_source_client_id(text: str) -> tuple[str, str | None]:
    """Accept digits. Remove a leading F, which is part of the name of the Visma database."""
    given = text.strip()
    number = given[1:].strip() if given[:1] in ("F", "f") else given
    if re.fullmatch(r"\d{1,8}", number, re.ASCII) is None:
        raise ValueError(
            Said(
                f"is {given!r}. Enter only the company number, such as 123: digits, without the F",
                f"er {given!r}. Oppgi bare firmanummeret, for eksempel 123: sifre, uten F",
            )
        )
    remark = Said(f"the F was removed: Azets uses {number}", f"F-en er fjernet: Azets bruker {number}")
    return number, remark if number != given else None


def clean_parent_client_id(text: str) -> tuple[str, str | None]:
    """Accept an S followed by digits."""
    given = text.strip()
    if re.fullmatch(r"S\d{1,11}", given.upper(), re.ASCII) is None:
        raise ValueError(
            Said(
                f"is {given!r}. Enter an S followed by digits, such as S100",
                f"er {given!r}. Oppgi en S fulgt av sifre, for eksempel S100",
            )
        )
    return given.upper(), Said("changed to a capital S", "endret til stor S") if given != given.upper() else None


def clean_api_key(text: str) -> tuple[str, str | None]:
    """Return the key without surrounding spaces. Reject characters that an HTTP header cannot contain."""
    key = text.strip()
    if not key or not (key.isascii() and key.isprintable()) or " " in key:
        raise ValueError(
            Said(
                "has spaces, line breaks or other characters that a key cannot have. Copy it again from Azets",
                "har mellomrom, linjeskift eller andre tegn som en nøkkel ikke kan ha. Kopier den på nytt fra Azets",
            )
        )
    return key, None


def validate(values: Mapping[str, str]) -> Mapping[str, str]:
    """Return the faults in the combination of fields, by field."""
    if values.get("username") and not values.get("password"):
        return {
            "password": Said(
                "is missing: enter the password of the username, or an API key instead of both",
                "mangler: oppgi passordet til brukernavnet, eller en API-nøkkel i stedet for begge",
            )
        }
    if values.get("password") and not values.get("username"):
        return {
            "username": Said(
                "is missing: enter the username of the password, or an API key instead of both",
                "mangler: oppgi brukernavnet til passordet, eller en API-nøkkel i stedet for begge",
            )
        }
    if not values.get("username") and not values.get("api_key"):
        return {
            "username": Said(
                "is missing: enter a username and password, or an API key",
                "mangler: oppgi brukernavn og passord, eller en API-nøkkel",
            )
        }
    return {}


FIELDS = (
    SetupField(
        "base_url",
        {"en": "Address of Azets' integration platform", "nb": "Adresse til Azets' integrasjonsplattform"},
        {
            "en": "You receive it from Azets, for example https://hub.example/v1.",
            "nb": "Du får den av Azets, for eksempel https://hub.example/v1.",
        },
        kind="url",
        required=True,
        max_length=500,
        clean=clean_base_url,
    ),
    SetupField(
        "username",
        {"en": "Username", "nb": "Brukernavn"},
        {
            "en": "The username for signing in to Azets. Not needed with an API key.",
            "nb": "Brukernavnet for å logge inn hos Azets. Trengs ikke med API-nøkkel.",
        },
    ),
    SetupField(
        "password",
        {"en": "Password", "nb": "Passord"},
        {"en": "The password of the username.", "nb": "Passordet til brukernavnet."},
        kind="secret",
    ),
    SetupField(
        "api_key",
        {"en": "API key", "nb": "API-nøkkel"},
        {
            "en": "Enter either a username and password or an API key. Ask your contact at Azets for it.",
            "nb": "Oppgi enten brukernavn og passord eller en API-nøkkel. Spør kontaktpersonen din hos Azets.",
        },
        kind="secret",
        max_length=1000,
        clean=clean_api_key,
    ),
    SetupField(
        "source_client_id",
        {"en": "Source client id (do not include the F)", "nb": "Klient-id (uten F)"},
        {
            "en": "The company number of the client, digits only. If the number is F0123, enter 123.",
            "nb": "Firmanummeret til klienten, bare sifre. Hvis nummeret er F0123, oppgir du 123.",
        },
        required=True,
        max_length=20,
        clean=clean_source_client_id,
    ),
    SetupField(
        "parent_client_id",
        {"en": "Parent client id (starts with S)", "nb": "Overordnet klient-id (begynner med S)"},
        {
            "en": "The parent organisation that the client belongs to, for example S100.",
            "nb": "Den overordnede organisasjonen som klienten hører til, for eksempel S100.",
        },
        required=True,
        max_length=20,
        clean=clean_parent_client_id,
    ),
    SetupField(
        "voucher_series",
        {"en": "Voucher series", "nb": "Bilagsserie"},
        {
            "en": "Leave blank to use the client's default series.",
            "nb": "Tomt felt: standardserien til klienten brukes.",
        },
        max_length=10,
    ),
)
