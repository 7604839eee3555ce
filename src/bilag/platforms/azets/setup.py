"""The setup fields of the hub, with Azets' own labels and meanings."""

import os
import re
from collections.abc import Mapping

from bilag.platforms.addresses import clean_address
from bilag.platforms.base import FieldKind, Said, SetupField


def clean_base_url(text: str) -> tuple[str, str | None]:
    """Check the hub's address and strip its final slash. See `clean_address`."""
    return clean_address(
        text,
        Said(
            "Give the address from Azets, such as https://hub.example/v1",
            "Oppgi adressen du fikk av Azets, for eksempel https://hub.example/v1",
        ),
    )


def clean_source_client_id(text: str) -> tuple[str, str | None]:
    """Return the digits; an F in front, as in the Visma database's name, is removed with a remark."""
    given = text.strip()
    number = given[1:].strip() if given[:1] in ("F", "f") else given
    if re.fullmatch(r"\d{1,8}", number, re.ASCII) is None:
        raise ValueError(
            Said(
                f"is {given!r}. Give only the digits of the client number, such as 123, without the F",
                f"er {given!r}. Oppgi bare sifrene i klientnummeret, for eksempel 123, uten F",
            )
        )
    remark = Said(f"the F was removed: Azets uses {number}", f"F-en er fjernet: Azets bruker {number}")
    return number, remark if number != given else None


def clean_parent_client_id(text: str) -> tuple[str, str | None]:
    """Return S followed by digits, in upper case."""
    given = text.strip()
    if re.fullmatch(r"S\d{1,11}", given.upper(), re.ASCII) is None:
        raise ValueError(
            Said(
                f"is {given!r}. Give S followed by digits, such as S100",
                f"er {given!r}. Oppgi S fulgt av sifre, for eksempel S100",
            )
        )
    return given.upper(), Said("written with a capital S", "skrevet med stor S") if given != given.upper() else None


def clean_api_key(text: str) -> tuple[str, str | None]:
    """Strip the key. One that cannot stand in an HTTP header was not copied whole."""
    key = text.strip()
    if not key or not (key.isascii() and key.isprintable()) or " " in key:
        raise ValueError(
            Said(
                "contains characters that cannot be in a key. Copy the key from Azets again",
                "inneholder tegn som ikke kan stå i en nøkkel. Kopier nøkkelen fra Azets på nytt",
            )
        )
    return key, None


def validate(values: Mapping[str, str]) -> Mapping[str, str]:
    """Check the fields together; return the errors by field."""
    if values.get("username") and not values.get("password"):
        return {
            "password": Said(
                "is missing. Give the password of the username, or give an API key instead of both",
                "mangler. Oppgi passordet til brukernavnet, eller oppgi en API-nøkkel i stedet for begge",
            )
        }
    if values.get("password") and not values.get("username"):
        return {
            "username": Said(
                "is missing. Give the username of the password, or give an API key instead of both",
                "mangler. Oppgi brukernavnet til passordet, eller oppgi en API-nøkkel i stedet for begge",
            )
        }
    if not values.get("username") and not values.get("api_key"):
        return {
            "username": Said(
                "is missing. Give username and password, or an API key",
                "mangler. Oppgi brukernavn og passord, eller en API-nøkkel",
            )
        }
    return {}


def ledger_key(values: Mapping[str, str]) -> str:
    """Return the client's permanent name, which expense keys begin with. Client 0123 equals 123 (azets-hub.md, section 1)."""
    client = values["source_client_id"].lstrip("0") or "0"
    return f"azets:{values['parent_client_id'].upper()}:{client}"


def offered_address() -> str:
    """Return the hub's address as the operator of this installation gave it (BILAG_AZETS_ADDRESS); empty if not."""
    return os.environ.get("BILAG_AZETS_ADDRESS", "")


FIELDS = (
    SetupField(
        "base_url",
        {"en": "Address of Azets' integration platform", "nb": "Adressen til Azets' integrasjonsplattform"},
        {
            "en": "You get it from Azets, such as https://hub.example/v1.",
            "nb": "Du får den av Azets, for eksempel https://hub.example/v1.",
        },
        kind=FieldKind.URL,
        required=True,
        max_length=500,
        clean=clean_base_url,
        offered=offered_address,
        same_for_all=True,
    ),
    SetupField(
        "username",
        {"en": "Username", "nb": "Brukernavn"},
        {
            "en": "The username for signing in to Azets. Not needed with an API key.",
            "nb": "Brukernavnet for innlogging hos Azets. Ikke nødvendig med API-nøkkel.",
        },
    ),
    SetupField(
        "password",
        {"en": "Password", "nb": "Passord"},
        {"en": "The password of that username.", "nb": "Passordet til brukernavnet."},
        kind=FieldKind.SECRET,
    ),
    SetupField(
        "api_key",
        {"en": "API key", "nb": "API-nøkkel"},
        {
            "en": "Can be used instead of username and password. Ask your contact at Azets.",
            "nb": "Kan brukes i stedet for brukernavn og passord. Spør kontaktpersonen din i Azets.",
        },
        kind=FieldKind.SECRET,
        max_length=1000,
        clean=clean_api_key,
    ),
    SetupField(
        "source_client_id",
        {"en": "Source client id (do not include the F)", "nb": "Klient-id (uten F)"},
        {
            "en": "The number of the client, digits only: F0123 is written 123.",
            "nb": "Klientnummeret, bare sifre: F0123 skrives 123.",
        },
        required=True,
        max_length=20,
        clean=clean_source_client_id,
    ),
    SetupField(
        "parent_client_id",
        {"en": "Parent client id (starts with S)", "nb": "Overordnet klient-id (begynner med S)"},
        {
            "en": "The parent client that the client belongs to, such as S100.",
            "nb": "Den overordnede klienten som klienten hører til, for eksempel S100.",
        },
        required=True,
        max_length=20,
        clean=clean_parent_client_id,
    ),
    SetupField(
        "voucher_series",
        {"en": "Voucher series", "nb": "Bilagsserie"},
        {
            "en": "Leave blank to use the default series of the client.",
            "nb": "Tomt felt: standardserien til klienten brukes.",
        },
        max_length=10,
    ),
)
