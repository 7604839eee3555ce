"""The hub's answers: unknown fields ignored, unknown words tolerated, amounts exact."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AliasGenerator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

Wire = TypeVar("Wire", bound="HubObject")


class Malformed(Exception):
    """The answer is not what the contract says; the message names the field."""


def _decimal_text(value: Any) -> Any:
    if isinstance(value, str | Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        return Decimal(value)
    raise ValueError("a decimal text is expected")


Amount = Annotated[Decimal, BeforeValidator(_decimal_text)]


class HubObject(BaseModel):
    """What all of them have in common."""

    model_config = ConfigDict(extra="ignore", alias_generator=AliasGenerator(alias=to_camel), frozen=True)


class UnitWire(HubObject):
    unit: int
    name: str = ""
    type: str = "integer"
    max_length: int | None = None
    used: bool = True


class NumberRuleWire(HubObject):
    type: str = "integer"
    min: int | None = None
    max: int | None = None
    max_length: int | None = None


class NumberRulesWire(HubObject):
    customer_number: NumberRuleWire
    voucher_number: NumberRuleWire


class PaymentIdRuleWire(HubObject):
    method: str
    min_length: int
    max_length: int


class CapabilitiesWire(HubObject):
    attachments: bool = False
    line_accrual: bool = False
    auto_update: bool = True


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


class AccountWire(HubObject):
    number: str
    name: str
    active: bool
    postable: bool
    default_vat_code: str | None = None
    vat_codes_allowed: list[str] | None = None


class VatCodeWire(HubObject):
    code: str
    name: str = ""
    standard_tax_code: str | None = None
    rate: Amount
    direction: str
    active: bool
    vat_account_number: str | None = None


class PeriodWire(HubObject):
    year: int
    period: int
    from_: date
    to: date
    state: str

    model_config = ConfigDict(
        extra="ignore", alias_generator=AliasGenerator(alias=lambda name: to_camel(name.rstrip("_"))), frozen=True
    )


class PeriodsWire(HubObject):
    lock_date: date | None = None
    items: list[PeriodWire]


class ErrorDetailWire(HubObject):
    field: str = ""
    code: str
    message: str = ""


class VoucherResultWire(HubObject):
    voucher_number: int | None = None
    status: str = ""
    errors: list[ErrorDetailWire] = []


class BatchWire(HubObject):
    batch_number: int
    external_id: str
    status: str
    update_in_progress: bool = False
    voucher_journal_number: int | None = None
    vouchers: list[VoucherResultWire] = []
    error_code: str | None = None
    error_message: str | None = None

    @property
    def posted(self) -> bool:
        """Posted is: status updated AND a journal number AND no error message (azets-hub.md, section 2)."""
        return self.status == "updated" and self.voucher_journal_number is not None and not self.error_message


class ProcessResultWire(HubObject):
    batch_number: int
    status: str = ""
    voucher_journal_number: int | None = None
    error_code: str | None = None
    error_message: str | None = None

    @property
    def posted(self) -> bool:
        """As for a batch: a 200 alone means nothing."""
        return self.status == "updated" and self.voucher_journal_number is not None and not self.error_message


class EntryWire(HubObject):
    account_number: str
    amount: Amount
    currency_amount: Amount
    customer_number: str | None = None
    vat_code: str | None = None
    org_units: dict[str, str] = {}


class PostedVoucherWire(HubObject):
    journal_number: int
    voucher_number: int
    type: str
    related_voucher_number: int | None = None
    batch_number: int | None = None
    external_id: str | None = None
    voucher_date: date
    due_date: date | None = None
    payment_id: str | None = None
    customer_number: str | None = None
    currency: str
    total_amount: Amount | None = None
    entries: list[EntryWire]


class TokenWire(HubObject):
    model_config = ConfigDict(extra="ignore", frozen=True)

    access_token: str
    expires_in: int


def parsed(kind: type[Wire], value: Any) -> Wire:
    """`value` (JSON) as `kind`. Raises `Malformed`."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise Malformed(f"{kind.__name__.removesuffix('Wire')} {place}: {first['msg']}") from error
