"""Download the list as CSV or Excel."""

from django.http import Http404, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bilag.events.exported import Exported
from bilag.posting.selection import OSLO
from bilag.transfers.models import Transfer
from bilag.transfers.queries.transfers import standing_text
from bilag.web import labels
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.spreadsheets import Row, oslo_clock, pages_of, sheet_response
from bilag.web.transfers_pages.filters import parse_filters
from bilag.web.transfers_pages.search import found


@company_page(methods=("GET", "HEAD"))
def export(request: CompanyRequest, form: str) -> StreamingHttpResponse:
    """Download all transfers that match the filters, newest first, as `csv` or `xlsx`."""
    company = request.access.company
    head = [
        _("Number"),
        _("Type"),
        _("Customer number"),
        _("Name"),
        _("Total"),
        _("Currency"),
        _("Status"),
        _("Reason"),
        _("Voucher"),
        _("Journal number"),
        _("Received"),
        _("Done"),
    ]
    name = f"{company.slug}-transfers-{timezone.now().astimezone(OSLO):%Y-%m-%d}"
    try:
        return sheet_response(
            request,
            Exported.TRANSFERS,
            form,
            name,
            _("Transfers"),
            head,
            pages_of(found(company.pk, parse_filters(request.GET)), _row),
        )
    except ValueError:
        raise Http404 from None


def _row(row: Transfer) -> Row:
    """Return a transfer as a row."""
    language = translation.get_language() or "en"
    return [
        int(row.number) if row.number.isascii() and row.number.isdigit() and row.number[0] != "0" else row.number,
        str(labels.KINDS[row.kind]),
        row.customer_number,
        row.name,
        row.total,
        row.currency,
        str(labels.STATES[row.state]),
        standing_text(row, "nb" if language.startswith("nb") else "en"),
        row.voucher_number,
        row.journal_number,
        oslo_clock(row.hinted_at),
        oslo_clock(row.done_at),
    ]
