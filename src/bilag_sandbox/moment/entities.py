"""The kinds of objects and their fields (the properties of the contract's schemas)."""

from collections.abc import Mapping
from dataclasses import dataclass

CUSTOMER_REF = ("id", "customerNumber", "name")
PROJECT_REF = ("id", "projectNumber", "name")
DEPARTMENT = ("id", "name", "externalDepartmentNumber")


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of object. `search` are the fields of the free-text filter; `inner` the objects inside it."""

    name: str
    fields: tuple[str, ...]
    search: tuple[str, ...] = ("name",)
    number: str | None = None
    state: str | None = None
    inner: Mapping[str, tuple[str, ...]] | None = None
    filters: tuple[str, ...] = ()
    first_id: int = 1


ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        Entity(
            "customers",
            ("id", "version", "customerNumber", "name", "organizationNumber", "customerState", "email", "invoiceEmail",
             "addressLine1", "addressLine2", "addressLine3", "postalCode", "city", "countryCode", "createdDate",
             "lastModifiedDate"),
            ("customerNumber", "name", "organizationNumber", "email", "city"),
            number="customerNumber",
            state="customerState",
            first_id=7701,
        ),
        Entity(
            "projects",
            ("id", "version", "projectNumber", "name", "customer", "projectState", "department", "priceModels",
             "createdDate", "lastModifiedDate"),
            ("projectNumber", "name"),
            number="projectNumber",
            state="projectState",
            inner={"customer": CUSTOMER_REF, "department": DEPARTMENT},
            first_id=8801,
        ),
        Entity("projectStates", ("id", "projectState", "name"), ("projectState", "name")),
        Entity("departments", DEPARTMENT, ("name", "externalDepartmentNumber"), first_id=31),
        Entity("userAccounts", ("id", "name", "email", "active"), ("name", "email"), first_id=901),
        Entity(
            "financialAccounts",
            ("id", "companyId", "version", "accountNumber", "name", "comment", "financialAccountCategory",
             "externalTaxCode", "externalRevenueClass", "currentVatPercentage", "vatCategoryCode", "links"),
            ("accountNumber", "name"),
            number="accountNumber",
            first_id=501,
        ),
        Entity(
            "invoices",
            ("id", "version", "invoiceNumber", "invoiceState", "invoiceType", "exportStatus", "issueDate", "dueDate",
             "finalizedDate", "description", "customer", "project", "department", "yourReference", "paymentId",
             "currency", "exchangeRate", "creditedInvoiceNumber", "lines", "netAmount", "vatAmount", "totalAmount",
             "attachments", "createdDate", "lastModifiedDate"),
            ("invoiceNumber", "description", "paymentId", "yourReference"),
            number="invoiceNumber",
            state="invoiceState",
            inner={"customer": CUSTOMER_REF, "project": PROJECT_REF, "department": DEPARTMENT},
            filters=("exportStatus", "invoiceState", "invoiceNumber"),
            first_id=66101,
        ),
        Entity(
            "projectExtensions",
            ("id", "name", "projectId", "projectExtensionState", "priceModelId"),
            filters=("projectId",),
            state="projectExtensionState",
            first_id=99001,
        ),
        Entity(
            "projectExpenses",
            ("id", "version", "projectId", "projectExtensionId", "title", "description", "date", "quantity",
             "unitPrice", "currency", "netAmount", "vatAmount", "grossAmount", "financialAccountId", "accountNumber",
             "supplierName", "supplierInvoiceNumber", "userAccountId", "billable", "expenseType", "invoicedState",
             "externalKey", "attachments", "lastModifiedDate"),
            ("title", "description", "supplierName", "supplierInvoiceNumber"),
            state="invoicedState",
            filters=("projectId", "externalKey"),
            first_id=70001,
        ),
    )
}  # fmt: skip
INVOICE_STATES = ("draft", "finalized")
EXPORT_STATUSES = ("toTransfer", "transferred", "doNotTransfer")
