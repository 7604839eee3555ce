"""Read the master data of a SAF-T Financial file (Norwegian, 1.10 to 1.30): company, chart, VAT codes, parties.

Streaming, in constant memory; reading ends where the entries begin. Nothing outside the file is fetched, entities are
not expanded, and a file with a document type declaration is refused.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any

from lxml import etree

from bilag_sandbox.hub.defaults import AccountRow, VatRow, account_type

NAMESPACE = "urn:StandardAuditFile-Taxation-Financial:NO"
FIRST_BYTES = 400
DECLARED = re.compile(r"""<\?xml[^>]*?encoding\s*=\s*["']([^"'<>]{1,60})["']""")
COUNTRY = re.compile(r"[A-Z]{2}")
EXPECTED = "expected a Norwegian SAF-T Financial file (XML, root element AuditFile)"
SECTIONS = ("Header", "MasterFiles", "GeneralLedgerEntries", "SourceDocuments")
TAKEN = ("Account", "Customer", "Supplier", "TaxCodeDetails")
OUTPUT_CODES = frozenset(("3", "31", "32", "33", "5", "51", "52", "6", "7"))
INPUT_CODES = frozenset(("1", "11", "12", "13", "14", "15", *map(str, range(20, 23)), *map(str, range(81, 93))))
VAT_ACCOUNTS = {
    "3": "2700", "31": "2701", "32": "2702", "33": "2703", "1": "2710", "11": "2711", "12": "2712", "13": "2713",
    "14": "2710", "15": "2711",
}  # fmt: skip


class SaftError(ValueError):
    """The file is not SAF-T Financial or cannot be read; the message says what it is and what was expected."""


@dataclass(frozen=True, slots=True)
class Party:
    """A customer or supplier; `record` has the form of the hub's customers."""

    number: str
    record: dict[str, Any]
    active: bool


@dataclass(slots=True)
class SaftBooks:
    """What was read. `left_out` has a sentence on each thing the hub cannot hold."""

    company_name: str
    organisation_number: str | None = None
    currency: str = "NOK"
    receivables_account: str = "1500"
    payables_account: str = "2400"
    accounts: list[AccountRow] = field(default_factory=list)
    vat_codes: list[VatRow] = field(default_factory=list)
    customers: list[Party] = field(default_factory=list)
    suppliers: list[Party] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read_saft(path: Path) -> SaftBooks:
    """Read a file. Raises `SaftError`."""
    try:
        with path.open("rb") as file:
            _check_first_bytes(path, file)
            return _Reader(path).read(file)
    except OSError as error:
        raise SaftError(f"{path} cannot be read: {error.strerror or error}") from error
    except etree.XMLSyntaxError as error:
        if "proper UTF-8" in (error.msg or "") or "encoding" in (error.msg or "").lower():
            raise SaftError(
                f"{path} has characters that are not in the encoding of its first line; save it as UTF-8; {EXPECTED}"
            ) from error
        raise SaftError(f"{path} is not well-formed XML ({error.msg}); {EXPECTED}") from error


def _check_first_bytes(path: Path, file: IO[bytes]) -> None:
    first = file.read(FIRST_BYTES)
    file.seek(0)
    if not first:
        raise SaftError(f"{path} is empty; {EXPECTED}")
    if first.startswith(b"PK"):
        raise SaftError(f"{path} is a zip archive; unpack it and give the XML file inside; {EXPECTED}")
    if first.startswith(b"\x1f\x8b"):
        raise SaftError(f"{path} is compressed (gzip); unpack it first; {EXPECTED}")
    _check_encoding(path, first)


def _check_encoding(path: Path, first: bytes) -> None:
    """Refuse a file whose first line names another encoding than the file has, before the parser says it in its own way."""
    is_utf16 = first.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in first[:4]
    try:
        text = first.decode("utf-16" if is_utf16 else "latin-1", errors="replace")
    except UnicodeError:  # an odd number of bytes
        text = ""
    found = DECLARED.search(text)
    declared = found[1].upper() if found is not None else None
    if declared is None:
        return
    remedy = f'save it as UTF-8 and write encoding="UTF-8" in its first line; {EXPECTED}'
    try:
        codecs.lookup(declared)
    except LookupError:
        raise SaftError(f"{path} says that its encoding is {declared[:40]}, which nobody knows; {remedy}") from None
    if declared.replace("_", "-").startswith(("UTF-16", "UTF16", "UCS-2")) and not is_utf16:
        raise SaftError(f"{path} says that its encoding is {declared}, but it is not; {remedy}")
    if is_utf16 and not declared.replace("_", "-").startswith(("UTF-16", "UTF16", "UCS-2")):
        raise SaftError(f"{path} says that its encoding is {declared}, but it is UTF-16; {remedy}")


class _Reader:
    """Reads one file once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_norwegian = False
        """The root element names the Norwegian schema."""
        self.books: SaftBooks | None = None
        self.customer_accounts: Counter[str] = Counter()
        self.supplier_accounts: Counter[str] = Counter()
        self.left_out: list[str] = []
        self.accounts: dict[str, AccountRow] = {}
        self.vat_codes: dict[str, tuple[str, VatRow]] = {}
        self.customers: dict[str, Party] = {}
        self.suppliers: dict[str, Party] = {}

    def read(self, file: IO[bytes]) -> SaftBooks:
        self._walk(file)
        if self.books is None:
            raise SaftError(f"{self.path} has no Header with a Company; {EXPECTED}")
        books = self.books
        books.left_out = self.left_out
        for name, counts in (
            ("receivables_account", self.customer_accounts),
            ("payables_account", self.supplier_accounts),
        ):
            known = [number for number, _ in counts.most_common() if number in self.accounts]
            if known:
                setattr(books, name, known[0])
        books.vat_codes = [code for _, code in self.vat_codes.values()]
        control = {books.receivables_account, books.payables_account} | {code.account for code in books.vat_codes}
        if self.accounts:
            self._add_missing_control_accounts(control)
        books.accounts = [
            AccountRow(row.number, row.name, row.type, row.number not in control, row.allowed)
            for row in self.accounts.values()
        ]
        books.customers, books.suppliers = list(self.customers.values()), list(self.suppliers.values())
        return books

    def _walk(self, file: IO[bytes]) -> None:
        events = etree.iterparse(
            file, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
            dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        depth = 0
        root: Any = None
        for event, element in events:
            if event == "start":
                depth += 1
                if depth == 1:
                    root = element
                    self._check_root(element)
                elif depth == 2 and local_name(element) in ("GeneralLedgerEntries", "SourceDocuments"):
                    return
                continue
            depth -= 1
            name = local_name(element)
            if depth == 1 and name == "Header":
                self._header(element)
            elif name in TAKEN and depth >= 3:
                self._take(name, element)
                forget(element)
            elif depth == 1:
                forget(element)
        if root is None or not any(local_name(child) in SECTIONS for child in root):
            raise SaftError(f"{self.path} has no content; {EXPECTED}")

    def _check_root(self, root: Any) -> None:
        if root.getroottree().docinfo.doctype:
            raise SaftError(f"{self.path} has a document type declaration, which SAF-T does not allow; {EXPECTED}")
        namespace = etree.QName(root).namespace
        if local_name(root) != "AuditFile" or namespace not in (None, NAMESPACE):
            what = f"{local_name(root)} in namespace {namespace}" if namespace else local_name(root)
            raise SaftError(f"{self.path} has the root element {what[:120]}; {EXPECTED}")
        named = " ".join((*root.nsmap.values(), *map(str, root.attrib.values())))
        self.is_norwegian = NAMESPACE in named.split()

    def _check_country(self, header: Any, company: Any) -> None:
        """Refuse the file of another country. Without the Norwegian namespace, the country stated in the file counts.

        A file that names the Norwegian schema is Norwegian even if its country is a placeholder such as "aa".
        """
        country = text_of(header, "AuditFileCountry")
        stated = country if country is not None or self.is_norwegian else text_of(company, "Address", "Country")
        if stated is None or stated.upper() == "NO":
            return
        if COUNTRY.fullmatch(stated) or not self.is_norwegian:
            raise SaftError(f"{self.path} is of another country ({stated[:40]}); {EXPECTED}")

    def _header(self, header: Any) -> None:
        company = child(header, "Company")
        if company is None:
            raise SaftError(f"{self.path} has no Company in its Header; {EXPECTED}")
        self._check_country(header, company)
        number = text_of(company, "RegistrationNumber")
        currency = text_of(header, "DefaultCurrencyCode") or "NOK"
        self.books = SaftBooks(
            company_name=text_of(company, "Name") or "Uten navn",
            organisation_number=number if number and re.fullmatch(r"[0-9]{9}", number) else None,
            currency=currency if re.fullmatch(r"[A-Z]{3}", currency) else "NOK",
        )

    def _take(self, name: str, element: Any) -> None:
        if name == "Account":
            self._account(element)
        elif name == "TaxCodeDetails":
            self._vat_code(element)
        elif name == "Customer":
            self._party(element, "CustomerID", self.customers, self.customer_accounts)
        else:
            self._party(element, "SupplierID", self.suppliers, self.supplier_accounts)

    def _account(self, element: Any) -> None:
        number = text_of(element, "AccountID") or ""
        if not re.fullmatch(r"[0-9]{3,8}", number):
            self.left_out.append(f"account {number}: the hub takes numbers of 3 to 8 digits")
            return
        # A balance account takes no VAT code. For the others SAF-T does not say which are allowed, so all are.
        allowed = () if number[0] in "128" else None
        name = text_of(element, "AccountDescription") or number
        self.accounts[number] = AccountRow(number, name, account_type(number), allowed=allowed)

    def _vat_code(self, element: Any) -> None:
        code = text_of(element, "TaxCode") or ""
        if not re.fullmatch(r"[0-9A-Za-z]{1,10}", code):
            self.left_out.append(f"VAT code {code}: the hub takes 1 to 10 letters and digits")
            return
        standard = text_of(element, "StandardTaxCode")
        name = text_of(element, "Description") or code
        try:
            rate = Decimal(text_of(element, "TaxPercentage") or "0")
        except InvalidOperation:
            rate = Decimal(0)
        if not 0 <= rate < 1000:
            self.left_out.append(f"VAT code {code}: rate {rate}")
            return
        expires = text_of(element, "ExpirationDate")
        row = VatRow(
            code=code,
            name=name,
            rate=f"{rate:.2f}",
            direction=_direction(standard, name),
            account=VAT_ACCOUNTS.get(standard or "") if rate else None,
            standard=standard,
            active=expires is None or expires[:10] >= date.today().isoformat(),  # noqa: DTZ011 - a date of books
        )
        since = text_of(element, "EffectiveDate") or ""
        if code not in self.vat_codes or self.vat_codes[code][0] <= since:
            self.vat_codes[code] = (since, row)

    def _party(self, element: Any, id_name: str, parties: dict[str, Party], accounts: Counter[str]) -> None:
        number = text_of(element, id_name) or ""
        if not re.fullmatch(r"[0-9A-Za-z._-]{1,20}", number):
            self.left_out.append(
                f"{local_name(element).lower()} {number}: the hub takes 1 to 20 letters, digits, . _ and -"
            )
            return
        account = text_of(element, "AccountID") or text_of(element, "BalanceAccount", "AccountID")
        if account:
            accounts[account] += 1
        status = text_of(element, "PartyInfo", "Status") or ""
        parties[number] = Party(number, _record(element), status.lower() not in ("passive", "passiv", "inactive"))

    def _add_missing_control_accounts(self, control: set[str | None]) -> None:
        for number in sorted(filter(None, control)):
            if number not in self.accounts:
                self.left_out.append(f"account {number} is not in the file and was added as a control account")
                self.accounts[number] = AccountRow(number, f"Konto {number}", account_type(number), False)


def _direction(standard: str | None, name: str) -> str:
    if standard in OUTPUT_CODES:
        return "output"
    if standard in INPUT_CODES:
        return "input"
    words = name.lower()
    if "utgående" in words or "output" in words:
        return "output"
    return "input" if "inngående" in words or "input" in words else "none"


def _record(element: Any) -> dict[str, Any]:
    addresses = [child for child in element if local_name(child) == "Address"]
    postal = [a for a in addresses if text_of(a, "AddressType") in ("PostalAddress", "BillingAddress")]
    address = next(iter([*postal, *addresses]), None)
    lines: list[str | None] = [None, None]
    code = area = country = None
    if address is not None:
        street = " ".join(filter(None, (text_of(address, "StreetName"), text_of(address, "Number"))))
        lines = [street[:100] or None, (text_of(address, "AdditionalAddressDetail") or "")[:100] or None]
        code, area, country = (text_of(address, name) for name in ("PostalCode", "City", "Country"))
    registration = text_of(element, "RegistrationNumber")
    return {
        "name": (text_of(element, "Name") or "Uten navn")[:100],
        "organisationNumber": registration[:20] if registration else None,
        "email": text_of(element, "Contact", "Email"),
        "invoiceEmail": None,
        "addressLine1": lines[0],
        "addressLine2": lines[1],
        "addressLine3": None,
        "addressLine4": None,
        "postCode": code[:20] if code else None,
        "postalArea": area[:60] if area else None,
        "countryCode": country if country and re.fullmatch(r"[A-Z]{2}", country) else None,
        "orgUnits": {},
    }


def local_name(element: Any) -> str:
    """Return the name without its namespace."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _children(element: Any, name: str) -> Iterator[Any]:
    return (child for child in element if local_name(child) == name)


def child(element: Any, name: str) -> Any:
    """Return the first child of that name, or None."""
    return next(_children(element, name), None)


def text_of(element: Any, *names: str) -> str | None:
    """Return the stripped text of a descendant by its path of names, None if missing or empty."""
    for name in names:
        element = child(element, name)
        if element is None:
            return None
    text = (element.text or "").strip()
    return str(text) or None


def forget(element: Any) -> None:
    """Free the memory of an element and of the empty elements before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
