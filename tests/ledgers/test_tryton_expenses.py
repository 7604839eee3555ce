"""Expenses read back from Tryton: what people post there, as lines that Bilag can take into Moment."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from bilag.posting.expense import PostedLine
from bilag.wire.errors import Refused
from tests.support.tryton.office import Office
from tests.support.tryton.purchases import DAY, PDF, Purchases


def read(office: Office, **how: Any) -> dict[tuple[int, int], PostedLine]:
    return {line.key: line for page in office.platform().list_posted_lines("", **how) for line in page.lines}


def only(lines: dict[tuple[int, int], PostedLine], move: int, account: str = "4300") -> PostedLine:
    (line,) = [line for line in lines.values() if line.journal == move and line.account == account]
    return line


def test_a_suppliers_invoice_is_told_with_its_vat_project_and_supplier(office: Office, purchases: Purchases) -> None:
    supplier = purchases.supplier("Modellbau Øst AS")
    costs = {"net": "1000.00", "vat_code": "1", "project": "1300", "department": "10", "billability": "1"}
    invoice = purchases.invoice(costs, supplier=supplier, reference="GS-12")
    move = purchases.move_of(invoice)
    line = only(read(office), move)
    assert (line.net, line.vat, line.gross) == (Decimal("1000.00"), Decimal("250.00"), Decimal("1250.00"))
    assert line.units == ((1, "10"), (2, "1300"), (3, "1"))
    assert (line.voucher_type, line.voucher_date, line.text) == ("incomingInvoice", DAY, "Modellmateriell")
    assert (line.supplier_name, line.supplier_invoice_number) == ("Modellbau Øst AS", "GS-12")
    assert line.entry in purchases.lines_of(move)
    assert line.vat_code == "1"


def test_vat_of_an_invoice_is_spread_over_its_lines_and_adds_up(office: Office, purchases: Purchases) -> None:
    lines = [{"net": net, "vat_code": "1", "project": "1300"} for net in ("33.33", "33.33", "33.37")]
    move = purchases.move_of(purchases.invoice(*lines, {"net": "10.00", "project": "1300", "text": "Porto"}))
    found = [line for line in read(office).values() if line.journal == move and line.account == "4300"]
    assert sorted(line.net for line in found) == [Decimal(one) for one in ("10.00", "33.33", "33.33", "33.37")]
    owed = office.person.read("account.move.line", [["move", "=", move], ["account.code", "=", "2400"]], "credit")
    assert sum(line.gross for line in found) == owed[0]["credit"]
    assert all(line.gross == line.net + line.vat for line in found)
    (postage,) = [line for line in found if line.text == "Porto"]
    assert (postage.vat, postage.vat_code) == (Decimal("0.00"), None)


def test_a_suppliers_credit_note_is_negative(office: Office, purchases: Purchases) -> None:
    move = purchases.move_of(purchases.invoice({"net": "-400.00", "vat_code": "1", "project": "1300"}))
    line = only(read(office), move)
    assert (line.voucher_type, line.net, line.vat) == ("incomingCreditNote", Decimal("-400.00"), Decimal("-100.00"))


def test_an_amount_in_another_currency_is_told_beside_the_one_in_kroner(office: Office, purchases: Purchases) -> None:
    move = purchases.move_of(purchases.invoice({"net": "100.00", "vat_code": "1", "project": "1300"}, currency="EUR"))
    line = only(read(office), move)
    assert (line.currency, line.currency_amount) == ("EUR", Decimal("125.00"))
    assert line.gross == line.net + line.vat
    assert abs(line.gross - Decimal("125.00") * line.exchange_rate) <= Decimal("0.01")
    assert Decimal("11.5") < line.exchange_rate < Decimal("11.7")


def test_a_voucher_that_is_no_invoice_is_told_too(office: Office, purchases: Purchases) -> None:
    move = purchases.journal({"amount": "450.00", "project": "1300", "text": "Flytog"})
    line = only(read(office), move, "7140")
    assert (line.voucher_type, line.text, line.net, line.vat) == (
        "journal",
        "Flytog",
        Decimal("450.00"),
        Decimal("0.00"),
    )
    assert line.units == ((2, "1300"),)


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (
            [("project", "1300", Decimal("270.00")), ("project", "1301", Decimal("180.00"))],
            "split over several values of Prosjekt (1300, 1301)",
        ),
        ([("project", "1300", Decimal("270.00"))], "only a part of the line is on 1300"),
    ],
)
def test_a_cost_split_over_projects_is_told_to_a_person(
    office: Office, purchases: Purchases, shares: list[tuple[str, str, Decimal]], said: str
) -> None:
    move = purchases.journal({"amount": "450.00", "shares": shares})
    odd = [
        one
        for page in office.platform().list_posted_lines("")
        for one in page.unreadable
        if one.key and one.key[0] == move
    ]
    assert len(odd) == 1
    assert said in str(odd[0].why)
    assert odd[0].problem.code == "expense_line_unreadable"


def test_a_cancelled_voucher_names_the_line_that_it_takes_back(office: Office, purchases: Purchases) -> None:
    move = purchases.journal({"amount": "450.00", "project": "1300"})
    cancelling = purchases.cancel(move)
    lines = read(office)
    line, back = only(lines, move, "7140"), only(lines, cancelling, "7140")
    assert back.reverses == line.key
    assert (back.net, back.units) == (-line.net, line.units)


def test_the_cursor_brings_what_was_posted_later_whatever_its_date(office: Office, purchases: Purchases) -> None:
    pages = list(office.platform().list_posted_lines("", first=DAY))
    cursor = pages[-1].cursor
    assert cursor is not None
    early = purchases.journal({"amount": "90.00", "project": "1300"}, day=DAY.replace(month=1))
    assert early in {journal for journal, _entry in read(office, after=cursor)}
    assert early not in {journal for journal, _entry in read(office, first=DAY)}
    assert read(office, after="not a cursor").keys() == read(office).keys()


def test_what_bilag_posted_itself_is_told_as_its_own_though_a_person_cancels_it(
    office: Office, purchases: Purchases
) -> None:
    from tests.support.tryton import samples

    platform = office.platform()
    samples.put_master_data(platform)
    invoice = samples.invoice()
    standing = platform.post_voucher([invoice], samples.key(invoice))
    move = standing.batch_number
    assert move is not None
    cancelling = purchases.cancel(move)
    manual = purchases.journal({"amount": "75.00", "project": "1300"}, text="Byggvare Faktura 88: skruer")
    kinds = {line.journal: line.voucher_type for line in read(office).values()}
    assert (kinds[move], kinds[cancelling], kinds[manual]) == ("outgoingInvoice", "outgoingInvoice", "journal")


def test_documents_of_the_invoice_and_of_its_move_are_fetched(office: Office, purchases: Purchases) -> None:
    invoice = purchases.invoice({"project": "1300"})
    move = purchases.move_of(invoice)
    first = purchases.attach(f"account.invoice,{invoice}", name="F-88 «mal».pdf")
    second = purchases.attach(f"account.move,{move}", name="kvittering")
    line = only(read(office), move)
    assert sorted(line.documents) == sorted((str(first), str(second)))
    into = BytesIO()
    document = office.platform().fetch_document(str(first), into, max_bytes=1024 * 1024)
    assert into.getvalue() == PDF
    assert (document.content_type, document.size, document.file_name) == ("application/pdf", len(PDF), "F-88 «mal».pdf")
    assert office.platform().fetch_document(str(second), BytesIO(), max_bytes=10_000).file_name == "kvittering.pdf"


def test_documents_that_cannot_come_are_refused_and_say_why(office: Office, purchases: Purchases) -> None:
    move = purchases.journal({"amount": "10.00", "project": "1300"})
    resource = f"account.move,{move}"
    cases = {
        purchases.attach(resource, b"<Invoice/>", "F-88.xml"): "document_type_unknown",
        purchases.attach(resource, b"", "tom.pdf"): "document_empty",
        purchases.attach(resource, PDF * 40, "stor.pdf"): "document_too_large",
        99_999_999: "document_unknown",
    }
    for number, code in cases.items():
        into = BytesIO()
        with pytest.raises(Refused) as caught:
            office.platform().fetch_document(str(number), into, max_bytes=1000)
        assert caught.value.problems[0].code == code, number
        assert into.getvalue() == b""
    for rubbish in ("", "..", "1/2", "9" * 40, "٣"):
        with pytest.raises(Refused) as caught:
            office.platform().fetch_document(rubbish, BytesIO(), max_bytes=1000)
        assert caught.value.problems[0].code == "document_unknown"


def test_another_report_than_the_standard_one_is_refused(office: Office) -> None:
    with pytest.raises(Refused) as caught:
        next(office.platform().list_posted_lines("Utlegg"))
    assert caught.value.problems[0].code == "report_unknown"
    assert next(office.platform().list_posted_lines("Standard")).lines


def test_the_key_of_an_expense_is_short_enough_for_moment(office: Office) -> None:
    key = office.platform(database="d" * 63).expense_key(2**31 - 1, 2**31 - 1)
    assert len(key) <= 100
    assert office.platform().expense_key(12, 34) == f"tryton:{office.ledger.database}:12:34"
