"""Write rows as CSV or Excel, streamed, with text that no spreadsheet evaluates as a formula."""

import csv
import io
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Any, TypeVar

from asgiref.sync import sync_to_async
from django.db.models import Model, QuerySet
from django.http import StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from bilag.events.exported import Exported, recorded
from bilag.posting.selection import OSLO

if TYPE_CHECKING:
    from bilag.web.decorators import CompanyRequest

Cell = str | int | Decimal | date | datetime | None
Row = Sequence[Cell]
AnyModel = TypeVar("AnyModel", bound=Model)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = {"csv": "CSV", "xlsx": "Excel"}
MOST_IN_EXCEL = 100_000
LONGEST_CELL = 32_000
"""In UTF-16, as Excel counts: an emoji is two. A file with a longer cell is repaired when it is opened, or refused."""
MEASURED = 1000
"""So many rows decide how wide the columns are."""
FILTER = 4
"""The room of a title's filter."""
NARROWEST, WIDEST = 8, 60
"""Widths of columns, in characters. A text that is longer is wrapped."""
AMOUNT = "#,##0.00"
ZONE = "Oslo"
HEADING, SHADE = Font(bold=True), PatternFill("solid", fgColor="EEF1F5")
TOP, WRAPPED = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)
BLOCK = 64 * 1024
TOGETHER = 500
CHUNK = 1000


def sheet_response(
    request: "CompanyRequest",
    what: Exported,
    form: str,
    name: str,
    title: str,
    head: Row,
    rows: Callable[[], Iterator[Row]],
    *,
    widths: Sequence[int] = (),
) -> StreamingHttpResponse:
    """Return `rows` as a `csv` or `xlsx` file, and write a line about it in the company's log. Raise `ValueError` for any other
    `form`.

    `rows` is called while the file is sent, when the language of the request is no longer active. `widths` are the
    column widths in Excel; without them, the content decides.
    """
    company_id, origin = request.access.company.pk, str(request.user)

    def logged() -> Iterator[Row]:
        return recorded(rows(), company_id, what, FORMS[form], origin=origin)

    if form == "csv":
        response = StreamingHttpResponse(_csv(head, logged), content_type="text/csv; charset=utf-8")
    elif form == "xlsx":
        response = StreamingHttpResponse(
            _excel(
                title,
                head,
                logged,
                widths,
                _("There are more rows. Narrow the selection, or choose CSV."),
                translation.get_language() or "en",
            ),
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
    return list(islice(rows, TOGETHER))


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
    title: str, head: Row, rows: Callable[[], Iterator[Row]], widths: Sequence[int], too_many: str, language: str
) -> AsyncIterator[bytes]:
    """Write the workbook to a temporary file, then stream the file: the format does not allow streaming."""
    with await sync_to_async(excel_file)(title, head, rows, widths, too_many, language=language) as file:
        while block := await sync_to_async(file.read)(BLOCK):
            yield block


def csv_pieces(head: Row, rows: Iterator[Row]) -> Iterator[bytes]:
    """Yield the same CSV as `sheet_response`, for callers that write it to a file."""
    yield _csv_text([head]).encode("utf-8-sig")
    while some := _some(rows):
        yield _csv_text(some).encode()


def excel_file(
    title: str,
    head: Row,
    rows: Callable[[], Iterator[Row]],
    widths: Sequence[int],
    too_many: str,
    *,
    language: str = "en",
) -> IO[bytes]:
    """Return a temporary file with the rows, at its start. After 100,000 rows it ends with `too_many`.

    The heading is bold and stays in sight, the columns can be filtered, and are as wide as `widths` or as the first rows need.
    Dates and amounts are dates and numbers. Times are Oslo's, which the titles of their columns say.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    left = rows()
    first = list(islice(left, MEASURED))
    sizes = [*map(max, widths, _measured(head, [])), *_measured(head, first)[len(widths) :]]
    for number, width in enumerate(sizes, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    times = {place for row in first for place, cell in enumerate(row) if isinstance(cell, datetime)}
    cells = _Cells(sheet, language, [width >= WIDEST for width in sizes])
    sheet.append(cells.heading([f"{cell} ({ZONE})" if place in times else cell for place, cell in enumerate(head)]))
    count = 0
    for row in chain(first, left):
        if count == MOST_IN_EXCEL:
            sheet.append([too_many])
            break
        sheet.append(cells.row(row))
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(head))}{count + 1}"
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    book.save(file)
    file.seek(0)
    return file


class _Cells:
    """Makes the cells of a sheet: amounts with two decimals, dates in the form of the language, long texts wrapped."""

    def __init__(self, sheet: Any, language: str, is_wide: Sequence[bool]) -> None:
        self._sheet = sheet
        self._is_wide = is_wide
        self._day = "dd.mm.yyyy" if language.startswith("nb") else "d mmm yyyy"

    def heading(self, row: Row) -> list[Any]:
        """Return the titles of the columns."""
        return [self._cell(cell, font=HEADING, fill=SHADE, alignment=TOP) for cell in row]

    def row(self, row: Row) -> list[Any]:
        """Return a row. Only what needs a format has one, so that a large file is made fast."""
        return [self._formatted(cell, place) for place, cell in enumerate(row)]

    def _formatted(self, cell: Cell, place: int) -> Any:
        if isinstance(cell, Decimal):
            return self._cell(cell, number_format=AMOUNT)
        if isinstance(cell, datetime):
            return self._cell(cell, number_format=f"{self._day} hh:mm:ss")
        if isinstance(cell, date):
            return self._cell(cell, number_format=self._day)
        text = _for_excel(cell)
        if isinstance(text, str) and self._is_wide[place] and len(text) > WIDEST:
            return self._cell(text, alignment=WRAPPED)
        return text

    def _cell(self, value: Any, **styles: Any) -> Any:
        cell = WriteOnlyCell(self._sheet, value)
        for name, style in styles.items():
            setattr(cell, name, style)
        return cell


def _measured(head: Row, rows: Sequence[Row]) -> list[int]:
    """Return a width for each column: that of its widest cell, within limits."""
    return [
        min(WIDEST, max(NARROWEST, _length(title) + FILTER, *(_length(row[place]) + 2 for row in rows)))
        for place, title in enumerate(head)
    ]


def _length(cell: Cell) -> int:
    """Return how many characters a cell shows."""
    if isinstance(cell, datetime):
        return 20
    if isinstance(cell, date):
        return 11
    return len(f"{cell:,.2f}") if isinstance(cell, Decimal) else len(str(cell or ""))


def _for_excel(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("", str(harmless(cell)))[:LONGEST_CELL]
    return text.encode("utf-16-le")[: 2 * LONGEST_CELL].decode("utf-16-le", "ignore") if not text.isascii() else text
