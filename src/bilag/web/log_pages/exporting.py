"""The log as CSV or Excel, sent while it is read: its length is no matter for memory."""

import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import IO

from asgiref.sync import sync_to_async
from django.http import Http404, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from bilag.transfers.history import Place, Wish, lines
from bilag.web.company_pages import CompanyRequest, company_page
from bilag.web.log_pages.telling import Told, told
from bilag.web.log_pages.wishes import asked
from bilag.web.templatetags.bilag import OSLO

CHUNK = 1000
BLOCK = 64 * 1024
MOST_IN_EXCEL = 100_000
LONGEST_CELL = 32_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@company_page(methods=("GET", "HEAD"))
def export(request: CompanyRequest, form: str) -> StreamingHttpResponse:
    """What the log shows, all pages of it, as `csv` or `xlsx`."""
    company, wish = request.access.company, asked(request.GET).wish
    language = translation.get_language() or "en"
    if form == "csv":
        response = StreamingHttpResponse(_csv(company.pk, wish, language), content_type="text/csv; charset=utf-8")
    elif form == "xlsx":
        response = StreamingHttpResponse(_excel(company.pk, wish, language), content_type=EXCEL)
    else:
        raise Http404
    name = f"{company.slug}-log-{timezone.now().astimezone(OSLO):%Y-%m-%d}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _head() -> list[str]:
    return [_("Time"), _("Event"), _("What about"), _("By"), _("Good or bad"), _("Details")]


def _cells(line: Told) -> list[str]:
    standing = {"good": _("Good"), "bad": _("Bad"), "": ""}[line.level]
    at = line.at.astimezone(OSLO).strftime("%Y-%m-%d %H:%M:%S")
    return [harmless(cell) for cell in (at, line.title, line.about, line.origin, standing, line.detail)]


def _chunk(company_id: int, wish: Wish, before: Place | None, language: str) -> tuple[list[list[str]], Place | None]:
    """The next rows, and the place behind them; None at the end."""
    found = lines(company_id, wish, before, CHUNK)
    with translation.override(language):
        rows = [_cells(told(line)) for line in found]
    return rows, found[-1].place if len(found) == CHUNK else None


def _all(company_id: int, wish: Wish, language: str) -> Iterator[list[str]]:
    before: Place | None = None
    while True:
        rows, before = _chunk(company_id, wish, before, language)
        yield from rows
        if before is None:
            return


async def _csv(company_id: int, wish: Wish, language: str) -> AsyncIterator[bytes]:
    """With a mark of its encoding, and semicolons on a Norwegian page: Excel opens each as a table there."""
    with translation.override(language):
        yield _csv_text([_head()], language).encode("utf-8-sig")
    before: Place | None = None
    while True:
        rows, before = await sync_to_async(_chunk)(company_id, wish, before, language)
        yield _csv_text(rows, language).encode()
        if before is None:
            return


def _csv_text(rows: Iterable[list[str]], language: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";" if language.startswith("nb") else ",").writerows(rows)
    return text.getvalue()


async def _excel(company_id: int, wish: Wish, language: str) -> AsyncIterator[bytes]:
    """Written to a file first, as the form asks for that, and sent from there."""
    with await sync_to_async(_excel_file)(company_id, wish, language) as file:
        while block := await sync_to_async(file.read)(BLOCK):
            yield block


def _excel_file(company_id: int, wish: Wish, language: str) -> IO[bytes]:
    book = Workbook(write_only=True)
    with translation.override(language):
        sheet, head, too_many = book.create_sheet(_("Log")), _head(), _("There is more: choose fewer days, or CSV.")
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEF", (19, 28, 32, 28, 12, 100), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.append(head)
    for count, row in enumerate(_all(company_id, wish, language)):
        if count == MOST_IN_EXCEL:
            sheet.append([too_many])
            break
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell)[:LONGEST_CELL] for cell in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    book.save(file)
    file.seek(0)
    return file
