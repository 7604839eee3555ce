"""The export formats by name: the file's name and its text."""

from collections.abc import Iterator
from datetime import datetime

from bilag.exports import beancount, saft
from bilag.exports.journal import Journal

NAMES = {"saft": "SAF-T", "beancount": "beancount", "csv": "CSV"}
FORMS = tuple(NAMES)
CONTENT_TYPES = {
    "saft": "application/xml; charset=utf-8",
    "beancount": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}


def file_name(form: str, journal: Journal, now: datetime) -> str:
    """Return the file's name. SAF-T files are named as Skatteetaten requires: kind, organisation number and time. Raises
    `NumberMissing`."""
    if form == "saft":
        number = saft.organisation_number(journal.setup.organisation_number, journal.chart.organisation_number)
        return f"SAF-T Financial_{number}_{now:%Y%m%d%H%M%S}.xml"
    return f"{journal.setup.slug}-{journal.first}-{journal.last}.{form}"


def text_pieces(form: str, journal: Journal, now: datetime) -> Iterator[bytes]:
    """Return the text of a file, piece by piece; `tables` has the rows of a spreadsheet (`csv`). Raises `NumberMissing`."""
    pieces = saft.pieces(journal, now.date()) if form == "saft" else beancount.pieces(journal)
    return (piece.encode() for piece in pieces)
