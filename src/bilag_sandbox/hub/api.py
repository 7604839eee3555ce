"""The hub as an ASGI application: the contract's paths, each named by its operationId, and the operator's."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bilag_sandbox.common import with_faults
from bilag_sandbox.common.fault_board import FaultyApp
from bilag_sandbox.hub import operations, reports
from bilag_sandbox.hub.admin import admin_routes
from bilag_sandbox.hub.call import Operation, endpoint, refused
from bilag_sandbox.hub.hub import Hub
from bilag_sandbox.hub.refusals import Refusal

SCOPE = "/v1/parents/{parentClientId}/clients/{sourceClientId}"
OPERATIONS: tuple[tuple[str, str, str, Operation], ...] = (
    ("GET", "/profile", "getProfile", operations.get_profile),
    ("GET", "/accounts", "listAccounts", operations.list_accounts),
    ("GET", "/vat-codes", "listVatCodes", operations.list_vat_codes),
    ("GET", "/periods", "listPeriods", operations.list_periods),
    ("GET", "/customers", "listCustomers", operations.list_customers),
    ("GET", "/customers/{customerNumber}", "getCustomer", operations.get_customer),
    ("PUT", "/customers/{customerNumber}", "putCustomer", operations.put_customer),
    ("GET", "/organizational-units/{unit}", "listOrganizationalUnitValues", operations.list_unit_values),
    ("GET", "/organizational-units/{unit}/{value}", "getOrganizationalUnitValue", operations.get_unit_value),
    ("PUT", "/organizational-units/{unit}/{value}", "putOrganizationalUnitValue", operations.put_unit_value),
    ("POST", "/batches", "createBatch", operations.create_batch),
    ("GET", "/batches", "findBatches", operations.find_batches),
    ("PUT", "/batches/process", "processBatches", operations.process_batches),
    ("GET", "/batches/{batchNumber}", "getBatch", operations.get_batch),
    ("DELETE", "/batches/{batchNumber}", "deleteBatch", operations.delete_batch),
    ("GET", "/vouchers", "listVouchers", operations.list_vouchers),
    ("POST", "/vouchers/{voucherNumber}/documents", "addVoucherDocument", reports.add_document),
    ("GET", "/reports/{name}", "getReport", reports.get_report),
    ("GET", "/documents/{documentId}", "getDocument", reports.get_document),
)


def _http_error(_request: Request, error: Exception) -> Response:
    trace = secrets.token_hex(4)
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {404: "There is nothing at this address.", 405: "This method is not allowed here."}
    code = {404: "not_found", 405: "method_not_allowed"}.get(status, "internal_error")
    headers = dict(getattr(error, "headers", None) or {})
    return refused(
        Refusal(status, code, words.get(status, "Unexpected fault."), headers=headers), trace, {"X-Trace-Id": trace}
    )


def hub_app(hub: Hub) -> FaultyApp:
    """Return the application of a hub; it closes the store when the server ends."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        hub.store.close()

    routes = [
        Route("/v1/token", endpoint(hub, operations.create_token, scoped=False), methods=["POST"], name="createToken")
    ]
    for method, path, name, operation in OPERATIONS:
        handler = endpoint(hub, operation, document=name == "addVoucherDocument")
        routes.append(Route(SCOPE + path, handler, methods=[method], name=name))
    inner = Starlette(
        routes=[*routes, *admin_routes(hub)],
        lifespan=lifespan,
        exception_handlers={404: _http_error, 405: _http_error},
    )
    inner.state.store = hub.store
    inner.router.redirect_slashes = False
    return with_faults(inner, hub.faults, clock=hub.clock)
