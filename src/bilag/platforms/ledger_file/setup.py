"""The setup fields: which folder, and what the books of the company are called."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from bilag.platforms.base import Said, SetupField


def clean_folder(text: str) -> tuple[str, str | None]:
    """Check the folder's name. It stands below the operator's folder, so it is no path."""
    name = text.strip().lower()
    if re.fullmatch(r"[a-z0-9][a-z0-9-]{0,49}", name) is None:
        raise ValueError(
            Said(
                f"is {text!r}. Give a name of letters a to z, digits and hyphens, such as fjell",
                f"er {text!r}. Oppgi et navn med bokstavene a til z, sifre og bindestrek, for eksempel fjell",
            )
        )
    return name, None


def clean_root(text: str) -> tuple[str, str | None]:
    """Check the folder in which the companies' folders are. Raises `ValueError`."""
    root = Path(text).expanduser()
    if not root.is_absolute() or not root.is_dir() or not os.access(root, os.W_OK):
        raise ValueError("is not a folder that Bilag can write to")
    return str(root), None


def clean_currency(text: str) -> tuple[str, str | None]:
    """Check the currency of the books."""
    currency = text.strip().upper()
    if re.fullmatch(r"[A-Z]{3}", currency) is None:
        raise ValueError(
            Said(f"is {text!r}. Give three letters, such as NOK", f"er {text!r}. Oppgi tre bokstaver, for eksempel NOK")
        )
    return currency, None


def ledger_key(values: Mapping[str, str]) -> str:
    """Return the permanent name of the books: the folder's. Only one company can have it."""
    return f"ledger_file:{values['folder']}"


FIELDS = (
    SetupField(
        "folder",
        {"en": "Folder", "nb": "Mappe"},
        {
            "en": "The name of the folder with the books, such as fjell. Bilag creates it with a Norwegian chart of accounts.",
            "nb": "Navnet på mappen med bøkene, for eksempel fjell. Bilag oppretter den med en norsk kontoplan.",
        },
        required=True,
        max_length=50,
        clean=clean_folder,
    ),
    SetupField(
        "currency",
        {"en": "Currency of the books", "nb": "Valutaen bøkene føres i"},
        {"en": "Three letters. It cannot be changed later.", "nb": "Tre bokstaver. Den kan ikke endres senere."},
        default="NOK",
        max_length=3,
        clean=clean_currency,
    ),
)
INSTALLATION_FIELDS = (
    SetupField(
        "folder",
        {"en": "Folder of all ledger files", "nb": "Mappen til alle regnskapsfilene"},
        {"en": "An existing folder on this machine.", "nb": "En mappe som finnes på denne maskinen."},
        required=True,
        max_length=500,
        clean=clean_root,
    ),
)
"""Without it nobody here can use this platform: an installation with real companies leaves it out."""
