"""Moment's JSON objects, one class for each schema of contracts/moment.openapi.yaml, with the fields Bilag uses.

Unknown fields are ignored, unknown states accepted, amounts exact.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AliasGenerator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from bilag.posting.problem import Problem
from bilag.posting.texts import clean_number, without_invisible
from bilag.wire.errors import Refused

MOST_DIGITS = 15
"""Digits before or after the decimal point. Beyond this a number is not money, and arithmetic would not be exact."""


def _number_as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _number(value: Any) -> Any:
    """Read a number: JSON text or whole number, without invisible characters."""
    text = _number_as_text(value)
    return clean_number(text) if isinstance(text, str) else text


def _words(value: Any) -> Any:
    return without_invisible(value) if isinstance(value, str) else value


def _exact(value: Any) -> Any:
    """Convert a JSON number to Decimal; Moment's JSON has no numbers as text."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("a JSON number is expected")  # noqa: TRY004 - pydantic reports a ValueError by field
    number = Decimal(value)
    if number and not -MOST_DIGITS < number.adjusted() < MOST_DIGITS:
        raise ValueError("a number of a sensible size is expected")
    return number


Day = date
Number = Annotated[str, BeforeValidator(_number)]
"""A number of Moment's, which is text in any format: compared, looked up and posted, so it must hold what people see."""
Words = Annotated[str, BeforeValidator(_words)]
"""A text for people, or a state."""
Exact = Annotated[str, BeforeValidator(_number_as_text)]
"""A text that Bilag itself gave and finds again by equality."""
Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""A whole number within 64 bits."""
Id = Annotated[int, Field(ge=1, lt=2**63)]
Amount = Annotated[Decimal, BeforeValidator(_exact)]
Wire = TypeVar("Wire", bound="MomentObject")


class MomentObject(BaseModel):
    """Base of all Moment objects."""

    model_config = ConfigDict(extra="ignore", alias_generator=AliasGenerator(alias=to_camel), frozen=True)


class CustomerRefWire(MomentObject):
    id: Id | None = None
    customer_number: Number | None = None
    name: Words | None = None


class ProjectRefWire(MomentObject):
    id: Id | None = None
    project_number: Number | None = None
    name: Words | None = None


class DepartmentWire(MomentObject):
    id: Id | None = None
    name: Words | None = None
    external_department_number: Number | None = None
    department_number: Number | None = None
    """Moment's own number, as of projects and customers. The contract does not list it: it may be missing."""


class CustomerWire(MomentObject):
    id: Id
    version: Whole | None = None
    customer_number: Number
    name: Words
    organization_number: Number | None = None
    customer_state: Words = ""
    email: Words | None = None
    invoice_email: Words | None = None
    address_line1: Words | None = None
    address_line2: Words | None = None
    address_line3: Words | None = None
    postal_code: Number | None = None
    city: Words | None = None
    country_code: Words | None = None
    last_modified_date: datetime | None = None


class ProjectWire(MomentObject):
    id: Id
    version: Whole | None = None
    project_number: Number
    name: Words
    customer: CustomerRefWire | None = None
    project_state: Words = ""
    department: DepartmentWire | None = None
    last_modified_date: datetime | None = None


class InvoiceLineWire(MomentObject):
    id: Id | None = None
    text: Words | None = None
    account_number: Number | None = None
    vat_code: Number | None = None
    vat_rate: Amount | None = None
    net_amount: Amount
    vat_amount: Amount
    project: ProjectRefWire | None = None
    department: DepartmentWire | None = None
    accrual_from: date | None = None
    accrual_to: date | None = None


class InvoiceWire(MomentObject):
    id: Id
    version: Whole | None = None
    invoice_number: Whole | None = None
    invoice_state: Words
    invoice_type: Words | None = None
    export_status: Words
    issue_date: date | None = None
    due_date: date | None = None
    finalized_date: datetime | None = None
    description: Words | None = None
    customer: CustomerRefWire | None = None
    project: ProjectRefWire | None = None
    department: DepartmentWire | None = None
    your_reference: Words | None = None
    payment_id: Number | None = None
    currency: Words
    exchange_rate: Amount | None = None
    credited_invoice_number: Whole | None = None
    lines: list[InvoiceLineWire]
    net_amount: Amount
    vat_amount: Amount
    total_amount: Amount
    last_modified_date: datetime | None = None


class FinancialAccountWire(MomentObject):
    id: Id
    account_number: Number
    name: Words = ""
    financial_account_category: Words
    external_tax_code: Number | None = None
    current_vat_percentage: Amount | None = None


class UserAccountWire(MomentObject):
    id: Id
    name: Words | None = None
    email: Words | None = None
    active: bool = True


class ProjectStateWire(MomentObject):
    project_state: Words
    name: Words | None = None


class PriceModelWire(MomentObject):
    id: Id
    expenses_billable: bool | None = None


class ExpenseProjectWire(MomentObject):
    id: Id
    project_number: Number
    name: Words
    price_models: list[PriceModelWire] | None = None


class ActivityWire(MomentObject):
    id: Id
    project_id: Whole
    name: Words
    project_extension_state: Words
    price_model_id: Whole | None = None


class AttachmentWire(MomentObject):
    id: Id
    file_name: Exact
    content_type: Exact | None = None
    size: Whole | None = None


class InvoiceDocumentsWire(MomentObject):
    """Only the documents of an invoice: an unreadable document must not make the invoice unreadable."""

    id: Id
    attachments: list[AttachmentWire] | None = None


class CreatedExpenseWire(MomentObject):
    id: Id
    external_key: Exact


class ExpenseWire(MomentObject):
    id: Id
    project_id: Whole
    project_extension_id: Whole | None = None
    external_key: Exact | None = None
    title: Words | None = None
    date: Day | None = None
    currency: Words | None = None
    net_amount: Amount | None = None
    vat_amount: Amount | None = None
    gross_amount: Amount | None = None
    billable: bool | None = None
    invoiced_state: Words
    attachments: list[AttachmentWire] | None = None


def parse(kind: type[Wire], value: Any, about: str) -> Wire:
    """Parse JSON as `kind`. Raises `Refused` with a problem that names the field if it does not fit."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        problem = Problem("moment_malformed", about, {"field": place, "why": str(first["msg"])})
        raise Refused([problem]) from error
