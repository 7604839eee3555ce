"""Moment as an ASGI application: the contract's paths, each named by its operationId, and the operator's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bilag_sandbox.common import with_faults
from bilag_sandbox.common.fault_board import FaultyApp
from bilag_sandbox.moment import expenses, operations
from bilag_sandbox.moment.admin import admin_routes
from bilag_sandbox.moment.call import Operation, endpoint, refused
from bilag_sandbox.moment.company import Company
from bilag_sandbox.moment.refusals import Refusal

ROOT = "/api/1.0/companies/{companyId}"
OPERATIONS: tuple[tuple[str, str, str, Operation], ...] = (
    ("GET", "/customers", "listCustomers", operations.list_of("customers")),
    ("GET", "/customers/{id}", "getCustomer", operations.one_of("customers")),
    ("GET", "/projects", "listProjects", operations.list_of("projects")),
    ("GET", "/projects/{id}", "getProject", operations.one_of("projects")),
    ("GET", "/projectStates", "listProjectStates", operations.list_of("projectStates")),
    ("GET", "/departments", "listDepartments", operations.list_of("departments")),
    ("GET", "/userAccounts", "listUserAccounts", operations.list_of("userAccounts")),
    ("GET", "/financialAccounts", "listFinancialAccounts", operations.list_of("financialAccounts")),
    ("GET", "/invoices", "listInvoices", operations.list_of("invoices")),
    ("GET", "/invoices/{id}", "getInvoice", operations.one_of("invoices")),
    ("PATCH", "/invoices/{id}", "patchInvoice", operations.patch_invoice),
    ("GET", "/invoices/{id}/attachments/{attachmentId}", "getInvoiceAttachment", operations.get_attachment),
    ("GET", "/projectExtensions", "listProjectExtensions", operations.list_of("projectExtensions")),
    ("POST", "/projectExtensions", "createProjectExtension", expenses.create_activity),
    ("GET", "/projectExpenses", "listProjectExpenses", operations.list_of("projectExpenses")),
    ("POST", "/projectExpenses", "createProjectExpense", expenses.create_expense),
    ("GET", "/projectExpenses/{id}", "getProjectExpense", operations.one_of("projectExpenses")),
    ("POST", "/projectExpenses/{id}/attachments", "addProjectExpenseAttachment", expenses.add_expense_attachment),
    ("GET", "/{entity}/include/{fields}", "listWithFields", operations.list_with_fields),
)


def _http_error(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {404: "Not found", 405: "Method not allowed"}
    headers = dict(getattr(error, "headers", None) or {})
    return refused(Refusal(status, words.get(status, "Internal error"), headers=headers))


def _injected(status: int, _code: str, message: str) -> Response:
    return refused(Refusal(status, message))


def moment_app(company: Company) -> FaultyApp:
    """Return the application of a company; its store and webhooks end with the server."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        company.webhooks.start()
        yield
        await company.webhooks.stop()
        company.store.close()

    routes = [
        Route(ROOT + path, endpoint(company, operation), methods=[method], name=name)
        for method, path, name, operation in OPERATIONS
    ]
    inner = Starlette(
        routes=[*routes, *admin_routes(company)],
        lifespan=lifespan,
        exception_handlers={404: _http_error, 405: _http_error},
    )
    inner.state.store = company.store
    inner.router.redirect_slashes = False
    return with_faults(inner, company.faults, answer=_injected, clock=company.clock)
