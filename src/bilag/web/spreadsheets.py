"""Write rows as CSV or Excel, streamed, with text that no spreadsheet evaluates as a formula."""

import csv
import io
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, TypeVar

from asgiref.sync import sync_to_async
from django.db.models import Model, QuerySet
from django.http import StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from bilag.posting.selection import OSLO

Cell = str | int | Decimal | date | datetime | None
Row = Sequence[Cell]
AnyModel = TypeVar("AnyModel", bound=Model)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_IN_EXCEL = 100_000
LONGEST_CELL = 32_000
BLOCK = 64 * 1024
TOGETHER = 500
CHUNK = 1000


def sheet_response(
    form: str, name: str, title: str, head: Row, rows: Callable[[], Iterator[Row]], *, widths: Sequence[int] = ()
) -> StreamingHttpResponse:
    """Return `rows` as a `csv` or `xlsx` file. Raise `ValueError` for any other `form`.

    `rows` is called while the file is sent, when the language of the request is no longer active. `widths` are the
    column widths in Excel.
    """
    if form == "csv":
        response = StreamingHttpResponse(_csv(head, rows), content_type="text/csv; charset=utf-8")
    elif form == "xlsx":
        response = StreamingHttpResponse(
            _excel(title, head, rows, widths, _("There are more rows. Narrow the selection, or choose CSV.")),
            content_type=EXCEL,
        )
    else:
        raise ValueError(form)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def pages_of(rows: QuerySet[AnyModel], cells: Callable[[AnyModel], Row]) -> Callable[[], Iterator[Row]]:
    """Return the `cells` of all `rows` for `sheet_response`: newest first, in chunks, in the language active now."""
    language = translation.get_language() or "en"

    def rendered() -> Iterator[Row]:
        last = None
        while True:
            chunk = list((rows.filter(pk__lt=last) if last is not None else rows).order_by("-pk")[:CHUNK])
            with translation.override(language):
                some = [cells(row) for row in chunk]
            yield from some
            if len(chunk) < CHUNK:
                return
            last = chunk[-1].pk

    return rendered


def oslo_clock(moment: datetime | None) -> datetime | None:
    """Return the time in Oslo without a time zone, because spreadsheets do not support time zones."""
    return moment.astimezone(OSLO).replace(tzinfo=None, microsecond=0) if moment else None


def harmless(cell: Cell) -> Cell:
    """Escape a text that a spreadsheet would evaluate as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


async def _csv(head: Row, rows: Callable[[], Iterator[Row]]) -> AsyncIterator[bytes]:
    """Stream CSV that a Norwegian Excel opens as a table: semicolons, decimal commas and a byte order mark."""
    yield _csv_text([head]).encode("utf-8-sig")
    left = rows()
    while some := await sync_to_async(_some)(left):
        yield _csv_text(some).encode()


def _some(rows: Iterator[Row]) -> list[Row]:
    """Return the next rows; an empty list at the end."""
    return [row for row, _count in zip(rows, range(TOGETHER), strict=False)]


def _csv_text(rows: Iterable[Row]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([_as_text(cell) for cell in row] for row in rows)
    return text.getvalue()


def _as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return str(cell).replace(".", ",")
    return cell.isoformat(" ") if isinstance(cell, datetime) else str(harmless(cell))


async def _excel(
    title: str, head: Row, rows: Callable[[], Iterator[Row]], widths: Sequence[int], too_many: str
) -> AsyncIterator[bytes]:
    """Write the workbook to a temporary file, then stream the file: the format does not allow streaming."""
    with await sync_to_async(excel_file)(title, head, rows, widths, too_many) as file:
        while block := await sync_to_async(file.read)(BLOCK):
            yield block


def csv_pieces(head: Row, rows: Iterator[Row]) -> Iterator[bytes]:
    """Yield the same CSV as `sheet_response`, for callers that write it to a file."""
    yield _csv_text([head]).encode("utf-8-sig")
    while some := _some(rows):
        yield _csv_text(some).encode()


def excel_file(
    title: str, head: Row, rows: Callable[[], Iterator[Row]], widths: Sequence[int], too_many: str
) -> IO[bytes]:
    """Return a temporary file with the rows, at its start. After 100,000 rows it ends with `too_many`."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append(list(head))
    for count, row in enumerate(rows()):
        if count == MOST_IN_EXCEL:
            sheet.append([too_many])
            break
        sheet.append([_for_excel(cell) for cell in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    book.save(file)
    file.seek(0)
    return file


def _for_excel(cell: Cell) -> Cell:
    return ILLEGAL_CHARACTERS_RE.sub("", str(harmless(cell)))[:LONGEST_CELL] if isinstance(cell, str) else cell
