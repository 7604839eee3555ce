"""Posted lines out of the hub's reports, and their documents."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

import filetype

from bilag.platforms.azets.client import HubClient
from bilag.platforms.azets.problems import About, malformed
from bilag.platforms.azets.wire import Amount, Day, HubObject, Malformed, MaybeAmount, Units, parsed
from bilag.platforms.base import FetchedDocument, OddLine, PostedPage
from bilag.posting.expense import PostedLine
from bilag.posting.problem import Problem
from bilag.posting.texts import one_line
from bilag.wire.errors import Misconfigured, Refused, Unavailable
from bilag.wire.http import TooLarge

STANDARD = "standard"
ROWS = 1000
MOST_PAGES = 100_000
LARGEST_IDENTITY = 2**63 - 1
HEAD_BYTES = 512
DOCUMENT_TYPES = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/tiff": "tif",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/bmp": "bmp",
}
_PLAIN_NAME = re.compile(r'filename="((?:[^"\\]|\\.)*)"')
_ENCODED_NAME = re.compile(r"filename\*=(?:UTF-8|utf-8)''([^;\s]+)")


class _Identity(HubObject):
    journal_number: int
    entry_number: int


class ReportRowWire(_Identity):
    """A row of a report."""

    account_number: str
    voucher_number: int
    voucher_date: Day
    value_date: Day
    voucher_type: str
    text: str | None = None
    currency: str
    exchange_rate: Amount
    currency_amount: MaybeAmount = None
    net_amount: Amount
    vat_amount: Amount
    gross_amount: Amount
    vat_code: str | None = None
    supplier_number: str | None = None
    supplier_name: str | None = None
    supplier_invoice_number: str | None = None
    org_units: Units = {}
    document_ids: list[str] = []
    reverses: _Identity | None = None


def posted_pages(client: HubClient, report: str, after: str | None, first: date | None) -> Iterator[PostedPage]:
    """The report's pages, as `AccountingPlatform.list_posted_lines` says."""
    cursor, seen = after, {after}
    path = f"reports/{quote(report or STANDARD, safe='')}"
    for _ in range(MOST_PAGES):
        params = {"limit": str(ROWS)}
        if first is not None:
            params["fromDate"] = first.isoformat()
        if cursor is not None:
            params["after"] = cursor
        page, more = _page(_asked(client, path, params, report), cursor)
        yield page
        if not more:
            return
        cursor = page.cursor
        if cursor in seen:
            break
        seen.add(cursor)
    raise malformed(f"{path}: the pages do not end", writing=False)


def _asked(client: HubClient, path: str, params: dict[str, str], report: str) -> Any:
    try:
        return client.ask("GET", path, params=params).value
    except (Misconfigured, Refused) as error:
        # An unknown report stops expenses only: invoices have nothing to do with it.
        first = error.problems[0]
        if first.code == "report_unknown":
            told = Problem(first.code, "setup expenses.report_name", {"value": report or STANDARD}, first.said)
            raise Refused([told]) from error
        raise


def _page(value: Any, cursor: str | None) -> tuple[PostedPage, bool]:
    rows = value.get("rows") if isinstance(value, dict) else None
    if not isinstance(rows, list):
        raise malformed("report: a page of rows is expected", writing=False)
    following = value.get("nextCursor")
    if following is not None and not isinstance(following, str):
        raise malformed("report: nextCursor is expected to be a text", writing=False)
    read = [_line(row) for row in rows]
    lines = tuple(one for one in read if isinstance(one, PostedLine))
    odd = tuple(one for one in read if isinstance(one, OddLine))
    return PostedPage(lines, odd, following if following is not None else cursor), value.get("hasMore") is True


def _line(row: Any) -> PostedLine | OddLine:
    """A row in our terms, or why it is none."""
    try:
        wire = parsed(ReportRowWire, row)
        units = tuple(sorted((int(unit), text) for unit, text in wire.org_units.items()))
    except (Malformed, ValueError) as fault:
        return _odd(row, str(fault))
    if not 0 < wire.journal_number <= LARGEST_IDENTITY or not 0 < wire.entry_number <= LARGEST_IDENTITY:
        return _odd(row, "journalNumber and entryNumber are expected to be above 0")
    if wire.gross_amount != wire.net_amount + wire.vat_amount:
        return _odd(row, "grossAmount is not netAmount + vatAmount")
    for amount in (wire.net_amount, wire.vat_amount):
        if amount != amount.quantize(amount.__class__("0.01")):
            return _odd(row, f"{amount} has more than two decimals")
    return PostedLine(
        journal=wire.journal_number,
        entry=wire.entry_number,
        account=wire.account_number.strip(),
        voucher_number=wire.voucher_number,
        voucher_date=wire.voucher_date,
        value_date=wire.value_date,
        voucher_type=wire.voucher_type,
        net=wire.net_amount,
        vat=wire.vat_amount,
        gross=wire.gross_amount,
        currency=wire.currency,
        exchange_rate=wire.exchange_rate,
        currency_amount=wire.currency_amount,
        text=one_line(wire.text) or "",
        vat_code=wire.vat_code,
        supplier_number=one_line(wire.supplier_number),
        supplier_name=one_line(wire.supplier_name),
        supplier_invoice_number=one_line(wire.supplier_invoice_number),
        units=units,
        documents=tuple(wire.document_ids),
        reverses=(wire.reverses.journal_number, wire.reverses.entry_number) if wire.reverses else None,
    )


def _odd(row: Any, why: str) -> OddLine:
    """What can be said of a row that cannot be read: its identity, where it has one."""
    try:
        identity = parsed(_Identity, row)
    except Malformed:
        voucher = row.get("voucherNumber") if isinstance(row, dict) else None
        where = f"voucher {voucher}" if isinstance(voucher, int) else f"row {one_line(str(row)) or ''}"
        return OddLine(where[:200], why)
    key = identity.journal_number, identity.entry_number
    sensible = all(0 < part <= LARGEST_IDENTITY for part in key)
    return OddLine(f"{key[0]}/{key[1]}"[:200], why, key if sensible else None)


def fetched(client: HubClient, document_id: str, into: BinaryIO, max_bytes: int) -> FetchedDocument:
    """A document, as `AccountingPlatform.fetch_document` says."""
    about = About(f"document {document_id}", {"document": document_id, "value": document_id})
    try:
        headers, size = client.download(f"documents/{quote(document_id, safe='')}", into, max_bytes, about)
    except TooLarge as error:
        facts = {**about.facts, "limit": str(max_bytes // (1024 * 1024))}
        raise Refused([Problem("expense_document_too_large", about.subject, facts)]) from error
    if size == 0:
        raise Refused([Problem("expense_document_empty", about.subject, about.facts)])
    into.seek(0)
    kind = filetype.guess_mime(into.read(HEAD_BYTES))
    if kind not in DOCUMENT_TYPES:
        raise Refused([Problem("expense_document_type", about.subject, about.facts)])
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) != size and "content-encoding" not in headers:
        problem = Problem("hub_malformed", about.subject, {"why": "the document ended too early"})
        raise Unavailable(problem, outcome_known=True)
    return FetchedDocument(_name(headers, document_id, DOCUMENT_TYPES[kind]), kind, size)


def _name(headers: dict[str, str], document_id: str, ending: str) -> str:
    """A harmless file name with the ending that its content has."""
    told = headers.get("content-disposition", "")
    encoded, plain = _ENCODED_NAME.search(told), _PLAIN_NAME.search(told)
    name = unquote(encoded[1]) if encoded else plain[1] if plain else ""
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", one_line(name.replace("\\", "/").rpartition("/")[2]) or "").lstrip(".")
    stem = name.rpartition(".")[0] if "." in name else name
    return f"{(stem or f'document-{document_id}')[:100]}.{ending}"
