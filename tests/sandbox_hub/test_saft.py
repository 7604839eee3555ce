"""A company's own books from a SAF-T Financial file, and files that are none."""

import gzip
import zipfile
from pathlib import Path

import pytest

from bilag_sandbox import hub
from bilag_sandbox.common import running
from bilag_sandbox.hub.saft import read_saft
from tests.support.hub.batches import line, simple
from tests.support.hub.client import Company, Contract
from tests.support.hub.saft_examples import example


def test_the_110_example_becomes_a_company(contract: Contract | None) -> None:
    told: list[str] = []
    with running(hub.app(saft=example("v1.10"), report=told.append)) as url:
        company = Company(url, "123", contract)
        profile = company.ask("GET", "/profile").json()
        assert (profile["companyName"], profile["organisationNumber"]) == ("Tøyen Lekefabrikk AS", "888888888")
        assert profile["numberRules"]["customerNumber"]["min"] == 1000
        customers = company.ask("GET", "/customers").json()["items"]
        assert [c["customerNumber"] for c in customers] == ["1000", "1001", "1002", "1003", "1004", "1005"]
        assert (customers[0]["name"], customers[0]["addressLine1"]) == ("Leketøysbutikk Tøyen", "Postboks 8701")
        codes = {c["code"]: c for c in company.ask("GET", "/vat-codes").json()["items"]}
        assert (codes["1"]["rate"], codes["1"]["direction"]) == ("25.00", "input")
        accounts = {a["number"]: a for a in company.ask("GET", "/accounts").json()["items"]}
        assert "3910" not in accounts
        assert (accounts["1500"]["postable"], accounts["3000"]["vatCodesAllowed"]) == (False, None)
        output = next(c for c in codes.values() if c["standardTaxCode"] == "3")
        lines = [line("3000", "credit", output["code"], "100.00", "25.00", "125.00")]
        posted = company.post_batch(simple(1, customerNumber="1000", lines=lines)).json()
        assert posted["status"] == "updated", posted
        assert company.admin("GET", "/trial-balance")["customers"] == {"1000": "125.00"}
    assert told[0].startswith("Tøyen Lekefabrikk AS is client 123: ")
    assert "6 customers, 6 suppliers" in told[0]


def test_the_130_example_without_its_namespace_is_read(contract: Contract | None) -> None:
    books = read_saft(example("v1.30"))
    assert (books.company_name, [c.number for c in books.customers]) == ("a", ["a"])
    assert not books.customers[0].active
    assert any("account a" in sentence for sentence in books.left_out)
    with running(hub.app(saft=example("v1.30"))) as url:
        company = Company(url, "123", contract)
        assert company.ask("GET", "/customers/a").json()["status"] == "inactive"
        assert company.ask("GET", "/accounts").json()["items"][0]["number"] == "1200"


def test_loading_again_changes_nothing_and_keeps_what_is_posted(tmp_path: Path) -> None:
    for expected in (1, 2):
        with running(hub.app(data=tmp_path, saft=example("v1.10"))) as url:
            company = Company(url, "123", None)
            assert company.ask("GET", "/customers/1000").json()["version"] == expected
            company.put_customer("1000", name="Navn fra Moment")
            lines = [line("2900", "credit", None, "10.00", "0.00", "10.00")]
            company.admin("PATCH", "/accounts/2900", {})
            one = simple(expected, customerNumber="1000", totalAmount="10.00", lines=lines)
            assert company.post_batch(one).json()["voucherJournalNumber"] == expected


HEADER = "<Header><Company><RegistrationNumber>999999999</RegistrationNumber><Name>Fjell AS</Name></Company></Header>"


def saft(tmp_path: Path, body: str, root: str = "AuditFile", before: str = "") -> Path:
    path = tmp_path / "file.xml"
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>{before}<{root}>{body}</{root.split()[0]}>')
    return path


def test_a_small_file_of_ones_own(tmp_path: Path) -> None:
    body = (
        "<MasterFiles><GeneralLedgerAccounts>"
        "<Account><AccountID>3000</AccountID><AccountDescription>Salg</AccountDescription></Account>"
        "<Account><AccountID>1505</AccountID><AccountDescription>Kunder</AccountDescription></Account>"
        "</GeneralLedgerAccounts><Customers><Customer><Name>Ærlig AS</Name><CustomerID>K-1</CustomerID>"
        "<BalanceAccount><AccountID>1505</AccountID></BalanceAccount></Customer>"
        "<Customer><Name>Rar</Name><CustomerID>har mellomrom</CustomerID></Customer></Customers>"
        "<TaxTable><TaxTableEntry><TaxCodeDetails><TaxCode>3</TaxCode><EffectiveDate>2016-01-01</EffectiveDate>"
        "<ExpirationDate>2016-12-31</ExpirationDate><TaxPercentage>24</TaxPercentage></TaxCodeDetails><TaxCodeDetails>"
        "<TaxCode>3</TaxCode><EffectiveDate>2017-01-01</EffectiveDate><Description>Utgående</Description>"
        "<TaxPercentage>25</TaxPercentage><StandardTaxCode>3</StandardTaxCode></TaxCodeDetails></TaxTableEntry></TaxTable>"
        "</MasterFiles><GeneralLedgerEntries><not well formed"
    )
    books = read_saft(saft(tmp_path, HEADER + body, 'AuditFile xmlns="urn:StandardAuditFile-Taxation-Financial:NO"'))
    assert books.receivables_account == "1505"
    assert [(a.number, a.postable) for a in books.accounts] == [
        ("3000", True),
        ("1505", False),
        ("2400", False),
        ("2700", False),
    ]
    assert [(c.code, c.rate, c.active, c.direction) for c in books.vat_codes] == [("3", "25.00", True, "output")]
    assert [c.number for c in books.customers] == ["K-1"]
    assert len(books.left_out) == 3


BOMB = '<!DOCTYPE AuditFile [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE AuditFile [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"not xml at all", "not well-formed"),
        (b"<html><body/></html>", "root element html"),
        (b"<AuditFile xmlns='urn:StandardAuditFile-Taxation-Financial:PT'/>", "namespace"),
        (b"<AuditFile/>", "no content"),
        (b"<AuditFile><MasterFiles/></AuditFile>", "no Header"),
        (b"<AuditFile><Header/></AuditFile>", "no Company"),
        (f"<AuditFile>{HEADER}<MasterFiles><Customers>".encode(), "not well-formed"),
        (f"{BOMB}<AuditFile>&b;</AuditFile>".encode(), "document type declaration"),
        (f"{OUTSIDE}<AuditFile>&x;</AuditFile>".encode(), "document type declaration"),
        (gzip.compress(b"<AuditFile/>", mtime=0), "gzip"),
    ],
)
def test_what_is_not_saft_is_refused_with_what_was_expected(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "file.xml"
    path.write_bytes(content)
    with pytest.raises(hub.SaftError, match=word) as refusal:
        hub.app(data=tmp_path / "data", saft=path)
    assert "expected a Norwegian SAF-T Financial file" in str(refusal.value)
    assert str(path) in str(refusal.value)
    assert not (tmp_path / "data").exists()


def test_a_zip_and_a_missing_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "saft.zip", "w") as archive:
        archive.writestr("saft.xml", "<AuditFile/>")
    with pytest.raises(hub.SaftError, match="zip archive"):
        read_saft(tmp_path / "saft.zip")
    with pytest.raises(hub.SaftError, match="cannot be read"):
        read_saft(tmp_path / "nothing.xml")
    with pytest.raises(hub.SaftError, match="cannot be read"):
        read_saft(tmp_path)


def test_a_bomb_inside_the_entities_is_never_blown_up(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 30))
    path = tmp_path / "bomb.xml"
    path.write_text(f'<!DOCTYPE AuditFile [<!ENTITY e0 "ha">{entities}]><AuditFile a="&e29;">&e29;</AuditFile>')
    with pytest.raises(hub.SaftError):
        read_saft(path)


NORWEGIAN = 'AuditFile xmlns="urn:StandardAuditFile-Taxation-Financial:NO"'


def header(country: str | None = None, address: str | None = None) -> str:
    stated = f"<AuditFileCountry>{country}</AuditFileCountry>" if country else ""
    place = f"<Address><Country>{address}</Country></Address>" if address else ""
    return HEADER.replace("<Header>", f"<Header>{stated}").replace("</Company>", f"{place}</Company>")


@pytest.mark.parametrize(
    ("root", "country", "address"),
    [
        ("AuditFile", "SE", None),
        ("AuditFile", "dk", None),
        ("AuditFile", "RO", "NO"),
        ("AuditFile", None, "LT"),
        (NORWEGIAN, "SE", None),
    ],
)
def test_a_foreign_countrys_file_is_refused_with_and_without_its_namespace(
    tmp_path: Path, root: str, country: str | None, address: str | None
) -> None:
    with pytest.raises(hub.SaftError, match="of another country"):
        read_saft(saft(tmp_path, header(country, address) + "<MasterFiles/>", root))


@pytest.mark.parametrize(
    ("root", "country", "address"),
    [
        ("AuditFile", "NO", None),
        ("AuditFile", "no", "SE"),
        ("AuditFile", None, None),
        (NORWEGIAN, None, "SE"),  # a foreign company that keeps books in Norway
        (NORWEGIAN, "NO", "SE"),
    ],
)
def test_a_norwegian_file_is_read_with_and_without_its_namespace(
    tmp_path: Path, root: str, country: str | None, address: str | None
) -> None:
    assert read_saft(saft(tmp_path, header(country, address) + "<MasterFiles/>", root)).company_name == "Fjell AS"


@pytest.mark.parametrize(
    ("declared", "stored", "words"),
    [
        ("UTF-16", "utf-8", "says that its encoding is UTF-16, but it is not"),
        ("utf-16le", "utf-8", "says that its encoding is UTF-16LE, but it is not"),
        ("UTF-8", "utf-16", "says that its encoding is UTF-8, but it is UTF-16"),
        ("UTF-8", "latin-1", "characters that are not in the encoding of its first line"),
        ("KLINGON", "utf-8", "says that its encoding is KLINGON, which nobody knows"),
    ],
)
def test_a_file_with_another_encoding_than_it_says_gets_a_clear_sentence(
    tmp_path: Path, declared: str, stored: str, words: str
) -> None:
    path = tmp_path / "file.xml"
    body = HEADER.replace("Fjell", "Blåbær") + "<MasterFiles/>"
    path.write_bytes(f'<?xml version="1.0" encoding="{declared}"?><AuditFile>{body}</AuditFile>'.encode(stored))
    with pytest.raises(hub.SaftError, match=words) as refusal:
        read_saft(path)
    assert "save it as UTF-8" in str(refusal.value)
    assert "labelled" not in str(refusal.value)


@pytest.mark.parametrize("stored", ["utf-16", "utf-8", "utf-8-sig", "latin-1"])
def test_a_file_with_the_encoding_that_it_says_is_read(tmp_path: Path, stored: str) -> None:
    path = tmp_path / "file.xml"
    body = HEADER.replace("Fjell", "Blåbær") + "<MasterFiles/>"
    declared = {"utf-8-sig": "UTF-8", "latin-1": "ISO-8859-1"}.get(stored, stored.upper())
    path.write_bytes(f'<?xml version="1.0" encoding="{declared}"?><AuditFile>{body}</AuditFile>'.encode(stored))
    assert read_saft(path).company_name == "Blåbær AS"


def lines_of(*rows: tuple[str, str, str, str]) -> str:
    """Lines of account, side, amount and party."""
    return "".join(
        f"<Line><AccountID>{account}</AccountID>{party}<{side}Amount><Amount>{amount}</Amount></{side}Amount></Line>"
        for account, side, amount, party in rows
    )


SUPPLIER, CUSTOMER = "<SupplierID>2000</SupplierID>", "<CustomerID>1000</CustomerID>"


@pytest.mark.parametrize(
    ("parties", "number", "kind", "accounts"),
    [
        ((SUPPLIER, SUPPLIER, SUPPLIER), "2000", "incomingInvoice", ("4300", "2710", "2400")),
        ((SUPPLIER, "", ""), "2000", "incomingInvoice", ("4300", "2710", "2400")),
        (("", "", SUPPLIER), "2000", "incomingInvoice", ("4300", "2710", "2400")),
        ((CUSTOMER, CUSTOMER, CUSTOMER), "1000", "journal", ("3000", "2700", "1500")),
        (("", CUSTOMER, ""), "1000", "journal", ("3000", "2700", "1500")),
    ],
)
def test_a_party_on_every_line_leaves_the_ledgers_side_where_its_account_is(
    tmp_path: Path, parties: tuple[str, str, str], number: str, kind: str, accounts: tuple[str, str, str]
) -> None:
    side, other = ("Debit", "Credit") if kind == "incomingInvoice" else ("Credit", "Debit")
    rows = zip(accounts, (side, side, other), ("1000", "250", "1250"), parties, strict=True)
    body = (
        HEADER
        + "<MasterFiles><GeneralLedgerAccounts>"
        + "".join(f"<Account><AccountID>{account}</AccountID></Account>" for account in accounts)
        + "</GeneralLedgerAccounts></MasterFiles><GeneralLedgerEntries><Journal><Transaction>"
        "<TransactionID>1</TransactionID><TransactionDate>2026-05-04</TransactionDate>"
        + lines_of(*rows)
        + "</Transaction></Journal></GeneralLedgerEntries>"
    )
    with running(hub.app(saft=saft(tmp_path, body), saft_journal=True)) as url:
        (voucher,) = Company(url, "123", None).admin("GET", "/ledger")
        assert voucher["type"] == kind
        found = {
            entry["accountNumber"]: entry["customerNumber"] or entry["supplierNumber"] for entry in voucher["entries"]
        }
        assert found == {accounts[0]: None, accounts[1]: None, accounts[2]: number}


def test_tens_of_thousands_of_customers_are_read(tmp_path: Path) -> None:
    path = tmp_path / "big.xml"
    with path.open("w") as file:
        file.write(f"<AuditFile>{HEADER}<MasterFiles><Customers>")
        for number in range(30_000):
            file.write(f"<Customer><Name>Kunde {number}</Name><CustomerID>{10_000 + number}</CustomerID></Customer>")
        file.write("</Customers></MasterFiles></AuditFile>")
    assert len(read_saft(path).customers) == 30_000
