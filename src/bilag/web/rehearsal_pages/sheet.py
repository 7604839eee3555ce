"""The results as rows of a spreadsheet, for the page and the command."""

from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext as _

from bilag.messages.rehearsal import RESULTS
from bilag.rehearsal.models import Rehearsal, RehearsedInvoice
from bilag.rehearsal.queries import why
from bilag.web.spreadsheets import CHUNK, Row

WIDTHS = (12, 28, 12, 12, 14, 14, 32, 9, 14, 14, 14, 16, 90)


def head() -> list[str]:
    """Return the column titles in the active language."""
    return [
        _("Number"),
        _("Result"),
        _("Invoice date"),
        _("Voucher date"),
        _("Voucher number"),
        _("Customer number"),
        _("Name"),
        _("Currency"),
        _("In Moment"),
        _("In the journal"),
        _("Difference"),
        _("Journal number"),
        _("Details"),
    ]


def rows(run: Rehearsal, result: str = "") -> Iterator[Row]:
    """Return the rows in the order in which they were compared, streamed in chunks, in the language that is active now."""
    language = "nb" if (translation.get_language() or "en").startswith("nb") else "en"
    results = run.results.filter(result=result) if result else run.results.all()

    def rendered_rows() -> Iterator[Row]:
        last = 0
        while chunk := list(results.filter(pk__gt=last).order_by("pk").defer("differences", "evidence")[:CHUNK]):
            yield from (_cells(row, language) for row in chunk)
            last = chunk[-1].pk

    return rendered_rows()


def _cells(row: RehearsedInvoice, language: str) -> Row:
    return [
        row.number,
        RESULTS[row.result][language == "nb"],
        row.invoice_date,
        row.voucher_date,
        row.voucher_number,
        row.customer,
        row.name,
        row.currency,
        row.total,
        row.posted_total,
        row.total - row.posted_total if row.total is not None and row.posted_total is not None else None,
        ", ".join(map(str, row.journals)),
        " ".join(why(row, language)),
    ]
