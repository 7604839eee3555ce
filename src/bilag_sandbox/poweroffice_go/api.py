"""The address space: PowerOffice Go's paths, each with its roles and query parameters, then the admin requests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bilag_sandbox.common import with_faults
from bilag_sandbox.common.fault_board import FaultyApp
from bilag_sandbox.poweroffice_go import basics, contacts, documents, objects, reports, tokens, vouchers
from bilag_sandbox.poweroffice_go.admin import admin_routes
from bilag_sandbox.poweroffice_go.call import Operation, endpoint, open_endpoint, refused
from bilag_sandbox.poweroffice_go.go import Go
from bilag_sandbox.poweroffice_go.refusals import Refusal, throttled

COMMON = ("CommonServices", "CommonServices_Full")
ACCOUNTS = ("GeneralLedgerAccount", "GeneralLedgerAccount_Full")
CUSTOMER, SUPPLIER = ("Customer", "Customer_Full"), ("Supplier", "Supplier_Full")
PROJECT, DEPARTMENT = ("Project", "Project_Full"), ("Department", "Department_Full")
DIMENSION = ("CustomDimension", "CustomDimension_Full")
DOCUMENTATION = ("VoucherDocumentation", "VoucherDocumentation_Full")
CHANGED = "lastChangedDateTimeOffsetGreaterThan date-time"
CREATED = "createdDateTimeOffsetGreaterThan date-time"
ENTRIES = "fromDate! date; toDate! date"

OPERATIONS = (
    Operation("GET", "/ClientIntegrationInformation", "getIntegration", basics.integration),
    Operation(
        "GET", "/GeneralLedgerAccounts", "listAccounts", basics.accounts, ACCOUNTS,
        f"accountNos text; agricultureDepartments text; {CHANGED}", pages=True,
    ),
    Operation("GET", "/GeneralLedgerAccounts/{id}", "getAccount", basics.account, ACCOUNTS),
    Operation(
        "GET", "/VatCodes", "listVatCodes", basics.vat_codes, COMMON, "includeExpired bool; isActive bool", pages=True
    ),
    Operation("GET", "/LockDateSettings", "getLockDate", basics.lock_date, COMMON),
    Operation("GET", "/FinancialSettings", "getFinancialSettings", basics.financial_settings, COMMON),
    Operation(
        "GET", "/SubLedgerNumberSeries", "listNumberSeries", basics.number_series, COMMON,
        "generalLedgerAccountNos text; isDefault bool; subLedgerNumberSeriesType text", pages=True,
    ),
    Operation("GET", "/SubLedgerNumberSeries/{id}", "getNumberSeries", basics.one_series, COMMON),
    Operation(
        "GET", "/Currencies", "listCurrencies", basics.currencies, COMMON, "currencyCode text; isActive bool", pages=True
    ),
    Operation(
        "GET", "/Customers", "listCustomers", contacts.list_customers, CUSTOMER,
        "contactGroupIds text; customerCreatedDateTimeOffsetGreaterThan date-time; customerNos text; "
        f"externalImportReference text; externalNos text; {CHANGED}", pages=True,
    ),
    Operation("POST", "/Customers", "postCustomer", contacts.post_customer, ("Customer_Full",)),
    Operation("GET", "/Customers/{id}", "getCustomer", contacts.get_customer, CUSTOMER),
    Operation("PATCH", "/Customers/{id}", "patchCustomer", contacts.patch_customer, ("Customer_Full",)),
    Operation(
        "GET", "/Suppliers", "listSuppliers", contacts.list_suppliers, SUPPLIER,
        f"contactGroupIds text; externalImportReference text; externalNos text; {CHANGED}; "
        "supplierCreatedDateTimeOffsetGreaterThan date-time; supplierNos text", pages=True,
    ),
    Operation("POST", "/Suppliers", "postSupplier", contacts.post_supplier, ("Supplier_Full",)),
    Operation("GET", "/Suppliers/{id}", "getSupplier", contacts.get_supplier, SUPPLIER),
    Operation("PATCH", "/Suppliers/{id}", "patchSupplier", contacts.patch_supplier, ("Supplier_Full",)),
    Operation(
        "GET", "/Projects", "listProjects", objects.list_projects, PROJECT,
        f"{CREATED}; customerNos text; departmentCodes text; excludeArchivedProject bool; includeSubProjects bool; "
        f"{CHANGED}; name text; projectBillingMethod ProjectBillingMethod?; projectCodes text; "
        "projectManagerEmployeeNos text; status ProjectStatusType?", pages=True,
    ),
    Operation("POST", "/Projects", "postProject", objects.post_project, ("Project_Full",)),
    Operation("GET", "/Projects/{id}", "getProject", objects.get_project, PROJECT),
    Operation("PATCH", "/Projects/{id}", "patchProject", objects.patch_project, ("Project_Full",)),
    Operation(
        "GET", "/Departments", "listDepartments", objects.list_departments, DEPARTMENT,
        f"codes text; {CREATED}; createdFromImportJournalId uuid; isActive bool; {CHANGED}; managerEmployeeNo int64; "
        "name text", pages=True,
    ),
    Operation("POST", "/Departments", "postDepartment", objects.post_department, ("Department_Full",)),
    Operation("GET", "/Departments/{id}", "getDepartment", objects.get_department, DEPARTMENT),
    Operation("PATCH", "/Departments/{id}", "patchDepartment", objects.patch_department, ("Department_Full",)),
    Operation("GET", "/CustomDimensionSettings", "getDimensionSettings", basics.dimension_settings, DIMENSION),
    Operation(
        "GET", "/CustomDimensions", "listDimensions", objects.list_dimensions, DIMENSION,
        f"codes text; {CREATED}; ordinal text; externalImportReference text; {CHANGED}", pages=True,
    ),
    Operation("POST", "/CustomDimensions", "postDimension", objects.post_dimension, ("CustomDimension_Full",)),
    Operation("GET", "/CustomDimensions/{id}", "getDimension", objects.get_dimension, DIMENSION),
    Operation("PATCH", "/CustomDimensions/{id}", "patchDimension", objects.patch_dimension, ("CustomDimension_Full",)),
    Operation("POST", "/Vouchers/ManualJournals", "postManualJournal", vouchers.post_manual, ("ManualVoucher_Full",)),
    Operation("GET", "/Vouchers/ManualJournals/{id}", "getManualJournal", vouchers.get_manual, ("ManualVoucher_Full",)),
    Operation(
        "POST", "/Vouchers/OutgoingInvoiceJournals", "postOutgoingInvoice", vouchers.post_invoice,
        ("OutgoingInvoiceVoucher_Full",),
    ),
    Operation(
        "GET", "/Vouchers/OutgoingInvoiceJournals/{id}", "getOutgoingInvoice", vouchers.get_invoice,
        ("OutgoingInvoiceVoucher_Full",),
    ),
    Operation("POST", "/Vouchers/Reverse/{id}", "reverseVoucher", vouchers.reverse, ("YearEndVoucher_Full",)),
    Operation(
        "GET", "/VoucherDocumentation", "listDocumentation", documents.list_documentation, DOCUMENTATION,
        "id uuid; voucherNo int64", pages=True,
    ),
    Operation(
        "PUT", "/VoucherDocumentation", "putDocumentation", documents.put_document, ("VoucherDocumentation_Full",),
        "id! uuid", document=True,
    ),
    Operation(
        "GET", "/VoucherDocumentation/Download", "downloadDocumentation", documents.download, DOCUMENTATION,
        "id! uuid; documentationType VoucherDocumentationType?",
    ),
    Operation(
        "GET", "/AccountTransactions", "listAccountTransactions", reports.account_transactions,
        ("AccountTransaction", "AccountTransaction_Full"),
        f"{ENTRIES}; accountNos text; agricultureDepartments text; {CREATED}; departmentCodes text; "
        f"includeSubProject bool; {CHANGED}; productCodes text; projectCodes text; vatCodes text; voucherNos text; "
        "voucherTypes text", pages=True,
    ),
    Operation(
        "GET", "/Customerledger/Statement", "getStatement", reports.statement, ("CustomerLedger", "CustomerLedger_Full"),
        f"{ENTRIES}; contactGroupIds text; {CREATED}; customerNos text; customMatchingReferences text; "
        f"departmentCodes text; externalNos text; includeSubProject bool; invoiceNos text; {CHANGED}; "
        "onlyBalancesLessThanAmount bool; onlyCreatedByCurrentIntegration bool; projectCodes text; "
        "subLedgerNumberSeriesIds text; voucherTypes text", pages=True,
    ),
)  # fmt: skip
"""Every operation, in the order of the published file's areas."""
BASE, TOKEN = "/v2", "/OAuth/Token"
FAULT_TITLES = {401: "Unauthorized", 403: "Forbidden", 500: "Internal Server Error", 503: "Service Unavailable"}


def fault_answer(status: int, code: str, message: str) -> Response:
    """Build an injected error in the API's form: the gateway's for 429, no body for 401, else problem details."""
    if status == 429:
        refusal = throttled(1)
        return JSONResponse(refusal.as_json(capitals=False), status, dict(refusal.headers))
    if status == 401:
        return Response(status_code=status, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    body = {"title": FAULT_TITLES.get(status, code), "status": status, "detail": message}
    return JSONResponse(body, status, media_type="application/problem+json")


def _methods(routes: list[Route], request: Request) -> list[str]:
    """Return the methods of an address, of all routes that have it."""
    found = {method for route in routes if route.path_regex.match(request.url.path) for method in route.methods or ()}
    return sorted(found - {"HEAD"})


def go_app(go: Go) -> FaultyApp:
    """Return the application of a sandbox; it closes the store when the server ends."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        go.store.close()

    async def http_error(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        words = {404: "There is nothing at this address.", 405: "This method is not allowed here."}
        headers = {"Allow": ", ".join(_methods(routes, request))} if status == 405 else {}
        titles = {404: "Resource not found", 405: "Method Not Allowed"}
        return refused(go, Refusal(status, titles.get(status, ""), words.get(status, "Unexpected fault."), headers))

    routes = [Route(TOKEN, open_endpoint(go, tokens.create_token, gateway=True), methods=["POST"], name="createToken")]
    for one in OPERATIONS:
        routes.append(Route(BASE + one.path, endpoint(go, one), methods=[one.method], name=one.name))
    inner = Starlette(
        routes=[*routes, *admin_routes(go)],
        lifespan=lifespan,
        exception_handlers={404: http_error, 405: http_error},
    )
    inner.state.store = go.store
    inner.router.redirect_slashes = False
    return with_faults(inner, go.faults, answer=fault_answer, clock=go.clock)
