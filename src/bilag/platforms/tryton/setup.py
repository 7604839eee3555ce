"""The setup fields for Tryton: the server, the key, the company, and where to post vouchers and dimensions."""

import re
from collections.abc import Mapping

from bilag.platforms.addresses import clean_address
from bilag.platforms.base import Said, SetupField


def clean_base_url(text: str) -> tuple[str, str | None]:
    """Return the address of the server without a trailing slash and without the database."""
    return clean_address(
        text,
        Said(
            "Enter the address of the server, without the database, such as https://tryton.example",
            "Oppgi adressen til serveren, uten databasen, for eksempel https://tryton.example",
        ),
    )


def clean_database(text: str) -> tuple[str, str | None]:
    """Accept one word, because the name becomes part of the address."""
    name = text.strip()
    if re.fullmatch(r"[A-Za-z0-9_-]{1,63}", name) is None:
        raise ValueError(
            Said(
                f"is {name!r}. Enter only the name of the database, such as fjord: letters, digits, - and _",
                f"er {name!r}. Oppgi bare navnet på databasen, for eksempel fjord: bokstaver, sifre, - og _",
            )
        )
    return name, None


def clean_key(text: str) -> tuple[str, str | None]:
    """Return the key without surrounding spaces. Tryton creates keys of 128 characters, 0-9 and a-f."""
    key = text.strip()
    if re.fullmatch(r"[0-9A-Za-z]{16,500}", key) is None:
        raise ValueError(
            Said(
                "is not a Tryton key of 128 letters and digits. Copy the whole key again",
                "er ikke en Tryton-nøkkel med 128 bokstaver og sifre. Kopier hele nøkkelen på nytt",
            )
        )
    return key, None


def clean_name(text: str) -> tuple[str, str | None]:
    """Return a name or number on one line, without surrounding spaces."""
    return " ".join(text.split()), None


ROOTS = {
    "project_root": ("the root for projects", "roten for prosjekter"),
    "department_root": ("the root for departments", "roten for avdelinger"),
    "billability_root": ("the root for billability", "roten for fakturerbarhet"),
}
"""The fields that name an analytic root, in words."""


def validate(values: Mapping[str, str]) -> Mapping[str, str]:
    """Return the faults in the combination of fields, by field: no two roots may be the same."""
    seen: dict[str, str] = {}
    for field in ROOTS:
        root = values.get(field)
        if root and root in seen:
            return {
                field: Said(
                    f"is {root!r}, which is also {ROOTS[seen[root]][0]}. Choose a different root for each",
                    f"er {root!r}, som også er {ROOTS[seen[root]][1]}. Velg hver sin rot",
                )
            }
        if root:
            seen[root] = field
    return {}


FIELDS = (
    SetupField(
        "base_url",
        {"en": "Address of the Tryton server", "nb": "Adresse til Tryton-serveren"},
        {
            "en": "Without the database, for example https://tryton.example. Tryton 8.0 or later.",
            "nb": "Uten databasen, for eksempel https://tryton.example. Tryton 8.0 eller nyere.",
        },
        kind="url",
        required=True,
        max_length=500,
        clean=clean_base_url,
    ),
    SetupField(
        "database",
        {"en": "Database", "nb": "Database"},
        {
            "en": "The name of the database, as on Tryton's sign-in page.",
            "nb": "Navnet på databasen, som på innloggingssiden til Tryton.",
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
        kind="secret",
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
            "en": "The code of the journal that Bilag posts vouchers in.",
            "nb": "Koden til journalen som Bilag bokfører bilag i.",
        },
        default="REV",
        max_length=20,
        clean=clean_name,
    ),
    SetupField(
        "receivable_account",
        {"en": "Receivable account", "nb": "Konto for kundefordringer"},
        {
            "en": "The account for what customers owe. It must be a receivable account with parties.",
            "nb": "Kontoen for det kundene skylder. Den må være en kundefordringskonto med parter.",
        },
        default="1500",
        max_length=20,
        clean=clean_name,
    ),
    SetupField(
        "department_root",
        {"en": "Analytic root for departments (unit 1)", "nb": "Analytisk rot for avdelinger (enhet 1)"},
        {
            "en": "The name of the analytic root that has the departments. Leave blank for none. Choose unit 1 for departments.",
            "nb": "Navnet på den analytiske roten som har avdelingene. Tomt felt: ingen. Velg enhet 1 for avdelinger.",
        },
        clean=clean_name,
    ),
    SetupField(
        "project_root",
        {"en": "Analytic root for projects (unit 2)", "nb": "Analytisk rot for prosjekter (enhet 2)"},
        {
            "en": "The name of the analytic root that has the projects. Leave blank for none. Choose unit 2 for projects.",
            "nb": "Navnet på den analytiske roten som har prosjektene. Tomt felt: ingen. Velg enhet 2 for prosjekter.",
        },
        clean=clean_name,
    ),
    SetupField(
        "billability_root",
        {"en": "Analytic root for billability (unit 3)", "nb": "Analytisk rot for fakturerbarhet (enhet 3)"},
        {
            "en": "The name of the analytic root that shows whether an expense is billable. Leave blank for none.",
            "nb": "Navnet på den analytiske roten som viser om et utlegg er fakturerbart. Tomt felt: ingen.",
        },
        clean=clean_name,
    ),
)
UNIT_FIELDS = {1: "department_root", 2: "project_root", 3: "billability_root"}
"""The unit numbers that Bilag gives Tryton's analytic roots, because Tryton has no numbered units."""
