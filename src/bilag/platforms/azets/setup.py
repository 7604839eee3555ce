"""The setup fields of the hub, with Azets' own labels and meanings."""

import re
from collections.abc import Mapping

from bilag.platforms.addresses import clean_address
from bilag.platforms.base import FieldKind, Said, SetupField


def clean_base_url(text: str) -> tuple[str, str | None]:
    """Check the hub's address and strip its final slash. See `clean_address`."""
    return clean_address(
        text,
        Said(
            "Give the one that Azets gave you, such as https://hub.example/v1",
            "Oppgi den du fikk av Azets, for eksempel https://hub.example/v1",
        ),
    )


def clean_source_client_id(text: str) -> tuple[str, str | None]:
    """Return the digits; an F in front, as in the Visma database's name, is removed with a remark."""
    given = text.strip()
    number = given[1:].strip() if given[:1] in ("F", "f") else given
    if re.fullmatch(r"\d{1,8}", number, re.ASCII) is None:
        raise ValueError(
            Said(
                f"is {given!r}. Give the company number only, such as 123: digits, without the F",
                f"er {given!r}. Oppgi bare firmanummeret, for eksempel 123: sifre, uten F",
            )
        )
    remark = Said(
        f"the F was taken off: {number} is what the hub knows", f"F-en er fjernet: {number} er det huben kjenner"
    )
    return number, remark if number != given else None


def clean_parent_client_id(text: str) -> tuple[str, str | None]:
    """Return S followed by digits, in upper case."""
    given = text.strip()
    if re.fullmatch(r"S\d{1,11}", given.upper(), re.ASCII) is None:
        raise ValueError(
            Said(
                f"is {given!r}. It starts with S and goes on with digits, such as S100",
                f"er {given!r}. Den begynner med S og fortsetter med sifre, for eksempel S100",
            )
        )
    return given.upper(), Said("written with a capital S", "skrevet med stor S") if given != given.upper() else None


def clean_api_key(text: str) -> tuple[str, str | None]:
    """Strip the key. One that cannot stand in an HTTP header was not copied whole."""
    key = text.strip()
    if not key or not (key.isascii() and key.isprintable()) or " " in key:
        raise ValueError(
            Said(
                "has blanks, line breaks or letters that no key has. Copy it again from Azets",
                "har mellomrom, linjeskift eller tegn som ingen nøkkel har. Kopier den på nytt fra Azets",
            )
        )
    return key, None


def validate(values: Mapping[str, str]) -> Mapping[str, str]:
    """Check the fields together; return the errors by field."""
    if values.get("username") and not values.get("password"):
        return {
            "password": Said(
                "is missing: the user name needs its password (or give an api_key instead of both)",
                "mangler: brukernavnet trenger sitt passord (eller oppgi en API-nøkkel i stedet for begge)",
            )
        }
    if values.get("password") and not values.get("username"):
        return {
            "username": Said(
                "is missing: the password needs its user name (or give an api_key instead of both)",
                "mangler: passordet trenger sitt brukernavn (eller oppgi en API-nøkkel i stedet for begge)",
            )
        }
    if not values.get("username") and not values.get("api_key"):
        return {
            "username": Said(
                "is missing: give username and password, or an api_key",
                "mangler: oppgi brukernavn og passord, eller en API-nøkkel",
            )
        }
    return {}


FIELDS = (
    SetupField(
        "base_url",
        {"en": "Address of the hub", "nb": "Adresse til huben"},
        {
            "en": "Given by Azets, such as https://hub.example/v1.",
            "nb": "Gis av Azets, for eksempel https://hub.example/v1.",
        },
        kind=FieldKind.URL,
        required=True,
        max_length=500,
        clean=clean_base_url,
    ),
    SetupField(
        "username",
        {"en": "Username", "nb": "Brukernavn"},
        {
            "en": "The username that shall be used to log in to Azets. Not needed with an API-key.",
            "nb": "Brukernavnet som brukes til å logge inn hos Azets. Trengs ikke med API-nøkkel.",
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
        {"en": "API-key", "nb": "API-nøkkel"},
        {
            "en": "Either username and password or an API-key suffices. Ask your Azets contact for it.",
            "nb": "Enten brukernavn og passord eller en API-nøkkel er nok. Spør kontaktpersonen din i Azets.",
        },
        kind=FieldKind.SECRET,
        max_length=1000,
        clean=clean_api_key,
    ),
    SetupField(
        "source_client_id",
        {"en": "Source client id (do not include the F)", "nb": "Klient-id (uten F)"},
        {
            "en": "The company number of the client, digits only: F0123 is written 123.",
            "nb": "Klientens firmanummer, bare sifre: F0123 skrives 123.",
        },
        required=True,
        max_length=20,
        clean=clean_source_client_id,
    ),
    SetupField(
        "parent_client_id",
        {"en": "Parent client id (starts with S)", "nb": "Overordnet klient-id (begynner med S)"},
        {
            "en": "What parent organisation the client belongs to; it starts with S, such as S100.",
            "nb": "Hvilken overordnet organisasjon klienten hører til; den begynner med S, for eksempel S100.",
        },
        required=True,
        max_length=20,
        clean=clean_parent_client_id,
    ),
    SetupField(
        "voucher_series",
        {"en": "Voucher series", "nb": "Bilagsserie"},
        {"en": "Blank = the client's default series.", "nb": "Blank = klientens standardserie."},
        max_length=10,
    ),
)
