"""Write the journal as SAF-T Financial 1.30 (Skatteetaten), a piece at a time. docs/export.md explains each value."""

from collections.abc import Iterator
from datetime import date

from stdnum.no import orgnr

from bilag import __version__
from bilag.exports import enrichment
from bilag.exports.grouping import grouping_of, standard_code
from bilag.exports.journal import Journal, Sums
from bilag.exports.saft_entries import transaction
from bilag.exports.xml import CODE, MIDDLE1, MIDDLE2, SHORT, inside, maybe, money, text
from bilag.posting.voucher import ZERO
from bilag.transfers.models import Kind

NAMESPACE = "urn:StandardAuditFile-Taxation-Financial:NO"
VERSION = "1.30"
TOGETHER = 500
ANALYSES = {"P": "Prosjekt", "A": "Avdeling"}
OURS = "Bare bilag som er bokført gjennom Bilag"
COMMENT = (
    "Inngående saldo er 0 og utgående saldo er bevegelsen i utvalget: filen er et utdrag av regnskapet. "
    "GroupingCode NA: kontoen er ikke kartlagt."
)


class NumberMissing(ValueError):
    """The company has no organisation number that SAF-T accepts; `given` is the wrong one, or None."""

    def __init__(self, given: str | None) -> None:
        self.given = given
        super().__init__(given or "")


def organisation_number(given: str | None, in_accounting: str | None) -> str:
    """Return the company's organisation number, from its setup, else from its accounting system. Raises `NumberMissing`."""
    number = (given or in_accounting or "").replace(" ", "").upper().removeprefix("NO").removesuffix("MVA")
    if not orgnr.is_valid(number):
        raise NumberMissing(number or None)
    return number


def pieces(journal: Journal, today: date) -> Iterator[str]:
    """Yield the file, piece by piece. Raises `NumberMissing` before the first piece."""
    number = organisation_number(journal.setup.organisation_number, journal.chart.organisation_number)
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<AuditFile xmlns="{NAMESPACE}">\n'
    yield _header(journal, number, today)
    yield "<MasterFiles>\n<GeneralLedgerAccounts>\n"
    yield from (_account(journal, account, sums) for account, sums in sorted(journal.accounts.items()))
    yield "</GeneralLedgerAccounts>\n"
    yield from _listed("Customers", _customers(journal))
    yield from _listed("TaxTable", _tax_table(journal))
    yield from _listed("AnalysisTypeTable", _analyses(journal))
    yield "</MasterFiles>\n<GeneralLedgerEntries>\n"
    yield text("NumberOfEntries", journal.vouchers_count)
    yield money("TotalDebit", journal.total.debit) + money("TotalCredit", journal.total.credit)
    yield "\n<Journal>" + text("JournalID", "BILAG") + text("Description", "Bilag") + text("Type", "GL", CODE) + "\n"
    yield from (transaction(voucher, journal.chart.on(voucher.voucher_date)) for voucher in journal.vouchers())
    yield "</Journal>\n</GeneralLedgerEntries>\n</AuditFile>\n"


def _header(journal: Journal, number: str, today: date) -> str:
    name = journal.setup.name
    contact = inside("ContactPerson", [text("FirstName", "NotUsed"), text("LastName", name, MIDDLE2)])
    company = [text("RegistrationNumber", number, MIDDLE1), text("Name", name), inside("Contact", [contact])]
    selection = [text("SelectionStartDate", journal.first), text("SelectionEndDate", journal.last)]
    if not journal.whole:
        selection.append(text("OtherCriteria", OURS))
    parts = [
        text("AuditFileVersion", VERSION, CODE),
        text("AuditFileCountry", "NO"),
        text("AuditFileDateCreated", today),
        text("SoftwareCompanyName", "Bilag", MIDDLE2),
        text("SoftwareID", "Bilag"),
        text("SoftwareVersion", __version__, SHORT),
        inside("Company", company),
        text("DefaultCurrencyCode", journal.base_currency),
        inside("SelectionCriteria", selection),
        text("HeaderComment", COMMENT),
        text("TaxAccountingBasis", "A"),
        text("UserID", "bilag export"),
    ]
    return inside("Header", parts) + "\n"


def _account(journal: Journal, account: str, sums: Sums) -> str:
    category, code = grouping_of(account)
    parts = [
        text("AccountID", account, MIDDLE2),
        text("AccountDescription", journal.name_of(account) or account),
        text("GroupingCategory", category),
        text("GroupingCode", code, MIDDLE1),
        text("AccountType", "GL"),
        _balances(sums),
    ]
    return inside("Account", parts) + "\n"


def _balances(sums: Sums) -> str:
    closing = "ClosingDebitBalance" if sums.balance >= 0 else "ClosingCreditBalance"
    return money("OpeningDebitBalance", ZERO) + money(closing, abs(sums.balance))


def _customers(journal: Journal) -> Iterator[str]:
    numbers = sorted(journal.customers)
    for begin in range(0, len(numbers), TOGETHER):
        some = numbers[begin : begin + TOGETHER]
        known = enrichment.customers(journal.setup.company_id, some)
        names = enrichment.names(journal.setup.company_id, Kind.CUSTOMER, some)
        for number in some:
            source = known.get(number, {})
            lines = [str(line) for line in source.get("address_lines") or () if line]
            address = [
                maybe("StreetName", lines[0] if lines else None),
                maybe("AdditionalAddressDetail", ", ".join(lines[1:])),
                maybe("City", source.get("city")),
                maybe("PostalCode", source.get("postal_code"), MIDDLE2),
                maybe("Country", _country(source.get("country"))),
            ]
            accounts = sorted(journal.customers[number].items())
            parts = [
                maybe("RegistrationNumber", source.get("organisation_number"), MIDDLE1),
                text("Name", names.get(number) or source.get("name") or number),
                inside("Address", address),
                text("CustomerID", number, MIDDLE1),
                *(
                    inside("BalanceAccount", [text("AccountID", account, MIDDLE2), _balances(sums)])
                    for account, sums in accounts
                ),
            ]
            yield inside("Customer", parts) + "\n"


def _country(code: str | None) -> str | None:
    return code if code and len(code) == 2 else None


def _tax_table(journal: Journal) -> Iterator[str]:
    known = journal.chart.on(journal.last).vat_codes
    details = [
        inside(
            "TaxCodeDetails",
            [
                text("TaxCode", code, MIDDLE2),
                text("Description", known[code].name if code in known else code),
                text("TaxPercentage", f"{known[code].rate:.2f}") if code in known else "",
                text("Country", "NO"),
                text("StandardTaxCode", standard_code(code, known)),
                text("BaseRate", 100),
            ],
        )
        for code in sorted(journal.vat_codes)
    ]
    if details:
        head = text("TaxType", "MVA") + text("Description", "Merverdiavgift")
        yield inside("TaxTableEntry", [head, *details]) + "\n"


def _analyses(journal: Journal) -> Iterator[str]:
    projects = enrichment.names(journal.setup.company_id, Kind.PROJECT, journal.projects)
    for kind, values, names in (("P", journal.projects, projects), ("A", journal.departments, {})):
        for value in sorted(values):
            parts = [
                text("AnalysisType", kind, CODE),
                text("AnalysisTypeDescription", ANALYSES[kind]),
                text("AnalysisID", value, MIDDLE1),
                text("AnalysisIDDescription", names.get(value, value)),
            ]
            yield inside("AnalysisTypeTableEntry", parts) + "\n"


def _listed(name: str, elements: Iterator[str]) -> Iterator[str]:
    """Yield a list; nothing when it is empty."""
    first = next(elements, None)
    if first is not None:
        yield f"<{name}>\n{first}"
        yield from elements
        yield f"</{name}>\n"
