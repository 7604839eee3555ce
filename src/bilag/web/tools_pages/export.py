"""What was posted in a period, as a file: SAF-T, beancount or CSV."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import date
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
from bilag.exports import formats, tables
from bilag.exports.entries import OutOfBalance
from bilag.exports.journal import Journal, NothingPosted, read_journal
from bilag.exports.saft import NumberMissing
from bilag.jobs.advisory_lock import Busy, held
from bilag.members.models import Role
from bilag.messages import render_problem
from bilag.posting.selection import OSLO
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.setup_pages.loading import language
from bilag.web.spreadsheets import BLOCK, csv_pieces
from bilag.wire.errors import EdgeError

LONGEST_DAYS = 3660


@company_page(Role.MEMBER, methods=("POST",))
def export(request: CompanyRequest) -> HttpResponseBase:
    """The file, or back to the page with what is in its way."""
    setup = store.load_setup(request.access.company.pk)
    given = request.POST
    period = _period(given.get("from", ""), given.get("to", ""))
    form = given.get("form", "")
    if period is None or form not in formats.FORMS:
        fault = _(
            "No file was made: choose a form, and two days of which the first comes first, at most ten years apart."
        )
    else:
        try:
            return _file(setup, form, period, whole=given.get("whole") == "1")
        except (Busy, NothingPosted, NumberMissing, OutOfBalance, EdgeError) as error:
            fault = _said(error)
    messages.error(request, fault, extra_tags="bad")
    return redirect(f"{reverse('tools', args=[setup.slug])}#export")


def _file(setup: Setup, form: str, period: tuple[date, date], *, whole: bool) -> StreamingHttpResponse:
    """Written as a whole first: what is wrong with it is known before anything is sent."""
    now = timezone.now().astimezone(OSLO)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
    try:
        with held("export", setup.company_id), read_journal(setup, *period, whole=whole) as journal:
            name = formats.file_name(form, journal, now)
            file.writelines(_rows(journal) if form == "csv" else formats.text_pieces(form, journal, now))
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
    with file:
        while block := await sync_to_async(file.read)(BLOCK):
            yield block


def _period(first: str, last: str) -> tuple[date, date] | None:
    """Both days included; None for what is no period."""
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    return (begin, end) if begin <= end and (end - begin).days <= LONGEST_DAYS else None


def _said(error: Exception) -> str:
    """What is in the way, and what to do."""
    match error:
        case Busy():
            return _("No file was made: the journal is being read for another export. Try again when that is done.")
        case NothingPosted():
            return _("No file was made: through Bilag nothing was posted in this period. Choose another.")
        case NumberMissing():
            return _(
                "No file was made: SAF-T names the company by its organisation number, and there is none that is right. "
                "Give it in the setup."
            )
        case OutOfBalance():
            facts = {"number": error.number, "day": error.voucher_date, "difference": error.difference}
            return (
                _(
                    "No file was made: as the accounting system gives it back, voucher %(number)s of %(day)s does not sum to "
                    "zero, but to %(difference)s. Look at it there."
                )
                % facts
            )
        case EdgeError():
            one = render_problem(error.problems[0], language())
            return _("No file was made.") + f" {one.message} {one.remedy}"
        case _:
            raise AssertionError(f"unknown: {error!r}")
