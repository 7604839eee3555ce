"""Download the log as CSV or Excel, streamed in constant memory."""

from collections.abc import Iterator

from django.http import Http404, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bilag.events.exported import Exported
from bilag.posting.selection import OSLO
from bilag.transfers.queries.history import LogFilters, Place, lines
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.log_pages.filters import parse_filters
from bilag.web.log_pages.rows import RenderedRow, render_row
from bilag.web.spreadsheets import CHUNK, Row, oslo_clock, sheet_response

WIDTHS = (19, 28, 32, 28, 12, 100)


@company_page(methods=("GET", "HEAD"))
def export(request: CompanyRequest, form: str) -> StreamingHttpResponse:
    """Download all entries that match the filters as `csv` or `xlsx`."""
    company, selection = request.access.company, parse_filters(request.GET).selection
    language = translation.get_language() or "en"
    head = [_("Time"), _("Event"), _("About"), _("By"), _("Result"), _("Details")]
    name = f"{company.slug}-log-{timezone.now().astimezone(OSLO):%Y-%m-%d}"
    try:
        return sheet_response(
            request,
            Exported.LOG,
            form,
            name,
            _("Log"),
            head,
            lambda: _all(company.pk, selection, language),
            widths=WIDTHS,
        )
    except ValueError:
        raise Http404 from None


def _all(company_id: int, selection: LogFilters, language: str) -> Iterator[Row]:
    """Yield the entries, newest first, reading a chunk at a time."""
    before: Place | None = None
    while True:
        found = lines(company_id, selection, before, CHUNK)
        with translation.override(language):
            rows = [_cells(render_row(line)) for line in found]
        yield from rows
        if len(found) < CHUNK:
            return
        before = found[-1].place


def _cells(line: RenderedRow) -> Row:
    """Return an entry as a row."""
    result = {"good": _("OK"), "bad": _("Failed"), "": ""}[line.level]
    return [oslo_clock(line.at), line.title, line.about, line.origin, result, line.detail]
