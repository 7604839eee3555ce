"""The setup fields of Tryton: address, key, company, and where vouchers and dimensions go."""

import re
from collections.abc import Mapping

from bilag.platforms.addresses import clean_address
from bilag.platforms.base import FieldKind, Said, SetupField
from bilag.wire.http import canonical_host


def clean_base_url(text: str) -> tuple[str, str | None]:
    """Check the server's address, without database and final slash. See `clean_address`."""
    return clean_address(
        text,
        Said(
            "Give the address of the server, without the database, such as https://tryton.example",
            "Oppgi adressen til serveren, uten databasen, for eksempel https://tryton.example",
        ),
    )


def clean_database(text: str) -> tuple[str, str | None]:
    """Check the name of the database: it becomes a part of the URL."""
    name = text.strip()
    if re.fullmatch(r"[A-Za-z0-9_-]{1,63}", name) is None:
        raise ValueError(
            Said(
                f"is {name!r}. Give only the name of the database, such as fjord: letters, digits, - and _",
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
                "is not a key of Tryton, which has 128 letters and digits. Copy the whole key again",
                "er ikke en nøkkel fra Tryton, som har 128 bokstaver og sifre. Kopier hele nøkkelen på nytt",
            )
        )
    return key, None


def clean_name(text: str) -> tuple[str, str | None]:
    """Put a name or number on one line, without surrounding blanks."""
    return " ".join(text.split()), None


def ledger_key(values: Mapping[str, str]) -> str:
    """Return the permanent name of a company's books: server, database and company. Databases of two servers share names."""
    return f"tryton:{canonical_host(values['base_url'])}:{values['database']}:{values['company'].casefold()}"


ROOT_NAMES = {
    "project_root": ("analytic root of projects", "analytisk rot for prosjekter"),
    "department_root": ("analytic root of departments", "analytisk rot for avdelinger"),
    "billability_root": ("analytic root of billability", "analytisk rot for fakturerbarhet"),
}


def validate(values: Mapping[str, str]) -> Mapping[str, str]:
    """Check the fields together: each root must be different. Returns the errors by field."""
    seen: dict[str, str] = {}
    for field in ("project_root", "department_root", "billability_root"):
        root = values.get(field)
        if root and root in seen:
            return {
                field: Said(
                    f"is {root!r}, which is also the {ROOT_NAMES[seen[root]][0]}. Give each its own root",
                    f"er {root!r}, som også er {ROOT_NAMES[seen[root]][1]}. Oppgi en egen rot for hver",
                )
            }
        if root:
            seen[root] = field
    return {}


FIELDS = (
    SetupField(
        "base_url",
        {"en": "Address of the Tryton server", "nb": "Adressen til Tryton-serveren"},
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
            "en": "A key for the REST application of a user in the groups Accounting and Analytic Administration.",
            "nb": "En nøkkel til REST-applikasjonen for en bruker i gruppene for regnskap (Accounting) og analytisk "
            "administrasjon (Analytic Administration).",
        },
        kind=FieldKind.SECRET,
        required=True,
        max_length=500,
        clean=clean_key,
    ),
    SetupField(
        "company",
        {"en": "Company", "nb": "Firma"},
        {"en": "The full name of the company in Tryton.", "nb": "Det fulle navnet på firmaet i Tryton."},
        required=True,
        clean=clean_name,
    ),
    SetupField(
        "journal",
        {"en": "Journal", "nb": "Journal"},
        {
            "en": "The code of the journal where Bilag posts vouchers.",
            "nb": "Koden til journalen der Bilag bokfører bilag.",
        },
        default="REV",
        max_length=20,
        clean=clean_name,
    ),
    SetupField(
        "receivable_account",
        {"en": "Receivable account", "nb": "Konto for kundefordringer"},
        {
            "en": "The account for customer receivables. It must require a party.",
            "nb": "Kontoen for kundefordringer. Den må kreve part.",
        },
        default="1500",
        max_length=20,
        clean=clean_name,
    ),
    SetupField(
        "department_root",
        {"en": "Analytic root of departments (unit 1)", "nb": "Analytisk rot for avdelinger (enhet 1)"},
        {
            "en": "The analytic root with the departments. Leave blank if there is none. Select unit 1 for departments.",
            "nb": "Den analytiske roten med avdelinger. La feltet stå tomt hvis den ikke finnes. Velg enhet 1 for avdelinger.",
        },
        clean=clean_name,
    ),
    SetupField(
        "project_root",
        {"en": "Analytic root of projects (unit 2)", "nb": "Analytisk rot for prosjekter (enhet 2)"},
        {
            "en": "The analytic root with the projects. Leave blank if there is none. Select unit 2 for projects.",
            "nb": "Den analytiske roten med prosjekter. La feltet stå tomt hvis den ikke finnes. Velg enhet 2 for prosjekter.",
        },
        clean=clean_name,
    ),
    SetupField(
        "billability_root",
        {"en": "Analytic root of billability (unit 3)", "nb": "Analytisk rot for fakturerbarhet (enhet 3)"},
        {
            "en": "The analytic root that says whether an expense is billable. Leave blank if there is none.",
            "nb": "Den analytiske roten som viser om et utlegg er fakturerbart. La feltet stå tomt hvis den ikke finnes.",
        },
        clean=clean_name,
    ),
)
UNIT_FIELDS = {1: "department_root", 2: "project_root", 3: "billability_root"}
"""Tryton has no numbered units: these are the numbers Bilag gives its analytic roots."""
