"""The list as CSV or Excel."""

from collections.abc import Iterator
from datetime import datetime

from django.http import Http404, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bilag.transfers.listing import standing_text
from bilag.transfers.models import Transfer
from bilag.web import words
from bilag.web.company_pages import CompanyRequest, company_page
from bilag.web.sheets import Row, sheet_response
from bilag.web.templatetags.bilag import OSLO
from bilag.web.transfers_pages.finding import found
from bilag.web.transfers_pages.wishes import wish_of

CHUNK = 1000


@company_page(methods=("GET", "HEAD"))
def export(request: CompanyRequest, form: str) -> StreamingHttpResponse:
    """All that the list would show, newest first, as `csv` or `xlsx`."""
    company = request.access.company
    rows = found(company.pk, wish_of(request.GET))
    language = translation.get_language() or "en"

    def lines() -> Iterator[Row]:
        last = None
        while True:
            some = rows.filter(pk__lt=last) if last is not None else rows
            chunk = list(some.order_by("-id")[:CHUNK])
            with translation.override(language):
                told = [_row(one, language) for one in chunk]
            yield from told
            if len(chunk) < CHUNK:
                return
            last = chunk[-1].pk

    head = [
        _("Number"),
        _("Kind"),
        _("Customer number"),
        _("Name"),
        _("Total"),
        _("Currency"),
        _("State"),
        _("Why"),
        _("Voucher"),
        _("Journal number"),
        _("Came"),
        _("Done"),
    ]
    name = f"{company.slug}-transfers-{timezone.now().astimezone(OSLO):%Y-%m-%d}"
    try:
        return sheet_response(form, name, _("Transfers"), head, lines)
    except ValueError:
        raise Http404 from None


def _row(row: Transfer, language: str) -> Row:
    return [
        int(row.number) if row.number.isascii() and row.number.isdigit() and row.number[0] != "0" else row.number,
        str(words.KINDS[row.kind]),
        row.customer_number,
        row.name,
        row.total,
        row.currency,
        str(words.STATES[row.state]),
        standing_text(row, "nb" if language.startswith("nb") else "en"),
        row.voucher_number,
        row.journal_number,
        _local(row.hinted_at),
        _local(row.done_at),
    ]


def _local(moment: datetime | None) -> datetime | None:
    """The clock in Oslo, as spreadsheets know no time zones."""
    return moment.astimezone(OSLO).replace(tzinfo=None, microsecond=0) if moment else None
