"""The setup fields of Tryton: address, key, company, and where vouchers and dimensions go."""

import re
from collections.abc import Mapping

from bilag.platforms.addresses import clean_address
from bilag.platforms.base import FieldKind, Said, SetupField


def clean_base_url(text: str) -> tuple[str, str | None]:
    """Check the server's address, without database and final slash. See `clean_address`."""
    return clean_address(
        text,
        Said(
            "Give the one of the server, without the database, such as https://tryton.example",
            "Oppgi den til tjeneren, uten databasen, for eksempel https://tryton.example",
        ),
    )


def clean_database(text: str) -> tuple[str, str | None]:
    """Check the name of the database: it becomes a part of the URL."""
    name = text.strip()
    if re.fullmatch(r"[A-Za-z0-9_-]{1,63}", name) is None:
        raise ValueError(
            Said(
                f"is {name!r}. Give the name of the database alone, such as fjord: letters, digits, - and _",
                f"er {name!r}. Oppgi bare navnet på databasen, for eksempel fjord: bokstaver, sifre, - og _",
            )
        )
    return name, None


def clean_key(text: str) -> tuple[str, str | None]:
    """Strip and check the key; Tryton's are 128 characters 0-9 and a-f."""
    key = text.strip()
    if re.fullmatch(r"[0-9A-Za-z]{16,500}", key) is None:
        raise ValueError(
            Said(
                "is not as Tryton makes them: 128 letters and digits. Copy it again, whole",
                "er ikke slik Tryton lager dem: 128 bokstaver og sifre. Kopier den på nytt, i sin helhet",
            )
        )
    return key, None


def clean_name(text: str) -> tuple[str, str | None]:
    """Put a name or number on one line, without surrounding blanks."""
    return " ".join(text.split()), None


def validate(values: Mapping[str, str]) -> Mapping[str, str]:
    """Check the fields together: each root must be different. Returns the errors by field."""
    seen: dict[str, str] = {}
    for field in ("project_root", "department_root", "billability_root"):
        root = values.get(field)
        if root and root in seen:
            return {
                field: Said(
                    f"is {root!r}, which {seen[root]} is, too. Give each a root of its own",
                    f"er {root!r}, som også er {seen[root]}. Gi hver sin egen rot",
                )
            }
        if root:
            seen[root] = field
    return {}


FIELDS = (
    SetupField(
        "base_url",
        {"en": "Address of the Tryton server", "nb": "Adresse til Tryton-tjeneren"},
        {
            "en": "Without the database, such as https://tryton.example. Tryton 8.0 or later.",
            "nb": "Uten databasen, for eksempel https://tryton.example. Tryton 8.0 eller nyere.",
        },
        kind=FieldKind.URL,
        required=True,
        max_length=500,
        clean=clean_base_url,
    ),
    SetupField(
        "database",
        {"en": "Database", "nb": "Database"},
        {
            "en": "The name of the database, as on Tryton's login page.",
            "nb": "Navnet på databasen, som på påloggingssiden til Tryton.",
        },
        required=True,
        max_length=63,
        clean=clean_database,
    ),
    SetupField(
        "application_key",
        {"en": "Application key", "nb": "Applikasjonsnøkkel"},
        {
            "en": "A key for the application REST of a user in the groups Accounting and Analytic Administration.",
            "nb": "En nøkkel for applikasjonen REST til en bruker i gruppene Accounting og Analytic Administration.",
        },
        kind=FieldKind.SECRET,
        required=True,
        max_length=500,
        clean=clean_key,
    ),
    SetupField(
        "company",
        {"en": "Company", "nb": "Selskap"},
        {"en": "The company's name in Tryton, in full.", "nb": "Selskapets navn i Tryton, helt ut."},
        required=True,
        clean=clean_name,
    ),
    SetupField(
        "journal",
        {"en": "Journal", "nb": "Journal"},
        {
            "en": "The code of the journal that vouchers are posted in.",
            "nb": "Koden til journalen som bilag bokføres i.",
        },
        default="REV",
        max_length=20,
        clean=clean_name,
    ),
    SetupField(
        "receivable_account",
        {"en": "Account of customers", "nb": "Konto for kundefordringer"},
        {
            "en": "The account that takes what customers owe, a receivable account with parties.",
            "nb": "Kontoen for det kundene skylder, en kundefordringskonto med parter.",
        },
        default="1500",
        max_length=20,
        clean=clean_name,
    ),
    SetupField(
        "department_root",
        {"en": "Analytic root of departments (unit 1)", "nb": "Analytisk rot for avdelinger (enhet 1)"},
        {
            "en": "The name of the analytic root that holds departments. Blank = none. Choose unit 1 for departments.",
            "nb": "Navnet på den analytiske roten som har avdelinger. Blank = ingen. Velg enhet 1 for avdelinger.",
        },
        clean=clean_name,
    ),
    SetupField(
        "project_root",
        {"en": "Analytic root of projects (unit 2)", "nb": "Analytisk rot for prosjekter (enhet 2)"},
        {
            "en": "The name of the analytic root that holds projects. Blank = none. Choose unit 2 for projects.",
            "nb": "Navnet på den analytiske roten som har prosjekter. Blank = ingen. Velg enhet 2 for prosjekter.",
        },
        clean=clean_name,
    ),
    SetupField(
        "billability_root",
        {"en": "Analytic root of billability (unit 3)", "nb": "Analytisk rot for fakturerbarhet (enhet 3)"},
        {
            "en": "The name of the analytic root that tells whether an expense is billable. Blank = none.",
            "nb": "Navnet på den analytiske roten som sier om et utlegg er fakturerbart. Blank = ingen.",
        },
        clean=clean_name,
    ),
)
UNIT_FIELDS = {1: "department_root", 2: "project_root", 3: "billability_root"}
"""Tryton has no numbered units: these are the numbers Bilag gives its analytic roots."""
