"""The hub's JSON objects, one class for each schema of contracts/azets-hub.openapi.yaml.

Unknown fields are ignored, unknown words kept as text, wrong types rejected, amounts exact.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AliasGenerator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

Wire = TypeVar("Wire", bound="HubObject")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,8})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Malformed(Exception):
    """The answer breaks the contract; the message names the field."""


def _exact(value: Any) -> Decimal:
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Decimal(value)
    raise ValueError("a decimal text is expected")


def _day(value: Any) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError("a date, YYYY-MM-DD, is expected")


def _day_or_none(value: Any) -> date | None:
    return None if value is None else _day(value)


def _exact_or_none(value: Any) -> Decimal | None:
    return None if value is None else _exact(value)


def _units(value: Any) -> Any:
    return {} if value is None else value


Amount = Annotated[Decimal, BeforeValidator(_exact)]
MaybeAmount = Annotated[Decimal | None, BeforeValidator(_exact_or_none)]
Day = Annotated[date, BeforeValidator(_day)]
MaybeDay = Annotated[date | None, BeforeValidator(_day_or_none)]
Units = Annotated[dict[str, str], BeforeValidator(_units)]
Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""A whole number within 64 bits."""


class HubObject(BaseModel):
    """Base of all hub objects."""

    model_config = ConfigDict(
        extra="ignore",
        strict=True,
        frozen=True,
        alias_generator=AliasGenerator(validation_alias=lambda name: to_camel(name.rstrip("_"))),
    )


class UnitWire(HubObject):
    unit: Whole
    name: str = ""
    type: str
    max_length: Whole | None = None
    used: bool


class NumberRuleWire(HubObject):
    type: str = "integer"
    min: Whole | None = None
    max: Whole | None = None
    max_length: Whole | None = None


class NumberRulesWire(HubObject):
    customer_number: NumberRuleWire
    voucher_number: NumberRuleWire


class PaymentIdRuleWire(HubObject):
    method: str
    min_length: Whole
    max_length: Whole


class CapabilitiesWire(HubObject):
    line_accrual: bool = False
    attachments: bool = False


class LimitsWire(HubObject):
    requests_per_minute: Whole = 0
    max_document_bytes: Whole = 0


class ProfileWire(HubObject):
    accounting_system: str
    company_name: str
    organisation_number: str | None = None
    base_currency: str
    organizational_units: list[UnitWire]
    rounding_account: str | None = None
    number_rules: NumberRulesWire
    payment_id_rule: PaymentIdRuleWire
    capabilities: CapabilitiesWire = CapabilitiesWire()
    limits: LimitsWire = LimitsWire()


class AccountWire(HubObject):
    number: str
    name: str
    active: bool
    postable: bool
    default_vat_code: str | None = None
    vat_codes_allowed: list[str] | None


class VatCodeWire(HubObject):
    code: str
    name: str = ""
    standard_tax_code: str | None = None
    rate: Amount
    direction: str
    active: bool
    vat_account_number: str | None = None


class PeriodWire(HubObject):
    year: Whole
    period: Whole
    from_: Day
    to: Day
    state: str


class PeriodsWire(HubObject):
    lock_date: MaybeDay = None
    items: list[PeriodWire]


class CustomerWire(HubObject):
    customer_number: str


class UnitValueWire(HubObject):
    unit: Whole
    value: str


class ErrorDetailWire(HubObject):
    field: str = ""
    code: str
    message: str = ""


class VoucherResultWire(HubObject):
    voucher_number: int | None = None
    errors: list[ErrorDetailWire] = []


class ProcessResultWire(HubObject):
    batch_number: Whole
    status: str = ""
    voucher_journal_number: Whole | None = None
    error_code: str | None = None
    error_message: str | None = None

    @property
    def posted(self) -> bool:
        """Whether it is posted: status updated, a journal number and no error message (azets-hub.md, section 2)."""
        return self.status == "updated" and self.voucher_journal_number is not None and not self.error_message


class BatchWire(ProcessResultWire):
    external_id: str
    update_in_progress: bool
    vouchers: list[VoucherResultWire] = []


class DuplicateWire(HubObject):
    batch: BatchWire
    same_content: bool


class EntryWire(HubObject):
    account_number: str
    amount: Amount
    currency_amount: Amount
    customer_number: str | None = None
    vat_code: str | None = None
    text: str | None = None
    due_date: MaybeDay = None
    payment_id: str | None = None
    value_date: MaybeDay = None
    org_units: Units = {}


class PostedVoucherWire(HubObject):
    journal_number: Whole
    voucher_number: Whole
    type: str
    related_voucher_number: Whole | None = None
    batch_number: Whole | None = None
    external_id: str | None = None
    voucher_date: Day
    due_date: MaybeDay = None
    payment_id: str | None = None
    customer_number: str | None = None
    currency: str
    total_amount: MaybeAmount = None
    your_reference: str | None = None
    credited_invoice_number: Whole | None = None
    text: str | None = None
    value_date: MaybeDay = None
    entries: list[EntryWire]


class TokenWire(HubObject):
    access_token: Annotated[str, Field(alias="access_token", pattern=r"^[\x21-\x7e]{1,8192}$", repr=False)]
    expires_in: Annotated[int, Field(alias="expires_in", ge=1, le=10**9)]


def parse(kind: type[Wire], value: Any) -> Wire:
    """Parse JSON as `kind`. Raises `Malformed`, which names the field and never its content."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise Malformed(f"{kind.__name__.removesuffix('Wire')} {place}: {first['msg']}") from None
