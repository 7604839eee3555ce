"""PowerOffice Go's objects: of each schema of its published file, the fields that Bilag uses.

Unknown fields are ignored, unknown words kept as text, wrong types rejected, amounts exact.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AliasGenerator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_pascal

Wire = TypeVar("Wire", bound="GoObject")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T.*)?")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_FRACTION = re.compile(r"(\.[0-9]{6})[0-9]+")


class Malformed(Exception):
    """The answer breaks the published contract; the message names the field."""


def _exact(value: Any) -> Decimal:
    """A JSON number: `Answer.json` makes those with a point Decimal, so that no digit is lost."""
    if isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        return Decimal(value)
    raise ValueError("a number is expected")


def _day(value: Any) -> date:
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("a date, YYYY-MM-DD, is expected")
    return date.fromisoformat(found[1])


def _day_or_none(value: Any) -> date | None:
    return None if value is None or value == "" else _day(value)


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_FRACTION.sub(r"\1", value if isinstance(value, str) else ""))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _uuid(value: Any) -> str:
    if isinstance(value, str) and _UUID.fullmatch(value):
        return value.lower()
    raise ValueError("an id is expected")


def _uuid_or_none(value: Any) -> str | None:
    return None if value is None else _uuid(value)


def _texts(value: Any) -> Any:
    return [] if value is None else value


Amount = Annotated[Decimal, BeforeValidator(_exact)]
Day = Annotated[date, BeforeValidator(_day)]
MaybeDay = Annotated[date | None, BeforeValidator(_day_or_none)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
VoucherId = Annotated[str, BeforeValidator(_uuid)]
MaybeVoucherId = Annotated[str | None, BeforeValidator(_uuid_or_none)]
Texts = Annotated[list[str], BeforeValidator(_texts)]
Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""A whole number within 64 bits."""


class GoObject(BaseModel):
    """Base of all objects. Names are PascalCase on the wire."""

    model_config = ConfigDict(
        extra="ignore",
        strict=True,
        frozen=True,
        alias_generator=AliasGenerator(validation_alias=to_pascal),
    )


class TokenWire(GoObject):
    access_token: Annotated[str, Field(alias="access_token", pattern=r"^[\x21-\x7e]{1,8192}$", repr=False)]
    expires_in: Annotated[int, Field(alias="expires_in", ge=1, le=10**9)]


class IntegrationWire(GoObject):
    """Who the client is, and what it lets the integration do."""

    client_id: str
    client_name: str | None = None
    valid_privileges: Texts = []


class FinancialSettingsWire(GoObject):
    conversion_date: MaybeDay = None
    currency_code: str | None = None


class LockDateWire(GoObject):
    lock_date: MaybeDay = None


class AccountWire(GoObject):
    id: Whole
    account_no: Whole
    name: str | None = None
    is_active: bool | None = None
    is_department_required: bool | None = None
    is_project_required: bool | None = None
    is_vat_code_locked: bool | None = None
    vat_code: str | None = None
    general_ledger_account_type: str | None = None


class VatCodeWire(GoObject):
    id: Whole
    code: str | None = None
    name: str | None = None
    rate: Amount
    is_active: bool | None = None
    is_custom: bool | None = None
    base_vat_code_id: Whole | None = None
    valid_from: MaybeDay = None
    valid_to: MaybeDay = None


class SeriesWire(GoObject):
    """A range of numbers of customers, suppliers or employees."""

    from_inclusive: Whole
    to_inclusive: Whole
    sub_ledger_number_series_type: str | None = None


class CurrencyWire(GoObject):
    code: str | None = None
    is_active: bool | None = None


class DimensionSettingWire(GoObject):
    ordinal: Whole
    name: str | None = None
    is_active: bool | None = None


class DimensionWire(GoObject):
    id: Whole
    ordinal: Whole
    code: str | None = None
    name: str | None = None
    is_active: bool | None = None


class AddressWire(GoObject):
    address_line1: Annotated[str | None, Field(validation_alias="AddressLine1")] = None
    address_line2: Annotated[str | None, Field(validation_alias="AddressLine2")] = None
    city: str | None = None
    zip_code: str | None = None
    country_code: str | None = None


class CustomerWire(GoObject):
    id: Whole
    number: Whole | None = None
    name: str | None = None
    organization_number: str | None = None
    email_address: str | None = None
    invoice_email_address: str | None = None
    mail_address: AddressWire | None = None
    is_archived: bool | None = None
    is_active: bool | None = None
    subledger_account_id: Whole


class SupplierWire(GoObject):
    number: Whole | None = None
    name: str | None = None


class ProjectWire(GoObject):
    id: Whole
    code: str | None = None
    name: str | None = None
    customer_id: Whole | None = None
    department_id: Whole | None = None
    is_active: bool | None = None
    project_status: str | None = None


class DepartmentWire(GoObject):
    id: Whole
    code: str | None = None
    name: str | None = None
    is_active: bool | None = None


class TransactionWire(GoObject):
    """One posted amount on one account; debit is positive."""

    id: Whole
    account_no: Whole
    amount: Amount
    currency_amount: Amount
    currency_code: str | None = None
    vat_amount: Amount = Decimal(0)
    vat_code: str | None = None
    posting_date: Day
    voucher_date: Day
    voucher_id: VoucherId
    voucher_no: Whole
    voucher_type: str | None = None
    description: str | None = None
    voucher_description: str | None = None
    external_import_reference: str | None = None
    imported_voucher_no: Whole | None = None
    customer_account_no: Whole | None = None
    supplier_account_no: Whole | None = None
    employee_account_no: Whole | None = None
    project_code: str | None = None
    department_code: str | None = None
    dim1_code: Annotated[str | None, Field(validation_alias="Dim1Code")] = None
    dim2_code: Annotated[str | None, Field(validation_alias="Dim2Code")] = None
    dim3_code: Annotated[str | None, Field(validation_alias="Dim3Code")] = None
    is_reversed: bool | None = None
    reversed_voucher_id: MaybeVoucherId = None
    reversed_voucher_no: Whole | None = None
    created_date_time_offset: Moment

    @property
    def of_a_party(self) -> bool:
        """Whether it is posted on a customer, a supplier or an employee."""
        return not (self.customer_account_no is self.supplier_account_no is self.employee_account_no is None)


class LedgerEntryWire(GoObject):
    """A customer's ledger entry: what the customer's payments are matched with."""

    voucher_id: VoucherId
    voucher_no: Whole
    invoice_no: str | None = None
    due_date: MaybeDay = None
    cid: str | None = None
    external_import_reference: str | None = None
    customer_account_no: Whole | None = None
    posting_date: Day
    currency_amount: Amount
    currency_code: str | None = None


class PostedInvoiceWire(GoObject):
    """What Go has of a voucher that was posted as an outgoing invoice."""

    id: VoucherId
    voucher_no: Whole | None = None
    invoice_no: str | None = None
    due_date: MaybeDay = None
    cid: str | None = None
    customer_reference: str | None = None


class CreatedVoucherWire(GoObject):
    """The answer to a voucher that was posted."""

    id: VoucherId
    voucher_no: Whole | None = None


class ManualLineWire(GoObject):
    account_id: Whole | None = None
    posting_date: Day
    currency_amount: Amount
    external_line_reference: str | None = None
    description: str | None = None
    department_id: Whole | None = None
    project_id: Whole | None = None


class PostedManualWire(GoObject):
    """What Go has of a voucher that was posted as a manual journal."""

    id: VoucherId
    voucher_no: Whole | None = None
    voucher_lines: list[ManualLineWire] | None = None


class DocumentationWire(GoObject):
    """Which documents a voucher has."""

    voucher_id: VoucherId
    has_pdf: bool = False
    has_images: bool = False


def parse(kind: type[Wire], value: Any) -> Wire:
    """Parse JSON as `kind`. Raises `Malformed`, which names the field and never its content."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise Malformed(f"{kind.__name__.removesuffix('Wire')} {place}: {first['msg']}") from None
