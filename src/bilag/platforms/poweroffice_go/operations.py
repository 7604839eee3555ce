"""The operations of the published API that Bilag uses: what may be asked of each, and the privilege that it needs.

Go ignores a query parameter that it does not know, so a misspelled filter would return everything. Therefore the names are
checked here, and tests compare this list with the published file.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum


class Privilege(StrEnum):
    """What a client lets an integration do. The word stands in the published file, by operation."""

    ACCOUNTS = "GeneralLedgerAccount"
    COMMON = "CommonServices"
    CUSTOMERS = "Customer_Full"
    CUSTOMER_LEDGER = "CustomerLedger"
    DEPARTMENTS = "Department_Full"
    DIMENSIONS = "CustomDimension_Full"
    DOCUMENTS = "VoucherDocumentation"
    DOCUMENTS_FULL = "VoucherDocumentation_Full"
    INVOICE_VOUCHERS = "OutgoingInvoiceVoucher_Full"
    MANUAL_VOUCHERS = "ManualVoucher_Full"
    PROJECTS = "Project_Full"
    REVERSE = "YearEndVoucher_Full"
    """As the published file has it, though it is the privilege of another operation, too."""
    SUPPLIERS = "Supplier"
    TRANSACTIONS = "AccountTransaction"

    def is_among(self, given: Set[str]) -> bool:
        """Whether the client gave it, or the wider one that ends in _Full."""
        return self in given or f"{self.removesuffix('_Full')}_Full" in given


PAGING = frozenset({"PageNumber", "PageSize", "OrderBy"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One path of the API: the privilege it needs, and the names of the query parameters that Bilag may send there."""

    path: str
    privilege: Privilege | None
    parameters: frozenset[str] = frozenset()
    paged: bool = True

    def check(self, parameters: Mapping[str, str]) -> None:
        """Raise `ValueError` for a parameter that the operation does not have: a fault of Bilag."""
        unknown = parameters.keys() - self.parameters - (PAGING if self.paged else frozenset())
        if unknown:
            raise ValueError(f"{self.path} has no query parameter {', '.join(sorted(unknown))}")


def _of(path: str, privilege: Privilege | None, parameters: str = "", *, paged: bool = True) -> Operation:
    return Operation(path, privilege, frozenset(parameters.split()), paged)


TRANSACTIONS = _of(
    "AccountTransactions",
    Privilege.TRANSACTIONS,
    "fromDate toDate voucherNos voucherTypes createdDateTimeOffsetGreaterThan",
)
STATEMENT = _of("Customerledger/Statement", Privilege.CUSTOMER_LEDGER, "fromDate toDate invoiceNos customerNos")
CUSTOMERS = _of("Customers", Privilege.CUSTOMERS, "customerNos")
PROJECTS = _of("Projects", Privilege.PROJECTS, "projectCodes")
DEPARTMENTS = _of("Departments", Privilege.DEPARTMENTS, "codes")
DIMENSIONS = _of("CustomDimensions", Privilege.DIMENSIONS, "codes ordinal")
DIMENSION_SETTINGS = _of("CustomDimensionSettings", Privilege.DIMENSIONS, paged=False)
SUPPLIERS = _of("Suppliers", Privilege.SUPPLIERS, "supplierNos")
ACCOUNTS = _of("GeneralLedgerAccounts", Privilege.ACCOUNTS)
VAT_CODES = _of("VatCodes", Privilege.COMMON, "includeExpired")
SERIES = _of("SubLedgerNumberSeries", Privilege.COMMON, "subLedgerNumberSeriesType")
CURRENCIES = _of("Currencies", Privilege.COMMON, "isActive")
FINANCIAL_SETTINGS = _of("FinancialSettings", Privilege.COMMON, paged=False)
LOCK_DATE = _of("LockDateSettings", Privilege.COMMON, paged=False)
INTEGRATION = _of("ClientIntegrationInformation", None, paged=False)
INVOICE_VOUCHERS = _of("Vouchers/OutgoingInvoiceJournals", Privilege.INVOICE_VOUCHERS, paged=False)
MANUAL_VOUCHERS = _of("Vouchers/ManualJournals", Privilege.MANUAL_VOUCHERS, paged=False)
REVERSE = _of("Vouchers/Reverse", Privilege.REVERSE, paged=False)
DOCUMENTATION = _of("VoucherDocumentation", Privilege.DOCUMENTS, "id")
ATTACHING = _of("VoucherDocumentation", Privilege.DOCUMENTS_FULL, "id", paged=False)
DOWNLOAD = _of("VoucherDocumentation/Download", Privilege.DOCUMENTS, "id documentationType", paged=False)
