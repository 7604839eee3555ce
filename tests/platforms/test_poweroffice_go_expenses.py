"""PowerOffice Go: posted lines and their documents, and the customers, projects and departments that vouchers name."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, BinaryIO

import pytest

from bilag.platforms.base import Attachment, Connection
from bilag.platforms.poweroffice_go import PLATFORM, costs, lines
from bilag.platforms.poweroffice_go.client import GoClient
from bilag.platforms.poweroffice_go.costs import match_reversed
from bilag.platforms.poweroffice_go.parties import code_filter, customer_content, whole_number
from bilag.platforms.poweroffice_go.platform import PowerOfficeGoPlatform
from bilag.platforms.poweroffice_go.setup import clean_base_url, clean_key, ledger_key
from bilag.platforms.poweroffice_go.splitting import split_gross, vat_within
from bilag.platforms.poweroffice_go.wire import TransactionWire, parse
from bilag.posting.dimensions import Dimensions
from bilag.posting.expense import PostedLine
from bilag.posting.master import Customer, Department, Project
from bilag.wire.errors import Misconfigured, Refused
from tests.support.poweroffice_go.company import DAY, INSTALLATION, MANUAL, SAMPLE, Company, pdf
from tests.support.poweroffice_go.fixtures import invoice_for, key

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def bought(company: Company, *given: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A supplier's invoice that an accountant posts."""
    standard = {"account": 4300, "net": "1000.00", "vatCode": "1", "text": "Modell", "project": SAMPLE.project}
    rows = [standard | one for one in given or ({},)]
    body = {"supplierName": "Byggvare Øst AS", "date": str(DAY), "lines": rows} | more
    posted: dict[str, Any] = company.person("POST", "/supplier-invoices", **body)
    return posted


def read(company: Company, **how: Any) -> list[PostedLine]:
    """The posted cost lines, by a new connection."""
    pages = company.platform().list_posted_lines("", **how)
    return [line for page in pages for line in page.lines if int(line.account) >= 4000]


def cursor_of(company: Company) -> str:
    pages = list(company.platform().list_posted_lines(""))
    assert pages[-1].cursor is not None
    return pages[-1].cursor


def test_a_cost_has_its_dimensions_supplier_and_currency(manual: Company) -> None:
    bought(manual, {"department": "Øst", "dimensions": {"1": "1"}}, currency="EUR", exchangeRate="11.50")
    (line,) = read(manual)
    assert (line.net, line.vat, line.gross) == (Decimal("11500.00"), Decimal("2875.00"), Decimal("14375.00"))
    assert (line.currency, line.exchange_rate, line.currency_amount) == ("EUR", Decimal("11.5"), Decimal("1250.00"))
    assert line.units == ((1, "Øst"), (2, SAMPLE.project), (3, "1"))
    assert (line.supplier_name, line.supplier_number, line.text) == ("Byggvare Øst AS", "20000", "Modell")


def test_lines_come_again_for_an_hour_and_each_once_in_a_reading(manual: Company) -> None:
    bought(manual)
    cursor = cursor_of(manual)
    (line,) = read(manual, after=cursor)  # within the overlap: it may come again, and is the same
    assert [line] == read(manual)
    assert read(manual, after="not a cursor of ours") == [line]


def test_a_voucher_on_the_edge_of_a_page_comes_whole_and_once(manual: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        bought(manual, {"net": f"{100 + number}.00"}, {"net": f"{200 + number}.00"})
    whole = read(manual)
    for size in (1, 2, 3, 7):
        monkeypatch.setattr(lines, "PAGE", size)
        assert read(manual) == whole, size
    assert all(line.supplier_name == "Byggvare Øst AS" for line in whole)


def test_a_reversal_names_each_line_of_the_voucher_that_it_reverses(manual: Company) -> None:
    posted = bought(manual, {"net": "100.00"}, {"net": "250.00"}, {"net": "100.00", "project": None})
    before = {line.entry: line for line in read(manual)}
    manual.reverse(posted["voucherNo"])
    reversals = [line for line in read(manual) if line.entry not in before]
    assert len(reversals) == 3
    for one in reversals:
        assert one.reverses is not None
        original = before[one.reverses[1]]
        assert (one.net, one.units) == (-original.net, original.units)
    assert len({one.reverses for one in reversals}) == 3


def transaction(number: int, amount: str, **more: Any) -> TransactionWire:
    body = {
        "Id": number, "AccountNo": 4300, "Amount": Decimal(amount), "CurrencyAmount": Decimal(amount), "VoucherNo": 7,
        "PostingDate": "2026-03-16", "VoucherDate": "2026-03-16", "VoucherId": "38ecfc1a-bf51-448f-99a8-a61bc5771109",
        "CreatedDateTimeOffset": "2026-03-16T08:03:00.1234567+01:00",
    }  # fmt: skip
    return parse(TransactionWire, body | more)


def test_two_equal_lines_are_matched_with_two_lines() -> None:
    original = [transaction(1, "100.00"), transaction(2, "100.00"), transaction(3, "5.00")]
    reversal = [transaction(11, "-100.00"), transaction(12, "-100.00"), transaction(13, "-6.00")]
    assert match_reversed(reversal, original) == {11: 1, 12: 2}


def test_an_amount_that_cannot_be_read_does_not_stop_the_others(manual: Company) -> None:
    books = manual.platform()._books()
    rows = [transaction(1, "100.001"), transaction(2, "100.00"), transaction(3, "1000000000000000.00")]
    found = costs.costs_of(rows, (), {}, (), books)
    assert [isinstance(one, PostedLine) for one in found] == [False, True, False]


def test_only_what_bilag_or_an_invoice_posted_is_its_own(company: Company) -> None:
    invoice = invoice_for(company)
    company.platform().post_voucher([invoice], key(invoice))
    company.reverse(company.vouchers(invoice.number)[0]["voucherNo"])
    pages = company.platform().list_posted_lines("")
    types = {line.voucher_type for page in pages for line in page.lines}
    assert types == {"outgoingInvoice"}


# Documents


def fetch(company: Company, number: str, limit: int = 1_000_000) -> tuple[str, bytes]:
    into = io.BytesIO()
    found = company.platform().fetch_document(number, into, max_bytes=limit)
    return found.content_type, into.getvalue()


def test_a_pdf_goes_before_images_and_each_image_is_a_document(manual: Company) -> None:
    images = [pdf(PNG, f"{place}.png", "image/png") for place in range(3)]
    bought(manual, documents=[*images, pdf(PDF)])
    bought(manual, documents=images)
    bought(manual, documents=[pdf(b"<xml/>", "ehf.xml", "application/xml")])
    with_pdf, with_images, with_ehf = [line.documents for line in read(manual)]
    assert [fetch(manual, one) for one in with_pdf] == [("application/pdf", PDF)]
    assert [fetch(manual, one) for one in with_images] == [("image/png", PNG)] * 3
    assert with_ehf == ()


@pytest.mark.parametrize(
    "number", ["", "x", "38ecfc1a-bf51-448f-99a8-a61bc5771109", "7:Pdf:0", "{id}:Ehf:0", "{id}:Pdf:9"]
)
def test_a_document_that_is_not_there_is_told(number: str, manual: Company) -> None:
    posted = bought(manual, documents=[pdf(PDF)])
    with pytest.raises(Refused) as refused:
        fetch(manual, number.format(id=posted["id"]))
    assert refused.value.problems[0].code == "document_unknown"


def test_a_zip_that_grows_is_stopped_at_the_limit(manual: Company) -> None:
    bought(manual, documents=[pdf(PDF + b"0" * 5_000_000)])
    (line,) = read(manual)
    with pytest.raises(Refused) as refused:
        fetch(manual, line.documents[0], 100_000)
    assert refused.value.problems[0].code == "document_too_large"


def test_a_client_that_shows_no_documents_has_none(manual: Company) -> None:
    bought(manual, documents=[pdf(PDF)])
    manual.configure(privileges=[one for one in manual.privileges if not one.startswith(("VoucherDoc", "Supplier"))])
    (line,) = read(manual)
    assert (line.documents, line.supplier_name) == ((), None)
    assert manual.platform().chart().largest_attachment == 0


@pytest.mark.parametrize(
    ("content_type", "size", "code"),
    [("image/png", 9, "document_type_unknown"), ("application/pdf", 30 * 1024 * 1024 + 1, "document_too_large")],
)
def test_only_a_pdf_of_30_mb_is_attached(content_type: str, size: int, code: str, company: Company) -> None:
    invoice, platform = invoice_for(company), company.platform()
    platform.post_voucher([invoice], key(invoice))
    document = Attachment("k", "f.pdf", content_type, size)
    with pytest.raises(Refused) as refused:
        platform.attach_document(invoice, key(invoice), document, io.BytesIO(PDF))
    assert refused.value.problems[0].code == code


def torn_at_the_end(content: bytes) -> bytes:
    return content[: len(content) // 2]


def torn_inside(content: bytes) -> bytes:
    """A zip whose index is whole, but not the compressed bytes of its first file."""
    begin = zipfile.ZipFile(io.BytesIO(content)).infolist()[0]
    at = begin.header_offset + 30 + len(begin.filename)
    return content[:at] + b"\xff" * 20 + content[at + 20 :]


def no_zip(content: bytes) -> bytes:
    return b"not a zip" + content[:3]


def encrypted(content: bytes) -> bytes:
    """A zip that says of its first file that it is encrypted."""
    index = content.index(b"PK\x01\x02")
    return content[:6] + b"\x01" + content[7 : index + 8] + b"\x01" + content[index + 9 :]


@pytest.mark.parametrize("kind", ["pdf", "images"])
@pytest.mark.parametrize("break_it", [torn_at_the_end, torn_inside, no_zip, encrypted])
def test_a_zip_that_cannot_be_read_is_told_and_stops_no_other_line(
    break_it: Callable[[bytes], bytes], kind: str, manual: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_download = GoClient.download

    def download(client: GoClient, operation: Any, query: Any, into: BinaryIO, **how: Any) -> bool:
        found = whole_download(client, operation, query, into, **how)
        into.seek(0)
        content = break_it(into.read())
        into.seek(0)
        into.truncate()
        into.write(content)
        return found

    monkeypatch.setattr(GoClient, "download", download)
    text = PDF + bytes(range(256)) * 8
    bought(manual, documents=[pdf(text)] if kind == "pdf" else [pdf(PNG + text, "1.png", "image/png")])
    bought(manual)
    (document,) = read(manual)[0].documents
    with pytest.raises(Refused) as refused:
        fetch(manual, document)
    assert refused.value.problems[0].code == "document_type_unknown"
    assert len(read(manual)) == 2


# Customers, projects and departments


def customers(company: Company) -> dict[str, Any]:
    client = company.platform()._client
    from bilag.platforms.poweroffice_go import operations
    from bilag.platforms.poweroffice_go.wire import CustomerWire

    return {str(one.number): one for one in client.rows(operations.CUSTOMERS, CustomerWire)}


def test_a_customer_is_changed_by_what_differs_and_opened_again(manual: Company) -> None:
    platform = manual.platform()
    person = Customer(
        1,
        SAMPLE.customer,
        "Ny AS",
        "active",
        "982 463 718",
        "a@b.no",
        None,
        ("Vei 1", "Inng. B", "3. etg."),
        "0155",
        "Oslo",
        "no",
    )
    platform.put_customer(person)
    manual.person("PATCH", f"/customers/{SAMPLE.customer}", IsArchived=True)
    platform.put_customer(person)
    found = customers(manual)[SAMPLE.customer]
    assert (found.name, found.organization_number, found.is_archived) == ("Ny AS", "982463718", False)
    assert (found.mail_address.address_line1, found.mail_address.address_line2) == ("Vei 1", "Inng. B, 3. etg.")
    platform.put_customer(Customer(1, SAMPLE.customer, "Ny AS", "active"))
    now = customers(manual)[SAMPLE.customer]
    assert (now.organization_number, now.email_address, now.mail_address.city) == (None, None, "Oslo")


@pytest.mark.parametrize("number", ["K-17", "0012", "", "9" * 30, "1,2", "1-5"])
def test_a_customer_number_that_go_cannot_have_is_told(number: str, manual: Company) -> None:
    with pytest.raises(Refused) as refused:
        manual.platform().put_customer(Customer(1, number, "Ny AS", "active"))
    assert refused.value.problems[0].code == "customer_number_invalid"


def test_codes_that_differ_in_case_only_are_never_taken_for_each_other(manual: Company) -> None:
    """Go's filter finds both; Bilag compares exactly."""
    platform = manual.platform(Dimensions(project=2))
    platform.put_project(Project(1, "nb-1", "Den lille", "active"))
    platform.put_project(Project(2, "NB-1", "Den store", "active"))
    ids = {code: platform._parties.value_id(2, code) for code in ("nb-1", "NB-1")}
    assert len(set(ids.values())) == 2


@pytest.mark.parametrize(
    ("code", "filters"),
    [("10B", {"codes": "10B"}), ("a,b", {}), ("-1", {}), (" x", {}), ("", {}), ("a-b", {"codes": "a-b"})],
)
def test_a_filter_only_narrows_where_the_code_means_nothing_in_it(code: str, filters: dict[str, str]) -> None:
    assert code_filter("codes", code) == filters


def test_a_dot_in_a_project_number_is_told_before_go_makes_a_sub_project_of_it(manual: Company) -> None:
    with pytest.raises(Refused) as refused:
        manual.platform().put_project(Project(1, "10.2", "Skolen", "active"))
    assert refused.value.problems[0].code == "project_number_has_dot"


def test_projects_can_be_values_of_a_dimension(manual: Company) -> None:
    units = Dimensions(project=4, department=1)
    platform = manual.platform(units)
    for name in ("Skolen", "Skolen, etappe 2"):
        platform.put_project(Project(1, "S-1", name, "active", SAMPLE.customer))
    assert isinstance(platform._parties.value_id(4, "S-1"), int)
    with pytest.raises(Misconfigured):
        manual.platform(Dimensions(project=5)).put_project(Project(1, "S-1", "Skolen", "active"))


SKOLEN, LANDSKAP = Project(1, "S-1", "Skolen", "active"), Department("20", "Landskap")
PUTS: dict[str, tuple[Dimensions, Callable[[PowerOfficeGoPlatform, str], None]]] = {
    "customer": (Dimensions(), lambda platform, name: platform.put_customer(Customer(1, "10099", name, "active"))),
    "project": (Dimensions(project=2), lambda platform, name: platform.put_project(replace(SKOLEN, name=name))),
    "department": (
        Dimensions(department=1),
        lambda platform, name: platform.put_department(replace(LANDSKAP, name=name)),
    ),
    "department in projects": (
        Dimensions(department=2),
        lambda platform, name: platform.put_department(replace(LANDSKAP, name=name)),
    ),
    "project in a dimension": (
        Dimensions(project=4),
        lambda platform, name: platform.put_project(replace(SKOLEN, name=name)),
    ),
}


@pytest.mark.parametrize(("units", "put"), PUTS.values(), ids=PUTS)
def test_who_finds_that_another_worker_was_quicker_changes_what_that_one_created(
    units: Dimensions,
    put: Callable[[PowerOfficeGoPlatform, str], None],
    manual: Company,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create, update = GoClient.create, GoClient.update
    first, refused, updated = [True], [], []

    def create_after_another(client: GoClient, *what: Any) -> Any:
        if first:
            first.clear()
            put(manual.platform(units), "Den andres")
        try:
            return create(client, *what)
        except Refused as error:
            refused.append(error)
            raise

    def count_updates(client: GoClient, *what: Any) -> Any:
        updated.append(what)
        return update(client, *what)

    monkeypatch.setattr(GoClient, "create", create_after_another)
    monkeypatch.setattr(GoClient, "update", count_updates)
    put(manual.platform(units), "Vår")
    assert len(refused) == 1
    before = len(updated)
    put(manual.platform(units), "Vår")
    assert len(updated) == before, "it has our name already"


def test_a_department_is_active_though_go_makes_it_inactive(manual: Company) -> None:
    platform = manual.platform()
    platform.put_department(Department("20", "Landskap"))
    assert isinstance(platform._parties.value_id(1, "20"), int)


# Pure


def test_an_address_needs_city_and_postcode() -> None:
    assert customer_content(Customer(1, "10001", "A", "active", city="Oslo"))["MailAddress"] is None
    assert whole_number("10001") == 10001
    assert whole_number("٣") is None


@pytest.mark.parametrize("rate", ["0", "11.11", "12", "15", "25"])
@pytest.mark.parametrize("off", range(-3, 4))
def test_parts_sum_to_the_amount_and_to_the_vat(rate: str, off: int) -> None:
    percent = Decimal(rate)
    for gross in (Decimal("1234.56"), Decimal("100.00"), Decimal("172023.30")):
        vat = vat_within(gross, percent) + off * Decimal("0.01")
        parts = split_gross(gross, vat, percent)
        if percent == 0:
            assert (parts is None) == (off != 0)
            continue
        assert parts is not None
        assert sum(parts) == gross
        assert sum(vat_within(part, percent) for part in parts) == vat
        assert all(part > 0 for part in parts)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://goapi.poweroffice.net/v2", "https://goapi.poweroffice.net/v2"),
        ("https://goapi.poweroffice.net", "https://goapi.poweroffice.net/v2"),
        (" https://goapi.poweroffice.net/Demo/V2/ ", "https://goapi.poweroffice.net/Demo/v2"),
    ],
)
def test_the_address_ends_in_the_version(given: str, address: str) -> None:
    assert clean_base_url(given)[0] == address


@pytest.mark.parametrize("key", ["", "kort", "with blank in it", "with:colon:in:it", "nøkkel-med-ø"])
def test_a_key_that_was_not_copied_whole_is_told(key: str) -> None:
    with pytest.raises(ValueError, match="Copy the whole key again"):
        clean_key(key)


def test_the_same_client_is_the_same_ledger_and_demo_is_another() -> None:
    client = {"base_url": "https://goapi.poweroffice.net/v2", "client": "Fjord  AS"}
    same = {"base_url": "https://GOAPI.poweroffice.net:443/v2", "client": "fjord as"}
    demo = {"base_url": "https://goapi.poweroffice.net/Demo/v2", "client": "Fjord AS"}
    assert ledger_key(client) == ledger_key(same) == "poweroffice_go:goapi.poweroffice.net:fjord as"
    assert ledger_key(demo) != ledger_key(client)


def test_the_way_to_post_needs_only_the_manual_privilege() -> None:
    from bilag.platforms.poweroffice_go.ways import MANUAL as BY_HAND
    from bilag.platforms.poweroffice_go.ways import way_of

    assert way_of({MANUAL}) is BY_HAND
    assert way_of(set()) is None


def test_a_blank_address_is_productions() -> None:
    values = {"base_url": "", "client": "Fjord AS", "client_key": "k" * 36}
    assert ledger_key(values) == "poweroffice_go:goapi.poweroffice.net:fjord as"
    platform = PLATFORM.open(Connection(values, installation=INSTALLATION))
    assert "goapi" not in repr(platform)
