"""Cases for expenses: lines that others posted, read back, and their documents."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

from bilag.platforms.conformance.kit import HUNDRED, Cost, Kit, NotConforming, require
from bilag.posting.expense import ExpenseRules, Ignored, IgnoredReason, PostedLine, select
from bilag.wire.errors import Refused

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
LARGEST = 1_000_000
Lines = dict[tuple[int, int], PostedLine]


def cost_line_has_vat_project_and_supplier(kit: Kit) -> None:
    """A cost line has signed amounts that add up, its project and the supplier's number, each time it is read."""
    kit.put_master_data()
    line, _cursor = _posted(kit, kit.sample.open_day)
    amounts = (line.net, line.vat, line.gross)
    require(amounts == (HUNDRED * 10, HUNDRED * 10 / 4, HUNDRED * 10 * 5 / 4), f"wrong amounts: {amounts}")
    require(line.account == kit.sample.cost_account, f"on the wrong account: {line.account}")
    unit = kit.sample.dimensions.project
    if unit is not None:
        require(line.unit(unit) == kit.in_unit(unit, kit.sample.project), f"on the wrong project: {line.units}")
    require(line.voucher_date == kit.sample.open_day, f"on the wrong day: {line.voucher_date}")
    number = "F-88" if kit.platform.capabilities.supplier_invoice_numbers else None
    require(line.supplier_invoice_number == number, f"wrong supplier invoice number: {line.supplier_invoice_number}")
    require(_read(kit, first=kit.sample.open_day).get(line.key) == line, "the line differs when read again")


def cost_on_project_0_is_kept(kit: Kit) -> None:
    """A cost on project "0" has its project, where the unit takes "0" as a value as any other."""
    kit.put_master_data()
    unit = kit.sample.dimensions.project
    definition = kit.platform.chart().units.get(unit or 0)
    if unit is None or definition is None or definition.is_none("0"):
        return
    kit.platform.put_project(replace(kit.project("Null"), moment_id=2, number="0"))
    before = set(_read(kit))
    kit.ledger.post_cost(replace(_cost(kit, kit.sample.open_day), project="0"))
    require([line.unit(unit) for line in _new(kit, before)] == ["0"], "a cost on project 0 has no project")


def supplier_credit_is_negative(kit: Kit) -> None:
    """A supplier's credit has the opposite sign."""
    kit.put_master_data()
    line, _cursor = _posted(kit, kit.sample.open_day, net=-HUNDRED)
    require((line.net, line.gross) == (-HUNDRED, -HUNDRED * 5 / 4), f"wrong amounts: {line.net}, {line.gross}")


def new_lines_follow_the_cursor_whatever_their_date(kit: Kit) -> None:
    """A line posted after the cursor is returned even if dated earlier; `first` still excludes earlier days."""
    kit.put_master_data()
    _line, cursor = _posted(kit, kit.sample.open_day)
    early, _cursor = _posted(kit, kit.sample.closing_day)
    require(early.key in _read(kit, after=cursor), "a line posted after the cursor is missing")
    require(early.key not in _read(kit, first=kit.sample.open_day), "a line before the first day is listed")


def reversal_names_the_reversed_line(kit: Kit) -> None:
    """A reversal names the line it reverses and has the opposite amounts on the same project."""
    kit.put_master_data()
    before = set(_read(kit))
    handle = kit.ledger.post_cost(_cost(kit, kit.sample.open_day))
    [line] = _new(kit, before)
    kit.ledger.reverse(handle)
    [reversal] = _new(kit, before | {line.key})
    require(reversal.reverses == line.key, f"the reversal names {reversal.reverses}")
    require(
        (reversal.net, reversal.gross, reversal.units) == (-line.net, -line.gross, line.units),
        f"the reversal does not mirror the line: {reversal}",
    )


def own_vouchers_are_recognised(kit: Kit) -> None:
    """Bilag's own vouchers are recognised, even on a cost account: they must not return to Moment."""
    kit.put_master_data()
    before = set(_read(kit))
    invoice = kit.invoice(account=kit.sample.cost_account)
    status = kit.platform.post_voucher([invoice], f"moment-conformance-invoice-{invoice.number}")
    by_journal = kit.platform.capabilities.lines_by_journal and status.journal_number is not None
    rules = ExpenseRules(
        kit.sample.dimensions.project, own_journals=frozenset({status.journal_number or 0} if by_journal else ())
    )
    selections = [select(line, rules) for line in _new(kit, before)]
    require(
        all(one == Ignored(IgnoredReason.OWN_VOUCHER) for one in selections), f"own lines were selected: {selections}"
    )


def unknown_report_is_refused(kit: Kit) -> None:
    """An unknown report is refused by name when the first page is requested."""
    try:
        next(kit.platform.list_posted_lines("no such report"))
    except Refused as refused:
        require(refused.problems[0].code == "report_unknown", f"wrong problem: {refused.problems}")
        require(refused.problems[0].facts.get("value") == "no such report", "the problem does not name the report")
        return
    raise NotConforming("an unknown report was not refused")


def document_is_fetched_unchanged(kit: Kit) -> None:
    """A document is fetched byte for byte, with its detected type; too large and unknown ones are refused."""
    kit.put_master_data()
    line, _cursor = _posted(kit, kit.sample.open_day, document=PDF)
    require(len(line.documents) == 1, f"expected one document: {line.documents}")
    into = BytesIO()
    document = kit.platform.fetch_document(line.documents[0], into, max_bytes=LARGEST)
    require(into.getvalue() == PDF, "the document's content differs")
    require((document.content_type, document.size) == ("application/pdf", len(PDF)), f"wrong type or size: {document}")
    for number, max_bytes, code in (
        (line.documents[0], 10, "document_too_large"),
        ("999999", LARGEST, "document_unknown"),
    ):
        try:
            kit.platform.fetch_document(number, BytesIO(), max_bytes=max_bytes)
        except Refused as refused:
            require(refused.problems[0].code == code, f"expected {code}: {refused.problems}")
        else:
            raise NotConforming(f"expected {code}, but the document was fetched")


def expense_keys_are_unique_and_stable(kit: Kit) -> None:
    """Expense keys are unique, the same after a restart, and within Moment's limit."""
    keys = [
        kit.platform.expense_key(journal, entry)
        for journal, entry in ((8, 1), (81, 1), (8, 11), (2**31 - 1, 2**31 - 1))
    ]
    require(len(set(keys)) == len(keys), f"keys are not unique: {keys}")
    require(kit.open_platform().expense_key(8, 1) == keys[0], "the key changed after a restart")
    require(max(map(len, keys)) <= 100, f"key longer than 100 characters: {keys}")


EXPENSE_CASES: tuple[Callable[[Kit], None], ...] = (
    cost_line_has_vat_project_and_supplier,
    cost_on_project_0_is_kept,
    supplier_credit_is_negative,
    new_lines_follow_the_cursor_whatever_their_date,
    reversal_names_the_reversed_line,
    own_vouchers_are_recognised,
    unknown_report_is_refused,
    document_is_fetched_unchanged,
    expense_keys_are_unique_and_stable,
)


def _cost(kit: Kit, day: date, net: Decimal = HUNDRED * 10, document: bytes | None = None) -> Cost:
    sample = kit.sample
    return Cost(day, sample.cost_account, net, (net / 4).quantize(HUNDRED), sample.project, "F-88", document)


def _posted(
    kit: Kit, day: date, net: Decimal = HUNDRED * 10, document: bytes | None = None
) -> tuple[PostedLine, str | None]:
    """Post a cost; return its line and the cursor after it."""
    before = set(_read(kit))
    kit.ledger.post_cost(_cost(kit, day, net, document))
    found = _new(kit, before)
    require(len(found) == 1, f"expected one new line on the account: {found}")
    cursor = None
    for page in kit.platform.list_posted_lines(""):
        cursor = page.cursor
    require(cursor is not None, "no cursor after the lines")
    return found[0], cursor


def _read(kit: Kit, *, after: str | None = None, first: date | None = None) -> Lines:
    pages = kit.open_platform().list_posted_lines("", after=after, first=first)
    return {line.key: line for page in pages for line in page.lines}


def _new(kit: Kit, before: Collection[tuple[int, int]]) -> list[PostedLine]:
    """Return lines on the cost account that are not in `before`."""
    account = kit.sample.cost_account
    return [line for key, line in _read(kit).items() if key not in before and line.account == account]
