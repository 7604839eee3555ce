"""Cases of the kit: what others posted, read back as lines that may become expenses, and their documents."""

from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal
from io import BytesIO

from bilag.platforms.conformance.kit import HUNDRED, Cost, Kit, NotConforming, require
from bilag.posting.expense import ExpenseRules, Ignored, PostedLine, select
from bilag.wire.errors import Refused

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
LARGEST = 1_000_000
Lines = dict[tuple[int, int], PostedLine]


def a_cost_is_told_with_its_vat_its_project_and_its_supplier(kit: Kit) -> None:
    """Signed amounts that add up, the value of the project in its unit, the supplier's number of it; the same again."""
    kit.put_master_data()
    line, _cursor = _posted(kit, kit.sample.open_day)
    told = (line.net, line.vat, line.gross)
    require(told == (HUNDRED * 10, HUNDRED * 10 / 4, HUNDRED * 10 * 5 / 4), f"other amounts: {told}")
    require(line.account == kit.sample.cost_account, f"on another account: {line.account}")
    unit = kit.sample.dimensions.project
    if unit is not None:
        require(line.unit(unit) == kit.in_unit(unit, kit.sample.project), f"on another project: {line.units}")
    require(line.voucher_date == kit.sample.open_day, f"on another day: {line.voucher_date}")
    require(line.supplier_invoice_number == "F-88", f"another invoice: {line.supplier_invoice_number}")
    require(_read(kit, first=kit.sample.open_day).get(line.key) == line, "read again it is another line")


def a_suppliers_credit_is_negative(kit: Kit) -> None:
    """What a supplier gives back has the other sign."""
    kit.put_master_data()
    line, _cursor = _posted(kit, kit.sample.open_day, net=-HUNDRED)
    require((line.net, line.gross) == (-HUNDRED, -HUNDRED * 5 / 4), f"other amounts: {line.net}, {line.gross}")


def what_is_posted_behind_the_cursor_comes_whatever_its_date(kit: Kit) -> None:
    """Also a cost of an earlier day than all before it; and nothing of an earlier day where a first day is asked for."""
    kit.put_master_data()
    _line, cursor = _posted(kit, kit.sample.open_day)
    early, _cursor = _posted(kit, kit.sample.closing_day)
    require(early.key in _read(kit, after=cursor), "what was posted since does not come")
    require(early.key not in _read(kit, first=kit.sample.open_day), "a line before the first day comes")


def a_line_that_takes_another_back_names_it(kit: Kit) -> None:
    """With the opposite amounts, on the same project."""
    kit.put_master_data()
    before = set(_read(kit))
    handle = kit.ledger.post_cost(_cost(kit, kit.sample.open_day))
    [line] = _new(kit, before)
    kit.ledger.reverse(handle)
    [back] = _new(kit, before | {line.key})
    require(back.reverses == line.key, f"it names {back.reverses}")
    require((back.net, back.gross, back.units) == (-line.net, -line.gross, line.units), f"it is no mirror: {back}")


def what_we_posted_ourselves_is_known_as_ours(kit: Kit) -> None:
    """Even on an account for costs: what came from Moment must not go back there."""
    kit.put_master_data()
    before = set(_read(kit))
    invoice = kit.invoice(account=kit.sample.cost_account)
    standing = kit.platform.post_voucher([invoice], f"moment-conformance-invoice-{invoice.number}")
    by_journal = kit.platform.capabilities.lines_by_journal and standing.journal_number is not None
    rules = ExpenseRules(
        kit.sample.dimensions.project, own_journals=frozenset({standing.journal_number or 0} if by_journal else ())
    )
    verdicts = [select(line, rules) for line in _new(kit, before)]
    require(all(one == Ignored("own_voucher") for one in verdicts), f"told {verdicts}")


def a_report_that_is_not_there_is_refused(kit: Kit) -> None:
    """Told by its name, when the first page is asked for."""
    try:
        next(kit.platform.list_posted_lines("no such report"))
    except Refused as refused:
        require(refused.problems[0].code == "report_unknown", f"told {refused.problems}")
        require(refused.problems[0].facts.get("value") == "no such report", "the report is not named")
        return
    raise NotConforming("it was not refused")


def the_document_of_a_cost_is_fetched_as_it_was_put_there(kit: Kit) -> None:
    """To the byte, with its type looked at; one that is too large, and one that is not there, are refused."""
    kit.put_master_data()
    line, _cursor = _posted(kit, kit.sample.open_day, document=PDF)
    require(len(line.documents) == 1, f"documents: {line.documents}")
    into = BytesIO()
    document = kit.platform.fetch_document(line.documents[0], into, max_bytes=LARGEST)
    require(into.getvalue() == PDF, "another document")
    require((document.content_type, document.size) == ("application/pdf", len(PDF)), f"told {document}")
    for number, most, code in ((line.documents[0], 10, "document_too_large"), ("999999", LARGEST, "document_unknown")):
        try:
            kit.platform.fetch_document(number, BytesIO(), max_bytes=most)
        except Refused as refused:
            require(refused.problems[0].code == code, f"{code} expected, told {refused.problems}")
        else:
            raise NotConforming(f"{code} expected, and the document came")


def each_line_has_a_key_of_its_own(kit: Kit) -> None:
    """The same from another instance, and no longer than Moment takes."""
    keys = [
        kit.platform.expense_key(journal, entry)
        for journal, entry in ((8, 1), (81, 1), (8, 11), (2**31 - 1, 2**31 - 1))
    ]
    require(len(set(keys)) == len(keys), f"two lines with one key: {keys}")
    require(kit.open_platform().expense_key(8, 1) == keys[0], "it is another key after a restart")
    require(max(map(len, keys)) <= 100, f"longer than 100 characters: {keys}")


EXPENSE_CASES: tuple[Callable[[Kit], None], ...] = (
    a_cost_is_told_with_its_vat_its_project_and_its_supplier,
    a_suppliers_credit_is_negative,
    what_is_posted_behind_the_cursor_comes_whatever_its_date,
    a_line_that_takes_another_back_names_it,
    what_we_posted_ourselves_is_known_as_ours,
    a_report_that_is_not_there_is_refused,
    the_document_of_a_cost_is_fetched_as_it_was_put_there,
    each_line_has_a_key_of_its_own,
)


def _cost(kit: Kit, day: date, net: Decimal = HUNDRED * 10, document: bytes | None = None) -> Cost:
    sample = kit.sample
    return Cost(day, sample.cost_account, net, (net / 4).quantize(HUNDRED), sample.project, "F-88", document)


def _posted(
    kit: Kit, day: date, net: Decimal = HUNDRED * 10, document: bytes | None = None
) -> tuple[PostedLine, str | None]:
    """The line of a new cost, and the cursor behind it."""
    before = set(_read(kit))
    kit.ledger.post_cost(_cost(kit, day, net, document))
    found = _new(kit, before)
    require(len(found) == 1, f"one new line on the account is expected: {found}")
    cursor = None
    for page in kit.platform.list_posted_lines(""):
        cursor = page.cursor
    require(cursor is not None, "no cursor behind the lines")
    return found[0], cursor


def _read(kit: Kit, *, after: str | None = None, first: date | None = None) -> Lines:
    pages = kit.open_platform().list_posted_lines("", after=after, first=first)
    return {line.key: line for page in pages for line in page.lines}


def _new(kit: Kit, before: Collection[tuple[int, int]]) -> list[PostedLine]:
    """Lines on the account for costs that were not there before."""
    account = kit.sample.cost_account
    return [line for key, line in _read(kit).items() if key not in before and line.account == account]
