"""Export the vouchers posted in a period as SAF-T, beancount or CSV."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from typing import IO

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bilag.companies import store
from bilag.companies.setup import Setup
from bilag.events.exported import Exported, record_export
from bilag.exports import formats, tables
from bilag.exports.entries import OutOfBalance
from bilag.exports.journal import Journal, NothingPosted, read_journal
from bilag.exports.saft import NumberMissing
from bilag.jobs.lease import Busy, held
from bilag.members.models import Role
from bilag.messages import render_problem
from bilag.posting.periods import NotAPeriod, Period, parsed_period
from bilag.posting.selection import OSLO
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.setup_pages.loading import language
from bilag.web.spreadsheets import BLOCK, csv_pieces
from bilag.web.templatetags.bilag import amount, day
from bilag.wire.errors import EdgeError


@company_page(Role.ACCOUNTANT, methods=("POST",))
def export(request: CompanyRequest) -> HttpResponseBase:
    """Return the file, or redirect to the page with the reason why there is none."""
    setup = store.load_setup(request.access.company.pk)
    data = request.POST
    period = _period(data.get("from", ""), data.get("to", ""))
    form = data.get("form", "")
    if period is None or form not in formats.FORMS:
        fault = _("No file was created. Choose a format, and a first and a last day at most ten years apart.")
    else:
        try:
            return _file(setup, form, period, whole=data.get("whole") == "1", origin=origin_of(request))
        except (Busy, NothingPosted, NumberMissing, OutOfBalance, EdgeError) as error:
            fault = _why_not(error)
    messages.error(request, fault, extra_tags="bad")
    return redirect(f"{reverse('tools', args=[setup.slug])}#export")


def _file(setup: Setup, form: str, period: Period, *, whole: bool, origin: str) -> StreamingHttpResponse:
    """Write the whole file before sending it, so that every error is reported before the response starts."""
    now = timezone.now().astimezone(OSLO)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed after it is sent
    try:
        with held("export", setup.company_id), read_journal(setup, *period, whole=whole) as journal:
            name = formats.file_name(form, journal, now)
            file.writelines(_rows(journal) if form == "csv" else formats.text_pieces(form, journal, now))
            record_export(setup.company_id, Exported.JOURNAL, formats.NAMES[form], journal.entries_count, origin=origin)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    response = StreamingHttpResponse(_sent(file), content_type=formats.CONTENT_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(journal: Journal) -> Iterator[bytes]:
    return csv_pieces(tables.HEAD, tables.rows(journal))


async def _sent(file: IO[bytes]) -> AsyncIterator[bytes]:
    """Stream the file and close it."""
    with file:
        while block := await sync_to_async(file.read)(BLOCK):
            yield block


def _period(first: str, last: str) -> Period | None:
    """Parse two days, both included. Return None if they are not a period."""
    try:
        return parsed_period(first, last)
    except NotAPeriod:
        return None


def _why_not(error: Exception) -> str:
    """Say why no file was created, and what to do."""
    match error:
        case Busy():
            return _("No file was created. Another export is in progress. Try again when it is done.")
        case NothingPosted():
            return _("No file was created. Bilag posted nothing in this period. Choose another period.")
        case NumberMissing():
            return _("No file was created. SAF-T requires a valid organisation number. Enter it on the page Company.")
        case OutOfBalance():
            facts = {"number": error.number, "day": day(error.voucher_date), "difference": amount(error.difference)}
            return (
                _(
                    "No file was created. In the accounting system, voucher %(number)s of %(day)s does not balance: the difference "
                    "is %(difference)s. Correct it there."
                )
                % facts
            )
        case EdgeError():
            one = render_problem(error.problems[0], language())
            return _("No file was created.") + f" {one.message} {one.remedy}"
        case _:
            raise AssertionError(f"unknown: {error!r}")
