"""The findings as rows of a spreadsheet, for the page and the command."""

from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext as _

from bilag.messages import render_problem
from bilag.posting.problem import Problem
from bilag.reconciliation import number_gaps
from bilag.reconciliation.models import Finding, Found, Reconciliation
from bilag.reconciliation.queries import UNREADABLE, in_group, why
from bilag.web.reconciliation_pages.words import FOUND
from bilag.web.spreadsheets import CHUNK, Row

WIDTHS = (12, 16, 12, 12, 14, 32, 9, 14, 14, 14, 16, 90)


def head() -> list[str]:
    """Return the column titles in the active language."""
    return [
        _("Number"),
        _("Result"),
        _("Invoice date"),
        _("Voucher date"),
        _("Customer number"),
        _("Name"),
        _("Currency"),
        _("In Moment"),
        _("In the journal"),
        _("Difference"),
        _("Journal number"),
        _("Details"),
    ]


def rows(run: Reconciliation, found: str = "") -> Iterator[Row]:
    """Return the rows in order of number, those without a readable one last, streamed in chunks, in the language that is
    active when this is called."""
    language = translation.get_language() or "en"
    findings = in_group(run, found) if found else run.findings.all()

    def rendered_rows() -> Iterator[Row]:
        last = (-1, 0)
        while True:
            later = findings.filter(number__gte=last[0]).exclude(number=last[0], pk__lte=last[1])
            chunk = list(later.order_by("number", "pk")[:CHUNK])
            with translation.override(language):
                some = [_cells(run, row) for row in chunk]
            yield from some
            if len(chunk) < CHUNK:
                break
            last = (chunk[-1].number or 0, chunk[-1].pk)
        with translation.override(language):
            without = [_cells(run, row) for row in findings.filter(number=None).order_by("pk")]
        yield from without

    return rendered_rows()


def details(run: Reconciliation, row: Finding, language: str) -> str:
    """Return the explanation, the recorded reason and the problems of a number in one text."""
    parts = [why(row, language)]
    if row.found == Found.GAP and row.number is not None:
        recorded = number_gaps.reasons(run.company_id, [row.number]).get(row.number)
        parts.append(f"{recorded.reason} ({recorded.by})" if recorded else "")
    parts += [render_problem(Problem.from_json(stored), language).message for stored in row.problems]
    return " ".join(part for part in parts if part)


def _cells(run: Reconciliation, row: Finding) -> Row:
    """Return a finding as a row."""
    language = "nb" if (translation.get_language() or "en").startswith("nb") else "en"
    both = row.total is not None and row.posted_total is not None
    return [
        row.number,
        str(FOUND[UNREADABLE if row.unread and row.found != Found.UNDATED else row.found]),
        row.invoice_date,
        row.voucher_date,
        row.customer,
        row.name,
        row.currency,
        row.total,
        row.posted_total,
        row.total - row.posted_total if both and row.total is not None and row.posted_total is not None else None,
        ", ".join(map(str, row.journals)),
        details(run, row, language),
    ]
