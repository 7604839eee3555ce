"""The log as CSV or Excel, sent while it is read: its length is no matter for memory."""

from collections.abc import Iterator

from django.http import Http404, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bilag.posting.selection import OSLO
from bilag.transfers.queries.history import LogFilters, Place, lines
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.log_pages.filters import parse_filters
from bilag.web.log_pages.rows import RenderedRow, render_row
from bilag.web.spreadsheets import CHUNK, Row, oslo_clock, sheet_response

WIDTHS = (19, 28, 32, 28, 12, 100)


@company_page(methods=("GET", "HEAD"))
def export(request: CompanyRequest, form: str) -> StreamingHttpResponse:
    """What the log shows, all pages of it, as `csv` or `xlsx`."""
    company, wish = request.access.company, parse_filters(request.GET).wish
    language = translation.get_language() or "en"
    head = [_("Time"), _("Event"), _("What about"), _("By"), _("Good or bad"), _("Details")]
    name = f"{company.slug}-log-{timezone.now().astimezone(OSLO):%Y-%m-%d}"
    try:
        return sheet_response(form, name, _("Log"), head, lambda: _all(company.pk, wish, language), widths=WIDTHS)
    except ValueError:
        raise Http404 from None


def _all(company_id: int, wish: LogFilters, language: str) -> Iterator[Row]:
    before: Place | None = None
    while True:
        found = lines(company_id, wish, before, CHUNK)
        with translation.override(language):
            rows = [_cells(render_row(line)) for line in found]
        yield from rows
        if len(found) < CHUNK:
            return
        before = found[-1].place


def _cells(line: RenderedRow) -> Row:
    standing = {"good": _("Good"), "bad": _("Bad"), "": ""}[line.level]
    return [oslo_clock(line.at), line.title, line.about, line.origin, standing, line.detail]
